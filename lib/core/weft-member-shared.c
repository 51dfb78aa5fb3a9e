/* weft-member-shared.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-bug-private.h"
#include "weft-cluster-record-brief-private.h"
#include "weft-json-private.h"
#include "weft-member-internal-private.h"

/* A record that claims many slots names all of them, so keeping it with each would take the square
 * of their number. It is kept once, under a key of its own, and says by itself that it is voted for
 * or locked in all of its slots. Only those of which there is more to say have records of their own
 * beside it, which lead there.
 *
 * A lock mostly follows a vote for the same at the same ballot. It rests on that then: it says
 * where it is stored, and who promised. It is written in full before the vote is let go of. */

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

static WeftMemberShared *
shared_new (WeftClusterRecord *record,
            gboolean           is_lock)
{
  WeftMemberShared *shared = g_new0 (WeftMemberShared, 1);

  shared->record = weft_cluster_record_ref (record);
  shared->is_lock = is_lock;

  return shared;
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

static WeftMemberShared *
insert (WeftMemberMachine *self,
        const char        *key,
        WeftMemberShared  *shared)
{
  if (shared->other != NULL)
    shared->other->other = shared;
  g_tree_insert (self->shared, g_strdup (key), shared);

  return shared;
}

/* The members in order. `of` is the key of the vote that a lock rests on, or NULL. */
static void
add_write (WeftMemberMachine *self,
           WeftMemberShared  *shared,
           const char        *key,
           const char        *of,
           GPtrArray         *writes)
{
  g_string_assign (self->text, "{");
  if (of != NULL)
    g_string_append_printf (self->text, "\"of\":\"%s\",", of);
  g_string_append_printf (self->text, "\"role\":\"%s\",\"shared\":", get_role (shared->is_lock));
  if (of != NULL)
    weft_cluster_record_append_brief (shared->record, FALSE, self->text);
  else
    weft_cluster_record_append (shared->record, self->text);
  g_string_append_c (self->text, '}');
  g_ptr_array_add (writes, weft_member_write_new (g_strdup (key), self->text));
}

static void
share_one (WeftMemberMachine *self,
           WeftClusterRecord *record,
           gboolean           is_lock,
           GPtrArray         *writes)
{
  g_autofree char *key = weft_member_shared_make_key (record, is_lock);
  g_autofree char *vote_key = NULL;
  WeftMemberShared *shared;
  WeftMemberShared *vote = NULL;

  if (g_tree_lookup (self->shared, key) != NULL)
    return;

  shared = shared_new (record, is_lock);
  if (is_lock && weft_cluster_record_may_be_brief (record))
    {
      vote_key = weft_member_shared_make_key (record, FALSE);
      vote = g_tree_lookup (self->shared, vote_key);
    }
  shared->other = vote;
  add_write (self, shared, key, vote != NULL ? vote_key : NULL, writes);
  insert (self, key, shared);
}

void
weft_member_share (WeftMemberMachine *self,
                   GPtrArray         *slots,
                   GPtrArray         *writes)
{
  WeftClusterRecord *vote = NULL;
  WeftClusterRecord *lock = NULL;

  /* Mostly it is the same in all of them. */
  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry->vote != vote && is_of_many (entry->vote))
        share_one (self, entry->vote, FALSE, writes);
      if (entry->lock != lock && is_of_many (entry->lock))
        share_one (self, entry->lock, TRUE, writes);
      vote = entry->vote;
      lock = entry->lock;
    }
}

/* Votes and locks are on all slots of a record, and are let go of in all: so the record says it for
 * those in which no ballot was prepared beyond it, and nothing else is voted for or locked. */
gboolean
weft_member_is_implied (WeftMemberSlot *entry)
{
  WeftClusterRecord *higher = entry->lock != NULL ? entry->lock : entry->vote;

  if (entry->is_damaged || higher == NULL || (entry->vote != NULL && !is_of_many (entry->vote))
      || (entry->lock != NULL && !is_of_many (entry->lock)))
    return FALSE;

  if (entry->vote != NULL
      && weft_ballot_compare (weft_cluster_record_get_ballot (entry->vote),
                              weft_cluster_record_get_ballot (higher))
             > 0)
    higher = entry->vote;

  return weft_ballot_compare (entry->prepared, weft_cluster_record_get_ballot (higher)) == 0
         || WEFT_BUG (PREPARED_IMPLIED);
}

