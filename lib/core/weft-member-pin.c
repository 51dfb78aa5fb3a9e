/* weft-member-pin.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-cluster-peer-private.h"
#include "weft-slot-set-private.h"

/* Rule 6: who decides in a slot. Above base 0 the history of the block says it, to everybody the
 * same; only of a block that does not exist yet, and of where one is to move, members go by what
 * they see of the network. */

gboolean
weft_member_sees (WeftMemberMachine *self,
                  GPtrArray         *peers,
                  GPtrArray         *block_ids)
{
  g_autofree const char **ids = g_new0 (const char *, block_ids->len + 1);

  if (self->facts.admit == NULL || block_ids->len == 0)
    return TRUE;

  for (guint i = 0; i < block_ids->len; i++)
    ids[i] = g_ptr_array_index (block_ids, i);

  return self->facts.admit (self->facts.data, peers, ids) == NULL;
}

char *
weft_member_read_cluster (WeftMemberMachine *self,
                          const char        *block_id)
{
  if (self->facts.read_cluster == NULL || WEFT_BUG (PIN_IGNORED))
    return NULL;

  return self->facts.read_cluster (self->facts.data, block_id);
}

static WeftMemberRight
compare_cluster (const char *cluster,
                 const char *membership)
{
  if (cluster == NULL)
    return WEFT_MEMBER_RIGHT_BY_VIEW;

  return g_str_equal (cluster, membership) ? WEFT_MEMBER_RIGHT_PINNED : WEFT_MEMBER_RIGHT_NONE;
}

WeftMemberRight
weft_member_find_right (WeftMemberMachine *self,
                        const char        *block_id,
                        const char        *membership)
{
  g_autofree char *cluster = weft_member_read_cluster (self, block_id);

  return compare_cluster (cluster, membership);
}

/* Of slots that are filled nothing is said: that they are is looked at before. Nor of those beyond
 * the latest, which lack their base, or follow others: those who decide on these do on them. */
static gboolean
judge (WeftMemberMachine *self,
       const char        *membership,
       GPtrArray         *slots,
       GPtrArray         *by_view)
{
  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      gint64 latest = weft_member_get_latest (self, slot);

      if (latest != weft_slot_get_base (slot) && !WEFT_BUG (PIN_IGNORED))
        continue;
      switch (compare_cluster (weft_member_get_cluster (self, slot), membership))
        {
        case WEFT_MEMBER_RIGHT_PINNED:
          break;

        case WEFT_MEMBER_RIGHT_BY_VIEW:
          g_ptr_array_add (by_view, (gpointer) weft_slot_get_block_id (slot));
          break;

        case WEFT_MEMBER_RIGHT_NONE:
          return FALSE;

        default:
          g_assert_not_reached ();
        }
    }

  return TRUE;
}

gboolean
weft_member_admits (WeftMemberMachine *self,
                    GPtrArray         *peers,
                    const char        *membership,
                    GPtrArray         *slots)
{
  g_autoptr (GPtrArray) by_view = g_ptr_array_new ();

  return judge (self, membership, slots, by_view) && weft_member_sees (self, peers, by_view);
}

/* What it voted for or locked it admitted then, whatever it sees by now; the hash of a message is
 * also one of its peers. Who does not keep the block any more would hold it for ever. */
static gboolean
was_admitted (WeftMemberMachine *self,
              WeftClusterRecord *record,
              WeftSlot          *slot)
{
  WeftMemberSlot *entry = weft_member_find_slot (self, slot);

  return entry != NULL
         && ((entry->vote != NULL && weft_member_is_same (entry->vote, record))
             || (entry->lock != NULL && weft_member_is_same (entry->lock, record)));
}

/* The certificate of a slot is good when its peers are those that our own history names. Only of a
 * first revision there is none: then it is our view, now or when we voted for it, or what others
 * vouched for. */
