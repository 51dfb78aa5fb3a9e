/* weft-sim-liars-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-host-private.h"
#include "weft-sim-twins.h"

G_BEGIN_DECLS

/* How nodes are not honest, as the names in scenarios are numbered. */
typedef enum
{
  WEFT_SIM_LIE_TWINS,    /* two with one identity, who know nothing of each other */
  WEFT_SIM_LIE_MEDDLING, /* what it sends is withheld, replayed, truncated and forged */
} WeftSimLie;

extern const char * const weft_sim_lie_names[];

/* The nodes of a run that are not honest, until the end. */
typedef struct _WeftSimLiars WeftSimLiars;

WeftSimLiars *weft_sim_liars_new      (WeftSimWorld *world,
                                       WeftSimLie    lie) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_liars_free     (WeftSimLiars *self);
/* Makes one of them. Where there are two of it, it is the first. */
WeftSimHost  *weft_sim_liars_add_host (WeftSimLiars *self,
                                       guint         index) G_GNUC_WARN_UNUSED_RESULT;
/* The second ones: they start with all others (element-type WeftSimHost). */
GPtrArray    *weft_sim_liars_get_others (WeftSimLiars *self);
/* From now on they lie, to whom is anybody's guess. */
void          weft_sim_liars_start    (WeftSimLiars *self,
                                       const guint  *actors,
                                       guint         n_actors);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimLiars, weft_sim_liars_free)

G_END_DECLS
