/* weft-coordinator-turns.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-coordinator-turns-internal-private.h"

#include "weft-error-private.h"
#include "weft-limits.h"

/* For how long turns are taken after somebody came too late; of how many blocks that is known. */
#define CROWDED_USEC (5 * G_TIME_SPAN_SECOND)
#define CROWDED_MAX 1024
/* For how long a put of a block goes alone when one lost to another coordinator, or a chain of it
 * fell apart: for that somebody's content may have been the reason, or members that know no chains.
 * It is tried for nothing so often at most. */
#define CONTESTED_USEC (1 * G_TIME_SPAN_SECOND)
/* Who waits for longer takes his chance without a turn. */
#define WAIT_USEC_MAX (5 * G_TIME_SPAN_SECOND)
/* Who waits keeps one of the requests that a link has room for. When they leave none for a commit,
 * everybody takes his chance for a while. */
#define WAITING_MAX (WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX - 1)
#define OVERRUN_USEC (5 * G_TIME_SPAN_SECOND)
#define PLACES_MAX 1024
/* A turn is over when nobody commits what was pended for so long. */
#define COMMIT_USEC (100 * G_TIME_SPAN_MILLISECOND)
/* No commit takes longer, whatever has become of it. */
#define COMMITTING_USEC (2 * WAIT_USEC_MAX)
/* Who was told that the base is not the latest any more mostly comes back with one that is. The
 * turn is kept for some times what that took others, and who comes later is at least the next. */
#define RETURN_USEC_MIN (10 * G_TIME_SPAN_MILLISECOND)
#define RETURN_USEC_MAX (100 * G_TIME_SPAN_MILLISECOND)
#define RETURN_TIMES 4

void
weft_change_place_set_waiting (WeftChangePlace *place,
                               gboolean         is_waiting)
{
  place->turns->n_in_line += (guint) is_waiting - (guint) place->is_waiting;
  /* Who waits with a put has nothing to send any more. */
  if (!place->is_put)
    place->turns->n_waiting += (guint) is_waiting - (guint) place->is_waiting;
  place->is_waiting = is_waiting;
}

static void
disarm (WeftChangePlace *place)
{
  if (place->alarm_id != 0)
    weft_clock_remove_alarm (place->turns->repo->parts->clock, place->alarm_id);
  place->alarm_id = 0;
}

void
weft_change_place_arm (WeftChangePlace *place,
                       gint64           delay_usec,
                       WeftAlarmFunc    alarm)
{
  WeftClusterParts *parts = place->turns->repo->parts;

  disarm (place);
  place->alarm_id = weft_clock_add_alarm (parts->clock,
                                          weft_cluster_parts_get_now (parts) + delay_usec, alarm,
                                          place, NULL);
}

void
weft_change_place_note_family (WeftChangePlace *place,
                               WeftChange      *change)
{
  g_free (place->family);
  place->family = weft_change_make_family (change);
  g_hash_table_replace (place->turns->by_family, place->family, place);
}

/* Whoever is next goes on from within. */
static void
end_place (WeftChangePlace *place)
{
  WeftCoordinatorTurns *self = place->turns;
  WeftTurn *turn = place->turn;

  weft_change_place_set_waiting (place, FALSE);
  disarm (place);
  if (place->change != NULL)
    place->change->place = NULL;
  if (place->action_id != NULL
      && g_hash_table_lookup (self->by_action, place->action_id) == place)
    g_hash_table_remove (self->by_action, place->action_id);
  if (place->family != NULL && g_hash_table_lookup (self->by_family, place->family) == place)
    g_hash_table_remove (self->by_family, place->family);
  g_queue_unlink (&self->places, &place->link);
  g_free (place->action_id);
  g_free (place->family);
  g_free (place);

  if (turn != NULL)
    weft_block_turns_remove (self->blocks, turn);
}

void
weft_change_place_over_cb (gpointer user_data)
{
  end_place (user_data);
}

static void
lapse_cb (gpointer user_data)
{
  WeftChangePlace *place = user_data;

  place->alarm_id = 0;
  weft_cluster_parts_count (place->turns->repo->parts, "turns-lapsed");
  weft_coordinator_turns_shorten (place->turns);
  weft_change_place_arm (place, WEFT_TURNS_LAPSED_USEC, weft_change_place_over_cb);
  weft_block_turns_remove (place->turns->blocks, g_steal_pointer (&place->turn));
}

