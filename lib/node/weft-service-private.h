/* weft-service-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-call-private.h"
#include "weft-node.h"

G_BEGIN_DECLS

/* What a node answers under one protocol, `PREFIX/NAME/1.0.0`. A service keeps no state of its own:
 * it reads a call, asks the node's parts, and ends the call. */
typedef struct
{
  const char *name;
  void (*serve) (WeftNode *node,
                 WeftCall *call);
} WeftService;

extern const WeftService weft_cluster_service;
extern const WeftService weft_repo_service;
extern const WeftService weft_sync_service;
extern const WeftService weft_node_service;
extern const WeftService weft_ring_service;

G_END_DECLS
