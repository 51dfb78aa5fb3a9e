/* weft-verb-put.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-input.h"
#include "weft-print.h"
#include "weft-verbs.h"

static char *block_id;
static char *block_type;
static char *collection;
static char **sets;
static char **unsets;

static const GOptionEntry options[] = {
  { "id", 0, 0, G_OPTION_ARG_STRING, &block_id, "Write this block instead of those of a file",
    "ID" },
  { "type", 0, 0, G_OPTION_ARG_STRING, &block_type, "With --id, for a new block: its type",
    "TYPE" },
  { "collection", 0, 0, G_OPTION_ARG_STRING, &collection,
    "With --id, for a new block: its collection", "ID" },
  { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &sets,
    "With --id: give an attribute a JSON value, or a text", "NAME=VALUE" },
  { "unset", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &unsets, "With --id: remove an attribute", "NAME" },
  G_OPTION_ENTRY_NULL
};

static gboolean
add_block (GPtrArray  *blocks,
           GHashTable *ids,
           JsonNode   *node,
           GError    **error)
{
  g_autoptr(WeftBlock) block = weft_block_from_json (node, error);

  if (block == NULL)
    return FALSE;
  if (!g_hash_table_add (ids, (gpointer) weft_block_get_id (block)))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "block “%s” is there a second time",
                   weft_block_get_id (block));
      return FALSE;
    }
  g_ptr_array_add (blocks, g_steal_pointer (&block));

  return TRUE;
}

static gboolean
read_blocks (GPtrArray   *blocks,
             const char  *name,
             GError     **error)
{
  g_autoptr(JsonNode) node = weft_input_json (name, error);
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *array;

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      if (add_block (blocks, ids, node, error))
        return TRUE;
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!add_block (blocks, ids, json_array_get_element (array, i), error))
      {
        g_prefix_error (error, "%s: [%u]: ", name, i);
        return FALSE;
      }
  if (blocks->len == 0)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "%s: expected a block, got none", name);

  return blocks->len > 0;
}

/* A value is JSON if it can be read as such, and else a text. */
static JsonNode *
parse_value (const char *text)
{
  JsonNode *node = weft_json_parse (text, -1, NULL);

  return node != NULL ? node : json_node_init_string (json_node_alloc (), text);
}

/* Whether there is a name in each; “=” alone is none. */
static gboolean
check_sets (WeftTool *tool)
{
  for (guint i = 0; sets != NULL && sets[i] != NULL; i++)
    if (sets[i][0] == '=' || strchr (sets[i], '=') == NULL)
      {
        weft_tool_usage (tool, "expected --set NAME=VALUE, got “%s”", sets[i]);
        return FALSE;
      }

  return TRUE;
}

static void
edit_attributes (JsonObject *attributes)
{
  for (guint i = 0; sets != NULL && sets[i] != NULL; i++)
    {
      const char *equals = strchr (sets[i], '=');
      g_autofree char *name = g_strndup (sets[i], equals - sets[i]);

      json_object_set_member (attributes, name, parse_value (equals + 1));
    }
  for (guint i = 0; unsets != NULL && unsets[i] != NULL; i++)
    json_object_remove_member (attributes, unsets[i]);
}

/* What --id and its company make of what is there. */
static WeftBlock *
edit_cb (WeftWriter  *writer,
         const char  *id,
         WeftBlock   *current,
         gpointer     user_data,
         GError     **error)
{
  g_autoptr(JsonObject) attributes = json_object_new ();

  if (current == NULL && (block_type == NULL || collection == NULL))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "there is no block “%s”; to make it, give --type and --collection", id);
      return NULL;
    }

  if (current != NULL)
    {
      g_auto(GStrv) names = weft_block_list_attributes (current);

      for (guint i = 0; names[i] != NULL; i++)
        json_object_set_member (attributes, names[i],
                                json_node_ref (weft_block_get_attribute (current, names[i])));
    }
  edit_attributes (attributes);

  return weft_block_new (id,
                         block_type != NULL ? block_type : weft_block_get_block_type (current),
                         collection != NULL ? collection
                                            : weft_block_get_collection_id (current),
                         attributes, error);
}

/* Prints what a put or delete did: `{"changed":n,"rev"?,"actionId"?}` or a sentence. */
static void
print_outcome (WeftTool      *tool,
               const char    *verb,
               guint          n_changed,
               WeftActionRev *committed)
{
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  if (!tool->json && committed == NULL)
    g_print ("nothing to change\n");
  else if (!tool->json)
    g_print ("%s %u %s in revision %" G_GINT64_FORMAT ", action %s\n", verb, n_changed,
             n_changed == 1 ? "block" : "blocks", weft_action_rev_get_rev (committed),
             weft_action_rev_get_action_id (committed));
  if (!tool->json)
    return;

  object = json_object_new ();
  json_object_set_int_member (object, "changed", n_changed);
  if (committed != NULL)
    {
      json_object_set_int_member (object, "rev", weft_action_rev_get_rev (committed));
      json_object_set_string_member (object, "actionId",
                                     weft_action_rev_get_action_id (committed));
    }
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  weft_print_json (node);
}

