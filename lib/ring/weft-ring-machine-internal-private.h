/* weft-ring-machine-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-machine-private.h"
#include "weft-ring-turnover-private.h"

G_BEGIN_DECLS

/* The state that the parts of the machine share. Everything is bounded; the reasons are beside. */

/* Requests under way: a lookup has a dozen, a neighbour that is suspected four. */
#define RING_OPS_MAX 512
/* Peers under suspicion at once: all neighbours, and as many far ones. */
#define RING_CASES_MAX 64
#define RING_LOOKUPS_MAX 64
/* Peers that one lookup keeps: the budget of hops brings no more that are near. */
#define RING_SEEN_MAX 96
/* Contacts that were only heard of. */
#define RING_QUARANTINE_MAX 1024
/* Of these, from one that told them. */
#define RING_QUARANTINE_SHARE 96
#define RING_SHARES 128
#define RING_LOST_MAX 64
#define RING_TOMBSTONES_MAX 1024
/* What others measured: 48 distinct peers give a standard error of 4 percent. */
#define RING_REPORTS_MAX 48
#define RING_BOOTS_MAX 8
/* Of those around our own place, as many as one way has to have in common with another. */
#define RING_PATH_NEAREST 4
#define RING_HELPERS 3
/* Probes of candidates at once. */
#define RING_TRIES_MAX 64
#define RING_SIDE_MAX (WEFT_RING_VIEW_MAX / 2)

/* Flags of a WeftRingEntry. */
#define RING_TOLD 1 /* it has our contact of this incarnation */

/* What a request is for. */
typedef enum
{
  RING_OP_FREE,
  RING_OP_BOOT,     /* link: index of the address */
  RING_OP_PROBE,    /* link: case */
  RING_OP_INDIRECT, /* link: case */
  RING_OP_HELP,     /* link: token of the request that asked for it */
  RING_OP_TRY,      /* link: WeftRingOrigin */
  RING_OP_PULL,     /* neighbours, or contacts of far peers */
  RING_OP_LOOKUP,   /* link: lookup */
  RING_OP_TELL,     /* a note, or a goodbye; link: tries left */
} WeftRingOpKind;

typedef struct
{
  guint64 id; /* 0: free */
  guint64 nonce;
  guint64 link;
  gint64 sent_usec;
  WeftRingContact *contact; /* NULL for a bootstrap address */
  WeftRingMessage *message; /* only where it may be sent again */
  guint8 kind;
  guint8 type;
  guint16 next_free;
} WeftRingOp;

typedef enum
{
  RING_STAGE_DIRECT,
  RING_STAGE_INDIRECT,
  RING_STAGE_PAUSE,
  RING_STAGE_AGAIN, /* direct and indirect at once */
} WeftRingStage;

/* A peer of the table that is being probed. */
typedef struct
{
  guint64 serial;
  WeftRingContact *contact;
  gint64 due_usec; /* the end of a pause */
  gint64 failed_usec; /* when it was found not to answer last */
  guint8 stage;
  guint8 round;
  guint n_failed;  /* of what was under way then */
  guint8 n_open;   /* probes that it waits for */
  gboolean was_told; /* somebody else suspects it too */
} WeftRingCase;

/* Where a contact comes from. */
typedef enum
{
  RING_HEARSAY,
  RING_MEMORY, /* an earlier life of ours */
  RING_LOST,   /* it was in the table */
} WeftRingOrigin;

typedef enum
{
  RING_TRIED,
  RING_TRY_LATER, /* too much is under way */
  RING_FORGED,
} WeftRingTry;

/* A contact that was only heard of. */
typedef struct
{
  guint64 prefix;
  WeftRingContact *contact;
  guint32 source; /* who told, or 0: our memory */
} WeftRingCandidate;

/* What is left of one that is gone: no hearsay of this incarnation is tried before `retry_usec`. */
typedef struct
{
  guint64 prefix;
  guint64 incarnation;
  gint64 retry_usec;
  gint64 until_usec;
  guint8 n_tries;
  guint8 has_left;
  guint8 is_dead; /* nobody reached it; else it is only us who did not */
} WeftRingTombstone;

/* One that is gone without a goodbye, and may come back. */
typedef struct
{
  WeftRingContact *contact;
  gint64 next_usec;
  guint n_tries;
} WeftRingLost;

typedef struct
{
  guint64 prefix;
  gint64 heard_usec;
  WeftRingMeasure measure;
} WeftRingReport;