static void
impatient_cb (gpointer user_data)
{
  WeftChangePlace *place = user_data;

  disarm (place);
  weft_change_place_set_waiting (place, FALSE);
  weft_cluster_parts_count (place->turns->repo->parts, "turns-missed");
  if (place->is_put)
    {
      /* It would only be in the way of those who come before it. */
      weft_change_fail (place->change,
                        g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                     "block %s: too many change it at the same time",
                                     *weft_turn_get_block_ids (place->turn)));
      return;
    }
  weft_block_turns_remove (place->turns->blocks, g_steal_pointer (&place->turn));
  weft_change_resume (place->change);
}

static void
ready_cb (gpointer user_data)
{
  WeftChangePlace *place = user_data;

  /* Whoever takes the place now looks for itself whether it is its turn. */
  if (!place->is_waiting)
    return;

  disarm (place);
  weft_change_place_set_waiting (place, FALSE);
  weft_coordinator_turns_note_served (place->turns);
  if (g_cancellable_is_cancelled (place->change->request->cancellable))
    weft_change_fail (place->change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
                                         "nobody waits for the change any more"));
  else
    weft_change_resume (place->change);
}

static gboolean
is_put (WeftChange *change)
{
  return weft_repo_message_get_operation (change->request->message) == WEFT_REPO_OPERATION_PUT;
}

static gboolean
is_noted (WeftCoordinatorTurns *self,
          WeftChange           *change,
          GHashTable           *table)
{
  gint64 now_usec;

  if (g_hash_table_size (table) == 0)
    return FALSE;

  now_usec = weft_cluster_parts_get_now (self->repo->parts);
  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    {
      const gint64 *until_usec = g_hash_table_lookup (table, change->request->block_ids[i]);

      if (until_usec != NULL && *until_usec > now_usec)
        return TRUE;
    }

  return FALSE;
}

/* What waits for its turn meets nobody here, only those that ask other coordinators. */
gboolean
weft_coordinator_turns_may_meet (WeftCoordinatorTurns *self,
                                 WeftChange           *change)
{
  return is_noted (self, change, self->contested)
         || (!is_put (change) && is_noted (self, change, self->crowded));
}

static WeftChangePlace *
add_place (WeftCoordinatorTurns *self,
           WeftChange           *change,
           gboolean              goes_ahead)
{
  WeftChangePlace *place = g_new0 (WeftChangePlace, 1);

  place->turns = self;
  place->change = change;
  place->is_put = is_put (change);
  place->link.data = place;
  change->place = place;
  g_queue_push_tail_link (&self->places, &place->link);
  place->turn = weft_block_turns_add (self->blocks,
                                      (const char * const *) change->request->block_ids,
                                      goes_ahead, ready_cb, place);

  return place;
}

/* Also of who came too late for the turn, so that it is kept for longer the next time. */
static void
note_return (WeftCoordinatorTurns *self,
             WeftChangePlace      *place)
{
  gint64 taken_usec = weft_cluster_parts_get_now (self->repo->parts) - place->left_usec;

  if (place->left_usec > 0)
    self->return_usec += (MIN (taken_usec, RETURN_USEC_MAX) - self->return_usec) / 8;
}

/* Whether a turn was kept for it, which goes on. */
static gboolean
come_back (WeftChangePlace *place,
           WeftChange      *change)
{
  note_return (place->turns, place);
  if (place->turn == NULL || place->is_put != is_put (change)
      || !g_strv_equal (weft_turn_get_block_ids (place->turn),
                        (const char * const *) change->request->block_ids))
    return FALSE;

  disarm (place);
  g_hash_table_remove (place->turns->by_family, place->family);
  g_clear_pointer (&place->family, g_free);
  place->change = change;
  change->place = place;

  return TRUE;
}

static WeftChangePlace *
find_waiting (WeftCoordinatorTurns *self)
{
  for (GList *link = self->places.head; link != NULL; link = link->next)
    {
      WeftChangePlace *place = link->data;

      if (place->is_waiting && !place->is_put)
        return place;
    }

  return NULL;
}

static void
let_all_go (WeftCoordinatorTurns *self)
{
  WeftChangePlace *place;

  weft_cluster_parts_count (self->repo->parts, "turns-overrun");
  self->overrun_usec = weft_cluster_parts_get_now (self->repo->parts) + OVERRUN_USEC;
  while ((place = find_waiting (self)) != NULL)
    impatient_cb (place);
}

