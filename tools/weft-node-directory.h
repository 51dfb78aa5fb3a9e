/* weft-node-directory.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* A node's data directory, created when it is not there and held by one process at a time. */
typedef struct _WeftNodeDirectory WeftNodeDirectory;

WeftNodeDirectory *weft_node_directory_open          (const char        *path,
                                                      GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_node_directory_close         (WeftNodeDirectory *self);
char              *weft_node_directory_build_path    (WeftNodeDirectory *self,
                                                      const char        *name)
    G_GNUC_WARN_UNUSED_RESULT;
WeftIdentity      *weft_node_directory_ensure_identity (WeftNodeDirectory *self,
                                                        WeftRandom        *random,
                                                        GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WeftIdentity      *weft_node_directory_peek_identity (const char        *path,
                                                      GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftNodeDirectory, weft_node_directory_close)

G_END_DECLS
