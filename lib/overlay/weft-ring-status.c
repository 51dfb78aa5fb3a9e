/* weft-ring-status.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a ring key network tells people, who waits for it, and whether this node may decide. */

#include "config.h"

#include "weft-enum-types.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-ring-key-network-private.h"

/* Somebody who waits for peers. */
typedef struct
{
  GTask *task;
  guint n_peers;
  gint64 deadline_usec;
} Wait;

void
weft_ring_status_wait_free (gpointer data)
{
  Wait *wait = data;

  g_clear_object (&wait->task);
  g_free (wait);
}

static gboolean
is_suspected (WeftRingKeyNetwork *self)
{
  return self->machine != NULL
         && weft_ring_machine_is_partitioned (self->machine,
                                              weft_clock_get_monotonic (self->clock), NULL);
}

/* Also where there may be another part of a cut network that is as large, whenever that was cut. */
static gboolean
is_small (WeftRingKeyNetwork *self)
{
  WeftRingEstimate estimate = { .size = 1 };

  if (self->machine != NULL)
    estimate = weft_ring_machine_get_estimate (self->machine,
                                               weft_clock_get_monotonic (self->clock));

  return weft_ring_mark_is_small (&self->mark, estimate.size, estimate.is_exact);
}

static const char *
get_reason (WeftRingKeyNetwork *self)
{
  const char *reason = NULL;

  if (self->machine != NULL)
    weft_ring_machine_is_partitioned (self->machine, weft_clock_get_monotonic (self->clock),
                                      &reason);
  if (reason == NULL && is_small (self))
    reason = "no more peers are left than are missing; if these are gone for good, start all that "
             "are left with --forget-missing";

  return reason;
}

gboolean
weft_ring_status_is_cut (WeftRingKeyNetwork *self)
{
  return is_suspected (self) || is_small (self);
}

/**
 * weft_ring_key_network_forget_missing:
 * @self: a ring key network
 *
 * Tells that the peers that are missing are gone for good and decide nothing elsewhere, so that the
 * network is no larger than it is now.
 *
 * Nodes remember how large the network was, and a part of it that may not be most of it decides
 * nothing, for ever: the others may be deciding. Only people can know that they are not. Called
 * before the node starts, all that it knew of the size is forgotten; it is to be told to all nodes
 * that are left, and to none that is not connected with them.
 *
 * Since: 0.1
 */
void
weft_ring_key_network_forget_missing (WeftRingKeyNetwork *self)
{
  g_return_if_fail (WEFT_IS_RING_KEY_NETWORK (self));

  self->is_forgetting = self->machine == NULL;
  if (self->machine == NULL)
    return;

  weft_ring_machine_forget_missing (self->machine);
  weft_ring_mark_init (&self->mark, weft_ring_key_network_get_size (self));
  weft_ring_absent_clear (self->absent);
  weft_ring_find_forget (self);
  weft_ring_record_save (self);
  weft_ring_status_update (self);
}

WeftIsolation
weft_ring_status_judge (WeftRingKeyNetwork *self,
                        gboolean            is_alone)
{
  WeftIsolationFacts facts = {
    .may_be_alone = self->may_be_alone,
    .has_seen_others = self->has_seen_others,
    .is_partitioned = is_suspected (self),
    .is_small = is_small (self),
    .now_usec = weft_clock_get_monotonic (self->clock),
    .connected_usec = -1,
  };

  if (self->connector != NULL)
    {
      facts.n_connected = is_alone ? 0 : weft_ring_connector_get_n_peers (self->connector);
      facts.connected_usec = weft_ring_connector_get_last_usec (self->connector);
    }

  return weft_isolation_judge (&facts);
}

static gboolean
is_only_us (WeftRingKeyNetwork *self,
            GPtrArray          *peers)
{
  return peers->len == 1
         && weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, 0)),
                                weft_identity_get_peer_id (self->identity));
}

