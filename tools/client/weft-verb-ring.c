/* weft-verb-ring.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-print.h"
#include "weft-ring-picture.h"
#include "weft-verbs.h"

/* More are better looked at with --json. */
#define LIST_MAX 40
#define ID_SHORT 16

static char *option_svg;

static const GOptionEntry options[] = {
  { "svg", 0, 0, G_OPTION_ARG_FILENAME, &option_svg, "Draw the ring as SVG into FILE", "FILE" },
  G_OPTION_ENTRY_NULL
};

static const char *
get_text (JsonObject *object,
          const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static void
print_peer (JsonObject *peer,
            const char *state)
{
  JsonArray *addresses = json_object_get_array_member (peer, "addrs");
  const char *address = json_array_get_length (addresses) > 0
    ? json_array_get_string_element (addresses, 0) : "";

  g_print ("  %6.2f %%  …%s  %-9s  %s\n",
           100 * json_object_get_double_member_with_default (peer, "place", 0),
           get_text (peer, "id") + strlen (get_text (peer, "id")) - ID_SHORT, state, address);
}

static void
print_peers (JsonObject *ring)
{
  JsonArray *peers = json_object_get_array_member (ring, "peers");
  guint n_peers = json_array_get_length (peers);

  g_print ("\n");
  print_peer (json_object_get_object_member (ring, "own"), "this node");
  for (guint i = 0; i < MIN (n_peers, LIST_MAX); i++)
    {
      JsonObject *peer = json_array_get_object_element (peers, i);
      gboolean is_suspect = g_str_equal (get_text (peer, "state"), "suspect");
      gboolean is_neighbour
        = json_object_get_boolean_member_with_default (peer, "neighbour", FALSE);

      print_peer (peer, is_suspect ? "suspected" : is_neighbour ? "neighbour" : "far");
    }
  if (n_peers > LIST_MAX)
    g_print ("  and %u more\n", n_peers - LIST_MAX);
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *picture = NULL;
  JsonObject *ring;
  GError *error = NULL;

  node = weft_tool_ask_node (tool, "ring", &error);
  if (node == NULL)
    return weft_tool_fail (tool, error);
  ring = json_node_get_object (node);

  if (option_svg != NULL)
    {
      g_autofree char *svg = weft_ring_picture_make_svg (ring);

      if (!g_file_set_contents (option_svg, svg, -1, &error))
        return weft_tool_fail (tool, error);
      return WEFT_EXIT_OK;
    }
  if (tool->json)
    {
      weft_print_json (node);
      return WEFT_EXIT_OK;
    }

  picture = weft_ring_picture_make_text (ring);
  g_print ("%s", picture);
  if (json_object_has_member (ring, "own") && json_object_has_member (ring, "peers"))
    print_peers (ring);

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_ring = {
  .name = "ring",
  .arguments = "",
  .summary = "Draw the ring of peers as the node sees it",
  .description =
    "Draws the places of the node and of the peers that it knows, and lists them; with --svg,\n"
    "as a picture. With --json, {\"own\":{…},\"peers\":[{\"id\",\"place\",\"addrs\",\"state\",\n"
    "\"neighbour\",\"connected\",\"rttMs\"?},…]}; a place is from 0 to 1.\n\n"
    "Examples:\n"
    "  weft ring\n"
    "  weft ring --svg ring.svg",
  .options = options,
  .needs_node = TRUE,
  .arguments_max = 0,
  .run = run,
};
