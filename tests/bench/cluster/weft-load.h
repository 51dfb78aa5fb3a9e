/* weft-load.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-websocket.h>

#include "load.h"

G_BEGIN_DECLS

/* Callers of a cluster of Weft, over one connection to each node. */
typedef struct _WeftLoad WeftLoad;

WeftLoad *weft_load_new         (const guint16 *ports,
                                 char         **ids,
                                 guint          n_nodes,
                                 guint          n_callers,
                                 gsize          block_bytes) G_GNUC_WARN_UNUSED_RESULT;
void      weft_load_free        (WeftLoad      *self);
/* LoadFuncs: each caller pends and commits a change of its own block, in two requests; puts it, in
 * one; all write the same block, each by its writer, which reads and puts; each reads its own
 * block. */
void      weft_load_commit      (Load          *load,
                                 guint          caller,
                                 gpointer       data);
void      weft_load_put         (Load          *load,
                                 guint          caller,
                                 gpointer       data);
void      weft_load_write_hot   (Load          *load,
                                 guint          caller,
                                 gpointer       data);
void      weft_load_read_own    (Load          *load,
                                 guint          caller,
                                 gpointer       data);
/* Whether each caller makes a new block each time, instead of changing its own. */
void      weft_load_set_fresh   (WeftLoad      *self,
                                 gboolean       is_fresh);
/* Whether puts name no base, and so follow whatever is the latest; otherwise that which the caller
 * knows, and who is told of another tries again. */
void      weft_load_set_blind   (WeftLoad      *self,
                                 gboolean       is_blind);
/* Whether puts are all of one block, which somebody has written before. */
void      weft_load_set_hot     (WeftLoad      *self,
                                 gboolean       is_hot);
/* From now on each caller has a writer of its own, so that they know nothing of each other. */
void      weft_load_set_apart   (WeftLoad      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftLoad, weft_load_free)

G_END_DECLS
