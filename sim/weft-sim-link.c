/* weft-sim-link.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-link.h"

/* From one machine to the next in a quiet room. */
#define DELAY_USEC_DEFAULT 250

G_DEFINE_BOXED_TYPE (WeftSimLink, weft_sim_link, weft_sim_link_copy, weft_sim_link_free)

/**
 * weft_sim_link_init: (skip)
 * @self: what to fill
 *
 * Makes a link that delays each message by a quarter of a millisecond, and has no faults.
 *
 * Since: 0.1
 */
void
weft_sim_link_init (WeftSimLink *self)
{
  g_return_if_fail (self != NULL);

  *self = (WeftSimLink) { .delay = { .least_usec = DELAY_USEC_DEFAULT } };
}

/**
 * weft_sim_link_copy:
 * @self: a link
 *
 * Copies a link.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
WeftSimLink *
weft_sim_link_copy (const WeftSimLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * weft_sim_link_free:
 * @self: a link
 *
 * Frees a copy.
 *
 * Since: 0.1
 */
void
weft_sim_link_free (WeftSimLink *self)
{
  g_free (self);
}
