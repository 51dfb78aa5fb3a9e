/* weft-error.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error-private.h"

#include <string.h>

/* What an error knows besides its code and its message. */
typedef struct
{
  gint64 wait_usec;
} WeftErrorPrivate;

static void
weft_error_private_init (WeftErrorPrivate *self)
{
  self->wait_usec = 0;
}

static void
weft_error_private_copy (const WeftErrorPrivate *from,
                         WeftErrorPrivate       *to)
{
  to->wait_usec = from->wait_usec;
}

static void
weft_error_private_clear (WeftErrorPrivate *self)
{
}

/**
 * weft_error_quark:
 *
 * Gets the error domain of Weft.
 *
 * Returns: the error domain
 *
 * Since: 0.1
 */
G_DEFINE_EXTENDED_ERROR (WeftError, weft_error)

static const struct
{
  const char *name;
  gboolean retryable;
} codes[] = {
  [WEFT_ERROR_FAILED] = { "failed", TRUE },
  [WEFT_ERROR_INVALID] = { "invalid", FALSE },
  [WEFT_ERROR_NOT_FOUND] = { "not-found", FALSE },
  [WEFT_ERROR_UNAVAILABLE] = { "unavailable", TRUE },
  [WEFT_ERROR_TIMED_OUT] = { "timed-out", TRUE },
  [WEFT_ERROR_INDETERMINATE] = { "indeterminate", FALSE },
  [WEFT_ERROR_REFUSED] = { "refused", FALSE },
  [WEFT_ERROR_CORRUPT] = { "corrupt", FALSE },
  [WEFT_ERROR_TOO_LARGE] = { "too-large", FALSE },
  [WEFT_ERROR_PROTOCOL] = { "protocol", FALSE },
  [WEFT_ERROR_CLOSED] = { "closed", TRUE },
  [WEFT_ERROR_EXISTS] = { "exists", FALSE },
  [WEFT_ERROR_EXHAUSTED] = { "exhausted", TRUE },
  [WEFT_ERROR_MISSING_BASE] = { "missing-base", TRUE },
};

/**
 * weft_error_to_name:
 * @code: a code
 *
 * Gets the name by which a code travels between peers, such as `too-large`.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
weft_error_to_name (WeftError code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (codes), NULL);

  return codes[code].name;
}

/**
 * weft_error_from_name:
 * @name: a name, such as `too-large`
 *
 * Gets the code that travels by a name. A name this version does not know is
 * [error@Weft.Error.FAILED].
 *
 * Returns: the code
 *
 * Since: 0.1
 */
WeftError
weft_error_from_name (const char *name)
{
  g_return_val_if_fail (name != NULL, WEFT_ERROR_FAILED);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i].name, name))
      return i;

  return WEFT_ERROR_FAILED;
}

/**
 * weft_error_is_retryable:
 * @code: a code
 *
 * Tells whether the same request may succeed later without any change to it.
 *
 * Returns: whether a retry can help
 *
 * Since: 0.1
 */
gboolean
weft_error_is_retryable (WeftError code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (codes), FALSE);

  return codes[code].retryable;
}

GError *
weft_error_new_wait (gint64      wait_usec,
                     const char *message)
{
  GError *error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, message);

  g_assert (wait_usec >= 0);

  weft_error_get_private (error)->wait_usec = wait_usec;

  return error;
}

gint64
weft_error_get_wait_usec (const GError *error)
{
  return error->domain == WEFT_ERROR ? weft_error_get_private (error)->wait_usec : 0;
}

const char *
weft_error_skip_name (const char *message,
                      const char *name)
{
  gsize length = strlen (name);

  return g_str_has_prefix (message, name) && g_str_has_prefix (message + length, ": ")
           ? message + length + 2
           : message;
}
