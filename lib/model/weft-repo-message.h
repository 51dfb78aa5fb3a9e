/* weft-repo-message.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-action-blocks.h"
#include "weft-block-gets.h"
#include "weft-commit-request.h"
#include "weft-pend-request.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftRepoOperation:
 * @WEFT_REPO_OPERATION_GET: read blocks
 * @WEFT_REPO_OPERATION_PEND: store an action as pending
 * @WEFT_REPO_OPERATION_CANCEL: drop a pending action
 * @WEFT_REPO_OPERATION_COMMIT: make a pending action a revision
 * @WEFT_REPO_OPERATION_PUT: store an action and make it a revision at once
 *
 * The five requests that a [iface@Weft.Repo] answers.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_REPO_OPERATION_GET,
  WEFT_REPO_OPERATION_PEND,
  WEFT_REPO_OPERATION_CANCEL,
  WEFT_REPO_OPERATION_COMMIT,
  WEFT_REPO_OPERATION_PUT,
} WeftRepoOperation;

#define WEFT_TYPE_REPO_MESSAGE (weft_repo_message_get_type ())

typedef struct _WeftRepoMessage WeftRepoMessage;

WEFT_AVAILABLE_IN_ALL
GType              weft_repo_message_get_type                   (void);
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_new_get                    (WeftBlockGets     *get,
                                                                 gint64             expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_new_pend                   (WeftPendRequest   *pend,
                                                                 gint64             expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_new_cancel                 (WeftActionBlocks  *action,
                                                                 gint64             expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_new_commit                 (WeftCommitRequest *commit,
                                                                 gint64             expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_new_put                    (WeftPendRequest   *pend,
                                                                 gint64             expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoOperation  weft_repo_message_get_operation              (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockGets     *weft_repo_message_get_get                    (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
WeftPendRequest   *weft_repo_message_get_pend                   (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
WeftActionBlocks  *weft_repo_message_get_cancel                 (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
WeftCommitRequest *weft_repo_message_get_commit                 (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
WeftPendRequest   *weft_repo_message_get_put                    (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
gint64             weft_repo_message_get_expiration             (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
const char* const *weft_repo_message_get_coordinating_block_ids (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
char             **weft_repo_message_get_block_ids              (WeftRepoMessage   *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_ref                        (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
void               weft_repo_message_unref                      (WeftRepoMessage   *self);
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_repo_message_from_json                  (JsonNode          *json,
                                                                 GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_repo_message_to_json                    (WeftRepoMessage   *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_repo_message_to_string                  (WeftRepoMessage   *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_repo_message_equal                      (WeftRepoMessage   *a,
                                                                 WeftRepoMessage   *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRepoMessage, weft_repo_message_unref)

G_END_DECLS
