/* weft-node-pair.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* How two sides of a test reach each other. */
typedef struct
{
  const char *listen; /* where a node serves, any port or number */
  WeftTransport *(*make) (const char   *network,
                          WeftPeerRole  role);
} WeftNodePairKind;

/* A node that serves, and a client with a remote repo for it. */
typedef struct
{
  WeftNode *node;
  WeftTransport *client;
  WeftRemoteRepo *repo;
} WeftNodePair;

extern const WeftNodePairKind weft_node_pair_loopback;

/* The node keeps its blocks in files of a directory, or in memory without one. */
WeftNodePair *weft_node_pair_new   (const WeftNodePairKind *kind,
                                    const char             *directory) G_GNUC_WARN_UNUSED_RESULT;
void          weft_node_pair_free  (WeftNodePair           *self);

/* Starts and stops in one go; what cannot be is a failed test. */
void          weft_test_start_node (WeftNode               *node);
void          weft_test_stop_node  (WeftNode               *node);
/* A GAsyncReadyCallback that keeps the result in a GAsyncResult pointer, and waiting for it. */
void          weft_test_await_cb   (GObject                *object,
                                    GAsyncResult           *result,
                                    gpointer                user_data);
GAsyncResult *weft_test_await      (GAsyncResult          **result);
/* Waits until nobody but the caller holds an object, as closing may take a turn or two. */
void          weft_test_settle     (GObject                *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftNodePair, weft_node_pair_free)

G_END_DECLS
