/* weft-verb-import.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-import.h"
#include "weft-input.h"
#include "weft-print.h"
#include "weft-progress.h"
#include "weft-records.h"
#include "weft-verbs.h"

/* Actions under way at once: enough to fill the way there and the syncs, well below what a node
 * lets one client have in flight. */
#define IN_FLIGHT_MAX 8
/* Between two attempts to write the same records, doubled each time. */
#define PAUSE_FIRST_USEC (250 * G_TIME_SPAN_MILLISECOND)
#define PAUSE_MAX_USEC (4 * G_TIME_SPAN_SECOND)
#define PATIENCE_MAX_SEC 86400

static WeftRecordMapping mapping;
static char *member;
static int patience = 30;

static const GOptionEntry options[] = {
  { "member", 'm', 0, G_OPTION_ARG_STRING, &member,
    "The records are this array of the object in FILE", "NAME" },
  { "id-member", 'i', 0, G_OPTION_ARG_STRING, &mapping.id_member,
    "Records are not blocks: make their ids of this member", "NAME" },
  { "id-prefix", 0, 0, G_OPTION_ARG_STRING, &mapping.id_prefix,
    "With --id-member: what every id begins with", "TEXT" },
  { "type", 't', 0, G_OPTION_ARG_STRING, &mapping.block_type,
    "With --id-member: the type of the blocks", "TYPE" },
  { "collection", 'c', 0, G_OPTION_ARG_STRING, &mapping.collection,
    "With --id-member: the collection of the blocks", "ID" },
  { "patience", 'p', 0, G_OPTION_ARG_INT, &patience,
    "Try so long to write records that cannot be written now (default 30)", "SECONDS" },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  WeftTool *tool;
  WeftWriter *writer;
  WeftRecords records;
  WeftProgress progress;
  WeftImportBatch *next; /* being filled */
  guint n_in_flight;
  guint in_flight_max; /* halved when nodes do not keep up, one more for each round that they do */
  guint n_on_time;     /* since that was changed */
  guint64 n_read;
  guint64 n_written;
  guint64 n_changed;
  guint64 n_retries;
  gboolean is_failing; /* a batch could not be written: nothing new is sent */
  GError *error;       /* the first that was met, reading or writing */
} Import;

typedef struct
{
  Import *import;
  WeftImportBatch *batch;
  guint n_failures;
  gint64 patient_until_usec; /* from the first failure on */
} Flight;

static void send (Flight *flight);

static void
take_error (Import *import,
            GError *error)
{
  if (import->error == NULL)
    import->error = error;
  else
    g_error_free (error);
}

/* Records that are there already are left alone, so that any of these can be tried again. */
static gboolean
is_passing (const GError *error)
{
  return error->domain == WEFT_ERROR
         && (weft_error_is_retryable (error->code)
             || error->code == WEFT_ERROR_INDETERMINATE);
}

static void
alarm_cb (gpointer user_data)
{
  send (user_data);
}

