/* weft-coordinator-get.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Get: those who keep the blocks are asked what the latest revisions are, and our own store, which
 * has them then, tells the blocks. What is not near is asked of those who keep it. */

#include "config.h"

#include "weft-cluster-pin-private.h"
#include "weft-coordinator-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"

typedef struct
{
  WeftCoordinatorRequest *request;
  WeftConsistency consistency;
  GPtrArray *groups;       /* (element-type Group) (owned) */
  guint n_waiting;
  GHashTable *results;     /* (element-type utf8 WeftGetBlockResult) (owned): known already */
  GHashTable *revs;        /* (element-type utf8 gint64) (owned): what the cluster says of ours */
  GError *error;           /* (nullable): why there is no answer at all */
} Get;

/* Blocks that others keep, or, without peers, those that are ours. */
typedef struct
{
  Get *get;
  GPtrArray *peers;     /* (nullable) (element-type WeftClusterPeer) */
  GPtrArray *block_ids; /* (element-type utf8), of the request; sorted, then NULL-terminated */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_clear_pointer (&group->peers, g_ptr_array_unref);
  g_ptr_array_unref (group->block_ids);
  g_free (group);
}

static void
get_free (Get *get)
{
  g_ptr_array_unref (get->groups);
  g_hash_table_unref (get->results);
  g_hash_table_unref (get->revs);
  g_clear_error (&get->error);
  g_free (get);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Get, get_free)

static gboolean
has_peers (Group     *group,
           GPtrArray *peers)
{
  if (group->peers == NULL || peers == NULL)
    return group->peers == peers;

  return weft_cluster_pin_equal (group->peers, peers);
}

static void
add_block (Get        *get,
           const char *block_id)
{
  WeftCoordinatorRepo *repo = get->request->repo;
  g_autoptr(GPtrArray) keepers = weft_coordinator_list_keepers (repo, block_id, NULL);
  g_autoptr(GPtrArray) peers = NULL;
  Group *group = NULL;

  /* Who once kept it may not know who does now. */
  if (!weft_coordinator_is_near (repo, block_id, keepers))
    peers = weft_coordinator_list_near (repo, block_id);
  for (guint i = 0; i < get->groups->len && group == NULL; i++)
    if (has_peers (g_ptr_array_index (get->groups, i), peers))
      group = g_ptr_array_index (get->groups, i);

  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->get = get;
      group->peers = g_steal_pointer (&peers);
      group->block_ids = g_ptr_array_new ();
      g_ptr_array_add (get->groups, group);
    }
  g_ptr_array_add (group->block_ids, (gpointer) block_id);
}

static void
set_result (Get                *get,
            const char         *block_id,
            WeftGetBlockResult *result)
{
  g_hash_table_replace (get->results, g_strdup (block_id), weft_get_block_result_ref (result));
}

/* What nobody else was asked about says how old it is. */
static void
set_own_result (Get                *get,
                const char         *block_id,
                WeftGetBlockResult *result)
{
  gint64 as_of_msec = weft_coordinator_get_as_of (get->request->repo, block_id);
  g_autoptr(WeftGetBlockResult) aged = NULL;

  if (get->consistency == WEFT_CONSISTENCY_LOCAL && as_of_msec > 0)
    aged = weft_get_block_result_with_as_of (result, as_of_msec);
  set_result (get, block_id, aged != NULL ? aged : result);
}

static void
set_unavailable (Get        *get,
                 const char *block_id,
                 const char *reason,
                 gint64      claimed_rev)
{
  g_autoptr(WeftGetBlockResult) result
      = weft_get_block_result_new_unavailable (reason, claimed_rev);

  set_result (get, block_id, result);
}

/* All blocks in the order of the request. */
static void
answer (Get *get)
{
  g_autoptr(Get) owned = get;
  WeftCoordinatorRequest *request = get->request;
  g_autoptr(GPtrArray) results = g_ptr_array_new ();
  g_autoptr(WeftGetResult) result = NULL;
  GError *error = NULL;

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    {
      WeftGetBlockResult *found = g_hash_table_lookup (get->results, request->block_ids[i]);

      g_assert (found != NULL);
      g_ptr_array_add (results, found);
    }

  result = weft_get_result_new ((const char * const *) request->block_ids, results, &error);
  g_assert_no_error (error);
  weft_coordinator_request_answer (request, weft_repo_reply_new_get (result));
}

/* Our store has what the cluster says, unless it failed meanwhile and what was fetched is gone. */
static void
take_own_result (Get                *get,
                 const char         *block_id,
                 WeftGetBlockResult *result)
{
  const gint64 *rev = g_hash_table_lookup (get->revs, block_id);
  WeftActionRev *latest = weft_get_block_result_get_latest (result);

  if (rev != NULL && weft_get_block_result_get_unavailable (result) == NULL
      && *rev > (latest != NULL ? weft_action_rev_get_rev (latest) : 0))
    set_unavailable (get, block_id, "unmaterializable", *rev);
  else
    set_own_result (get, block_id, result);
}

