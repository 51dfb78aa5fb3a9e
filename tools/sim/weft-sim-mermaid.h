/* weft-sim-mermaid.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-html.h"

G_BEGIN_DECLS

/* A Mermaid sequence diagram of a tale, of a bounded number of messages; what was left out is said
 * in it. */
char *weft_sim_mermaid_format (WeftSimTale         *tale,
                               const WeftSimExtent *extent) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
