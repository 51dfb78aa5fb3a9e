/* weft-coordinator-turns-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block-turns-private.h"
#include "weft-coordinator-turns-private.h"

G_BEGIN_DECLS

/* For how long it is known of somebody that he may come back, though no turn is kept for him. */
#define WEFT_TURNS_LAPSED_USEC (5 * G_TIME_SPAN_SECOND)
/* A first guess of how long a turn takes. */
#define WEFT_TURNS_TURN_USEC (2 * G_TIME_SPAN_MILLISECOND)
#define WEFT_TURNS_AWAY_USEC_MAX (5 * G_TIME_SPAN_SECOND)

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
  GHashTable *crowded;   /* (element-type utf8 gint64) (owned): until when pends take turns */
  GHashTable *contested; /* (element-type utf8 gint64) (owned): until when puts go alone */
  guint n_waiting;       /* pends */
  guint n_in_line;       /* pends and puts */
  gint64 short_usec;     /* until when lines are short */
  gint64 turn_usec;      /* that a turn takes, about */
  gint64 return_usec;    /* that coming back takes, about */
  gint64 served_usec;    /* when somebody's turn came */
  guint n_served;        /* whose turn came then, all in one chain */
  gint64 away_usec;      /* when the last who was sent away is expected */
  gint64 overrun_usec;   /* until when nobody waits, as too many did */
};

/* In weft-coordinator-turns.c. */
void     weft_change_place_set_waiting (WeftChangePlace *place,
                                        gboolean         is_waiting);
void     weft_change_place_arm         (WeftChangePlace *place,
                                        gint64           delay_usec,
                                        WeftAlarmFunc    alarm);
/* Whoever comes with an action id that begins like that of the change is the same. */
void     weft_change_place_note_family (WeftChangePlace *place,
                                        WeftChange      *change);
/* A WeftAlarmFunc: the place is given up. */
void     weft_change_place_over_cb     (gpointer         place);

/* In weft-coordinator-away.c. Takes the change of a place. Its turn is lost, but not its place
 * among those who come back. */
void     weft_coordinator_turns_send_away (WeftChangePlace      *place);
/* Sends away those for whom there is no room on the link. */
void     weft_coordinator_turns_shorten   (WeftCoordinatorTurns *self);
/* Whether somebody who came just now has to come again. */
gboolean weft_coordinator_turns_is_full   (WeftCoordinatorTurns *self,
                                           gboolean              has_come_back);
/* Somebody's turn has come. */
void     weft_coordinator_turns_note_served (WeftCoordinatorTurns *self);

G_END_DECLS
