/* weft-coordinator-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-mover-private.h"
#include "weft-cluster-record-private.h"
#include "weft-cluster-settler-private.h"
#include "weft-coordinator-group-private.h"
#include "weft-coordinator-pends-private.h"
#include "weft-coordinator-rivals-private.h"
#include "weft-coordinator-turns-private.h"
#include "weft-ed25519-verifier.h"
#include "weft-enum-types.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-remote-cluster-private.h"
#include "weft-repo-message-private.h"
#include "weft-system-random.h"

/* Of proposals that people ask about; each with its votes has a few kilobytes. */
#define LOG_ENTRIES_MAX 256
/* Until members have answered. */
#define ROUND_TRIP_USEC (20 * G_TIME_SPAN_MILLISECOND)

/**
 * WeftCoordinatorRepo:
 *
 * A [iface@Weft.Repo] over the clusters of its blocks.
 *
 * What it is asked is decided by the cluster that a [iface@Weft.KeyNetwork] names: pends and
 * cancels with one round trip to its members, commits with two. It is this node as a member of its
 * clusters, too: its own [class@Weft.StorageRepo] takes part in what others coordinate, and refuses
 * changes past it from then on. What a caller was told is committed is durable at a majority.
 *
 * - Blocks of a request have to have the same cluster; %WEFT_ERROR_INVALID otherwise.
 * - A cluster with fewer members than [property@Weft.CoordinatorRepo:cluster-min] is refused with
 *   %WEFT_ERROR_REFUSED: fewer cannot go on when one is away, and could not tell whether one lies.
 * - %WEFT_ERROR_UNAVAILABLE means that nothing was decided and nothing will be, as too few members
 *   could be reached; %WEFT_ERROR_INDETERMINATE that a commit may have been decided. It is found
 *   out in the background, and the same commit may be asked for again.
 * - A get is answered by the cluster unless it asks for %WEFT_CONSISTENCY_LOCAL. Blocks that too
 *   few members could tell of are unavailable, with the reason; silence is never absence.
 * - What others keep is asked of them.
 *
 * Events of what was committed come from its storage repo.
 *
 * Since: 0.1
 */

enum
{
  PROP_STORAGE_REPO = 1,
  PROP_KEY_NETWORK,
  PROP_TRANSPORT,
  PROP_IDENTITY,
  PROP_NETWORK,
  PROP_PREFIX,
  PROP_RANDOM,
  PROP_VERIFIER,
  PROP_CLUSTER_MIN,
  PROP_CONSISTENCY,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void repo_iface_init (WeftRepoInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftCoordinatorRepo, weft_coordinator_repo, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, repo_iface_init))

static void
liar_free (gpointer data)
{
  WeftLiar *liar = data;

  weft_peer_id_unref (liar->peer_id);
  g_clear_pointer (&liar->proof, json_node_unref);
  g_free (liar->reason);
  g_free (liar);
}

static void
request_free (WeftCoordinatorRequest *request)
{
  g_clear_pointer (&request->reply, weft_repo_reply_unref);
  g_clear_error (&request->error);
  g_clear_pointer (&request->keepers, g_ptr_array_unref);
  weft_repo_message_unref (request->message);
  g_strfreev (request->block_ids);
  g_clear_object (&request->cancellable);
  g_object_unref (request->repo);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftCoordinatorRequest, request_free)

void
weft_drive_begin (WeftDrive           *self,
                  WeftCoordinatorRepo *repo,
                  void               (*close) (gpointer drive))
{
  self->repo = g_object_ref (repo);
  self->close = close;
  self->link.data = self;
  g_queue_push_tail_link (&repo->drives, &self->link);
}

void
weft_drive_arm (WeftDrive    *self,
                gint64        deadline_usec,
                WeftAlarmFunc alarm)
{
  WeftClock *clock = self->repo->parts->clock;

  /* Most steps leave it where it is. */
  if (self->alarm_id != 0 && self->alarm_usec == deadline_usec)
    return;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (clock, self->alarm_id);
  self->alarm_usec = deadline_usec;
  self->alarm_id = deadline_usec != G_MAXINT64
                     ? weft_clock_add_alarm (clock, deadline_usec, alarm, self, NULL) : 0;
}

