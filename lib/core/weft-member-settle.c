/* weft-member-settle.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include <string.h>

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-slot-set-private.h"
#include "weft-stale-failure.h"

/* What is stored of a slot, an object. */
static WeftTape *
read_stored (WeftMemberMachine *self,
             WeftSlot          *slot)
{
  g_autofree char *key = weft_slot_make_key (slot);
  g_autoptr (WeftTape) tape = self->facts.read_record (self->facts.data, key);

  if (tape == NULL || weft_tape_get_root (tape)->kind != WEFT_ITEM_OBJECT)
    return NULL;

  return g_steal_pointer (&tape);
}

/* Whoever filled the slot wrote the proof over what was stored of it, and it has to stay. */
static gboolean
has_proof (WeftMemberMachine *self,
           WeftSlot          *slot)
{
  g_autoptr (WeftTape) stored = read_stored (self, slot);
  const WeftItem *object = stored != NULL ? weft_tape_get_root (stored) : NULL;

  return object != NULL && (weft_item_find (object, "certificate") != NULL
                            || weft_item_find (object, "with") != NULL);
}

/* One step may ask for it in each of its slots. */
static WeftClusterRecord *
read_certificate (WeftMemberMachine *self,
                  WeftSlot          *slot,
                  const WeftItem    *object)
{
  const WeftItem *member = weft_item_find (object, "certificate");
  WeftClusterRecord *record
      = member != NULL ? weft_cluster_record_read (member, NULL, NULL) : NULL;

  if (record == NULL)
    return NULL;

  g_clear_pointer (&self->found_at, weft_slot_unref);
  g_clear_pointer (&self->found, weft_cluster_record_unref);
  self->found_at = weft_slot_ref (slot);
  self->found = weft_cluster_record_ref (record);

  return record;
}

static gboolean
is_found (WeftMemberMachine *self,
          WeftSlot          *slot)
{
  return self->found != NULL && weft_slot_compare (self->found_at, slot) == 0;
}

/* `first` is the slot that another leads to. */
static WeftClusterRecord *
read_first (WeftMemberMachine *self,
            WeftSlot          *first)
{
  g_autoptr (WeftTape) stored = NULL;

  if (is_found (self, first))
    return weft_cluster_record_ref (self->found);
  stored = read_stored (self, first);

  return stored != NULL ? read_certificate (self, first, weft_tape_get_root (stored)) : NULL;
}

/* The proof of a decision is kept under the first slot of its record; the others lead there. */
WeftClusterRecord *
weft_member_find_certificate (WeftMemberMachine *self,
                              WeftSlot          *slot)
{
  WeftMemberSlot *entry = weft_member_find_slot (self, slot);
  g_autoptr (WeftSlot) first = NULL;
  g_autoptr (WeftTape) stored = NULL;
  const WeftItem *with;

  if (entry != NULL && entry->filling != NULL)
    return weft_cluster_record_ref (entry->filling);
  if (entry != NULL && entry->proof != NULL)
    return weft_cluster_record_ref (entry->proof);
  if (self->whole != NULL && weft_cluster_record_has_slot (self->whole, slot))
    return weft_cluster_record_ref (self->whole);
  if (is_found (self, slot))
    return weft_cluster_record_ref (self->found);

  stored = read_stored (self, slot);
  if (stored == NULL)
    return NULL;
  with = weft_item_find (weft_tape_get_root (stored), "with");
  if (with == NULL)
    return read_certificate (self, slot, weft_tape_get_root (stored));
  first = weft_slot_read (with, NULL, NULL);

  return first != NULL ? read_first (self, first) : NULL;
}

/* Who takes one revision of a chain after the other keeps its proof with the first of them. */
WeftSlot *
weft_member_find_holder (WeftMemberMachine *self,
                         WeftClusterRecord *record,
                         WeftSlot          *slot)
{
  gint64 base = weft_slot_get_base (slot);
  g_autoptr (WeftSlot) before
      = base > 0 ? weft_slot_new (weft_slot_get_block_id (slot), base - 1) : NULL;
  g_autoptr (WeftClusterRecord) certificate = NULL;
  g_autoptr (WeftTape) stored = NULL;
  const WeftItem *with;

  if (before == NULL || !weft_cluster_record_has_slot (record, before))
    return NULL;
  certificate = weft_member_find_certificate (self, before);
  stored = read_stored (self, before);
  if (certificate == NULL || stored == NULL || !weft_member_is_same (certificate, record))
    return NULL;

  with = weft_item_find (weft_tape_get_root (stored), "with");
  if (with != NULL)
    return weft_slot_read (with, NULL, NULL);

  return weft_item_find (weft_tape_get_root (stored), "certificate") != NULL
             ? g_steal_pointer (&before) : NULL;
}

