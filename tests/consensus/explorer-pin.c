/* explorer-pin.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who keeps a block: as its history says, and as a node sees the network.
 */

#include "config.h"

#include "explorer.h"

#include "weft-admission-private.h"
#include "weft-slot-set-private.h"
#include "weft-thresholds.h"

#define BIT(number) (1u << (number))

guint
explorer_get_mask (GPtrArray *peers)
{
  guint mask = 0;

  for (guint i = 0; i < peers->len; i++)
    mask |= BIT (explorer_find_number (weft_cluster_peer_get_peer_id (peers->pdata[i])));

  return mask;
}

/* The same array for the same mask: it is asked for with every vote. */
GPtrArray *
explorer_make_peers (guint mask)
{
  static GPtrArray *known[BIT (EXPLORER_NODES_MAX)];
  GPtrArray *peers;

  g_assert (mask < G_N_ELEMENTS (known));

  if (known[mask] != NULL)
    return g_ptr_array_ref (known[mask]);

  peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < EXPLORER_NODES_MAX; i++)
    if (mask & BIT (i))
      g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));
  known[mask] = g_ptr_array_ref (peers);

  return peers;
}

guint
explorer_get_pin (Explorer *self,
                  int       action)
{
  return self->actions[action].target != 0 ? self->actions[action].target
                                           : self->actions[action].peers;
}

guint
explorer_find_pin (Explorer      *self,
                   ExplorerStore *store,
                   guint          block)
{
  gint64 latest = store->latest[block];

  return latest > 0 ? explorer_get_pin (self, store->revisions[block][latest] - 1) : 0;
}

/* By the decisions that were seen; 0 where nobody has seen one. */
static guint
find_decided_pin (Explorer *self,
                  guint     block,
                  gint64    rev)
{
  int action = rev < EXPLORER_REVS_MAX ? explorer_get_decided (self, block, rev) : 0;

  return action > 0 ? explorer_get_pin (self, action - 1) : 0;
}

gboolean
explorer_is_right (Explorer          *self,
                   WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  guint mask = explorer_get_mask (weft_cluster_record_get_peers (record));

  for (guint i = 0; i < slots->len; i++)
    {
      guint block = explorer_block_index (weft_slot_get_block_id (slots->pdata[i]));
      gint64 base = weft_slot_get_base (slots->pdata[i]);

      /* What comes before is in the record itself. */
      if (weft_slots_is_follower (slots, i))
        continue;
      if (base > 0 ? find_decided_pin (self, block, base) != mask
                   : explorer_admit (self, weft_cluster_record_get_peers (record)) != NULL)
        return FALSE;
    }

  return TRUE;
}

void
explorer_check_peers (Explorer          *self,
                      ExplorerNode      *node,
                      WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  guint mask = explorer_get_mask (weft_cluster_record_get_peers (record));

  if (!(mask & BIT (node->number)))
    explorer_fail (self, "PIN", "node %u votes, which is no member", node->number);
  for (guint i = 0; i < slots->len; i++)
    {
      guint block = explorer_block_index (weft_slot_get_block_id (slots->pdata[i]));
      gint64 base = weft_slot_get_base (slots->pdata[i]);

      if (base > 0 && !weft_slots_is_follower (slots, i) &&
          find_decided_pin (self, block, base) != mask)
        explorer_fail (self, "PIN", "node %u votes with %x for what comes after revision %d of "
                       "block %u, which %x keep", node->number, mask, (int) base, block,
                       find_decided_pin (self, block, base));
    }
}

/* A node that crashed may have voted before, as it saw the network then. */
void
explorer_check_target (Explorer          *self,
                       ExplorerNode      *node,
                       WeftClusterRecord *record)
{
  int action = explorer_find_commit (self, record);
  guint target = action >= 0 ? self->actions[action].target : 0;
  g_autoptr (GPtrArray) peers = explorer_make_peers (target);

  if (target == 0 || node->incarnation > 0 ||
      weft_ballot_get_number (weft_cluster_record_get_ballot (record)) > 0)
    return;
  for (guint i = 0; i < node->targets->len; i++)
    {
      g_autoptr (GPtrArray) expected
          = explorer_make_peers (g_array_index (node->targets, guint, i));

      if (weft_admission_check (peers, expected, 0.75))
        return;
    }
  explorer_fail (self, "PIN", "node %u votes for a move to %x, which it never saw", node->number,
                 target);
}

/* Who is to decide what comes next of a block, as a node knows it. */
static guint
find_asked (Explorer     *self,
            ExplorerNode *node,
            guint         block)
{
  guint pin = explorer_find_pin (self, node->visible, block);

  return pin != 0 ? pin : node->views[block];
}

guint
explorer_choose_peers (Explorer     *self,
                       ExplorerNode *node,
                       guint8       *blocks)
{
  guint first = __builtin_ctz (*blocks);
  guint mask = find_asked (self, node, first);

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (find_asked (self, node, i) != mask)
      *blocks &= ~BIT (i);

  return mask;
}

gboolean
explorer_is_working (Explorer     *self,
                     guint         mask,
                     ExplorerNode *without)
{
  guint n = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    n += (mask & BIT (i)) && self->nodes[i].character == EXPLORER_HONEST &&
         !self->nodes[i].is_gone && &self->nodes[i] != without;

  return n >= weft_thresholds_get_promises (__builtin_popcount (mask), 0.75);
}

static const char *
admit (gpointer           data,
       GPtrArray         *peers,
       const char *const *ids)
{
  ExplorerReader *reader = data;

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) expected
          = explorer_make_peers (reader->node->views[explorer_block_index (ids[i])]);

      if (!weft_admission_check (peers, expected, 0.75))
        return "others";
    }

  return NULL;
}

/* In a world with one cluster all members keep all blocks, also what was decided by those who did
 * not know them. */
static gboolean
keeps (gpointer           data,
       const char *const *ids)
{
  ExplorerReader *reader = data;

  for (guint i = 0; ids[i] != NULL; i++)
    if (reader->world->is_moving &&
        !(reader->node->views[explorer_block_index (ids[i])] & BIT (reader->node->number)))
      return FALSE;

  return TRUE;
}

static char *
read_cluster (gpointer    data,
              const char *block_id)
{
  ExplorerReader *reader = data;
  ExplorerStore *store = reader->node->visible;
  guint block = explorer_block_index (block_id);
  gint64 latest = store->latest[block];
  int action = latest > 0 ? store->revisions[block][latest] : 0;

  return action > 0
             ? g_strdup (weft_cluster_record_get_pin (reader->world->actions[action - 1].record))
             : NULL;
}

/* Who had its place from the beginning knows what it should have; others do once they have it. */
static gboolean
is_settled (gpointer    data,
            const char *block_id)
{
  ExplorerReader *reader = data;
  guint block = explorer_block_index (block_id);

  return reader->node->visible->latest[block] > 0 ||
         (reader->node->changes[block] == 0 &&
          (reader->node->views[block] & BIT (reader->node->number)));
}

void
explorer_get_pin_facts (WeftMemberFacts *facts)
{
  facts->is_settled = is_settled;
  facts->admit = admit;
  facts->keeps = keeps;
  facts->read_cluster = read_cluster;
}
