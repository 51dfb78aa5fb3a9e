/* weft-sim-deployment-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-host-private.h"
#include "weft-sim-liars-private.h"
#include "weft-sim-logs-private.h"
#include "weft-sim-scenario-private.h"

G_BEGIN_DECLS

typedef struct _WeftSimDeployment WeftSimDeployment;

/* One way in which nodes work together. */
typedef struct
{
  /* Before a node starts for the first time; NULL when there is nothing to tell it. */
  void     (*configure)      (WeftSimDeployment *self,
                              WeftSimHost       *host);
  /* The node that a client turns to about a key; asked for each message. */
  guint    (*pick_node)      (WeftSimDeployment *self,
                              guint              key,
                              WeftSimPrng       *prng);
  /* Whether one write may change both. */
  gboolean (*may_join)       (WeftSimDeployment *self,
                              guint              key,
                              guint              other);
  /* Which nodes keep the blocks of a key, as far as can be told now; a word for each that is
   * honest. NULL where that does not change. */
  void     (*find_members)   (WeftSimDeployment *self,
                              guint              key,
                              gboolean          *is_member);
  /* How many disks may lose at a time what was durable, without anything getting lost. */
  guint    (*get_losses_max) (WeftSimDeployment *self);
  /* What the nodes have still to come to agree on, in words, or NULL: the logs are read again then
   * while there is time. NULL where nodes need not agree. */
  char    *(*find_unsettled) (WeftSimDeployment *self,
                              const WeftSimLogs *logs);
  /* What can be relied on of what the nodes have in the end (element-type WeftSimSighting). Sets
   * the violation, in words, when they contradict each other. */
  GArray  *(*check_logs)     (WeftSimDeployment *self,
                              const WeftSimLogs *logs,
                              char             **violation);
} WeftSimDeploymentKind;

/* The nodes of a run, and how they work together. */
struct _WeftSimDeployment
{
  const WeftSimDeploymentKind *kind;
  const WeftSimScenario *scenario; /* unowned */
  WeftSimWorld *world;             /* unowned */
  GPtrArray *hosts;                /* (element-type WeftSimHost): those that lie come last */
  guint n_honest;                  /* of the hosts */
  GPtrArray *edges;                /* (element-type WeftSimHost): one for each client, or none */
  GPtrArray *gone;                 /* (element-type WeftSimHost): whose places others took */
  WeftSimLiars *liars;             /* nullable */
  WeftSimForks *forks;             /* what those decide that are honest and keep blocks together */
  WeftSimAtlas *atlas;             /* what may be lost when nobody asked for it by name */
};

/* As the scenario says. The hosts are down. */
WeftSimDeployment *weft_sim_deployment_new        (const WeftSimScenario *scenario,
                                                   WeftSimWorld          *world)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_sim_deployment_free       (WeftSimDeployment     *self);
/* All of them, with what they have. */
void               weft_sim_deployment_start      (WeftSimDeployment     *self);
/* A node is gone for good with its disk, and another one takes its place: of another identity, with
 * nothing, and down. */
WeftSimHost       *weft_sim_deployment_replace    (WeftSimDeployment     *self,
                                                   guint                  node);
gboolean           weft_sim_deployment_is_edge    (WeftSimDeployment     *self,
                                                   WeftSimNode           *node);
/* What all of them counted, also those that are gone. */
GTree             *weft_sim_deployment_tally      (WeftSimDeployment     *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* From now on those lie that do. */
void               weft_sim_deployment_lie        (WeftSimDeployment     *self);
WeftSimHost       *weft_sim_deployment_get_host   (WeftSimDeployment     *self,
                                                   guint                  node);
guint              weft_sim_deployment_pick_node  (WeftSimDeployment     *self,
                                                   guint                  key,
                                                   WeftSimPrng           *prng);
gboolean           weft_sim_deployment_may_join   (WeftSimDeployment     *self,
                                                   guint                  key,
                                                   guint                  other);
char              *weft_sim_deployment_find_unsettled (WeftSimDeployment *self,
                                                   const WeftSimLogs     *logs)
    G_GNUC_WARN_UNUSED_RESULT;
GArray            *weft_sim_deployment_check_logs (WeftSimDeployment     *self,
                                                   const WeftSimLogs     *logs,
                                                   char                 **violation)
    G_GNUC_WARN_UNUSED_RESULT;

/* Stores that know nothing of each other, in weft-sim-separate: each key has one home. */
extern const WeftSimDeploymentKind weft_sim_separate;

/* Nodes that keep blocks together, in weft-sim-together: each is asked about every key. */
extern const WeftSimDeploymentKind weft_sim_together;

guint              weft_sim_separate_get_home     (const WeftSimScenario *scenario,
                                                   guint                  key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimDeployment, weft_sim_deployment_free)

G_END_DECLS