gboolean
weft_ring_status_check_change (WeftKeyNetwork *network,
                               GPtrArray      *peers,
                               GError        **error)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  gboolean is_alone = is_only_us (self, peers);
  WeftIsolation state;

  /* Who was there when something was decided is missed when it is gone. */
  weft_ring_record_update (self);
  /* Each part of a network that is cut finds clusters for all blocks. */
  if (!is_alone && weft_ring_status_is_cut (self))
    {
      weft_ring_key_network_count (self, "refused-partition");
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                   "the network seems to be cut (%s), so the others may be deciding too",
                   get_reason (self));
      return FALSE;
    }
  if (!is_alone)
    return TRUE;

  state = weft_ring_status_judge (self, TRUE);
  if (weft_isolation_allows (state))
    {
      if (state == WEFT_ISOLATION_EXTENDED)
        g_warning ("deciding alone: %s", weft_isolation_explain (state));
      return TRUE;
    }

  weft_ring_key_network_count (self, "refused-alone");
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED, "this node is alone (%s): %s",
               weft_isolation_to_name (state), weft_isolation_explain (state));
  return FALSE;
}

/* Why it is as ready as it is, for people; static. */
static const char *
judge_readiness (WeftRingKeyNetwork *self,
                 WeftRingReadiness  *readiness)
{
  if (weft_ring_key_network_get_n_peers (self) == 0)
    {
      *readiness = WEFT_RING_READINESS_ALONE;
      return weft_isolation_explain (weft_ring_status_judge (self, TRUE));
    }

  *readiness = WEFT_RING_READINESS_DEGRADED;
  if (weft_ring_machine_do_paths_differ (self->machine))
    return "the bootstrap addresses lead to different rings: wait, or remove those that are wrong";
  if (weft_ring_status_is_cut (self))
    return get_reason (self);
  if (weft_ring_connector_get_n_peers (self->connector) == 0)
    return "no peer is connected";

  *readiness = WEFT_RING_READINESS_HEALTHY;
  return "the neighbours are there";
}

static void
waits_cb (gpointer user_data)
{
  WeftRingKeyNetwork *self = user_data;
  g_autoptr(GPtrArray) waits = self->waits;
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  guint n_peers = weft_ring_key_network_get_n_peers (self);
  gint64 next_usec = G_MAXINT64;

  self->waits_id = 0;
  self->waits = g_ptr_array_new_with_free_func (weft_ring_status_wait_free);
  for (guint i = 0; i < waits->len; i++)
    {
      Wait *wait = g_ptr_array_index (waits, i);
      g_autoptr(GTask) task = g_steal_pointer (&wait->task);

      if (g_task_return_error_if_cancelled (task))
        continue;
      if (n_peers >= wait->n_peers)
        {
          g_task_return_boolean (task, TRUE);
        }
      else if (now_usec >= wait->deadline_usec)
        {
          g_task_return_new_error (task, WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
                                   "expected %u peers, found %u in time", wait->n_peers, n_peers);
        }
      else
        {
          Wait *left = g_memdup2 (wait, sizeof *wait);

          left->task = g_steal_pointer (&task);
          g_ptr_array_add (self->waits, left);
          next_usec = MIN (next_usec, wait->deadline_usec);
        }
    }
  if (next_usec != G_MAXINT64 && self->waits_id == 0)
    self->waits_id = weft_clock_add_alarm (self->clock, next_usec, waits_cb, self, NULL);
}

static void
look_at_waits (WeftRingKeyNetwork *self)
{
  if (self->waits->len == 0)
    return;
  if (self->waits_id != 0)
    weft_clock_remove_alarm (self->clock, self->waits_id);
  self->waits_id = weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock),
                                         waits_cb, self, NULL);
}

void
weft_ring_status_update (WeftRingKeyNetwork *self)
{
  WeftRingReadiness readiness;
  const char *why = judge_readiness (self, &readiness);

  look_at_waits (self);
  if (readiness == self->readiness)
    return;

  g_info ("ring: %s", why);
  self->readiness = readiness;
  weft_ring_key_network_notify_readiness (self);
}

