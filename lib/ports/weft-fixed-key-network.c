/* weft-fixed-key-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-cluster-peer-private.h"
#include "weft-error.h"
#include "weft-fixed-key-network.h"
#include "weft-limits.h"
#include "weft-ring-key.h"

/* A hint that is lost is found again, so when there are this many all are forgotten. */
#define HINTS_MAX 1024

/**
 * WeftFixedKeyNetwork:
 *
 * A [iface@Weft.KeyNetwork] over a list of peers that somebody wrote down.
 *
 * With a replication of zero all of them keep every block; with one of *n*, the *n* whose places on
 * the ring are nearest to that of the block do. The distance of two places is the shorter way
 * round; of two peers that are equally far away, the one with the lower peer id is nearer. A list
 * with more than %WEFT_LIMIT_RECORD_PEERS_MAX peers is always cut to that many.
 *
 * All nodes have to be given the same peers and the same replication.
 *
 * Since: 0.1
 */
struct _WeftFixedKeyNetwork
{
  GObject parent_instance;

  WeftPeerId *own_id;
  guint replication;
  WeftClock *clock;
  GPtrArray *places;  /* (element-type Place) (owned), sorted by peer id */
  GHashTable *hints;  /* (element-type utf8 WeftPeerId) (owned): who coordinated a block */
  GQueue searches;    /* (element-type Search) (owned), told by the alarm */
  guint64 alarm_id;   /* 0 when none is set */
};

/* A peer on the ring. */
typedef struct
{
  WeftClusterPeer *peer;
  guint8 key[WEFT_RING_KEY_LENGTH];
} Place;

typedef struct
{
  guint8 distance[WEFT_RING_KEY_LENGTH];
  Place *place;
} Near;

typedef struct
{
  GPtrArray *peers; /* (nullable) */
  GError *error;    /* (nullable) */
  WeftKeyNetworkFunc done;
  gpointer user_data;
} Search;

enum
{
  PROP_0,
  PROP_OWN_ID,
  PROP_REPLICATION,
  PROP_CLOCK,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void key_network_iface_init (WeftKeyNetworkInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftFixedKeyNetwork, weft_fixed_key_network, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_KEY_NETWORK,
                                                      key_network_iface_init))

static void
place_free (gpointer data)
{
  Place *place = data;

  weft_cluster_peer_unref (place->peer);
  g_free (place);
}

static void
search_free (Search *search)
{
  g_clear_pointer (&search->peers, g_ptr_array_unref);
  g_clear_error (&search->error);
  g_free (search);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_free)

static WeftPeerId *
get_id (const Place *place)
{
  return weft_cluster_peer_get_peer_id (place->peer);
}

/* a - b, or b - a, whichever is shorter on a ring of 2^256 places. */
static void
measure (const guint8 a[WEFT_RING_KEY_LENGTH],
         const guint8 b[WEFT_RING_KEY_LENGTH],
         guint8       distance[WEFT_RING_KEY_LENGTH])
{
  guint8 back[WEFT_RING_KEY_LENGTH];
  int borrow = 0;
  int borrow_back = 0;

  for (int i = WEFT_RING_KEY_LENGTH - 1; i >= 0; i--)
    {
      int there = a[i] - b[i] - borrow;
      int home = b[i] - a[i] - borrow_back;

      distance[i] = there & 0xff;
      borrow = there < 0;
      back[i] = home & 0xff;
      borrow_back = home < 0;
    }

  if (memcmp (back, distance, sizeof back) < 0)
    memcpy (distance, back, sizeof back);
}

static int
compare_near (gconstpointer a,
              gconstpointer b)
{
  const Near *left = a;
  const Near *right = b;
  int order = memcmp (left->distance, right->distance, sizeof left->distance);

  return order != 0 ? order : weft_peer_id_compare (get_id (left->place), get_id (right->place));
}

