/* weft-storage.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-batch.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_STORAGE (weft_storage_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftStorage, weft_storage, WEFT, STORAGE, GObject)

/**
 * WeftBatchDoneFunc:
 * @storage: the storage
 * @error: (nullable): why nothing of the batch was stored, or %NULL when it is durable
 * @user_data: what was given to [method@Weft.Storage.submit]
 *
 * Called once for each submitted batch, in the order of submission, and never from within
 * [method@Weft.Storage.submit].
 *
 * Since: 0.1
 */
typedef void (*WeftBatchDoneFunc) (WeftStorage  *storage,
                                   const GError *error,
                                   gpointer      user_data);

/**
 * WeftStorageInterface:
 *
 * The virtual function table for [iface@Weft.Storage]; each function is described at the
 * method of its name.
 *
 * Since: 0.1
 */
struct _WeftStorageInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  WeftBlockMetadata *(*read_metadata) (WeftStorage *self,
                                       const char *block_id,
                                       GError **error);
  char *(*read_revision) (WeftStorage *self,
                          const char *block_id,
                          gint64 rev,
                          GError **error);
  GPtrArray *(*list_revisions) (WeftStorage *self,
                                const char *block_id,
                                gint64 from,
                                gint64 to,
                                guint max,
                                GError **error);
  WeftPending *(*read_pending) (WeftStorage *self,
                                const char *block_id,
                                const char *action_id,
                                GError **error);
  char **(*list_pendings) (WeftStorage *self,
                           const char *block_id,
                           GError **error);
  WeftPending *(*read_action) (WeftStorage *self,
                               const char *block_id,
                               const char *action_id,
                               GError **error);
  WeftBlock *(*read_materialized) (WeftStorage *self,
                                   const char *block_id,
                                   const char *action_id,
                                   GError **error);
  char **(*list_blocks) (WeftStorage *self,
                         const char *after,
                         guint max,
                         GError **error);
  JsonNode *(*read_record) (WeftStorage *self,
                            const char *message_hash,
                            GError **error);
  GPtrArray *(*list_unresolved_records) (WeftStorage *self,
                                         GError **error);
  JsonNode *(*read_value) (WeftStorage *self,
                           const char *name,
                           GError **error);
  gboolean (*get_usage) (WeftStorage *self,
                         guint64 *bytes_used,
                         guint64 *bytes_available,
                         GError **error);
  void (*submit) (WeftStorage *self,
                  WeftBatch *batch,
                  WeftBatchDoneFunc done,
                  gpointer user_data);
  gboolean (*close) (WeftStorage *self,
                     GError **error);
  char *(*read_record_text) (WeftStorage *self,
                             const char *message_hash,
                             GError **error);

  /*< private >*/
  gpointer read_record_tape; /* of the storages of this library */
  gpointer padding[6];
};

WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_storage_read_metadata           (WeftStorage        *self,
                                                         const char         *block_id,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_storage_read_revision           (WeftStorage        *self,
                                                         const char         *block_id,
                                                         gint64              rev,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
GPtrArray         *weft_storage_list_revisions          (WeftStorage        *self,
                                                         const char         *block_id,
                                                         gint64              from,
                                                         gint64              to,
                                                         guint               max,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPending       *weft_storage_read_pending            (WeftStorage        *self,
                                                         const char         *block_id,
                                                         const char         *action_id,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char             **weft_storage_list_pendings           (WeftStorage        *self,
                                                         const char         *block_id,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPending       *weft_storage_read_action             (WeftStorage        *self,
                                                         const char         *block_id,
                                                         const char         *action_id,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlock         *weft_storage_read_materialized       (WeftStorage        *self,
                                                         const char         *block_id,
                                                         const char         *action_id,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char             **weft_storage_list_blocks             (WeftStorage        *self,
                                                         const char         *after,
                                                         guint               max,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_storage_read_record             (WeftStorage        *self,
                                                         const char         *message_hash,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_storage_read_record_text        (WeftStorage        *self,
                                                         const char         *message_hash,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
GPtrArray         *weft_storage_list_unresolved_records (WeftStorage        *self,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_storage_read_value              (WeftStorage        *self,
                                                         const char         *name,
                                                         GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_storage_get_usage               (WeftStorage        *self,
                                                         guint64            *bytes_used,
                                                         guint64            *bytes_available,
                                                         GError            **error);
WEFT_AVAILABLE_IN_ALL
void               weft_storage_submit                  (WeftStorage        *self,
                                                         WeftBatch          *batch,
                                                         WeftBatchDoneFunc   done,
                                                         gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
gboolean           weft_storage_close                   (WeftStorage        *self,
                                                         GError            **error);
WEFT_AVAILABLE_IN_ALL
void               weft_storage_submit_async            (WeftStorage        *self,
                                                         WeftBatch          *batch,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
gboolean           weft_storage_submit_finish           (WeftStorage        *self,
                                                         GAsyncResult       *result,
                                                         GError            **error);

G_END_DECLS