char *
weft_member_build_stale (const char *block_id,
                         gint64      latest)
{
  g_autoptr (WeftStaleFailure) failure
      = weft_stale_failure_new (NULL, NULL, NULL, block_id, latest, FALSE);

  return weft_stale_failure_to_string (failure);
}

static void
answer_filled (WeftMemberMachine *self,
               WeftMemberCall    *call,
               GPtrArray         *slots,
               WeftSlot          *slot,
               gint64             latest)
{
  g_autoptr (WeftClusterRecord) certificate = weft_member_find_certificate (self, slot);

  if (certificate != NULL)
    {
      weft_member_count (self, "member/decided");
      weft_member_answer (self, call, weft_cluster_answer_new_decided (certificate), NULL,
                          weft_member_find_newest (self, slots));
    }
  else if (weft_cluster_request_get_kind (call->request) == WEFT_CLUSTER_UPDATE)
    weft_member_reject (self, call, "stale",
                        weft_member_build_stale (weft_slot_get_block_id (slot), latest));
  else
    weft_member_answer_error (self, call, WEFT_ERROR_NOT_FOUND,
                              "the slot was filled, but not with a certificate");
}

/* Nobody knows whether a slot of a damaged block was filled, and what is stored of it may be the
 * proof that it was. */
static void
answer_damaged (WeftMemberMachine *self,
                WeftMemberCall    *call)
{
  if (weft_cluster_request_get_kind (call->request) == WEFT_CLUSTER_UPDATE)
    weft_member_reject (self, call, "storage", NULL);
  else
    weft_member_answer_error (self, call, WEFT_ERROR_CORRUPT, "a block is damaged here");
}

gboolean
weft_member_answer_settled (WeftMemberMachine *self,
                            WeftMemberCall    *call,
                            GPtrArray         *slots)
{
  gboolean is_damaged = FALSE;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      WeftMemberSlot *entry = weft_member_find_slot (self, slot);
      const char *block_id = weft_slot_get_block_id (slot);
      gint64 latest = weft_member_get_latest (self, slot);

      if (latest > weft_slot_get_base (slot) || (entry != NULL && entry->filling != NULL))
        {
          answer_filled (self, call, slots, slot, latest);
          weft_member_settle_block (self, block_id);
          return TRUE;
        }
      is_damaged |= latest < 0;
    }
  if (is_damaged)
    answer_damaged (self, call);

  return is_damaged;
}

/* Forgets a message that can never be decided any more, in one of its slots. */
static gboolean
forget (WeftMemberMachine *self,
        WeftMemberSlot    *entry,
        WeftClusterRecord *dead)
{
  gboolean is_changed = FALSE;

  if (entry->vote != NULL && weft_member_is_same (entry->vote, dead))
    {
      weft_member_drop (self, entry->vote, FALSE);
      g_clear_pointer (&entry->vote, weft_cluster_record_unref);
      is_changed = TRUE;
    }
  if (entry->lock != NULL && weft_member_is_same (entry->lock, dead))
    {
      weft_member_drop (self, entry->lock, TRUE);
      g_clear_pointer (&entry->lock, weft_cluster_record_unref);
      is_changed = TRUE;
    }

  return is_changed;
}

/* What comes of a look at filled slots. */
typedef struct
{
  GPtrArray *writes;    /* (element-type WeftMemberWrite) */
  GPtrArray *slots;     /* (element-type WeftSlot): of the writes */
  GPtrArray *decided;   /* (element-type WeftClusterRecord): maybe not in all of their blocks yet */
  gboolean is_passing;  /* one of its slots may hold no more what is stored for it */
} WeftSettlement;

static void
settlement_init (WeftSettlement    *self,
                 WeftMemberMachine *machine)
{
  self->is_passing = weft_member_has_passed_over (machine);
  self->writes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_member_write_free);
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_unref);
  self->decided = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_record_unref);
}