/* All peers, the nearest first. */
static GArray *
sort_by_distance (WeftFixedKeyNetwork *self,
                  const char          *block_id)
{
  GArray *nears = g_array_sized_new (FALSE, FALSE, sizeof (Near), self->places->len);
  guint8 key[WEFT_RING_KEY_LENGTH];

  weft_ring_key_for_block (block_id, key);
  for (guint i = 0; i < self->places->len; i++)
    {
      Near near;

      near.place = g_ptr_array_index (self->places, i);
      measure (near.place->key, key, near.distance);
      g_array_append_val (nears, near);
    }
  g_array_sort (nears, compare_near);

  return nears;
}

static guint
get_cluster_size (WeftFixedKeyNetwork *self)
{
  guint wanted = self->replication > 0 ? self->replication : self->places->len;

  return MIN (MIN (wanted, self->places->len), WEFT_LIMIT_RECORD_PEERS_MAX);
}

static GPtrArray *
get_cohort (WeftKeyNetwork *network,
            const char     *block_id,
            gboolean       *is_confident)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (network);
  guint size = get_cluster_size (self);
  GPtrArray *peers = g_ptr_array_new_full (size, (GDestroyNotify) weft_cluster_peer_unref);
  g_autoptr(GArray) nears = NULL;

  /* Those who keep all blocks keep this one, wherever it is. */
  if (size < self->places->len)
    nears = sort_by_distance (self, block_id);
  for (guint i = 0; i < size; i++)
    {
      Place *place = nears != NULL ? g_array_index (nears, Near, i).place
                                   : g_ptr_array_index (self->places, i);

      g_ptr_array_add (peers, weft_cluster_peer_ref (place->peer));
    }
  if (nears != NULL)
    g_ptr_array_sort (peers, weft_cluster_peer_order);
  *is_confident = TRUE;

  return peers;
}

static void
alarm_cb (gpointer user_data)
{
  g_autoptr(WeftFixedKeyNetwork) self = g_object_ref (user_data);
  guint n_searches = g_queue_get_length (&self->searches);

  self->alarm_id = 0;
  /* What is looked for from within waits for the next alarm. */
  for (guint i = 0; i < n_searches; i++)
    {
      g_autoptr(Search) search = g_queue_pop_head (&self->searches);

      search->done (WEFT_KEY_NETWORK (self), search->peers, search->error, search->user_data);
    }
}

static void
tell_later (WeftFixedKeyNetwork *self,
            GPtrArray           *peers,
            WeftKeyNetworkFunc   done,
            gpointer             user_data)
{
  Search *search = g_new0 (Search, 1);

  search->peers = peers;
  if (peers == NULL)
    search->error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                         "no peer is left that could coordinate the block");
  search->done = done;
  search->user_data = user_data;
  g_queue_push_tail (&self->searches, search);

  /* The alarm keeps us, so that each search is told of. */
  if (self->alarm_id == 0)
    self->alarm_id = weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock),
                                           alarm_cb, g_object_ref (self), g_object_unref);
}

static void
find_cluster (WeftKeyNetwork     *network,
              const char         *block_id,
              WeftKeyNetworkFunc  done,
              gpointer            user_data)
{
  gboolean is_confident;

  tell_later (WEFT_FIXED_KEY_NETWORK (network), get_cohort (network, block_id, &is_confident),
              done, user_data);
}

static gboolean
is_excluded (GPtrArray  *excluded,
             WeftPeerId *peer_id)
{
  for (guint i = 0; excluded != NULL && i < excluded->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (excluded, i), peer_id))
      return TRUE;

  return FALSE;
}

static void
find_coordinator (WeftKeyNetwork     *network,
                  const char         *block_id,
                  GPtrArray          *excluded,
                  WeftKeyNetworkFunc  done,
                  gpointer            user_data)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (network);
  g_autoptr(GArray) nears = sort_by_distance (self, block_id);
  WeftPeerId *hint = g_hash_table_lookup (self->hints, block_id);
  Place *found = NULL;
  GPtrArray *peers = NULL;

  g_array_set_size (nears, get_cluster_size (self));
  for (guint i = 0; i < nears->len; i++)
    {
      Place *place = g_array_index (nears, Near, i).place;

      if (is_excluded (excluded, get_id (place)))
        continue;
      if (found == NULL || (hint != NULL && weft_peer_id_equal (hint, get_id (place))))
        found = place;
    }

  if (found != NULL)
    {
      peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
      g_ptr_array_add (peers, weft_cluster_peer_ref (found->peer));
    }
  tell_later (self, peers, done, user_data);
}

