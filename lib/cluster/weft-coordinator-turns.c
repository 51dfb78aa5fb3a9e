/* weft-coordinator-turns.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-coordinator-turns-private.h"

#include "weft-block-turns-private.h"
#include "weft-error-private.h"
#include "weft-limits.h"

/* For how long turns are taken after somebody came too late; of how many blocks that is known. */
#define CROWDED_USEC (5 * G_TIME_SPAN_SECOND)
#define CROWDED_MAX 1024
/* Who waits for longer takes his chance without a turn. */
#define WAIT_USEC_MAX (5 * G_TIME_SPAN_SECOND)
/* Who waits keeps one of the requests that a link has room for. When they leave none for a commit,
 * everybody takes his chance for a while. */
#define WAITING_MAX (WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX - 1)
#define OVERRUN_USEC (5 * G_TIME_SPAN_SECOND)
#define PLACES_MAX 1024
/* Who does not come back for a turn that was kept mostly cannot, as those who wait leave no room
 * on the link. From then on, for a while, no more than so many wait; all others are sent away, and
 * told when their turn may come. Who was sent away once is let in while there is any room. */
#define LINE_SHORT_MAX (WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX / 2)
#define LINE_RETURNED_MAX (WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX / 4 * 3)
#define SHORT_USEC (5 * G_TIME_SPAN_SECOND)
/* A first guess of how long a turn takes, and what is made of it. */
#define TURN_USEC (2 * G_TIME_SPAN_MILLISECOND)
#define TURN_USEC_MAX (100 * G_TIME_SPAN_MILLISECOND)
#define AWAY_USEC_MIN (5 * G_TIME_SPAN_MILLISECOND)
#define AWAY_USEC_MAX (5 * G_TIME_SPAN_SECOND)
/* A turn is over when nobody commits what was pended for so long. */
#define COMMIT_USEC (100 * G_TIME_SPAN_MILLISECOND)
/* No commit takes longer, whatever has become of it. */
#define COMMITTING_USEC (2 * WAIT_USEC_MAX)
/* Who was told that the base is not the latest any more mostly comes back with one that is. The
 * turn is kept for some times what that took others, and who comes later is at least the next. */
#define RETURN_USEC_MIN (10 * G_TIME_SPAN_MILLISECOND)
#define RETURN_USEC_MAX (100 * G_TIME_SPAN_MILLISECOND)
#define RETURN_TIMES 4
#define LAPSED_USEC (5 * G_TIME_SPAN_SECOND)

/* Where a change is: it waits for its turn; or that is on and the put or the pend is on its way; or
 * it is pended, and the commit is expected or on its way; or it came too late, and whoever it was
 * may come back. */
struct _WeftChangePlace
{
  WeftCoordinatorTurns *turns;
  WeftTurn *turn;     /* (nullable): when that took too long */
  WeftChange *change; /* (nullable): while it is a put or a pend */
  char *action_id;    /* (nullable): once it is pended */
  char *family;       /* (nullable): what the ids of all its attempts begin with, once it is late */
  gboolean is_put;
  gboolean is_waiting;
  guint64 alarm_id;   /* 0 when none is set */
  gint64 left_usec;   /* when it came too late */
  GList link;         /* in the places */
};

struct _WeftCoordinatorTurns
{
  WeftCoordinatorRepo *repo; /* that has it */
  WeftBlockTurns *blocks;
  GQueue places;         /* (element-type WeftChangePlace) (owned) */
  GHashTable *by_action; /* (element-type utf8 WeftChangePlace) (unowned): pended */
  GHashTable *by_family; /* (element-type utf8 WeftChangePlace) (unowned): may come back */
  GHashTable *crowded;   /* (element-type utf8 gint64) (owned): until when */
  guint n_waiting;       /* pends */
  guint n_in_line;       /* pends and puts */
  gint64 short_usec;     /* until when lines are short */
  gint64 turn_usec;      /* that a turn takes, about */
  gint64 return_usec;    /* that coming back takes, about */
  gint64 served_usec;    /* when somebody's turn came */
  gint64 away_usec;      /* when the last who was sent away is expected */
  gint64 overrun_usec;   /* until when nobody waits, as too many did */
};

