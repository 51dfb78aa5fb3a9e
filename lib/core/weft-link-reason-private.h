/* weft-link-reason-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-error.h"

G_BEGIN_DECLS

/* Why a link ended. */
typedef enum
{
  WEFT_LINK_REASON_CLOSED,        /* by the other side or the network */
  WEFT_LINK_REASON_SHUTDOWN,      /* this node stops */
  WEFT_LINK_REASON_DROPPED,       /* the application no longer wants the peer */
  WEFT_LINK_REASON_REFUSED,       /* the policy does not allow the peer */
  WEFT_LINK_REASON_FULL,          /* too many connections */
  WEFT_LINK_REASON_DRAINED,       /* another link to the peer took over */
  WEFT_LINK_REASON_TIMEOUT,       /* the handshake took too long */
  WEFT_LINK_REASON_VERSION,       /* of the wire */
  WEFT_LINK_REASON_WRONG_NETWORK,
  WEFT_LINK_REASON_WRONG_PEER,    /* not whom the address names */
  WEFT_LINK_REASON_SELF,          /* we dialled ourselves */
  WEFT_LINK_REASON_BAD_PROOF,
  WEFT_LINK_REASON_PROTOCOL,      /* something that no honest peer sends */
  WEFT_LINK_REASON_TOO_LARGE,
  WEFT_LINK_REASON_OVERRUN,       /* more than it was granted */
  WEFT_LINK_REASON_PINGS,         /* too many */
  WEFT_LINK_REASON_NOT_READING,
  WEFT_LINK_REASON_UNANSWERED,    /* a request, long after its deadline */
  WEFT_LINK_REASON_LOST,          /* no sign of life */
} WeftLinkReason;

#define WEFT_LINK_N_REASONS (WEFT_LINK_REASON_LOST + 1)

const char *weft_link_reason_get_name    (WeftLinkReason reason);
const char *weft_link_reason_get_counter (WeftLinkReason reason);
WeftError   weft_link_reason_get_code    (WeftLinkReason reason);

G_END_DECLS