static gboolean
takes_turns (WeftCoordinatorTurns *self,
             WeftChange           *change)
{
  if (change->place != NULL || self->places.length >= PLACES_MAX)
    return FALSE;
  if (is_put (change))
    return TRUE;

  return weft_cluster_parts_get_now (self->repo->parts) >= self->overrun_usec
         && is_noted (self, change, self->crowded);
}

/* Who does not fit in would only be in the way of those who wait. */
static gboolean
has_no_place (WeftCoordinatorTurns *self,
              WeftChange           *change)
{
  return change->place == NULL && is_put (change) && self->places.length >= PLACES_MAX
         && weft_block_turns_is_taken (self->blocks,
                                       (const char * const *) change->request->block_ids);
}

static void
begin_waiting (WeftChangePlace *place)
{
  gint64 left_usec = MAX (place->change->request->deadline_usec
                          - weft_cluster_parts_get_now (place->turns->repo->parts), 0);

  weft_change_place_set_waiting (place, TRUE);
  weft_change_place_arm (place,
                         place->is_put ? left_usec / 4 * 3 : MIN (left_usec / 2, WAIT_USEC_MAX),
                         impatient_cb);
}

gboolean
weft_coordinator_turns_wait (WeftCoordinatorTurns *self,
                             WeftChange           *change)
{
  g_autofree char *family = NULL;
  WeftChangePlace *left;
  WeftChangePlace *place;
  gboolean has_come_back;

  if (has_no_place (self, change))
    {
      weft_change_fail (change, weft_error_new_wait (WEFT_TURNS_AWAY_USEC_MAX, "too many change "
                                                     "blocks at the same time"));
      return TRUE;
    }
  /* What is made again, as its block moved on, has its place. */
  if (!takes_turns (self, change))
    return FALSE;

  family = weft_change_make_family (change);
  left = g_hash_table_lookup (self->by_family, family);
  if (left != NULL && come_back (left, change))
    return FALSE;

  has_come_back = left != NULL;
  place = add_place (self, change, has_come_back);
  if (left != NULL)
    end_place (left);
  if (change->place == NULL || weft_turn_is_on (place->turn))
    return FALSE;
  if (place->is_put && weft_coordinator_turns_is_full (self, has_come_back))
    {
      weft_coordinator_turns_send_away (place);
      return TRUE;
    }

  weft_cluster_parts_count (self->repo->parts, "turns-waited");
  begin_waiting (place);
  if (self->n_waiting > WAITING_MAX)
    let_all_go (self);

  return TRUE;
}

void
weft_coordinator_turns_release (WeftCoordinatorTurns *self,
                                WeftChange           *change)
{
  WeftChangePlace *place = g_steal_pointer (&change->place);

  if (place == NULL)
    return;

  place->change = NULL;
  /* Not from within, as whoever is next may do the same. */
  weft_change_place_arm (place, 0, weft_change_place_over_cb);
}

void
weft_coordinator_turns_note_commit (WeftCoordinatorTurns *self,
                                    WeftChange           *change)
{
  WeftChangePlace *place
      = g_hash_table_lookup (self->by_action, weft_change_get_action_id (change));

  if (place == NULL)
    return;

  weft_change_place_arm (place, COMMITTING_USEC, weft_change_place_over_cb);
}

static void
note (WeftCoordinatorTurns *self,
      WeftChange           *change,
      GHashTable           *table,
      gint64                time_usec)
{
  gint64 until_usec = weft_cluster_parts_get_now (self->repo->parts) + time_usec;

  if (g_hash_table_size (table) >= CROWDED_MAX)
    g_hash_table_remove_all (table);
  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    g_hash_table_replace (table, g_strdup (change->request->block_ids[i]),
                          g_memdup2 (&until_usec, sizeof until_usec));
}

void
weft_coordinator_turns_note_stale (WeftCoordinatorTurns *self,
                                   WeftChange           *change)
{
  change->is_stale = TRUE;
  note (self, change, self->crowded, CROWDED_USEC);
}

void
weft_coordinator_turns_note_lost (WeftCoordinatorTurns *self,
                                  WeftChange           *change)
{
  note (self, change, self->contested, CONTESTED_USEC);
}

