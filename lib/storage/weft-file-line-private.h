/* weft-file-line-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* The content of a small file: a line of JSON that begins with a checksum of the rest and says what
 * it is, so that a file is found out that was changed, cut or put into another's place. */

void      weft_file_line_append (GString         *text,
                                 const char      *key,
                                 JsonNode        *value);
/* What `key` and `value` are of; NULL with a reason when the line is damaged. */
WeftTape *weft_file_line_read   (GBytes          *bytes,
                                 const char     **key,
                                 const WeftItem **value,
                                 GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
