/* weft-quorum-read-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-proposal-machine-private.h"

G_BEGIN_DECLS

/* Finds out what the latest decided revisions of some blocks of one cluster are. */
typedef struct _WeftQuorumRead WeftQuorumRead;

typedef enum
{
  WEFT_QUORUM_READ_SEND,    /* peer_id, request, timeout_usec */
  WEFT_QUORUM_READ_FETCH,   /* text: block, rev, peer_ids: who claims to have it; then FETCHED */
  WEFT_QUORUM_READ_RECOVER, /* record or slot in doubt: then RECOVERED */
  WEFT_QUORUM_READ_SPREAD,  /* text: block, rev, peer_ids: who lacks it; then SPREAD */
  WEFT_QUORUM_READ_RESULT,  /* states: per block present at rev, authoritatively absent, or unavailable with a reason */
} WeftQuorumReadEffectType;

G_END_DECLS
