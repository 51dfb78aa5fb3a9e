/* weft-commit-content-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weft-json-private.h"

G_BEGIN_DECLS

/* What a request to commit says of its blocks beyond their names: what each is to follow, what is
 * meant to be committed, and who keeps them from then on. */
typedef struct
{
  JsonNode *bases;     /* an object {block id: revision}, or NULL */
  JsonNode *digests;   /* an object {block id: digest}, or NULL */
  GPtrArray *cluster;  /* (element-type WeftClusterPeer), sorted, or NULL */
  char *membership;    /* of the cluster, or NULL */
} WeftCommitContent;

void     weft_commit_content_clear       (WeftCommitContent       *self);
/* @self is empty. What cannot change is shared. */
void     weft_commit_content_copy        (WeftCommitContent       *self,
                                          const WeftCommitContent *content);
/* The members `bases`, `digests` and `cluster` of an object, where they are there. */
gboolean weft_commit_content_parse       (WeftCommitContent       *self,
                                          JsonObject              *object,
                                          const char *const       *block_ids,
                                          const WeftJsonPath      *path,
                                          GError                 **error);
gboolean weft_commit_content_set_bases   (WeftCommitContent       *self,
                                          JsonObject              *bases,
                                          const char *const       *block_ids,
                                          const WeftJsonPath      *path,
                                          GError                 **error);
gboolean weft_commit_content_set_digests (WeftCommitContent       *self,
                                          JsonObject              *digests,
                                          const char *const       *block_ids,
                                          const WeftJsonPath      *path,
                                          GError                 **error);
/* NULL for none. */
gboolean weft_commit_content_set_cluster (WeftCommitContent       *self,
                                          GPtrArray               *peers,
                                          GError                 **error);
void     weft_commit_content_write       (const WeftCommitContent *self,
                                          JsonObject              *object);

G_END_DECLS
