/* weft-ring-find.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Who keeps a block, and who coordinates it: from the table of this node where it can tell, else by
 * asking around. Whoever is needed for it is connected before it is told. */

#include "config.h"

#include "weft-cluster-peer-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-ring-key-network-private.h"

/* Cohorts are derived again in microseconds, so when there are too many all are forgotten. */
#define COHORTS_MAX 1024
#define HINTS_MAX 1000
#define HINT_USEC (30 * G_TIME_SPAN_MINUTE)
/* What was asked for is true for a while, whatever changes around this node. */
#define FOUND_USEC (10 * G_TIME_SPAN_SECOND)
#define TRIES_MAX 3
/* Whoever is not connected in this time is not waited for. */
#define REACH_USEC (2 * G_TIME_SPAN_SECOND)

typedef struct
{
  WeftPeerId *peer_id;
  gint64 expires_usec;
} Hint;

typedef struct
{
  WeftRingKeyNetwork *network; /* (owned) */
  guint64 token;
  char *block_id;
  gboolean wants_coordinator;
  GPtrArray *excluded;         /* (nullable) (element-type WeftPeerId) */
  guint n_tries;
  guint n_reaching;            /* peers that are being dialled, and one more */
  WeftRingCohort *cohort;              /* (nullable) (owned) */
  GError *error;               /* (nullable) */
  WeftKeyNetworkFunc done;
  gpointer user_data;
} Search;

static void
hint_free (gpointer data)
{
  Hint *hint = data;

  weft_peer_id_unref (hint->peer_id);
  g_free (hint);
}

static void
search_free (Search *search)
{
  g_object_unref (search->network);
  g_free (search->block_id);
  g_clear_pointer (&search->excluded, g_ptr_array_unref);
  g_clear_pointer (&search->cohort, weft_ring_cohort_free);
  g_clear_error (&search->error);
  g_free (search);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_free)

static gpointer
copy_peer_id (gconstpointer peer_id,
              gpointer      user_data)
{
  return weft_peer_id_ref ((WeftPeerId *) peer_id);
}

WeftRingPoint
weft_ring_find_place (const char *block_id)
{
  guint8 key[WEFT_RING_KEY_LENGTH];
  WeftRingPoint point;

  weft_ring_key_for_block (block_id, key);
  weft_ring_point_from_key (&point, key);

  return point;
}

WeftRingCohort *
weft_ring_find_arrange (WeftRingKeyNetwork *self,
                        const char         *block_id,
                        GPtrArray          *contacts,
                        gboolean            is_confident)
{
  WeftRingContact *own = weft_ring_machine_get_own (self->machine);
  WeftRingPoint point = weft_ring_find_place (block_id);
  WeftRingTable *table = weft_ring_table_new (weft_ring_contact_get_point (own),
                                              contacts->len + 5, 1);
  GPtrArray *cohort;

  /* Ourselves it does not take. */
  for (guint i = 0; i < contacts->len; i++)
    weft_ring_table_add (table, g_ptr_array_index (contacts, i), 0);
  cohort = weft_ring_table_get_cohort (table, &point, self->replication,
                                       self->is_keeper ? own : NULL, NULL);
  weft_ring_table_free (table);

  return weft_ring_cohort_new (cohort, is_confident);
}

/* As this node sees it by itself; borrowed. */
static const WeftRingCohort *
see (WeftRingKeyNetwork *self,
     const char         *block_id)
{
  WeftRingCohort *cohort = g_hash_table_lookup (self->cohorts, block_id);
  GPtrArray *absent = weft_ring_absent_list (self->absent);
  g_autoptr(GPtrArray) contacts = NULL;
  WeftRingPoint point;
  gboolean is_confident;

  if (cohort != NULL)
    return cohort;

  point = weft_ring_find_place (block_id);
  contacts = weft_ring_machine_get_cohort (self->machine, &point, self->replication, NULL,
                                           &is_confident);
  for (guint i = 0; i < absent->len; i++)
    g_ptr_array_add (contacts, weft_ring_contact_ref (g_ptr_array_index (absent, i)));
  cohort = weft_ring_find_arrange (self, block_id, contacts, is_confident);
  if (g_hash_table_size (self->cohorts) == COHORTS_MAX)
    g_hash_table_remove_all (self->cohorts);
  g_hash_table_insert (self->cohorts, g_strdup (block_id), cohort);

  return cohort;
}

