/* bench-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reader and writer beside json-glib's parser and generator, in MB of text per second.
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-bench.h"
#include "weft-json-private.h"

typedef struct
{
  char *text;
  gsize length;
  JsonNode *node;
  JsonParser *parser;
  JsonGenerator *generator;
} Record;

/* A block like those of an address book: names, words in several scripts, numbers, a list. */
static void
append_person (GString *text,
               guint    i)
{
  static const char *const names[] = { "Ann Nguyễn", "Björn Ødegård", "Carla", "Дмитрий", "Eve" };

  g_string_append_printf (
    text,
    "{\"header\":{\"id\":\"9f3kD0%05uWq8vLr2nXyTzB4cHs6mEo1aQ\",\"type\":\"person\","
    "\"collectionId\":\"addresses/ann\"},\"name\":\"%s\",\"born\":%u,\"height\":1.%02u,"
    "\"active\":%s,\"tags\":[\"friend\",\"work\",\"chess \\\"club\\\"\"],"
    "\"place\":{\"street\":\"%u Long Acre\",\"city\":\"London\",\"lat\":51.5%05u,\"lon\":-0.1%05u},"
    "\"note\":\"Met at the winter conference;\\nasked about the migration of the old catalogue.\"}",
    i, names[i % G_N_ELEMENTS (names)], 1950 + i % 60, 50 + i % 50, i % 2 ? "true" : "false",
    i * 7 % 300, i * 7919 % 100000, i * 104729 % 100000);
}

static void
record_init (Record *self,
             gsize   size)
{
  g_autoptr (GString) text = g_string_new ("{\"people\":[");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; text->len < size - 200; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_person (text, i);
    }
  g_string_append (text, "]}");

  self->node = weft_json_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  self->text = weft_json_to_string (self->node);
  self->length = strlen (self->text);
  self->parser = json_parser_new ();
  self->generator = json_generator_new ();
  json_generator_set_root (self->generator, self->node);
}

static void
record_clear (Record *self)
{
  g_free (self->text);
  json_node_unref (self->node);
  g_object_unref (self->parser);
  g_object_unref (self->generator);
}

static void
read_ours (gpointer data)
{
  Record *self = data;
  g_autoptr (JsonNode) node = weft_json_parse (self->text, self->length, NULL);

  g_assert_nonnull (node);
}

static void
read_theirs (gpointer data)
{
  Record *self = data;
  gboolean loaded = json_parser_load_from_data (self->parser, self->text, self->length, NULL);

  g_assert_true (loaded);
}

static void
write_ours (gpointer data)
{
  Record *self = data;
  g_autofree char *text = weft_json_to_string (self->node);

  g_assert_nonnull (text);
}

static void
write_theirs (gpointer data)
{
  Record *self = data;
  g_autofree char *text = json_generator_to_data (self->generator, NULL);

  g_assert_nonnull (text);
}

static void
bench_record (WeftBenchTable *table,
              const char     *size_name,
              gsize           size)
{
  Record record;
  double megabytes;
  g_autofree char *reader_name = g_strdup_printf ("read %s", size_name);
  g_autofree char *writer_name = g_strdup_printf ("write %s", size_name);
  WeftBenchCase cases[] = {
    { "read", read_ours, &record },
    { "read json-glib", read_theirs, &record },
    { "write", write_ours, &record },
    { "write json-glib", write_theirs, &record },
  };

  record_init (&record, size);
  weft_bench_measure (cases, G_N_ELEMENTS (cases));
  megabytes = record.length / 1e6;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i += 2)
    weft_bench_table_add (table, i == 0 ? reader_name : writer_name,
                          cases[i].calls_per_second * megabytes,
                          cases[i + 1].calls_per_second * megabytes,
                          cases[i].calls_per_second / cases[i + 1].calls_per_second);
  record_clear (&record);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = { "MB/s", "json-glib MB/s", "ratio", NULL };
  WeftBenchTable *table;

  weft_bench_init (&argc, &argv);
  table = weft_bench_table_new ("json", columns);
  bench_record (table, "1 KiB", 1024);
  bench_record (table, "64 KiB", 64 * 1024);
  weft_bench_table_print (table);
  return 0;
}