/* FALSE when it was tried for long enough, or that would not help. */
static gboolean
try_again (Flight       *flight,
           const GError *error)
{
  Import *import = flight->import;
  gint64 now_usec = weft_clock_get_monotonic (import->tool->clock);
  gint64 pause_usec = MIN (PAUSE_FIRST_USEC << MIN (flight->n_failures, 10), PAUSE_MAX_USEC);

  if (import->is_failing || !is_passing (error))
    return FALSE;
  if (flight->n_failures == 0)
    flight->patient_until_usec = now_usec + patience * G_TIME_SPAN_SECOND;
  if (now_usec + pause_usec > flight->patient_until_usec)
    return FALSE;

  flight->n_failures++;
  import->in_flight_max = MAX (import->in_flight_max / 2, 1);
  import->n_on_time = 0;
  if (import->n_retries++ == 0 && !import->tool->quiet)
    g_printerr ("lines %u to %u: %s; trying again for %d s\n", flight->batch->line_first,
                flight->batch->line_last, error->message, patience);
  weft_clock_add_alarm (import->tool->clock, now_usec + pause_usec, alarm_cb, flight, NULL);

  return TRUE;
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Flight *flight = user_data;
  Import *import = flight->import;
  guint n_changed = 0;
  GError *error = NULL;
  gboolean is_written
      = weft_writer_put_finish (WEFT_WRITER (source), result, &n_changed, NULL, &error);

  if (!is_written && try_again (flight, error))
    {
      g_error_free (error);
      return;
    }

  import->n_in_flight--;
  if (is_written)
    {
      import->n_written += flight->batch->blocks->len;
      import->n_changed += n_changed;
      if (++import->n_on_time >= import->in_flight_max)
        {
          import->in_flight_max = MIN (import->in_flight_max + 1, IN_FLIGHT_MAX);
          import->n_on_time = 0;
        }
    }
  else
    {
      g_prefix_error (&error, "lines %u to %u: ", flight->batch->line_first,
                      flight->batch->line_last);
      import->is_failing = TRUE;
      take_error (import, error);
    }
  weft_progress_update (&import->progress, import->n_written,
                        (double) import->records.offset / MAX (import->records.length, 1));
  weft_import_batch_free (flight->batch);
  g_free (flight);
}

static void
send (Flight *flight)
{
  GPtrArray *blocks = flight->batch->blocks;

  weft_writer_put_async (flight->import->writer, (WeftBlock **) blocks->pdata, blocks->len, NULL,
                         put_cb, flight);
}

static void
wait_until_in_flight (Import *import,
                      guint   n)
{
  while (import->n_in_flight > n)
    g_main_context_iteration (NULL, TRUE);
}

static void
send_batch (Import *import)
{
  Flight *flight;

  if (import->next->blocks->len == 0)
    return;

  wait_until_in_flight (import, import->in_flight_max - 1);
  if (import->is_failing)
    return;

  flight = g_new0 (Flight, 1);
  flight->import = import;
  flight->batch = g_steal_pointer (&import->next);
  import->next = weft_import_batch_new ();
  import->n_in_flight++;
  send (flight);
}

/* Takes one record into a batch; FALSE at the end of the file or at an error. */
static gboolean
read_record (Import *import)
{
  g_autoptr(JsonNode) record = NULL;
  g_autoptr(WeftBlock) block = NULL;
  gsize start = import->records.offset;
  gsize bytes;
  guint line = 0;
  GError *error = NULL;

  if (!weft_records_next (&import->records, &record, &line, &error))
    {
      g_prefix_error (&error, "line %u: ", line);
      take_error (import, error);
      return FALSE;
    }
  if (record == NULL)
    return FALSE;
  block = weft_record_mapping_apply (&mapping, record, &error);
  if (block == NULL)
    {
      g_prefix_error (&error, "line %u: ", line);
      take_error (import, error);
      return FALSE;
    }

  import->n_read++;
  bytes = import->records.offset - start;
  if (!weft_import_batch_fits (import->next, block, bytes))
    {
      /* The same block in two actions at once would only make them race. */
      if (g_hash_table_contains (import->next->ids, weft_block_get_id (block)))
        {
          send_batch (import);
          wait_until_in_flight (import, 0);
        }
      else
        send_batch (import);
    }
  if (import->is_failing)
    return FALSE;
  weft_import_batch_add (import->next, block, bytes, line);

  return TRUE;
}

static void
print_summary (Import *import)
{
  double seconds = weft_progress_seconds (&import->progress);
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  if (!import->tool->json)
    {
      g_print ("%s%" G_GUINT64_FORMAT " records are there, %" G_GUINT64_FORMAT
               " of them written now, in %.2f s (%.0f/s)\n",
               import->error != NULL ? "stopped: " : "", import->n_written, import->n_changed,
               seconds, (double) import->n_written / seconds);
      return;
    }

  object = json_object_new ();
  json_object_set_int_member (object, "read", (gint64) import->n_read);
  json_object_set_int_member (object, "present", (gint64) import->n_written);
  json_object_set_int_member (object, "changed", (gint64) import->n_changed);
  json_object_set_int_member (object, "retries", (gint64) import->n_retries);
  json_object_set_double_member (object, "seconds", seconds);
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  weft_print_json (node);
}

