/* weft-ring-turnover-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How fast peers come and go, from those of one table: how many were found gone, and over how much
 * of their time this was watched. Young, it believes in long lives. */
typedef struct
{
  double n_gone;
  double seconds;
} WeftRingTurnover;

void   weft_ring_turnover_init      (WeftRingTurnover       *self);
/* A peer was heard of again, or is gone, @age_usec after it was last heard of. */
void   weft_ring_turnover_note      (WeftRingTurnover       *self,
                                     gint64                  age_usec,
                                     gboolean                is_gone);
/* How many peers one question a second keeps fresh: no more are worth having. */
double weft_ring_turnover_get_worth (const WeftRingTurnover *self);

G_END_DECLS
