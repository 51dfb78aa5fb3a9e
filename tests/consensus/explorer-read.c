/* explorer-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quorum reads of the members, and what they have done for them.
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"

#include <string.h>

static void
step (Explorer            *self,
      ExplorerRead        *read,
      WeftQuorumReadEvent *event);
static void
begin (Explorer     *self,
       guint         node,
       guint8        blocks,
       const gint64 *floors);

static ExplorerEvent *
schedule (Explorer     *self,
          ExplorerRead *read,
          gint64        delay_usec,
          int           kind,
          guint64       id)
{
  ExplorerEvent *event = explorer_schedule (self, delay_usec, kind, read->node);

  event->proposal = EXPLORER_READ_BASE + read->number;
  event->request_id = id;

  return event;
}

static void
send (Explorer             *self,
      ExplorerRead         *read,
      WeftQuorumReadEffect *effect)
{
  guint to = explorer_find_number (effect->peer_id);
  ExplorerEvent *late = schedule (self, read, effect->timeout_usec, EVENT_LATE, effect->id);

  late->from = to;
  explorer_send (self, read->node, to, EXPLORER_READ_BASE + read->number, effect->id,
                 effect->request);
}

static void
fetch (Explorer             *self,
       ExplorerRead         *read,
       WeftQuorumReadEffect *effect)
{
  ExplorerEvent *event = schedule (self, read, explorer_delay (self), EVENT_READ_FETCHED,
                                   effect->id);

  event->id = 0; /* not done yet */
  event->rev = effect->rev;
  event->text = g_strdup (effect->block_id);
  event->peer_ids = g_ptr_array_ref (effect->peer_ids);
}

static void
spread (Explorer             *self,
        ExplorerRead         *read,
        WeftQuorumReadEffect *effect)
{
  guint block = explorer_block_index (effect->block_id);
  ExplorerEvent *event = schedule (self, read, 60000, EVENT_READ_SPREAD, effect->id);
  g_autoptr (WeftClusterRecord) certificate
      = explorer_read_certificate (self, self->nodes[read->node].durable, block, effect->rev);
  g_autoptr (WeftClusterRequest) request
      = certificate != NULL ? weft_cluster_request_new_update (certificate) : NULL;

  event->text = g_strdup (effect->block_id);
  event->rev = effect->rev;
  event->peer_ids = g_ptr_array_ref (effect->peer_ids);
  for (guint i = 0; request != NULL && i < effect->peer_ids->len; i++)
    explorer_send (self, read->node, explorer_find_number (effect->peer_ids->pdata[i]), 0, 0,
                   request);
}

/* Those who keep a block by now are asked, for the same caller. */
static void
see_results (Explorer     *self,
             ExplorerRead *read,
             GArray       *results)
{
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (WeftReadResult));
  guint8 blocks = 0;

  for (guint i = 0; i < results->len; i++)
    {
      WeftReadResult *result = &g_array_index (results, WeftReadResult, i);

      if (result->answer == WEFT_READ_MOVED)
        blocks |= 1 << explorer_block_index (result->block_id);
      else
        g_array_append_val (told, *result);
    }
  explorer_see_read (self, read, told);
  if (blocks != 0)
    begin (self, read->node, blocks, read->floors);
}

static void
handle (Explorer             *self,
        ExplorerRead         *read,
        WeftQuorumReadEffect *effect)
{
  ExplorerProposal *proposal;
  guint number;

  switch (effect->type)
    {
    case WEFT_QUORUM_READ_EFFECT_SEND:
      send (self, read, effect);
      break;

    case WEFT_QUORUM_READ_EFFECT_FETCH:
      fetch (self, read, effect);
      break;

    case WEFT_QUORUM_READ_EFFECT_RECOVER:
      proposal = explorer_propose (self, read->node, effect->record, EXPLORER_RECOVERY);
      proposal->read = read->number;
      proposal->read_id = effect->id;
      if (proposal->machine == NULL)
        schedule (self, read, 0, EVENT_READ_RECOVERED, effect->id);
      break;

    case WEFT_QUORUM_READ_EFFECT_SPREAD:
      spread (self, read, effect);
      break;

    case WEFT_QUORUM_READ_EFFECT_REPORT:
      number = explorer_find_number (effect->peer_id);
      if (number < self->n_nodes && self->nodes[number].character == EXPLORER_HONEST)
        explorer_fail (self, "REPORT", "a read reports honest %u: %s", number, effect->text);
      break;

    case WEFT_QUORUM_READ_EFFECT_RESULT:
      see_results (self, read, effect->results);
      break;

    case WEFT_QUORUM_READ_EFFECT_COUNT:
    case WEFT_QUORUM_READ_EFFECT_DONE:
    default:
      break;
    }
}