typedef struct
{
  char *address;
  gint64 next_usec;
  guint n_tries;
  gboolean is_open;
  gboolean is_done;
  WeftRingContact *contact; /* nullable: who is there */
  gboolean is_looking;      /* for our own place, through it */
  gint64 look_usec;         /* when to look again */
  guint n_nearest;          /* 0: not looked yet */
  guint64 nearest[RING_PATH_NEAREST];
} WeftRingBoot;

typedef struct _WeftRingLookup WeftRingLookup;

/* The neighbours as they are now, found again when the table changed. */
typedef struct
{
  guint64 table_version;
  gboolean is_stale;
  guint n_after;
  guint n_before;
  guint32 view[WEFT_RING_VIEW_MAX];
  /* How far the farthest is on each side, as the first word of the distance; all where the side is
   * not full. */
  guint64 after_limit;
  guint64 before_limit;
  WeftRingMeasure measure;
} WeftRingNear;

typedef struct
{
  float tokens;
  guint32 hash;
  gint64 filled_usec;
} WeftRingBucket;

#define RING_BUCKETS 256
#define RING_BUCKET_WAYS 4

struct _WeftRingMachine
{
  WeftPeerId *peer_id;
  GPtrArray *addresses;
  JsonNode *metadata;
  char *network;
  WeftRingSign sign;
  gpointer sign_data;
  WeftRingVerify verify;
  gpointer verify_data;
  gboolean is_on_ring;
  guint n_side; /* neighbours per side */
  guint capacity;
  gint64 period_usec;

  WeftRingContact *own;
  WeftRingTable *table;
  WeftRingNear near;
  WeftRingPartition *partition;
  WeftRingTurnover turnover;

  /* Of the step under way. */
  WeftRingEffects *effects;
  gint64 now_usec;
  guint64 chance;

  gboolean is_started;
  gboolean is_leaving;
  gboolean is_joined; /* a self-lookup has ended, and the bootstrap addresses agree */
  gint64 paths_usec; /* when the first of them had led somewhere; 0: not yet */
  guint64 salt;
  guint64 serial;

  GArray *ops;          /* (element-type WeftRingOp) */
  guint first_free;     /* index + 1 */
  guint last_op;        /* index + 1 */
  guint n_ops;
  GArray *cases;        /* (element-type WeftRingCase) */
  GArray *candidates;   /* (element-type WeftRingCandidate), by prefix */
  guint16 shares[RING_SHARES]; /* of candidates, by who told them */
  GArray *tombstones;   /* (element-type WeftRingTombstone), by prefix */
  GArray *lost;         /* (element-type WeftRingLost) */
  GArray *reports;      /* (element-type WeftRingReport) */
  GArray *boots;        /* (element-type WeftRingBoot) */
  GPtrArray *lookups;   /* (element-type WeftRingLookup) */
  GPtrArray *goodbyes;  /* nullable (element-type WeftRingContact): to be told that we leave */
  WeftRingMessage *goodbye;
  WeftRingBucket *buckets;
  WeftRingBucket all_bucket;
  WeftRingBucket note_bucket;
  guint n_tries; /* open */
  guint n_samples; /* contacts that a probe asks for */
  guint next_report;

  guint health; /* 0: well, to 7 */
  float rtt_mean; /* of all who answered */
  float rtt_deviation;

  gint64 started_usec;
  gint64 tick_usec;  /* the next */
  gint64 probe_usec; /* when each of these is due */
  gint64 far_usec;
  gint64 refill_usec;
  gint64 self_lookup_usec;
  gint64 lost_usec;
  gint64 repair_usec;
  gint64 size_usec;
  double size; /* as it was found last */
  gint64 hot_usec;   /* until then a change of the neighbourhood is followed closely */
  gint64 refuted_usec;
  guint n_fruitless; /* refills in a row that brought nobody new */
  guint64 version;   /* of the table, when CHANGED was said last */
  guint tell_tokens;
  gint64 tell_usec;
};

/* A number that the step's chance gives. */
guint64       weft_ring_draw              (WeftRingMachine      *self);
double        weft_ring_draw_fraction     (WeftRingMachine      *self);
/* @usec, 10 to 20 percent more or less. */
gint64        weft_ring_draw_jitter       (WeftRingMachine      *self,
                                           gint64                usec);
void          weft_ring_count             (WeftRingMachine      *self,
                                           const char           *counter);

/* Requests under way. */

