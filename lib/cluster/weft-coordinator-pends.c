/* weft-coordinator-pends.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-pends-private.h"

#include "weft-buggify-private.h"
#include "weft-cluster-answer-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-cluster-request-private.h"
#include "weft-coordinator-gather-private.h"
#include "weft-coordinator-turns-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"
#include "weft-thresholds.h"
#include "weft-transform-private.h"

/* What is large gains little from company, and keeps it waiting. */
#define PEND_BYTES_MAX (16 * 1024)
#define PARTY_BYTES_MAX (64 * 1024)
/* Who was not answered so asks once more, so there has to be time for both. */
#define REPLY_USEC (WEFT_LIMIT_REPLY_USEC / 4)
#define LEFT_USEC_MIN G_TIME_SPAN_SECOND
/* A member that does not know such requests will hardly learn it sooner. */
#define APART_USEC (60 * G_TIME_SPAN_SECOND)

struct _WeftCoordinatorPends
{
  WeftCoordinatorRepo *repo; /* that has it */
  WeftGathering *ready;      /* (owned) */
  gint64 apart_usec;         /* until when each is proposed alone */
};

typedef struct
{
  WeftChange *change;     /* (nullable): until it is over */
  WeftPendResult *result; /* (owned) (nullable): our own member's if it is there */
  guint n_taken;
  guint n_not;
} Pend;

/* Those that share a request. */
typedef struct
{
  WeftDrive drive; /* first */
  guint ref_count;
  GArray *pends;   /* (element-type Pend) */
  guint n_open;    /* that are not over */
  guint n_members;
  guint needed;
  guint n_blocks;
  gsize n_bytes;
} Party;

/* On its way to a member. */
typedef struct
{
  Party *party;
  gboolean is_self;
} Ask;

static Pend *
get_pend (Party *party,
          guint  index)
{
  return &g_array_index (party->pends, Pend, index);
}

static void
pend_clear (gpointer data)
{
  g_clear_pointer (&((Pend *) data)->result, weft_pend_result_unref);
}

static void
party_unref (Party *party)
{
  if (--party->ref_count > 0)
    return;

  g_assert (party->n_open == 0);
  g_array_unref (party->pends);
  g_clear_object (&party->drive.repo);
  g_free (party);
}

static WeftChange *
take_change (Party *party,
             Pend  *pend)
{
  party->n_open--;

  return g_steal_pointer (&pend->change);
}

/* The repo goes: whoever waits hears so, and what is on its way is not listened to any more. */
static void
close_party (gpointer drive)
{
  Party *party = drive;

  weft_drive_end (&party->drive);
  for (guint i = 0; i < party->pends->len; i++)
    if (get_pend (party, i)->change != NULL)
      weft_change_fail (take_change (party, get_pend (party, i)),
                        g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INDETERMINATE,
                                             "this node left its clusters before it was known "
                                             "whether the change was decided"));
  party_unref (party);
}

static void
judge (Party *party,
       Pend  *pend)
{
  WeftChange *change;

  if (pend->n_taken >= party->needed)
    {
      change = take_change (party, pend);
      weft_change_conclude_pended (change, pend->result);
    }
  else if (party->n_members - pend->n_not < party->needed)
    {
      change = take_change (party, pend);
      weft_cluster_parts_count (party->drive.repo->parts, "pends-apart");
      weft_change_propose_pend (change);
    }
}

static GPtrArray *
get_results (Party             *party,
             WeftClusterAnswer *answer)
{
  GPtrArray *results = NULL;

  if (answer != NULL && weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_PENDED)
    results = weft_cluster_answer_get_results (answer);

  return results != NULL && results->len == party->pends->len ? results : NULL;
}

/* What such a request is may be unknown to a member. */
static gboolean
is_strange_to (WeftClusterAnswer *answer)
{
  const GError *error = answer != NULL ? weft_cluster_answer_get_error (answer) : NULL;

  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INVALID);
}

