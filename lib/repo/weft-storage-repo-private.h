/* weft-storage-repo-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-pending-expiry-private.h"
#include "weft-restorer-private.h"
#include "weft-storage-repo.h"
#include "weft-submissions-private.h"
#include "weft-versioned-private.h"

G_BEGIN_DECLS

struct _WeftStorageRepo
{
  GObject parent_instance;

  WeftStorage *storage;         /* (owned) */
  WeftClock *clock;             /* (owned) */
  WeftVersioned *versioned;     /* (owned) */
  WeftSubmissions *submissions; /* (owned) */
  WeftRestorer *restorer;       /* (owned) */
  WeftPendingExpiry *expiry;    /* (owned) */

  WeftValidateFunc validate;
  gpointer validate_data;
  GDestroyNotify validate_destroy;

  GQueue answered;       /* (element-type WeftStorageRequest) (owned): to be told by the alarm */
  guint64 answer_alarm;  /* 0 when none is set */
  guint64 expiry_alarm;  /* 0 when none is set */
  guint64 scan_alarm;    /* 0 when no scan goes on */
  char *scan_after;      /* (nullable): the last block that was scanned */
};

/* One request on its way. It ends with exactly one answer. */
typedef struct
{
  WeftStorageRepo *repo;    /* (owned) */
  WeftRepoMessage *message; /* (owned) */
  WeftRepoDoneFunc done;
  gpointer user_data;
  WeftRepoReply *reply; /* (owned) (nullable): what will be told, or the error */
  GError *error;
  guint n_restoring;     /* a get: how many blocks it waits for */
  gboolean has_restored; /* a get: others were asked, once is enough */
} WeftStorageRequest;

/* Each decides, submits at most one batch, and ends with one of the two below. */
void     weft_storage_repo_perform_get     (WeftStorageRequest *request);
void     weft_storage_repo_perform_pend    (WeftStorageRequest *request);
void     weft_storage_repo_perform_commit  (WeftStorageRequest *request);
void     weft_storage_repo_perform_cancel  (WeftStorageRequest *request);

/* Answers once all that touches the blocks is durable. Both take over the request, and the reply
 * or error. */
void     weft_storage_request_answer       (WeftStorageRequest *request,
                                            const char * const *block_ids,
                                            WeftRepoReply      *reply);
void     weft_storage_request_fail         (WeftStorageRequest *request,
                                            const char * const *block_ids,
                                            GError             *error);

/* FALSE on damage; an unknown block has no metadata. */
gboolean weft_storage_repo_read_metadata   (WeftStorageRepo    *self,
                                            const char         *block_id,
                                            WeftBlockMetadata **metadata,
                                            GError            **error);

/* FALSE on damage. The actions say that they are absent by NULL. */
gboolean weft_storage_repo_read_pending    (WeftStorageRepo    *self,
                                            const char         *block_id,
                                            const char         *action_id,
                                            WeftPending       **pending,
                                            GError            **error);
gboolean weft_storage_repo_read_action     (WeftStorageRepo    *self,
                                            const char         *block_id,
                                            const char         *action_id,
                                            WeftPending       **action,
                                            GError            **error);

/* This node does not hold the base of an action: asks others for it, if there is a hook. */
void     weft_storage_repo_heal            (WeftStorageRepo    *self,
                                            const char         *block_id,
                                            gint64              latest_rev,
                                            gint64              base);

/* Checks an archive, stores what it adds, and tells once what came of it. */
void     weft_storage_repo_save_archive    (WeftStorageRepo    *self,
                                            WeftBlockArchive   *archive,
                                            WeftSettledFunc     settled,
                                            gpointer            user_data);

/* Expiry, in weft-storage-repo-expiry.c. */
void     weft_storage_repo_watch_pending   (WeftStorageRepo    *self,
                                            const char         *block_id,
                                            const char         *action_id,
                                            gint64              expiration_msec);
void     weft_storage_repo_unwatch_pending (WeftStorageRepo    *self,
                                            const char         *block_id,
                                            const char         *action_id);
void     weft_storage_repo_start_scan      (WeftStorageRepo    *self);
void     weft_storage_repo_stop_expiry     (WeftStorageRepo    *self);

/* The hook that fetches what this node does not hold; NULL for none. */
void     weft_storage_repo_set_restore     (WeftStorageRepo    *self,
                                            WeftRestoreFunc     restore,
                                            gpointer            user_data,
                                            GDestroyNotify      destroy);

G_END_DECLS