gboolean
weft_member_admits_decided (WeftMemberMachine *self,
                            WeftClusterRecord *record,
                            GPtrArray         *slots,
                            gboolean           is_proven)
{
  g_autoptr (GPtrArray) by_view = g_ptr_array_new ();

  if (!judge (self, weft_cluster_record_get_membership (record), slots, by_view))
    return FALSE;
  for (guint i = 0; i < slots->len && by_view->len > 0; i++)
    if (was_admitted (self, record, g_ptr_array_index (slots, i)))
      g_ptr_array_remove (by_view, (gpointer) weft_slot_get_block_id (slots->pdata[i]));

  return is_proven || weft_member_sees (self, weft_cluster_record_get_peers (record), by_view);
}

GArray *
weft_member_list_gaps (WeftMemberMachine *self,
                       GPtrArray         *slots)
{
  GArray *gaps = g_array_new (FALSE, FALSE, sizeof (WeftMemberNeed));

  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberNeed need = { g_ptr_array_index (slots, i), WEFT_MEMBER_LACK_BASE };
      gint64 latest = weft_member_get_latest (self, need.slot);

      /* A follower is where the one before it leads. */
      if (latest < weft_slot_get_base (need.slot) && !weft_slots_is_follower (slots, i)
          && !WEFT_BUG (MEMBER_BASE_IGNORED) && !WEFT_BUG (PIN_IGNORED))
        g_array_append_val (gaps, need);
    }

  return gaps;
}

/* A first revision is where a block begins for everybody: who does not know yet what it should keep
 * must not take part in a second one. */
gboolean
weft_member_is_settled (WeftMemberMachine *self,
                        GPtrArray         *slots)
{
  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      if (weft_slot_get_base (slot) == 0 && weft_member_get_latest (self, slot) <= 0
          && !weft_member_knows (self, weft_slot_get_block_id (slot)))
        return FALSE;
    }

  return TRUE;
}

gboolean
weft_member_knows (WeftMemberMachine *self,
                   const char        *block_id)
{
  return self->facts.is_settled == NULL
         || self->facts.read_latest (self->facts.data, block_id, NULL) > 0
         || self->facts.is_settled (self->facts.data, block_id);
}

/* Only one that is alone in its record names where to. */
static GPtrArray *
get_target (WeftClusterRecord *record)
{
  return weft_commit_request_get_cluster (
      weft_repo_message_get_commit (weft_cluster_record_get_message (record)));
}

/* Where a move leads to is a matter of view, as there is no history there yet. */
gboolean
weft_member_admits_target (WeftMemberMachine *self,
                           WeftClusterRecord *record)
{
  GPtrArray *target = get_target (record);
  g_autoptr (GPtrArray) block_ids = NULL;

  if (target == NULL || WEFT_BUG (TARGET_UNCHECKED))
    return TRUE;
  block_ids = weft_member_list_blocks (weft_cluster_record_get_slots (record));

  return weft_member_sees (self, target, block_ids);
}

/* Whether this node voted or locked in one of the slots. */
static gboolean
is_held (WeftMemberMachine *self,
         GPtrArray         *slots)
{
  for (guint i = 0; i < slots->len; i++)
    {
      WeftMemberSlot *entry = weft_member_find_slot (self, g_ptr_array_index (slots, i));

      if (entry != NULL && weft_member_slot_get_held (entry) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* Who is to take what others decided: those who decided it, those to whom it moves the blocks, who
 * has them or is about to, who keeps them as it sees the network, and who can let go of something
 * then. */
gboolean
weft_member_takes (WeftMemberMachine *self,
                   WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  GPtrArray *target = get_target (record);

  if (weft_cluster_record_has_peer (record, self->peer_id)
      || (target != NULL && weft_cluster_peers_find (target, self->peer_id) >= 0)
      || is_held (self, slots))
    return TRUE;

  for (guint i = 0; i < slots->len; i++)
    {
      const char *block_id = weft_slot_get_block_id (g_ptr_array_index (slots, i));
      const char *one[] = { block_id, NULL };

      if (g_tree_lookup (self->fetches, block_id) == NULL
          && self->facts.read_latest (self->facts.data, block_id, NULL) <= 0
          && (self->facts.keeps == NULL || !self->facts.keeps (self->facts.data, one)))
        return FALSE;
    }

  return TRUE;
}