static void
settlement_clear (WeftSettlement *self)
{
  g_clear_pointer (&self->writes, g_ptr_array_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->decided, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftSettlement, settlement_clear)

/* Where the proof of what filled a slot was written over what was stored of it, that stays. */
static void
add_write (WeftMemberMachine *self,
           WeftMemberSlot    *entry,
           WeftSettlement    *settlement)
{
  if (!weft_member_slot_is_apart (entry) || entry->proof != NULL
      || has_proof (self, entry->slot))
    return;

  weft_member_slot_write (self, entry, settlement->writes);
  g_ptr_array_add (settlement->slots, weft_slot_ref (entry->slot));
}

/* One of the slots of `dead` was filled by another: it releases all of them. The ballots that were
 * prepared stay. */
static void
release (WeftMemberMachine *self,
         WeftClusterRecord *dead,
         WeftSettlement    *settlement)
{
  GPtrArray *slots = weft_cluster_record_get_slots (dead);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry == NULL || !forget (self, entry, dead))
        continue;

      weft_member_count (self, "member/released");
      weft_member_hold (self, entry);
      add_write (self, entry, settlement);
      if (weft_member_slot_is_empty (entry))
        weft_member_remove_slot (self, entry);
    }
}

/* Whether it was applied last, in all of its slots. */
static gboolean
is_whole (WeftMemberMachine *self,
          WeftClusterRecord *held)
{
  return self->whole != NULL && weft_member_is_same (held, self->whole);
}

/* What is held in a filled slot was decided, or never will be. */
static void
settle_record (WeftMemberMachine *self,
               WeftClusterRecord *held,
               WeftSlot          *slot,
               WeftSettlement    *settlement)
{
  switch (weft_member_find_standing (self, held, slot))
    {
    case WEFT_MEMBER_STANDING_OTHER:
      release (self, held, settlement);
      break;

    case WEFT_MEMBER_STANDING_OURS:
      if (weft_cluster_record_get_slots (held)->len > 1
          && !is_whole (self, held))
        g_ptr_array_add (settlement->decided, weft_cluster_record_ref (held));
      break;

    case WEFT_MEMBER_STANDING_PASSED:
    case WEFT_MEMBER_STANDING_OPEN:
      break;

    default:
      g_assert_not_reached ();
    }
}

/* A slot that is filled holds nothing. */
static void
let_go (WeftMemberMachine *self,
        WeftMemberSlot    *entry)
{
  weft_member_drop (self, entry->vote, FALSE);
  weft_member_drop (self, entry->lock, TRUE);
  g_clear_pointer (&entry->vote, weft_cluster_record_unref);
  g_clear_pointer (&entry->lock, weft_cluster_record_unref);
  g_clear_pointer (&entry->prepared, weft_ballot_unref);
  entry->is_damaged = FALSE;
}

static void
settle_slot (WeftMemberMachine *self,
             WeftMemberSlot    *entry,
             WeftSettlement    *settlement)
{
  g_autoptr (WeftSlot) slot = weft_slot_ref (entry->slot);
  g_autoptr (WeftClusterRecord) vote
      = entry->vote != NULL ? weft_cluster_record_ref (entry->vote) : NULL;
  g_autoptr (WeftClusterRecord) lock
      = entry->lock != NULL ? weft_cluster_record_ref (entry->lock) : NULL;

  if (vote != NULL && !is_whole (self, vote))
    settle_record (self, vote, slot, settlement);
  if (lock != NULL && !is_whole (self, lock))
    settle_record (self, lock, slot, settlement);

  entry = weft_member_find_slot (self, slot);
  if (entry == NULL)
    return;
  let_go (self, entry);
  add_write (self, entry, settlement);
  weft_member_remove_slot (self, entry);
}

/* One block came from others with the proof of a record that is on other blocks too; it is under
 * the slot of that block. */
static WeftClusterRecord *
find_proof (WeftMemberMachine *self,
            WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftClusterRecord *certificate
          = weft_member_find_certificate (self, g_ptr_array_index (slots, i));

      if (certificate != NULL && weft_member_is_same (certificate, record))
        return certificate;
      g_clear_pointer (&certificate, weft_cluster_record_unref);
    }

  return NULL;
}

static void
finish_decided (WeftMemberMachine *self,
                WeftClusterRecord *record)
{
  g_autoptr (WeftClusterRecord) certificate = find_proof (self, record);
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (GArray) needs = NULL;

  if (certificate == NULL || weft_member_find_filling (self, record, slots) != 0
      || weft_member_is_done (self, record, slots))
    return;

  needs = weft_member_list_needs (self, certificate, slots);
  if (needs != NULL && needs->len == 0)
    weft_member_apply (self, certificate, slots);
}

static void
conclude (WeftMemberMachine *self,
          WeftSettlement    *settlement)
{
  if (settlement->writes->len > 0)
    weft_member_submit (self, NULL, NULL, settlement->slots, settlement->writes);
  for (guint i = 0; i < settlement->decided->len; i++)
    finish_decided (self, g_ptr_array_index (settlement->decided, i));
}

