/* test-writer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The writer against a repo that follows a script: each test writes out what was asked, in order,
 * and what the script answered. */

#include "config.h"

#include "manual-clock.h"
#include "script-repo.h"

#include "weft-error.h"
#include "weft-json.h"
#include "weft-system-random.h"
#include "weft-writer.h"

#define ABSENT "{\"b\":{\"state\":{}}}"
#define BLOCK "{\"a\":1,\"header\":{\"collectionId\":\"c\",\"id\":\"b\",\"type\":\"t\"}}"
#define INSERT "{\"deletes\":[],\"inserts\":{\"b\":" BLOCK "},\"updates\":{}}"
#define AT(rev) "{\"b\":{\"block\":" BLOCK ",\"materializedRev\":" #rev "," \
                "\"state\":{\"latest\":{\"actionId\":\"x\",\"rev\":" #rev "}}}}"
#define DELETED_AT(rev) "{\"b\":{\"state\":{\"latest\":{\"actionId\":\"x\",\"rev\":" #rev "}}}}"
#define MADE(rev) "{\"rev\":" #rev ",\"success\":true}"
#define STALE_AT(rev) "{\"staleAt\":{\"blockId\":\"b\",\"rev\":" #rev "},\"success\":false}"

typedef struct
{
  ManualClock *clock;
  ScriptRepo *repo;
  WeftWriter *writer;
  GAsyncResult *result;
} Fixture;

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();

  fixture->clock = manual_clock_new ();
  fixture->repo = script_repo_new (WEFT_CLOCK (fixture->clock));
  fixture->writer = weft_writer_new (WEFT_REPO (fixture->repo), WEFT_CLOCK (fixture->clock),
                                     random);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_clear_object (&fixture->result);
  g_assert_finalize_object (fixture->writer);
  g_assert_finalize_object (fixture->repo);
  g_assert_finalize_object (fixture->clock);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

/* Runs the script to its end. */
static void
fixture_run (Fixture *fixture)
{
  while (manual_clock_run_next (fixture->clock))
    ;
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (*fixture->repo->answers);
}

/* Puts one block, or deletes it. */
static void
fixture_write (Fixture            *fixture,
               const char         *attributes,
               const char *const  *answers)
{
  fixture->repo->answers = answers;
  if (attributes != NULL)
    {
      g_autoptr(JsonNode) node = weft_json_parse (attributes, -1, NULL);
      g_autoptr(WeftBlock) block = NULL;

      block = weft_block_new ("b", "t", "c", json_node_get_object (node), NULL);
      weft_writer_put_async (fixture->writer, &block, 1, NULL, done_cb, fixture);
    }
  else
    {
      const char *ids[] = { "b", NULL };

      weft_writer_delete_async (fixture->writer, ids, NULL, done_cb, fixture);
    }
  fixture_run (fixture);
}

typedef struct
{
  GString *seen; /* what there was each time */
  const char *id;
  const char *failure; /* (nullable) */
} Editor;

/* Counts `a` up; no block is 0, and of 3 it says nothing. */
static WeftBlock *
count_up_cb (WeftWriter  *writer,
             const char  *block_id,
             WeftBlock   *current,
             gpointer     user_data,
             GError     **error)
{
  Editor *editor = user_data;
  g_autoptr(JsonObject) attributes = json_object_new ();
  JsonNode *a = current != NULL ? weft_block_get_attribute (current, "a") : NULL;
  gint64 count = a != NULL ? json_node_get_int (a) : 0;

  g_string_append_printf (editor->seen, "%s %d;", block_id, (int) count);
  if (editor->failure != NULL)
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_REFUSED, editor->failure);
      return NULL;
    }
  if (count == 3)
    return NULL;

  json_object_set_int_member (attributes, "a", count + 1);
  return weft_block_new (editor->id, "t", "c", attributes, NULL);
}

static WeftBlock *
leave_alone_cb (WeftWriter  *writer,
                const char  *block_id,
                WeftBlock   *current,
                gpointer     user_data,
                GError     **error)
{
  return weft_block_ref (current);
}

static void
editor_free (gpointer data)
{
  Editor *editor = data;

  g_string_append (editor->seen, "freed");
}

static void
fixture_edit (Fixture            *fixture,
              Editor             *editor,
              const char *const  *answers)
{
  fixture->repo->answers = answers;
  weft_writer_edit_async (fixture->writer, "b", editor != NULL ? count_up_cb : leave_alone_cb,
                          editor, editor != NULL ? editor_free : NULL, NULL, done_cb, fixture);
  fixture_run (fixture);
}