static void
count_result (Pend           *pend,
              WeftPendResult *result,
              gboolean        is_self)
{
  if (result == NULL)
    {
      pend->n_not++;
      return;
    }

  pend->n_taken++;
  if (pend->result != NULL && !is_self)
    return;
  g_clear_pointer (&pend->result, weft_pend_result_unref);
  pend->result = weft_pend_result_ref (result);
}

static void
answered_cb (WeftCluster       *cluster,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  g_autofree Ask *ask = user_data;
  Party *party = ask->party;
  WeftCoordinatorRepo *repo = party->drive.repo;
  GPtrArray *results = get_results (party, answer);

  if (is_strange_to (answer))
    repo->pends->apart_usec = weft_cluster_parts_get_now (repo->parts) + APART_USEC;
  for (guint i = 0; i < party->pends->len && party->n_open > 0; i++)
    {
      Pend *pend = get_pend (party, i);

      if (pend->change == NULL)
        continue;
      count_result (pend, results != NULL ? g_ptr_array_index (results, i) : NULL, ask->is_self);
      judge (party, pend);
      if (party->n_open == 0)
        {
          weft_drive_end (&party->drive);
          party_unref (party);
        }
    }
  party_unref (party);
}

static void
ask_member (Party              *party,
            WeftPeerId         *peer_id,
            WeftClusterRequest *request,
            gint64              timeout_usec)
{
  WeftCoordinatorRepo *repo = party->drive.repo;
  Ask *ask = g_new0 (Ask, 1);

  ask->party = party;
  ask->is_self = weft_peer_id_equal (peer_id, repo->parts->peer_id);
  party->ref_count++;
  weft_cluster_parts_count (repo->parts, "requests-sent");
  weft_cluster_perform (weft_coordinator_get_cluster (repo, peer_id), request, timeout_usec,
                        answered_cb, ask);
}

static void
start (Party *party)
{
  WeftCoordinatorRepo *repo = party->drive.repo;
  g_autoptr(GPtrArray) peers = g_ptr_array_ref (get_pend (party, 0)->change->peers);
  g_autoptr(GPtrArray) messages = g_ptr_array_sized_new (party->pends->len);
  g_autofree char *membership = weft_message_hash_of_membership (peers);
  g_autoptr(WeftClusterRequest) request = NULL;
  gint64 left_usec = G_MAXINT64;

  weft_cluster_parts_count (repo->parts, "pend-groups");
  for (guint i = 0; i < party->pends->len; i++)
    {
      WeftChange *change = get_pend (party, i)->change;

      weft_cluster_parts_count (repo->parts, "grouped-pends");
      g_ptr_array_add (messages, change->message);
      left_usec = MIN (left_usec, change->request->deadline_usec);
    }
  left_usec -= weft_cluster_parts_get_now (repo->parts);
  request = weft_cluster_request_new_pend (membership, messages);
  party->n_members = peers->len;
  party->needed = weft_thresholds_get_promises (peers->len, repo->parts->super_majority);

  party->ref_count++;
  for (guint i = 0; i < peers->len; i++)
    ask_member (party, weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), request,
                CLAMP (left_usec / 2, 1, REPLY_USEC));
  party_unref (party);
}

static gsize
count_bytes (WeftChange *change)
{
  WeftTransforms *transforms = weft_pend_request_get_transforms (weft_change_get_pend (change));
  gsize n_bytes = 0;

  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    {
      g_autoptr(WeftTransform) transform
          = weft_transforms_lookup (transforms, change->request->block_ids[i]);

      n_bytes += weft_transform_get_length (transform);
    }

  return n_bytes;
}

