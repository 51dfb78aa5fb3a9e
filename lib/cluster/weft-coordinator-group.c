/* weft-coordinator-group.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-group-private.h"

#include "weft-buggify-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-cluster-record-brief-private.h"
#include "weft-coordinator-chain-private.h"
#include "weft-coordinator-gather-private.h"
#include "weft-coordinator-turns-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-repo-message-private.h"

/* Whoever finds a group in its way asks about all of its slots and about his own, too. */
#define GROUP_SLOTS_MAX 64

struct _WeftCoordinatorGroups
{
  WeftCoordinatorRepo *repo; /* that has it */
  WeftGathering *ready;      /* (owned) */
};

typedef struct
{
  WeftCoordinatorRepo *repo; /* (owned) */
  GPtrArray *changes;        /* (element-type WeftChange): each until it is over */
  guint n_slots;
  gsize n_bytes;
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_ptr_array_unref (group->changes);
  g_object_unref (group->repo);
  g_free (group);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Group, group_free)

static WeftCommitRequest *
get_commit (WeftChange *change)
{
  return weft_repo_message_get_commit (change->message);
}

/* What goes into a group whole: a change, or a chain of them. */
static gboolean
has_room (Group     *group,
          GPtrArray *chain)
{
  WeftChange *first = g_ptr_array_index (group->changes, 0);
  WeftChange *head = g_ptr_array_index (chain, 0);
  gsize n_bytes = group->n_bytes;
  guint n_slots = group->n_slots;

  if (group->changes->len + chain->len > WEFT_LIMIT_GROUP_MAX
      || first->is_pinned != head->is_pinned
      || !weft_cluster_pin_equal (first->peers, head->peers))
    return FALSE;

  for (guint i = 0; i < chain->len; i++)
    {
      WeftChange *change = g_ptr_array_index (chain, i);

      n_bytes += change->n_bytes;
      n_slots += g_strv_length (change->request->block_ids);
      for (guint j = 0; j < group->changes->len; j++)
        if (!weft_change_is_apart (g_ptr_array_index (group->changes, j), change))
          return FALSE;
    }

  return n_bytes <= WEFT_GROUP_BYTES_MAX && n_slots <= GROUP_SLOTS_MAX;
}

static void
join (Group     *group,
      GPtrArray *chain)
{
  for (guint i = 0; i < chain->len; i++)
    {
      WeftChange *change = g_ptr_array_index (chain, i);

      g_ptr_array_add (group->changes, change);
      group->n_bytes += change->n_bytes;
      group->n_slots += g_strv_length (change->request->block_ids);
    }
}

/* Each in the first group with room for it, and for who follows it. (element-type Group), not
 * owned. */
static GPtrArray *
form_groups (WeftCoordinatorRepo *repo,
             GPtrArray           *changes)
{
  GPtrArray *groups = g_ptr_array_new ();
  guint first = 0;

  for (guint i = 0; i < changes->len; i++)
    {
      g_autoptr(GPtrArray) chain
          = weft_coordinator_chain_form (repo, g_ptr_array_index (changes, i));
      Group *group = NULL;

      /* Those that are full need no looking at. */
      while (first < groups->len
             && ((Group *) g_ptr_array_index (groups, first))->changes->len == WEFT_LIMIT_GROUP_MAX)
        first++;
      for (guint j = first; j < groups->len && group == NULL; j++)
        if (has_room (g_ptr_array_index (groups, j), chain))
          group = g_ptr_array_index (groups, j);
      if (group == NULL)
        {
          group = g_new0 (Group, 1);
          group->repo = g_object_ref (repo);
          group->changes = g_ptr_array_sized_new (WEFT_LIMIT_GROUP_MAX);
          g_ptr_array_add (groups, group);
        }
      join (group, chain);
    }

  return groups;
}

/* What fails together may do alone. Where it may be decided all the same, the change keeps that in
 * mind; nobody waits for it beyond his time. */
static void
split (Group                    *group,
       const WeftProposalEffect *result)
{
  WeftClusterParts *parts = group->repo->parts;
  gint64 now_usec = weft_cluster_parts_get_now (parts);

  weft_cluster_parts_count (parts, "groups-split");
  for (guint i = 0; i < group->changes->len; i++)
    {
      WeftChange *change = g_ptr_array_index (group->changes, i);

      change->is_in_doubt = result->outcome == WEFT_OUTCOME_INDETERMINATE;
      change->doubt_rev = change->rev;
    }
  /* First, as their turns come when those before them are over. */
  weft_coordinator_chain_fall (group->repo, group->changes);
  for (guint i = 0; i < group->changes->len; i++)
    {
      WeftChange *change = g_ptr_array_index (group->changes, i);

      if (change->is_in_doubt
          && (group->repo->is_closed || now_usec >= change->request->deadline_usec))
        weft_change_conclude (change, result);
      else
        weft_change_propose_alone (change);
    }
}

