/* weft-look-drive.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the latest revisions of blocks are, by those who keep them. Whom the history that is here
 * names may have passed a block on: then what they tell names the next, who are asked in turn.
 * Where they are all gone, whoever keeps the block now has what they decided last. */

#include "config.h"

#include "weft-cluster-fetch-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-cluster-proof-private.h"
#include "weft-coordinator-private.h"

/* How often one block may turn out to have moved on. */
#define ROUNDS_MAX 8

typedef struct _Look Look;

typedef struct
{
  Look *look;
  const char *block_id;
  guint n_rounds;
  gboolean has_refreshed; /* those whom the key network expects were asked for what is newer */
  gboolean is_asked;
  gboolean is_done;
  WeftReadAnswer answer;
  gint64 rev;
  const char *reason;     /* (nullable): interned */
} Entry;

struct _Look
{
  WeftCoordinatorRepo *repo; /* (owned) */
  char **block_ids;
  Entry *entries;
  guint n_entries;
  guint n_running;           /* one more while it begins to ask */
  gint64 deadline_usec;
  gboolean is_closed;
  WeftReadResultFunc result;
  gpointer user_data;
};

/* Blocks with the same peers. */
typedef struct
{
  Look *look;
  GPtrArray *peers;     /* (element-type WeftClusterPeer) */
  gboolean is_pinned;   /* their histories name these */
  GPtrArray *entries;   /* (element-type Entry) (unowned) */
  GPtrArray *block_ids; /* (element-type utf8) (unowned), NULL-terminated */
} Ask;

static void go_on (Look *look);

