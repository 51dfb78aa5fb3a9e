/* weft-sim-prng.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_PRNG (weft_sim_prng_get_type ())

typedef struct _WeftSimPrng WeftSimPrng;

WEFT_AVAILABLE_IN_ALL
GType        weft_sim_prng_get_type   (void);
WEFT_AVAILABLE_IN_ALL
WeftSimPrng *weft_sim_prng_new        (guint64      seed,
                                       const char  *name) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftSimPrng *weft_sim_prng_copy       (WeftSimPrng *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void         weft_sim_prng_free       (WeftSimPrng *self);
WEFT_AVAILABLE_IN_ALL
guint64      weft_sim_prng_next       (WeftSimPrng *self);
WEFT_AVAILABLE_IN_ALL
guint64      weft_sim_prng_below      (WeftSimPrng *self,
                                       guint64      bound);
WEFT_AVAILABLE_IN_ALL
gint64       weft_sim_prng_range      (WeftSimPrng *self,
                                       gint64       low,
                                       gint64       high);
WEFT_AVAILABLE_IN_ALL
double       weft_sim_prng_unit       (WeftSimPrng *self);
WEFT_AVAILABLE_IN_ALL
gboolean     weft_sim_prng_chance     (WeftSimPrng *self,
                                       double       probability);
WEFT_AVAILABLE_IN_ALL
void         weft_sim_prng_fill       (WeftSimPrng *self,
                                       guint8      *data,
                                       gsize        length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimPrng, weft_sim_prng_free)

G_END_DECLS
