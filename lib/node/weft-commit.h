/* weft-commit.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_COMMIT (weft_commit_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftCommit, weft_commit, WEFT, COMMIT, GObject)

WEFT_AVAILABLE_IN_ALL
WeftCommit         *weft_commit_new               (const char         *collection_id,
                                                   const char * const *block_ids,
                                                   const char         *action_id,
                                                   gint64              rev,
                                                   gint64              time_usec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char         *weft_commit_get_collection_id (WeftCommit         *self);
WEFT_AVAILABLE_IN_ALL
const char * const *weft_commit_get_block_ids     (WeftCommit         *self);
WEFT_AVAILABLE_IN_ALL
const char         *weft_commit_get_action_id     (WeftCommit         *self);
WEFT_AVAILABLE_IN_ALL
gint64              weft_commit_get_rev           (WeftCommit         *self);
WEFT_AVAILABLE_IN_ALL
gint64              weft_commit_get_time          (WeftCommit         *self);

G_END_DECLS