/* @contact: nullable, with @address then; @message: (transfer full). FALSE when there are too many,
 * and nothing was sent. */
gboolean      weft_ring_send              (WeftRingMachine      *self,
                                           WeftRingOpKind        kind,
                                           guint64               link,
                                           WeftRingContact      *contact,
                                           const char           *address,
                                           WeftRingMessage      *message,
                                           gint64                timeout_usec);
WeftRingMessage *weft_ring_make_ping      (WeftRingMachine      *self,
                                           guint                 n_samples);
/* The last that was sent. */
WeftRingOp   *weft_ring_get_last_op       (WeftRingMachine      *self);
/* Takes it out, to be cleared by weft_ring_op_clear(). FALSE: there is none. */
gboolean      weft_ring_take_op           (WeftRingMachine      *self,
                                           guint64               id,
                                           WeftRingOp           *op);
void          weft_ring_op_clear          (WeftRingOp           *op);
void          weft_ring_handle_reply      (WeftRingMachine      *self,
                                           const WeftRingEvent  *event);
void          weft_ring_handle_failed     (WeftRingMachine      *self,
                                           guint64               id,
                                           gboolean              is_full);
/* How long somebody of whom nothing is known may take to answer. */
gint64        weft_ring_get_timeout       (WeftRingMachine      *self,
                                           WeftRingContact      *contact);

/* Who is near. */

const WeftRingNear *weft_ring_get_near    (WeftRingMachine      *self);
gboolean      weft_ring_is_near           (WeftRingMachine      *self,
                                           const WeftRingPoint  *point);
/* Adds to a reply who of the table should be a neighbour at @point, and is not in the view. */
void          weft_ring_add_missing       (WeftRingMachine      *self,
                                           WeftRingMessage      *reply,
                                           const WeftRingMessage *request,
                                           const WeftRingPoint  *point);
void          weft_ring_add_around        (WeftRingMachine      *self,
                                           WeftRingMessage      *reply,
                                           const WeftRingPoint  *point,
                                           guint                 n,
                                           WeftPeerId           *asker);
/* Adds @n of the table, by chance. */
void          weft_ring_add_samples       (WeftRingMachine      *self,
                                           WeftRingMessage      *reply,
                                           guint                 n,
                                           WeftPeerId           *asker);

/* What others ask. */

void          weft_ring_handle_request    (WeftRingMachine      *self,
                                           const WeftRingEvent  *event);
void          weft_ring_answer            (WeftRingMachine      *self,
                                           guint64               token,
                                           WeftRingMessage      *reply);
gboolean      weft_ring_limit             (WeftRingMachine      *self,
                                           WeftPeerId           *peer_id,
                                           gboolean              is_known);
/* Whether one more probe may be made because of what others say. */
gboolean      weft_ring_limit_notes       (WeftRingMachine      *self);
void          weft_ring_handle_notes      (WeftRingMachine      *self,
                                           const WeftRingMessage *message,
                                           WeftPeerId           *from);
/* Somebody says that we are gone; @is_proved: we said ourselves that we live that life. */
void          weft_ring_refute            (WeftRingMachine      *self,
                                           guint64               incarnation,
                                           gboolean              is_proved);

/* Who lives. */

void          weft_ring_probe             (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           gboolean              was_told);
WeftRingCase *weft_ring_find_case         (WeftRingMachine      *self,
                                           WeftRingContact      *contact);
void          weft_ring_case_answered     (WeftRingMachine      *self,
                                           guint64               serial,
                                           gboolean              is_direct);
void          weft_ring_case_failed       (WeftRingMachine      *self,
                                           guint64               serial,
                                           WeftRingOpKind        kind);
/* It was heard from, whatever it said. */
void          weft_ring_case_close        (WeftRingMachine      *self,
                                           WeftRingContact      *contact);
void          weft_ring_cases_step        (WeftRingMachine      *self);
/* Forgets a peer of the table. */
void          weft_ring_drop              (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           gboolean              has_left);
/* Tells @message to @contact; (transfer none). */
void          weft_ring_tell              (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           WeftRingMessage      *message);
void          weft_ring_tell_around       (WeftRingMachine      *self,
                                           WeftRingContact      *subject,
                                           WeftRingNoteType      type);

/* Who was only heard of. */

/* @is_own_word: the peer itself said it. FALSE: it is forged. */
gboolean      weft_ring_hear              (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           WeftPeerId           *source,
                                           gboolean              is_own_word);
