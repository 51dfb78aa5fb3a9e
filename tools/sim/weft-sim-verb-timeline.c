/* weft-sim-verb-timeline.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-pictures.h"
#include "weft-sim-tool.h"

#include <string.h>

static struct
{
  char *html;
  char *mermaid;
  char *from;
  char *to;
  char *cone;
} options;

/* Seconds, or a number with its unit. */
static gboolean
parse_time (const char  *text,
            gint64      *usec,
            GError     **error)
{
  static const struct { const char *name; double usec; } units[] = {
    { "", 1e6 }, { "s", 1e6 }, { "ms", 1e3 }, { "us", 1 }, { "min", 60e6 },
  };
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);

  while (*end == ' ')
    end++;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (end != text && g_str_equal (end, units[i].name) && number >= 0 && number < 1e9)
      {
        *usec = (gint64) (number * units[i].usec + 0.5);
        return TRUE;
      }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected a time such as 8.25 or 250ms, got “%s”", text);

  return FALSE;
}

static gboolean
add_cone (WeftSimTale  *tale,
          GError      **error)
{
  guint64 event = 0;

  if (g_str_equal (options.cone, "failure"))
    {
      if (weft_sim_tale_add_failure_cone (tale))
        return TRUE;
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "%s: there is no failure in this trace that names what it is about", tale->path);
      return FALSE;
    }
  if (!g_ascii_string_to_unsigned (options.cone, 10, 1, G_MAXINT64, &event, NULL))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected the number of an event, or “failure”, got “%s”", options.cone);
      return FALSE;
    }
  if (weft_sim_tale_add_cone (tale, event))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "%s: there is no event %" G_GUINT64_FORMAT, tale->path, event);
  return FALSE;
}

static gboolean
read_extent (WeftSimTale    *tale,
             WeftSimExtent  *extent,
             GError        **error)
{
  *extent = (WeftSimExtent) { .until_usec = G_MAXINT64 };
  if (options.from != NULL && !parse_time (options.from, &extent->from_usec, error))
    return FALSE;
  if (options.to != NULL && !parse_time (options.to, &extent->until_usec, error))
    return FALSE;
  if (extent->from_usec > extent->until_usec)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected --from to be before --to");
      return FALSE;
    }
  extent->is_cone = options.cone != NULL;

  return options.cone == NULL || add_cone (tale, error);
}

static WeftSimExit
run_timeline (WeftSimTool  *tool,
              char        **arguments)
{
  WeftSimPictures pictures = { options.html, options.mermaid };
  gboolean is_part = options.from != NULL || options.to != NULL || options.cone != NULL;
  g_autoptr(WeftSimTale) tale = NULL;
  g_autofree char *quoted = g_shell_quote (arguments[0]);
  g_autofree char *reproduce = NULL;
  WeftSimExtent extent;
  GError *error = NULL;

  if (options.html == NULL && options.mermaid == NULL)
    return weft_sim_tool_usage ("“weft-sim timeline” needs --html FILE or --mermaid FILE");
  tale = weft_sim_tale_read (arguments[0], &error);
  if (tale == NULL || !read_extent (tale, &extent, &error))
    return weft_sim_tool_fail (error);
  if (tale->is_cut)
    g_printerr ("weft-sim: %s: the trace ends before its verdict; this is what there is\n",
                tale->path);

  reproduce = g_strdup_printf ("weft-sim replay %s", quoted);
  if (!weft_sim_pictures_write (&pictures, tale, is_part ? &extent : NULL, reproduce, &error))
    return weft_sim_tool_fail (error);

  return WEFT_SIM_EXIT_PASS;
}

static const GOptionEntry entries[] = {
  { "html", 0, 0, G_OPTION_ARG_FILENAME, &options.html,
    "Write a page that shows the run; - for standard output", "FILE" },
  { "mermaid", 0, 0, G_OPTION_ARG_FILENAME, &options.mermaid,
    "Write a Mermaid sequence diagram; - for standard output", "FILE" },
  { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "Leave out what is before", "TIME" },
  { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "Leave out what is after", "TIME" },
  { "cone", 0, 0, G_OPTION_ARG_STRING, &options.cone,
    "Only what led to this event and what came of it, or to the failure", "EVENT|failure" },
  G_OPTION_ENTRY_NULL
};

const WeftSimVerb weft_sim_verb_timeline = {
  .name = "timeline",
  .arguments = "TRACE",
  .summary = "draw a run from its trace",
  .description = "TRACE is what “run --trace” wrote. Times are seconds, or have a unit.\n"
                 "Examples:\n\n"
                 "  weft-sim timeline run.trace --html run.html\n"
                 "  weft-sim timeline run.trace --cone failure --mermaid - --from 8.2 --to 9.5",
  .options = entries,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run_timeline,
};