static void
assert_outcome (Fixture    *fixture,
                guint       expected_changed,
                gint64      expected_rev,
                const char *expected_asked)
{
  g_autoptr(WeftActionRev) committed = NULL;
  g_autoptr(GError) error = NULL;
  guint n_changed;

  weft_writer_put_finish (fixture->writer, fixture->result, &n_changed, &committed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, expected_changed);
  g_assert_cmpint (committed != NULL ? weft_action_rev_get_rev (committed) : 0, ==, expected_rev);
  g_assert_cmpstr (fixture->repo->asked->str, ==, expected_asked);
}

static void
assert_failure (Fixture    *fixture,
                WeftError   code,
                const char *message)
{
  g_autoptr(WeftActionRev) committed = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (weft_writer_put_finish (fixture->writer, fixture->result, NULL, &committed,
                                          &error));
  g_assert_error (error, WEFT_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_null (committed);
}

static void
test_writer_insert (Fixture       *fixture,
                    gconstpointer  user_data)
{
  const char *const answers[] = { ABSENT, MADE (1), NULL };

  g_test_summary ("What does not exist is inserted as revision 1.");

  fixture_write (fixture, "{\"a\":1}", answers);
  assert_outcome (fixture, 1, 1,
                  "get b\n"
                  "put rev 1 base 0 " INSERT "\n");
}

static void
test_writer_update (Fixture       *fixture,
                    gconstpointer  user_data)
{
  const char *const answers[] = { AT (6), MADE (7), NULL };

  g_test_summary ("Of what exists, only the attributes that differ are touched; null is a value.");

  fixture_write (fixture, "{\"n\":null}", answers);
  assert_outcome (fixture, 1, 7,
                  "get b\n"
                  "put rev 7 base 6 {\"deletes\":[],\"inserts\":{},\"updates\":"
                  "{\"b\":[[\"n\",null,null,null],[\"a\",null,null]]}}\n");
}

static void
test_writer_unchanged (Fixture       *fixture,
                       gconstpointer  user_data)
{
  const char *const answers[] = { AT (6), NULL };

  g_test_summary ("What already is as asked for is only read; 1.0 is 1.");

  fixture_write (fixture, "{\"a\":1.0}", answers);
  assert_outcome (fixture, 0, 0, "get b\n");
}

static void
test_writer_after_delete (Fixture       *fixture,
                          gconstpointer  user_data)
{
  const char *const answers[] = { DELETED_AT (3), MADE (4), NULL };

  g_test_summary ("A deleted block is inserted again, above the revision that deleted it.");

  fixture_write (fixture, "{\"a\":1}", answers);
  assert_outcome (fixture, 1, 4,
                  "get b\n"
                  "put rev 4 base 3 " INSERT "\n");
}

static void
test_writer_delete (Fixture       *fixture,
                    gconstpointer  user_data)
{
  const char *const answers[] = { AT (2), MADE (3), NULL };

  g_test_summary ("A delete reaches the repo as a delete.");

  fixture_write (fixture, NULL, answers);
  assert_outcome (fixture, 1, 3,
                  "get b\n"
                  "put rev 3 base 2 {\"deletes\":[\"b\"],\"inserts\":{},\"updates\":{}}\n");
}

static void
test_writer_stale (Fixture       *fixture,
                   gconstpointer  user_data)
{
  const char *const answers[] = {
    ABSENT, STALE_AT (1),
    AT (1), STALE_AT (2),
    AT (2), MADE (3),
    NULL
  };

  g_test_summary ("Who was not first reads again, and builds on what it found.");

  fixture_write (fixture, "{\"a\":2}", answers);
  assert_outcome (fixture, 1, 3,
                  "get b\n"
                  "put rev 1 base 0 {\"deletes\":[],\"inserts\":{\"b\":{\"a\":2,\"header\":"
                  "{\"collectionId\":\"c\",\"id\":\"b\",\"type\":\"t\"}}},\"updates\":{}}\n"
                  "get b\n"
                  "put rev 2 base 1 {\"deletes\":[],\"inserts\":{},\"updates\":"
                  "{\"b\":[[\"a\",null,null,2]]}}\n"
                  "get b\n"
                  "put rev 3 base 2 {\"deletes\":[],\"inserts\":{},\"updates\":"
                  "{\"b\":[[\"a\",null,null,2]]}}\n");
}

#define SET_A(a) "{\"deletes\":[],\"inserts\":{},\"updates\":{\"b\":[[\"a\",null,null," #a "]]}}\n"
#define A_IS(a, rev) "{\"b\":{\"block\":{\"a\":" #a ",\"header\":{\"collectionId\":\"c\"," \
                     "\"id\":\"b\",\"type\":\"t\"}},\"materializedRev\":" #rev "," \
                     "\"state\":{\"latest\":{\"actionId\":\"x\",\"rev\":" #rev "}}}}"

static void
test_writer_edit (Fixture       *fixture,
                  gconstpointer  user_data)
{
  const char *const answers[] = { ABSENT, STALE_AT (1), A_IS (1, 1), STALE_AT (2),
                                  A_IS (2, 2), MADE (3), NULL };
  g_autoptr(GString) seen = g_string_new (NULL);
  Editor editor = { seen, "b", NULL };

  g_test_summary ("An edit is made of what there is each time, so that nobody's is lost.");

  fixture_edit (fixture, &editor, answers);
  assert_outcome (fixture, 1, 3,
                  "get b\n"
                  "put rev 1 base 0 " INSERT "\n"
                  "get b\n"
                  "put rev 2 base 1 " SET_A (2)
                  "get b\n"
                  "put rev 3 base 2 " SET_A (3));
  g_clear_object (&fixture->result);
  g_assert_cmpstr (seen->str, ==, "b 0;b 1;b 2;freed");
}

static void
test_writer_edit_nothing (Fixture       *fixture,
                          gconstpointer  user_data)
{
  const char *const answers[] = { AT (6), NULL };

  g_test_summary ("A block that its editor leaves alone is only read.");

  fixture_edit (fixture, NULL, answers);
  assert_outcome (fixture, 0, 0, "get b\n");
}

static void
test_writer_edit_silent (Fixture       *fixture,
                         gconstpointer  user_data)
{
  const char *const answers[] = { A_IS (3, 3), NULL };
  g_autoptr(GString) seen = g_string_new (NULL);
  Editor editor = { seen, "b", NULL };

  g_test_summary ("An editor that says nothing, as one that broke off, changes nothing.");

  fixture_edit (fixture, &editor, answers);
  assert_failure (fixture, WEFT_ERROR_INVALID, "expected what block “b” shall be, got nothing");
  g_clear_object (&fixture->result);
}

static void
test_writer_edit_refused (Fixture       *fixture,
                          gconstpointer  user_data)
{
  const char *const answers[] = { AT (1), NULL };
  g_autoptr(GString) seen = g_string_new (NULL);
  Editor editor = { seen, "b", "too late" };

  g_test_summary ("The error of an editor is the outcome, and nothing is written.");

  fixture_edit (fixture, &editor, answers);
  assert_failure (fixture, WEFT_ERROR_REFUSED, "too late");
  g_clear_object (&fixture->result);
}

static void
test_writer_edit_other (Fixture       *fixture,
                        gconstpointer  user_data)
{
  const char *const answers[] = { AT (1), NULL };
  g_autoptr(GString) seen = g_string_new (NULL);
  Editor editor = { seen, "other", NULL };

  g_test_summary ("An editor is asked for one block, and gives that one.");

  fixture_edit (fixture, &editor, answers);
  assert_failure (fixture, WEFT_ERROR_INVALID,
                  "expected what block “b” shall be, got block other");
  g_clear_object (&fixture->result);
}

static void
test_writer_edit_unavailable (Fixture       *fixture,
                              gconstpointer  user_data)
{
  const char *const answers[] = { "{\"b\":{\"state\":{},\"unavailable\":\"corrupt\"}}", NULL };
  g_autoptr(GString) seen = g_string_new (NULL);
  Editor editor = { seen, "b", NULL };

  g_test_summary ("No editor is asked about what cannot be read.");

  fixture_edit (fixture, &editor, answers);
  assert_failure (fixture, WEFT_ERROR_UNAVAILABLE, "block “b” is unavailable: corrupt");
  g_clear_object (&fixture->result);
  g_assert_cmpstr (seen->str, ==, "freed");
}

static void
test_writer_exhausted (Fixture       *fixture,
                       gconstpointer  user_data)
{
  const char *const answers[] = {
    ABSENT, STALE_AT (1), ABSENT, STALE_AT (1), ABSENT, STALE_AT (1), ABSENT, STALE_AT (1),
    ABSENT, STALE_AT (1), ABSENT, STALE_AT (1), ABSENT, STALE_AT (1), ABSENT, STALE_AT (1),
    NULL
  };

  g_test_summary ("Eight attempts are enough.");

  fixture_write (fixture, "{}", answers);
  assert_failure (fixture, WEFT_ERROR_EXHAUSTED,
                  "gave up after 8 attempts: somebody else changed block “b”, it is at revision 1");
}

static void
test_writer_unknown_outcome (Fixture       *fixture,
                             gconstpointer  user_data)
{
  const char *const answers[] = { ABSENT, "indeterminate", "timed-out", MADE (1), NULL };

  g_test_summary ("A put whose outcome is unknown is asked for again, with the same action, and "
                  "not made twice.");

  fixture_write (fixture, "{\"a\":1}", answers);
  assert_outcome (fixture, 1, 1,
                  "get b\n"
                  "put rev 1 base 0 " INSERT "\n"
                  "put again rev 1 base 0 " INSERT "\n"
                  "put again rev 1 base 0 " INSERT "\n");
}

static void
test_writer_unavailable (Fixture       *fixture,
                         gconstpointer  user_data)
{
  const char *const answers[] = { "{\"b\":{\"state\":{},\"unavailable\":\"corrupt\"}}", NULL };

  g_test_summary ("What cannot be read is not taken for absent.");

  fixture_write (fixture, "{\"a\":1}", answers);
  assert_failure (fixture, WEFT_ERROR_UNAVAILABLE, "block “b” is unavailable: corrupt");
}

static void
test_writer_header (Fixture       *fixture,
                    gconstpointer  user_data)
{
  const char *const answers[] = {
    "{\"b\":{\"block\":{\"header\":{\"collectionId\":\"d\",\"id\":\"b\",\"type\":\"t\"}},"
    "\"materializedRev\":1,\"state\":{\"latest\":{\"actionId\":\"x\",\"rev\":1}}}}",
    NULL
  };

  g_test_summary ("A block stays in its collection.");

  fixture_write (fixture, "{}", answers);
  assert_failure (fixture, WEFT_ERROR_INVALID,
                  "b: the collection of a block cannot change: it is “d”, the new one is “c”");
}

static void
test_writer_twice (Fixture       *fixture,
                   gconstpointer  user_data)
{
  const char *const answers[] = { NULL };
  g_autoptr(WeftBlock) block = weft_block_new ("b", "t", "c", NULL, NULL);
  WeftBlock *blocks[] = { block, block };

  g_test_summary ("A block that is there twice is refused before anything is asked.");

  fixture->repo->answers = answers;
  weft_writer_put_async (fixture->writer, blocks, 2, NULL, done_cb, fixture);
  g_assert_null (fixture->result);
  fixture_run (fixture);
  assert_failure (fixture, WEFT_ERROR_INVALID,
                  "expected blocks with ids of their own, got “b” a second time");
  g_assert_cmpstr (fixture->repo->asked->str, ==, "");
}

static void
ignore_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  guint *n_done = user_data;
  g_autoptr(GError) error = NULL;

  weft_writer_delete_finish (WEFT_WRITER (source), result, NULL, NULL, &error);
  g_assert_no_error (error);
  (*n_done)++;
}