static void
look_free (Look *look)
{
  g_object_unref (look->repo);
  g_strfreev (look->block_ids);
  g_free (look->entries);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void
ask_free (Ask *ask)
{
  g_ptr_array_unref (ask->peers);
  g_ptr_array_unref (ask->entries);
  g_ptr_array_unref (ask->block_ids);
  g_free (ask);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ask, ask_free)

static void
finish (Look *look)
{
  g_autoptr(Look) owned = look;
  g_autoptr(GArray) results = g_array_new (FALSE, FALSE, sizeof (WeftReadResult));

  for (guint i = 0; i < look->n_entries; i++)
    {
      const Entry *entry = &look->entries[i];
      const WeftReadResult result
          = { entry->block_id, entry->answer, entry->rev, entry->reason };

      g_array_append_val (results, result);
    }
  look->result (look->is_closed ? NULL : results, look->user_data);
}

static void
ended (Look *look)
{
  if (--look->n_running == 0)
    go_on (look);
}

static void
refreshed_cb (const GError *error,
              gpointer      user_data)
{
  Entry *entry = user_data;

  if (error != NULL)
    entry->is_done = TRUE;
  else
    weft_cluster_parts_count (entry->look->repo->parts, "histories-refreshed");
  entry->is_asked = FALSE;
  ended (entry->look);
}

/* FALSE when nobody else could know more. */
static gboolean
refresh (Entry     *entry,
         GPtrArray *asked)
{
  WeftCoordinatorRepo *repo = entry->look->repo;
  /* Who is gone has nothing to tell. */
  g_autoptr(GPtrArray) near
      = weft_key_network_get_target (repo->key_network, entry->block_id, NULL);
  g_autoptr(GPtrArray) peer_ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  gint64 latest_rev = weft_cluster_proof_read_latest (repo->parts, entry->block_id, NULL);

  if (entry->has_refreshed || latest_rev < 0 || repo->is_closed
      || (latest_rev > 0 && weft_cluster_pin_equal (near, asked)))
    return FALSE;

  entry->has_refreshed = TRUE;
  entry->is_asked = TRUE;
  for (guint i = 0; i < near->len; i++)
    g_ptr_array_add (peer_ids, weft_peer_id_ref (weft_cluster_peer_get_peer_id (
                                 g_ptr_array_index (near, i))));
  entry->look->n_running++;
  weft_cluster_fetch_revisions (repo->member, repo->parts, entry->block_id, latest_rev + 1,
                                peer_ids, refreshed_cb, entry);

  return TRUE;
}

/* Whether the block is kept by others than were asked, as has turned out. */
static gboolean
has_moved_on (Entry *entry,
              Ask   *ask)
{
  g_autoptr(GPtrArray) pin
      = weft_cluster_pin_find (entry->look->repo->parts, entry->block_id);

  return pin != NULL
         && (entry->answer == WEFT_READ_MOVED || !weft_cluster_pin_equal (pin, ask->peers))
         && ++entry->n_rounds < ROUNDS_MAX;
}

static void
take_result (Entry                *entry,
             const WeftReadResult *result,
             Ask                  *ask)
{
  entry->is_asked = FALSE;
  entry->answer = result->answer;
  entry->rev = result->rev;
  entry->reason = result->reason != NULL ? g_intern_string (result->reason) : NULL;
  if (has_moved_on (entry, ask))
    return;
  if (entry->answer == WEFT_READ_MOVED)
    {
      entry->answer = WEFT_READ_UNAVAILABLE;
      entry->reason = "claimed-elsewhere";
    }
  if (entry->answer == WEFT_READ_UNAVAILABLE && refresh (entry, ask->peers))
    return;
  entry->is_done = TRUE;
}

static void
read_cb (GArray  *results,
         gpointer user_data)
{
  g_autoptr(Ask) ask = user_data;
  Look *look = ask->look;

  if (results == NULL)
    look->is_closed = TRUE;
  for (guint i = 0; results != NULL && i < ask->entries->len; i++)
    take_result (g_ptr_array_index (ask->entries, i), &g_array_index (results, WeftReadResult, i),
                 ask);
  ended (look);
}

/* Where others may know more, these do not get all of the time. */
static gint64
choose_deadline (Ask *ask)
{
  Entry *entry = g_ptr_array_index (ask->entries, 0);
  WeftCoordinatorRepo *repo = ask->look->repo;
  gint64 now_usec = weft_cluster_parts_get_now (repo->parts);
  g_autoptr(GPtrArray) cohort
      = weft_key_network_get_cohort (repo->key_network, entry->block_id, NULL);

  if (entry->has_refreshed || weft_cluster_pin_equal (cohort, ask->peers))
    return ask->look->deadline_usec;

  return now_usec + MAX (0, ask->look->deadline_usec - now_usec) / 2;
}

static void
reached_cb (WeftKeyNetwork *key_network,
            GPtrArray      *peers,
            const GError   *error,
            gpointer        user_data)
{
  Ask *ask = user_data;

  if (ask->look->repo->is_closed)
    read_cb (NULL, ask);
  else
    weft_read_drive_start (ask->look->repo, ask->peers, ask->is_pinned,
                           (const char * const *) ask->block_ids->pdata, choose_deadline (ask),
                           read_cb, ask);
}

static void
start (Ask *ask)
{
  WeftCoordinatorRepo *repo = ask->look->repo;
  Entry *entry = g_ptr_array_index (ask->entries, 0);
  gboolean is_confident = FALSE;
  g_autoptr(GPtrArray) cohort
      = weft_key_network_get_cohort (repo->key_network, entry->block_id, &is_confident);

  g_ptr_array_add (ask->block_ids, NULL);
  ask->look->n_running++;
  if (is_confident && weft_cluster_pin_equal (cohort, ask->peers))
    reached_cb (repo->key_network, ask->peers, NULL, ask);
  else
    weft_key_network_reach (repo->key_network, ask->peers, reached_cb, ask);
}

static Ask *
find_ask (Look      *look,
          GPtrArray *asks,
          GPtrArray *peers,
          gboolean   is_pinned)
{
  Ask *ask;

  for (guint i = 0; i < asks->len; i++)
    {
      ask = g_ptr_array_index (asks, i);
      if (ask->is_pinned == is_pinned && weft_cluster_pin_equal (ask->peers, peers))
        return ask;
    }

  ask = g_new0 (Ask, 1);
  ask->look = look;
  ask->peers = g_ptr_array_ref (peers);
  ask->is_pinned = is_pinned;
  ask->entries = g_ptr_array_new ();
  ask->block_ids = g_ptr_array_new ();
  g_ptr_array_add (asks, ask);

  return ask;
}

static void
go_on (Look *look)
{
  g_autoptr(GPtrArray) asks = g_ptr_array_new ();

  for (guint i = 0; i < look->n_entries && !look->is_closed; i++)
    {
      Entry *entry = &look->entries[i];
      g_autoptr(GPtrArray) peers = NULL;
      gboolean is_pinned;
      Ask *ask;

      if (entry->is_done || entry->is_asked)
        continue;
      entry->is_asked = TRUE;
      peers = weft_coordinator_list_keepers (look->repo, entry->block_id, &is_pinned);
      ask = find_ask (look, asks, peers, is_pinned);
      g_ptr_array_add (ask->entries, entry);
      g_ptr_array_add (ask->block_ids, (gpointer) entry->block_id);
    }
  if (asks->len == 0)
    {
      finish (look);
      return;
    }

  look->n_running++;
  for (guint i = 0; i < asks->len; i++)
    start (g_ptr_array_index (asks, i));
  ended (look);
}

void
weft_look_drive_start (WeftCoordinatorRepo *repo,
                       const char * const  *block_ids,
                       gint64               deadline_usec,
                       WeftReadResultFunc   result,
                       gpointer             user_data)
{
  Look *look = g_new0 (Look, 1);

  look->repo = g_object_ref (repo);
  look->block_ids = g_strdupv ((char **) block_ids);
  look->n_entries = g_strv_length (look->block_ids);
  look->entries = g_new0 (Entry, look->n_entries);
  for (guint i = 0; i < look->n_entries; i++)
    {
      look->entries[i].look = look;
      look->entries[i].block_id = look->block_ids[i];
    }
  look->deadline_usec = deadline_usec;
  look->result = result;
  look->user_data = user_data;

  go_on (look);
}
