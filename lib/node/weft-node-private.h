/* weft-node-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-call-stats-private.h"
#include "weft-dialler-private.h"
#include "weft-node.h"
#include "weft-undo-private.h"

G_BEGIN_DECLS

/* The class is in weft-node.c, how to ask for its parts in weft-node-parts.c, its life in
 * weft-node-life.c, what it says about itself in weft-node-status.c. */
struct _WeftNode
{
  GObject parent_instance;

  /* What it is made of. */
  WeftIdentity *identity;
  WeftVerifier *verifier;
  char *network;
  WeftClock *clock;
  WeftRandom *random;
  WeftTransport *transport;
  WeftStorage *storage;
  char **listen;
  char *prefix;
  char *agent;
  WeftStorageRepo *repo; /* NULL without a storage */
  WeftKeyNetwork *key_network; /* NULL for a node that keeps its blocks alone */
  guint cluster_min;
  gboolean moves;
  WeftCoordinatorRepo *coordinator; /* NULL before the start, and without a key network */
  WeftDialler *dialler;  /* NULL unless it runs with a key network */

  /* What it shows. */
  GListStore *peers;          /* WeftPeer */
  GHashTable *peer_numbers;   /* (element-type WeftPeer guint) (unowned): in the order they came */
  guint last_peer_number;
  GQueue recent; /* (element-type WeftCommitNote) (owned), the newest first; until asked */
  GListStore *recent_commits; /* (nullable): WeftCommit, the newest first; once asked */
  WeftCallStats *stats;

  /* Where it is in its life. */
  WeftNodeState state;
  WeftUndo *undo;
  GTask *start_task;          /* NULL when nobody waits for a start */
  GPtrArray *stop_tasks;      /* GTask */
  guint64 alarm_id;           /* 0 when none is set */
  gint64 started_usec;        /* monotonic; 0 before */
  gint64 started_real_usec;
};

void      weft_node_set_state    (WeftNode      *self,
                                  WeftNodeState  state);
void      weft_node_add_commit   (WeftNode      *self,
                                  const char    *collection_id,
                                  char         **block_ids,
                                  const char    *action_id,
                                  gint64         rev);
/* Follows who is connected. */
void      weft_node_take_peers   (WeftNode      *self);
/* Joins the clusters, for a node with a key network, and keeps connections to its peers. */
void      weft_node_take_cluster (WeftNode      *self);
void      weft_node_take_dialler (WeftNode      *self);
/* Who keeps the blocks of a message, {"redirect":{"peers":[…],"reason"}}; NULL when this node does,
 * or when it has to find out for the asker. */
JsonNode *weft_node_make_redirect (WeftNode        *self,
                                   WeftRepoMessage *message) G_GNUC_WARN_UNUSED_RESULT;
/* Joins the ring, for a node whose key network is one; it has to listen already. */
gboolean  weft_node_take_ring    (WeftNode      *self,
                                  GError       **error);
gboolean  weft_node_is_on_ring   (WeftNode      *self);
/* Says goodbye; TRUE while that takes some time yet. */
gboolean  weft_node_leave_ring   (WeftNode      *self);
/* See weft_ring_key_network_get_ring(). */
JsonNode *weft_node_make_ring    (WeftNode      *self,
                                  GError       **error) G_GNUC_WARN_UNUSED_RESULT;
void      weft_node_add_ring     (WeftNode      *self,
                                  JsonBuilder   *builder);
/* Gives everything back at once, without waiting for anybody. */
void      weft_node_abandon      (WeftNode      *self);
/* {"peers":[…]} */
JsonNode *weft_node_make_peers   (WeftNode      *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
