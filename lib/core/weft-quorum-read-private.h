/* weft-quorum-read-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-quorum-read-effects-private.h"
#include "weft-vote-text-private.h"

G_BEGIN_DECLS

/* Finds out what the latest decided revisions of some blocks of one cluster are, and sees to it
 * that our own store and M members have them, or that others keep them by now. See
 * data/docs/consensus.md. */
typedef struct _WeftQuorumRead WeftQuorumRead;

typedef struct
{
  WeftPeerId *peer_id;    /* our own */
  double super_majority;
  WeftVerify verify;
  gint64 reply_usec;      /* how long a member may take */
  gint64 deadline_usec;   /* monotonic: when the caller wants to know */
  gint64 round_trip_usec; /* the usual: what a lock on its way to a decision is given, twice */
  /* The peers are those whom the history of the blocks names. Else they are who should keep them as
   * this node sees the network, which has none of the blocks. */
  gboolean is_pinned;
  /* Whether the peers decide what comes after a revision that our own store has: those whom its
   * history names there; for 0, whether it has nothing of the block. Asked once it has the
   * revision. NULL: they do. */
  gboolean (*is_pin) (gpointer data, const char *block_id, gint64 rev);
  gpointer pin_data;
} WeftQuorumReadConfig;

typedef enum
{
  WEFT_QUORUM_READ_EVENT_START,
  WEFT_QUORUM_READ_EVENT_ANSWER,    /* id, answer */
  WEFT_QUORUM_READ_EVENT_FAILED,    /* id, error; was_sent */
  /* id; rev: the latest revision of the block that our own store has now, proven. Without an error,
   * whoever claimed more could not prove it; with an error it is not known whether they can. */
  WEFT_QUORUM_READ_EVENT_FETCHED,
  WEFT_QUORUM_READ_EVENT_RECOVERED, /* id: however that ended; the members are asked again */
  WEFT_QUORUM_READ_EVENT_SPREAD,    /* id, peer_ids: who of them has it now */
  WEFT_QUORUM_READ_EVENT_ABANDON,   /* the caller does not wait any more */
  WEFT_QUORUM_READ_EVENT_TIMEOUT,
} WeftQuorumReadEventType;

/* Borrows what it points to. */
typedef struct
{
  WeftQuorumReadEventType type;
  gint64 now_usec;
  guint32 chance;
  guint64 id; /* of the effect that it is for */
  gint64 rev;
  WeftClusterAnswer *answer;
  GPtrArray *peer_ids; /* (element-type WeftPeerId) */
  const GError *error;
  gboolean was_sent;
} WeftQuorumReadEvent;

/* `peers` (element-type WeftClusterPeer) are the cluster of all of the blocks, 1 to 256, which are
 * sorted and each there once. */
WeftQuorumRead *weft_quorum_read_new     (const WeftQuorumReadConfig *config,
                                          GPtrArray                  *peers,
                                          const char * const         *block_ids)
    G_GNUC_WARN_UNUSED_RESULT;
void            weft_quorum_read_free    (WeftQuorumRead             *self);
void            weft_quorum_read_step    (WeftQuorumRead             *self,
                                          const WeftQuorumReadEvent  *event,
                                          WeftQuorumReadEffects      *effects);
/* For status: {"answers":{id:word},"blocks":[{"blockId","stage","rev"}…]} */
JsonNode       *weft_quorum_read_to_json (WeftQuorumRead             *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Aborts when the state contradicts itself. Called by itself after every step. */
void            weft_quorum_read_check   (WeftQuorumRead             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftQuorumRead, weft_quorum_read_free)

G_END_DECLS