/* Mostly it is let go of in one slot after the other. */
static gboolean
is_dropped (WeftMemberMachine *self,
            WeftClusterRecord *record,
            gboolean           is_lock)
{
  for (guint i = self->dropped->len; i > 0 && i + 2 > self->dropped->len; i--)
    {
      const WeftMemberDrop *drop = &g_array_index (self->dropped, WeftMemberDrop, i - 1);

      if (drop->record == record && drop->is_lock == is_lock)
        return TRUE;
    }

  return FALSE;
}

void
weft_member_drop (WeftMemberMachine *self,
                  WeftClusterRecord *record,
                  gboolean           is_lock)
{
  WeftMemberDrop drop = { record, is_lock };

  if (!is_of_many (record) || is_dropped (self, record, is_lock))
    return;

  weft_cluster_record_ref (record);
  g_array_append_val (self->dropped, drop);
}

void
weft_member_pass_over (WeftMemberMachine *self,
                       WeftClusterRecord *held,
                       WeftClusterRecord *other)
{
  if (!is_of_many (held) || weft_member_is_same (held, other))
    return;

  for (GTreeNode *node = g_tree_node_first (self->shared); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftMemberShared *shared = g_tree_node_value (node);

      if (weft_member_is_same (shared->record, held))
        shared->is_passed_over = TRUE;
    }
}

