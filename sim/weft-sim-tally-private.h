/* weft-sim-tally-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-node.h"

G_BEGIN_DECLS

/* What nodes counted while they agreed with others: a program that ends takes its counters along.
 * (element-type utf8 guint64) */
GTree *weft_sim_tally_new    (void) G_GNUC_WARN_UNUSED_RESULT;
/* Adds what the node counted in this life; nothing while it is down. */
void   weft_sim_tally_take   (GTree       *self,
                              WeftSimNode *node);
void   weft_sim_tally_add    (GTree       *self,
                              GTree       *other);
/* An object, a value of which the name was set. */
void   weft_sim_tally_report (GTree       *self,
                              JsonBuilder *builder);

G_END_DECLS
