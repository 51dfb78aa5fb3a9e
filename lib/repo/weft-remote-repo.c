/* weft-remote-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-clock.h"
#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"
#include "weft-protocol-private.h"
#include "weft-random.h"
#include "weft-remote-call-private.h"
#include "weft-remote-repo-private.h"
#include "weft-repo.h"
#include "weft-system-clock.h"
#include "weft-system-random.h"

/* A client that works on many blocks meets their coordinators again and again; a thousand cost
 * less than a megabyte. */
#define COORDINATORS_MAX 1024

/**
 * WeftRemoteRepo:
 *
 * The blocks of another peer.
 *
 * It is a [iface@Weft.Repo] like that of one's own node, and adds what only makes sense from afar:
 * the archive of a block, the ids that the peer holds, its status and its peers.
 *
 * What it keeps to:
 *
 * - It connects by itself when it knows an address, and again after the connection was lost.
 * - What the peer never received is asked again, up to five times, with growing pauses that have
 *   some chance in them. So is what only reads. When all that was in vain the error is
 *   [error@Weft.Error.EXHAUSTED].
 * - Where too many ask for the same at once, the peer may say how long to wait; then it is asked
 *   again, until the message expires.
 * - A put, pend or commit that the peer may have received is not asked again: the error is
 *   [error@Weft.Error.INDETERMINATE]. Asking again oneself is safe, as the same put, or the same
 *   action at the same revision, is a success.
 * - When the peer says that others are in charge of a block, they are asked: at most two hops, and
 *   nobody twice. Who it was is remembered for the next time.
 * - Errors have the peer's id in front, or its address while nobody answered there. An error that
 *   the peer answered with has its code.
 * - Whoever answered first at the address is the peer. If another one answers later the error is
 *   [error@Weft.Error.REFUSED].
 *
 * All is called on the thread of the transport, cancellables included.
 *
 * Since: 0.1
 */
struct _WeftRemoteRepo
{
  GObject parent_instance;

  WeftTransport *transport;
  WeftMultiaddr *address;
  WeftPeerId *peer_id; /* as it was given; the route knows more */
  WeftClock *clock;
  WeftRandom *random;
  char *prefix;
  gint64 timeout_usec;

  WeftRemoteParty *party;
};

enum
{
  PROP_TRANSPORT = 1,
  PROP_ADDRESS,
  PROP_PEER_ID,
  PROP_CLOCK,
  PROP_RANDOM,
  PROP_PREFIX,
  PROP_TIMEOUT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void repo_iface_init (WeftRepoInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftRemoteRepo, weft_remote_repo, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, repo_iface_init))

/* A message on its way, until its answer was read. */
typedef struct
{
  WeftRemoteRepo *self;
  WeftRepoMessage *message;
  WeftRepoDoneFunc done;
  gpointer user_data;
} Performance;

static void
performance_free (Performance *performance)
{
  g_object_unref (performance->self);
  weft_repo_message_unref (performance->message);
  g_free (performance);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Performance, performance_free)

static WeftRepoReply *
read_get (WeftRepoMessage  *message,
          const WeftItem   *body,
          GError          **error)
{
  const char * const *block_ids;
  g_autoptr(WeftGetResult) result = weft_get_result_read (body, NULL, error);

  if (result == NULL)
    return NULL;

  block_ids = weft_block_gets_get_block_ids (weft_repo_message_get_get (message));
  for (guint i = 0; block_ids[i] != NULL; i++)
    if (weft_get_result_lookup (result, block_ids[i]) == NULL)
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                     "expected an answer for each block, got none for %s", block_ids[i]);
        return NULL;
      }

  return weft_repo_reply_new_get (result);
}

static WeftRepoReply *
read_reply (WeftRepoMessage  *message,
            const WeftItem   *body,
            GError          **error)
{
  WeftRepoOperation operation = weft_repo_message_get_operation (message);

  return operation == WEFT_REPO_OPERATION_GET ? read_get (message, body, error)
                                              : weft_repo_reply_read (body, operation, error);
}

/* What the peer said cannot be used, whatever code our reader gave that. */
static GError *
make_protocol_error (const char   *peer,
                     const GError *cause)
{
  return g_error_new (WEFT_ERROR, WEFT_ERROR_PROTOCOL, "%s: the answer cannot be used: %s", peer,
                      cause->message);
}

static void
performed_cb (const WeftItem *body,
              const char     *peer,
              const GError   *error,
              gpointer        user_data)
{
  g_autoptr(Performance) performance = user_data;
  WeftRepo *repo = WEFT_REPO (performance->self);
  g_autoptr(WeftRepoReply) reply = NULL;
  g_autoptr(GError) read_error = NULL;

  if (body != NULL)
    reply = read_reply (performance->message, body, &read_error);

  if (reply == NULL && error == NULL)
    {
      g_autoptr(GError) protocol_error = make_protocol_error (peer, read_error);

      performance->done (repo, NULL, protocol_error, performance->user_data);
      return;
    }

  performance->done (repo, reply, error, performance->user_data);
}

