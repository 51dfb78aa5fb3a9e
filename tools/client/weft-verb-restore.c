/* weft-verb-restore.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-input.h"
#include "weft-print.h"
#include "weft-progress.h"
#include "weft-records.h"
#include "weft-verbs.h"

#include <string.h>

/* Archives under way at once, each of another block; well below what a node lets one client have
 * in flight. */
#define IN_FLIGHT_MAX 32

typedef struct
{
  WeftTool *tool;
  WeftRecords records;
  WeftProgress progress;
  GHashTable *in_flight; /* (element-type utf8) ids of blocks, for look-ups only */
  GHashTable *failed;    /* the same, of blocks whose history was refused somewhere */
  GHashTable *seen;      /* the same, of all */
  GHashTable *put_off;   /* the same, of those that wait for what comes with another block */
  GPtrArray *again;      /* (element-type Line) (owned): of these */
  JsonArray *failures;   /* {"line","blockId"?,"code","message"} */
  guint64 n_archives;
  guint64 n_skipped;     /* that come after one that was refused */
  guint64 n_revisions;   /* that the node did not have */
  gboolean is_last;      /* nothing is put off any more */
  gboolean is_gone;      /* the node: nothing new is sent */
} Restore;

typedef struct
{
  WeftBlockArchive *archive;
  guint line;
} Line;

typedef struct
{
  Restore *restore;
  WeftBlockArchive *archive;
  guint line;
} Flight;

static void
line_free (gpointer data)
{
  Line *line = data;

  weft_block_archive_unref (line->archive);
  g_free (line);
}

static void
put_off (Restore          *restore,
         WeftBlockArchive *archive,
         guint             number)
{
  Line *line = g_new0 (Line, 1);

  line->archive = weft_block_archive_ref (archive);
  line->line = number;
  g_ptr_array_add (restore->again, line);
  g_hash_table_add (restore->put_off, g_strdup (weft_block_archive_get_block_id (archive)));
}

/* Takes the error, and says where it happened. */
static void
note_failure (Restore    *restore,
              guint       line,
              const char *block_id,
              GError     *error)
{
  g_autoptr(GError) owned = error;
  JsonObject *failure = json_object_new ();
  gboolean is_named = block_id == NULL || strstr (error->message, block_id) != NULL;

  json_object_set_int_member (failure, "line", line);
  if (block_id != NULL)
    json_object_set_string_member (failure, "blockId", block_id);
  json_object_set_string_member (failure, "code",
                                 error->domain == WEFT_ERROR ? weft_error_to_name (error->code)
                                                             : "failed");
  json_object_set_string_member (failure, "message", error->message);
  json_array_add_object_element (restore->failures, failure);

  weft_progress_clear (&restore->progress);
  if (is_named)
    g_printerr ("weft: line %u: %s\n", line, error->message);
  else
    g_printerr ("weft: line %u: block %s: %s\n", line, block_id, error->message);
}

static void
count_revisions (Restore          *restore,
                 WeftBlockArchive *archive,
                 gint64            before_rev)
{
  GPtrArray *revisions = weft_block_archive_get_revisions (archive);

  for (guint i = 0; i < revisions->len; i++)
    if (weft_archive_revision_get_rev (g_ptr_array_index (revisions, i)) > before_rev)
      restore->n_revisions++;
}

