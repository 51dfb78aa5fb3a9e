/* weft-sim-client-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-clock.h"
#include "weft-sim-deployment-private.h"
#include "weft-sim-history.h"
#include "weft-sim-names-private.h"
#include "weft-sim-scenario-private.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

typedef struct _WeftSimClient WeftSimClient;

/* Called once when an operation is over; the error is NULL when it did what it should. */
typedef void (*WeftSimClientDoneFunc) (WeftSimClient *client,
                                       const GError  *error,
                                       gpointer       user_data);

/* Somebody who works with nodes from afar, one thing at a time. */
struct _WeftSimClient
{
  guint index;
  guint actor;
  const WeftSimWorkloadOptions *options;
  WeftSimWorld *world;
  WeftSimPrng *prng;       /* of the world */
  WeftSimClock *clock;
  WeftRandom *random;
  WeftTransport *transport;
  WeftSimDeployment *deployment; /* unowned */
  GPtrArray *remotes;      /* (element-type WeftRemoteRepo), the ways to all nodes */
  WeftRepo *repo;          /* records what goes through it */
  WeftWriter *writer;
  guint64 n_values;        /* written, so that each is another one */
  GPtrArray *written;      /* (element-type WeftBlock) (nullable): by the put that is under way */

  WeftSimWork work;           /* of the mix, the last that it began */
  guint key;                  /* and the first key of it */
  gint64 begun_usec;
  WeftSimClientDoneFunc done; /* NULL while it is idle */
  guint64 operation;          /* what it does, as the trace numbers it; 0 while it is idle */
  gpointer user_data;
};

WeftSimClient *weft_sim_client_new         (guint                         index,
                                            const WeftSimWorkloadOptions *options,
                                            WeftSimWorld                 *world,
                                            WeftSimDeployment            *deployment,
                                            WeftSimHistory               *history,
                                            WeftSimNames                 *names)
    G_GNUC_WARN_UNUSED_RESULT;
void           weft_sim_client_free        (WeftSimClient                *self);
/* Ends what it waits for: when events have happened, it is idle. */
void           weft_sim_client_close       (WeftSimClient                *self);
/* Keys one after the other; after the last comes the first. */
void           weft_sim_client_read        (WeftSimClient                *self,
                                            guint                         first,
                                            guint                         n_keys,
                                            WeftSimClientDoneFunc         done,
                                            gpointer                      user_data);
void           weft_sim_client_put         (WeftSimClient                *self,
                                            guint                         key,
                                            WeftSimClientDoneFunc         done,
                                            gpointer                      user_data);
/* Something of the mix, drawn. */
void           weft_sim_client_work        (WeftSimClient                *self,
                                            WeftSimClientDoneFunc         done,
                                            gpointer                      user_data);
/* For the operations. */
void           weft_sim_client_end         (WeftSimClient                *self,
                                            const GError                 *error);
/* Why a block of an answer cannot be shown, or NULL when all can. */
GError        *weft_sim_client_find_unavailable (WeftRepoReply               *reply)
    G_GNUC_WARN_UNUSED_RESULT;
char          *weft_sim_client_name_block  (guint                         key)
    G_GNUC_WARN_UNUSED_RESULT;
/* The key of a block that was named so. */
guint          weft_sim_client_parse_block (const char                   *block_id);
JsonNode      *weft_sim_client_draw_value  (WeftSimClient                *self)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlock     *weft_sim_client_make_block  (WeftSimClient                *self,
                                            guint                         key)
    G_GNUC_WARN_UNUSED_RESULT;
/* Pends and commits one block by hand, in weft-sim-raw-write. */
void           weft_sim_client_write_raw   (WeftSimClient                *self,
                                            guint                         key);

G_END_DECLS
