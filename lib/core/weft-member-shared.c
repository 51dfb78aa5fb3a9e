/* weft-member-shared.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-json-private.h"
#include "weft-member-internal-private.h"

/* A record that claims many slots names all of them, so keeping it with each would take the square
 * of their number. It is kept once, under a key of its own, and the slots lead there. */

/* A record that one of its slots does not hold any more. */
typedef struct
{
  WeftClusterRecord *record;
  gboolean is_lock;
} WeftMemberDrop;

static const char *
get_role (gboolean is_lock)
{
  return is_lock ? "lock" : "vote";
}

static gboolean
is_of_many (WeftClusterRecord *record)
{
  return record != NULL && weft_cluster_record_get_slots (record)->len > 1;
}

char *
weft_member_shared_make_key (WeftClusterRecord *record,
                             gboolean           is_lock)
{
  g_autofree char *ballot = NULL;
  g_autofree char *text = NULL;

  if (!is_of_many (record))
    return NULL;

  ballot = weft_ballot_to_string (weft_cluster_record_get_ballot (record));
  text = g_strdup_printf ("shared:%s:%s:%s", get_role (is_lock),
                          weft_cluster_record_get_message_hash (record), ballot);

  return weft_sha256_base64url (text, strlen (text));
}

void
weft_member_share (WeftMemberMachine *self,
                   WeftClusterRecord *record,
                   gboolean           is_lock,
                   GPtrArray         *writes)
{
  g_autofree char *key = weft_member_shared_make_key (record, is_lock);
  g_autoptr (GString) text = NULL;

  if (key == NULL || g_tree_lookup (self->shared, key) != NULL)
    return;

  text = g_string_new ("{\"role\":\"");
  g_string_append_printf (text, "%s\",\"shared\":", get_role (is_lock));
  weft_cluster_record_append (record, text);
  g_string_append_c (text, '}');
  g_ptr_array_add (writes, weft_member_write_new (key, text));
  g_tree_insert (self->shared, g_steal_pointer (&key), weft_cluster_record_ref (record));
}

void
weft_member_drop (WeftMemberMachine *self,
                  WeftClusterRecord *record,
                  gboolean           is_lock)
{
  WeftMemberDrop drop = { record, is_lock };

  if (!is_of_many (record))
    return;

  weft_cluster_record_ref (record);
  g_array_append_val (self->dropped, drop);
}

static gboolean
is_held (WeftMemberMachine    *self,
         const WeftMemberDrop *drop)
{
  GPtrArray *slots = weft_cluster_record_get_slots (drop->record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));
      WeftClusterRecord *held = NULL;

      if (entry != NULL)
        held = drop->is_lock ? entry->lock : entry->vote;
      if (held != NULL && weft_member_is_same (held, drop->record)
          && weft_ballot_equal (weft_cluster_record_get_ballot (held),
                                weft_cluster_record_get_ballot (drop->record)))
        return TRUE;
    }

  return FALSE;
}

void
weft_member_sweep_shared (WeftMemberMachine *self,
                          GPtrArray         *writes)
{
  for (guint i = 0; i < self->dropped->len; i++)
    {
      const WeftMemberDrop *drop = &g_array_index (self->dropped, WeftMemberDrop, i);
      g_autofree char *key = weft_member_shared_make_key (drop->record, drop->is_lock);

      if (g_tree_lookup (self->shared, key) == NULL || is_held (self, drop))
        continue;
      g_ptr_array_add (writes, weft_member_write_new (key, NULL));
      g_tree_remove (self->shared, key);
    }
  g_array_set_size (self->dropped, 0);
}

/* What a slot leads to, read from the storage the first time that one does. */
WeftClusterRecord *
weft_member_read_shared (WeftMemberMachine *self,
                         const char        *key)
{
  WeftClusterRecord *record = g_tree_lookup (self->shared, key);
  g_autoptr (WeftTape) stored = NULL;
  const WeftItem *root;
  const WeftItem *member;

  if (record != NULL)
    return weft_cluster_record_ref (record);

  stored = self->facts.read_record (self->facts.data, key);
  root = stored != NULL ? weft_tape_get_root (stored) : NULL;
  if (root == NULL || root->kind != WEFT_ITEM_OBJECT)
    return NULL;
  member = weft_item_find (root, "shared");
  record = member != NULL ? weft_cluster_record_read (member, NULL, NULL) : NULL;
  if (record != NULL)
    g_tree_insert (self->shared, g_strdup (key), weft_cluster_record_ref (record));

  return record;
}

/* One that a crash left behind goes when something else is stored, unless a slot leads to it. */
void
weft_member_restore_shared (WeftMemberMachine *self,
                            JsonObject        *object)
{
  JsonNode *member = json_object_get_member (object, "shared");
  const char *role = json_object_get_string_member_with_default (object, "role", "");
  gboolean is_lock = g_str_equal (role, get_role (TRUE));
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autofree char *key = NULL;

  if (member == NULL || (record = weft_cluster_record_from_json (member, NULL)) == NULL)
    return;
  key = weft_member_shared_make_key (record, is_lock);
  if (key == NULL)
    return;
  if (g_tree_lookup (self->shared, key) == NULL)
    g_tree_insert (self->shared, g_steal_pointer (&key), weft_cluster_record_ref (record));
  weft_member_drop (self, record, is_lock);
}

static void
clear_drop (gpointer data)
{
  WeftMemberDrop *drop = data;

  g_clear_pointer (&drop->record, weft_cluster_record_unref);
}

GArray *
weft_member_dropped_new (void)
{
  GArray *dropped = g_array_new (FALSE, FALSE, sizeof (WeftMemberDrop));

  g_array_set_clear_func (dropped, clear_drop);

  return dropped;
}