static gboolean
check_options (WeftTool *tool)
{
  gboolean has_all = mapping.block_type != NULL && mapping.collection != NULL;
  gboolean has_any = mapping.block_type != NULL || mapping.collection != NULL ||
                     mapping.id_prefix != NULL;

  if (mapping.id_member != NULL && !has_all)
    weft_tool_usage (tool, "--id-member needs --type and --collection");
  else if (mapping.id_member == NULL && has_any)
    weft_tool_usage (tool, "--type, --collection and --id-prefix go with --id-member");
  else if (patience < 0 || patience > PATIENCE_MAX_SEC)
    weft_tool_usage (tool, "--patience: expected 0 to %d seconds, got %d", PATIENCE_MAX_SEC,
                     patience);
  else
    return TRUE;

  return FALSE;
}

static WeftExit
run (WeftTool  *tool,
     char     **arguments)
{
  Import import = { .tool = tool, .in_flight_max = IN_FLIGHT_MAX };
  g_autoptr(GBytes) bytes = NULL;
  gsize length;
  const char *text;
  WeftExit code = WEFT_EXIT_OK;
  GError *error = NULL;

  if (!check_options (tool))
    return WEFT_EXIT_USAGE;
  bytes = weft_input_read (arguments[0], &error);
  if (bytes == NULL)
    return weft_tool_fail (tool, error);
  text = g_bytes_get_data (bytes, &length);
  if (!weft_records_begin (&import.records, text, length, member, &error))
    {
      g_prefix_error (&error, "%s: ", arguments[0]);
      return weft_tool_fail (tool, error);
    }

  import.writer = weft_writer_new (WEFT_REPO (tool->repo), tool->clock, tool->random);
  import.next = weft_import_batch_new ();
  weft_progress_begin (&import.progress, tool->clock, "records", tool->quiet);
  while (read_record (&import))
    ;
  /* What was read before a bad record is good, and is kept. */
  send_batch (&import);
  wait_until_in_flight (&import, 0);
  weft_progress_end (&import.progress);

  print_summary (&import);
  if (import.error != NULL)
    {
      g_prefix_error (&import.error, "%s: ", arguments[0]);
      code = weft_tool_fail (tool, g_steal_pointer (&import.error));
    }
  weft_import_batch_free (import.next);
  g_object_unref (import.writer);

  return code;
}

const WeftVerb weft_verb_import = {
  .name = "import",
  .arguments = "FILE",
  .summary = "Write the records of a file as blocks",
  .description =
    "FILE (“-” for standard input) holds JSON lines, or one array, or with --member an object\n"
    "that has the array. Each record is a block, or becomes one with --id-member.\n"
    "Records are written in batches, each all or nothing. Blocks that are as in the file\n"
    "are left alone, so an import that was stopped is resumed by running it again.\n"
    "A bad record stops it: what came before stays, and the message names the line.\n"
    "Records that cannot be written now, as too few members of a cluster answer, are tried\n"
    "again for a while.\n"
    "With --json, prints {\"read\",\"present\",\"changed\",\"retries\",\"seconds\"}.\n\n"
    "Examples:\n"
    "  weft import blocks.jsonl\n"
    "  weft import --member 3166-1 --id-member alpha_2 --id-prefix country/ \\\n"
    "    --type country --collection countries /usr/share/iso-codes/json/iso_3166-1.json",
  .options = options,
  .needs_node = TRUE,
  .arguments_min = 1,
  .arguments_max = 1,
  .run = run,
};
