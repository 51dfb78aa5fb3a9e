/* weft-cluster-pends-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* JSON: {"membership","messages":[RepoMessage…]}, of 1 to WEFT_LIMIT_GROUP_MAX pends of different
 * actions and blocks, each of which is for itself. (element-type WeftRepoMessage) */
GPtrArray *weft_cluster_pends_copy   (GPtrArray           *messages) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *weft_cluster_pends_read   (const WeftItem      *item,
                                      char               **membership,
                                      const WeftJsonPath  *path,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void       weft_cluster_pends_append (const char          *membership,
                                      GPtrArray           *messages,
                                      GString             *text);

G_END_DECLS
