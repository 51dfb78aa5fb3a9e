/* weft-error-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-error.h"

G_BEGIN_DECLS

/* Unavailable, but only for a while: nothing was done, and whoever asks again after `wait_usec`
 * is expected then. */
GError *weft_error_new_wait      (gint64        wait_usec,
                                  const char   *message) G_GNUC_WARN_UNUSED_RESULT;
/* For how long to wait before asking again; 0 where the error does not say. */
gint64  weft_error_get_wait_usec (const GError *error);
/* The message without “name: ” in front, which whoever knows the name puts there again. */
const char *weft_error_skip_name (const char *message,
                                  const char *name);

G_END_DECLS