/* Expirations are of the calendar, waiting is not. */
static gint64
get_expires (WeftRemoteRepo  *self,
             WeftRepoMessage *message)
{
  gint64 expiration_msec = weft_repo_message_get_expiration (message);
  gint64 left_msec;

  if (expiration_msec == 0)
    return 0;

  left_msec = expiration_msec - weft_clock_get_real (self->clock) / 1000;
  left_msec = CLAMP (left_msec, 0, G_TIME_SPAN_DAY / 1000);

  return weft_clock_get_monotonic (self->clock) + left_msec * 1000;
}

static void
perform (WeftRepo         *repo,
         WeftRepoMessage  *message,
         GCancellable     *cancellable,
         WeftRepoDoneFunc  done,
         gpointer          user_data)
{
  WeftRemoteRepo *self = WEFT_REMOTE_REPO (repo);
  WeftRepoOperation operation = weft_repo_message_get_operation (message);
  g_auto(GStrv) block_ids = weft_repo_message_get_block_ids (message);
  g_autoptr(GString) text = g_string_sized_new (512);
  char *body;
  Performance *performance = g_new0 (Performance, 1);
  WeftRemoteRequest request = {
    .service = "repo",
    .block_id = block_ids[0],
    .is_idempotent = operation == WEFT_REPO_OPERATION_GET ||
                     operation == WEFT_REPO_OPERATION_CANCEL,
    .expires_usec = get_expires (self, message),
  };

  performance->self = g_object_ref (self);
  performance->message = weft_repo_message_ref (message);
  performance->done = done;
  performance->user_data = user_data;

  weft_repo_message_append (message, text);
  body = g_ref_string_new_len (text->str, (gssize) text->len);
  request.body_text = body;
  weft_remote_call_start (self->party, &request, cancellable, performed_cb, performance);
  g_ref_string_release (body);
}

static void
repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = perform;
}

static void
weft_remote_repo_constructed (GObject *object)
{
  WeftRemoteRepo *self = WEFT_REMOTE_REPO (object);
  g_autoptr(GPtrArray) addresses = NULL;
  WeftPeerId *peer_id = self->peer_id;

  G_OBJECT_CLASS (weft_remote_repo_parent_class)->constructed (object);

  if (self->clock == NULL)
    self->clock = weft_system_clock_new ();
  if (self->random == NULL)
    self->random = weft_system_random_new ();
  if (self->prefix == NULL)
    self->prefix = g_strdup (WEFT_PROTOCOL_PREFIX_DEFAULT);

  addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  if (self->address != NULL)
    g_ptr_array_add (addresses, weft_multiaddr_ref (self->address));
  if (peer_id == NULL && self->address != NULL)
    peer_id = weft_multiaddr_get_peer_id (self->address);

  self->party = g_new0 (WeftRemoteParty, 1);
  self->party->ref_count = 1;
  self->party->transport = g_object_ref (self->transport);
  self->party->clock = g_object_ref (self->clock);
  self->party->random = g_object_ref (self->random);
  self->party->prefix = g_strdup (self->prefix);
  self->party->timeout_usec = self->timeout_usec;
  self->party->home = weft_remote_route_new (self->transport, peer_id, addresses);
  self->party->coordinators = weft_route_cache_new (COORDINATORS_MAX);
}