void          weft_ring_hear_all          (WeftRingMachine      *self,
                                           GPtrArray            *contacts,
                                           WeftPeerId           *source);
/* Asks those that wait and would be neighbours. */
void          weft_ring_try_near          (WeftRingMachine      *self);
/* Asks up to @n of those that wait. */
guint         weft_ring_try_some          (WeftRingMachine      *self,
                                           guint                 n);
WeftRingTry   weft_ring_try               (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           WeftRingOrigin        origin);
void          weft_ring_try_failed        (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           WeftRingOrigin        origin);
/* It answered us: takes it into the table. Nullable. */
WeftRingEntry *weft_ring_admit            (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           gint64                rtt_usec);

/* Who is gone. */

WeftRingTombstone *weft_ring_bury         (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           gint64                retry_usec,
                                           gboolean              has_left);
WeftRingTombstone *weft_ring_find_tombstone (WeftRingMachine    *self,
                                             guint64             prefix);
void          weft_ring_exhume            (WeftRingMachine      *self,
                                           guint64               prefix);
void          weft_ring_lose              (WeftRingMachine      *self,
                                           WeftRingContact      *contact);
void          weft_ring_find_again        (WeftRingMachine      *self,
                                           WeftRingContact      *contact);
void          weft_ring_try_lost          (WeftRingMachine      *self);

/* Who is where. */

void          weft_ring_lookup_start      (WeftRingMachine      *self,
                                           const WeftRingEvent  *event);
void          weft_ring_self_lookup       (WeftRingMachine      *self,
                                           WeftRingContact      *through);
/* For ourselves, from one bootstrap address on. */
void          weft_ring_path_lookup       (WeftRingMachine      *self,
                                           WeftRingContact      *through,
                                           guint                 boot);
void          weft_ring_lookup_withdraw   (WeftRingMachine      *self,
                                           guint64               token);
void          weft_ring_lookup_replied    (WeftRingMachine      *self,
                                           guint64               serial,
                                           WeftRingContact      *contact,
                                           const WeftRingMessage *reply);
void          weft_ring_lookup_failed     (WeftRingMachine      *self,
                                           guint64               serial,
                                           WeftRingContact      *contact);
void          weft_ring_lookups_step      (WeftRingMachine      *self);
/* All of them, as they are. */
void          weft_ring_lookups_end       (WeftRingMachine      *self);
gint64        weft_ring_lookups_get_deadline (WeftRingMachine   *self);
void          weft_ring_lookup_free       (WeftRingLookup       *lookup);
void          weft_ring_lookups_check     (WeftRingMachine      *self);
/* The cohort of @key that these make, who are nearest first, as it is; (transfer full). */
GPtrArray    *weft_ring_select_around     (const WeftRingPoint  *key,
                                           GPtrArray            *sorted,
                                           guint                 width);
void          weft_ring_insert_own        (WeftRingMachine      *self,
                                           const WeftRingPoint  *key,
                                           GPtrArray            *sorted);
gboolean      weft_ring_covers            (WeftRingMachine      *self,
                                           const WeftRingPoint  *point,
                                           guint                 width);

/* What is done again and again. */

void          weft_ring_boot              (WeftRingMachine      *self,
                                           const char           *address);
/* @contact: nullable, who is there. */
void          weft_ring_boot_done         (WeftRingMachine      *self,
                                           guint                 index,
                                           WeftRingContact      *contact,
                                           gboolean              is_reached);
/* What is to be done for joining. */
void          weft_ring_join_step         (WeftRingMachine      *self);
/* Whom the way from that address found around us, nearest first; 0: nobody. */
void          weft_ring_join_note_path    (WeftRingMachine      *self,
                                           guint                 index,
                                           const guint64        *nearest,
                                           guint                 n_nearest);
/* Whether as many of them agree as have to. */
gboolean      weft_ring_join_is_found     (WeftRingMachine      *self);
gboolean      weft_ring_join_do_paths_differ (WeftRingMachine   *self);
void          weft_ring_upkeep            (WeftRingMachine      *self);
/* The neighbourhood changed: look closely for a while. */
void          weft_ring_heat              (WeftRingMachine      *self);
void          weft_ring_report            (WeftRingMachine      *self,
                                           WeftRingContact      *contact,
                                           const WeftRingMeasure *measure);
void          weft_ring_leave             (WeftRingMachine      *self);
void          weft_ring_leave_next        (WeftRingMachine      *self);

G_END_DECLS
