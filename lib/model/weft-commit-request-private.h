/* weft-commit-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-commit-request.h"

G_BEGIN_DECLS

/* The hash of weft_commit_request_get_cluster(), or NULL. */
const char *weft_commit_request_get_membership (WeftCommitRequest *self);

G_END_DECLS
