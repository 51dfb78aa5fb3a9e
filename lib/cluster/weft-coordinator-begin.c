/* weft-coordinator-begin.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Before a request is worked on, who keeps its blocks has to be known and within reach. A block
 * that is here tells itself who keeps it; for others the key network does, at once where it is
 * sure. */

#include "config.h"

#include "weft-cluster-pin-private.h"
#include "weft-coordinator-private.h"
#include "weft-error.h"

GPtrArray *
weft_coordinator_list_keepers (WeftCoordinatorRepo *self,
                               const char          *block_id,
                               gboolean            *is_pinned)
{
  GPtrArray *peers = weft_cluster_pin_find (self->parts, block_id);

  if (is_pinned != NULL)
    *is_pinned = peers != NULL;

  return peers != NULL ? peers
                       : weft_key_network_get_cohort (self->key_network, block_id, NULL);
}

GPtrArray *
weft_coordinator_list_near (WeftCoordinatorRepo *self,
                            const char          *block_id)
{
  GPtrArray *near = weft_key_network_get_target (self->key_network, block_id, NULL);
  g_autoptr(GPtrArray) cohort
      = weft_key_network_get_cohort (self->key_network, block_id, NULL);
  guint n_targets = near->len;

  for (guint i = 0; i < cohort->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (cohort, i);
      gboolean is_target = FALSE;

      for (guint j = 0; j < n_targets && !is_target; j++)
        is_target = weft_peer_id_equal (
          weft_cluster_peer_get_peer_id (g_ptr_array_index (near, j)),
          weft_cluster_peer_get_peer_id (peer));
      if (!is_target)
        g_ptr_array_add (near, weft_cluster_peer_ref (peer));
    }

  return near;
}

gboolean
weft_coordinator_is_near (WeftCoordinatorRepo *self,
                          const char          *block_id,
                          GPtrArray           *keepers)
{
  g_autoptr(GPtrArray) near = NULL;

  if (weft_cluster_parts_is_in (self->parts, keepers))
    return TRUE;

  near = weft_coordinator_list_near (self, block_id);

  return weft_cluster_parts_is_in (self->parts, near);
}

gboolean
weft_coordinator_works_on (WeftCoordinatorRepo *self,
                           const char          *block_id)
{
  g_autoptr(GPtrArray) keepers = NULL;

  if (weft_cluster_pin_has_us (self->parts, block_id))
    return TRUE;

  keepers = weft_coordinator_list_keepers (self, block_id, NULL);

  return weft_coordinator_is_near (self, block_id, keepers);
}

GPtrArray *
weft_coordinator_find_cluster (WeftCoordinatorRepo *self,
                               const char * const  *block_ids,
                               gboolean            *is_pinned,
                               GError             **error)
{
  g_autoptr(GPtrArray) cluster = weft_coordinator_list_keepers (self, block_ids[0], is_pinned);

  for (guint i = 1; block_ids[i] != NULL; i++)
    {
      gboolean is_other_pinned;
      g_autoptr(GPtrArray) other
          = weft_coordinator_list_keepers (self, block_ids[i], &is_other_pinned);
      g_autoptr(GPtrArray) first = NULL;
      g_autoptr(GPtrArray) second = NULL;

      *is_pinned &= is_other_pinned;
      if (weft_cluster_pin_equal (cluster, other))
        continue;

      first = weft_key_network_get_cohort (self->key_network, block_ids[0], NULL);
      second = weft_key_network_get_cohort (self->key_network, block_ids[i], NULL);
      if (weft_cluster_pin_equal (first, second))
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                     "blocks %s and %s are on their way to the same peers, and not there yet",
                     block_ids[0], block_ids[i]);
      else
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "expected blocks of one cluster, got %s and %s, which different peers keep",
                     block_ids[0], block_ids[i]);
      return NULL;
    }

  return g_steal_pointer (&cluster);
}

static void
perform (WeftCoordinatorRequest *request)
{
  if (weft_repo_message_get_operation (request->message) == WEFT_REPO_OPERATION_GET)
    weft_coordinator_perform_get (request);
  else
    weft_coordinator_perform_change (request);
}

static void
found_cb (WeftKeyNetwork *key_network,
          GPtrArray      *peers,
          const GError   *error,
          gpointer        user_data)
{
  WeftCoordinatorRequest *request = user_data;
  gboolean is_get
      = weft_repo_message_get_operation (request->message) == WEFT_REPO_OPERATION_GET;

  if (request->repo->is_closed)
    {
      weft_coordinator_request_fail (request,
                                     g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                          "this node has left its clusters"));
    }
  else if (error != NULL && !is_get)
    {
      /* A change by some that only seem to keep the block could contradict those that do. */
      weft_coordinator_request_fail (request, g_error_copy (error));
    }
  else
    {
      request->n_found++;
      weft_coordinator_begin (request);
    }
}

/* Mostly nothing moves, and one look is enough for all that follows at once. */
static void
note_keepers (WeftCoordinatorRequest *request,
              GPtrArray              *pin)
{
  if (request->n_found == 0)
    request->keepers = pin != NULL ? g_ptr_array_ref (pin) : NULL;
  else if (request->keepers != NULL
           && (pin == NULL || !weft_cluster_pin_equal (request->keepers, pin)))
    g_clear_pointer (&request->keepers, g_ptr_array_unref);
}

void
weft_coordinator_begin (WeftCoordinatorRequest *request)
{
  WeftKeyNetwork *key_network = request->repo->key_network;

  /* What was found before somebody was asked may have changed since. */
  g_clear_pointer (&request->keepers, g_ptr_array_unref);
  for (; request->block_ids[request->n_found] != NULL; request->n_found++)
    {
      const char *block_id = request->block_ids[request->n_found];
      gboolean is_confident = FALSE;
      g_autoptr(GPtrArray) cohort
          = weft_key_network_get_cohort (key_network, block_id, &is_confident);
      g_autoptr(GPtrArray) pin
          = weft_cluster_pin_find_among (request->repo->parts, block_id, cohort);

      note_keepers (request, pin == cohort ? pin : NULL);
      if (is_confident && (pin == NULL || pin == cohort))
        continue;
      if (pin != NULL && weft_cluster_parts_is_in (request->repo->parts, pin))
        weft_key_network_reach (key_network, pin, found_cb, request);
      else if (!is_confident)
        weft_key_network_find_cluster (key_network, block_id, found_cb, request);
      else
        continue;
      return;
    }

  perform (request);
}
