/* small-history.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* A history that is small enough to try all orders of it. */

#define SMALL_BLOCKS 3
#define SMALL_OPERATIONS_MAX 9
#define SMALL_PARTS_MAX 2
#define SMALL_LOG_MAX (2 * SMALL_OPERATIONS_MAX * SMALL_PARTS_MAX)
#define SMALL_NEVER G_MAXUINT

/* A read, or an attempt to write. Attempts of one action follow each other. */
typedef struct
{
  guint begin;
  guint end;          /* of the attempt; a read that has NEVER is not answered */
  gboolean is_write;
  guint64 action;
  WeftSimChange changes[SMALL_PARTS_MAX];
  guint n_changes;
  WeftSimOutcome outcome;
  gint64 rev;         /* told with success */
  gboolean is_told;   /* a refused write that was told why */
  WeftSimSighting sighting;
} SmallOperation;

typedef struct
{
  SmallOperation operations[SMALL_OPERATIONS_MAX];
  guint n_operations;
  WeftSimSighting log[SMALL_LOG_MAX];
  guint n_log;
  gboolean has_log;
  gboolean is_simple;
} SmallHistory;

/* What clients of a correct store were told, with operations that overlap at random. A simple
 * one has writes of single blocks only, and no log. */
void            small_history_draw   (SmallHistory       *self,
                                      gboolean            is_simple,
                                      WeftSimPrng        *prng);
/* Changes something somewhere; the result is mostly wrong. */
void            small_history_mutate (SmallHistory       *self,
                                      WeftSimPrng        *prng);
/* What the online checker says; of a simple one without any sweep. */
WeftSimHistory *small_history_feed   (const SmallHistory *self) G_GNUC_WARN_UNUSED_RESULT;
/* Whether any order of the operations is right, by trying all of them. */
gboolean        small_history_search (const SmallHistory *self);
/* For people. */
char           *small_history_tell   (const SmallHistory *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