static gboolean
is_node_gone (WeftTool *tool)
{
  g_autoptr(GPtrArray) peers = weft_transport_list_peers (tool->transport);

  return peers->len == 0;
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Flight *flight = user_data;
  Restore *restore = flight->restore;
  const char *block_id = weft_block_archive_get_block_id (flight->archive);
  gint64 before_rev = 0;
  GError *error = NULL;

  if (weft_remote_repo_write_archive_finish (WEFT_REMOTE_REPO (source), result, &before_rev, NULL,
                                             &error))
    {
      restore->n_archives++;
      count_revisions (restore, flight->archive, before_rev);
    }
  else if (!restore->is_last && g_error_matches (error, WEFT_ERROR, WEFT_ERROR_EXHAUSTED)
           && !is_node_gone (restore->tool))
    {
      /* An action on several blocks needs all of them, and another may be far below. */
      put_off (restore, flight->archive, flight->line);
      g_error_free (error);
    }
  else
    {
      note_failure (restore, flight->line, block_id, error);
      g_hash_table_add (restore->failed, g_strdup (block_id));
      restore->is_gone = is_node_gone (restore->tool);
    }
  weft_progress_update (&restore->progress, restore->n_archives,
                        (double) restore->records.offset / MAX (restore->records.length, 1));
  g_hash_table_remove (restore->in_flight, block_id);
  weft_block_archive_unref (flight->archive);
  g_free (flight);
}

static void
wait_until_in_flight (Restore *restore,
                      guint    n)
{
  while (g_hash_table_size (restore->in_flight) > n)
    g_main_context_iteration (NULL, TRUE);
}

/* What comes later in the history of a block waits for what comes first. */
static void
send_archive (Restore          *restore,
              WeftBlockArchive *archive,
              guint             line)
{
  const char *block_id = weft_block_archive_get_block_id (archive);
  Flight *flight;

  wait_until_in_flight (restore, IN_FLIGHT_MAX - 1);
  while (g_hash_table_contains (restore->in_flight, block_id))
    g_main_context_iteration (NULL, TRUE);
  g_hash_table_add (restore->seen, g_strdup (block_id));
  if (restore->is_gone || g_hash_table_contains (restore->failed, block_id))
    {
      restore->n_skipped++;
      return;
    }
  if (!restore->is_last && g_hash_table_contains (restore->put_off, block_id))
    {
      put_off (restore, archive, line);
      return;
    }

  flight = g_new0 (Flight, 1);
  flight->restore = restore;
  flight->archive = weft_block_archive_ref (archive);
  flight->line = line;
  g_hash_table_add (restore->in_flight, g_strdup (block_id));
  weft_remote_repo_write_archive_async (restore->tool->repo, archive, NULL, written_cb, flight);
}

/* The block that a record is about, where it says one. */
static const char *
find_block_id (JsonNode *record)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (record) ? json_node_get_object (record) : NULL;
  JsonNode *member = object != NULL ? json_object_get_member (object, "blockId") : NULL;

  return member != NULL && JSON_NODE_HOLDS_VALUE (member)
         && json_node_get_value_type (member) == G_TYPE_STRING ? json_node_get_string (member)
                                                               : NULL;
}

/* FALSE at the end of the file, or where it can not be read any further. */
static gboolean
restore_record (Restore *restore)
{
  g_autoptr(JsonNode) record = NULL;
  g_autoptr(WeftBlockArchive) archive = NULL;
  const char *block_id;
  guint line = restore->records.line;
  GError *error = NULL;

  if (!weft_records_next (&restore->records, &record, &line, &error))
    note_failure (restore, line, NULL, error);
  if (record == NULL || restore->is_gone)
    return FALSE;

  archive = weft_block_archive_from_json (record, &error);
  if (archive != NULL)
    {
      send_archive (restore, archive, line);
      return TRUE;
    }

  /* Another block's archive may be good. */
  block_id = find_block_id (record);
  note_failure (restore, line, block_id, error);
  if (block_id != NULL)
    {
      g_hash_table_add (restore->seen, g_strdup (block_id));
      g_hash_table_add (restore->failed, g_strdup (block_id));
    }

  return TRUE;
}

