/* weft-call-stats-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weft-error.h"

G_BEGIN_DECLS

/* What a request asked for, as far as it could be told. */
typedef enum
{
  WEFT_CALL_GET,
  WEFT_CALL_PEND,
  WEFT_CALL_CANCEL,
  WEFT_CALL_COMMIT,
  WEFT_CALL_PUT,
  WEFT_CALL_ARCHIVE,
  WEFT_CALL_RESTORE,
  WEFT_CALL_CONTENT,
  WEFT_CALL_LIST,
  WEFT_CALL_VOUCH,
  WEFT_CALL_CLUSTER,
  WEFT_CALL_STATUS,
  WEFT_CALL_PEERS,
  WEFT_CALL_EXPLAIN,
  WEFT_CALL_RING,
  WEFT_CALL_OTHER,
} WeftCallKind;

#define WEFT_CALL_KINDS (WEFT_CALL_OTHER + 1)
#define WEFT_CALL_CODES (WEFT_ERROR_MISSING_BASE + 1)

/* What one node was asked and how it answered, and how many requests it still owes an answer.
 * Shared by the node and its calls, because an answer may come after the node is gone. */
typedef struct _WeftCallStats WeftCallStats;

typedef void (*WeftCallIdleFunc) (gpointer user_data);

WeftCallStats *weft_call_stats_new         (void) G_GNUC_WARN_UNUSED_RESULT;
WeftCallStats *weft_call_stats_ref         (WeftCallStats    *self);
void           weft_call_stats_unref       (WeftCallStats    *self);
void           weft_call_stats_begin       (WeftCallStats    *self);
void           weft_call_stats_end         (WeftCallStats    *self,
                                            WeftCallKind      kind,
                                            const GError     *error);
void           weft_call_stats_drop        (WeftCallStats    *self);
guint          weft_call_stats_get_open    (WeftCallStats    *self);
/* Calls `idle` whenever the last open call ends; NULL for nobody. */
void           weft_call_stats_watch_idle  (WeftCallStats    *self,
                                            WeftCallIdleFunc  idle,
                                            gpointer          user_data);
/* {"served":{kind:n…},"errors":{code:n…},"open":n,"dropped":n} */
JsonNode      *weft_call_stats_to_json     (WeftCallStats    *self) G_GNUC_WARN_UNUSED_RESULT;
const char    *weft_call_kind_to_name      (WeftCallKind      kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftCallStats, weft_call_stats_unref)

G_END_DECLS
