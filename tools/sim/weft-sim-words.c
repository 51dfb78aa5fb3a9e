/* weft-sim-words.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-words.h"

#include <string.h>

#define ACTION_CHARS 6

char *
weft_sim_words_time (gint64 usec)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%06d s", usec / G_USEC_PER_SEC,
                          (int) (usec % G_USEC_PER_SEC));
}

static const char *
name (WeftSimTale           *tale,
      const WeftSimTaleLine *line,
      const char            *member)
{
  return weft_sim_tale_name_actor (tale, (guint64) weft_sim_tale_line_get_number (line, member));
}

static JsonArray *
get_blocks (const WeftSimTaleLine *line)
{
  JsonNode *node = json_object_get_member (line->object, "blocks");

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static void
append_blocks (GString               *text,
               const WeftSimTaleLine *line)
{
  JsonArray *blocks = get_blocks (line);

  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? " " : ", ",
                            json_array_get_string_element (blocks, i));
}

/* The whole that an operation is a part of, in a word. */
static const char *
find_whole (WeftSimTale           *tale,
            const WeftSimTaleLine *line)
{
  gint64 within = weft_sim_tale_line_get_number (line, "within");
  WeftSimTaleOperation *whole = g_hash_table_lookup (tale->operations, &within);

  return whole != NULL ? weft_sim_tale_line_get_text (whole->begin, "verb") : NULL;
}

static void
tell_begin (WeftSimTale           *tale,
            const WeftSimTaleLine *line,
            GString               *text)
{
  const char *whole = find_whole (tale, line);
  const char *action = weft_sim_tale_line_get_text (line, "action");

  g_string_append_printf (text, "%s %s %s", name (tale, line, "actor"),
                          whole != NULL ? "asks to" : "begins to",
                          weft_sim_tale_line_get_text (line, "verb"));
  append_blocks (text, line);
  if (json_object_has_member (line->object, "rev"))
    g_string_append_printf (text, " as revision %" G_GINT64_FORMAT,
                            weft_sim_tale_line_get_number (line, "rev"));
  if (action != NULL)
    g_string_append_printf (text, ", action %.*s", ACTION_CHARS, action);
  if (whole != NULL && !g_str_equal (whole, "read"))
    g_string_append_printf (text, " (for its %s)", whole);
}

/* "revision 4 of item-1, no item-2" */
static void
append_revisions (GString               *text,
                  const WeftSimTaleLine *end)
{
  JsonObjectIter iter;
  const char *block;
  JsonNode *rev;
  gboolean is_first = TRUE;

  json_object_iter_init_ordered (&iter,
                                 json_object_get_object_member (end->object, "revisions"));
  while (json_object_iter_next_ordered (&iter, &block, &rev))
    {
      g_string_append (text, is_first ? " " : ", ");
      if (json_node_get_int (rev) == 0)
        g_string_append_printf (text, "that there is no %s", block);
      else
        g_string_append_printf (text, "revision %" G_GINT64_FORMAT " of %s",
                                json_node_get_int (rev), block);
      is_first = FALSE;
    }
}

/* What a part came to. */
static const char *
tell_result (const WeftSimTaleLine *line)
{
  static const struct { const char *result; const char *words; } results[] = {
    { "success", "succeeds" }, { "done", "is done" }, { "found", "is answered" },
    { "stale", "is refused as stale" }, { "redirect", "is sent elsewhere" },
  };
  const char *result = weft_sim_tale_line_get_text (line, "result");

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    if (g_strcmp0 (results[i].result, result) == 0)
      return results[i].words;

  return "is over";
}

static void
tell_end (WeftSimTale           *tale,
          const WeftSimTaleLine *line,
          GString               *text)
{
  WeftSimTaleOperation *operation = weft_sim_tale_get_operation (tale, line);
  const char *verb = weft_sim_tale_line_get_text (operation->begin, "verb");
  const char *outcome = weft_sim_tale_line_get_text (line, "outcome");
  const char *why = weft_sim_tale_line_get_text (line, "why");
  const char *client = name (tale, operation->begin, "actor");
  gboolean is_part = json_object_has_member (operation->begin->object, "within");

  if (why != NULL)
    g_string_append_printf (text, "%s: the %s fails, %s: %s", client, verb,
                            g_strcmp0 (outcome, "unknown") == 0
                            ? "and nobody knows whether it happened"
                            : weft_sim_tale_line_get_text (line, "code"), why);
  else if (json_object_has_member (line->object, "revisions"))
    {
      g_string_append_printf (text, "%s is told", client);
      append_revisions (text, line);
    }
  else if (json_object_has_member (line->object, "staleAt"))
    g_string_append_printf (text, "%s: the %s is refused, as revision %" G_GINT64_FORMAT
                            " is there", client, verb,
                            weft_sim_tale_line_get_number (line, "staleAt"));
  else
    g_string_append_printf (text, "%s: the %s %s", client, verb,
                            is_part ? tell_result (line) : "is done");
}

static void
append_about (GString                  *text,
              WeftSimTale              *tale,
              const WeftSimTaleMessage *message)
{
  g_string_append_printf (text, "%s to %s: %s", name (tale, message->send, "from"),
                          name (tale, message->send, "to"),
                          weft_sim_tale_line_get_text (message->send, "about"));
}

