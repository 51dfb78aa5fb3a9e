/* weft-storage-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-block-archive.h"
#include "weft-block-change.h"
#include "weft-clock.h"
#include "weft-repo.h"
#include "weft-storage.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_STORAGE_REPO (weft_storage_repo_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftStorageRepo, weft_storage_repo, WEFT, STORAGE_REPO, GObject)

/**
 * WeftValidateFunc:
 * @repo: the repo
 * @request: a request that carries a transaction
 * @user_data: what was given to [method@Weft.StorageRepo.set_validator]
 * @error: return location for what is wrong with it
 *
 * Judges a transaction before anything of it is stored.
 *
 * Returns: %TRUE when it may be pended
 *
 * Since: 0.1
 */
typedef gboolean (*WeftValidateFunc) (WeftStorageRepo *repo,
                                      WeftPendRequest *request,
                                      gpointer         user_data,
                                      GError         **error);

/**
 * WeftValidateCommitFunc:
 * @repo: the repo
 * @request: what is to be committed
 * @changes: (element-type WeftBlockChange): what it makes of each block that it was not committed
 *   to yet, in the order of the request
 * @user_data: what was given to [method@Weft.StorageRepo.set_commit_validator]
 *
 * Judges what is about to become a revision, by what it is given alone: the same is judged alike,
 * always and by every member. It has no effects: it may be asked more than once, and of what is
 * never committed. It is called from the thread of the repo and asks nothing of it.
 *
 * Returns: (transfer full) (nullable): %NULL when there is nothing against it, or a short text for
 *   whoever asked that says what is
 *
 * Since: 0.1
 */
typedef char    *(*WeftValidateCommitFunc) (WeftStorageRepo   *repo,
                                            WeftCommitRequest *request,
                                            GPtrArray         *changes,
                                            gpointer           user_data);

WEFT_AVAILABLE_IN_ALL
WeftStorageRepo  *weft_storage_repo_new                  (WeftStorage        *storage,
                                                          WeftClock          *clock)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftStorage      *weft_storage_repo_get_storage          (WeftStorageRepo    *self);
WEFT_AVAILABLE_IN_ALL
WeftClock        *weft_storage_repo_get_clock            (WeftStorageRepo    *self);
WEFT_AVAILABLE_IN_ALL
void              weft_storage_repo_set_validator        (WeftStorageRepo    *self,
                                                          WeftValidateFunc    validate,
                                                          gpointer            user_data,
                                                          GDestroyNotify      destroy);
WEFT_AVAILABLE_IN_ALL
void              weft_storage_repo_set_commit_validator (WeftStorageRepo    *self,
                                                          WeftValidateCommitFunc validate,
                                                          gpointer            user_data,
                                                          GDestroyNotify      destroy);
WEFT_AVAILABLE_IN_ALL
guint             weft_storage_repo_expire               (WeftStorageRepo    *self,
                                                          gint64              now_msec);
WEFT_AVAILABLE_IN_ALL
WeftBlockArchive *weft_storage_repo_read_archive         (WeftStorageRepo    *self,
                                                          const char         *block_id,
                                                          gint64              rev,
                                                          guint               revisions_max,
                                                          gboolean            include_pending,
                                                          GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_storage_repo_write_archive_async  (WeftStorageRepo    *self,
                                                          WeftBlockArchive   *archive,
                                                          GCancellable       *cancellable,
                                                          GAsyncReadyCallback callback,
                                                          gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_storage_repo_write_archive_finish (WeftStorageRepo    *self,
                                                          GAsyncResult       *result,
                                                          GError            **error);

G_END_DECLS