static gboolean
has_room (Party      *party,
          WeftChange *change)
{
  WeftChange *first = get_pend (party, 0)->change;

  if (party->pends->len == WEFT_LIMIT_GROUP_MAX
      || party->n_bytes + change->n_bytes > PARTY_BYTES_MAX
      || party->n_blocks + g_strv_length (change->request->block_ids) > WEFT_LIMIT_PEND_BLOCKS_MAX
      || !weft_cluster_pin_equal (first->peers, change->peers))
    return FALSE;
  for (guint i = 0; i < party->pends->len; i++)
    if (!weft_change_is_apart (get_pend (party, i)->change, change))
      return FALSE;

  return TRUE;
}

static Party *
party_new (WeftCoordinatorRepo *repo)
{
  Party *party = g_new0 (Party, 1);

  party->ref_count = 1;
  party->pends = g_array_sized_new (FALSE, TRUE, sizeof (Pend), WEFT_LIMIT_GROUP_MAX);
  g_array_set_clear_func (party->pends, pend_clear);
  weft_drive_begin (&party->drive, repo, close_party);

  return party;
}

static void
join (Party      *party,
      WeftChange *change)
{
  const Pend pend = { .change = change };

  g_array_append_val (party->pends, pend);
  party->n_open++;
  party->n_bytes += change->n_bytes;
  party->n_blocks += g_strv_length (change->request->block_ids);
}

/* Each in the first with room for it. (element-type Party), not owned. */
static GPtrArray *
form_parties (WeftCoordinatorRepo *repo,
              GPtrArray           *changes)
{
  GPtrArray *parties = g_ptr_array_new ();

  for (guint i = 0; i < changes->len; i++)
    {
      WeftChange *change = g_ptr_array_index (changes, i);
      Party *party = NULL;

      for (guint j = 0; j < parties->len && party == NULL; j++)
        if (has_room (g_ptr_array_index (parties, j), change))
          party = g_ptr_array_index (parties, j);
      if (party == NULL)
        {
          party = party_new (repo);
          g_ptr_array_add (parties, party);
        }
      join (party, change);
    }

  return parties;
}

static void
gathered_cb (WeftCoordinatorRepo *repo,
             GPtrArray           *changes,
             gpointer             user_data)
{
  g_autoptr(GPtrArray) parties = NULL;

  if (repo->is_closed)
    {
      for (guint i = 0; i < changes->len; i++)
        weft_change_propose_alone (g_ptr_array_index (changes, i));
      return;
    }

  parties = form_parties (repo, changes);
  for (guint i = 0; i < parties->len; i++)
    start (g_ptr_array_index (parties, i));
}

static gboolean
may_join (WeftCoordinatorPends *self,
          WeftChange           *change)
{
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);

  if (!change->is_pinned || now_usec < self->apart_usec
      || change->request->deadline_usec - now_usec < LEFT_USEC_MIN
      || weft_coordinator_turns_may_meet (self->repo->turns, change))
    return FALSE;

  change->n_bytes = count_bytes (change);

  return change->n_bytes <= PEND_BYTES_MAX
         && g_strv_length (change->request->block_ids) <= WEFT_LIMIT_PEND_BLOCKS_MAX;
}

static gboolean
lingers (void)
{
  return WEFT_BUGGIFY ("pend-gathers");
}

gboolean
weft_coordinator_pends_add (WeftCoordinatorPends *self,
                            WeftChange           *change)
{
  if (self->repo->is_closed || !may_join (self, change))
    return FALSE;

  weft_gathering_add (self->ready, change);

  return TRUE;
}

WeftCoordinatorPends *
weft_coordinator_pends_new (WeftCoordinatorRepo *repo)
{
  WeftCoordinatorPends *self = g_new0 (WeftCoordinatorPends, 1);

  self->repo = repo;
  self->ready = weft_gathering_new (repo, lingers, gathered_cb, self);

  return self;
}

void
weft_coordinator_pends_close (WeftCoordinatorPends *self)
{
  weft_gathering_close (self->ready);
}

void
weft_coordinator_pends_free (WeftCoordinatorPends *self)
{
  weft_gathering_free (self->ready);
  g_free (self);
}
