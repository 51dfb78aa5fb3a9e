/* weft-sim-tool.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-tool.h"

#include <string.h>

/* Takes over the error. */
WeftSimExit
weft_sim_tool_fail (GError *error)
{
  g_printerr ("weft-sim: %s\n", error->message);
  g_error_free (error);

  return WEFT_SIM_EXIT_HARNESS;
}

WeftSimExit
weft_sim_tool_usage (const char *format,
                     ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("weft-sim: %s\nTry “weft-sim --help”.\n", message);

  return WEFT_SIM_EXIT_HARNESS;
}

void
weft_sim_tool_print (JsonNode *node)
{
  g_autofree char *text = weft_json_to_string (node);

  g_assert (text != NULL);
  g_print ("%s\n", text);
}

gboolean
weft_sim_tool_parse_seeds (const char  *text,
                           guint64     *first,
                           guint64     *last,
                           GError     **error)
{
  const char *dots = strstr (text, "..");
  g_autofree char *low = dots != NULL ? g_strndup (text, dots - text) : g_strdup (text);
  const char *high = dots != NULL ? dots + 2 : text;

  if (!g_ascii_string_to_unsigned (low, 10, 0, WEFT_LIMIT_INTEGER_MAX, first, NULL) ||
      !g_ascii_string_to_unsigned (high, 10, 0, WEFT_LIMIT_INTEGER_MAX, last, NULL) ||
      *first > *last)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a seed, or seeds as in 1..100, got “%s”", text);
      return FALSE;
    }

  return TRUE;
}

gboolean
weft_sim_tool_set_signatures (WeftSimScenario *scenario,
                              const char      *text,
                              GError         **error)
{
  if (text == NULL)
    return TRUE;
  if (g_str_equal (text, "simulated"))
    weft_sim_scenario_set_signatures (scenario, WEFT_SIM_SIGNATURES_SIMULATED);
  else if (g_str_equal (text, "real"))
    weft_sim_scenario_set_signatures (scenario, WEFT_SIM_SIGNATURES_REAL);
  else
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected “simulated” or “real” signatures, got “%s”", text);
      return FALSE;
    }

  return TRUE;
}
