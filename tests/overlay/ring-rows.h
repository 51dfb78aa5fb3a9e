/* ring-rows.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-bars.h"
#include "ring-world.h"

G_BEGIN_DECLS

/* How long things are looked at: a test has seconds, a bench has minutes. */
typedef struct
{
  gint64 warm_usec;
  gint64 span_usec;
  guint n_lookups;
  guint n_crashes;
  guint n_forgeries;
  guint table_capacity; /* where a row does not say; 0: 2048 */
  gboolean is_verbose; /* tells what the machines counted */
  gboolean with_check;
} RingEffort;

/* Networks that fill some rows. */
typedef struct
{
  const char *name;
  const char *summary;
  void (*run) (RingFigures      *figures,
               const RingEffort *effort);
} RingRows;

extern const RingRows ring_rows[];
extern const guint ring_n_rows;

/* NULL when there is none. */
const RingRows *ring_rows_find (const char *name);

void ring_rows_calm    (RingFigures *figures, const RingEffort *effort);
void ring_rows_slow    (RingFigures *figures, const RingEffort *effort);
void ring_rows_small   (RingFigures *figures, const RingEffort *effort);
void ring_rows_detect  (RingFigures *figures, const RingEffort *effort);
void ring_rows_churn60 (RingFigures *figures, const RingEffort *effort);
void ring_rows_churn10 (RingFigures *figures, const RingEffort *effort);
void ring_rows_churn2  (RingFigures *figures, const RingEffort *effort);
void ring_rows_crash   (RingFigures *figures, const RingEffort *effort);
void ring_rows_loss1   (RingFigures *figures, const RingEffort *effort);
void ring_rows_loss5   (RingFigures *figures, const RingEffort *effort);
void ring_rows_liars   (RingFigures *figures, const RingEffort *effort);
void ring_rows_cut     (RingFigures *figures, const RingEffort *effort);
void ring_rows_hostile (RingFigures *figures, const RingEffort *effort);
void ring_rows_joining (RingFigures *figures, const RingEffort *effort);
void ring_rows_forged  (RingFigures *figures, const RingEffort *effort);
void ring_rows_flood   (RingFigures *figures, const RingEffort *effort);
void ring_rows_scale   (RingFigures *figures, const RingEffort *effort);

/* A network of the size of the figures that has run for a while; shared by the above. */
RingWorld *ring_rows_make (RingFigures        *figures,
                           const RingEffort   *effort,
                           const RingSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
/* Tells of it, and frees it. */
void       ring_rows_end  (RingWorld          *world,
                           const RingEffort   *effort,
                           const char         *name);
/* n_lookups of them, over the span. */
void       ring_rows_look_up (RingWorld       *world,
                              const RingEffort *effort,
                              guint            paths);

G_END_DECLS
