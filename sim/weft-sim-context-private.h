/* weft-sim-context-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A reference to the context that is this thread's default. */
GMainContext *weft_sim_context_get_default (void) G_GNUC_WARN_UNUSED_RESULT;
GMainContext *weft_sim_context_ref         (GMainContext *context) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_context_unref       (GMainContext *context);
/* From here to weft_sim_context_leave(), which is given what this returns, the context is this
 * thread's and waits for nothing outside. */
GPollFunc     weft_sim_context_enter       (GMainContext *context) G_GNUC_WARN_UNUSED_RESULT;
/* Runs a main context until nothing in it is ready. */
void          weft_sim_context_settle      (GMainContext *context);
void          weft_sim_context_leave       (GMainContext *context,
                                            GPollFunc     poll_func);

G_END_DECLS