static WeftExit
fail_write (WeftTool *tool,
            GError   *error)
{
  gboolean is_lost = g_error_matches (error, WEFT_ERROR, WEFT_ERROR_EXHAUSTED);
  WeftExit code = weft_tool_fail (tool, error);

  return is_lost ? WEFT_EXIT_STALE : code;
}

static gboolean
put_file (WeftWriter     *writer,
          const char     *name,
          guint          *n_changed,
          WeftActionRev **committed,
          GError        **error)
{
  g_autoptr(GPtrArray) blocks = NULL;
  g_auto(WeftAwait) await = { NULL };

  blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  if (!read_blocks (blocks, name, error))
    return FALSE;
  weft_writer_put_async (writer, (WeftBlock **) blocks->pdata, blocks->len, NULL, weft_await_cb,
                         &await);

  return weft_writer_put_finish (writer, weft_await (&await), n_changed, committed, error);
}

static gboolean
edit_block (WeftWriter     *writer,
            guint          *n_changed,
            WeftActionRev **committed,
            GError        **error)
{
  g_auto(WeftAwait) await = { NULL };

  weft_writer_edit_async (writer, block_id, edit_cb, NULL, NULL, NULL, weft_await_cb, &await);

  return weft_writer_edit_finish (writer, weft_await (&await), n_changed, committed, error);
}

static WeftExit
run_put (WeftTool  *tool,
         char     **arguments)
{
  g_autoptr(WeftWriter) writer = NULL;
  g_autoptr(WeftActionRev) committed = NULL;
  guint n_changed;
  gboolean is_written;
  GError *error = NULL;

  if (block_id != NULL && arguments[0] != NULL)
    return weft_tool_usage (tool, "give either a FILE or --id");
  if (block_id == NULL && (sets != NULL || unsets != NULL || block_type != NULL || collection))
    return weft_tool_usage (tool, "--set, --unset, --type and --collection go with --id");
  if (block_id == NULL && arguments[0] == NULL)
    return weft_tool_usage (tool, "“weft put” needs a FILE (“-” for standard input) or --id");
  if (!check_sets (tool))
    return WEFT_EXIT_USAGE;

  writer = weft_writer_new (WEFT_REPO (tool->repo), tool->clock, tool->random);
  is_written = block_id != NULL ? edit_block (writer, &n_changed, &committed, &error)
                                : put_file (writer, arguments[0], &n_changed, &committed, &error);
  if (!is_written)
    return fail_write (tool, error);
  print_outcome (tool, "wrote", n_changed, committed);

  return WEFT_EXIT_OK;
}

static WeftExit
run_delete (WeftTool  *tool,
            char     **ids)
{
  g_autoptr(WeftWriter) writer = NULL;
  g_autoptr(WeftActionRev) committed = NULL;
  g_auto(WeftAwait) await = { NULL };
  guint n_changed;
  GError *error = NULL;

  writer = weft_writer_new (WEFT_REPO (tool->repo), tool->clock, tool->random);
  weft_writer_delete_async (writer, (const char * const *) ids, NULL, weft_await_cb, &await);
  if (!weft_writer_delete_finish (writer, weft_await (&await), &n_changed, &committed, &error))
    return fail_write (tool, error);
  print_outcome (tool, "deleted", n_changed, committed);

  return WEFT_EXIT_OK;
}

const WeftVerb weft_verb_put = {
  .name = "put",
  .arguments = "[FILE]",
  .summary = "Write blocks, again from what is there if somebody was first",
  .description =
    "FILE (“-” for standard input) holds one block or an array of blocks, which are written\n"
    "all together or not at all. With --id, one block is edited, or made from --type\n"
    "and --collection. A block that is already as asked for is left alone.\n"
    "With --json, prints {\"changed\":N,\"rev\",\"actionId\"}.\n\n"
    "Examples:\n"
    "  weft put --id addresses/ann --type address --collection addresses --set city=Berlin\n"
    "  weft put --id addresses/ann --set 'tags=[\"friend\"]' --unset phone\n"
    "  weft put blocks.json",
  .options = options,
  .needs_node = TRUE,
  .arguments_min = 0,
  .arguments_max = 1,
  .run = run_put,
};

const WeftVerb weft_verb_delete = {
  .name = "delete",
  .arguments = "ID…",
  .summary = "Delete blocks; their history stays",
  .description =
    "Deletes all the blocks together or none. Earlier revisions stay readable.\n"
    "With --json, prints {\"changed\":N,\"rev\",\"actionId\"}.\n\n"
    "Example:\n"
    "  weft delete addresses/ann",
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX,
  .run = run_delete,
};
