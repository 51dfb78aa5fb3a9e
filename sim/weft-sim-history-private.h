/* weft-sim-history-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-history.h"
#include "weft-sim-index-private.h"
#include "weft-sim-store-private.h"

G_BEGIN_DECLS

#define WEFT_SIM_HISTORY_NONE G_MAXUINT32
#define WEFT_SIM_HISTORY_NEVER G_MAXUINT64

typedef enum
{
  WEFT_SIM_BY_READ,
  WEFT_SIM_BY_WRITE,
  WEFT_SIM_BY_STALE, /* what a refused write was told */
  WEFT_SIM_BY_PAST,  /* a look at the history of a block */
  WEFT_SIM_BY_LOG,   /* what was there in the end */
} WeftSimBy;

/* Who writes when it is no client. */
#define WEFT_SIM_HISTORY_NODES G_MAXUINT32

/* Who saw something, and when. Every beginning and every end takes the next number, so numbers
 * say what came before what, also within one microsecond. */
typedef struct
{
  guint64 ended;
  guint64 began;
  gint64 ended_usec;
  gint64 began_usec;
  WeftSimBy by;
  guint client;
  guint block;
} WeftSimWitness;

/* An action, whatever number of attempts it took. What every sighting looks at comes first. */
typedef struct
{
  guint64 action;
  gint64 rev;                /* 0 until it was seen */
  guint n_open;              /* attempts without an outcome */
  guint is_acknowledged : 1;
  guint is_unknown : 1;      /* some attempt was */
  guint is_failed : 1;       /* no attempt can have done anything */
  guint client;
  guint first_part;          /* the parts of a write are next to each other */
  guint n_parts;
  WeftSimWitness seen;       /* the first that saw it, when `seen.ended` is not NEVER */
  guint64 began;             /* the first attempt that may have done something */
  guint64 attempt;           /* the first of those that are open together */
  gint64 began_usec;
  gint64 attempt_usec;
} WeftSimWrite;

/* What a write does to one block. */
typedef struct
{
  guint write;
  guint block;
  guint64 action;       /* of the write, as the revision is, to be at hand */
  gint64 rev;           /* 0 until it was seen */
  guint64 value;
  gint64 base;
  gint64 floor;         /* what was known of the block before the write began */
  gint64 attempt_floor; /* and before the open attempts did */
  guint64 last_began;   /* of the reads that saw just this */
  guint before;         /* the tip of the block when this took its place, or NONE */
  gboolean is_found;    /* in the logs */
} WeftSimPart;

typedef struct
{
  gint64 floor;       /* the highest revision that somebody saw */
  guint tip;          /* the part that made it, or NONE */
  guint64 last_began; /* of the reads that saw nothing */
} WeftSimHistoryBlock;

typedef struct
{
  guint64 began; /* 0 while the slot is free */
  gint64 began_usec;
  gint64 floor;
  guint client;
  guint block;
  guint next_free;
} WeftSimHistoryRead;

struct _WeftSimHistory
{
  GObject parent_instance;

  guint64 number;       /* of the last beginning or end */
  guint64 n_operations;
  guint64 n_violations;
  WeftSimViolation violation; /* the first */
  char *words;

  GArray *blocks;       /* (element-type WeftSimHistoryBlock), by number */
  WeftSimStore writes;  /* of WeftSimWrite */
  WeftSimStore parts;   /* of WeftSimPart */
  GArray *reads;        /* (element-type WeftSimHistoryRead), those that are open */
  guint first_free;     /* in reads */
  guint64 highest_action;
  gboolean is_unordered; /* not every action came with a number above those before it */
  WeftSimIndex actions;  /* writes by action, once they are unordered */
  GArray *tips;          /* (element-type guint): parts that were a tip, not yet in revs */
  WeftSimIndex revs;     /* parts by block and revision */

  WeftSimNameFunc name_func;
  gpointer name_data;
  GDestroyNotify name_destroy;
};

static inline WeftSimWrite *
weft_sim_history_get_write (WeftSimHistory *self,
                            guint           write)
{
  return weft_sim_store_get (&self->writes, write);
}

static inline WeftSimPart *
weft_sim_history_get_part (WeftSimHistory *self,
                           guint           part)
{
  return weft_sim_store_get (&self->parts, part);
}

/* That a revision may be there which no client wrote, as nodes gave the block to others to keep.
 * Its content is what was there before; when it began nobody can tell. */
void          weft_sim_history_expect_move  (WeftSimHistory        *self,
                                             guint64                action,
                                             guint                  block,
                                             guint64                value);
/* Makes it when it is the first time that one hears of it. */
WeftSimHistoryBlock *weft_sim_history_get_block (WeftSimHistory     *self,
                                                 guint               number);
/* The part that made a revision, or NONE. */
guint         weft_sim_history_find_part    (WeftSimHistory        *self,
                                             guint                  block,
                                             gint64                 rev);
guint         weft_sim_history_find_write   (WeftSimHistory        *self,
                                             guint64                action);
void          weft_sim_history_index_write  (WeftSimHistory        *self,
                                             guint                  write);
/* Finds the write of what was seen, whose revision it is from now on. Its part, or NONE after a
 * violation; the revision must not be 0. */
guint         weft_sim_history_take         (WeftSimHistory        *self,
                                             const WeftSimSighting *sighting,
                                             const WeftSimWitness  *witness);
/* The same for what claims to be the latest revision, against one that was known before. */
void          weft_sim_history_take_latest  (WeftSimHistory        *self,
                                             const WeftSimSighting *sighting,
                                             gint64                 floor,
                                             const WeftSimWitness  *witness);
/* The same for a write that was told its revision. */
gboolean      weft_sim_history_take_success (WeftSimHistory        *self,
                                             WeftSimWrite          *write,
                                             gint64                 rev,
                                             const WeftSimWitness  *witness);
/* For what somebody saw of a write that had failed. */
gboolean      weft_sim_history_report_failed (WeftSimHistory       *self,
                                              const WeftSimWrite   *write,
                                              const WeftSimWitness *witness);
/* For a part that became `rev` over a revision `between`, which it was not built on. */
gboolean      weft_sim_history_report_base  (WeftSimHistory        *self,
                                             const WeftSimWrite    *write,
                                             const WeftSimPart     *part,
                                             gint64                 rev,
                                             gint64                 between);
/* For an action that was pending and is not. */
gboolean      weft_sim_history_report_forgotten (WeftSimHistory    *self,
                                                 gint64             now_usec,
                                                 guint              client,
                                                 guint64            action,
                                                 gint64             told_usec);
/* Takes over the words, and keeps those of the first violation. Returns FALSE. */
gboolean      weft_sim_history_report       (WeftSimHistory        *self,
                                             WeftSimViolation       violation,
                                             char                  *words);

/* "read #12 by client 3 from 0.000100 s to 0.000200 s", to be freed. */
char         *weft_sim_history_name_witness (WeftSimHistory        *self,
                                             const WeftSimWitness  *witness)
    G_GNUC_WARN_UNUSED_RESULT;
/* "action 7 of client 3", to be freed. */
char         *weft_sim_history_name_write   (WeftSimHistory        *self,
                                             const WeftSimWrite    *write)
    G_GNUC_WARN_UNUSED_RESULT;
/* "revision 4 of block 2", to be freed. */
char         *weft_sim_history_name_rev     (WeftSimHistory        *self,
                                             guint                  block,
                                             gint64                 rev)
    G_GNUC_WARN_UNUSED_RESULT;
/* "block 2", to be freed. */
char         *weft_sim_history_name         (WeftSimHistory        *self,
                                             WeftSimNamed           what,
                                             guint64                number)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