static void
set_waiting (WeftChangePlace *place,
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

static void
arm (WeftChangePlace *place,
     gint64           delay_usec,
     WeftAlarmFunc    alarm)
{
  WeftClusterParts *parts = place->turns->repo->parts;

  disarm (place);
  place->alarm_id = weft_clock_add_alarm (parts->clock,
                                          weft_cluster_parts_get_now (parts) + delay_usec, alarm,
                                          place, NULL);
}

static void
note_family (WeftChangePlace *place,
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

  set_waiting (place, FALSE);
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

static void
over_cb (gpointer user_data)
{
  end_place (user_data);
}

/* Takes the change of a place. Its turn is lost, but not its place among those who come back. */
static void
send_away (WeftChangePlace *place)
{
  WeftCoordinatorTurns *self = place->turns;
  WeftChange *change = g_steal_pointer (&place->change);
  WeftTurn *turn = g_steal_pointer (&place->turn);
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);
  gint64 wait_usec;

  self->away_usec = MAX (self->away_usec, now_usec + self->n_in_line * self->turn_usec)
                    + self->turn_usec;
  self->away_usec = MIN (self->away_usec, now_usec + AWAY_USEC_MAX);
  wait_usec = MAX (self->away_usec - now_usec, AWAY_USEC_MIN);
  weft_cluster_parts_count (self->repo->parts, "turns-sent-away");

  set_waiting (place, FALSE);
  change->place = NULL;
  note_family (place, change);
  arm (place, wait_usec + LAPSED_USEC, over_cb);
  if (turn != NULL)
    weft_block_turns_remove (self->blocks, turn);
  weft_change_fail (change, weft_error_new_wait (wait_usec, "too many change the same block at "
                                                 "the same time"));
}

/* The last who came. */
static WeftChangePlace *
find_last_put (WeftCoordinatorTurns *self)
{
  for (GList *link = self->places.tail; link != NULL; link = link->prev)
    {
      WeftChangePlace *place = link->data;

      if (place->is_waiting && place->is_put)
        return place;
    }

  return NULL;
}

static void
shorten_lines (WeftCoordinatorTurns *self)
{
  WeftChangePlace *place;

  if (self->n_in_line <= LINE_SHORT_MAX)
    return;

  self->short_usec = weft_cluster_parts_get_now (self->repo->parts) + SHORT_USEC;
  while (self->n_in_line > LINE_SHORT_MAX && (place = find_last_put (self)) != NULL)
    send_away (place);
}

/* Whether somebody who came just now has to come again. */
static gboolean
is_full (WeftCoordinatorTurns *self,
         gboolean              has_come_back)
{
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);

  if (now_usec >= self->short_usec)
    return FALSE;
  if (self->n_in_line < (has_come_back ? LINE_RETURNED_MAX : LINE_SHORT_MAX))
    return FALSE;

  /* As long as it is needed. */
  self->short_usec = now_usec + SHORT_USEC;

  return TRUE;
}

static void
lapse_cb (gpointer user_data)
{
  WeftChangePlace *place = user_data;

  place->alarm_id = 0;
  weft_cluster_parts_count (place->turns->repo->parts, "turns-lapsed");
  shorten_lines (place->turns);
  arm (place, LAPSED_USEC, over_cb);
  weft_block_turns_remove (place->turns->blocks, g_steal_pointer (&place->turn));
}

static void
impatient_cb (gpointer user_data)
{
  WeftChangePlace *place = user_data;

  disarm (place);
  set_waiting (place, FALSE);
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

/* How far apart turns come, on an average of some. */
static void
note_served (WeftCoordinatorTurns *self)
{
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);
  gint64 taken_usec = CLAMP (now_usec - self->served_usec, 1, TURN_USEC_MAX);

  if (self->served_usec > 0)
    self->turn_usec += (taken_usec - self->turn_usec) / 8;
  self->served_usec = self->n_in_line > 0 ? now_usec : 0;
}