static void
result_cb (const WeftProposalEffect *result,
           gpointer                  user_data)
{
  g_autoptr(Group) group = user_data;

  if (result->outcome != WEFT_OUTCOME_DECIDED)
    {
      split (group, result);
      return;
    }
  for (guint i = 0; i < group->changes->len; i++)
    weft_change_conclude (g_ptr_array_index (group->changes, i), result);
}

static WeftRepoMessage *
make_message (Group *group)
{
  g_autoptr(GPtrArray) commits = g_ptr_array_sized_new (group->changes->len);
  gint64 expiration_msec = G_MAXINT64;

  for (guint i = 0; i < group->changes->len; i++)
    {
      WeftChange *change = g_ptr_array_index (group->changes, i);

      g_ptr_array_add (commits, get_commit (change));
      expiration_msec = MIN (expiration_msec, weft_repo_message_get_expiration (change->message));
    }

  return weft_repo_message_new_commits (commits, expiration_msec);
}

static GPtrArray *
list_pends (Group *group)
{
  GPtrArray *pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);

  for (guint i = 0; i < group->changes->len; i++)
    {
      WeftChange *change = g_ptr_array_index (group->changes, i);

      if (change->pend != NULL)
        g_ptr_array_add (pends, weft_pend_request_ref (change->pend));
    }
  if (pends->len == 0)
    g_clear_pointer (&pends, g_ptr_array_unref);

  return pends;
}

/* Takes over the group. */
static void
propose (Group *group)
{
  WeftCoordinatorRepo *repo = group->repo;
  WeftChange *first = g_ptr_array_index (group->changes, 0);
  g_autoptr(WeftRepoMessage) message = make_message (group);
  g_autoptr(GPtrArray) pends = list_pends (group);
  g_autoptr(WeftClusterRecord) record
      = weft_cluster_record_new_among (message, first->peers, repo->parts->super_majority,
                                       &repo->deciders, NULL);
  gint64 deadline_usec = G_MAXINT64;

  g_assert (record != NULL);

  weft_cluster_parts_count (repo->parts, "groups");
  for (guint i = 0; i < group->changes->len; i++)
    {
      WeftChange *change = g_ptr_array_index (group->changes, i);

      weft_cluster_parts_count (repo->parts, "grouped-commits");
      deadline_usec = MIN (deadline_usec, change->request->deadline_usec);
    }
  weft_proposal_drive_start (repo, record, WEFT_PROPOSAL_GROUP, pends, deadline_usec, result_cb,
                             group);
}

static void
gathered_cb (WeftCoordinatorRepo *repo,
             GPtrArray           *changes,
             gpointer             user_data)
{
  g_autoptr(GPtrArray) groups = form_groups (repo, changes);

  for (guint i = 0; i < groups->len; i++)
    {
      Group *group = g_ptr_array_index (groups, i);

      if (group->changes->len > 1 && !repo->is_closed)
        {
          propose (group);
          continue;
        }
      for (guint j = 0; j < group->changes->len; j++)
        weft_change_propose_alone (g_ptr_array_index (group->changes, j));
      group_free (group);
    }
}

static gboolean
may_join (WeftCoordinatorGroups *self,
          WeftChange            *change)
{
  if (weft_repo_message_get_n_commits (change->message) != 1
      || weft_commit_request_get_cluster (get_commit (change)) != NULL)
    return FALSE;
  if (change->n_bytes > WEFT_GROUP_CHANGE_BYTES_MAX || change->is_in_doubt)
    return FALSE;
  if (change->request->deadline_usec - weft_cluster_parts_get_now (self->repo->parts)
      < WEFT_GROUP_LEFT_USEC_MIN)
    return FALSE;

  return !weft_coordinator_turns_may_meet (self->repo->turns, change);
}

static gboolean
lingers (void)
{
  return WEFT_BUGGIFY ("group-gathers");
}

gboolean
weft_coordinator_groups_add (WeftCoordinatorGroups *self,
                             WeftChange            *change)
{
  if (self->repo->is_closed || !may_join (self, change))
    return FALSE;

  weft_gathering_add (self->ready, change);

  return TRUE;
}

WeftCoordinatorGroups *
weft_coordinator_groups_new (WeftCoordinatorRepo *repo)
{
  WeftCoordinatorGroups *self = g_new0 (WeftCoordinatorGroups, 1);

  self->repo = repo;
  self->ready = weft_gathering_new (repo, lingers, gathered_cb, self);

  return self;
}

void
weft_coordinator_groups_close (WeftCoordinatorGroups *self)
{
  weft_gathering_close (self->ready);
}

void
weft_coordinator_groups_free (WeftCoordinatorGroups *self)
{
  weft_gathering_free (self->ready);
  g_free (self);
}