/* Of sorted slots: where those of this block begin, or would. */
static guint
find_slots_of (GPtrArray  *slots,
               const char *block_id)
{
  guint low = 0;
  guint high = slots->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      WeftSlot *slot = g_ptr_array_index (slots, middle);

      if (strcmp (weft_slot_get_block_id (slot), block_id) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Whether one of the slots of this block was filled by another record. */
static gboolean
is_lost (WeftMemberMachine *self,
         WeftClusterRecord *record,
         const char        *block_id,
         gint64             latest)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = find_slots_of (slots, block_id); i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      if (!g_str_equal (weft_slot_get_block_id (slot), block_id)
          || weft_slot_get_base (slot) >= latest)
        return FALSE;
      if (weft_member_find_standing (self, record, slot) == WEFT_MEMBER_STANDING_OTHER)
        return TRUE;
    }

  return FALSE;
}

/* Records of several slots may have lost that of this block while this node is on a later record
 * there, which does not lead to them any more. */
static void
release_passed (WeftMemberMachine *self,
                const char        *block_id,
                gint64             latest,
                WeftSettlement    *settlement)
{
  for (GTreeNode *node = g_tree_node_first (self->shared);
       node != NULL && settlement->is_passing && !WEFT_BUG (RELEASED_IN_PART);
       node = g_tree_node_next (node))
    {
      WeftMemberShared *shared = g_tree_node_value (node);
      WeftClusterRecord *record = shared->record;

      if (shared->is_passed_over && !is_whole (self, record)
          && is_lost (self, record, block_id, latest))
        release (self, record, settlement);
    }
}

static void
settle_block (WeftMemberMachine *self,
              const char        *block_id,
              WeftSettlement    *settlement)
{
  gint64 latest = self->facts.read_latest (self->facts.data, block_id, NULL);
  WeftMemberSlot *entry;

  release_passed (self, block_id, latest, settlement);
  entry = weft_member_first_slot (self, block_id, 0);
  while (entry != NULL && weft_slot_get_base (entry->slot) < latest)
    {
      gint64 base = weft_slot_get_base (entry->slot);

      if (entry->filling == NULL)
        settle_slot (self, entry, settlement);
      entry = base + 1 < latest ? weft_member_first_slot (self, block_id, base + 1) : NULL;
    }
}

void
weft_member_settle_block (WeftMemberMachine *self,
                          const char        *block_id)
{
  g_auto (WeftSettlement) settlement = { NULL };

  settlement_init (&settlement, self);
  settle_block (self, block_id, &settlement);
  conclude (self, &settlement);
}

void
weft_member_settle_slots (WeftMemberMachine *self,
                          GPtrArray         *slots)
{
  g_auto (WeftSettlement) settlement = { NULL };

  settlement_init (&settlement, self);
  for (guint i = 0; i < slots->len; i++)
    if (!weft_slots_is_follower (slots, i))
      settle_block (self, weft_slot_get_block_id (g_ptr_array_index (slots, i)), &settlement);
  conclude (self, &settlement);
}

static void
settle_held (WeftMemberMachine *self,
             WeftClusterRecord *held,
             WeftSettlement    *settlement)
{
  GPtrArray *slots = weft_cluster_record_get_slots (held);

  for (guint i = 0; i < slots->len; i++)
    settle_record (self, held, g_ptr_array_index (slots, i), settlement);
}

void
weft_member_settle_all (WeftMemberMachine *self)
{
  g_autoptr (GPtrArray) held
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_record_unref);
  g_autoptr (GPtrArray) block_ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = weft_member_list_slots (self);
  g_auto (WeftSettlement) settlement = { NULL };

  for (guint i = 0; i < entries->len; i++)
    {
      WeftMemberSlot *entry = g_ptr_array_index (entries, i);

      g_ptr_array_add (block_ids, g_strdup (weft_slot_get_block_id (entry->slot)));
      if (entry->vote != NULL)
        g_ptr_array_add (held, weft_cluster_record_ref (entry->vote));
      if (entry->lock != NULL)
        g_ptr_array_add (held, weft_cluster_record_ref (entry->lock));
    }

  settlement_init (&settlement, self);
  for (guint i = 0; i < held->len; i++)
    settle_held (self, g_ptr_array_index (held, i), &settlement);
  conclude (self, &settlement);
  for (guint i = 0; i < block_ids->len; i++)
    weft_member_settle_block (self, g_ptr_array_index (block_ids, i));
}
