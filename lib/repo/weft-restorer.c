/* weft-restorer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-restorer-private.h"

#include "weft-error.h"

typedef struct
{
  WeftSettledFunc settled;
  gpointer user_data;
} Waiter;

typedef struct
{
  WeftRestorer *restorer;
  char *block_id;
  gint64 gap_start;
  GArray *waiters; /* (element-type Waiter), in the order they came; never empty */
} Asked;

struct _WeftRestorer
{
  WeftRestoreSaveFunc save;
  gpointer save_data;
  WeftRestoreFunc restore; /* (nullable) */
  gpointer restore_data;
  GDestroyNotify restore_destroy;
  GPtrArray *asked; /* (element-type Asked) (owned), few */
};

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->block_id);
  g_array_unref (asked->waiters);
  g_free (asked);
}

WeftRestorer *
weft_restorer_new (WeftRestoreSaveFunc save,
                   gpointer            user_data)
{
  WeftRestorer *self = g_new0 (WeftRestorer, 1);

  self->save = save;
  self->save_data = user_data;
  self->asked = g_ptr_array_new_with_free_func (asked_free);

  return self;
}

void
weft_restorer_free (WeftRestorer *self)
{
  /* Those who wait keep our owner. */
  g_assert (self->asked->len == 0);

  weft_restorer_set_hook (self, NULL, NULL, NULL);
  g_ptr_array_unref (self->asked);
  g_free (self);
}

void
weft_restorer_set_hook (WeftRestorer    *self,
                        WeftRestoreFunc  restore,
                        gpointer         user_data,
                        GDestroyNotify   destroy)
{
  if (self->restore_destroy != NULL)
    self->restore_destroy (self->restore_data);
  self->restore = restore;
  self->restore_data = user_data;
  self->restore_destroy = destroy;
}

gboolean
weft_restorer_has_hook (WeftRestorer *self)
{
  return self->restore != NULL;
}

static void
settle (Asked        *asked,
        const GError *error)
{
  WeftRestorer *self = asked->restorer;
  guint index;
  gboolean is_ours = g_ptr_array_find (self->asked, asked, &index);

  /* First out of the list: whoever asks from within asks anew. */
  g_assert (is_ours);
  g_ptr_array_steal_index (self->asked, index);

  for (guint i = 0; i < asked->waiters->len; i++)
    {
      const Waiter *waiter = &g_array_index (asked->waiters, Waiter, i);

      waiter->settled (error, waiter->user_data);
    }
  asked_free (asked);
}

static void
saved_cb (const GError *error,
          gpointer      user_data)
{
  settle (user_data, error);
}

static void
restored_cb (WeftBlockArchive *archive,
             const GError     *error,
             gpointer          user_data)
{
  Asked *asked = user_data;
  WeftRestorer *self = asked->restorer;
  g_autoptr (GError) foreign = NULL;

  if (archive != NULL && !g_str_equal (weft_block_archive_get_block_id (archive), asked->block_id))
    foreign = g_error_new (WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                           "expected an archive of block %s, got one of %s", asked->block_id,
                           weft_block_archive_get_block_id (archive));

  if (error != NULL || foreign != NULL)
    settle (asked, error != NULL ? error : foreign);
  else
    self->save (archive, saved_cb, asked, self->save_data);
}

static Asked *
find_asked (WeftRestorer *self,
            const char   *block_id,
            gint64        gap_start)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      Asked *asked = g_ptr_array_index (self->asked, i);

      if (asked->gap_start == gap_start && g_str_equal (asked->block_id, block_id))
        return asked;
    }

  return NULL;
}

gboolean
weft_restorer_ask (WeftRestorer    *self,
                   const char      *block_id,
                   gint64           gap_start,
                   gint64           rev,
                   WeftSettledFunc  settled,
                   gpointer         user_data)
{
  const Waiter waiter = { settled, user_data };
  Asked *asked = find_asked (self, block_id, gap_start);

  if (asked != NULL)
    {
      g_array_append_val (asked->waiters, waiter);
      return TRUE;
    }

  if (self->restore == NULL || self->asked->len == WEFT_RESTORER_ASKED_MAX)
    return FALSE;

  asked = g_new0 (Asked, 1);
  asked->restorer = self;
  asked->block_id = g_strdup (block_id);
  asked->gap_start = gap_start;
  asked->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_append_val (asked->waiters, waiter);
  g_ptr_array_add (self->asked, asked);
  self->restore (block_id, rev, restored_cb, asked, self->restore_data);

  return TRUE;
}
