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

/* What a member of a cluster asks of its storage repo: to change blocks only as the cluster
 * decided, and to keep what its votes are on. */
typedef struct
{
  /* Whether a vote or a lock is on a pending action, so that it must not be dropped. */
  gboolean (*holds) (gpointer    data,
                     const char *block_id,
                     const char *action_id);
  gpointer data;
} WeftStorageGovernor;

/* Calls `settled` once, and not from within. */
typedef void (*WeftAdoptFunc) (gpointer          data,
                               WeftBlockArchive *archive,
                               WeftSettledFunc   settled,
                               gpointer          settled_data);

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
  WeftValidateCommitFunc validate_commit;
  gpointer validate_commit_data;
  GDestroyNotify validate_commit_destroy;
  WeftAdoptFunc adopt;          /* (nullable): takes archives where a cluster decides */
  gpointer adopt_data;
  WeftStorageGovernor governor; /* `holds` is NULL for a repo on its own */

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
void     weft_storage_repo_perform_put     (WeftStorageRequest *request);
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

/* A member of a cluster, in weft-storage-repo-member.c. NULL lets go of the repo. */
/* Takes over what an archive proves; NULL for a repo on its own. */
void      weft_storage_repo_set_adopt        (WeftStorageRepo           *self,
                                              WeftAdoptFunc              adopt,
                                              gpointer                   user_data);
void      weft_storage_repo_set_governor     (WeftStorageRepo           *self,
                                              const WeftStorageGovernor *governor);
gboolean  weft_storage_repo_is_governed      (WeftStorageRepo           *self);
gboolean  weft_storage_repo_holds            (WeftStorageRepo           *self,
                                              const char                *block_id,
                                              const char                *action_id);
/* Pends or cancels as a cluster asks for. */
void      weft_storage_repo_execute          (WeftStorageRepo           *self,
                                              WeftRepoMessage           *message,
                                              WeftRepoDoneFunc           done,
                                              gpointer                   user_data);
/* As pends of all `pends` (element-type WeftPendRequest), in one batch: all or nothing. It is there
 * for reads when this returns, and durable before what is submitted after it. FALSE with an error,
 * or with `stale`, which is what a pend would be told, where one of them came too late. They are to
 * be committed by `message`: what that makes of a block before comes first, where it is pending or
 * among them. */
gboolean  weft_storage_repo_pend_at_once     (WeftStorageRepo           *self,
                                              WeftRepoMessage           *message,
                                              GPtrArray                 *pends,
                                              gint64                     expiration_msec,
                                              WeftPendResult           **stale,
                                              GError                   **error);
/* Pends what each of `messages` (element-type WeftRepoMessage) says, for itself, in one batch: they
 * are of different blocks. Tells once all that is durable, and not from within: `results`
 * (element-type WeftPendResult) with NULL for each that was not taken, or an error. */
typedef void (*WeftPendEachFunc) (GPtrArray    *results,
                                  const GError *error,
                                  gpointer      user_data);
void      weft_storage_repo_pend_each        (WeftStorageRepo           *self,
                                              GPtrArray                 *messages,
                                              WeftPendEachFunc           done,
                                              gpointer                   user_data);
/* Takes back what that pended, where nothing holds it. */
void      weft_storage_repo_drop_pends       (WeftStorageRepo           *self,
                                              GPtrArray                 *pends);
/* Commits as a cluster decided, all `commits` (element-type WeftCommitRequest), of different
 * blocks, or one after the other of the same, in one batch, with what else `extend` adds to it; a
 * revision that is here already is
 * fine. `cluster` is the hash of who keeps the blocks from then on. FALSE, with an error, no call
 * and nothing of it done, when one cannot be: NOT_FOUND where the action is not pending with that
 * content, MISSING_BASE where a block is behind. */
typedef void (*WeftBatchFunc) (WeftBatch *batch,
                               gpointer   user_data);
