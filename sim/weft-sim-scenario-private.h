/* weft-sim-scenario-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-churn-options-private.h"
#include "weft-sim-delay.h"
#include "weft-sim-fault-private.h"
#include "weft-sim-liars-private.h"
#include "weft-sim-scenario.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_SIM_WORK_READ,
  WEFT_SIM_WORK_PUT,
  WEFT_SIM_WORK_DELETE,
  WEFT_SIM_WORK_RAW,
  WEFT_SIM_WORK_PAST, /* read an old revision */
} WeftSimWork;

#define WEFT_SIM_N_WORKS (WEFT_SIM_WORK_PAST + 1)

/* One more than there are, NULL. */
extern const char * const weft_sim_work_names[];

#define WEFT_SIM_CLIENTS_MAX 1000
/* What one get may ask for. */
#define WEFT_SIM_KEYS_MAX 256
#define WEFT_SIM_BLOCKS_MAX 16
#define WEFT_SIM_VALUE_BYTES_MAX (64 * 1024)
#define WEFT_SIM_RATE_MAX 10000
#define WEFT_SIM_FAULTS_MAX 1000
#define WEFT_SIM_CHURN_MAX 16

/* What the clients do. */
typedef struct
{
  guint n_clients;
  guint n_keys;
  guint blocks_max;   /* in one write */
  guint value_bytes;
  guint n_attempts;   /* of one put, pend or commit by hand */
  double rate;        /* operations a second of one client */
  double duplicates;  /* the chance that a change by hand is sent twice */
  double blind;       /* and that it is a put on whatever is the latest, whatever else is drawn */
  gboolean has_promises; /* what is pending stays so: no clock is wrong, no disk loses anything */
  gint64 timeout_usec;
  double mix[WEFT_SIM_N_WORKS];
} WeftSimWorkloadOptions;

/* Where blocks are when nodes know nothing of each other. */
typedef enum
{
  WEFT_SIM_PLACEMENT_IN_TURN,
  WEFT_SIM_PLACEMENT_HASHED,
} WeftSimPlacement;

/* What each seed draws for itself, and from between what. What is not drawn is as the scenario says
 * otherwise. */
typedef struct
{
  gboolean is_there;
  gboolean is_kind[WEFT_SIM_N_FAULT_KINDS];
  guint n_min;
  guint n_max;
  WeftSimSpan nodes;
  WeftSimSpan clients;
  WeftSimSpan keys;
  WeftSimSpan blocks;
  WeftSimSpan bytes;
  WeftSimSpan timeout_usec;
  WeftSimRange rate;
  gboolean is_mix_drawn;
  WeftSimSpan delay_usec; /* of links; 0 when it is not drawn */
  WeftSimSpan bandwidth;
  WeftSimRange loss;
  WeftSimSpan sync_usec;  /* of disks; 0 when it is not drawn */
} WeftSimSwarmOptions;

struct _WeftSimScenario
{
  GObject parent_instance;

  JsonNode *json; /* sealed */
  char *name;
  char *summary;
  gboolean expects_violation;
  guint n_nodes;
  WeftSimPlacement placement;
  gboolean is_cluster; /* whether nodes keep blocks together */
  guint replication;   /* how many of them keep each, 0 for all */
  guint cluster_min;
  gboolean is_ring;    /* whether they find each other */
  gboolean has_edges;  /* whether each client has a node of its own that keeps nothing */
  guint n_liars;       /* of the nodes, the last ones */
  WeftSimLie lie;
  gint64 duration_usec;
  gint64 settle_usec;  /* before clients work and anything happens */
  gint64 heal_usec;
  WeftSimDelay link;
  gint64 bandwidth; /* bytes a second, 0 for no limit */
  guint64 queue_bytes; /* that wait for a narrow link, 0 for any amount */
  double loss;
  WeftSimDelay sync;
  gboolean has_signatures; /* otherwise the seed decides */
  WeftSimSignatures signatures;
  double buggify; /* how likely something rare happens at a point of the library */
  WeftSimWorkloadOptions workload;
  GArray *timeline; /* (element-type WeftSimFault) */
  GArray *churn;    /* (element-type WeftSimChurnOptions) */
  WeftSimSwarmOptions swarm;
};

/* As the values of WeftSimSignatures are numbered. */
extern const char * const weft_sim_signatures_names[];

/* What the scenario comes to with a seed: the same, or another one in which nothing is left to be
 * drawn but when what breaks. */
WeftSimScenario *weft_sim_scenario_draw (WeftSimScenario *self,
                                         WeftSimPrng     *prng) G_GNUC_WARN_UNUSED_RESULT;
/* In weft-sim-swarm-read; the workload has been read. */
void weft_sim_swarm_read    (WeftSimScenario    *self,
                             const WeftSimPlace *place);
void weft_sim_scenario_read (WeftSimScenario    *self,
                             const WeftSimPlace *place);

G_END_DECLS