static void
step (Explorer            *self,
      ExplorerRead        *read,
      WeftQuorumReadEvent *event)
{
  g_auto (WeftQuorumReadEffects) effects = { 0 };
  gboolean is_done = FALSE;

  event->now_usec = self->now_usec;
  event->chance = explorer_draw (self, G_MAXUINT32);
  weft_quorum_read_effects_init (&effects);
  weft_quorum_read_step (read->machine, event, &effects);
  self->n_steps++;
  explorer_mix (self, self->now_usec * 64 + 48 + read->node);
  for (guint i = 0; i < effects.items->len; i++)
    {
      WeftQuorumReadEffect *effect = &g_array_index (effects.items, WeftQuorumReadEffect, i);

      explorer_mix (self, effect->type * 1000 + effect->id);
      handle (self, read, effect);
      is_done = is_done || effect->type == WEFT_QUORUM_READ_EFFECT_DONE;
    }
  if (is_done)
    {
      g_clear_pointer (&read->machine, weft_quorum_read_free);
      return;
    }
  if (effects.deadline_usec != G_MAXINT64 && effects.deadline_usec != read->deadline)
    schedule (self, read, MAX (effects.deadline_usec - self->now_usec, 0), EVENT_READ_ALARM, 0);
  read->deadline = effects.deadline_usec;
}

static gboolean
is_pin (gpointer    data,
        const char *block_id,
        gint64      rev)
{
  ExplorerRead *read = data;
  ExplorerStore *store = read->world->nodes[read->node].visible;
  guint block = explorer_block_index (block_id);

  if (rev == 0)
    return store->latest[block] == 0;

  return store->revisions[block][rev] != 0 &&
         explorer_get_pin (read->world, store->revisions[block][rev] - 1) == read->asked;
}

static void
begin (Explorer     *self,
       guint         node,
       guint8        blocks,
       const gint64 *floors)
{
  WeftQuorumReadConfig config = { .peer_id = fixture_peer_id (self->nodes[node].number),
                                  .super_majority = 0.75,
                                  .verify = *fixture_verify (),
                                  .reply_usec = G_USEC_PER_SEC,
                                  .deadline_usec = self->now_usec + 4 * G_USEC_PER_SEC,
                                  .round_trip_usec = 10000,
                                  .is_pin = is_pin };
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  guint n_ids = 0;
  ExplorerStore *store = self->nodes[node].visible;
  gboolean is_pinned = explorer_find_pin (self, store, __builtin_ctz (blocks)) != 0;
  guint asked = explorer_choose_peers (self, &self->nodes[node], &blocks);
  g_autoptr (GPtrArray) peers = explorer_make_peers (asked);
  ExplorerRead *read = g_new0 (ExplorerRead, 1);
  WeftQuorumReadEvent event = { .type = WEFT_QUORUM_READ_EVENT_START };

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if ((explorer_find_pin (self, store, i) != 0) != is_pinned)
      blocks &= ~(1 << i);
    else if (blocks & (1 << i))
      ids[n_ids++] = explorer_block_id (i);
  config.is_pinned = is_pinned;
  config.pin_data = read;
  read->world = self;
  read->node = node;
  read->blocks = blocks;
  read->deadline = G_MAXINT64;
  read->answered = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  read->asked = asked;
  memcpy (read->floors, floors, sizeof read->floors);
  memcpy (read->own, self->nodes[node].durable->latest, sizeof read->own);
  read->machine = weft_quorum_read_new (&config, peers, ids);
  g_ptr_array_add (self->reads, read);
  read->number = self->reads->len;
  step (self, read, &event);
}

void
explorer_read (Explorer *self,
               guint     node,
               guint8    blocks)
{
  begin (self, node, blocks, self->floors);
}

static ExplorerRead *
find (Explorer      *self,
      ExplorerEvent *event)
{
  return self->reads->pdata[event->proposal - EXPLORER_READ_BASE - 1];
}

