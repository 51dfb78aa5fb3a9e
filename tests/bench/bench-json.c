/* bench-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reader and writer beside json-glib's parser and generator, in MB of text per second; and reading
 * without a tree beside copying the text, with how often either allocates.
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-bench-count.h"
#include "weft-bench.h"
#include "weft-tape-private.h"

typedef struct
{
  char *text;
  gsize length;
  JsonNode *node;
  JsonParser *parser;
  JsonParser *immutable_parser;
  JsonGenerator *generator;
} Record;

typedef void (*AppendFunc) (GString *text,
                            guint    i);

/* About 350 bytes with 15 values: as many small members as one ever meets. */
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
    "\"place\":{\"street\":\"%u Acre\",\"city\":\"London\",\"lat\":51.5%05u,\"lon\":-0.1%05u}}",
    i, names[i % G_N_ELEMENTS (names)], 1950 + i % 60, 50 + i % 50, i % 2 ? "true" : "false",
    i * 7 % 300, i * 7919 % 100000, i * 104729 % 100000);
}

/* About 1,000 bytes with 14 values: a block with a few attributes and a text. */
static void
append_note (GString *text,
             guint    i)
{
  g_string_append_printf (
    text,
    "{\"header\":{\"id\":\"Zk2nD0%05uWq8vLr2nXyTzB4cHs6mEo1aQ\",\"type\":\"note\","
    "\"collectionId\":\"notes/ann\"},\"title\":\"Winter conference, day %u\",\"author\":\"Ann "
    "Nguyễn\",\"changed\":17%011u,\"stars\":%u.5,\"tags\":[\"travel\",\"catalogue\"],\"text\":\""
    "Met the others at the station; the train from Göteborg was an hour late, so we began "
    "without the people from there.\\n\\nThe morning went to the migration of the old catalogue. "
    "Björn has a list of 1,400 cards whose shelf marks appear twice, and nobody remembers which "
    "of the two copies was moved when the annex closed. We agreed to keep both, marked "
    "\\\"unchecked\\\", and to let readers report what they find.\\n\\nAfter lunch: a tour of the "
    "stacks, then the budget. The lift is to be replaced in spring, which closes the second floor "
    "for three weeks. Carla asked whether loans can be extended for as long; yes, if we say so "
    "before the first of March.\\n\\nTo do: write to the binders, order labels, book the small "
    "room for the next meeting.\"}",
    i, i, i * 7919, i % 5);
}

static void
record_init (Record     *self,
             AppendFunc  append,
             guint       n_items)
{
  g_autoptr (GString) text = g_string_new (n_items > 1 ? "[" : "");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_items; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append (text, i);
    }
  if (n_items > 1)
    g_string_append_c (text, ']');

  self->node = weft_json_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  self->text = weft_json_to_string (self->node);
  self->length = strlen (self->text);
  self->parser = json_parser_new ();
  self->immutable_parser = json_parser_new_immutable ();
  self->generator = json_generator_new ();
  json_generator_set_root (self->generator, self->node);
}

static void
record_clear (Record *self)
{
  g_free (self->text);
  json_node_unref (self->node);
  g_object_unref (self->parser);
  g_object_unref (self->immutable_parser);
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
read_ours_unsealed (gpointer data)
{
  Record *self = data;
  g_autoptr (WeftTape) tape = weft_tape_read_text (self->text, self->length, NULL, NULL);
  g_autoptr (JsonNode) node = weft_item_make_node (weft_tape_get_root (tape));

  g_assert_nonnull (node);
}

static void
read_tape (gpointer data)
{
  Record *self = data;
  g_autoptr (WeftTape) tape = weft_tape_read_text (self->text, self->length, NULL, NULL);

  g_assert_true (weft_tape_get_root (tape)->is_canonical);
}

static void
copy_text (gpointer data)
{
  Record *self = data;
  g_autofree char *copy = g_memdup2 (self->text, self->length);

  /* So that the compiler leaves the copy there. */
  g_assert_true (*(volatile char *) copy == *self->text);
}

static void
read_theirs (gpointer data)
{
  Record *self = data;

  if (!json_parser_load_from_data (self->parser, self->text, self->length, NULL))
    g_assert_not_reached ();
}

/* Does what ours does: its nodes are sealed as well. */
static void
read_theirs_sealed (gpointer data)
{
  Record *self = data;

  if (!json_parser_load_from_data (self->immutable_parser, self->text, self->length, NULL))
    g_assert_not_reached ();
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
add_row (WeftBenchTable      *table,
         const char          *what,
         const char          *name,
         gsize                length,
         const WeftBenchCase *ours,
         const WeftBenchCase *theirs)
{
  g_autofree char *row = g_strdup_printf ("%s %s, %" G_GSIZE_FORMAT " B", what, name, length);

  weft_bench_table_add (table, row, ours->calls_per_second * length / 1e6,
                        theirs->calls_per_second * length / 1e6,
                        ours->calls_per_second / theirs->calls_per_second);
}

static double
count_allocations (const WeftBenchCase *measured)
{
  guint64 start = weft_bench_count_get ();

  measured->func (measured->data);
  return weft_bench_count_is_able () ? (double) (weft_bench_count_get () - start) : NAN;
}

static void
bench_tape (WeftBenchTable *table,
            const char     *name,
            AppendFunc      append,
            guint           n_items)
{
  Record record;
  WeftBenchCase cases[] = {
    { "tape", read_tape, &record },
    { "tree", read_ours, &record },
    { "copy", copy_text, &record },
  };

  record_init (&record, append, n_items);
  weft_bench_measure (cases, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *row = g_strdup_printf ("%s %s, %" G_GSIZE_FORMAT " B", cases[i].name, name,
                                              record.length);

      weft_bench_table_add (table, row, cases[i].calls_per_second * record.length / 1e6,
                            count_allocations (&cases[i]));
    }
  record_clear (&record);
}

static void
bench_record (WeftBenchTable *table,
              const char     *name,
              AppendFunc      append,
              guint           n_items)
{
  Record record;
  WeftBenchCase cases[] = {
    { "read", read_ours_unsealed, &record },
    { "read json-glib", read_theirs, &record },
    { "read, sealed", read_ours, &record },
    { "read json-glib, sealed", read_theirs_sealed, &record },
    { "write", write_ours, &record },
    { "write json-glib", write_theirs, &record },
  };

  record_init (&record, append, n_items);
  weft_bench_measure (cases, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i += 2)
    add_row (table, cases[i].name, name, record.length, &cases[i], &cases[i + 1]);
  record_clear (&record);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = { "MB/s", "json-glib MB/s", "ratio", NULL };
  static const char *const tape_columns[] = { "MB/s", "allocations", NULL };
  WeftBenchTable *table;

  weft_bench_init (&argc, &argv);
  table = weft_bench_table_new ("json", columns);
  bench_record (table, "a block", append_note, 1);
  bench_record (table, "blocks", append_note, 62);
  bench_record (table, "small members", append_person, 3);
  bench_record (table, "small members", append_person, 190);
  weft_bench_table_print (table);

  table = weft_bench_table_new ("json-tape", tape_columns);
  bench_tape (table, "a block", append_note, 1);
  bench_tape (table, "blocks", append_note, 62);
  bench_tape (table, "small members", append_person, 3);
  bench_tape (table, "small members", append_person, 190);
  weft_bench_table_print (table);
  return 0;
}
