/* weft-coordinator-rivals.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-rivals-private.h"

#include "weft-coordinator-turns-private.h"
#include "weft-error-private.h"

/* For how long changes of a block are passed on; of how many blocks that is known. Whoever proposes
 * himself after that either has no rival any more, or loses once. */
#define RIVALS_USEC (10 * G_TIME_SPAN_SECOND)
#define RIVALS_MAX 1024
/* For how long nothing is passed on when somebody did not answer. */
#define ALONE_USEC (5 * G_TIME_SPAN_SECOND)
/* Who answered somebody else so lately is only slow. */
#define ANSWERED_USEC (2 * G_TIME_SPAN_SECOND)
/* What is passed on waits there, and must leave room on the link for what members ask each other.
 * Who comes back with what is the latest now is expected, and let through before others. */
#define PASSED_ON_MAX 16
#define PASSED_ON_RETURNED_MAX 32
#define WAITING_MAX 16
/* Who finds no room comes again when all who were there before are answered: a first guess of how
 * far apart answers come, and what is made of it. */
#define PACE_USEC (5 * G_TIME_SPAN_MILLISECOND)
#define PACE_USEC_MAX (100 * G_TIME_SPAN_MILLISECOND)
#define AWAY_USEC_MIN (5 * G_TIME_SPAN_MILLISECOND)
#define AWAY_USEC_MAX (5 * G_TIME_SPAN_SECOND)
/* Of how many it is known that they may come back, and for how long. */
#define RETURNS_MAX 256
#define RETURN_USEC (1 * G_TIME_SPAN_SECOND)

struct _WeftCoordinatorRivals
{
  WeftCoordinatorRepo *repo; /* that has it */
  GHashTable *blocks;        /* (element-type utf8 gint64) (owned): until when */
  GHashTable *returns;       /* (element-type utf8 gint64) (owned): the same, by family */
  GQueue waiting;            /* (element-type WeftChange) (owned) */
  guint n_passed_on;
  gint64 alone_usec;         /* until when nothing is passed on */
  gint64 answered_usec;      /* when the first answered last */
  gint64 pace_usec;          /* between two answers, about, while there is no room */
  gint64 away_usec;          /* when the last who found no room is expected */
};

static void pump (WeftCoordinatorRivals *self);

static gint64
get_now (WeftCoordinatorRivals *self)
{
  return weft_cluster_parts_get_now (self->repo->parts);
}

/* Takes the key. Who knows too much begins anew. */
static void
remember (GHashTable *table,
          guint       n_max,
          char       *key,
          gint64      until_usec)
{
  if (g_hash_table_size (table) >= n_max)
    g_hash_table_remove_all (table);
  g_hash_table_replace (table, key, g_memdup2 (&until_usec, sizeof until_usec));
}

static gboolean
is_known (WeftCoordinatorRivals *self,
          GHashTable            *table,
          const char            *key)
{
  const gint64 *until_usec = g_hash_table_lookup (table, key);

  return until_usec != NULL && *until_usec > get_now (self);
}

void
weft_coordinator_rivals_note_lost (WeftCoordinatorRivals *self,
                                   WeftChange            *change)
{
  char **block_ids = change->request->block_ids;

  for (guint i = 0; block_ids[i] != NULL; i++)
    remember (self->blocks, RIVALS_MAX, g_strdup (block_ids[i]), get_now (self) + RIVALS_USEC);
}

static gboolean
has_rivals (WeftCoordinatorRivals *self,
            WeftChange            *change)
{
  char **block_ids = change->request->block_ids;

  if (g_hash_table_size (self->blocks) == 0 || get_now (self) < self->alone_usec)
    return FALSE;
  for (guint i = 0; block_ids[i] != NULL; i++)
    if (is_known (self, self->blocks, block_ids[i]))
      return TRUE;

  return FALSE;
}

/* The first of those who keep the blocks that can be reached; NULL when that is this node. */
static WeftClusterPeer *
find_first (WeftCoordinatorRivals *self,
            WeftChange            *change)
{
  WeftPeerId *own = self->repo->parts->peer_id;
  g_autoptr(GPtrArray) connected = NULL;
  WeftClusterPeer *first = NULL;
  WeftPeerId *first_id = own;

  for (guint i = 0; i < change->peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (change->peers, i);
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (peer);

      if (weft_peer_id_compare (peer_id, first_id) >= 0)
        continue;
      if (connected == NULL)
        connected = weft_transport_list_peers (self->repo->transport);
      for (guint j = 0; j < connected->len; j++)
        if (weft_peer_id_equal (weft_peer_get_peer_id (g_ptr_array_index (connected, j)), peer_id))
          {
            first = peer;
            first_id = peer_id;
            break;
          }
    }

  return first;
}

/* What the first said of the change itself, not of what it can do. */
static gboolean
is_final (const GError *error)
{
  return weft_error_get_wait_usec (error) > 0
         || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INVALID)
         || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_REFUSED)
         || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
}

/* Whether it says that nothing came of it, and nothing will. */
static gboolean
is_undone (const GError *error)
{
  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE)
         || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE)
         || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
}

static gboolean
is_success (WeftChange    *change,
            WeftRepoReply *reply)
{
  switch (weft_repo_message_get_operation (change->request->message))
    {
    case WEFT_REPO_OPERATION_PUT:
      return weft_commit_result_is_success (weft_repo_reply_get_put (reply));

    case WEFT_REPO_OPERATION_COMMIT:
      return weft_commit_result_is_success (weft_repo_reply_get_commit (reply));

    case WEFT_REPO_OPERATION_PEND:
      return weft_pend_result_is_success (weft_repo_reply_get_pend (reply));

    case WEFT_REPO_OPERATION_GET:
    case WEFT_REPO_OPERATION_CANCEL:
    default:
      g_assert_not_reached ();
    }
}

