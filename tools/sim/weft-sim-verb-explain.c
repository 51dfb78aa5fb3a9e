/* weft-sim-verb-explain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-nearest.h"
#include "weft-sim-story.h"
#include "weft-sim-tool.h"
#include "weft-sim-words.h"

#include <string.h>

static struct
{
  char *block;
  char *action;
  char *client;
  gboolean is_failure;
} options;

static gboolean
check_client (WeftSimTale   *tale,
              WeftSimStory  *story,
              char         **name,
              GError       **error)
{
  if (options.client == NULL)
    return TRUE;
  *name = g_ascii_isdigit (*options.client) ? g_strdup_printf ("client-%s", options.client)
                                            : g_strdup (options.client);
  story->client = *name;
  if (g_ptr_array_find_with_equal_func (tale->actors, *name, g_str_equal, NULL))
    return TRUE;
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "%s: there is no “%s” in this trace",
               tale->path, *name);

  return FALSE;
}

/* Blocks that somebody asked for, to see whether one of them was meant. */
static gboolean
check_block (WeftSimTale  *tale,
             GError      **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  if (options.block == NULL)
    return TRUE;
  for (guint i = 0; i < tale->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (tale->lines, WeftSimTaleLine, i);
      JsonNode *node = json_object_get_member (line->object, "blocks");
      JsonArray *blocks = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                        : NULL;

      if (weft_sim_tale_line_has_block (line, options.block))
        return TRUE;
      for (guint j = 0; blocks != NULL && j < json_array_get_length (blocks); j++)
        g_ptr_array_add (names, (char *) json_array_get_string_element (blocks, j));
    }
  g_ptr_array_add (names, NULL);
  if (names->len > 1)
    {
      g_autofree char *hint
          = weft_nearest_hint (options.block, (const char * const *) names->pdata);

      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "%s: nothing in this trace is about block “%s”%s", tale->path, options.block,
                   hint);
    }
  else
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                 "%s: nothing in this trace is about a block", tale->path);

  return FALSE;
}

static gboolean
check_action (WeftSimTale  *tale,
              GError      **error)
{
  if (options.action == NULL)
    return TRUE;
  for (guint i = 0; i < tale->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (tale->lines, WeftSimTaleLine, i);
      const char *action = weft_sim_tale_line_get_text (line, "action");

      if (action != NULL && g_str_has_prefix (action, options.action))
        return TRUE;
    }
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "%s: no action in this trace begins with “%s”", tale->path, options.action);

  return FALSE;
}

/* Text */

static void
print_sentence (gint64      at_usec,
                guint64     event,
                const char *text,
                gpointer    user_data)
{
  g_autofree char *time = weft_sim_words_time (at_usec);

  g_string_append_printf (user_data, "%14s  %s\n", time, text);
}

static void
print_text (const WeftSimStory *story,
            WeftSimTale        *tale)
{
  const char *reason = weft_sim_tale_get_reason (tale);
  g_autoptr(GString) text = g_string_new (NULL);
  guint n_left_out = weft_sim_story_tell (story, tale, print_sentence, text);

  g_print ("%s, seed %" G_GUINT64_FORMAT ", build %s\n",
           weft_sim_scenario_get_name (tale->scenario), tale->seed, tale->build);
  if (tale->is_cut)
    g_print ("The trace ends before its verdict: the run died, or the file was cut off.\n");
  if (story->is_failure && reason != NULL)
    g_print ("%s\n", reason);
  if (n_left_out > 0)
    {
      const char *block = tale->failure_blocks->len > 0 ? tale->failure_blocks->pdata[0] : NULL;

      g_print ("(%u lines before are left out%s%s)\n", n_left_out,
               block != NULL ? "; all of them: --block " : "", block != NULL ? block : "");
    }
  g_print ("\n%s", text->str);
}

/* JSON */

static void
add_sentence (gint64      at_usec,
              guint64     event,
              const char *text,
              gpointer    user_data)
{
  JsonObject *line = json_object_new ();

  json_object_set_int_member (line, "at", at_usec);
  if (event != 0)
    json_object_set_int_member (line, "event", (gint64) event);
  json_object_set_string_member (line, "text", text);
  json_array_add_object_element (user_data, line);
}

static void
print_json (const WeftSimStory *story,
            WeftSimTale        *tale)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  const char *reason = weft_sim_tale_get_reason (tale);
  JsonObject *object = json_object_new ();
  JsonArray *lines = json_array_new ();
  guint n_left_out = weft_sim_story_tell (story, tale, add_sentence, lines);

  json_object_set_string_member (object, "scenario", weft_sim_scenario_get_name (tale->scenario));
  json_object_set_int_member (object, "seed", (gint64) tale->seed);
  json_object_set_string_member (object, "build", tale->build);
  if (tale->verdict != NULL)
    json_object_set_string_member (object, "verdict",
                                   weft_sim_tale_line_get_text (tale->verdict, "verdict"));
  if (reason != NULL)
    json_object_set_string_member (object, "reason", reason);
  json_object_set_int_member (object, "leftOut", n_left_out);
  json_object_set_array_member (object, "lines", lines);
  json_node_take_object (node, object);
  weft_sim_tool_print (node);
}

static WeftSimExit
run_explain (WeftSimTool  *tool,
             char        **arguments)
{
  GError *error = NULL;
  g_autoptr(WeftSimTale) tale = weft_sim_tale_read (arguments[0], &error);
  g_autofree char *client = NULL;
  WeftSimStory story = { options.block, options.action, NULL, options.is_failure };
  gboolean is_chosen = options.block != NULL || options.action != NULL || options.client != NULL;

  if (tale == NULL || !check_client (tale, &story, &client, &error) ||
      !check_block (tale, &error) || !check_action (tale, &error))
    return weft_sim_tool_fail (error);
  story.is_failure |= !is_chosen;
  if (story.is_failure && weft_sim_tale_get_reason (tale) == NULL && !tale->is_cut)
    return weft_sim_tool_usage ("this run did not fail: say what to explain, with --block, "
                                "--action or --client");

  if (tool->json)
    print_json (&story, tale);
  else
    print_text (&story, tale);

  return WEFT_SIM_EXIT_PASS;
}

static const GOptionEntry entries[] = {
  { "block", 'b', 0, G_OPTION_ARG_STRING, &options.block, "What happened to a block", "ID" },
  { "action", 'a', 0, G_OPTION_ARG_STRING, &options.action,
    "What became of an action; its first characters do", "ID" },
  { "client", 'c', 0, G_OPTION_ARG_STRING, &options.client, "What a client did", "N" },
  { "failure", 'f', 0, G_OPTION_ARG_NONE, &options.is_failure,
    "What the failure is about (the default)", NULL },
  G_OPTION_ENTRY_NULL
};

const WeftSimVerb weft_sim_verb_explain = {
  .name = "explain",
  .arguments = "TRACE",
  .summary = "tell the story of a run from its trace",
  .description = "TRACE is what “run --trace” wrote. Several options together tell what fits all\n"
                 "of them. Examples:\n\n"
                 "  weft-sim explain run.trace\n"
                 "  weft-sim explain run.trace --block item-3 --client 2",
  .options = entries,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run_explain,
};