void
weft_ring_status_abandon (WeftRingKeyNetwork *self)
{
  if (self->waits_id != 0)
    weft_clock_remove_alarm (self->clock, self->waits_id);
  self->waits_id = 0;
  for (guint i = 0; i < self->waits->len; i++)
    {
      Wait *wait = g_ptr_array_index (self->waits, i);

      g_task_return_new_error (wait->task, WEFT_ERROR, WEFT_ERROR_CLOSED,
                               "the node has left the ring");
    }
  g_ptr_array_set_size (self->waits, 0);
  self->readiness = WEFT_RING_READINESS_ALONE;
}

/**
 * weft_ring_key_network_get_n_peers:
 * @self: a ring key network
 *
 * Counts the other peers that this node knows first hand.
 *
 * Returns: how many there are
 *
 * Since: 0.1
 */
guint
weft_ring_key_network_get_n_peers (WeftRingKeyNetwork *self)
{
  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), 0);

  return self->machine != NULL
    ? weft_ring_table_get_size (weft_ring_machine_get_table (self->machine)) : 0;
}

/**
 * weft_ring_key_network_get_size: (get-property size)
 * @self: a ring key network
 *
 * Estimates how many peers the network has, this one included.
 *
 * Returns: the number, at least 1
 *
 * Since: 0.1
 */
double
weft_ring_key_network_get_size (WeftRingKeyNetwork *self)
{
  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), 1);

  if (self->machine == NULL)
    return 1;

  return weft_ring_machine_get_estimate (self->machine,
                                         weft_clock_get_monotonic (self->clock)).size;
}

static const char *
get_readiness_name (WeftRingReadiness readiness)
{
  g_autoptr(GEnumClass) names = g_type_class_ref (WEFT_TYPE_RING_READINESS);

  return g_enum_get_value (names, readiness)->value_nick;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (a, b);
}

static void
add_counters (WeftRingKeyNetwork *self,
              JsonBuilder        *builder)
{
  g_autoptr(GList) names
      = g_list_sort (g_hash_table_get_keys (self->counters), compare_names);

  json_builder_set_member_name (builder, "counters");
  json_builder_begin_object (builder);
  for (GList *item = names; item != NULL; item = item->next)
    {
      json_builder_set_member_name (builder, item->data);
      json_builder_add_int_value (builder,
                                  *(guint64 *) g_hash_table_lookup (self->counters, item->data));
    }
  json_builder_end_object (builder);
}

static void
add_isolation (WeftRingKeyNetwork *self,
               JsonBuilder        *builder)
{
  WeftIsolation state = weft_ring_status_judge (self, FALSE);

  json_builder_set_member_name (builder, "isolation");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "state");
  json_builder_add_string_value (builder, weft_isolation_to_name (state));
  json_builder_set_member_name (builder, "mayDecide");
  json_builder_add_boolean_value (builder, weft_isolation_allows (state));
  json_builder_set_member_name (builder, "why");
  json_builder_add_string_value (builder, weft_isolation_explain (state));
  json_builder_end_object (builder);
}

/* Also those that were found on the local network. */
static void
add_bootstrap (WeftRingKeyNetwork *self,
               JsonBuilder        *builder)
{
  json_builder_set_member_name (builder, "bootstrap");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->bootstrap->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (self->bootstrap, i));
  json_builder_end_array (builder);
}

