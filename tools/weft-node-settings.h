/* weft-node-settings.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

#include "weft-log.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_NODE_PROFILE_CORE, /* keeps blocks */
  WEFT_NODE_PROFILE_EDGE, /* asks those that do */
} WeftNodeProfile;

typedef enum
{
  WEFT_NODE_STORAGE_FILE,
  WEFT_NODE_STORAGE_MEMORY,
} WeftNodeStorage;

/* What a node can be told, by its configuration file and by its command line alike. */
typedef struct
{
  char *network;
  char *prefix;
  char **listen; /* multiaddrs or HOST:PORT, each checked */
  gboolean is_tls;
  WeftNodeStorage storage;
  WeftLogLevel log_level;
  char **peers;      /* multiaddrs with peer ids, each checked; empty for a node on its own */
  guint replication; /* 0 for all */
  guint cluster_min;
  gboolean is_cluster; /* whether the node keeps its blocks with others */
  gboolean is_ring;    /* whether it was told something that is of a ring */
  WeftNodeProfile profile;
  char **bootstrap; /* multiaddrs or HOST:PORT, each checked */
  char **announce;  /* likewise */
  gboolean is_lan;        /* whether it finds others on the local network */
  gboolean is_staying;    /* blocks do not move to others */
  gboolean is_forgetting; /* whoever is missing; said each time, never kept in a file */
} WeftNodeSettings;

/* Whether it can be the name of a network. */
gboolean           weft_node_settings_check_network   (const char       *value,
                                                       GError          **error);
WeftNodeSettings  *weft_node_settings_new             (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_node_settings_free            (WeftNodeSettings *self);
const char *const *weft_node_settings_list_names      (void);
gboolean           weft_node_settings_set             (WeftNodeSettings *self,
                                                       const char       *name,
                                                       const char       *value,
                                                       GError          **error);
/* WeftMultiaddr elements */
GPtrArray         *weft_node_settings_list_addresses  (WeftNodeSettings *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* WeftClusterPeer elements, each peer once */
GPtrArray         *weft_node_settings_list_peers      (WeftNodeSettings *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Multiaddrs as text. */
char             **weft_node_settings_list_bootstrap  (WeftNodeSettings *self)
    G_GNUC_WARN_UNUSED_RESULT;
char             **weft_node_settings_list_announce   (WeftNodeSettings *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether it finds those others by itself. */
gboolean           weft_node_settings_is_ring         (WeftNodeSettings *self);
/* How many nodes keep a block, or 0 for all. */
guint              weft_node_settings_get_replication (WeftNodeSettings *self);
/* Whether all of it can be meant at once; to be asked when everything is set. */
gboolean           weft_node_settings_check           (WeftNodeSettings *self,
                                                       GError          **error);
const char        *weft_node_settings_get_storage     (WeftNodeSettings *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftNodeSettings, weft_node_settings_free)

G_END_DECLS
