/* weft-repo-message-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-list-private.h"
#include "weft-repo-message-private.h"

G_BEGIN_DECLS

/* Where a block is committed. */
typedef struct
{
  const char *block_id; /* of the commit */
  guint commit;         /* its index */
} WeftCommitPlace;

/* What the parts of a message share. */
struct _WeftRepoMessage
{
  WeftRepoOperation operation;
  gpointer request;              /* of the type that the operation has; the first of `commits` */
  GPtrArray *commits;            /* (element-type WeftCommitRequest), several, or NULL */
  WeftCommitPlace *places;       /* their blocks, sorted by id and commit */
  guint n_places;
  gint64 expiration_msec;        /* or zero */
  char **coordinating_block_ids; /* or NULL */
};

/* By operation. */
extern const WeftListType weft_repo_message_types[];

/* Adds one of several commits, if it may stand beside those that are there. */
gboolean weft_repo_message_add_commit     (WeftRepoMessage     *self,
                                           WeftCommitRequest   *commit,
                                           const WeftJsonPath  *path,
                                           GError             **error);
/* When all are there: finds out where their blocks are, each of which has to be in one alone, or
 * in a chain. @path is that of the list. */
gboolean weft_repo_message_take_places    (WeftRepoMessage     *self,
                                           const WeftJsonPath  *path,
                                           GError             **error);

G_END_DECLS
