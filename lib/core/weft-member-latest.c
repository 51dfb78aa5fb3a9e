/* weft-member-latest.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-error.h"

static WeftBlockState *
build_state (WeftMemberMachine *self,
             const char        *block_id,
             gint64             rev,
             const char        *action_id)
{
  const char *one[] = { block_id, NULL };
  WeftBlockState *state;
  GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
  WeftMemberSlot *entry = weft_member_first_slot (self, block_id, rev);
  WeftClusterRecord *told = NULL;

  /* A chain is in several, and is told of in the first. */
  for (; entry != NULL; entry = weft_member_next_slot (entry))
    {
      WeftClusterRecord *held = weft_member_slot_get_held (entry);

      if (held != NULL && (told == NULL || !weft_member_is_same (held, told)))
        g_ptr_array_add (open, weft_member_slot_to_state (entry));
      told = held;
    }

  state = weft_block_state_new (block_id, rev, action_id, open);
  state->is_elsewhere = rev == 0 && open->len == 0 && self->facts.keeps != NULL
                        && !self->facts.keeps (self->facts.data, one);

  return state;
}

/* Whether there may be a lock on a block that nobody knows of any more. */
static gboolean
may_lack_lock (WeftMemberMachine *self,
               const char        *block_id,
               gint64             rev)
{
  WeftMemberSlot *entry = weft_member_first_slot (self, block_id, rev);

  for (; entry != NULL; entry = weft_member_next_slot (entry))
    if (entry->is_damaged)
      return TRUE;

  return self->is_damaged;
}

/* A reader relies on what it is told, so that it has to be durable. */
void
weft_member_examine_latest (WeftMemberMachine *self,
                            WeftMemberCall    *call)
{
  const char *const *ids = weft_cluster_request_get_block_ids (call->request);
  guint64 newest = 0;
  g_autoptr (GPtrArray) states
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autofree char *action_id = NULL;
      gint64 rev = self->facts.read_latest (self->facts.data, ids[i], &action_id);

      if (rev < 0 || may_lack_lock (self, ids[i], rev))
        {
          weft_member_count (self, "member/reject/storage");
          weft_member_answer_error (self, call, WEFT_ERROR_CORRUPT, "a block is damaged here");
          return;
        }
      /* Its silence would be counted among those who say that there is no such block. */
      if (!weft_member_knows (self, ids[i]) && !WEFT_BUG (UNSETTLED_TELLS))
        {
          weft_member_count (self, "member/reject/unsettled");
          weft_member_answer_error (self, call, WEFT_ERROR_UNAVAILABLE,
                                    "this node does not know yet which blocks it should keep");
          return;
        }
      newest = MAX (newest, weft_member_find_touched (self, ids[i]));
      g_ptr_array_add (states, build_state (self, ids[i], rev, action_id));
    }

  weft_member_answer (self, call, weft_cluster_answer_new_states (g_steal_pointer (&states)), NULL,
                      newest);
}
