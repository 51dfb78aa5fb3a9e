/* weft-sim-summary-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-trace-private.h"

G_BEGIN_DECLS

/* What was asked on a connection and not yet answered: only so can it be said what a reply is
 * about. */
WeftSimTalk *weft_sim_talk_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void         weft_sim_talk_free      (WeftSimTalk  *self);
/* Says in `line` what a message is about: its envelope, service, verb, blocks, action, revision and
 * result as far as it has them, and `about`, the same in words. */
void         weft_sim_talk_summarize (WeftSimTalk  *self,
                                      guint         side,
                                      GBytes       *message,
                                      JsonObject   *line);
/* The same for a question to a repo and its answer, which need not have been a message. */
void         weft_sim_summarize_ask  (JsonNode     *body,
                                      JsonObject   *line);
void         weft_sim_summarize_answer (const char *verb,
                                        JsonNode   *body,
                                        JsonObject *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimTalk, weft_sim_talk_free)

G_END_DECLS
