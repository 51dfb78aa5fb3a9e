/* weft-ring-picture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-picture.h"

#include <math.h>

/* Characters are about twice as high as they are wide. */
#define COLUMNS 45
#define ROWS 21

#define SVG_SIZE 640
#define SVG_RADIUS 280.0

typedef enum
{
  MARK_NONE,
  MARK_FAR,
  MARK_NEIGHBOUR,
  MARK_SUSPECT,
  MARK_OWN,
} Mark;

static const char *const signs[] = {
  [MARK_NONE] = " ",
  [MARK_FAR] = "·",
  [MARK_NEIGHBOUR] = "o",
  [MARK_SUSPECT] = "x",
  [MARK_OWN] = "@",
};

static const char *const colours[] = {
  [MARK_FAR] = "#9a9996",
  [MARK_NEIGHBOUR] = "#1c71d8",
  [MARK_SUSPECT] = "#c01c28",
  [MARK_OWN] = "#26a269",
};

static const char *
get_text (JsonObject *object,
          const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static double
get_place (JsonObject *peer)
{
  return json_object_get_double_member_with_default (peer, "place", 0);
}

static Mark
get_mark (JsonObject *peer)
{
  if (g_str_equal (get_text (peer, "state"), "suspect"))
    return MARK_SUSPECT;
  if (json_object_get_boolean_member_with_default (peer, "neighbour", FALSE))
    return MARK_NEIGHBOUR;

  return MARK_FAR;
}

static void
put_mark (Mark    marks[ROWS][COLUMNS],
          double  place,
          Mark    mark)
{
  double angle = 2 * G_PI * place;
  guint row = (guint) lround ((ROWS - 1) / 2.0 * (1 - cos (angle)));
  guint column = (guint) lround ((COLUMNS - 1) / 2.0 * (1 + sin (angle)));

  marks[row][column] = MAX (marks[row][column], mark);
}

static JsonArray *
get_peers (JsonObject *ring)
{
  return json_object_has_member (ring, "peers") ? json_object_get_array_member (ring, "peers")
                                                : NULL;
}

char *
weft_ring_picture_make_text (JsonObject *ring)
{
  Mark marks[ROWS][COLUMNS] = { { MARK_NONE } };
  GString *text = g_string_new (NULL);
  JsonArray *peers = get_peers (ring);

  for (guint i = 0; peers != NULL && i < json_array_get_length (peers); i++)
    {
      JsonObject *peer = json_array_get_object_element (peers, i);

      put_mark (marks, get_place (peer), get_mark (peer));
    }
  if (json_object_has_member (ring, "own"))
    put_mark (marks, get_place (json_object_get_object_member (ring, "own")), MARK_OWN);

  for (guint row = 0; row < ROWS; row++)
    {
      guint last = 0;

      for (guint column = 0; column < COLUMNS; column++)
        if (marks[row][column] != MARK_NONE)
          last = column + 1;
      for (guint column = 0; column < last; column++)
        g_string_append (text, signs[marks[row][column]]);
      g_string_append_c (text, '\n');
    }
  g_string_append (text, "@ this node   o neighbour   · far peer   x suspected\n");

  return g_string_free (text, FALSE);
}

static double
get_x (double place)
{
  return SVG_SIZE / 2 + SVG_RADIUS * sin (2 * G_PI * place);
}

static double
get_y (double place)
{
  return SVG_SIZE / 2 - SVG_RADIUS * cos (2 * G_PI * place);
}

/* A number as SVG wants it, whatever the language of the user. */
static void
append_number (GString    *svg,
               const char *name,
               double      value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (svg, " %s=\"%s\"", name,
                          g_ascii_formatd (buffer, sizeof buffer, "%.2f", value));
}

static void
append_peer (GString    *svg,
             JsonObject *peer,
             Mark        mark)
{
  g_autofree char *id = g_markup_escape_text (get_text (peer, "id"), -1);
  double place = get_place (peer);

  g_string_append (svg, "<circle");
  append_number (svg, "cx", get_x (place));
  append_number (svg, "cy", get_y (place));
  append_number (svg, "r", mark == MARK_OWN ? 9 : mark == MARK_FAR ? 4 : 6);
  g_string_append_printf (svg, " fill=\"%s\"><title>%s</title></circle>\n", colours[mark], id);
}

static void
append_line (GString *svg,
             double   from,
             double   to)
{
  g_string_append (svg, "<line");
  append_number (svg, "x1", get_x (from));
  append_number (svg, "y1", get_y (from));
  append_number (svg, "x2", get_x (to));
  append_number (svg, "y2", get_y (to));
  g_string_append (svg, " stroke=\"#99c1f1\" stroke-width=\"1\"/>\n");
}

char *
weft_ring_picture_make_svg (JsonObject *ring)
{
  GString *svg = g_string_new (NULL);
  JsonArray *peers = get_peers (ring);
  JsonObject *own = json_object_has_member (ring, "own")
    ? json_object_get_object_member (ring, "own") : NULL;

  g_string_append_printf (svg,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                          "font-family=\"sans-serif\">\n"
                          "<title>The ring as one node sees it</title>\n"
                          "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
                          "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"none\" "
                          "stroke=\"#deddda\" stroke-width=\"2\"/>\n",
                          SVG_SIZE, SVG_SIZE, SVG_SIZE / 2, SVG_SIZE / 2, (int) SVG_RADIUS);
  for (guint i = 0; own != NULL && peers != NULL && i < json_array_get_length (peers); i++)
    {
      JsonObject *peer = json_array_get_object_element (peers, i);

      if (get_mark (peer) == MARK_NEIGHBOUR)
        append_line (svg, get_place (own), get_place (peer));
    }
  for (guint i = 0; peers != NULL && i < json_array_get_length (peers); i++)
    {
      JsonObject *peer = json_array_get_object_element (peers, i);

      append_peer (svg, peer, get_mark (peer));
    }
  if (own != NULL)
    append_peer (svg, own, MARK_OWN);
  g_string_append_printf (svg,
                          "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#5e5c64\">"
                          "%u peers known</text>\n</svg>\n",
                          SVG_SIZE / 2, SVG_SIZE / 2,
                          peers != NULL ? json_array_get_length (peers) : 0);

  return g_string_free (svg, FALSE);
}