static void
ready_cb (gpointer user_data)
{
  WeftChangePlace *place = user_data;

  /* Whoever takes the place now looks for itself whether it is its turn. */
  if (!place->is_waiting)
    return;

  disarm (place);
  set_waiting (place, FALSE);
  note_served (place->turns);
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

gboolean
weft_coordinator_turns_is_crowded (WeftCoordinatorTurns *self,
                                   WeftChange           *change)
{
  gint64 now_usec;

  if (g_hash_table_size (self->crowded) == 0)
    return FALSE;

  now_usec = weft_cluster_parts_get_now (self->repo->parts);
  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    {
      const gint64 *until_usec
          = g_hash_table_lookup (self->crowded, change->request->block_ids[i]);

      if (until_usec != NULL && *until_usec > now_usec)
        return TRUE;
    }

  return FALSE;
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
         && weft_coordinator_turns_is_crowded (self, change);
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

gboolean
weft_coordinator_turns_wait (WeftCoordinatorTurns *self,
                             WeftChange           *change)
{
  g_autofree char *family = NULL;
  WeftChangePlace *left;
  WeftChangePlace *place;
  gboolean has_come_back;
  gint64 left_usec;

  if (has_no_place (self, change))
    {
      weft_change_fail (change, weft_error_new_wait (AWAY_USEC_MAX, "too many change blocks at "
                                                     "the same time"));
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
  if (place->is_put && is_full (self, has_come_back))
    {
      send_away (place);
      return TRUE;
    }

  weft_cluster_parts_count (self->repo->parts, "turns-waited");
  set_waiting (place, TRUE);
  left_usec = MAX (change->request->deadline_usec
                   - weft_cluster_parts_get_now (self->repo->parts), 0);
  arm (place, place->is_put ? left_usec / 4 * 3 : MIN (left_usec / 2, WAIT_USEC_MAX),
       impatient_cb);
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
  arm (place, 0, over_cb);
}

void
weft_coordinator_turns_note_commit (WeftCoordinatorTurns *self,
                                    WeftChange           *change)
{
  WeftChangePlace *place
      = g_hash_table_lookup (self->by_action, weft_change_get_action_id (change));

  if (place == NULL)
    return;

  arm (place, COMMITTING_USEC, over_cb);
}

void
weft_coordinator_turns_note_stale (WeftCoordinatorTurns *self,
                                   WeftChange           *change)
{
  gint64 until_usec = weft_cluster_parts_get_now (self->repo->parts) + CROWDED_USEC;

  change->is_stale = TRUE;
  if (g_hash_table_size (self->crowded) >= CROWDED_MAX)
    g_hash_table_remove_all (self->crowded);
  for (guint i = 0; change->request->block_ids[i] != NULL; i++)
    g_hash_table_replace (self->crowded, g_strdup (change->request->block_ids[i]),
                          g_memdup2 (&until_usec, sizeof until_usec));
}

static void
hold (WeftChangePlace *place)
{
  g_free (place->action_id);
  place->action_id = g_strdup (weft_change_get_action_id (place->change));
  place->change = NULL;
  g_hash_table_replace (place->turns->by_action, place->action_id, place);
  arm (place, COMMIT_USEC, over_cb);
}

static void
leave (WeftChangePlace *place)
{
  note_family (place, place->change);
  place->change = NULL;
  place->left_usec = weft_cluster_parts_get_now (place->turns->repo->parts);
  if (place->turn != NULL)
    arm (place, CLAMP (RETURN_TIMES * place->turns->return_usec, RETURN_USEC_MIN,
                       RETURN_USEC_MAX), lapse_cb);
  else
    arm (place, LAPSED_USEC, over_cb);
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
  if (place->change != NULL && !self->repo->is_closed && change->is_pended && place->turn != NULL)
    hold (place);
  else if (place->change != NULL && !self->repo->is_closed && change->is_stale
           && !change->is_pended)
    leave (place);
  else
    end_place (place);
}

WeftCoordinatorTurns *
weft_coordinator_turns_new (WeftCoordinatorRepo *repo)
{
  WeftCoordinatorTurns *self = g_new0 (WeftCoordinatorTurns, 1);

  self->repo = repo;
  self->turn_usec = TURN_USEC;
  self->return_usec = RETURN_USEC_MAX / RETURN_TIMES;
  self->blocks = weft_block_turns_new ();
  g_queue_init (&self->places);
  self->by_action = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_family = g_hash_table_new (g_str_hash, g_str_equal);
  self->crowded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

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
  g_free (self);
}