/* The best that is known now; borrowed. */
static const WeftRingCohort *
know (WeftRingKeyNetwork *self,
      const char         *block_id)
{
  const WeftRingCohort *seen = see (self, block_id);
  WeftRingCohort *found;

  if (seen->is_confident)
    return seen;
  found = g_hash_table_lookup (self->found, block_id);
  if (found == NULL)
    return seen;
  if (found->expires_usec > weft_clock_get_monotonic (self->clock))
    return found;

  g_hash_table_remove (self->found, block_id);
  return seen;
}

static gboolean
is_own (WeftRingKeyNetwork *self,
        WeftPeerId         *peer_id)
{
  return weft_peer_id_equal (peer_id, weft_identity_get_peer_id (self->identity));
}

static gboolean
can_be_asked (WeftRingKeyNetwork *self,
              WeftPeerId         *peer_id)
{
  weft_ring_connector_touch (self->connector, peer_id);

  return is_own (self, peer_id) || weft_ring_connector_is_connected (self->connector, peer_id);
}

/* Somebody to connect first, and with some hope. */
static gboolean
has_to_be_reached (WeftRingKeyNetwork *self,
                   WeftRingContact    *contact)
{
  WeftPeerId *peer_id = weft_ring_contact_get_peer_id (contact);

  return !can_be_asked (self, peer_id)
         && weft_ring_contact_get_addresses (contact)->len > 0
         && !weft_ring_connector_has_failed (self->connector, peer_id);
}

static gboolean
is_connected (WeftRingKeyNetwork *self,
              const WeftRingCohort       *cohort)
{
  for (guint i = 0; i < cohort->contacts->len; i++)
    if (has_to_be_reached (self, g_ptr_array_index (cohort->contacts, i)))
      return FALSE;

  return TRUE;
}

GPtrArray *
weft_ring_find_make_only_us (WeftRingKeyNetwork *self)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  g_ptr_array_add (peers, weft_cluster_peer_new (weft_identity_get_peer_id (self->identity), NULL));

  return peers;
}

static GPtrArray *
get_cohort (WeftKeyNetwork *network,
            const char     *block_id,
            gboolean       *is_confident)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  const WeftRingCohort *cohort;

  *is_confident = FALSE;
  if (self->machine == NULL)
    return weft_ring_find_make_only_us (self);
  cohort = know (self, block_id);
  /* An edge that knows nobody; it has nobody to ask. */
  if (cohort->peers->len == 0)
    return weft_ring_find_make_only_us (self);

  *is_confident = cohort->is_confident && is_connected (self, cohort);

  return weft_ring_cohort_list_peers (cohort);
}

static void
told_cb (gpointer user_data)
{
  g_autoptr(WeftRingKeyNetwork) self = g_object_ref (user_data);
  guint n_told = g_queue_get_length (&self->told);

  self->told_id = 0;
  /* What is looked for from within waits for the next alarm. */
  for (guint i = 0; i < n_told; i++)
    {
      g_autoptr(Search) search = g_queue_pop_head (&self->told);
      g_autoptr(GPtrArray) peers = NULL;

      if (search->error == NULL)
        peers = weft_ring_cohort_list_peers (search->cohort);
      search->done (WEFT_KEY_NETWORK (self), peers, search->error, search->user_data);
    }
}

static void
tell (Search *search)
{
  WeftRingKeyNetwork *self = search->network;

  g_queue_push_tail (&self->told, search);
  /* The alarm keeps us, so that each search is told of. */
  if (self->told_id == 0)
    self->told_id = weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock),
                                          told_cb, g_object_ref (self), g_object_unref);
}

static void
tell_error (Search     *search,
            const char *message)
{
  search->error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, message);
  tell (search);
}

static gboolean
is_excluded (Search     *search,
             WeftPeerId *peer_id)
{
  for (guint i = 0; search->excluded != NULL && i < search->excluded->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (search->excluded, i), peer_id))
      return TRUE;

  return FALSE;
}

static WeftPeerId *
get_hint (WeftRingKeyNetwork *self,
          const char         *block_id)
{
  Hint *hint = g_hash_table_lookup (self->hints, block_id);

  if (hint == NULL || hint->expires_usec > weft_clock_get_monotonic (self->clock))
    return hint != NULL ? hint->peer_id : NULL;

  g_hash_table_remove (self->hints, block_id);
  return NULL;
}