static void
weft_remote_repo_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  WeftRemoteRepo *self = WEFT_REMOTE_REPO (object);

  switch (property_id)
    {
    case PROP_TRANSPORT:
      self->transport = g_value_dup_object (value);
      break;

    case PROP_ADDRESS:
      self->address = g_value_dup_boxed (value);
      break;

    case PROP_PEER_ID:
      self->peer_id = g_value_dup_boxed (value);
      break;

    case PROP_CLOCK:
      self->clock = g_value_dup_object (value);
      break;

    case PROP_RANDOM:
      self->random = g_value_dup_object (value);
      break;

    case PROP_PREFIX:
      self->prefix = g_value_dup_string (value);
      break;

    case PROP_TIMEOUT:
      self->timeout_usec = g_value_get_int64 (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_remote_repo_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  WeftRemoteRepo *self = WEFT_REMOTE_REPO (object);

  switch (property_id)
    {
    case PROP_TRANSPORT:
      g_value_set_object (value, self->transport);
      break;

    case PROP_ADDRESS:
      g_value_set_boxed (value, self->address);
      break;

    case PROP_PEER_ID:
      g_value_set_boxed (value, weft_remote_repo_get_peer_id (self));
      break;

    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;

    case PROP_RANDOM:
      g_value_set_object (value, self->random);
      break;

    case PROP_PREFIX:
      g_value_set_string (value, self->prefix);
      break;

    case PROP_TIMEOUT:
      g_value_set_int64 (value, self->timeout_usec);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_remote_repo_finalize (GObject *object)
{
  WeftRemoteRepo *self = WEFT_REMOTE_REPO (object);

  g_clear_pointer (&self->party, weft_remote_party_unref);
  g_clear_pointer (&self->address, weft_multiaddr_unref);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_object (&self->transport);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  g_free (self->prefix);

  G_OBJECT_CLASS (weft_remote_repo_parent_class)->finalize (object);
}

static void
weft_remote_repo_class_init (WeftRemoteRepoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = weft_remote_repo_constructed;
  object_class->set_property = weft_remote_repo_set_property;
  object_class->get_property = weft_remote_repo_get_property;
  object_class->finalize = weft_remote_repo_finalize;

  /**
   * WeftRemoteRepo:transport: (getter get_transport)
   *
   * How the peer is reached. The repo does not close it.
   *
   * Since: 0.1
   */
  properties[PROP_TRANSPORT] =
    g_param_spec_object ("transport", NULL, NULL, WEFT_TYPE_TRANSPORT, flags);
  /**
   * WeftRemoteRepo:address: (getter get_address)
   *
   * Where the peer is dialled. Without one it is asked only while it is connected.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS] =
    g_param_spec_boxed ("address", NULL, NULL, WEFT_TYPE_MULTIADDR, flags);
  /**
   * WeftRemoteRepo:peer-id: (getter get_peer_id)
   *
   * Who the peer is. Without one it is whoever answers at the address first.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_ID] = g_param_spec_boxed ("peer-id", NULL, NULL, WEFT_TYPE_PEER_ID, flags);
  /**
   * WeftRemoteRepo:clock:
   *
   * Where pauses and deadlines have the time from. It is the system's when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, WEFT_TYPE_CLOCK, flags);
  /**
   * WeftRemoteRepo:random:
   *
   * Where pauses have their chance from. It is the system's when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_RANDOM] = g_param_spec_object ("random", NULL, NULL, WEFT_TYPE_RANDOM, flags);
  /**
   * WeftRemoteRepo:prefix:
   *
   * What the names of the peer's protocols start with. It is `/db-p2p` when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_PREFIX] = g_param_spec_string ("prefix", NULL, NULL, NULL, flags);
  /**
   * WeftRemoteRepo:timeout:
   *
   * How long one attempt may take, in microseconds. A request that does not say when it expires
   * takes at most three times as long.
   *
   * Since: 0.1
   */
  properties[PROP_TIMEOUT] =
    g_param_spec_int64 ("timeout", NULL, NULL, 1, G_TIME_SPAN_DAY, WEFT_LIMIT_REPLY_USEC, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_remote_repo_init (WeftRemoteRepo *self)
{
}

WeftRemoteParty *
weft_remote_repo_get_party (WeftRemoteRepo *self)
{
  return self->party;
}

/**
 * weft_remote_repo_new:
 * @transport: how the peer is reached
 * @address: where it is dialled; when it ends in `/p2p/` and a peer id nobody else will do
 *
 * Creates the repo of the peer at an address. Nothing is dialled before something is asked.
 *
 * Returns: (transfer full): a new repo
 *
 * Since: 0.1
 */
WeftRemoteRepo *
weft_remote_repo_new (WeftTransport *transport,
                      WeftMultiaddr *address)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  return g_object_new (WEFT_TYPE_REMOTE_REPO,
                       "transport", transport,
                       "address", address,
                       NULL);
}

/**
 * weft_remote_repo_new_for_peer:
 * @transport: how the peer is reached
 * @peer_id: who it is
 *
 * Creates the repo of a peer that is, or will be, connected. It is never dialled, as its address
 * is not known.
 *
 * Returns: (transfer full): a new repo
 *
 * Since: 0.1
 */
WeftRemoteRepo *
weft_remote_repo_new_for_peer (WeftTransport *transport,
                               WeftPeerId    *peer_id)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (peer_id != NULL, NULL);

  return g_object_new (WEFT_TYPE_REMOTE_REPO,
                       "transport", transport,
                       "peer-id", peer_id,
                       NULL);
}

/**
 * weft_remote_repo_get_transport: (get-property transport)
 * @self: a remote repo
 *
 * Gets how the peer is reached.
 *
 * Returns: (transfer none): the transport
 *
 * Since: 0.1
 */
WeftTransport *
weft_remote_repo_get_transport (WeftRemoteRepo *self)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);

  return self->transport;
}

/**
 * weft_remote_repo_get_address: (get-property address)
 * @self: a remote repo
 *
 * Gets where the peer is dialled.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL when it is never dialled
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_remote_repo_get_address (WeftRemoteRepo *self)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);

  return self->address;
}

/**
 * weft_remote_repo_get_peer_id: (get-property peer-id)
 * @self: a remote repo
 *
 * Gets who the peer is.
 *
 * Returns: (transfer none) (nullable): the peer id, or %NULL while nobody answered at the address
 *
 * Since: 0.1
 */
WeftPeerId *
weft_remote_repo_get_peer_id (WeftRemoteRepo *self)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);

  return weft_remote_route_get_peer_id (self->party->home);
}