void
weft_drive_end (WeftDrive *self)
{
  weft_drive_arm (self, G_MAXINT64, NULL);
  g_queue_unlink (&self->repo->drives, &self->link);
}

static void
recovered_cb (const WeftProposalEffect *result,
              gpointer                  user_data)
{
  g_autoptr(WeftClusterRecord) record = user_data;
}

static void
later_cb (gpointer user_data)
{
  g_autoptr(WeftCoordinatorRepo) self = g_object_ref (user_data);
  guint n_answered = g_queue_get_length (&self->answered);

  self->later_id = 0;
  /* What is asked from within waits for the next alarm, so others have their turn. */
  for (guint i = 0; i < n_answered; i++)
    {
      g_autoptr(WeftCoordinatorRequest) request = g_queue_pop_head (&self->answered);

      request->done (WEFT_REPO (self), request->reply, request->error, request->user_data);
    }

  while (!g_queue_is_empty (&self->to_recover) && !self->is_closed)
    {
      WeftClusterRecord *record = g_queue_pop_head (&self->to_recover);

      weft_cluster_parts_count (self->parts, "recoveries");
      weft_proposal_drive_start (self, record, WEFT_PROPOSAL_RECOVERY, NULL,
                                 weft_cluster_parts_get_now (self->parts) + WEFT_LIMIT_REPLY_USEC,
                                 recovered_cb, record);
    }
}

void
weft_coordinator_run_later (WeftCoordinatorRepo *self)
{
  if (self->later_id == 0)
    self->later_id = weft_clock_add_alarm (self->parts->clock,
                                           weft_cluster_parts_get_now (self->parts), later_cb,
                                           self, NULL);
}

static void
request_end (WeftCoordinatorRequest *request)
{
  g_assert ((request->reply != NULL) != (request->error != NULL));

  g_queue_push_tail (&request->repo->answered, request);
  weft_coordinator_run_later (request->repo);
}

void
weft_coordinator_request_answer (WeftCoordinatorRequest *request,
                                 WeftRepoReply          *reply)
{
  request->reply = reply;
  request_end (request);
}

void
weft_coordinator_request_fail (WeftCoordinatorRequest *request,
                               GError                 *error)
{
  request->error = error;
  request_end (request);
}

static void
peer_appeared_cb (WeftTransport *transport,
                  WeftPeer      *peer,
                  gpointer       user_data)
{
  WeftCoordinatorRepo *self = user_data;

  weft_cluster_teller_hurry (self->teller, weft_peer_get_peer_id (peer));
}

static gint64
get_deadline (WeftCoordinatorRepo *self,
              WeftRepoMessage     *message)
{
  gint64 expiration_msec = weft_repo_message_get_expiration (message);
  gint64 left_usec = WEFT_LIMIT_REPLY_USEC;

  if (expiration_msec > 0)
    left_usec = MIN (left_usec, (expiration_msec - weft_cluster_parts_get_real_msec (self->parts))
                                  * G_TIME_SPAN_MILLISECOND);

  return weft_cluster_parts_get_now (self->parts) + MAX (left_usec, 0);
}

static void
perform (WeftRepo         *repo,
         WeftRepoMessage  *message,
         GCancellable     *cancellable,
         WeftRepoDoneFunc  done,
         gpointer          user_data)
{
  WeftCoordinatorRepo *self = WEFT_COORDINATOR_REPO (repo);
  WeftCoordinatorRequest *request = g_new0 (WeftCoordinatorRequest, 1);
  GError *error = NULL;

  request->repo = g_object_ref (self);
  request->message = weft_repo_message_ref (message);
  request->block_ids = weft_repo_message_get_block_ids (message);
  request->done = done;
  request->user_data = user_data;
  request->deadline_usec = get_deadline (self, message);
  g_set_object (&request->cancellable, cancellable);

  if (self->is_closed)
    g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                         "this node has left its clusters");
  if (error != NULL || g_cancellable_set_error_if_cancelled (cancellable, &error)
      || !weft_repo_message_check_one (message, &error))
    weft_coordinator_request_fail (request, error);
  else
    weft_coordinator_begin (request);
}

