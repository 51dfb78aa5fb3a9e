/* test-thresholds.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-thresholds.h"

#include <gio/gio.h>

#define MARK_BEGIN "<!-- thresholds: tests/unit/test-thresholds --write makes this table -->\n"
#define MARK_END "<!-- end of thresholds -->\n"

/* Written out: what the functions have to say. `liars` and `down` are what the page promises. */
static const struct
{
  guint n_peers;
  guint promises;
  guint commits;
  guint down;
  guint liars;
} table[] = {
  { 1, 1, 1, 0, 0 },
  { 2, 2, 2, 0, 0 },
  { 3, 2, 2, 1, 0 },
  { 4, 3, 3, 1, 1 },
  { 5, 4, 3, 1, 1 },
  { 6, 5, 4, 1, 1 },
  { 7, 6, 4, 1, 1 },
  { 8, 6, 5, 2, 2 },
  { 9, 7, 5, 2, 2 },
  { 10, 8, 6, 2, 2 },
};

static void
test_table (void)
{
  g_test_summary ("How many have to promise and to commit, for 1 to 10 members.");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      guint n = table[i].n_peers;

      g_assert_cmpuint (weft_thresholds_get_promises (n, WEFT_SUPER_MAJORITY_DEFAULT), ==,
                        table[i].promises);
      g_assert_cmpuint (weft_thresholds_get_commits (n), ==, table[i].commits);
      g_assert_cmpuint (n - table[i].promises, ==, table[i].down);
    }
}

static void
test_overlap (void)
{
  g_test_summary ("Two sets of promises, and a set of promises and one of commits, share more "
                  "members than may lie.");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_assert_cmpuint (2 * table[i].promises, >, table[i].n_peers + table[i].liars);
      g_assert_cmpuint (table[i].promises + table[i].commits, >,
                        table[i].n_peers + table[i].liars);
    }
  for (guint n = 1; n <= 64; n++)
    {
      guint promises = weft_thresholds_get_promises (n, WEFT_SUPER_MAJORITY_DEFAULT);
      guint liars = n >= 4 ? n / 4 : 0;

      g_assert_cmpuint (promises, <=, n);
      g_assert_cmpuint (2 * promises, >, n + liars);
      g_assert_cmpuint (promises + weft_thresholds_get_commits (n), >, n + liars);
    }
}

static void
test_parts (void)
{
  g_test_summary ("Any part is at least more than half, at most all, and not rounded up by an "
                  "error of the arithmetic.");

  g_assert_cmpuint (weft_thresholds_get_promises (10, 0), ==, 6);
  g_assert_cmpuint (weft_thresholds_get_promises (10, 1), ==, 10);
  g_assert_cmpuint (weft_thresholds_get_promises (3, 1), ==, 2);
  g_assert_cmpuint (weft_thresholds_get_promises (10, 0.7), ==, 7);
  g_assert_cmpuint (weft_thresholds_get_promises (60, 0.55), ==, 33);
  g_assert_cmpuint (weft_thresholds_get_promises (5, 0.61), ==, 4);
}

static char *
build_table (void)
{
  GString *text = g_string_new ("\n| members | *S* promises | *M* commits | may be down | may lie |"
                                "\n|--:|--:|--:|--:|--:|\n");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_string_append_printf (text, "| %u | %u | %u | %u | %u |\n", table[i].n_peers,
                            weft_thresholds_get_promises (table[i].n_peers,
                                                          WEFT_SUPER_MAJORITY_DEFAULT),
                            weft_thresholds_get_commits (table[i].n_peers), table[i].down,
                            table[i].liars);
  g_string_append_c (text, '\n');

  return g_string_free (text, FALSE);
}

/* The page with the table between the marks. */
static char *
fill_page (const char *page)
{
  const char *begin = strstr (page, MARK_BEGIN);
  const char *end = strstr (page, MARK_END);
  g_autofree char *body = build_table ();
  g_autofree char *head = NULL;

  g_assert_nonnull (begin);
  g_assert_nonnull (end);
  begin += strlen (MARK_BEGIN);
  g_assert_true (begin <= end);
  head = g_strndup (page, begin - page);

  return g_strconcat (head, body, end, NULL);
}

static char *
find_page (void)
{
  return g_test_build_filename (G_TEST_DIST, "..", "data", "docs", "consensus.md", NULL);
}

static void
test_page (void)
{
  g_autofree char *path = find_page ();
  g_autofree char *page = NULL;
  g_autofree char *expected = NULL;

  g_test_summary ("The page on consensus shows this table.");

  if (!g_file_get_contents (path, &page, NULL, NULL))
    {
      g_test_skip ("the page is not installed");
      return;
    }
  expected = fill_page (page);
  g_assert_cmpstr (page, ==, expected);
}

static int
write_page (void)
{
  g_autofree char *path = find_page ();
  g_autofree char *page = NULL;
  g_autofree char *filled = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &page, NULL, &error))
    g_error ("%s", error->message);
  filled = fill_page (page);
  if (!g_file_set_contents (path, filled, -1, &error))
    g_error ("%s", error->message);

  return 0;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  if (argc > 1 && g_str_equal (argv[1], "--write"))
    return write_page ();
  g_test_add_func ("/thresholds/table", test_table);
  g_test_add_func ("/thresholds/overlap", test_overlap);
  g_test_add_func ("/thresholds/parts", test_parts);
  g_test_add_func ("/thresholds/page", test_page);

  return g_test_run ();
}
