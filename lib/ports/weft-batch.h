/* weft-batch.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-block-metadata.h"
#include "weft-block.h"
#include "weft-pending.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftBatchKind:
 * @WEFT_BATCH_PUT_METADATA: block_id, json (a [struct@Weft.BlockMetadata])
 * @WEFT_BATCH_PUT_REVISION: block_id, rev, key (the action id)
 * @WEFT_BATCH_PUT_PENDING: block_id, key (the action id), json (a [struct@Weft.Pending])
 * @WEFT_BATCH_DELETE_PENDING: block_id, key (the action id); an absent one is fine
 * @WEFT_BATCH_PROMOTE_PENDING: block_id, key (the action id); pending becomes the committed action
 * @WEFT_BATCH_PUT_ACTION: block_id, key (the action id), json (a [struct@Weft.Pending])
 * @WEFT_BATCH_PUT_MATERIALIZED: block_id, key (the action id), json (a [struct@Weft.Block])
 * @WEFT_BATCH_DELETE_MATERIALIZED: block_id, key (the action id); an absent one is fine
 * @WEFT_BATCH_PUT_RECORD: key holds the message hash, json, is_resolved
 * @WEFT_BATCH_DELETE_RECORD: key holds the message hash; an absent one is fine
 * @WEFT_BATCH_PUT_VALUE: key holds the name, json
 *
 * What one step of a [struct@Weft.Batch] does, and which members of
 * [struct@Weft.BatchOperation] it uses.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_BATCH_PUT_METADATA,
  WEFT_BATCH_PUT_REVISION,
  WEFT_BATCH_PUT_PENDING,
  WEFT_BATCH_DELETE_PENDING,
  WEFT_BATCH_PROMOTE_PENDING,
  WEFT_BATCH_PUT_ACTION,
  WEFT_BATCH_PUT_MATERIALIZED,
  WEFT_BATCH_DELETE_MATERIALIZED,
  WEFT_BATCH_PUT_RECORD,
  WEFT_BATCH_DELETE_RECORD,
  WEFT_BATCH_PUT_VALUE,
} WeftBatchKind;

/**
 * WeftBatchOperation:
 * @kind: what to do
 * @block_id: (nullable): the block, for all but records and values
 * @key: (nullable): an action id, a message hash or a name
 * @rev: a revision, or zero
 * @is_resolved: whether a record is resolved
 * @json: (nullable): the value, immutable
 *
 * One step of a [struct@Weft.Batch], for implementations of [iface@Weft.Storage].
 *
 * Since: 0.1
 */
typedef struct
{
  WeftBatchKind kind;
  const char *block_id;
  const char *key;
  gint64 rev;
  gboolean is_resolved;
  JsonNode *json;
} WeftBatchOperation;

#define WEFT_TYPE_BATCH (weft_batch_get_type ())

/**
 * WeftBatch:
 *
 * Changes to a [iface@Weft.Storage] that happen all together or not at all.
 *
 * A batch is filled by one owner, then submitted; from then on it is immutable.
 *
 * Since: 0.1
 */
typedef struct _WeftBatch WeftBatch;

WEFT_AVAILABLE_IN_ALL
GType                     weft_batch_get_type            (void);
WEFT_AVAILABLE_IN_ALL
WeftBatch                *weft_batch_new                 (void) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBatch                *weft_batch_ref                 (WeftBatch         *self);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_unref               (WeftBatch         *self);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_metadata        (WeftBatch         *self,
                                                          const char        *block_id,
                                                          WeftBlockMetadata *metadata);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_revision        (WeftBatch         *self,
                                                          const char        *block_id,
                                                          gint64             rev,
                                                          const char        *action_id);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_pending         (WeftBatch         *self,
                                                          const char        *block_id,
                                                          const char        *action_id,
                                                          WeftPending       *pending);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_delete_pending      (WeftBatch         *self,
                                                          const char        *block_id,
                                                          const char        *action_id);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_promote_pending     (WeftBatch         *self,
                                                          const char        *block_id,
                                                          const char        *action_id);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_action          (WeftBatch         *self,
                                                          const char        *block_id,
                                                          const char        *action_id,
                                                          WeftPending       *action);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_materialized    (WeftBatch         *self,
                                                          const char        *block_id,
                                                          const char        *action_id,
                                                          WeftBlock         *block);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_delete_materialized (WeftBatch         *self,
                                                          const char        *block_id,
                                                          const char        *action_id);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_record          (WeftBatch         *self,
                                                          const char        *message_hash,
                                                          JsonNode          *record,
                                                          gboolean           is_resolved);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_delete_record       (WeftBatch         *self,
                                                          const char        *message_hash);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_put_value           (WeftBatch         *self,
                                                          const char        *name,
                                                          JsonNode          *value);
WEFT_AVAILABLE_IN_ALL
guint                     weft_batch_get_n_operations    (WeftBatch         *self);
WEFT_AVAILABLE_IN_ALL
const WeftBatchOperation *weft_batch_get_operation       (WeftBatch         *self,
                                                          guint              index);
WEFT_AVAILABLE_IN_ALL
const WeftBatchOperation *weft_batch_get_step            (WeftBatch         *self,
                                                          guint              index);
WEFT_AVAILABLE_IN_ALL
gboolean                  weft_batch_append_text         (WeftBatch         *self,
                                                          guint              index,
                                                          GString           *text);
WEFT_AVAILABLE_IN_ALL
void                      weft_batch_freeze              (WeftBatch         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBatch, weft_batch_unref)

G_END_DECLS
