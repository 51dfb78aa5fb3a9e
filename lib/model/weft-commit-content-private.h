/* weft-commit-content-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* The text of a SHA-256 in base64url. */
#define WEFT_DIGEST_CHARS 43

/* One block of a commit: what it is to follow, and what is meant to be committed. */
typedef struct
{
  const char *block_id; /* of the request */
  gint64 base;          /* -1 unless the request says so */
  char digest[WEFT_DIGEST_CHARS + 1]; /* or empty */
} WeftCommitBlock;

/* What a request to commit says of its blocks beyond their names. */
typedef struct
{
  WeftCommitBlock *blocks; /* sorted by the bytes of their ids */
  guint n_blocks;
  GPtrArray *cluster;      /* (element-type WeftClusterPeer): who keeps them, sorted, or NULL */
  char *membership;        /* of the cluster, or NULL */
} WeftCommitContent;

/* Nothing is said yet. The ids are distinct, and last as long as the content. */
void             weft_commit_content_init           (WeftCommitContent       *self,
                                                     const char *const       *block_ids);
/* The same ids, which last longer. */
void             weft_commit_content_set_ids        (WeftCommitContent       *self,
                                                     const char *const       *block_ids);
/* @self says nothing yet, of the same blocks. */
void             weft_commit_content_copy           (WeftCommitContent       *self,
                                                     const WeftCommitContent *content);
void             weft_commit_content_clear          (WeftCommitContent       *self);
/* (nullable): the block, if it is one of the request. */
WeftCommitBlock *weft_commit_content_find           (const WeftCommitContent *self,
                                                     const char              *block_id);
/* The members `bases`, `digests` and `cluster` of an object, where they are there. */
gboolean         weft_commit_content_read           (WeftCommitContent       *self,
                                                     const WeftItem          *object,
                                                     const WeftJsonPath      *path,
                                                     GError                 **error);
/* Of objects {block id: revision} and {block id: digest} of the application. */
gboolean         weft_commit_content_set_bases      (WeftCommitContent       *self,
                                                     JsonObject              *bases,
                                                     GError                 **error);
gboolean         weft_commit_content_set_digests    (WeftCommitContent       *self,
                                                     JsonObject              *digests,
                                                     GError                 **error);
/* @peers may be NULL. */
gboolean         weft_commit_content_set_cluster    (WeftCommitContent       *self,
                                                     GPtrArray               *peers,
                                                     GError                 **error);
/* Each appends its member with a comma in front, where there is something to say. */
void             weft_commit_content_append_bases   (const WeftCommitContent *self,
                                                     GString                 *text);
void             weft_commit_content_append_cluster (const WeftCommitContent *self,
                                                     GString                 *text);
void             weft_commit_content_append_digests (const WeftCommitContent *self,
                                                     GString                 *text);

G_END_DECLS
