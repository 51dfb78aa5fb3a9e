/* weft-repo-model.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-model-change.h"

G_BEGIN_DECLS

/* What a repo must answer, in the simplest way: all histories in arrays, each block made from its
 * beginning whenever it is read. Blocks are b0, b1, …; answers are text as in weft-repo-asker,
 * with the reasons of unavailable blocks left out. */
typedef struct _WeftRepoModel WeftRepoModel;

#define WEFT_REPO_MODEL_BLOCKS 6

WeftRepoModel *weft_repo_model_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void           weft_repo_model_free        (WeftRepoModel         *self);
/* Changes are in the order of their blocks. */
char          *weft_repo_model_pend        (WeftRepoModel         *self,
                                            const char            *action_id,
                                            const WeftModelChange *changes,
                                            guint                  n_changes,
                                            gint64                 rev,
                                            char                   policy)
    G_GNUC_WARN_UNUSED_RESULT;
char          *weft_repo_model_commit      (WeftRepoModel         *self,
                                            const char            *action_id,
                                            guint                  blocks,
                                            gint64                 rev) G_GNUC_WARN_UNUSED_RESULT;
void           weft_repo_model_cancel      (WeftRepoModel         *self,
                                            const char            *action_id,
                                            guint                  blocks);
/* What is committed elsewhere, one entry, or NULL; a pending to read on top, or NULL. */
char          *weft_repo_model_get         (WeftRepoModel         *self,
                                            guint                  blocks,
                                            gint64                 rev,
                                            const char            *committed_id,
                                            gint64                 committed_rev,
                                            const char            *action_id)
    G_GNUC_WARN_UNUSED_RESULT;
gint64         weft_repo_model_get_latest  (WeftRepoModel         *self,
                                            guint                  block);
guint          weft_repo_model_n_pendings  (WeftRepoModel         *self,
                                            guint                  block);
/* What was emitted since the last time. */
char          *weft_repo_model_take_events (WeftRepoModel         *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRepoModel, weft_repo_model_free)

G_END_DECLS
