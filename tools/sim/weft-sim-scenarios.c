/* weft-sim-scenarios.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-nearest.h"
#include "weft-sim-scenarios.h"

#include <string.h>

#define SUFFIX ".json"
/* What editors read, beside the scenarios. */
#define SCHEMA "schema" SUFFIX

static const char *
get_directory (void)
{
  const char *directory = g_getenv ("WEFT_SCENARIOS");

  return directory != NULL ? directory : SCENARIO_DIR;
}

static WeftSimScenario *
load_file (const char  *path,
           GError     **error)
{
  g_autofree char *text = NULL;
  gsize length;
  WeftSimScenario *scenario;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  scenario = weft_sim_scenario_new_from_text (text, length, error);
  if (scenario == NULL)
    g_prefix_error (error, "%s: ", path);

  return scenario;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* The names of the scenarios in the directory, sorted. */
static GStrv
list_names (GError **error)
{
  g_autoptr(GDir) dir = g_dir_open (get_directory (), 0, error);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  const char *file;

  if (dir == NULL)
    return NULL;
  while ((file = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (file, SUFFIX) && !g_str_equal (file, SCHEMA))
        g_ptr_array_add (names, g_strndup (file, strlen (file) - strlen (SUFFIX)));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static WeftSimScenario *
load_name (const char  *name,
           GError     **error)
{
  g_auto(GStrv) names = list_names (error);
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);
  g_autofree char *path = g_build_filename (get_directory (), file, NULL);

  if (names == NULL)
    return NULL;
  if (g_strv_contains ((const char * const *) names, name))
    return load_file (path, error);
  if (names[0] == NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "there are no scenarios in %s",
                 get_directory ());
  else
    {
      g_autofree char *hint = weft_nearest_hint (name, (const char * const *) names);

      /* One that is written by hand may have any name, and lie where nobody looks for it. */
      if (g_file_test (name, G_FILE_TEST_IS_REGULAR))
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                     "there is no scenario “%s”; did you mean the file ./%s?", name, name);
      else
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "there is no scenario “%s”%s", name,
                     hint[0] != '\0' ? hint : "; “weft-sim list” tells which there are");
    }

  return NULL;
}

WeftSimScenario *
weft_sim_scenarios_load (const char  *name,
                         GError     **error)
{
  if (strchr (name, G_DIR_SEPARATOR) != NULL || g_str_has_suffix (name, SUFFIX))
    return load_file (name, error);

  return load_name (name, error);
}

GPtrArray *
weft_sim_scenarios_list (GError **error)
{
  g_auto(GStrv) names = list_names (error);
  g_autoptr(GPtrArray) scenarios = g_ptr_array_new_with_free_func (g_object_unref);

  if (names == NULL)
    return NULL;
  for (guint i = 0; names[i] != NULL; i++)
    {
      WeftSimScenario *scenario = load_name (names[i], error);

      if (scenario == NULL)
        return NULL;
      g_ptr_array_add (scenarios, scenario);
    }

  return g_steal_pointer (&scenarios);
}