static void
repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = perform;
}

static int
compare_peer_ids (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  return weft_peer_id_compare ((WeftPeerId *) a, (WeftPeerId *) b);
}

static void
remote_free (gpointer data)
{
  weft_remote_cluster_close (data);
  g_object_unref (data);
}

static void
committed_cb (WeftRepo   *repo,
              const char *collection_id,
              char      **block_ids,
              const char *action_id,
              gint64      rev,
              gpointer    user_data)
{
  weft_repo_emit_committed (WEFT_REPO (user_data), collection_id,
                            (const char * const *) block_ids, action_id, rev);
}

static void
weft_coordinator_repo_constructed (GObject *object)
{
  WeftCoordinatorRepo *self = WEFT_COORDINATOR_REPO (object);
  const WeftMemberHooks hooks = weft_coordinator_make_hooks (self);

  G_OBJECT_CLASS (weft_coordinator_repo_parent_class)->constructed (object);

  g_assert (self->storage_repo != NULL);
  g_assert (self->key_network != NULL);
  g_assert (self->transport != NULL);
  g_assert (self->identity != NULL);
  g_assert (self->network != NULL);

  if (self->prefix == NULL)
    self->prefix = g_strdup (WEFT_PROTOCOL_PREFIX_DEFAULT);
  if (self->random == NULL)
    self->random = weft_system_random_new ();
  if (self->verifier == NULL)
    self->verifier = weft_ed25519_verifier_new ();

  self->parts = weft_cluster_parts_new (self->storage_repo, self->key_network, self->transport,
                                        self->identity, self->network, self->prefix,
                                        self->random, self->verifier);
  self->parts->cluster_min = self->cluster_min;
  weft_storage_repo_set_adopt (self->storage_repo, weft_coordinator_adopt, self);
  self->parts->report = weft_coordinator_report;
  self->parts->report_data = self;
  self->member = weft_cluster_member_new (self->parts, &hooks);
  self->teller = weft_cluster_teller_new (self->parts, weft_coordinator_find_member, self);
  self->settler = weft_cluster_settler_new (self);
  self->mover = weft_cluster_mover_new (self);
  self->turns = weft_coordinator_turns_new (self);
  self->rivals = weft_coordinator_rivals_new (self);
  self->groups = weft_coordinator_groups_new (self);
  self->pends = weft_coordinator_pends_new (self);
  g_signal_connect (self->transport, "peer-appeared", G_CALLBACK (peer_appeared_cb), self);
  g_signal_connect (self->storage_repo, "committed", G_CALLBACK (committed_cb), self);
}

/**
 * weft_coordinator_repo_close:
 * @self: a coordinator repo
 *
 * Leaves the clusters: whoever waits is answered, what is not finished is left to the other
 * members, and the storage repo stands alone again. Closing it again is fine.
 *
 * Since: 0.1
 */
void
weft_coordinator_repo_close (WeftCoordinatorRepo *self)
{
  g_return_if_fail (WEFT_IS_COORDINATOR_REPO (self));

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  self->parts->report = NULL;
  weft_storage_repo_set_adopt (self->storage_repo, NULL, NULL);

  g_signal_handlers_disconnect_by_func (self->transport, peer_appeared_cb, self);
  g_signal_handlers_disconnect_by_func (self->storage_repo, committed_cb, self);
  for (WeftDrive *drive; (drive = g_queue_peek_head (&self->drives)) != NULL;)
    drive->close (drive);
  weft_cluster_settler_close (self->settler);
  if (self->mover != NULL)
    weft_cluster_mover_close (self->mover);
  weft_coordinator_groups_close (self->groups);
  weft_coordinator_pends_close (self->pends);
  weft_coordinator_turns_close (self->turns);
  weft_coordinator_rivals_close (self->rivals);
  weft_cluster_teller_close (self->teller);
  weft_cluster_member_close (self->member);
  g_tree_remove_all (self->remotes);
  g_queue_clear_full (&self->to_recover, (GDestroyNotify) weft_cluster_record_unref);
  if (self->later_id != 0)
    {
      weft_clock_remove_alarm (self->parts->clock, self->later_id);
      later_cb (self);
    }
}