static void
read_cb (WeftRepo      *repo,
         WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  Get *get = user_data;
  g_autoptr(Get) failed = NULL;
  const char * const *block_ids;
  WeftGetResult *result;

  if (error != NULL)
    {
      failed = get;
      weft_coordinator_request_fail (get->request, g_error_copy (error));
      return;
    }

  result = weft_repo_reply_get_get (reply);
  block_ids = weft_get_result_get_block_ids (result);
  for (guint i = 0; block_ids[i] != NULL; i++)
    if (!g_hash_table_contains (get->results, block_ids[i]))
      take_own_result (get, block_ids[i], weft_get_result_lookup (result, block_ids[i]));
  answer (get);
}

static WeftRepoMessage *
make_message (Get                *get,
              const char * const *block_ids)
{
  WeftRepoMessage *message = get->request->message;
  WeftBlockGets *gets = weft_repo_message_get_get (message);
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftBlockGets) plain
      = weft_block_gets_new (block_ids, weft_block_gets_get_context (gets), &error);
  g_autoptr(WeftBlockGets) part = NULL;

  g_assert_no_error (error);
  part = weft_block_gets_with_consistency (plain, weft_block_gets_get_consistency (gets));

  return weft_repo_message_new_get (part, weft_repo_message_get_expiration (message));
}

/* When everybody who was asked has answered, our own store tells the rest. */
static void
group_done (Get *get)
{
  WeftCoordinatorRequest *request = get->request;
  g_autoptr(GPtrArray) ours = g_ptr_array_new ();
  g_autoptr(WeftRepoMessage) message = NULL;

  if (--get->n_waiting > 0)
    return;

  if (get->error != NULL)
    {
      weft_coordinator_request_fail (request, g_steal_pointer (&get->error));
      get_free (get);
      return;
    }

  for (guint i = 0; request->block_ids[i] != NULL; i++)
    if (!g_hash_table_contains (get->results, request->block_ids[i]))
      g_ptr_array_add (ours, request->block_ids[i]);
  if (ours->len == 0)
    {
      answer (get);
      return;
    }

  g_ptr_array_add (ours, NULL);
  message = make_message (get, (const char * const *) ours->pdata);
  weft_repo_perform (WEFT_REPO (request->repo->storage_repo), message, NULL, read_cb, get);
}

static void
cluster_cb (GArray  *results,
            gpointer user_data)
{
  Group *group = user_data;
  Get *get = group->get;

  if (results == NULL && get->error == NULL)
    get->error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                      "this node has left its clusters");
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const WeftReadResult *result = &g_array_index (results, WeftReadResult, i);

      if (result->answer == WEFT_READ_UNAVAILABLE)
        {
          set_unavailable (get, result->block_id, result->reason, result->rev);
          continue;
        }
      weft_coordinator_confirm (get->request->repo, result->block_id);
      g_hash_table_replace (get->revs, g_strdup (result->block_id),
                            g_memdup2 (&result->rev, sizeof result->rev));
    }
  group_done (get);
}

static void
forwarded_cb (WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  Group *group = user_data;
  Get *get = group->get;

  for (guint i = 0; group->block_ids->pdata[i] != NULL; i++)
    {
      const char *block_id = group->block_ids->pdata[i];
      WeftGetBlockResult *result
          = reply != NULL ? weft_get_result_lookup (weft_repo_reply_get_get (reply), block_id)
                          : NULL;

      if (result != NULL)
        set_result (get, block_id, result);
      else
        set_unavailable (get, block_id, "peers-unreachable", 0);
    }
  /* What the members refuse is not a matter of reaching them. */
  if (error != NULL && get->error == NULL
      && !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE))
    get->error = g_error_copy (error);
  group_done (get);
}

static void
start_group (Get   *get,
             Group *group)
{
  WeftCoordinatorRequest *request = get->request;
  const char * const *block_ids;

  g_ptr_array_sort (group->block_ids, weft_ids_compare);
  g_ptr_array_add (group->block_ids, NULL);
  block_ids = (const char * const *) group->block_ids->pdata;

  if (group->peers != NULL)
    {
      g_autoptr(WeftRepoMessage) message = make_message (get, block_ids);

      get->n_waiting++;
      weft_forward_start (request->repo->parts, group->peers, message, request->deadline_usec,
                          forwarded_cb, group);
    }
  else if (get->consistency == WEFT_CONSISTENCY_QUORUM)
    {
      get->n_waiting++;
      weft_look_drive_start (request->repo, block_ids, request->deadline_usec, cluster_cb, group);
    }
}

void
weft_coordinator_perform_get (WeftCoordinatorRequest *request)
{
  WeftBlockGets *gets = weft_repo_message_get_get (request->message);
  Get *get = g_new0 (Get, 1);

  get->request = request;
  get->consistency = weft_block_gets_get_consistency (gets);
  if (get->consistency == WEFT_CONSISTENCY_DEFAULT)
    get->consistency = request->repo->consistency;
  get->groups = g_ptr_array_new_with_free_func (group_free);
  get->results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) weft_get_block_result_unref);
  get->revs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; request->block_ids[i] != NULL; i++)
    add_block (get, request->block_ids[i]);

  /* One more than there are groups, so that it does not end before all have begun. */
  get->n_waiting = 1;
  for (guint i = 0; i < get->groups->len; i++)
    start_group (get, g_ptr_array_index (get->groups, i));
  group_done (get);
}
