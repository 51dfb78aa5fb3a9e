/* weft-sim-world.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-prng.h"

G_BEGIN_DECLS

/**
 * WEFT_SIM_EPOCH_USEC:
 *
 * The time of the calendar when a world begins, 2030-01-01 00:00 UTC, in microseconds.
 *
 * Since: 0.1
 */
#define WEFT_SIM_EPOCH_USEC (G_GINT64_CONSTANT (1893456000) * G_USEC_PER_SEC)

/**
 * WeftSimEventKind:
 * @WEFT_SIM_EVENT_KIND_CALL: a function of whoever drives the run
 * @WEFT_SIM_EVENT_KIND_ALARM: an alarm of a clock
 * @WEFT_SIM_EVENT_KIND_DIAL: a connection is asked for, or the answer to that comes
 * @WEFT_SIM_EVENT_KIND_DELIVER: a message comes
 * @WEFT_SIM_EVENT_KIND_CLOSE: a connection ends
 * @WEFT_SIM_EVENT_KIND_DISK: a disk has done something
 * @WEFT_SIM_EVENT_KIND_FAULT: something breaks or heals
 * @WEFT_SIM_EVENT_KIND_WORKLOAD: a client does something
 *
 * What an event of a world is about; it only serves traces and the hash of the run.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_EVENT_KIND_CALL,
  WEFT_SIM_EVENT_KIND_ALARM,
  WEFT_SIM_EVENT_KIND_DIAL,
  WEFT_SIM_EVENT_KIND_DELIVER,
  WEFT_SIM_EVENT_KIND_CLOSE,
  WEFT_SIM_EVENT_KIND_DISK,
  WEFT_SIM_EVENT_KIND_FAULT,
  WEFT_SIM_EVENT_KIND_WORKLOAD,
} WeftSimEventKind;

/**
 * WeftSimSignatures:
 * @WEFT_SIM_SIGNATURES_SIMULATED: keyed hashes, which cost next to nothing
 * @WEFT_SIM_SIGNATURES_REAL: Ed25519, as outside
 *
 * What the identities of a world sign with.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_SIGNATURES_SIMULATED,
  WEFT_SIM_SIGNATURES_REAL,
} WeftSimSignatures;

/**
 * WEFT_SIM_SEEDS_PER_REAL:
 *
 * One seed out of so many has real signatures, unless somebody chooses: the multiples.
 *
 * Since: 0.1
 */
#define WEFT_SIM_SEEDS_PER_REAL 16

/**
 * WeftSimEventFunc:
 * @user_data: what was given with the function
 *
 * Called when an event of a world happens.
 *
 * Since: 0.1
 */
typedef void (*WeftSimEventFunc) (gpointer user_data);

/**
 * WeftSimConditionFunc:
 * @user_data: what was given with the function
 *
 * Asked before each event.
 *
 * Returns: whether to go on
 *
 * Since: 0.1
 */
typedef gboolean (*WeftSimConditionFunc) (gpointer user_data);

/**
 * WeftSimTraceFunc:
 * @line: a JSON object on one line, without a line feed
 * @user_data: what was given to [method@WeftSim.World.set_trace]
 *
 * Called for each event and each note of a world.
 *
 * Since: 0.1
 */
typedef void (*WeftSimTraceFunc) (const char *line,
                                  gpointer    user_data);

#define WEFT_TYPE_SIM_WORLD (weft_sim_world_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimWorld, weft_sim_world, WEFT, SIM_WORLD, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimWorld *weft_sim_world_new               (guint64              seed)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_get_seed          (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
gint64        weft_sim_world_get_time          (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_set_context       (WeftSimWorld        *self,
                                                GMainContext        *context);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_set_signatures    (WeftSimWorld        *self,
                                                WeftSimSignatures    signatures);
WEFT_AVAILABLE_IN_ALL
WeftSimSignatures
              weft_sim_world_get_signatures    (WeftSimWorld        *self);
/* Events */
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_schedule          (WeftSimWorld        *self,
                                                gint64               at_usec,
                                                WeftSimEventFunc     func,
                                                gpointer             user_data,
                                                GDestroyNotify       destroy);
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_schedule_event    (WeftSimWorld        *self,
                                                gint64               at_usec,
                                                WeftSimEventKind     kind,
                                                guint                actor,
                                                guint64              digest,
                                                WeftSimEventFunc     func,
                                                gpointer             user_data,
                                                GDestroyNotify       destroy);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_world_cancel            (WeftSimWorld        *self,
                                                guint64              event_id);
/* Running */
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_world_step              (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_run_until         (WeftSimWorld        *self,
                                                gint64               at_usec);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_run_for           (WeftSimWorld        *self,
                                                gint64               duration_usec);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_world_run_while         (WeftSimWorld        *self,
                                                WeftSimConditionFunc condition,
                                                gpointer             user_data,
                                                gint64               duration_usec);
/* Chance */
WEFT_AVAILABLE_IN_ALL
WeftSimPrng  *weft_sim_world_get_stream        (WeftSimWorld        *self,
                                                const char          *name);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_set_buggify       (WeftSimWorld        *self,
                                                double               chance);
/* Actors */
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_world_add_actor         (WeftSimWorld        *self,
                                                const char          *name);
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_world_get_n_actors      (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
const char   *weft_sim_world_get_actor_name    (WeftSimWorld        *self,
                                                guint                actor);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_pause_actor       (WeftSimWorld        *self,
                                                guint                actor);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_resume_actor      (WeftSimWorld        *self,
                                                guint                actor);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_world_is_actor_paused   (WeftSimWorld        *self,
                                                guint                actor);
/* Evidence */
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_get_hash          (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_get_n_events      (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_world_get_n_checkpoints (WeftSimWorld        *self);
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_get_checkpoint    (WeftSimWorld        *self,
                                                guint                position);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_set_trace         (WeftSimWorld        *self,
                                                WeftSimTraceFunc     func,
                                                gpointer             user_data,
                                                GDestroyNotify       destroy);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_note              (WeftSimWorld        *self,
                                                guint                actor,
                                                const char          *kind,
                                                const char          *text);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_world_count             (WeftSimWorld        *self,
                                                const char          *counter,
                                                guint64              amount);
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_world_get_counter       (WeftSimWorld        *self,
                                                const char          *counter);
WEFT_AVAILABLE_IN_ALL
GVariant     *weft_sim_world_get_counters      (WeftSimWorld        *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
