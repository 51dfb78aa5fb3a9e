/* weft-storage-contract.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* The contract of WeftStorage as tests, for whoever writes an implementation: fill a factory and
 * register it between g_test_init() and g_test_run(). */

typedef struct
{
  /* The first part of the paths of the tests: /storage/<name>/... */
  const char *name;
  /* Makes a place for one store, as `data` for the others. */
  gpointer (*set_up) (void);
  void (*tear_down) (gpointer data);
  /* Opens the store there. */
  WeftStorage *(*open) (gpointer data, GError **error);
  /* Whether a store that was closed is still there when it is opened again. */
  gboolean is_durable;
  /* What the message of a second opening names as the owner; NULL for the number of the process. */
  const char *owner;
} WeftStorageFactory;

void         weft_storage_contract_register (const WeftStorageFactory  *factory);

/* For other tests of storages. */

/* Submits, and iterates the thread's default context until it is done. */
gboolean     weft_storage_contract_write    (WeftStorage               *storage,
                                             WeftBatch                 *batch,
                                             GError                   **error);
/* All that can be read of a store, as text. Actions are looked for under the names given. */
char        *weft_storage_contract_dump     (WeftStorage               *storage,
                                             const char * const        *action_ids,
                                             const char * const        *names)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlock   *weft_storage_contract_block    (const char                *block_id,
                                             const char                *text)
    G_GNUC_WARN_UNUSED_RESULT;
WeftPending *weft_storage_contract_pending  (const char                *block_id,
                                             const char                *text)
    G_GNUC_WARN_UNUSED_RESULT;
WeftBlockMetadata *weft_storage_contract_metadata (const char          *action_id,
                                                   gint64               rev)
    G_GNUC_WARN_UNUSED_RESULT;
/* What a commit of a pending action does. */
void         weft_storage_contract_commit   (WeftBatch                 *batch,
                                             const char                *block_id,
                                             const char                *action_id,
                                             gint64                     rev,
                                             const char                *text);

G_END_DECLS
