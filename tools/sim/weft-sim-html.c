/* weft-sim-html.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-html.h"

#include <string.h>

#define PREFIX "/org/weft/timeline/"

gboolean
weft_sim_extent_has (const WeftSimExtent   *self,
                     WeftSimTale           *tale,
                     const WeftSimTaleLine *line)
{
  gboolean is_lasting = weft_sim_tale_line_is (line, "note") ||
                        weft_sim_tale_line_is (line, "fault") ||
                        weft_sim_tale_line_is (line, "heal");

  /* What frames everything else. */
  if (weft_sim_tale_line_is (line, "header") || weft_sim_tale_line_is (line, "actor") ||
      weft_sim_tale_line_is (line, "peer") ||
      weft_sim_tale_line_is (line, "verdict"))
    return TRUE;
  if (self->is_cone && !is_lasting && !weft_sim_tale_is_in_cone (tale, line))
    return FALSE;

  return is_lasting || (line->at_usec >= self->from_usec && line->at_usec <= self->until_usec);
}

/* JSON in a script ends where HTML sees the end of the script: no < is left. */
static void
append_escaped (GString    *page,
                const char *text)
{
  const char *end;

  while ((end = strchr (text, '<')) != NULL)
    {
      g_string_append_len (page, text, end - text);
      g_string_append (page, "\\u003c");
      text = end + 1;
    }
  g_string_append (page, text);
}

static void
append_node (GString  *page,
             JsonNode *node)
{
  g_autofree char *text = weft_json_to_string (node);

  append_escaped (page, text);
}

static JsonArray *
list_blocks (WeftSimTale *tale)
{
  JsonArray *blocks = json_array_new ();

  for (guint i = 0; i < tale->failure_blocks->len; i++)
    json_array_add_string_element (blocks, tale->failure_blocks->pdata[i]);

  return blocks;
}

static JsonArray *
list_failure (WeftSimTale *tale)
{
  JsonArray *operations = json_array_new ();

  for (guint i = 0; i < tale->failure_operations->len; i++)
    json_array_add_int_element (operations,
                                (gint64) g_array_index (tale->failure_operations, guint64, i));

  return operations;
}

/* What the page cannot read off the lines. */
static JsonNode *
describe (WeftSimTale *tale,
          guint        n_left_out,
          const char  *reproduce)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *about = json_object_new ();

  json_object_set_string_member (about, "reproduce", reproduce);
  if (weft_sim_tale_get_reason (tale) != NULL)
    json_object_set_string_member (about, "reason", weft_sim_tale_get_reason (tale));
  json_object_set_array_member (about, "blocks", list_blocks (tale));
  json_object_set_array_member (about, "failure", list_failure (tale));
  if (n_left_out > 0)
    {
      g_autofree char *words
        = g_strdup_printf ("This is a part of the run: %u of the %u lines of its trace are not "
                           "here.", n_left_out, tale->lines->len);

      json_object_set_string_member (about, "leftOut", words);
    }
  json_node_take_object (node, about);

  return node;
}

static void
append_trace (GString             *page,
              WeftSimTale         *tale,
              const WeftSimExtent *extent,
              const char          *reproduce)
{
  guint n_left_out = 0;
  const char *separator = "";
  g_autoptr(JsonNode) about = NULL;

  g_string_append (page, "{\"records\":[");
  for (guint i = 0; i < tale->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (tale->lines, WeftSimTaleLine, i);

      if (!weft_sim_extent_has (extent, tale, line))
        {
          n_left_out++;
          continue;
        }
      g_string_append (page, separator);
      append_node (page, line->node);
      separator = ",\n";
    }
  g_string_append (page, "],\n\"about\":");
  about = describe (tale, n_left_out, reproduce);
  append_node (page, about);
  g_string_append_c (page, '}');
}

static void
append_file (GString    *page,
             const char *name)
{
  g_autofree char *path = g_strconcat (PREFIX, name, NULL);
  g_autoptr(GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);
  g_string_append_len (page, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
}

static void
append_scripts (GString *page)
{
  static const char *const names[] = { "model.js", "scene.js", "paint.js", "page.js" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    append_file (page, names[i]);
}

static void
append_title (GString     *page,
              WeftSimTale *tale)
{
  g_autofree char *name = g_markup_escape_text (weft_sim_scenario_get_name (tale->scenario), -1);

  g_string_append_printf (page, "%s, seed %" G_GUINT64_FORMAT, name, tale->seed);
}

char *
weft_sim_html_format (WeftSimTale         *tale,
                      const WeftSimExtent *extent,
                      const char          *reproduce)
{
  g_autoptr(GString) template = g_string_new (NULL);
  g_autoptr(GString) page = g_string_new (NULL);
  g_auto(GStrv) parts = NULL;

  append_file (template, "timeline.html");
  /* Every odd part is the name of what goes there. */
  parts = g_strsplit (template->str, "@", -1);
  g_assert (g_strv_length (parts) == 9);
  g_string_append (page, parts[0]);
  append_title (page, tale);
  g_string_append (page, parts[2]);
  append_file (page, "timeline.css");
  g_string_append (page, parts[4]);
  append_trace (page, tale, extent, reproduce);
  g_string_append (page, parts[6]);
  append_scripts (page);
  g_string_append (page, parts[8]);

  return g_string_free (g_steal_pointer (&page), FALSE);
}
