/* weft-bug.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Only in the library that is built for tests/sim/hunt-bugs. */

#include "config.h"

#include "weft-bug-private.h"

static const struct
{
  const char *name;
  const char *words;
} bugs[] = {
#define WEFT_BUG_MEMBER(name, words) [WEFT_BUG_##name] = { #name, words },
  WEFT_BUGS (WEFT_BUG_MEMBER)
#undef WEFT_BUG_MEMBER
};

static WeftBug bug_on = WEFT_N_BUGS;
static guint64 n_passed;

gboolean
weft_bug_is_on (WeftBug bug)
{
  n_passed += bug == bug_on;

  return bug == bug_on;
}

void
weft_bug_turn_on (WeftBug bug)
{
  g_assert (bug <= WEFT_N_BUGS);

  bug_on = bug;
  n_passed = 0;
}

guint64
weft_bug_get_n (void)
{
  return n_passed;
}

const char *
weft_bug_get_name (WeftBug bug)
{
  g_assert (bug < WEFT_N_BUGS);

  return bugs[bug].name;
}

const char *
weft_bug_get_words (WeftBug bug)
{
  g_assert (bug < WEFT_N_BUGS);

  return bugs[bug].words;
}