static void
note_pace (WeftCoordinatorRivals *self)
{
  gint64 taken_usec = get_now (self) - self->answered_usec;

  if (self->n_passed_on >= PASSED_ON_MAX)
    self->pace_usec += (CLAMP (taken_usec, 1, PACE_USEC_MAX) - self->pace_usec) / 8;
}

/* A pend decides nothing. */
static gboolean
may_be_decided (WeftChange *change)
{
  return weft_repo_message_get_operation (change->request->message) != WEFT_REPO_OPERATION_PEND;
}

static void
passed_on_cb (WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  WeftChange *change = user_data;
  g_autoptr(WeftCoordinatorRepo) repo = g_object_ref (change->request->repo);
  WeftCoordinatorRivals *self = repo->rivals;

  note_pace (self);
  self->n_passed_on--;
  if (reply != NULL)
    {
      self->answered_usec = get_now (self);
      if (!is_success (change, reply))
        remember (self->returns, RETURNS_MAX, weft_change_make_family (change),
                  get_now (self) + RETURN_USEC);
      weft_change_answer (change, weft_repo_reply_ref (reply));
    }
  else if (is_final (error) || repo->is_closed
           || get_now (self) >= change->request->deadline_usec)
    {
      weft_change_fail (change, g_error_copy (error));
    }
  else
    {
      /* To ask for the same action again is safe, whatever became of it there; but it may be done
       * when nothing comes of that. */
      weft_cluster_parts_count (repo->parts, "rivals-unanswered");
      change->is_in_doubt |= !is_undone (error) && may_be_decided (change);
      if (get_now (self) >= self->answered_usec + ANSWERED_USEC)
        self->alone_usec = get_now (self) + ALONE_USEC;
      weft_change_begin (change);
    }
  pump (self);
}

/* Half of the time that is left is enough for those who answer, and leaves the other to us. */
static void
send (WeftCoordinatorRivals *self,
      WeftChange            *change,
      WeftClusterPeer       *first)
{
  WeftCoordinatorRequest *request = change->request;
  g_autoptr(GPtrArray) peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  g_ptr_array_add (peers, weft_cluster_peer_ref (first));
  self->n_passed_on++;
  change->was_passed_on = TRUE;
  weft_cluster_parts_count (self->repo->parts, "rivals-passed-on");
  weft_forward_start (self->repo->parts, peers, request->message,
                      get_now (self) + (request->deadline_usec - get_now (self)) / 2,
                      passed_on_cb, change);
}

/* Those who wait begin again, as by now it may be another matter. */
static void
pump (WeftCoordinatorRivals *self)
{
  WeftChange *change;

  while (!self->repo->is_closed && self->n_passed_on < PASSED_ON_MAX
         && (change = g_queue_pop_head (&self->waiting)) != NULL)
    if (g_cancellable_is_cancelled (change->request->cancellable)
        || get_now (self) >= change->request->deadline_usec)
      weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
                                         "nobody waits for the change any more"));
    else
      weft_change_begin (change);
}

static void
send_away (WeftCoordinatorRivals *self,
           WeftChange            *change)
{
  gint64 now_usec = get_now (self);

  self->away_usec = MAX (self->away_usec, now_usec + self->waiting.length * self->pace_usec);
  self->away_usec = MIN (self->away_usec + self->pace_usec, now_usec + AWAY_USEC_MAX);
  weft_cluster_parts_count (self->repo->parts, "rivals-sent-away");
  weft_change_fail (change, weft_error_new_wait (MAX (self->away_usec - now_usec,
                                                      AWAY_USEC_MIN),
                                                 "too many change the same blocks at the same "
                                                 "time"));
}

gboolean
weft_coordinator_rivals_pass_on (WeftCoordinatorRivals *self,
                                 WeftChange            *change)
{
  g_autofree char *family = NULL;
  WeftClusterPeer *first;

  if (change->was_passed_on || !change->is_pinned || !has_rivals (self, change))
    return FALSE;
  first = find_first (self, change);
  if (first == NULL)
    return FALSE;

  weft_coordinator_turns_release (self->repo->turns, change);
  family = weft_change_make_family (change);
  if (self->n_passed_on < (is_known (self, self->returns, family) ? PASSED_ON_RETURNED_MAX
                                                                  : PASSED_ON_MAX))
    send (self, change, first);
  else if (self->waiting.length < WAITING_MAX)
    g_queue_push_tail (&self->waiting, change);
  else
    send_away (self, change);

  return TRUE;
}

WeftCoordinatorRivals *
weft_coordinator_rivals_new (WeftCoordinatorRepo *repo)
{
  WeftCoordinatorRivals *self = g_new0 (WeftCoordinatorRivals, 1);

  self->repo = repo;
  self->pace_usec = PACE_USEC;
  self->blocks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->returns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->waiting);

  return self;
}

void
weft_coordinator_rivals_close (WeftCoordinatorRivals *self)
{
  WeftChange *change;

  while ((change = g_queue_pop_head (&self->waiting)) != NULL)
    weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                       "this node has left its clusters"));
}

void
weft_coordinator_rivals_free (WeftCoordinatorRivals *self)
{
  g_assert (g_queue_is_empty (&self->waiting));

  g_hash_table_unref (self->blocks);
  g_hash_table_unref (self->returns);
  g_free (self);
}
