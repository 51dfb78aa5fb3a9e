/* weft-file-name-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer names become a beginning and a hash: file systems take 255 bytes, with ".json". */
#define WEFT_FILE_NAME_BYTES_MAX 200

/* Turns an id into a file name. Distinct ids get distinct names, also where the file system does
 * not tell `a` from `A`, and no name leaves its folder or collides with the storage's own.
 * Lower-case letters, digits, `-` and `_` stand for themselves, `+a` for `A`, `%2f` for the byte
 * 0x2f. */
char     *weft_file_name_encode    (const char  *id) G_GNUC_WARN_UNUSED_RESULT;
/* The id of a name; NULL when it is hashed, or is no name that encode() makes. */
char     *weft_file_name_decode    (const char  *name) G_GNUC_WARN_UNUSED_RESULT;
gboolean  weft_file_name_is_hashed (const char  *name);

G_END_DECLS
