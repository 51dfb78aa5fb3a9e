/* weft-sim-filter.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-filter-private.h"

#define PARTS 3

static const char *const envelopes[] = {
  "hello", "proof", "request", "message", "reply", "error", "cancel", "credit", "ping", "pong",
  "bye",   "*",     NULL,
};

static const char *
intern (const char *word)
{
  return g_str_equal (word, "*") ? NULL : g_intern_string (word);
}

gboolean
weft_sim_filter_parse (WeftSimFilter *self,
                       const char    *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "/", PARTS);

  if (g_strv_length (parts) != PARTS || *parts[0] == '\0' || *parts[1] == '\0' ||
      !g_strv_contains (envelopes, parts[2]))
    return FALSE;
  *self = (WeftSimFilter) { intern (parts[0]), intern (parts[1]), intern (parts[2]) };

  return TRUE;
}

static gboolean
is_said (JsonObject *summary,
         const char *member,
         const char *word)
{
  const char *said = json_object_get_string_member_with_default (summary, member, "");

  return word == NULL || g_str_equal (said, word);
}

gboolean
weft_sim_filter_matches (const WeftSimFilter *self,
                         JsonObject          *summary)
{
  return is_said (summary, "service", self->service) && is_said (summary, "verb", self->verb) &&
         is_said (summary, "envelope", self->envelope);
}

gboolean
weft_sim_filter_equal (const WeftSimFilter *a,
                       const WeftSimFilter *b)
{
  return a->service == b->service && a->verb == b->verb && a->envelope == b->envelope;
}
