/* weft-ids.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

WEFT_AVAILABLE_IN_ALL
gboolean weft_block_id_is_valid   (const char  *id);
WEFT_AVAILABLE_IN_ALL
gboolean weft_block_id_validate   (const char  *id,
                                   GError     **error);
WEFT_AVAILABLE_IN_ALL
gboolean weft_action_id_is_valid  (const char  *id);
WEFT_AVAILABLE_IN_ALL
gboolean weft_action_id_validate  (const char  *id,
                                   GError     **error);

G_END_DECLS
