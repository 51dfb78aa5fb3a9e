/* weft-sim-words.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-tale.h"

G_BEGIN_DECLS

/* A line of a trace as a sentence; NULL for one that there is nothing to say of. */
char   *weft_sim_words_tell      (WeftSimTale           *tale,
                                  const WeftSimTaleLine *line) G_GNUC_WARN_UNUSED_RESULT;
/* When a fault that began is over; never, at the latest. */
gint64  weft_sim_words_find_heal (WeftSimTale           *tale,
                                  const WeftSimTaleLine *fault);
/* "8.250000 s", to be freed. */
char   *weft_sim_words_time      (gint64                 usec) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