void
explorer_read_deliver (Explorer      *self,
                       ExplorerEvent *event)
{
  ExplorerRead *read = find (self, event);
  g_autoptr (GError) error = NULL;
  WeftQuorumReadEvent told = { .type = WEFT_QUORUM_READ_EVENT_ANSWER, .id = event->request_id,
                               .answer = event->answer, .was_sent = TRUE };

  if (read->machine == NULL || g_hash_table_contains (read->answered, &event->request_id))
    return;
  if (event->answer != NULL && !self->is_over &&
      self->nodes[event->from].side != self->nodes[event->node].side)
    return;
  g_hash_table_add (read->answered, g_memdup2 (&event->request_id, sizeof event->request_id));
  if (event->answer == NULL)
    {
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "no answer");
      told.type = WEFT_QUORUM_READ_EVENT_FAILED;
      told.error = error;
    }
  step (self, read, &told);
}

/* From the first that has it; that becomes durable meanwhile. */
static gboolean
begin_restore (Explorer      *self,
               ExplorerNode  *node,
               ExplorerEvent *event)
{
  guint block = explorer_block_index (event->text);

  if (node->visible->latest[block] >= event->rev)
    return TRUE;
  for (guint i = 0; i < event->peer_ids->len; i++)
    {
      ExplorerNode *other = &self->nodes[explorer_find_number (event->peer_ids->pdata[i])];

      if (other == node || other->side != node->side || other->member == NULL)
        continue;
      if (other->durable->latest[block] >= event->rev)
        return explorer_restore (self, node, other->durable, block);
    }

  return FALSE;
}

/* Whether all of those who claim it were asked. */
static gboolean
is_certain (Explorer      *self,
            ExplorerNode  *node,
            ExplorerEvent *event)
{
  for (guint i = 0; i < event->peer_ids->len; i++)
    {
      ExplorerNode *other = &self->nodes[explorer_find_number (event->peer_ids->pdata[i])];

      if (other->side != node->side || (explorer_node_has_machine (other) && other->member == NULL)
          || other->character == EXPLORER_TWIN)
        return FALSE;
    }

  return TRUE;
}

static void
see_fetched (Explorer      *self,
             ExplorerRead  *read,
             ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[read->node];
  g_autoptr (GError) error = NULL;
  WeftQuorumReadEvent fetched = { .type = WEFT_QUORUM_READ_EVENT_FETCHED,
                                  .id = event->request_id,
                                  .rev = node->durable->latest[explorer_block_index
                                                               (event->text)] };

  if (event->id == 0 && begin_restore (self, node, event))
    {
      ExplorerEvent *again = schedule (self, read, 20000, EVENT_READ_FETCHED, event->request_id);

      again->id = 1;
      again->rev = event->rev;
      again->text = g_strdup (event->text);
      again->peer_ids = g_ptr_array_ref (event->peer_ids);
      return;
    }
  if (fetched.rev < event->rev && (event->id != 0 || !is_certain (self, node, event)))
    {
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "not all were asked");
      fetched.error = error;
    }
  step (self, read, &fetched);
}

/* Who has it now, as they say themselves. */
static void
see_spread (Explorer      *self,
            ExplorerRead  *read,
            ExplorerEvent *event)
{
  guint block = explorer_block_index (event->text);
  g_autoptr (GPtrArray) holders = g_ptr_array_new ();
  WeftQuorumReadEvent told = { .type = WEFT_QUORUM_READ_EVENT_SPREAD, .id = event->request_id,
                               .peer_ids = holders };

  for (guint i = 0; i < event->peer_ids->len; i++)
    {
      ExplorerNode *other = &self->nodes[explorer_find_number (event->peer_ids->pdata[i])];

      if (other->character != EXPLORER_HONEST ||
          other->durable->revisions[block][event->rev] != 0)
        g_ptr_array_add (holders, event->peer_ids->pdata[i]);
    }
  step (self, read, &told);
}

void
explorer_read_happen (Explorer      *self,
                      ExplorerEvent *event)
{
  ExplorerRead *read = find (self, event);
  WeftQuorumReadEvent told = { .type = WEFT_QUORUM_READ_EVENT_TIMEOUT };

  if (read->machine == NULL)
    return;
  switch (event->kind)
    {
    case EVENT_READ_FETCHED:
      see_fetched (self, read, event);
      break;

    case EVENT_READ_SPREAD:
      see_spread (self, read, event);
      break;

    case EVENT_READ_RECOVERED:
      told.type = WEFT_QUORUM_READ_EVENT_RECOVERED;
      told.id = event->request_id;
      step (self, read, &told);
      break;

    case EVENT_READ_ALARM:
      if (read->deadline > self->now_usec)
        return;
      read->deadline = G_MAXINT64;
      step (self, read, &told);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
explorer_read_free (ExplorerRead *read)
{
  g_clear_pointer (&read->machine, weft_quorum_read_free);
  g_clear_pointer (&read->answered, g_hash_table_unref);
  g_free (read);
}