static void
print_summary (Restore *restore)
{
  guint n_failures = json_array_get_length (restore->failures);
  double seconds = weft_progress_seconds (&restore->progress);
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  if (!restore->tool->json)
    {
      g_print ("%u blocks, %" G_GUINT64_FORMAT " archives are there, %" G_GUINT64_FORMAT
               " revisions new, %u refused, %" G_GUINT64_FORMAT " left out, in %.2f s\n",
               g_hash_table_size (restore->seen), restore->n_archives, restore->n_revisions,
               n_failures, restore->n_skipped, seconds);
      return;
    }

  object = json_object_new ();
  json_object_set_int_member (object, "blocks", g_hash_table_size (restore->seen));
  json_object_set_int_member (object, "archives", (gint64) restore->n_archives);
  json_object_set_int_member (object, "revisions", (gint64) restore->n_revisions);
  json_object_set_int_member (object, "leftOut", (gint64) restore->n_skipped);
  json_object_set_array_member (object, "refused", json_array_ref (restore->failures));
  json_object_set_double_member (object, "seconds", seconds);
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  weft_print_json (node);
}

static void
send_lines (Restore   *restore,
            GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      Line *line = g_ptr_array_index (lines, i);

      send_archive (restore, line->archive, line->line);
    }
  wait_until_in_flight (restore, 0);
}

/* For as long as that helps; then what is put off is refused. */
static void
restore_again (Restore *restore)
{
  while (restore->again->len > 0 && !restore->is_last)
    {
      g_autoptr(GPtrArray) lines = g_steal_pointer (&restore->again);
      guint64 n_before = restore->n_archives;

      restore->again = g_ptr_array_new_with_free_func (line_free);
      g_hash_table_remove_all (restore->put_off);
      send_lines (restore, lines);
      restore->is_last = restore->n_archives == n_before;
    }

  send_lines (restore, restore->again);
}

static GHashTable *
make_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  g_autoptr(GHashTable) in_flight = make_set ();
  g_autoptr(GHashTable) failed = make_set ();
  g_autoptr(GHashTable) seen = make_set ();
  g_autoptr(GHashTable) put_off_ids = make_set ();
  g_autoptr(JsonArray) failures = json_array_new ();
  Restore restore = { .tool = tool, .in_flight = in_flight, .failed = failed, .seen = seen,
                      .put_off = put_off_ids, .failures = failures };
  g_autoptr(GBytes) bytes = NULL;
  const char *text;
  gsize length;
  GError *error = NULL;

  bytes = weft_input_read (arguments[0], &error);
  if (bytes == NULL)
    return weft_tool_fail (tool, error);
  text = g_bytes_get_data (bytes, &length);
  if (!weft_records_begin (&restore.records, text, length, NULL, &error))
    return weft_tool_fail (tool, error);

  restore.again = g_ptr_array_new_with_free_func (line_free);
  weft_progress_begin (&restore.progress, tool->clock, "archives", tool->quiet);
  while (restore_record (&restore))
    ;
  wait_until_in_flight (&restore, 0);
  restore_again (&restore);
  g_ptr_array_unref (restore.again);
  weft_progress_end (&restore.progress);
  print_summary (&restore);
  if (restore.is_gone)
    return WEFT_EXIT_UNAVAILABLE;

  return json_array_get_length (failures) > 0 ? WEFT_EXIT_FAILED : WEFT_EXIT_OK;
}

const WeftVerb weft_verb_restore = {
  .name = "restore",
  .arguments = "FILE",
  .summary = "Have the node take over the history of blocks from a backup",
  .description =
    "Sends the archives in FILE (- for standard input), which “weft export --archives” wrote, to\n"
    "the node. In a cluster the node believes only what the certificates in them prove; what it\n"
    "has already stays as it is, so running it again resumes it. An archive that is refused is\n"
    "named by its line and block; the others go on.\n"
    "With --json, prints {\"blocks\",\"archives\",\"revisions\",\"leftOut\",\"refused\",\n"
    "\"seconds\"}.\n\n"
    "Examples:\n"
    "  weft export --archives backup.jsonl\n"
    "  weft restore backup.jsonl",
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run,
};