/* The first of the cohort that can be asked, or whoever coordinated the block before. */
static void
tell_coordinator (Search *search)
{
  WeftRingKeyNetwork *self = search->network;
  WeftPeerId *hint = get_hint (self, search->block_id);
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  WeftRingContact *chosen = NULL;
  GPtrArray *only;

  for (guint i = 0; i < search->cohort->contacts->len; i++)
    {
      WeftRingContact *contact = g_ptr_array_index (search->cohort->contacts, i);
      WeftPeerId *peer_id = weft_ring_contact_get_peer_id (contact);

      if (is_excluded (search, peer_id) || !can_be_asked (self, peer_id)
          || weft_ring_reputation_is_avoided (self->reputation, peer_id, now_usec))
        continue;
      if (chosen == NULL || (hint != NULL && weft_peer_id_equal (hint, peer_id)))
        chosen = contact;
    }

  if (chosen == NULL)
    {
      tell_error (search, "no peer is left that could coordinate the block");
      return;
    }
  only = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  g_ptr_array_add (only, weft_ring_contact_ref (chosen));
  g_clear_pointer (&search->cohort, weft_ring_cohort_free);
  search->cohort = weft_ring_cohort_new (only, TRUE);
  tell (search);
}

static void
reached (Search *search)
{
  if (--search->n_reaching > 0)
    return;

  if (search->network->machine == NULL)
    tell_error (search, "this node has left the ring");
  else if (search->wants_coordinator)
    tell_coordinator (search);
  else
    tell (search);
}

static void
reached_cb (WeftPeerId   *peer_id,
            const GError *error,
            gpointer      user_data)
{
  reached (user_data);
}

static void
reach (Search       *search,
       const WeftRingCohort *cohort)
{
  WeftRingKeyNetwork *self = search->network;

  if (cohort->peers->len == 0)
    {
      tell_error (search, "nobody is known who could keep the block");
      return;
    }

  search->cohort = weft_ring_cohort_copy (cohort);
  search->n_reaching = 1;
  for (guint i = 0; i < cohort->contacts->len; i++)
    {
      WeftRingContact *contact = g_ptr_array_index (cohort->contacts, i);

      if (!has_to_be_reached (self, contact))
        continue;
      search->n_reaching++;
      weft_ring_connector_reach (self->connector, weft_ring_contact_get_peer_id (contact),
                                 weft_ring_contact_get_addresses (contact), REACH_USEC, reached_cb,
                                 search);
    }
  reached (search);
}

/* The first try takes one path, each further one two more that share no peer. */
static void
look_up (Search *search)
{
  WeftRingKeyNetwork *self = search->network;
  WeftRingEvent event = { .type = WEFT_RING_EVENT_LOOKUP,
                          .token = ++self->last_token,
                          .key = weft_ring_find_place (search->block_id),
                          .count = self->replication,
                          .paths = 1 + 2 * search->n_tries };

  search->n_tries++;
  search->token = event.token;
  g_hash_table_insert (self->searches, &search->token, search);
  weft_ring_key_network_step (self, &event);
}

/* Tries once more, when nobody is in the middle of a step. */
static void
again_cb (gpointer user_data)
{
  Search *search = user_data;

  if (search->network->machine == NULL)
    tell_error (search, "this node has left the ring");
  else
    look_up (search);
}

void
weft_ring_find_take (WeftRingKeyNetwork   *self,
                     const WeftRingEffect *found)
{
  Search *search = g_hash_table_lookup (self->searches, &found->token);
  WeftRingCohort *cohort;

  if (search == NULL)
    return;

  g_hash_table_remove (self->searches, &found->token);
  if (!found->is_sure || found->contacts->len == 0)
    {
      weft_ring_key_network_count (self, "lookups-unsure");
      if (search->n_tries < TRIES_MAX)
        weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock), again_cb,
                              search, NULL);
      else
        tell_error (search, "those who were asked do not agree who keeps the block");
      return;
    }

  cohort = weft_ring_find_arrange (self, search->block_id, found->contacts, TRUE);
  cohort->expires_usec = weft_clock_get_monotonic (self->clock) + FOUND_USEC;
  if (g_hash_table_size (self->found) == COHORTS_MAX)
    g_hash_table_remove_all (self->found);
  g_hash_table_replace (self->found, g_strdup (search->block_id), cohort);
  reach (search, cohort);
}

