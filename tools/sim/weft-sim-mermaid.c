/* weft-sim-mermaid.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-mermaid.h"

#include <string.h>

/* More is not read by anybody, and Mermaid draws at most a few hundred. */
#define MESSAGES_MAX 200

/* Mermaid ends a statement at a semicolon, and takes # for the beginning of a character. */
static void
append_words (GString    *text,
              const char *words)
{
  for (const char *at = words; *at != '\0'; at++)
    {
      if (*at == ';' || *at == '#')
        g_string_append_printf (text, "#%d;", *at);
      else if (*at == '\n')
        g_string_append_c (text, ' ');
      else
        g_string_append_c (text, *at);
    }
}

static void
append_time (GString *text,
             gint64   usec)
{
  g_string_append_printf (text, "%" G_GINT64_FORMAT ".%06d s ", usec / G_USEC_PER_SEC,
                          (int) (usec % G_USEC_PER_SEC));
}

/* What keeps a connection going is not what the story is about. */
static gboolean
is_told (const WeftSimTaleLine *line)
{
  static const char *const envelopes[] = { "request", "reply", "error", "message", NULL };
  const char *envelope = weft_sim_tale_line_get_text (line, "envelope");

  return weft_sim_tale_line_is (line, "send") && envelope != NULL &&
         g_strv_contains (envelopes, envelope);
}

static void
append_message (GString               *text,
                WeftSimTale           *tale,
                const WeftSimTaleLine *line)
{
  WeftSimTaleMessage *message = weft_sim_tale_get_message (tale, line);
  const char *envelope = weft_sim_tale_line_get_text (line, "envelope");
  gboolean is_lost = message->fate == NULL || weft_sim_tale_line_is (message->fate, "lose");
  gboolean is_answer = g_str_equal (envelope, "reply") || g_str_equal (envelope, "error");
  const char *arrow = is_answer ? "-->>" : "->>";

  if (is_lost)
    arrow = is_answer ? "--x" : "-x";
  g_string_append_printf (text, "  a%" G_GINT64_FORMAT "%sa%" G_GINT64_FORMAT ": ",
                          weft_sim_tale_line_get_number (line, "from"), arrow,
                          weft_sim_tale_line_get_number (line, "to"));
  append_time (text, line->at_usec);
  append_words (text, weft_sim_tale_line_get_text (line, "about"));
  if (is_lost)
    g_string_append (text, " (never comes)");
  else if (message->fate->at_usec - line->at_usec > 100 * G_TIME_SPAN_MILLISECOND)
    {
      g_string_append (text, " (comes at ");
      append_time (text, message->fate->at_usec);
      text->str[text->len - 1] = ')';
    }
  g_string_append_c (text, '\n');
}

static void
append_note (GString               *text,
             const WeftSimTaleLine *line)
{
  g_string_append_printf (text, "  Note over a%" G_GINT64_FORMAT ": ",
                          weft_sim_tale_line_get_number (line, "actor"));
  append_time (text, line->at_usec);
  append_words (text, weft_sim_tale_line_get_text (line, "note"));
  g_string_append_c (text, ' ');
  append_words (text, weft_sim_tale_line_get_text (line, "text"));
  g_string_append_c (text, '\n');
}

static void
append_actors (GString     *text,
               WeftSimTale *tale,
               GArray      *chosen)
{
  g_autofree gboolean *is_there = g_new0 (gboolean, tale->actors->len);

  for (guint i = 0; i < chosen->len; i++)
    {
      const WeftSimTaleLine *line = g_array_index (chosen, const WeftSimTaleLine *, i);
      static const char *const names[] = { "from", "to", "actor" };

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        {
          guint64 actor = (guint64) weft_sim_tale_line_get_number (line, names[j]);

          if (actor < tale->actors->len && json_object_has_member (line->object, names[j]))
            is_there[actor] = TRUE;
        }
    }
  for (guint i = 0; i < tale->actors->len; i++)
    if (is_there[i])
      g_string_append_printf (text, "  participant a%u as %s\n", i,
                              weft_sim_tale_name_actor (tale, i));
}

static gboolean
is_noted (const WeftSimTaleLine *line)
{
  static const char *const told_by_messages[] = { "failed", "heal", NULL };
  const char *note = weft_sim_tale_line_get_text (line, "note");

  return weft_sim_tale_line_is (line, "note") && !g_strv_contains (told_by_messages, note);
}

/* The lines to be told, in order; of too many messages the last, as a failure is at the end. */
static GArray *
choose (WeftSimTale         *tale,
        const WeftSimExtent *extent,
        guint               *n_left_out)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (const WeftSimTaleLine *));
  guint n_messages = 0;
  guint first = 0;

  for (guint i = 0; i < tale->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (tale->lines, WeftSimTaleLine, i);

      if (!weft_sim_extent_has (extent, tale, line) || (!is_told (line) && !is_noted (line)))
        continue;
      if (is_noted (line) &&
          (line->at_usec < extent->from_usec || line->at_usec > extent->until_usec))
        continue;
      n_messages += is_told (line);
      g_array_append_val (chosen, line);
    }
  *n_left_out = n_messages > MESSAGES_MAX ? n_messages - MESSAGES_MAX : 0;
  for (guint left = *n_left_out; left > 0; first++)
    left -= is_told (g_array_index (chosen, const WeftSimTaleLine *, first));
  g_array_remove_range (chosen, 0, first);

  return chosen;
}

char *
weft_sim_mermaid_format (WeftSimTale         *tale,
                         const WeftSimExtent *extent)
{
  g_autoptr(GString) text = g_string_new ("sequenceDiagram\n");
  const char *reason = weft_sim_tale_get_reason (tale);
  guint n_left_out = 0;
  g_autoptr(GArray) chosen = choose (tale, extent, &n_left_out);

  g_string_append_printf (text, "  %%%% %s, seed %" G_GUINT64_FORMAT ", build %s\n",
                          weft_sim_scenario_get_name (tale->scenario), tale->seed, tale->build);
  if (extent->is_cone)
    g_string_append (text, "  %% only what led to it and what came of it\n");
  append_actors (text, tale, chosen);
  if (n_left_out > 0 && chosen->len > 0)
    {
      const WeftSimTaleLine *first = g_array_index (chosen, const WeftSimTaleLine *, 0);

      g_string_append_printf (text, "  Note over a%" G_GINT64_FORMAT
                              ": %u messages before this are left out\n",
                              weft_sim_tale_line_get_number (first, is_told (first) ? "from"
                                                                                    : "actor"),
                              n_left_out);
    }
  for (guint i = 0; i < chosen->len; i++)
    {
      const WeftSimTaleLine *line = g_array_index (chosen, const WeftSimTaleLine *, i);

      if (is_told (line))
        append_message (text, tale, line);
      else
        append_note (text, line);
    }
  if (reason != NULL)
    {
      g_string_append (text, "  %% ");
      append_words (text, reason);
      g_string_append_c (text, '\n');
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
