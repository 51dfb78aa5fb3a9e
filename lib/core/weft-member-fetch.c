/* weft-member-fetch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-cluster-peer-private.h"
#include "weft-error.h"
#include "weft-limits.h"

void
weft_member_fetch_free (WeftMemberFetch *fetch)
{
  g_clear_pointer (&fetch->block_id, g_free);
  g_clear_pointer (&fetch->tokens, g_array_unref);
  g_free (fetch);
}

/* Who decides may be as new to the block as this node; who asks has it, or was asked by who has. */
static GPtrArray *
list_sources (WeftMemberMachine *self,
              WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  GPtrArray *peers
      = record != NULL
            ? weft_cluster_record_get_peers (record)
            : weft_prepare_get_peers (weft_cluster_request_get_prepare (call->request));
  GPtrArray *sources;

  if (call->peer_id == NULL || weft_peer_id_equal (call->peer_id, self->peer_id)
      || weft_cluster_peers_find (peers, call->peer_id) >= 0)
    return g_ptr_array_ref (peers);

  sources = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < peers->len; i++)
    g_ptr_array_add (sources, weft_cluster_peer_ref (g_ptr_array_index (peers, i)));
  g_ptr_array_add (sources, weft_cluster_peer_new (call->peer_id, NULL));

  return sources;
}

static WeftMemberFetch *
begin (WeftMemberMachine *self,
       const char        *block_id,
       gint64             rev,
       WeftMemberCall    *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);
  WeftMemberFetch *fetch = g_new0 (WeftMemberFetch, 1);
  WeftMemberEffect *effect = weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_FETCH);

  fetch->id = ++self->last_id;
  fetch->block_id = g_strdup (block_id);
  fetch->rev = rev;
  fetch->tokens = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_tree_insert (self->fetches, fetch->block_id, fetch);
  g_tree_insert (self->fetch_ids, &fetch->id, fetch);

  effect->id = fetch->id;
  effect->text = g_strdup (block_id);
  effect->rev = rev;
  effect->record = record != NULL ? weft_cluster_record_ref (record) : NULL;
  effect->peers = list_sources (self, call);

  return fetch;
}

static gboolean
is_decided (WeftMemberCall *call)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);

  return record != NULL && weft_member_get_phase (record) == WEFT_MEMBER_PHASE_DECIDED;
}

/* Who has not pended an action, but was told that it was committed, can get it as a revision from
 * those that applied it, or as a pending from those that did not: it tries one, then the other. */
static gint64
choose_rev (WeftMemberCall *call,
            WeftMemberNeed *need)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (call->request);

  if (need->lack == WEFT_MEMBER_LACK_BASE)
    return weft_slot_get_base (need->slot);
  if (is_decided (call) && call->n_rounds % 2 == 0)
    return weft_commit_request_get_rev (weft_member_get_commit (record, need->slot));

  return 0;
}

static gboolean
is_of_block (GArray     *needs,
             guint       index,
             const char *block_id)
{
  return index < needs->len
         && g_str_equal (block_id, weft_slot_get_block_id (
                                       g_array_index (needs, WeftMemberNeed, index).slot));
}

/* From the first need of a block on; returns where those of the next begin. Who lacks the base of a
 * chain fetches that first, who lacks some of its revisions all of them. */
static guint
join (WeftMemberMachine *self,
      WeftMemberCall    *call,
      GArray            *needs,
      guint              first)
{
  WeftMemberNeed *need = &g_array_index (needs, WeftMemberNeed, first);
  const char *block_id = weft_slot_get_block_id (need->slot);
  WeftMemberFetch *fetch = g_tree_lookup (self->fetches, block_id);
  guint end = first + 1;
  gint64 rev;

  while (is_of_block (needs, end, block_id))
    end++;
  if (need->lack != WEFT_MEMBER_LACK_BASE)
    need = &g_array_index (needs, WeftMemberNeed, end - 1);
  rev = choose_rev (call, need);

  if (fetch == NULL)
    fetch = begin (self, block_id, rev, call);
  if (fetch->rev != rev)
    call->is_joined = TRUE;
  g_array_append_val (fetch->tokens, call->token);
  call->n_fetches++;

  return end;
}

