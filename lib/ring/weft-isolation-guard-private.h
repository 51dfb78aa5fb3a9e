/* weft-isolation-guard-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* May this node decide alone, where nobody else of a cluster is there? Looked at in this order. */
typedef enum
{
  WEFT_ISOLATION_NOT_ALONE, /* the question does not come up */
  WEFT_ISOLATION_OFF,       /* refused: switched off */
  WEFT_ISOLATION_NEW,       /* allowed: nobody was ever seen */
  WEFT_ISOLATION_PARTITION, /* refused: the network seems to be cut */
  WEFT_ISOLATION_SHRUNK,    /* refused: no more than half of what was there */
  WEFT_ISOLATION_GRACE,     /* refused: the last connection ended less than 30 s ago */
  WEFT_ISOLATION_EXTENDED,  /* allowed, with a warning */
} WeftIsolation;

typedef struct
{
  gboolean may_be_alone;      /* the setting */
  gboolean has_seen_others;   /* ever, restarts included */
  gboolean is_partitioned;
  gboolean is_small;          /* by the mark, restarts included */
  guint n_connected;
  gint64 connected_usec;      /* when the last connection ended, monotonic; -1: none in this life */
  gint64 now_usec;
} WeftIsolationFacts;

WeftIsolation weft_isolation_judge   (const WeftIsolationFacts *facts);
gboolean      weft_isolation_allows  (WeftIsolation             self);
/* As "grace", for status and metrics. */
const char   *weft_isolation_to_name (WeftIsolation             self);
/* A sentence for people, with what to do; static. */
const char   *weft_isolation_explain (WeftIsolation             self);

G_END_DECLS
