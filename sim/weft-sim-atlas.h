/* weft-sim-atlas.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_ATLAS (weft_sim_atlas_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimAtlas, weft_sim_atlas, WEFT, SIM_ATLAS, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimAtlas *weft_sim_atlas_new          (guint         disks_max) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_atlas_claim_block  (WeftSimAtlas *self,
                                           guint         disk,
                                           const char   *block_id);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_atlas_claim_disk   (WeftSimAtlas *self,
                                           guint         disk);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_atlas_heal         (WeftSimAtlas *self,
                                           guint         disk);

G_END_DECLS
