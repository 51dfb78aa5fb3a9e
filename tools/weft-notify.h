/* weft-notify.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean weft_notify_send (const char  *socket_name,
                           const char  *state,
                           GError     **error);

G_END_DECLS
