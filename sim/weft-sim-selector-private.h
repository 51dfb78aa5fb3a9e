/* weft-sim-selector-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-place-private.h"
#include "weft-sim-prng.h"

G_BEGIN_DECLS

/* How many nodes a scenario can have; a party keeps them as bits. What a run of nodes on a ring
 * costs grows with their number, and more than this would not be waited for. */
#define WEFT_SIM_NODES_MAX 512
#define WEFT_SIM_PARTY_WORDS (WEFT_SIM_NODES_MAX / 64)
/* From this many on there is a minority. */
#define WEFT_SIM_NODES_FOR_MINORITY 3

typedef enum
{
  WEFT_SIM_PICK_NODE,
  WEFT_SIM_PICK_ANY,
  WEFT_SIM_PICK_EACH,
  WEFT_SIM_PICK_MAJORITY,
  WEFT_SIM_PICK_MINORITY,
  WEFT_SIM_PICK_CLIENT,
  WEFT_SIM_PICK_CLIENTS,
  WEFT_SIM_PICK_ALL,
} WeftSimPick;

/* Whom something is about, as a scenario says it. */
typedef struct
{
  WeftSimPick pick;
  guint index; /* of one node or client */
} WeftSimSelector;

#define WEFT_SIM_PARTY_NO_CLIENT (-1)
#define WEFT_SIM_PARTY_CLIENTS (-2)

/* The same with a seed: who it is. */
typedef struct
{
  guint64 nodes[WEFT_SIM_PARTY_WORDS]; /* a bit for each */
  int client; /* the index of one, or all, or none */
} WeftSimParty;

/* Of a member; `n_clients` is 0 where it can be about nodes only. */
WeftSimSelector weft_sim_selector_read    (const WeftSimPlace    *place,
                                           const char            *name,
                                           guint                  n_nodes,
                                           guint                  n_clients,
                                           WeftSimPick            fallback);
WeftSimParty    weft_sim_selector_draw    (const WeftSimSelector *self,
                                           guint                  n_nodes,
                                           WeftSimPrng           *prng);
void            weft_sim_party_add_node   (WeftSimParty          *self,
                                           guint                  node);
/* The nodes of another one too. */
void            weft_sim_party_add_nodes  (WeftSimParty          *self,
                                           const WeftSimParty    *other);
void            weft_sim_party_add_all    (WeftSimParty          *self,
                                           guint                  n_nodes);
gboolean        weft_sim_party_has_node   (const WeftSimParty    *self,
                                           guint                  node);
gboolean        weft_sim_party_has_client (const WeftSimParty    *self,
                                           guint                  client);

G_END_DECLS