/**
 * weft_ring_key_network_get_status:
 * @self: a ring key network
 *
 * Describes the ring for a person or a tool to read.
 *
 * It is an object with `readiness` and `why`, the estimated `size` with its `confidence` and
 * whether it is `exact`, `sizeMax`, what the size is measured by, how many peers are `known` and
 * `connected`, how many were found at `faults`, `replication`, `keeper`, `partitioned`, the
 * addresses that it begins at as `bootstrap`, `isolation` with `state`, `mayDecide` and `why`, and
 * `counters`. Members may be added.
 *
 * Returns: (transfer full): the status, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_ring_key_network_get_status (WeftRingKeyNetwork *self)
{
  g_autoptr(JsonBuilder) builder = NULL;
  WeftRingEstimate estimate = { .size = 1 };
  WeftRingReadiness readiness;
  const char *why;
  gint64 now_usec;

  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), NULL);

  now_usec = weft_clock_get_monotonic (self->clock);
  if (self->machine != NULL)
    estimate = weft_ring_machine_get_estimate (self->machine, now_usec);
  why = judge_readiness (self, &readiness);

  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "readiness");
  json_builder_add_string_value (builder, get_readiness_name (readiness));
  json_builder_set_member_name (builder, "why");
  json_builder_add_string_value (builder, why);
  json_builder_set_member_name (builder, "size");
  json_builder_add_double_value (builder, estimate.size);
  json_builder_set_member_name (builder, "confidence");
  json_builder_add_double_value (builder, estimate.confidence);
  json_builder_set_member_name (builder, "exact");
  json_builder_add_boolean_value (builder, estimate.is_exact);
  json_builder_set_member_name (builder, "sizeMax");
  json_builder_add_double_value (builder, self->mark.size);
  json_builder_set_member_name (builder, "known");
  json_builder_add_int_value (builder, weft_ring_key_network_get_n_peers (self));
  json_builder_set_member_name (builder, "connected");
  json_builder_add_int_value (builder, self->connector != NULL
                                         ? weft_ring_connector_get_n_peers (self->connector) : 0);
  json_builder_set_member_name (builder, "faults");
  json_builder_add_int_value (builder, weft_ring_reputation_count (self->reputation, now_usec));
  json_builder_set_member_name (builder, "replication");
  json_builder_add_int_value (builder, self->replication);
  json_builder_set_member_name (builder, "keeper");
  json_builder_add_boolean_value (builder, self->is_keeper);
  json_builder_set_member_name (builder, "partitioned");
  json_builder_add_boolean_value (builder, weft_ring_status_is_cut (self));
  add_bootstrap (self, builder);
  add_isolation (self, builder);
  add_counters (self, builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/**
 * weft_ring_key_network_get_readiness: (get-property readiness)
 * @self: a ring key network
 *
 * Tells whether the ring can be worked with now. It is told of changes within a second.
 *
 * Returns: how ready it is
 *
 * Since: 0.1
 */
WeftRingReadiness
weft_ring_key_network_get_readiness (WeftRingKeyNetwork *self)
{
  WeftRingReadiness readiness;

  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), WEFT_RING_READINESS_ALONE);

  judge_readiness (self, &readiness);

  return readiness;
}

/**
 * weft_ring_key_network_wait_async:
 * @self: a ring key network
 * @n_peers: how many other peers to wait for
 * @timeout_usec: for how long, in microseconds
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when they are there, or not in time
 * @user_data: for @callback
 *
 * Waits until this node knows so many other peers first hand.
 *
 * Since: 0.1
 */
void
weft_ring_key_network_wait_async (WeftRingKeyNetwork  *self,
                                  guint                n_peers,
                                  gint64               timeout_usec,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  Wait *wait;

  g_return_if_fail (WEFT_IS_RING_KEY_NETWORK (self));
  g_return_if_fail (timeout_usec >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  wait = g_new0 (Wait, 1);
  wait->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (wait->task, weft_ring_key_network_wait_async);
  wait->n_peers = n_peers;
  wait->deadline_usec = weft_clock_get_monotonic (self->clock) + timeout_usec;
  g_ptr_array_add (self->waits, wait);
  look_at_waits (self);
}

/**
 * weft_ring_key_network_wait_finish:
 * @self: a ring key network
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Weft.RingKeyNetwork.wait_async]. The error is %WEFT_ERROR_TIMED_OUT when there were
 * fewer in time, and %WEFT_ERROR_CLOSED when the node left the ring.
 *
 * Returns: whether they are there
 *
 * Since: 0.1
 */
gboolean
weft_ring_key_network_wait_finish (WeftRingKeyNetwork  *self,
                                   GAsyncResult        *result,
                                   GError             **error)
{
  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