GPtrArray *
weft_coordinator_turns_list_behind (WeftCoordinatorTurns *self,
                                    WeftChange           *change)
{
  WeftChangePlace *place = change->place;
  GPtrArray *behind;

  if (place == NULL || place->turn == NULL || !weft_turn_is_on (place->turn))
    return g_ptr_array_new ();

  behind = weft_block_turns_list_waiting (self->blocks, change->request->block_ids[0]);
  for (guint i = 0; i < behind->len; i++)
    {
      WeftChangePlace *next = g_ptr_array_index (behind, i);

      if (!next->is_waiting || !next->is_put)
        {
          g_ptr_array_set_size (behind, i);
          break;
        }
      behind->pdata[i] = next->change;
    }

  return behind;
}

void
weft_coordinator_turns_take (WeftCoordinatorTurns *self,
                             WeftChange           *change)
{
  WeftChangePlace *place = change->place;

  disarm (place);
  weft_change_place_set_waiting (place, FALSE);
  weft_block_turns_let_join (self->blocks, place->turn);
  self->n_served++;
}

gboolean
weft_coordinator_turns_put_back (WeftCoordinatorTurns *self,
                                 WeftChange           *change)
{
  WeftChangePlace *place = change->place;

  if (place == NULL || place->turn == NULL || self->repo->is_closed)
    return FALSE;

  begin_waiting (place);
  /* It is never the first as long as the head is there. */
  if (!weft_block_turns_put_back (self->blocks, place->turn))
    weft_change_place_arm (place, 0, ready_cb);

  return TRUE;
}

static void
hold (WeftChangePlace *place)
{
  g_free (place->action_id);
  place->action_id = g_strdup (weft_change_get_action_id (place->change));
  place->change = NULL;
  g_hash_table_replace (place->turns->by_action, place->action_id, place);
  weft_change_place_arm (place, COMMIT_USEC, weft_change_place_over_cb);
}

static void
leave (WeftChangePlace *place)
{
  weft_change_place_note_family (place, place->change);
  place->change = NULL;
  place->left_usec = weft_cluster_parts_get_now (place->turns->repo->parts);
  if (place->turn != NULL)
    weft_change_place_arm (place, CLAMP (RETURN_TIMES * place->turns->return_usec,
                                         RETURN_USEC_MIN, RETURN_USEC_MAX), lapse_cb);
  else
    weft_change_place_arm (place, WEFT_TURNS_LAPSED_USEC, weft_change_place_over_cb);
}

void
weft_coordinator_turns_note_end (WeftCoordinatorTurns *self,
                                 WeftChange           *change)
{
  WeftChangePlace *place = change->place;

  if (weft_repo_message_get_operation (change->request->message) != WEFT_REPO_OPERATION_PEND
      && !is_put (change))
    place = g_hash_table_lookup (self->by_action, weft_change_get_action_id (change));
  if (place == NULL)
    return;

  change->place = NULL;
  /* Who is answered while he waits has no turn to be kept for him. */
  if (place->change == NULL || place->is_waiting || self->repo->is_closed)
    end_place (place);
  else if (change->is_pended && place->turn != NULL)
    hold (place);
  else if (change->is_stale && !change->is_pended)
    leave (place);
  else
    end_place (place);
}

WeftCoordinatorTurns *
weft_coordinator_turns_new (WeftCoordinatorRepo *repo)
{
  WeftCoordinatorTurns *self = g_new0 (WeftCoordinatorTurns, 1);

  self->repo = repo;
  self->turn_usec = WEFT_TURNS_TURN_USEC;
  self->return_usec = RETURN_USEC_MAX / RETURN_TIMES;
  self->blocks = weft_block_turns_new ();
  g_queue_init (&self->places);
  self->by_action = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_family = g_hash_table_new (g_str_hash, g_str_equal);
  self->crowded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->contested = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
weft_coordinator_turns_close (WeftCoordinatorTurns *self)
{
  while (!g_queue_is_empty (&self->places))
    {
      WeftChangePlace *place = g_queue_peek_head (&self->places);
      WeftChange *change = place->is_waiting ? place->change : NULL;

      end_place (place);
      /* Those who do not wait here are answered by what they wait for. */
      if (change != NULL)
        weft_change_fail (change, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                           "this node has left its clusters"));
    }
}

void
weft_coordinator_turns_free (WeftCoordinatorTurns *self)
{
  g_assert (g_queue_is_empty (&self->places));

  weft_block_turns_free (self->blocks);
  g_hash_table_unref (self->by_action);
  g_hash_table_unref (self->by_family);
  g_hash_table_unref (self->crowded);
  g_hash_table_unref (self->contested);
  g_free (self);
}