static void
test_writer_turns (Fixture       *fixture,
                   gconstpointer  user_data)
{
  const char *const ids[][3] = { { "b" }, { "b", "c" }, { "c" }, { "b" } };
  const char *const both = "{\"b\":{\"state\":{}},\"c\":{\"state\":{}}}";
  const char *const script[] = { AT (1), MADE (2), both, ABSENT,
                                 "{\"c\":{\"state\":{}}}", NULL };
  guint n_done = 0;

  g_test_summary ("Writes of the same block do not compete: each begins when the one before it is "
                  "done, also with some of many blocks.");

  fixture->repo->answers = script;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    weft_writer_delete_async (fixture->writer, ids[i], NULL, ignore_cb, &n_done);
  while (manual_clock_run_next (fixture->clock))
    ;
  while (n_done < G_N_ELEMENTS (ids))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture->repo->asked->str, ==,
                   "get b\n"
                   "put rev 2 base 1 {\"deletes\":[\"b\"],\"inserts\":{},\"updates\":{}}\n"
                   "get b,c\n"
                   "get b\n"
                   "get c\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/writer/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("insert", test_writer_insert);
  ADD ("update", test_writer_update);
  ADD ("unchanged", test_writer_unchanged);
  ADD ("after-delete", test_writer_after_delete);
  ADD ("delete", test_writer_delete);
  ADD ("stale", test_writer_stale);
  ADD ("edit", test_writer_edit);
  ADD ("edit-nothing", test_writer_edit_nothing);
  ADD ("edit-silent", test_writer_edit_silent);
  ADD ("edit-refused", test_writer_edit_refused);
  ADD ("edit-other", test_writer_edit_other);
  ADD ("edit-unavailable", test_writer_edit_unavailable);
  ADD ("exhausted", test_writer_exhausted);
  ADD ("unknown-outcome", test_writer_unknown_outcome);
  ADD ("unavailable", test_writer_unavailable);
  ADD ("header", test_writer_header);
  ADD ("twice", test_writer_twice);
  ADD ("turns", test_writer_turns);

  return g_test_run ();
}