gboolean
weft_member_has_passed_over (WeftMemberMachine *self)
{
  for (GTreeNode *node = g_tree_node_first (self->shared); node != NULL;
       node = g_tree_node_next (node))
    if (((WeftMemberShared *) g_tree_node_value (node))->is_passed_over)
      return TRUE;

  return FALSE;
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

/* What rests on a vote comes first, for mostly both go. */
static void
sweep (WeftMemberMachine *self,
       gboolean           is_lock,
       GPtrArray         *writes)
{
  for (guint i = 0; i < self->dropped->len; i++)
    {
      const WeftMemberDrop *drop = &g_array_index (self->dropped, WeftMemberDrop, i);
      g_autofree char *key
          = drop->is_lock == is_lock ? weft_member_shared_make_key (drop->record, is_lock) : NULL;
      WeftMemberShared *shared = key != NULL ? g_tree_lookup (self->shared, key) : NULL;

      if (shared == NULL || is_held (self, drop))
        continue;
      if (!is_lock && shared->other != NULL)
        {
          g_autofree char *lock_key = weft_member_shared_make_key (shared->other->record, TRUE);

          add_write (self, shared->other, lock_key, NULL, writes);
        }
      g_tree_remove (self->shared, key);
      g_ptr_array_add (writes, weft_member_write_new (g_steal_pointer (&key), NULL));
    }
}

void
weft_member_sweep_shared (WeftMemberMachine *self,
                          GPtrArray         *writes)
{
  if (self->dropped->len == 0)
    return;

  sweep (self, TRUE, writes);
  sweep (self, FALSE, writes);
  g_array_set_size (self->dropped, 0);
}

static const WeftItem *
find_string (const WeftItem *object,
             const char     *name)
{
  const WeftItem *member = weft_item_find (object, name);

  return member != NULL && member->kind == WEFT_ITEM_STRING ? member : NULL;
}

/* One that was written in full. */
static WeftMemberShared *
read_full (const WeftItem *root)
{
  const WeftItem *member
      = root->kind == WEFT_ITEM_OBJECT ? weft_item_find (root, "shared") : NULL;
  const WeftItem *role = member != NULL ? find_string (root, "role") : NULL;
  g_autoptr (WeftClusterRecord) record = NULL;

  if (role == NULL
      || (!g_str_equal (role->string, get_role (TRUE))
          && !g_str_equal (role->string, get_role (FALSE))))
    return NULL;
  record = weft_cluster_record_read (member, NULL, NULL);
  if (!is_of_many (record))
    return NULL;

  return shared_new (record, g_str_equal (role->string, get_role (TRUE)));
}

/* It may be read before the others are. */
static WeftMemberShared *
find_vote (WeftMemberMachine *self,
           const char        *key)
{
  WeftMemberShared *vote = g_tree_lookup (self->shared, key);
  g_autoptr (WeftTape) stored = NULL;

  if (vote != NULL)
    return vote;

  stored = self->facts.read_record (self->facts.data, key);
  vote = stored != NULL ? read_full (weft_tape_get_root (stored)) : NULL;

  return vote != NULL ? insert (self, key, vote) : NULL;
}

static WeftMemberShared *
read_shared (WeftMemberMachine *self,
             const WeftItem    *root)
{
  const WeftItem *of = root->kind == WEFT_ITEM_OBJECT ? find_string (root, "of") : NULL;
  const WeftItem *member = of != NULL ? weft_item_find (root, "shared") : NULL;
  const WeftItem *hash
      = member != NULL && member->kind == WEFT_ITEM_OBJECT ? find_string (member, "messageHash")
                                                           : NULL;
  g_autoptr (WeftClusterRecord) record = NULL;
  const WeftItem *role;
  WeftMemberShared *shared;
  WeftMemberShared *vote;

  if (of == NULL)
    return read_full (root);

  role = find_string (root, "role");
  vote = hash != NULL && role != NULL && g_str_equal (role->string, get_role (TRUE))
             ? find_vote (self, of->string)
             : NULL;
  if (vote == NULL || vote->is_lock
      || !g_str_equal (hash->string, weft_cluster_record_get_message_hash (vote->record)))
    return NULL;
  record = weft_cluster_record_read_brief (member, weft_cluster_record_get_core (vote->record),
                                           NULL, NULL);
  if (record == NULL)
    return NULL;

  shared = shared_new (record, TRUE);
  shared->other = vote;

  return shared;
}

/* Read from the storage the first time that something leads there. */
static WeftMemberShared *
find_shared (WeftMemberMachine *self,
             const char        *key)
{
  WeftMemberShared *shared = g_tree_lookup (self->shared, key);
  g_autoptr (WeftTape) stored = NULL;

  if (shared != NULL)
    return shared;

  stored = self->facts.read_record (self->facts.data, key);
  shared = stored != NULL ? read_shared (self, weft_tape_get_root (stored)) : NULL;

  return shared != NULL ? insert (self, key, shared) : NULL;
}

WeftClusterRecord *
weft_member_read_shared (WeftMemberMachine *self,
                         const char        *key)
{
  WeftMemberShared *shared = find_shared (self, key);

  return shared != NULL ? weft_cluster_record_ref (shared->record) : NULL;
}

/* One that no slot holds goes when something else is stored. */
void
weft_member_restore_shared (WeftMemberMachine *self,
                            JsonNode          *json)
{
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (json, NULL);
  WeftMemberShared *shared
      = tape != NULL ? read_shared (self, weft_tape_get_root (tape)) : NULL;
  g_autofree char *key = NULL;

  if (shared == NULL)
    {
      /* Which slots it was on nobody knows. */
      self->is_damaged = TRUE;
      weft_member_count (self, "member/damaged");
      return;
    }

  weft_member_drop (self, shared->record, shared->is_lock);
  key = weft_member_shared_make_key (shared->record, shared->is_lock);
  if (g_tree_lookup (self->shared, key) == NULL)
    insert (self, key, shared);
  else
    weft_member_shared_free (shared);
}

static void
derive (WeftMemberMachine      *self,
        WeftMemberSlot         *entry,
        const WeftMemberShared *shared)
{
  WeftClusterRecord **held = shared->is_lock ? &entry->lock : &entry->vote;
  WeftBallot *ballot = weft_cluster_record_get_ballot (shared->record);

  if (entry->is_stored)
    return;

  weft_member_slot_raise (entry, ballot);
  if (*held == NULL || weft_ballot_compare (weft_cluster_record_get_ballot (*held), ballot) < 0)
    {
      g_clear_pointer (held, weft_cluster_record_unref);
      *held = weft_cluster_record_ref (shared->record);
    }
  weft_member_hold (self, entry);
}

/* What a slot has of its own is all that is to be said of it. Else it is the latest of what was
 * stored for all slots of a record. */
void
weft_member_derive_slots (WeftMemberMachine *self)
{
  for (GTreeNode *node = g_tree_node_first (self->shared); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftMemberShared *shared = g_tree_node_value (node);
      GPtrArray *slots = weft_cluster_record_get_slots (shared->record);

      shared->is_passed_over = TRUE;
      if (shared->is_lock ? WEFT_BUG (LOCK_FORGOTTEN) : WEFT_BUG (VOTE_FORGOTTEN))
        continue;
      for (guint i = 0; i < slots->len; i++)
        derive (self, weft_member_ensure_slot (self, g_ptr_array_index (slots, i)), shared);
    }
}

void
weft_member_shared_free (WeftMemberShared *shared)
{
  if (shared->other != NULL && shared->other->other == shared)
    shared->other->other = NULL;
  g_clear_pointer (&shared->record, weft_cluster_record_unref);
  g_free (shared);
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
