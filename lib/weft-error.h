/* weft-error.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <glib-object.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WEFT_ERROR:
 *
 * The one error domain of Weft. Its codes are [error@Weft.Error].
 *
 * Some errors know more than the structure shows, so they are made by g_error_new() and its like,
 * copied by g_error_copy(), and never put together by hand.
 *
 * Since: 0.1
 */
#define WEFT_ERROR (weft_error_quark ())

/**
 * WeftError:
 * @WEFT_ERROR_FAILED: something that no other code names went wrong; a retry may help
 * @WEFT_ERROR_INVALID: the input is malformed or contradicts itself; fix it, a retry cannot help
 * @WEFT_ERROR_NOT_FOUND: the thing that was named does not exist; a retry cannot help
 * @WEFT_ERROR_UNAVAILABLE: nothing was done, as peers or a device could not be used; retry later
 * @WEFT_ERROR_TIMED_OUT: no answer came before the deadline and whether the request took effect is
 *   unknown; retrying is safe for whatever is idempotent
 * @WEFT_ERROR_INDETERMINATE: a change was sent and its outcome is not known; read before a retry
 * @WEFT_ERROR_REFUSED: the other side does not allow it; a retry cannot help
 * @WEFT_ERROR_CORRUPT: stored data is damaged; a retry cannot help, restoring can
 * @WEFT_ERROR_TOO_LARGE: a documented limit was exceeded; make it smaller
 * @WEFT_ERROR_PROTOCOL: the other side broke the protocol; a retry rarely helps
 * @WEFT_ERROR_CLOSED: the object was closed, or the connection ended before the request was sent
 * @WEFT_ERROR_EXISTS: the thing to be created exists, or is held by somebody else
 * @WEFT_ERROR_EXHAUSTED: every permitted retry was used up; wait longer, then retry
 * @WEFT_ERROR_MISSING_BASE: an update was applied to a block that is not here in the revision the
 *   update was made against; retry once the block was restored
 *
 * What went wrong, in terms of what the caller can do about it.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_ERROR_FAILED,
  WEFT_ERROR_INVALID,
  WEFT_ERROR_NOT_FOUND,
  WEFT_ERROR_UNAVAILABLE,
  WEFT_ERROR_TIMED_OUT,
  WEFT_ERROR_INDETERMINATE,
  WEFT_ERROR_REFUSED,
  WEFT_ERROR_CORRUPT,
  WEFT_ERROR_TOO_LARGE,
  WEFT_ERROR_PROTOCOL,
  WEFT_ERROR_CLOSED,
  WEFT_ERROR_EXISTS,
  WEFT_ERROR_EXHAUSTED,
  WEFT_ERROR_MISSING_BASE,
} WeftError;

WEFT_AVAILABLE_IN_ALL
GQuark      weft_error_quark         (void);
WEFT_AVAILABLE_IN_ALL
const char *weft_error_to_name       (WeftError    code);
WEFT_AVAILABLE_IN_ALL
WeftError   weft_error_from_name     (const char  *name);
WEFT_AVAILABLE_IN_ALL
gboolean    weft_error_is_retryable  (WeftError    code);

G_END_DECLS
