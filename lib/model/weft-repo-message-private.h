/* weft-repo-message-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-repo-message.h"

G_BEGIN_DECLS

/* A record may have several commits, which are decided together: 2 to WEFT_LIMIT_GROUP_MAX of
 * different actions, none of which moves its blocks. Several may change one block, where each
 * changes it alone, and makes the revision that the next one is based on: a chain. In JSON each is
 * an operation. Who looks at the commit of a record goes through what is here; weft_repo_message_
 * get_commit() is the first. */

/* @commits: (element-type WeftCommitRequest), 1 to WEFT_LIMIT_GROUP_MAX that fit each other. */
WeftRepoMessage   *weft_repo_message_new_commits   (GPtrArray        *commits,
                                                    gint64            expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
/* 0 when the operation is another. */
guint              weft_repo_message_get_n_commits (WeftRepoMessage  *self);
WeftCommitRequest *weft_repo_message_get_commit_at (WeftRepoMessage  *self,
                                                    guint             index);
/* (nullable): the commit that changes the block, the first of several. */
WeftCommitRequest *weft_repo_message_find_commit   (WeftRepoMessage  *self,
                                                    const char       *block_id);
/* (nullable): the one that changes the block at the base. */
WeftCommitRequest *weft_repo_message_find_commit_at (WeftRepoMessage *self,
                                                     const char      *block_id,
                                                     gint64           base);
/* (nullable): the one that makes the revision of the block. */
WeftCommitRequest *weft_repo_message_find_revision  (WeftRepoMessage *self,
                                                     const char      *block_id,
                                                     gint64           rev);
/* Whether it is what a repo may be asked for, which is one operation. */
gboolean           weft_repo_message_check_one     (WeftRepoMessage  *self,
                                                    GError          **error);

G_END_DECLS
