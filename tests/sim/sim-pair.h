/* sim-pair.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

#define ECHO "/test/echo/1.0.0"

/* Two connected transports in a world; the second answers with what it was asked. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimNetwork *network;
  guint hosts[2];
  WeftTransport *transports[2];
  WeftPeerId *ids[2];
  guint n_requests; /* that reached the second */
  guint n_went[2];
  guint n_waiting;  /* for answers and dials */
  guint n_answered;
  guint n_failed;
  gint64 answered_usec; /* the last answer, in the time of the world */
  char *answer;         /* the last, as JSON */
  GError *error;        /* the last failure */
} SimPair;

/* Unconnected; the link can still be set. */
SimPair *sim_pair_new     (guint64 seed);
void     sim_pair_free    (SimPair *self);
void     sim_pair_connect (SimPair *self);
/* A request with a body of about that size; 0 for the usual time-out. */
void     sim_pair_ask     (SimPair *self,
                           gsize    n_bytes,
                           gint64   timeout_usec);
/* Until nothing is waited for; the test fails when that takes an hour of the world. */
void     sim_pair_wait    (SimPair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPair, sim_pair_free)

G_END_DECLS
