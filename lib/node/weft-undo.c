/* weft-undo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-undo-private.h"

typedef struct
{
  const char *name;
  WeftUndoFunc undo;
  gpointer user_data;
} Step;

struct _WeftUndo
{
  GArray *steps; /* Step, the oldest first */
};

WeftUndo *
weft_undo_new (void)
{
  WeftUndo *self = g_new0 (WeftUndo, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));

  return self;
}

/* `name` is a literal that completes the sentence "while …". */
void
weft_undo_push (WeftUndo     *self,
                const char   *name,
                WeftUndoFunc  undo,
                gpointer      user_data)
{
  Step step = { name, undo, user_data };

  g_assert (name != NULL);
  g_assert (undo != NULL);

  g_array_append_val (self->steps, step);
}

/* Undoes everything, the newest first. One that fails does not spare the others; the first error
 * is the one that is told, as later ones are often its consequences. */
gboolean
weft_undo_unwind (WeftUndo  *self,
                  GError   **error)
{
  g_autoptr(GError) first_error = NULL;

  while (self->steps->len > 0)
    {
      Step step = g_array_index (self->steps, Step, self->steps->len - 1);
      g_autoptr(GError) step_error = NULL;

      /* Taken off first: an undo may run code that unwinds again. */
      g_array_set_size (self->steps, self->steps->len - 1);
      if (step.undo (step.user_data, &step_error))
        continue;

      g_assert (step_error != NULL);
      g_prefix_error (&step_error, "while %s: ", step.name);
      if (first_error == NULL)
        first_error = g_steal_pointer (&step_error);
      else
        g_info ("%s", step_error->message);
    }

  if (first_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&first_error));
  return FALSE;
}

/* Whoever frees it has unwound it: forgetting resources is never right. */
void
weft_undo_free (WeftUndo *self)
{
  g_assert (self->steps->len == 0);

  g_array_unref (self->steps);
  g_free (self);
}
