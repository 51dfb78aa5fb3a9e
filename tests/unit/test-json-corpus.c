/* test-json-corpus.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-error.h"
#include "weft-json-private.h"

typedef void (*CaseFunc) (const char *text,
                          gsize       length,
                          const char *expected,
                          guint       line);

/* Undoes the escapes of a field; unlike g_strcompress() it knows how long the result is, because
 * some texts contain a NUL. */
static char *
unescape (const char *field,
          gsize       n_chars,
          gsize      *length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_chars; i++)
    {
      static const char names[] = "nrt\\";
      static const char meanings[] = "\n\r\t\\";
      const char *name;

      if (field[i] != '\\')
        {
          g_string_append_c (text, field[i]);
          continue;
        }
      i++;
      name = strchr (names, field[i]);
      if (name != NULL)
        g_string_append_c (text, meanings[name - names]);
      else
        {
          g_string_append_c (text, (char) ((field[i] - '0') << 6 | (field[i + 1] - '0') << 3
                                           | (field[i + 2] - '0')));
          i += 2;
        }
    }
  *length = text->len;
  return g_string_free (text, FALSE);
}

/* Runs `func` with each line of a file, TEXT tab EXPECTED; returns how many there were. */
static guint
for_each_case (const char *name,
               CaseFunc    func)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "json-corpus", name, NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  guint line = 0;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);

  for (char *at = contents; *at != '\0'; line++)
    {
      gsize n_chars = strcspn (at, "\n");
      char *tab = memchr (at, '\t', n_chars);
      gsize length;
      gsize expected_length;
      g_autofree char *text = NULL;
      g_autofree char *expected = NULL;

      g_assert_nonnull (tab);
      text = unescape (at, tab - at, &length);
      expected = unescape (tab + 1, at + n_chars - tab - 1, &expected_length);
      func (text, length, expected, line + 1);
      at += n_chars + (at[n_chars] == '\n');
    }
  return line;
}

static void
check_accepted (const char *text,
                gsize       length,
                const char *expected,
                guint       line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = weft_json_parse (text, (gssize) length, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *canonical_again = NULL;

  g_test_message ("accept.txt:%u", line);
  g_assert_no_error (error);
  g_assert_true (json_node_is_immutable (node));
  g_assert_true (weft_json_validate (node, NULL));
  canonical = weft_json_to_string (node);
  g_assert_cmpstr (canonical, ==, expected);

  again = weft_json_parse (canonical, -1, &error);
  g_assert_no_error (error);
  canonical_again = weft_json_to_string (again);
  g_assert_cmpstr (canonical_again, ==, canonical);
  g_assert_true (weft_json_equal (node, again));
}

static void
check_refused (const char *text,
               gsize       length,
               const char *expected,
               guint       line)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = weft_json_parse (text, (gssize) length, &error);

  g_test_message ("refuse.txt:%u", line);
  g_assert_null (node);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, expected);
}

/* Every beginning of an accepted text is either accepted or refused at its end, or inside. */
static void
check_truncated (const char *text,
                 gsize       length,
                 const char *expected,
                 guint       line)
{
  for (gsize n = 0; n < length; n++)
    {
      g_autoptr (GError) error = NULL;
      /* A copy of exactly this size, so that a sanitizer sees a look behind the end. */
      g_autofree char *beginning = g_memdup2 (text, n);
      g_autoptr (JsonNode) node = weft_json_parse (beginning, (gssize) n, &error);

      g_assert_true ((node == NULL) == (error != NULL));
    }
}

static void
test_corpus_accept (void)
{
  g_test_summary ("Every text of accept.txt is read and written in its canonical form.");

  g_assert_cmpuint (for_each_case ("accept.txt", check_accepted), >=, 200);
}

static void
test_corpus_refuse (void)
{
  g_test_summary ("Every text of refuse.txt is refused with the place and what was expected.");

  g_assert_cmpuint (for_each_case ("refuse.txt", check_refused), >=, 300);
}

static void
test_corpus_truncated (void)
{
  g_test_summary ("A text that ends anywhere is read to its end and no further.");

  g_assert_cmpuint (for_each_case ("accept.txt", check_truncated), >=, 200);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/corpus/accept", test_corpus_accept);
  g_test_add_func ("/json/corpus/refuse", test_corpus_refuse);
  g_test_add_func ("/json/corpus/truncated", test_corpus_truncated);

  return g_test_run ();
}
