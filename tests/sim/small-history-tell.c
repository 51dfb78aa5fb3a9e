/* small-history-tell.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "small-history.h"

static void
tell_sighting (GString               *text,
               const WeftSimSighting *sighting)
{
  g_string_append_printf (text, "block %u revision %" G_GINT64_FORMAT " action %" G_GUINT64_FORMAT
                          " value %" G_GUINT64_FORMAT "\n", sighting->block, sighting->rev,
                          sighting->action, sighting->value);
}

static void
tell_write (GString              *text,
            const SmallOperation *operation)
{
  static const char *const outcomes[] = { "success", "failure", "unknown" };

  g_string_append_printf (text, "write action %" G_GUINT64_FORMAT " %s revision %" G_GINT64_FORMAT
                          ":", operation->action, outcomes[operation->outcome], operation->rev);
  for (guint i = 0; i < operation->n_changes; i++)
    g_string_append_printf (text, " block %u base %" G_GINT64_FORMAT " value %" G_GUINT64_FORMAT,
                            operation->changes[i].block, operation->changes[i].base,
                            operation->changes[i].value);
  g_string_append_c (text, '\n');
  if (operation->is_told)
    {
      g_string_append (text, "               told ");
      tell_sighting (text, &operation->sighting);
    }
}

char *
small_history_tell (const SmallHistory *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_operations; i++)
    {
      const SmallOperation *operation = &self->operations[i];

      g_string_append_printf (text, "%2u %5u-%-5d ", i, operation->begin, (int) operation->end);
      if (operation->is_write)
        tell_write (text, operation);
      else
        {
          g_string_append (text, "read ");
          tell_sighting (text, &operation->sighting);
        }
    }
  for (guint i = 0; self->has_log && i < self->n_log; i++)
    {
      g_string_append (text, "log ");
      tell_sighting (text, &self->log[i]);
    }

  return g_string_free (text, FALSE);
}
