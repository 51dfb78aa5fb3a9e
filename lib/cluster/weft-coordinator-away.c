/* weft-coordinator-away.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-turns-internal-private.h"

#include "weft-error-private.h"
#include "weft-limits.h"

/* Who does not come back for a turn that was kept mostly cannot, as those who wait leave no room
 * on the link. From then on, for a while, no more than so many wait; all others are sent away, and
 * told when their turn may come. Who was sent away once is let in while there is any room. */
#define LINE_SHORT_MAX (WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX / 2)
#define LINE_RETURNED_MAX (WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX / 4 * 3)
#define SHORT_USEC (5 * G_TIME_SPAN_SECOND)
#define TURN_USEC_MAX (100 * G_TIME_SPAN_MILLISECOND)
#define AWAY_USEC_MIN (5 * G_TIME_SPAN_MILLISECOND)

void
weft_coordinator_turns_send_away (WeftChangePlace *place)
{
  WeftCoordinatorTurns *self = place->turns;
  WeftChange *change = g_steal_pointer (&place->change);
  WeftTurn *turn = g_steal_pointer (&place->turn);
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);
  gint64 wait_usec;

  self->away_usec = MAX (self->away_usec, now_usec + self->n_in_line * self->turn_usec)
                    + self->turn_usec;
  self->away_usec = MIN (self->away_usec, now_usec + WEFT_TURNS_AWAY_USEC_MAX);
  wait_usec = MAX (self->away_usec - now_usec, AWAY_USEC_MIN);
  weft_cluster_parts_count (self->repo->parts, "turns-sent-away");

  weft_change_place_set_waiting (place, FALSE);
  change->place = NULL;
  weft_change_place_note_family (place, change);
  weft_change_place_arm (place, wait_usec + WEFT_TURNS_LAPSED_USEC, weft_change_place_over_cb);
  if (turn != NULL)
    weft_block_turns_remove (self->blocks, turn);
  weft_change_fail (change, weft_error_new_wait (wait_usec, "too many change the same block at "
                                                 "the same time"));
}

/* The last who came, and of whom nothing was done yet. */
static WeftChangePlace *
find_last_put (WeftCoordinatorTurns *self)
{
  for (GList *link = self->places.tail; link != NULL; link = link->prev)
    {
      WeftChangePlace *place = link->data;

      if (place->is_waiting && place->is_put && !place->change->is_in_doubt)
        return place;
    }

  return NULL;
}

void
weft_coordinator_turns_shorten (WeftCoordinatorTurns *self)
{
  WeftChangePlace *place;

  if (self->n_in_line <= LINE_SHORT_MAX)
    return;

  self->short_usec = weft_cluster_parts_get_now (self->repo->parts) + SHORT_USEC;
  while (self->n_in_line > LINE_SHORT_MAX && (place = find_last_put (self)) != NULL)
    weft_coordinator_turns_send_away (place);
}

gboolean
weft_coordinator_turns_is_full (WeftCoordinatorTurns *self,
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

/* How far apart turns come, on an average of some. Those that come together share the time. */
void
weft_coordinator_turns_note_served (WeftCoordinatorTurns *self)
{
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);
  gint64 taken_usec = (now_usec - self->served_usec) / MAX (self->n_served, 1);

  if (self->served_usec > 0)
    self->turn_usec += (CLAMP (taken_usec, 1, TURN_USEC_MAX) - self->turn_usec) / 8;
  self->served_usec = self->n_in_line > 0 ? now_usec : 0;
  self->n_served = 1;
}