static void
weft_coordinator_repo_dispose (GObject *object)
{
  WeftCoordinatorRepo *self = WEFT_COORDINATOR_REPO (object);

  if (self->parts != NULL)
    weft_coordinator_repo_close (self);

  G_OBJECT_CLASS (weft_coordinator_repo_parent_class)->dispose (object);
}

static void
weft_coordinator_repo_finalize (GObject *object)
{
  WeftCoordinatorRepo *self = WEFT_COORDINATOR_REPO (object);

  g_assert (g_queue_is_empty (&self->answered));

  g_clear_pointer (&self->settler, weft_cluster_settler_unref);
  g_clear_pointer (&self->mover, weft_cluster_mover_unref);
  g_clear_pointer (&self->teller, weft_cluster_teller_unref);
  g_clear_object (&self->member);
  g_tree_unref (self->remotes);
  g_clear_pointer (&self->groups, weft_coordinator_groups_free);
  g_clear_pointer (&self->pends, weft_coordinator_pends_free);
  g_clear_pointer (&self->turns, weft_coordinator_turns_free);
  g_clear_pointer (&self->rivals, weft_coordinator_rivals_free);
  g_clear_pointer (&self->parts, weft_cluster_parts_unref);
  weft_cluster_log_free (self->log);
  g_clear_pointer (&self->deciders, weft_record_core_unref);
  g_hash_table_unref (self->confirmed);
  g_ptr_array_unref (self->liars);
  g_clear_object (&self->storage_repo);
  g_clear_object (&self->key_network);
  g_clear_object (&self->transport);
  g_clear_object (&self->identity);
  g_clear_object (&self->random);
  g_clear_object (&self->verifier);
  g_free (self->network);
  g_free (self->prefix);

  G_OBJECT_CLASS (weft_coordinator_repo_parent_class)->finalize (object);
}

/* Where each property lives; the type of its value says how to copy it. */
static const gsize members[N_PROPS] = {
  [PROP_STORAGE_REPO] = G_STRUCT_OFFSET (WeftCoordinatorRepo, storage_repo),
  [PROP_KEY_NETWORK] = G_STRUCT_OFFSET (WeftCoordinatorRepo, key_network),
  [PROP_TRANSPORT] = G_STRUCT_OFFSET (WeftCoordinatorRepo, transport),
  [PROP_IDENTITY] = G_STRUCT_OFFSET (WeftCoordinatorRepo, identity),
  [PROP_NETWORK] = G_STRUCT_OFFSET (WeftCoordinatorRepo, network),
  [PROP_PREFIX] = G_STRUCT_OFFSET (WeftCoordinatorRepo, prefix),
  [PROP_RANDOM] = G_STRUCT_OFFSET (WeftCoordinatorRepo, random),
  [PROP_VERIFIER] = G_STRUCT_OFFSET (WeftCoordinatorRepo, verifier),
};

static void
weft_coordinator_repo_set_property (GObject      *object,
                                    guint         property_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  WeftCoordinatorRepo *self = WEFT_COORDINATOR_REPO (object);
  gpointer *member = G_STRUCT_MEMBER_P (object, members[property_id]);

  if (property_id == PROP_CLUSTER_MIN)
    self->cluster_min = g_value_get_uint (value);
  else if (property_id == PROP_CONSISTENCY)
    weft_coordinator_repo_set_consistency (self, g_value_get_enum (value));
  else if (G_VALUE_HOLDS_OBJECT (value))
    *member = g_value_dup_object (value);
  else
    *member = g_value_dup_string (value);
}

static void
weft_coordinator_repo_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  WeftCoordinatorRepo *self = WEFT_COORDINATOR_REPO (object);
  gpointer *member = G_STRUCT_MEMBER_P (object, members[property_id]);

  if (property_id == PROP_CLUSTER_MIN)
    g_value_set_uint (value, self->cluster_min);
  else if (property_id == PROP_CONSISTENCY)
    g_value_set_enum (value, self->consistency);
  else if (G_VALUE_HOLDS_OBJECT (value))
    g_value_set_object (value, *member);
  else
    g_value_set_string (value, *member);
}