static void
record_coordinator (WeftKeyNetwork *network,
                    const char     *block_id,
                    WeftPeerId     *peer_id)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (network);

  if (g_hash_table_size (self->hints) == HINTS_MAX)
    g_hash_table_remove_all (self->hints);
  g_hash_table_replace (self->hints, g_strdup (block_id), weft_peer_id_ref (peer_id));
}

static GPtrArray *
list_peers (WeftKeyNetwork *network)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (network);
  GPtrArray *peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = g_ptr_array_index (self->places, i);

      if (!weft_peer_id_equal (get_id (place), self->own_id))
        g_ptr_array_add (peers, weft_cluster_peer_ref (place->peer));
    }

  return peers;
}

static gpointer
copy_peer (gconstpointer peer,
           gpointer      user_data)
{
  return weft_cluster_peer_ref ((WeftClusterPeer *) peer);
}

/* All are connected all the time, as far as they are there. */
static void
reach (WeftKeyNetwork     *network,
       GPtrArray          *peers,
       WeftKeyNetworkFunc  done,
       gpointer            user_data)
{
  GPtrArray *same = g_ptr_array_copy (peers, copy_peer, NULL);

  g_ptr_array_set_free_func (same, (GDestroyNotify) weft_cluster_peer_unref);
  tell_later (WEFT_FIXED_KEY_NETWORK (network), same, done, user_data);
}

static void
key_network_iface_init (WeftKeyNetworkInterface *iface)
{
  iface->get_cohort = get_cohort;
  iface->find_cluster = find_cluster;
  iface->find_coordinator = find_coordinator;
  iface->record_coordinator = record_coordinator;
  iface->list_peers = list_peers;
  iface->reach = reach;
}

static void
weft_fixed_key_network_constructed (GObject *object)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (object);
  g_autoptr(WeftClusterPeer) own = NULL;

  g_assert (self->own_id != NULL);
  g_assert (self->clock != NULL);

  own = weft_cluster_peer_new (self->own_id, NULL);
  weft_fixed_key_network_add_peer (self, own);

  G_OBJECT_CLASS (weft_fixed_key_network_parent_class)->constructed (object);
}

static void
weft_fixed_key_network_dispose (GObject *object)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (object);

  /* An alarm that is set keeps a reference, so one that is not called died with its clock. */
  while (!g_queue_is_empty (&self->searches))
    search_free (g_queue_pop_head (&self->searches));
  g_clear_pointer (&self->own_id, weft_peer_id_unref);
  g_clear_pointer (&self->places, g_ptr_array_unref);
  g_clear_pointer (&self->hints, g_hash_table_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (weft_fixed_key_network_parent_class)->dispose (object);
}

