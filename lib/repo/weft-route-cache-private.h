/* weft-route-cache-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-remote-route-private.h"

G_BEGIN_DECLS

/* Which peer turned out to coordinate a block, by the block's ring key. It holds a limited
 * number, and forgets first what was not used for longest. */
typedef struct _WeftRouteCache WeftRouteCache;

WeftRouteCache  *weft_route_cache_new    (guint            entries_max) G_GNUC_WARN_UNUSED_RESULT;
void             weft_route_cache_free   (WeftRouteCache  *self);
WeftRemoteRoute *weft_route_cache_lookup (WeftRouteCache  *self,
                                          const char      *block_id);
void             weft_route_cache_insert (WeftRouteCache  *self,
                                          const char      *block_id,
                                          WeftRemoteRoute *route);
void             weft_route_cache_remove (WeftRouteCache  *self,
                                          const char      *block_id);
guint            weft_route_cache_count  (WeftRouteCache  *self);

G_END_DECLS