static void
tell_send (WeftSimTale              *tale,
           const WeftSimTaleMessage *message,
           GString                  *text)
{
  gint64 n_losses = weft_sim_tale_line_get_number (message->send, "losses");

  append_about (text, tale, message);
  if (n_losses > 0)
    g_string_append_printf (text, "; it is lost on its way and sent again, %s",
                            n_losses == 1 ? "once" : n_losses == 2 ? "twice" : "many times");
  if (json_object_has_member (message->send->object, "corrupted"))
    g_string_append (text, "; a bit of it changes on its way");
  if (message->fate == NULL)
    g_string_append (text, "; it is still under way at the end");
}

static void
tell_fate (WeftSimTale           *tale,
           const WeftSimTaleLine *line,
           GString               *text)
{
  WeftSimTaleMessage *message = weft_sim_tale_get_message (tale, line);
  const char *why = weft_sim_tale_line_get_text (line, "why");
  g_autofree char *took = weft_sim_words_time (line->at_usec - message->send->at_usec);

  append_about (text, tale, message);
  if (weft_sim_tale_line_is (line, "stall"))
    g_string_append (text, " is held up: nothing gets through");
  else if (weft_sim_tale_line_is (line, "receive"))
    g_string_append_printf (text, " comes, %s after it was sent", took);
  else
    g_string_append_printf (text, " never comes%s%s", why != NULL ? ": " : "",
                            why != NULL ? why : "");
}

static void
tell_note (WeftSimTale           *tale,
           const WeftSimTaleLine *line,
           GString               *text)
{
  const char *note = weft_sim_tale_line_get_text (line, "note");
  const char *what = weft_sim_tale_line_get_text (line, "text");
  const char *actor = name (tale, line, "actor");

  g_string_append_printf (text, "%s: %s%s%s", actor, note, *what != '\0' ? ", " : "", what);
}

gint64
weft_sim_words_find_heal (WeftSimTale           *tale,
                          const WeftSimTaleLine *fault)
{
  const WeftSimTaleLine *end = &g_array_index (tale->lines, WeftSimTaleLine, 0) + tale->lines->len;
  gint64 number = weft_sim_tale_line_get_number (fault, "fault");

  for (const WeftSimTaleLine *line = fault + 1; line < end; line++)
    if (weft_sim_tale_line_is (line, "heal") &&
        weft_sim_tale_line_get_number (line, "fault") == number)
      return line->at_usec;

  return G_MAXINT64;
}

/* Told with its end, as it surrounds what comes next. */
static void
tell_fault (WeftSimTale           *tale,
            const WeftSimTaleLine *line,
            GString               *text)
{
  gint64 until_usec = weft_sim_words_find_heal (tale, line);
  g_autofree char *until = weft_sim_words_time (until_usec);

  g_string_append_printf (text, "fault: %s, until %s", weft_sim_tale_line_get_text (line, "about"),
                          until_usec < G_MAXINT64 ? until : "the end");
}

/* The fault with that number. */
static void
tell_heal (WeftSimTale           *tale,
           const WeftSimTaleLine *line,
           GString               *text)
{
  const WeftSimTaleLine *first = &g_array_index (tale->lines, WeftSimTaleLine, 0);
  gint64 number = weft_sim_tale_line_get_number (line, "fault");

  for (const WeftSimTaleLine *fault = first; fault < line; fault++)
    if (weft_sim_tale_line_is (fault, "fault") &&
        weft_sim_tale_line_get_number (fault, "fault") == number)
      g_string_append_printf (text, "over: %s", weft_sim_tale_line_get_text (fault, "about"));
}

static void
tell_verdict (WeftSimTale           *tale,
              const WeftSimTaleLine *line,
              GString               *text)
{
  const char *reason = weft_sim_tale_line_get_text (line, "reason");

  /* Then it was said already. */
  if (tale->violation != NULL)
    reason = NULL;
  g_string_append_printf (text, "the run ends: %s%s%s",
                          weft_sim_tale_line_get_text (line, "verdict"),
                          reason != NULL ? ", " : "", reason != NULL ? reason : "");
}

char *
weft_sim_words_tell (WeftSimTale           *tale,
                     const WeftSimTaleLine *line)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (weft_sim_tale_line_is (line, "begin"))
    tell_begin (tale, line, text);
  else if (weft_sim_tale_line_is (line, "end"))
    tell_end (tale, line, text);
  else if (weft_sim_tale_line_is (line, "send"))
    tell_send (tale, weft_sim_tale_get_message (tale, line), text);
  else if (weft_sim_tale_line_is (line, "receive") || weft_sim_tale_line_is (line, "stall") ||
           weft_sim_tale_line_is (line, "lose"))
    tell_fate (tale, line, text);
  else if (weft_sim_tale_line_is (line, "note"))
    tell_note (tale, line, text);
  else if (weft_sim_tale_line_is (line, "fault"))
    tell_fault (tale, line, text);
  else if (weft_sim_tale_line_is (line, "heal"))
    tell_heal (tale, line, text);
  else if (weft_sim_tale_line_is (line, "dial"))
    g_string_append_printf (text, "%s asks %s for a connection: %s", name (tale, line, "from"),
                            name (tale, line, "to"), weft_sim_tale_line_get_text (line, "what"));
  else if (weft_sim_tale_line_is (line, "violation"))
    g_string_append_printf (text, "A CHECK FAILS: %s",
                            json_object_has_member (line->object, "text")
                            ? weft_sim_tale_line_get_text (line, "text")
                            : "again, which may follow from the first");
  else if (weft_sim_tale_line_is (line, "verdict"))
    tell_verdict (tale, line, text);
  if (text->len == 0)
    return NULL;

  return weft_sim_tale_name_peers (tale, text->str);
}