static void
install_parts (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftCoordinatorRepo:storage-repo: (getter get_storage_repo)
   *
   * What this node keeps, as a member of its clusters.
   *
   * Since: 0.1
   */
  properties[PROP_STORAGE_REPO]
      = g_param_spec_object ("storage-repo", NULL, NULL, WEFT_TYPE_STORAGE_REPO, flags);
  /**
   * WeftCoordinatorRepo:key-network: (getter get_key_network)
   *
   * What says who keeps a block.
   *
   * Since: 0.1
   */
  properties[PROP_KEY_NETWORK]
      = g_param_spec_object ("key-network", NULL, NULL, WEFT_TYPE_KEY_NETWORK, flags);
  /**
   * WeftCoordinatorRepo:transport:
   *
   * How other members are reached.
   *
   * Since: 0.1
   */
  properties[PROP_TRANSPORT]
      = g_param_spec_object ("transport", NULL, NULL, WEFT_TYPE_TRANSPORT, flags);
  /**
   * WeftCoordinatorRepo:identity:
   *
   * Who this node is, and signs its votes.
   *
   * Since: 0.1
   */
  properties[PROP_IDENTITY]
      = g_param_spec_object ("identity", NULL, NULL, WEFT_TYPE_IDENTITY, flags);
}

static void
install_basics (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftCoordinatorRepo:network:
   *
   * The network of the blocks. A vote is worth nothing in another.
   *
   * Since: 0.1
   */
  properties[PROP_NETWORK] = g_param_spec_string ("network", NULL, NULL, NULL, flags);
  /**
   * WeftCoordinatorRepo:prefix:
   *
   * What the names of protocols start with. It is `/db-p2p` when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_PREFIX] = g_param_spec_string ("prefix", NULL, NULL, NULL, flags);
  /**
   * WeftCoordinatorRepo:random:
   *
   * Where chance comes from. It is the system's when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_RANDOM] = g_param_spec_object ("random", NULL, NULL, WEFT_TYPE_RANDOM, flags);
  /**
   * WeftCoordinatorRepo:verifier:
   *
   * What verifies votes. It is one for Ed25519 when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_VERIFIER]
      = g_param_spec_object ("verifier", NULL, NULL, WEFT_TYPE_VERIFIER, flags);
}

static void
weft_coordinator_repo_class_init (WeftCoordinatorRepoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = weft_coordinator_repo_constructed;
  object_class->dispose = weft_coordinator_repo_dispose;
  object_class->finalize = weft_coordinator_repo_finalize;
  object_class->set_property = weft_coordinator_repo_set_property;
  object_class->get_property = weft_coordinator_repo_get_property;

  install_parts ();
  install_basics ();
  /**
   * WeftCoordinatorRepo:cluster-min: (getter get_cluster_min)
   *
   * How many members a cluster has at least. Set it to 1 or 2 only where one or two nodes are all
   * there will ever be.
   *
   * Since: 0.1
   */
  properties[PROP_CLUSTER_MIN]
      = g_param_spec_uint ("cluster-min", NULL, NULL, 1, WEFT_LIMIT_RECORD_PEERS_MAX,
                           WEFT_CLUSTER_MIN_DEFAULT,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * WeftCoordinatorRepo:consistency: (getter get_consistency) (setter set_consistency)
   *
   * That of gets which do not say.
   *
   * Since: 0.1
   */
  properties[PROP_CONSISTENCY]
      = g_param_spec_enum ("consistency", NULL, NULL, WEFT_TYPE_CONSISTENCY,
                           WEFT_CONSISTENCY_QUORUM,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS
                             | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_coordinator_repo_init (WeftCoordinatorRepo *self)
{
  self->remotes = g_tree_new_full (compare_peer_ids, NULL, NULL, remote_free);
  self->log = weft_cluster_log_new (LOG_ENTRIES_MAX);
  self->confirmed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->liars = g_ptr_array_new_with_free_func (liar_free);
  self->round_trip_usec = ROUND_TRIP_USEC;
  g_queue_init (&self->drives);
  g_queue_init (&self->answered);
  g_queue_init (&self->to_recover);
}
