/* weft-file-storage.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-storage.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_FILE_STORAGE (weft_file_storage_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftFileStorage, weft_file_storage, WEFT, FILE_STORAGE, GObject)

WEFT_AVAILABLE_IN_ALL
WeftStorage *weft_file_storage_open (const char *path,
                                     GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