static void
begin_search (WeftRingKeyNetwork *self,
              Search             *search)
{
  const WeftRingCohort *cohort;

  if (self->machine == NULL)
    {
      tell_error (search, "this node is on no ring");
      return;
    }

  cohort = know (self, search->block_id);
  /* Who knows nobody can ask nobody. */
  if (cohort->is_confident || weft_ring_key_network_get_n_peers (self) == 0)
    reach (search, cohort);
  else
    look_up (search);
}

static Search *
search_new (WeftRingKeyNetwork *self,
            const char         *block_id,
            WeftKeyNetworkFunc  done,
            gpointer            user_data)
{
  Search *search = g_new0 (Search, 1);

  search->network = g_object_ref (self);
  search->block_id = g_strdup (block_id);
  search->done = done;
  search->user_data = user_data;

  return search;
}

static void
find_cluster (WeftKeyNetwork     *network,
              const char         *block_id,
              WeftKeyNetworkFunc  done,
              gpointer            user_data)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);

  begin_search (self, search_new (self, block_id, done, user_data));
}

static void
find_coordinator (WeftKeyNetwork     *network,
                  const char         *block_id,
                  GPtrArray          *excluded,
                  WeftKeyNetworkFunc  done,
                  gpointer            user_data)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  Search *search = search_new (self, block_id, done, user_data);

  search->wants_coordinator = TRUE;
  if (excluded != NULL)
    {
      search->excluded = g_ptr_array_copy (excluded, copy_peer_id, NULL);
      g_ptr_array_set_free_func (search->excluded, (GDestroyNotify) weft_peer_id_unref);
    }
  begin_search (self, search);
}

/* This node is never a hint: whoever is alone for a moment would stay it for half an hour. */
static void
record_coordinator (WeftKeyNetwork *network,
                    const char     *block_id,
                    WeftPeerId     *peer_id)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  Hint *hint;

  if (is_own (self, peer_id))
    return;
  if (g_hash_table_size (self->hints) == HINTS_MAX)
    g_hash_table_remove_all (self->hints);

  hint = g_new0 (Hint, 1);
  hint->peer_id = weft_peer_id_ref (peer_id);
  hint->expires_usec = weft_clock_get_monotonic (self->clock) + HINT_USEC;
  g_hash_table_replace (self->hints, g_strdup (block_id), hint);
}

/* The ring keeps its own connections. */
static GPtrArray *
list_peers (WeftKeyNetwork *network)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  g_autoptr(GPtrArray) contacts = NULL;

  if (self->machine == NULL)
    return peers;

  contacts = weft_ring_table_list_neighbours (weft_ring_machine_get_table (self->machine));
  for (guint i = 0; i < contacts->len; i++)
    g_ptr_array_add (peers, weft_ring_cohort_make_peer (g_ptr_array_index (contacts, i)));
  g_ptr_array_sort (peers, weft_cluster_peer_order);

  return peers;
}

void
weft_ring_find_iface_init (WeftKeyNetworkInterface *iface)
{
  iface->get_cohort = get_cohort;
  iface->find_cluster = find_cluster;
  iface->find_coordinator = find_coordinator;
  iface->record_coordinator = record_coordinator;
  iface->list_peers = list_peers;
  iface->check_change = weft_ring_status_check_change;
  iface->report_lie = weft_ring_key_network_report_lie;
  iface->get_target = weft_ring_reach_get_target;
  iface->reach = weft_ring_reach_peers;
}

void
weft_ring_find_init (WeftRingKeyNetwork *self)
{
  self->cohorts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weft_ring_cohort_free);
  self->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weft_ring_cohort_free);
  self->hints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, hint_free);
  /* A search has its token itself. */
  self->searches = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->told);
}

void
weft_ring_find_clear (WeftRingKeyNetwork *self)
{
  g_clear_pointer (&self->cohorts, g_hash_table_unref);
  g_clear_pointer (&self->found, g_hash_table_unref);
  g_clear_pointer (&self->hints, g_hash_table_unref);
  g_clear_pointer (&self->searches, g_hash_table_unref);
}

void
weft_ring_find_forget (WeftRingKeyNetwork *self)
{
  g_hash_table_remove_all (self->cohorts);
}

void
weft_ring_find_abandon (WeftRingKeyNetwork *self)
{
  GHashTableIter iter;
  gpointer search;

  g_hash_table_iter_init (&iter, self->searches);
  while (g_hash_table_iter_next (&iter, NULL, &search))
    {
      g_hash_table_iter_remove (&iter);
      tell_error (search, "this node has left the ring");
    }
}
