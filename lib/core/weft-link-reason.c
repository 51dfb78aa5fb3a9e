/* weft-link-reason.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-reason-private.h"

#include <string.h>

#define COUNTER_PREFIX "closed-"

/* The counter's name ends with the name that travels. */
static const struct
{
  const char *counter;
  WeftError code;
} reasons[WEFT_LINK_N_REASONS] = {
  [WEFT_LINK_REASON_CLOSED] = { COUNTER_PREFIX "closed", WEFT_ERROR_UNAVAILABLE },
  [WEFT_LINK_REASON_SHUTDOWN] = { COUNTER_PREFIX "shutdown", WEFT_ERROR_CLOSED },
  [WEFT_LINK_REASON_DROPPED] = { COUNTER_PREFIX "dropped", WEFT_ERROR_CLOSED },
  [WEFT_LINK_REASON_REFUSED] = { COUNTER_PREFIX "refused", WEFT_ERROR_REFUSED },
  [WEFT_LINK_REASON_FULL] = { COUNTER_PREFIX "full", WEFT_ERROR_UNAVAILABLE },
  [WEFT_LINK_REASON_DRAINED] = { COUNTER_PREFIX "drained", WEFT_ERROR_CLOSED },
  [WEFT_LINK_REASON_TIMEOUT] = { COUNTER_PREFIX "timeout", WEFT_ERROR_TIMED_OUT },
  [WEFT_LINK_REASON_VERSION] = { COUNTER_PREFIX "version", WEFT_ERROR_REFUSED },
  [WEFT_LINK_REASON_WRONG_NETWORK] = { COUNTER_PREFIX "wrong-network", WEFT_ERROR_REFUSED },
  [WEFT_LINK_REASON_WRONG_PEER] = { COUNTER_PREFIX "wrong-peer", WEFT_ERROR_REFUSED },
  [WEFT_LINK_REASON_SELF] = { COUNTER_PREFIX "self", WEFT_ERROR_REFUSED },
  [WEFT_LINK_REASON_BAD_PROOF] = { COUNTER_PREFIX "bad-proof", WEFT_ERROR_PROTOCOL },
  [WEFT_LINK_REASON_PROTOCOL] = { COUNTER_PREFIX "protocol", WEFT_ERROR_PROTOCOL },
  [WEFT_LINK_REASON_TOO_LARGE] = { COUNTER_PREFIX "too-large", WEFT_ERROR_PROTOCOL },
  [WEFT_LINK_REASON_OVERRUN] = { COUNTER_PREFIX "overrun", WEFT_ERROR_PROTOCOL },
  [WEFT_LINK_REASON_PINGS] = { COUNTER_PREFIX "pings", WEFT_ERROR_PROTOCOL },
  [WEFT_LINK_REASON_NOT_READING] = { COUNTER_PREFIX "not-reading", WEFT_ERROR_UNAVAILABLE },
  [WEFT_LINK_REASON_UNANSWERED] = { COUNTER_PREFIX "unanswered", WEFT_ERROR_UNAVAILABLE },
  [WEFT_LINK_REASON_LOST] = { COUNTER_PREFIX "lost", WEFT_ERROR_UNAVAILABLE },
};

const char *
weft_link_reason_get_name (WeftLinkReason reason)
{
  return weft_link_reason_get_counter (reason) + strlen (COUNTER_PREFIX);
}

const char *
weft_link_reason_get_counter (WeftLinkReason reason)
{
  g_assert ((guint) reason < WEFT_LINK_N_REASONS);

  return reasons[reason].counter;
}

WeftError
weft_link_reason_get_code (WeftLinkReason reason)
{
  g_assert ((guint) reason < WEFT_LINK_N_REASONS);

  return reasons[reason].code;
}
