/* weft-verb-history.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-print.h"
#include "weft-verbs.h"

/* How many revisions one archive may bring; there are as many requests as it takes. */
#define REVISIONS_PER_REQUEST 64

static gint max = 20;
static gboolean all;

static const GOptionEntry options[] = {
  { "max", 'n', 0, G_OPTION_ARG_INT, &max, "At most this many, the newest (default 20)", "N" },
  { "all", 'a', 0, G_OPTION_ARG_NONE, &all, "All of them", NULL },
  G_OPTION_ENTRY_NULL
};

static const char *
describe (WeftTransform *transform)
{
  if (weft_transform_is_delete (transform))
    return "delete";
  if (weft_transform_get_insert (transform) != NULL)
    return "insert";

  return "update";
}

static void
print_revision (WeftTool            *tool,
                WeftArchiveRevision *revision)
{
  WeftTransform *transform = weft_archive_revision_get_transform (revision);
  g_autoptr(JsonNode) transform_json = weft_transform_to_json (transform);
  g_autofree char *text = NULL;

  if (tool->json)
    {
      g_autoptr(JsonNode) node = NULL;
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "rev", weft_archive_revision_get_rev (revision));
      json_object_set_string_member (object, "actionId",
                                     weft_archive_revision_get_action_id (revision));
      json_object_set_member (object, "transform", g_steal_pointer (&transform_json));
      node = json_node_init_object (json_node_alloc (), object);
      json_object_unref (object);
      weft_print_json (node);
      return;
    }

  text = weft_json_to_string (transform_json);
  g_print ("%6" G_GINT64_FORMAT "  %-22s  %s  %s\n", weft_archive_revision_get_rev (revision),
           weft_archive_revision_get_action_id (revision), describe (transform), text);
}

/* Prints one archive, newest first; sets @next to the revision to go on from, or to 0. */
static guint
print_archive (WeftTool         *tool,
               WeftBlockArchive *archive,
               guint             limit,
               gint64           *next)
{
  GPtrArray *revisions = weft_block_archive_get_revisions (archive);
  gint64 lowest = G_MAXINT64;
  guint n_printed = 0;

  for (guint i = revisions->len; i > 0 && n_printed < limit; i--)
    {
      WeftArchiveRevision *revision = g_ptr_array_index (revisions, i - 1);

      print_revision (tool, revision);
      lowest = MIN (lowest, weft_archive_revision_get_rev (revision));
      n_printed++;
    }
  *next = n_printed > 0 ? lowest - 1 : 0;

  return n_printed;
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  guint left;
  gint64 next = 0;
  gboolean is_first = TRUE;

  if (max <= 0)
    return weft_tool_usage (tool, "expected --max to be positive, got %d", max);

  left = all ? G_MAXUINT : (guint) max;
  while (left > 0 && (is_first || next > 0))
    {
      g_autoptr(WeftBlockArchive) archive = NULL;
      g_auto(WeftAwait) await = { NULL };
      GError *error = NULL;

      weft_remote_repo_read_archive_async (tool->repo, arguments[0], next,
                                           MIN (left, REVISIONS_PER_REQUEST), FALSE, NULL,
                                           weft_await_cb, &await);
      archive = weft_remote_repo_read_archive_finish (tool->repo, weft_await (&await), &error);
      if (error != NULL)
        {
          /* Below the first revision there is nothing to find. */
          if (is_first || !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND))
            return weft_tool_fail (tool, error);
          g_clear_error (&error);
        }
      if (archive == NULL)
        {
          if (is_first)
            g_printerr ("weft: there is no block “%s”\n", arguments[0]);
          return is_first ? WEFT_EXIT_NOT_FOUND : WEFT_EXIT_OK;
        }
      left -= print_archive (tool, archive, left, &next);
      is_first = FALSE;
    }

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_history = {
  .name = "history",
  .arguments = "ID",
  .summary = "List the revisions of a block, newest first",
  .description =
    "Prints the revision, the action and the change that it made; with --json, a line\n"
    "{\"rev\",\"actionId\",\"transform\"} each. The blocks of an action share its revision,\n"
    "so one block’s may have gaps.\n\n"
    "Examples:\n"
    "  weft history addresses/ann\n"
    "  weft history --all --json addresses/ann",
  .options = options,
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run,
};
