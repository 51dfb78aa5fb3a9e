/* weft-coordinator-begin.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Before a request is worked on, who keeps its blocks has to be known and within reach. Where the
 * key network is sure at once, it is. */

#include "config.h"

#include "weft-coordinator-private.h"
#include "weft-error.h"

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

void
weft_coordinator_begin (WeftCoordinatorRequest *request)
{
  WeftKeyNetwork *key_network = request->repo->key_network;

  for (; request->block_ids[request->n_found] != NULL; request->n_found++)
    {
      const char *block_id = request->block_ids[request->n_found];
      gboolean is_confident = FALSE;
      g_autoptr(GPtrArray) peers
          = weft_key_network_get_cohort (key_network, block_id, &is_confident);

      if (is_confident)
        continue;
      weft_key_network_find_cluster (key_network, block_id, found_cb, request);
      return;
    }

  perform (request);
}