static void
weft_fixed_key_network_set_property (GObject      *object,
                                     guint         property_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (object);

  switch (property_id)
    {
    case PROP_OWN_ID:
      self->own_id = g_value_dup_boxed (value);
      break;

    case PROP_REPLICATION:
      self->replication = g_value_get_uint (value);
      break;

    case PROP_CLOCK:
      self->clock = g_value_dup_object (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_fixed_key_network_get_property (GObject    *object,
                                     guint       property_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  WeftFixedKeyNetwork *self = WEFT_FIXED_KEY_NETWORK (object);

  switch (property_id)
    {
    case PROP_OWN_ID:
      g_value_set_boxed (value, self->own_id);
      break;

    case PROP_REPLICATION:
      g_value_set_uint (value, self->replication);
      break;

    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_fixed_key_network_class_init (WeftFixedKeyNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = weft_fixed_key_network_constructed;
  object_class->dispose = weft_fixed_key_network_dispose;
  object_class->set_property = weft_fixed_key_network_set_property;
  object_class->get_property = weft_fixed_key_network_get_property;

  /**
   * WeftFixedKeyNetwork:own-id:
   *
   * The node whose view this is. It is one of the peers.
   *
   * Since: 0.1
   */
  properties[PROP_OWN_ID]
      = g_param_spec_boxed ("own-id", NULL, NULL, WEFT_TYPE_PEER_ID, flags);
  /**
   * WeftFixedKeyNetwork:replication: (getter get_replication)
   *
   * How many peers keep a block; zero for all.
   *
   * Since: 0.1
   */
  properties[PROP_REPLICATION]
      = g_param_spec_uint ("replication", NULL, NULL, 0, WEFT_LIMIT_RECORD_PEERS_MAX, 0, flags);
  /**
   * WeftFixedKeyNetwork:clock:
   *
   * What calls back.
   *
   * Since: 0.1
   */
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, WEFT_TYPE_CLOCK, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_fixed_key_network_init (WeftFixedKeyNetwork *self)
{
  self->places = g_ptr_array_new_with_free_func (place_free);
  self->hints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) weft_peer_id_unref);
  g_queue_init (&self->searches);
}

/**
 * weft_fixed_key_network_new:
 * @own_id: the node whose view it is; it is the first of the peers
 * @replication: how many peers keep a block, or zero for all
 * @clock: what calls back
 *
 * Creates a key network of one peer; the others are added.
 *
 * Returns: (transfer full): a new key network
 *
 * Since: 0.1
 */
WeftFixedKeyNetwork *
weft_fixed_key_network_new (WeftPeerId *own_id,
                            guint       replication,
                            WeftClock  *clock)
{
  g_return_val_if_fail (own_id != NULL, NULL);
  g_return_val_if_fail (replication <= WEFT_LIMIT_RECORD_PEERS_MAX, NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);

  return g_object_new (WEFT_TYPE_FIXED_KEY_NETWORK, "own-id", own_id, "replication", replication,
                       "clock", clock, NULL);
}

/**
 * weft_fixed_key_network_add_peer:
 * @self: a key network
 * @peer: a peer, with the addresses at which it is reached
 *
 * Adds a peer, or replaces the addresses of one that is there. Once a node works with the key
 * network only addresses may change: who keeps a block must not.
 *
 * Since: 0.1
 */
void
weft_fixed_key_network_add_peer (WeftFixedKeyNetwork *self,
                                 WeftClusterPeer     *peer)
{
  WeftPeerId *peer_id;
  Place *place;
  guint index;

  g_return_if_fail (WEFT_IS_FIXED_KEY_NETWORK (self));
  g_return_if_fail (peer != NULL);

  peer_id = weft_cluster_peer_get_peer_id (peer);
  for (index = 0; index < self->places->len; index++)
    {
      int order;

      place = g_ptr_array_index (self->places, index);
      order = weft_peer_id_compare (get_id (place), peer_id);
      if (order == 0)
        {
          g_autoptr(WeftClusterPeer) old = place->peer;

          place->peer = weft_cluster_peer_ref (peer);
          return;
        }
      if (order > 0)
        break;
    }

  place = g_new0 (Place, 1);
  place->peer = weft_cluster_peer_ref (peer);
  weft_ring_key_for_peer (peer_id, place->key);
  g_ptr_array_insert (self->places, index, place);
}

/**
 * weft_fixed_key_network_get_n_peers:
 * @self: a key network
 *
 * Counts the peers, the node itself among them.
 *
 * Returns: how many there are, at least one
 *
 * Since: 0.1
 */
guint
weft_fixed_key_network_get_n_peers (WeftFixedKeyNetwork *self)
{
  g_return_val_if_fail (WEFT_IS_FIXED_KEY_NETWORK (self), 0);

  return self->places->len;
}

/**
 * weft_fixed_key_network_get_replication: (get-property replication)
 * @self: a key network
 *
 * Gets how many peers keep a block.
 *
 * Returns: how many do, or zero for all
 *
 * Since: 0.1
 */
guint
weft_fixed_key_network_get_replication (WeftFixedKeyNetwork *self)
{
  g_return_val_if_fail (WEFT_IS_FIXED_KEY_NETWORK (self), 0);

  return self->replication;
}
