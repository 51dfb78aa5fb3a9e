/* weft-repo-message-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-list-private.h"
#include "weft-repo-message-private.h"

G_BEGIN_DECLS

/* What the parts of a message share. */
struct _WeftRepoMessage
{
  WeftRepoOperation operation;
  gpointer request;              /* of the type that the operation has; the first of `commits` */
  GPtrArray *commits;            /* (element-type WeftCommitRequest), several, or NULL */
  gint64 expiration_msec;        /* or zero */
  char **coordinating_block_ids; /* or NULL */
};

/* By operation. */
extern const WeftListType weft_repo_message_types[];

/* Whether a commit may stand beside those that are in `commits`. */
gboolean weft_repo_message_check_commit (WeftRepoMessage     *self,
                                         WeftCommitRequest   *commit,
                                         const WeftJsonPath  *path,
                                         GError             **error);

G_END_DECLS
