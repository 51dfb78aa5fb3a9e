/* weft-sim-trace-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-history.h"
#include "weft-sim-scenario.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/* What parts of a world tell its trace, apart from events and notes. While nobody listens, each of
 * these costs one look at a pointer, or a number that is counted. The lines are described in
 * data/docs/trace.md. */

#define WEFT_SIM_TRACE_FORMAT 1

typedef struct _WeftSimTalk WeftSimTalk;

/* A message of a connection, as it is sent. */
typedef struct
{
  guint64 message;
  guint64 connection;
  guint side;        /* 0: of the side that dialled */
  guint from;
  guint to;
  GBytes *bytes;     /* as it was sent; NULL for the end of the connection */
  const char *text;  /* why it ends */
  guint n_losses;    /* how often it had to be sent again */
  gboolean is_corrupted;
  gint64 arrives_usec; /* if nothing holds it up */
} WeftSimTraceMessage;

gboolean      weft_sim_trace_is_on      (WeftSimWorld              *world);
/* A line that says `record`, when, and during which event; to be filled in and ended. */
JsonObject   *weft_sim_trace_begin      (WeftSimWorld              *world,
                                         const char                *record)
    G_GNUC_WARN_UNUSED_RESULT;
/* Takes over the line. */
void          weft_sim_trace_end        (WeftSimWorld              *world,
                                         JsonObject                *line);
/* Writes a line as it is. */
void          weft_sim_trace_write      (WeftSimWorld              *world,
                                         const char                *line);
void          weft_sim_trace_header     (WeftSimWorld              *world,
                                         WeftSimScenario           *scenario);
void          weft_sim_trace_actor      (WeftSimWorld              *world,
                                         guint                      actor);
void          weft_sim_trace_peer       (WeftSimWorld              *world,
                                         guint                      actor,
                                         WeftIdentity              *identity);
/* The last line of a run: its verdict, and a checksum of all lines before. */
void          weft_sim_trace_verdict    (WeftSimWorld              *world,
                                         const char                *verdict,
                                         gboolean                   is_as_expected,
                                         const char                *reason);
void          weft_sim_trace_checkpoint (WeftSimWorld              *world);
/* Makes what is known of the talk on a connection when there is none yet. */
void          weft_sim_trace_send       (WeftSimWorld              *world,
                                         WeftSimTalk              **talk,
                                         const WeftSimTraceMessage *message);
/* `record` is `receive`, `stall` or `lose`; `why` is only said of what is lost. */
void          weft_sim_trace_message    (WeftSimWorld              *world,
                                         const char                *record,
                                         guint64                    message,
                                         const char                *why);
/* A connection is asked for: `what` became of that. */
void          weft_sim_trace_dial       (WeftSimWorld              *world,
                                         guint                      from,
                                         guint                      to,
                                         const char                *what);
/* The number of an operation that a client begins, within another one or 0. */
guint64       weft_sim_trace_operation  (WeftSimWorld              *world,
                                         guint                      actor,
                                         const char                *kind,
                                         guint64                    within);
/* The same of a message to a repo. */
guint64       weft_sim_trace_ask        (WeftSimWorld              *world,
                                         guint                      actor,
                                         WeftRepoMessage           *message,
                                         guint64                    within);
void          weft_sim_trace_done       (WeftSimWorld              *world,
                                         guint64                    operation,
                                         WeftRepoReply             *reply,
                                         const GError              *error);
/* Tells of violations that were found since it was last asked. */
void          weft_sim_trace_violations (WeftSimWorld              *world,
                                         WeftSimHistory            *history,
                                         guint64                    operation);

G_END_DECLS
