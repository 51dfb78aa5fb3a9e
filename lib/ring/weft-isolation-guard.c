/* weft-isolation-guard.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-isolation-guard-private.h"

/* So long after the last connection ended, whoever was there is likely to come back. */
#define GRACE_USEC (30 * G_USEC_PER_SEC)

static const struct
{
  const char *name;
  gboolean is_allowed;
  const char *explanation;
} rules[] = {
  [WEFT_ISOLATION_NOT_ALONE]
  = { "connected", TRUE, "Other peers are connected." },
  [WEFT_ISOLATION_OFF]
  = { "off", FALSE, "This node may not decide alone, as it is set up: connect it to others." },
  [WEFT_ISOLATION_NEW]
  = { "new", TRUE, "No other peer was ever seen, so this node is a network of one." },
  [WEFT_ISOLATION_PARTITION]
  = { "partition", FALSE,
      "The network seems to be cut, and the others may be deciding too: wait until it heals." },
  [WEFT_ISOLATION_SHRUNK]
  = { "shrunk", FALSE,
      "No more peers are left than are missing, and these may be deciding elsewhere: look after "
      "the connection of this node, or, if they are gone for good, start it with "
      "--forget-missing." },
  [WEFT_ISOLATION_GRACE]
  = { "grace", FALSE, "The last connection ended just now: wait half a minute." },
  [WEFT_ISOLATION_EXTENDED]
  = { "extended", TRUE,
      "The others have been away for long, so this node decides alone; what they decide meanwhile "
      "may contradict it." },
};

WeftIsolation
weft_isolation_judge (const WeftIsolationFacts *facts)
{
  g_assert (facts != NULL);
  g_assert (facts->connected_usec <= facts->now_usec);

  if (facts->n_connected > 0)
    return WEFT_ISOLATION_NOT_ALONE;
  if (!facts->may_be_alone)
    return WEFT_ISOLATION_OFF;
  if (!facts->has_seen_others)
    return WEFT_ISOLATION_NEW;
  if (facts->is_partitioned)
    return WEFT_ISOLATION_PARTITION;
  if (facts->is_small)
    return WEFT_ISOLATION_SHRUNK;
  if (facts->connected_usec >= 0 && facts->now_usec - facts->connected_usec < GRACE_USEC)
    return WEFT_ISOLATION_GRACE;

  return WEFT_ISOLATION_EXTENDED;
}

gboolean
weft_isolation_allows (WeftIsolation self)
{
  g_assert (self < G_N_ELEMENTS (rules));

  return rules[self].is_allowed;
}

const char *
weft_isolation_to_name (WeftIsolation self)
{
  g_assert (self < G_N_ELEMENTS (rules));

  return rules[self].name;
}

const char *
weft_isolation_explain (WeftIsolation self)
{
  g_assert (self < G_N_ELEMENTS (rules));

  return rules[self].explanation;
}