gboolean  weft_storage_repo_apply            (WeftStorageRepo           *self,
                                              GPtrArray                 *commits,
                                              const char                *cluster,
                                              WeftBatchFunc              extend,
                                              gpointer                   extend_data,
                                              WeftSettledFunc            settled,
                                              gpointer                   user_data,
                                              GError                   **error);
/* Whether a pend or put makes sense beside what is here: EXISTS, INVALID and the like when it does
 * not; of a put also MISSING_BASE, as it cannot wait for one. */
gboolean  weft_storage_repo_check_pend       (WeftStorageRepo           *self,
                                              WeftRepoMessage           *message,
                                              GError                   **error);
/* The same, of a put. */
gboolean  weft_storage_repo_check_put        (WeftStorageRepo           *self,
                                              WeftPendRequest           *request,
                                              const char * const        *block_ids,
                                              gint64                     expiration_msec,
                                              GError                   **error);
/* Whether it could be applied: what is decided must not be impossible. */
gboolean  weft_storage_repo_check_commit     (WeftStorageRepo           *self,
                                              WeftCommitRequest         *request,
                                              GError                   **error);
/* The same, of a message of commits that are a chain. */
gboolean  weft_storage_repo_check_chain      (WeftStorageRepo           *self,
                                              WeftRepoMessage           *message,
                                              GError                   **error);
/* weft-storage-repo-validate.c */
gboolean  weft_storage_repo_validates        (WeftStorageRepo           *self);
WeftBlockChange *
          weft_storage_repo_make_change      (WeftStorageRepo           *self,
                                              const char                *block_id,
                                              WeftBlockMetadata         *metadata,
                                              WeftPending               *pending,
                                              GError                   **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* `changes` (element-type WeftBlockChange): what has none is not judged. */
gboolean  weft_storage_repo_validate_commit  (WeftStorageRepo           *self,
                                              WeftCommitRequest         *request,
                                              GPtrArray                 *changes,
                                              GError                   **error);
/* Stores the content that a certificate names, or that is to be voted on. With `replace` it takes
 * the place of another content of the same action, as it does where that is the same change on
 * another revision and is not held; nothing to do is no error. */
gboolean  weft_storage_repo_put_pending      (WeftStorageRepo           *self,
                                              const char                *block_id,
                                              const char                *action_id,
                                              WeftPending               *pending,
                                              gboolean                   replace,
                                              GError                   **error);
/* The revision that an action made of a block, of which it says here what the action did. FALSE on
 * damage. */
gboolean  weft_storage_repo_find_made        (WeftStorageRepo           *self,
                                              const char                *block_id,
                                              WeftPending               *committed,
                                              gint64                     latest_rev,
                                              gint64                    *rev,
                                              GError                   **error);
/* What an action does to a block, pending or committed; NULL without an error when it is not
 * here. */
WeftPending *weft_storage_repo_read_content  (WeftStorageRepo           *self,
                                              const char                *block_id,
                                              const char                *action_id,
                                              GError                   **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Calls when what can be read of the blocks now is durable; FALSE, and no call, when it is. */
gboolean  weft_storage_repo_wait             (WeftStorageRepo           *self,
                                              const char * const        *block_ids,
                                              WeftSettledFunc            settled,
                                              gpointer                   user_data);
/* The certificate of what filled a slot, or NULL: canonical text, a GRefString. */
char     *weft_storage_repo_read_certificate (WeftStorageRepo           *self,
                                              const char                *block_id,
                                              gint64                     base)
    G_GNUC_WARN_UNUSED_RESULT;
/* As weft_storage_repo_read_archive(), with nothing up to `after_rev`. */
WeftBlockArchive *weft_storage_repo_read_archive_after (WeftStorageRepo *self,
                                                        const char      *block_id,
                                                        gint64           after_rev,
                                                        gint64           rev,
                                                        guint            revisions_max,
                                                        gboolean         include_pending,
                                                        GError         **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* What somebody missed who knows of these blocks up to the bases. */
WeftStaleFailure *weft_storage_repo_make_stale         (WeftStorageRepo    *self,
                                                        const char * const *block_ids,
                                                        const gint64       *bases,
                                                        GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;

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
