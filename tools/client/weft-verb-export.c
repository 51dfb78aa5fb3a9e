/* weft-verb-export.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-archives.h"
#include "weft-output.h"
#include "weft-progress.h"
#include "weft-verbs.h"

/* Ids per page, and blocks per request as long as they fit one reply. */
#define IDS_PER_PAGE 256
#define BLOCKS_PER_REQUEST 64

static char *prefix;
static char *collection;
static gboolean records;
static gboolean archives;

static const GOptionEntry options[] = {
  { "prefix", 'p', 0, G_OPTION_ARG_STRING, &prefix, "Only blocks whose id begins with this",
    "TEXT" },
  { "collection", 'c', 0, G_OPTION_ARG_STRING, &collection, "Only blocks of this collection",
    "ID" },
  { "records", 'r', 0, G_OPTION_ARG_NONE, &records, "Leave out the header of each block", NULL },
  { "archives", 'a', 0, G_OPTION_ARG_NONE, &archives,
    "The whole history of each block, with its proofs", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  WeftTool *tool;
  GPtrArray *ids; /* (element-type utf8) */
  GOutputStream *out;
  WeftProgress progress;
  guint64 n_written;
} Export;

/* All ids first: they tell how much there is to do. */
static gboolean
list_ids (Export  *export,
          GError **error)
{
  g_autofree char *after = NULL;
  gboolean has_more = TRUE;

  while (has_more)
    {
      g_auto(WeftAwait) await = { NULL };
      g_auto(GStrv) page = NULL;

      weft_remote_repo_list_blocks_async (export->tool->repo, after, IDS_PER_PAGE, NULL,
                                          weft_await_cb, &await);
      page = weft_remote_repo_list_blocks_finish (export->tool->repo, weft_await (&await),
                                                  &has_more, error);
      if (page == NULL)
        return FALSE;
      for (guint i = 0; page[i] != NULL; i++)
        {
          g_free (after);
          after = g_strdup (page[i]);
          if (prefix == NULL || g_str_has_prefix (page[i], prefix))
            g_ptr_array_add (export->ids, g_strdup (page[i]));
        }
      if (page[0] == NULL)
        has_more = FALSE;
    }

  return TRUE;
}

static char *
format_block (WeftBlock *block)
{
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(JsonObject) attributes = NULL;
  g_auto(GStrv) names = NULL;

  if (!records)
    return weft_block_to_string (block);

  attributes = json_object_new ();
  names = weft_block_list_attributes (block);
  for (guint i = 0; names[i] != NULL; i++)
    json_object_set_member (attributes, names[i],
                            json_node_ref (weft_block_get_attribute (block, names[i])));
  node = json_node_init_object (json_node_alloc (), attributes);

  return weft_json_to_string (node);
}

static gboolean
write_found (Export              *export,
             const char          *id,
             WeftGetBlockResult  *found,
             GError             **error)
{
  WeftBlock *block = found != NULL ? weft_get_block_result_get_block (found) : NULL;
  g_autofree char *text = NULL;

  if (found != NULL && weft_get_block_result_get_unavailable (found) != NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "block “%s” is unavailable: %s", id,
                   weft_get_block_result_get_unavailable (found));
      return FALSE;
    }
  if (block == NULL || (collection != NULL &&
                        !g_str_equal (weft_block_get_collection_id (block), collection)))
    return TRUE;

  text = format_block (block);
  export->n_written++;

  return g_output_stream_write_all (export->out, text, strlen (text), NULL, NULL, error) &&
         g_output_stream_write_all (export->out, "\n", 1, NULL, NULL, error);
}

static WeftGetResult *
read_blocks (Export  *export,
             guint    first,
             guint    n,
             GError **error)
{
  g_autofree const char **ids = g_new0 (const char *, n + 1);
  g_autoptr(WeftBlockGets) gets = NULL;
  g_auto(WeftAwait) await = { NULL };

  for (guint i = 0; i < n; i++)
    ids[i] = g_ptr_array_index (export->ids, first + i);
  gets = weft_block_gets_new (ids, NULL, error);
  if (gets == NULL)
    return NULL;
  weft_repo_get_async (WEFT_REPO (export->tool->repo), gets, NULL, weft_await_cb, &await);

  return weft_repo_get_finish (WEFT_REPO (export->tool->repo), weft_await (&await), error);
}

static gboolean
write_all (Export  *export,
           GError **error)
{
  guint per_request = BLOCKS_PER_REQUEST;
  guint done = 0;

  while (done < export->ids->len)
    {
      guint n = MIN (per_request, export->ids->len - done);
      g_autoptr(GError) get_error = NULL;
      g_autoptr(WeftGetResult) result = read_blocks (export, done, n, &get_error);

      if (result == NULL && n > 1 &&
          g_error_matches (get_error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE))
        {
          per_request = n / 2;
          continue;
        }
      if (result == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&get_error));
          return FALSE;
        }
      for (guint i = 0; i < n; i++)
        {
          const char *id = g_ptr_array_index (export->ids, done + i);

          if (!write_found (export, id, weft_get_result_lookup (result, id), error))
            return FALSE;
        }
      done += n;
      per_request = MIN (per_request * 2, BLOCKS_PER_REQUEST);
      weft_progress_update (&export->progress, export->n_written,
                            (double) done / export->ids->len);
    }

  return TRUE;
}

static gboolean
write_archives (Export  *export,
                GError **error)
{
  for (guint i = 0; i < export->ids->len; i++)
    {
      if (!weft_archives_write (export->tool, g_ptr_array_index (export->ids, i), export->out,
                                error))
        return FALSE;
      export->n_written++;
      weft_progress_update (&export->progress, export->n_written, (i + 1.0) / export->ids->len);
    }

  return TRUE;
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  Export export = { .tool = tool };
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto(WeftOutput) output = { .fd = -1 };
  gboolean is_whole;
  double seconds;
  GError *error = NULL;

  if (archives && (records || collection != NULL))
    return weft_tool_usage (tool, "--archives goes with --prefix only");

  if (!weft_output_open (&output, arguments[0], &error))
    return weft_tool_fail (tool, error);
  export.ids = ids;
  export.out = output.stream;
  weft_progress_begin (&export.progress, tool->clock, "blocks", tool->quiet);
  is_whole = list_ids (&export, &error)
             && (archives ? write_archives (&export, &error) : write_all (&export, &error));
  weft_progress_end (&export.progress);
  if (!is_whole || !weft_output_finish (&output, &error))
    return weft_tool_fail (tool, error);

  seconds = weft_progress_seconds (&export.progress);
  if (!tool->quiet)
    g_printerr ("%" G_GUINT64_FORMAT " blocks in %.2f s (%.0f/s)\n", export.n_written, seconds,
                (double) export.n_written / seconds);

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_export = {
  .name = "export",
  .arguments = "[FILE]",
  .summary = "Print all blocks that the node holds, one per line",
  .description =
    "Writes the latest revision of each block as a line of canonical JSON, in the order of\n"
    "their ids, to FILE or standard output. FILE is made or replaced by a whole export only.\n"
    "What it writes, “weft import” reads. With --archives it is the whole history of each block,\n"
    "with what proves it: a backup, which “weft restore” reads.\n\n"
    "Examples:\n"
    "  weft export blocks.jsonl\n"
    "  weft export --archives backup.jsonl\n"
    "  weft export --prefix country/ --records > countries.jsonl",
  .options = options,
  .needs_node = TRUE,
  .arguments_min = 0,
  .arguments_max = 1,
  .run = run,
};
