/* weft-member-hold.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-limits.h"

/* Several members hold a slot, and the first to recover it should be alone for a while. */
#define JITTER_USEC (2 * G_TIME_SPAN_SECOND)
/* Waits between recoveries: long enough for one to end, and doubled up to the longest. */
#define BACKOFF_USEC (2 * G_TIME_SPAN_SECOND)
#define BACKOFF_DOUBLINGS_MAX 4

static gint64
draw_jitter (WeftMemberMachine *self)
{
  return self->event->chance % JITTER_USEC;
}

static gint64
find_end (WeftMemberMachine *self,
          WeftMemberSlot    *entry)
{
  gint64 expiration = weft_cluster_record_get_expiration (weft_member_slot_get_held (entry));
  gint64 left_msec = expiration - self->event->real_msec;

  if (expiration == 0)
    return entry->held_usec + self->held_max_usec;

  return self->event->now_usec + CLAMP (left_msec, 0, WEFT_LIMIT_EXPIRATION_MSEC_MAX) * 1000;
}

/* A vote that has outlived its record, below a ballot that was prepared since, is over: this node
 * locks on nothing at that ballot, and votes again only where a lock among S answers shows that the
 * record may have been decided. It is kept and told, as it proves what was voted for, but nothing
 * waits for it any more. */
static void
rest (WeftMemberMachine *self,
      WeftMemberSlot    *entry)
{
  entry->is_resting = TRUE;
  weft_member_count (self, "member/resting");
  entry->held_usec = G_MAXINT64;
  weft_deadline_clear (&entry->deadline);
}

/* Called when what is held in a slot changed. */
void
weft_member_hold (WeftMemberMachine *self,
                  WeftMemberSlot    *entry)
{
  entry->is_resting = FALSE;
  if (weft_member_slot_get_held (entry) == NULL)
    {
      entry->held_usec = G_MAXINT64;
      weft_deadline_clear (&entry->deadline);
      return;
    }

  if (entry->held_usec == G_MAXINT64)
    entry->held_usec = self->event->now_usec;
  entry->n_recoveries = 0;
  weft_deadline_set (&entry->deadline, self->slot_deadlines,
                     find_end (self, entry) + draw_jitter (self));
}

/* All slots of a record are recovered together. */
static void
postpone (WeftMemberMachine *self,
          WeftClusterRecord *held,
          gint64             wait_usec)
{
  GPtrArray *slots = weft_cluster_record_get_slots (held);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));
      WeftClusterRecord *other = entry != NULL ? weft_member_slot_get_held (entry) : NULL;

      if (other == NULL || !weft_member_is_same (other, held))
        continue;
      entry->n_recoveries++;
      weft_deadline_set (&entry->deadline, self->slot_deadlines,
                         self->event->now_usec + wait_usec);
    }
}

static void
recover (WeftMemberMachine *self,
         WeftMemberSlot    *entry)
{
  WeftClusterRecord *held = weft_member_slot_get_held (entry);
  gint64 wait_usec
      = (BACKOFF_USEC << MIN (entry->n_recoveries, BACKOFF_DOUBLINGS_MAX)) + draw_jitter (self);

  weft_member_count (self, "member/recover");
  weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_RECOVER)->record
      = weft_cluster_record_ref (held);
  postpone (self, held, wait_usec);
}

void
weft_member_expire_slots (WeftMemberMachine *self)
{
  WeftMemberSlot *entry;

  while ((entry = (WeftMemberSlot *) weft_deadline_get_first (self->slot_deadlines)) != NULL
         && entry->deadline.usec <= self->event->now_usec)
    {
      const char *block_id = weft_slot_get_block_id (entry->slot);
      gint64 latest = self->facts.read_latest (self->facts.data, block_id, NULL);

      if (entry->filling != NULL)
        postpone (self, weft_member_slot_get_held (entry), BACKOFF_USEC);
      else if (WEFT_BUG (RELEASED_IN_TIME) && latest <= weft_slot_get_base (entry->slot))
        weft_member_remove_slot (self, entry);
      else if (latest <= weft_slot_get_base (entry->slot)
               && weft_member_slot_is_outranked (entry))
        rest (self, entry);
      else if (latest <= weft_slot_get_base (entry->slot))
        recover (self, entry);
      else
        {
          g_autofree char *owned_id = g_strdup (block_id);

          /* It came by another way. */
          weft_member_settle_block (self, owned_id);
        }
    }
}