/* Whether waiting once more can help. */
static gboolean
may_wait (WeftMemberMachine *self,
          WeftMemberCall    *call,
          guint              n_lacking)
{
  if (!weft_deadline_is_set (&call->deadline)
      && self->n_waiting == WEFT_LIMIT_REQUESTS_WAITING_MAX)
    return FALSE;
  if (call->n_rounds == 0)
    return TRUE;
  if (call->n_rounds == WEFT_LIMIT_REQUEST_WAITS_MAX)
    return FALSE;

  return call->is_joined || n_lacking < call->n_lacking || is_decided (call);
}

gboolean
weft_member_wait (WeftMemberMachine *self,
                  WeftMemberCall    *call,
                  GArray            *needs)
{
  guint n_lacking = 0;

  g_assert (needs->len > 0);

  for (guint i = 0; i < needs->len; i++)
    n_lacking += g_array_index (needs, WeftMemberNeed, i).lack;
  if (!may_wait (self, call, n_lacking))
    return FALSE;

  call->place = WEFT_MEMBER_PLACE_FETCH;
  call->lack = weft_member_needs_get_reason (needs);
  call->n_lacking = n_lacking;
  call->is_joined = FALSE;
  for (guint i = 0; i < needs->len;)
    i = join (self, call, needs, i);
  call->n_rounds++;

  if (!weft_deadline_is_set (&call->deadline))
    {
      self->n_waiting++;
      weft_deadline_set (&call->deadline, self->call_deadlines,
                         self->event->now_usec + WEFT_LIMIT_REQUEST_WAIT_USEC);
      weft_member_count (self, "member/waiting");
    }

  return TRUE;
}

void
weft_member_stop_waiting (WeftMemberMachine *self,
                          WeftMemberCall    *call)
{
  if (!weft_deadline_is_set (&call->deadline))
    return;

  g_assert (self->n_waiting > 0);
  self->n_waiting--;
  weft_deadline_clear (&call->deadline);
}

void
weft_member_step_fetched (WeftMemberMachine *self)
{
  WeftMemberFetch *fetch = g_tree_lookup (self->fetch_ids, &self->event->id);
  g_autofree char *block_id = NULL;
  g_autoptr (GArray) tokens = NULL;

  if (fetch == NULL)
    return;

  if (self->event->error != NULL)
    weft_member_count (self, "member/fetch-failed");
  block_id = g_strdup (fetch->block_id);
  tokens = g_array_ref (fetch->tokens);
  g_tree_remove (self->fetch_ids, &self->event->id);
  g_tree_remove (self->fetches, block_id);

  weft_member_settle_block (self, block_id);
  for (guint i = 0; i < tokens->len; i++)
    {
      WeftMemberCall *call = weft_member_find_call (self, g_array_index (tokens, guint64, i));

      if (call == NULL || call->place != WEFT_MEMBER_PLACE_FETCH || --call->n_fetches > 0)
        continue;
      call->place = WEFT_MEMBER_PLACE_NEW;
      weft_member_examine (self, call);
    }
}

/* Who asked has given up about now; it is told what was missing. */
void
weft_member_expire_calls (WeftMemberMachine *self)
{
  WeftMemberCall *call;

  while ((call = (WeftMemberCall *) weft_deadline_get_first (self->call_deadlines)) != NULL
         && call->deadline.usec <= self->event->now_usec)
    {
      g_assert (call->place == WEFT_MEMBER_PLACE_FETCH);

      weft_member_stop_waiting (self, call);
      call->place = WEFT_MEMBER_PLACE_NEW;
      weft_member_reject (self, call, call->lack, NULL);
    }
}
