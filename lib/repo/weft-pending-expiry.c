/* weft-pending-expiry.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-pending-expiry-private.h"
#include "weft-ids-private.h"
#include "weft-sequence-private.h"

#include <string.h>

/* The ids are behind it. */
typedef struct
{
  char *block_id;
  char *action_id;
  guint hash; /* of both */
  gint64 expiration_msec;
  GSequenceIter *iter;
} Entry;

struct _WeftPendingExpiry
{
  GSequence *by_time; /* (element-type Entry) (owned) */
  GHashTable *by_id;  /* (element-type Entry) (unowned), a set */
  guint pendings_max;
  gboolean has_overflowed;
};

static guint
entry_hash (gconstpointer data)
{
  return ((const Entry *) data)->hash;
}

static gboolean
entry_equal (gconstpointer a,
             gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return g_str_equal (left->action_id, right->action_id)
         && g_str_equal (left->block_id, right->block_id);
}

static int
entry_compare (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const Entry *left = a;
  const Entry *right = b;
  int order;

  if (left->expiration_msec != right->expiration_msec)
    return left->expiration_msec < right->expiration_msec ? -1 : 1;

  order = strcmp (left->block_id, right->block_id);

  return order != 0 ? order : strcmp (left->action_id, right->action_id);
}

WeftPendingExpiry *
weft_pending_expiry_new (guint pendings_max)
{
  WeftPendingExpiry *self = g_new0 (WeftPendingExpiry, 1);

  self->by_time = g_sequence_new (g_free);
  self->by_id = g_hash_table_new (entry_hash, entry_equal);
  self->pendings_max = pendings_max;

  return self;
}

void
weft_pending_expiry_free (WeftPendingExpiry *self)
{
  g_hash_table_unref (self->by_id);
  g_sequence_free (self->by_time);
  g_free (self);
}

void
weft_pending_expiry_insert (WeftPendingExpiry *self,
                            const char        *block_id,
                            const char        *action_id,
                            gint64             expiration_msec)
{
  gsize block_id_size = strlen (block_id) + 1;
  gsize action_id_size = strlen (action_id) + 1;
  Entry *entry;

  g_assert (expiration_msec > 0);

  weft_pending_expiry_remove (self, block_id, action_id);
  if (g_hash_table_size (self->by_id) >= self->pendings_max)
    {
      self->has_overflowed = TRUE;
      return;
    }

  entry = g_malloc (sizeof (Entry) + block_id_size + action_id_size);
  entry->block_id = memcpy (entry + 1, block_id, block_id_size);
  entry->action_id = memcpy (entry->block_id + block_id_size, action_id, action_id_size);
  entry->hash = weft_ids_hash_action (block_id, action_id);
  entry->expiration_msec = expiration_msec;
  entry->iter = weft_sequence_insert_sorted (self->by_time, entry, entry_compare);
  g_hash_table_add (self->by_id, entry);
}

void
weft_pending_expiry_remove (WeftPendingExpiry *self,
                            const char        *block_id,
                            const char        *action_id)
{
  const Entry key = {
    .block_id = (char *) block_id,
    .action_id = (char *) action_id,
    .hash = weft_ids_hash_action (block_id, action_id),
  };
  gpointer entry;

  if (g_hash_table_size (self->by_id) > 0
      && g_hash_table_steal_extended (self->by_id, &key, &entry, NULL))
    g_sequence_remove (((Entry *) entry)->iter);
}

static Entry *
first_entry (WeftPendingExpiry *self)
{
  if (g_sequence_is_empty (self->by_time))
    return NULL;

  return g_sequence_get (g_sequence_get_begin_iter (self->by_time));
}

gint64
weft_pending_expiry_get_first (WeftPendingExpiry *self)
{
  Entry *first = first_entry (self);

  return first != NULL ? first->expiration_msec : 0;
}

gboolean
weft_pending_expiry_take (WeftPendingExpiry *self,
                          gint64             until_msec,
                          char             **block_id,
                          char             **action_id)
{
  Entry *first = first_entry (self);

  if (first == NULL || first->expiration_msec > until_msec)
    return FALSE;

  *block_id = g_strdup (first->block_id);
  *action_id = g_strdup (first->action_id);
  g_hash_table_remove (self->by_id, first);
  g_sequence_remove (first->iter);

  return TRUE;
}

gboolean
weft_pending_expiry_take_overflow (WeftPendingExpiry *self)
{
  gboolean has_overflowed = self->has_overflowed;

  self->has_overflowed = FALSE;

  return has_overflowed;
}

guint
weft_pending_expiry_get_n (WeftPendingExpiry *self)
{
  return g_hash_table_size (self->by_id);
}
