/* weft-ring-message-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-limits.h"
#include "weft-ring-contact-private.h"

G_BEGIN_DECLS

/* A request of PREFIX/ring/1.0.0 or its reply. Each request has one reply; the connection says who
 * sent it, and `sender` has to be of that peer. */
typedef enum
{
  /* Are you there? With `subject` set: please ask this one for me (an indirect probe). */
  WEFT_RING_PING,
  /* The nearest on both sides of `key` (of yours: no key) and a sample. */
  WEFT_RING_NEIGHBOURS,
  /* Here is what I know: contacts, and notes of who is suspected or gone, each a hint. */
  WEFT_RING_ANNOUNCE,
  /* `subject` leaves for good; signed by it. */
  WEFT_RING_LEAVE,
  /* Who is nearer to `key` than you, and who is around it as far as you know? */
  WEFT_RING_LOOKUP,
} WeftRingMessageType;

typedef enum
{
  WEFT_RING_NOTE_SUSPECT, /* nobody of us can reach it: it should say so if it lives */
  WEFT_RING_NOTE_DEAD,
  WEFT_RING_NOTE_LEFT,    /* with its own signature */
} WeftRingNoteType;

/* A hint about another peer. Each receiver checks by itself; only a signed leave is proof. */
typedef struct
{
  WeftRingNoteType type;
  WeftPeerId *peer_id;
  guint64 incarnation;
  GBytes *signature; /* nullable: of the subject, for LEFT */
} WeftRingNote;

/* What its sender measured of the ring around itself: `gaps` contiguous verified gaps that take
 * `arc` of the ring. 0 gaps: no opinion. `is_closed`: its chains met, so gaps is the exact size. */
typedef struct
{
  guint gaps;
  gboolean is_closed;
  double arc;
} WeftRingMeasure;

/* Each bounds what one message may cost its receiver. */
#define WEFT_RING_CONTACTS_MAX 64
#define WEFT_RING_NOTES_MAX 32
#define WEFT_RING_VIEW_MAX 32
/* Incarnations and nonces are integers that JSON carries. */
#define WEFT_RING_NONCE_MAX WEFT_LIMIT_INTEGER_MAX

/* Reference-counted, for one thread, not changed once it was sent, so that simulated networks need
 * not copy. */
typedef struct
{
  guint ref_count;
  WeftRingMessageType type;
  gboolean is_reply;
  gboolean is_refused;      /* reply: `reason` says why */
  const char *reason;       /* one of weft_ring_refusals */
  WeftRingContact *sender;  /* nullable in most: where it says nothing new */
  guint64 incarnation;      /* of the sender; 0 where it is not on the ring (a client) */
  guint64 known;            /* of the receiver, as the sender knows it; 0: nothing */
  gboolean is_unknown;      /* reply: I have no contact of yours, tell me who you are */
  WeftRingPoint key;
  gboolean has_key;
  guint count;              /* how many contacts are wanted, for NEIGHBOURS and LOOKUP */
  WeftRingContact *subject; /* nullable */
  GPtrArray *contacts;      /* nullable (element-type WeftRingContact): reply, ANNOUNCE */
  GArray *notes;            /* nullable (element-type WeftRingNote) */
  WeftRingMeasure measure;
  gboolean is_reached;      /* reply to an indirect probe: the subject answered */
  guint64 nonce;            /* of a request, fresh for each attempt; its reply repeats it */
  /* PING: the first 32 bits of the points of the neighbours that the sender has, those after it and
   * then those before it, each nearest first, so that the reply can have those that it lacks. */
  gboolean has_view;
  guint n_view;
  guint n_after;
  guint32 view[WEFT_RING_VIEW_MAX];
} WeftRingMessage;

typedef enum
{
  WEFT_RING_BUSY,
  WEFT_RING_LIMITED,
  WEFT_RING_LEAVING,
  WEFT_RING_FOREIGN,
  WEFT_RING_INVALID,
} WeftRingRefusal;

/* Their names, NULL-terminated. */
extern const char *const weft_ring_refusals[];

WeftRingMessage *weft_ring_message_new         (WeftRingMessageType   type)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRingMessage *weft_ring_message_ref         (WeftRingMessage      *self);
void             weft_ring_message_unref       (WeftRingMessage      *self);
void             weft_ring_message_add_contact (WeftRingMessage      *self,
                                                WeftRingContact      *contact);
void             weft_ring_message_add_note    (WeftRingMessage      *self,
                                                WeftRingNoteType      type,
                                                WeftPeerId           *peer_id,
                                                guint64               incarnation,
                                                GBytes               *signature);
/* A reply to @request, with its type and nonce. */
WeftRingMessage *weft_ring_message_new_reply   (const WeftRingMessage *request)
    G_GNUC_WARN_UNUSED_RESULT;
/* What a peer signs to leave: ["weft/leave/1",network,"peer id",incarnation]. */
GBytes          *weft_ring_leave_text          (const char           *network,
                                                WeftPeerId           *peer_id,
                                                guint64               incarnation)
    G_GNUC_WARN_UNUSED_RESULT;
/* Total: refuses what is malformed or past a limit, with a reason. */
WeftRingMessage *weft_ring_message_read        (const WeftItem       *item,
                                                GError              **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Appends its canonical text. */
void             weft_ring_message_append      (WeftRingMessage      *self,
                                                GString              *text);
/* How long its canonical text is about, in bytes, without writing it. */
gsize            weft_ring_message_get_weight  (WeftRingMessage      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingMessage, weft_ring_message_unref)

G_END_DECLS
