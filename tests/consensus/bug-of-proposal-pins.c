/* bug-of-proposal-pins.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turns a bug on that no world of the explorer shows, before the tests of what it breaks: these
 * have to fail.
 */

#include "config.h"

#include "weft-bug-private.h"

static void turn_on (void) __attribute__ ((constructor));

static void
turn_on (void)
{
  weft_bug_turn_on (WEFT_BUG_PROPOSAL_PIN_IGNORED);
}
