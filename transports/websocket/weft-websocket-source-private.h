/* weft-websocket-source-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a stream over another one knows of waiting. */
typedef struct
{
  /* Whether to look at once, whatever the base says. */
  gboolean (*is_ready) (gpointer stream);
  /* (nullable): called before the callback */
  void (*start_turn) (gpointer stream);
  /* (nullable): called after it */
  void (*end_turn) (gpointer stream);
} WeftWebsocketSourceFuncs;

/* Takes a GPollableSourceFunc, or a closure, that is called when @stream is ready by itself or its
 * @base is for @condition. Without a @base it only waits for the first. */
GSource *weft_websocket_source_new (GObject                        *stream,
                                    const WeftWebsocketSourceFuncs *funcs,
                                    GObject                        *base,
                                    GIOCondition                    condition,
                                    GCancellable                   *cancellable)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
