/* test-repo-archive.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Archives out of a storage repo and into another, by hand and through the restore hook.
 */

#include "config.h"

#include <weft.h>

#include "../contract/weft-repo-asker.h"
#include "weft-storage-repo-private.h"

typedef struct
{
  WeftStorage *storage;
  WeftRepo *repo;
} Side;

typedef struct
{
  Side full;
  Side other;
  guint n_asked;           /* how often the hook was asked, and what for */
  gint64 rev;
  WeftBlockArchive *given; /* what the hook answers; NULL for an error */
} Fixture;

static void
side_init (Side *self)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  self->storage = weft_memory_storage_new ();
  self->repo = WEFT_REPO (weft_storage_repo_new (self->storage, clock));
}

static void
side_clear (Side *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->repo);
  weft_storage_close (self->storage, NULL);
  g_object_unref (self->storage);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  side_init (&fixture->full);
  side_init (&fixture->other);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  side_clear (&fixture->full);
  side_clear (&fixture->other);
  g_clear_pointer (&fixture->given, weft_block_archive_unref);
}

static WeftBlockArchive *
read_archive (Side   *side,
              gint64  rev,
              guint   revisions_max)
{
  g_autoptr (GError) error = NULL;
  WeftBlockArchive *archive
      = weft_storage_repo_read_archive (WEFT_STORAGE_REPO (side->repo), "b", rev, revisions_max,
                                        FALSE, &error);

  g_assert_no_error (error);

  return archive;
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  char **outcome = user_data;
  g_autoptr (GError) error = NULL;

  if (weft_storage_repo_write_archive_finish (WEFT_STORAGE_REPO (source), result, &error))
    *outcome = g_strdup ("stored");
  else
    *outcome = g_strdup_printf ("%s: %s", weft_error_to_name (error->code), error->message);
}

static void
write_archive (Side             *side,
               WeftBlockArchive *archive,
               const char       *expected)
{
  g_autofree char *outcome = NULL;

  weft_storage_repo_write_archive_async (WEFT_STORAGE_REPO (side->repo), archive, NULL,
                                         written_cb, &outcome);
  g_assert_null (outcome);
  while (outcome == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (outcome, ==, expected);
}

static WeftBlockArchive *
parse_archive (const char *text)
{
  g_autofree char *canonical = weft_canonical (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (canonical, -1, &error);
  WeftBlockArchive *archive;

  g_assert_no_error (error);
  archive = weft_block_archive_from_json (json, &error);
  g_assert_no_error (error);

  return archive;
}

static void
assert_archive (WeftBlockArchive *archive,
                const char       *expected)
{
  g_autofree char *canonical = weft_canonical (expected);
  g_autofree char *text = NULL;

  g_assert_nonnull (archive);
  text = weft_block_archive_to_string (archive);
  g_assert_cmpstr (text, ==, canonical);
}

/* Revisions 2, 4, 5 and 9. */
static void
land_history (Side *side)
{
  LAND (side->repo, "a1", "b", "2", INSERT ("b", "1"));
  LAND (side->repo, "a2", "b", "4", UPDATE ("b", "2"));
  LAND (side->repo, "a3", "b", "5", UPDATE ("b", "3"));
  LAND (side->repo, "a4", "b", "9", UPDATE ("b", "4"));
}

#define REVISION(action, transform) "{'action':{'actionId':'" action "','transform':" transform "}}"
#define REVISION_WITH(action, transform, block) \
  "{'action':{'actionId':'" action "','transform':" transform "},'block':" block "}"

static void
test_read (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (WeftBlockArchive) all = NULL;
  g_autoptr (WeftBlockArchive) newest = NULL;
  g_autoptr (WeftBlockArchive) old = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("An archive tells the newest revisions there is room for, with the block at its "
                  "tip, and where it begins");

  land_history (&fixture->full);
  all = read_archive (&fixture->full, 0, 100);
  assert_archive (all,
                  "{'blockId':'b','range':[1],'revisions':{"
                  "'2':" REVISION ("a1", "{'insert':" BLOCK ("b", "1") "}") ","
                  "'4':" REVISION ("a2", "{'updates':" SET ("2") "}") ","
                  "'5':" REVISION ("a3", "{'updates':" SET ("3") "}") ","
                  "'9':" REVISION_WITH ("a4", "{'updates':" SET ("4") "}", BLOCK ("b", "4"))
                  "}}");
  newest = read_archive (&fixture->full, 0, 2);
  assert_archive (newest,
                  "{'blockId':'b','range':[5],'revisions':{"
                  "'5':" REVISION_WITH ("a3", "{'updates':" SET ("3") "}", BLOCK ("b", "3")) ","
                  "'9':" REVISION_WITH ("a4", "{'updates':" SET ("4") "}", BLOCK ("b", "4"))
                  "}}");
  old = read_archive (&fixture->full, 4, 1);
  assert_archive (old,
                  "{'blockId':'b','range':[4,5],'revisions':{"
                  "'4':" REVISION_WITH ("a2", "{'updates':" SET ("2") "}", BLOCK ("b", "2"))
                  "}}");

  g_assert_null (weft_storage_repo_read_archive (WEFT_STORAGE_REPO (fixture->full.repo), "never",
                                                 0, 1, FALSE, &error));
  g_assert_no_error (error);
  g_assert_null (weft_storage_repo_read_archive (WEFT_STORAGE_REPO (fixture->full.repo), "b",
                                                 1, 1, FALSE, &error));
  g_assert_no_error (error);
}

static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (WeftBlockArchive) all = NULL;
  g_autoptr (WeftBlockArchive) copied = NULL;
  g_autoptr (WeftListener) listener = weft_listener_new (fixture->other.repo);

  g_test_summary ("A block that is copied by its archive is the same block, and goes on");

  land_history (&fixture->full);
  all = read_archive (&fixture->full, 0, 100);
  write_archive (&fixture->other, all, "stored");
  weft_listener_expect (listener, "c [b] a1@2; c [b] a2@4; c [b] a3@5; c [b] a4@9");
  copied = read_archive (&fixture->other, 0, 100);
  g_assert_true (weft_block_archive_equal (all, copied));

  write_archive (&fixture->other, all, "stored");
  weft_listener_expect (listener, "");
  weft_expect (fixture->other.repo, GET_AT ("'b'", "4"),
               FOUND ("b", "2", "4", REV ("a4", "9")));
  weft_expect (fixture->other.repo, GET_AT ("'b'", "1"),
               "{'b':{'state':{'latest':" REV ("a4", "9") "}}}");
  LAND (fixture->other.repo, "a5", "b", "10", UPDATE ("b", "5"));
}

static void
test_fill (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (WeftBlockArchive) newest = NULL;
  g_autoptr (WeftBlockArchive) oldest = NULL;
  g_autoptr (WeftBlockArchive) both = NULL;

  g_test_summary ("What is outside the ranges is unavailable until an archive that joins fills it");

  land_history (&fixture->full);
  newest = read_archive (&fixture->full, 0, 1);
  write_archive (&fixture->other, newest, "stored");
  weft_expect (fixture->other.repo, GET_AT ("'b'", "5"),
               "{'b':{'state':{},"
               "'unavailable':'unavailable: block b: revision 5 is not held here'}}");
  weft_expect (fixture->other.repo, GET_AT ("'b'", "9"),
               FOUND ("b", "4", "9", REV ("a4", "9")));

  /* Up to revision 4: it joins nothing, and 5 stays unknown. */
  oldest = read_archive (&fixture->full, 4, 100);
  write_archive (&fixture->other, oldest, "stored");
  weft_expect (fixture->other.repo, GET_AT ("'b'", "3"),
               FOUND ("b", "1", "2", REV ("a4", "9")));
  weft_expect (fixture->other.repo, GET_AT ("'b'", "5"),
               "{'b':{'state':{},"
               "'unavailable':'unavailable: block b: revision 5 is not held here'}}");
  both = read_archive (&fixture->full, 0, 100);
  write_archive (&fixture->other, both, "stored");
  weft_expect (fixture->other.repo, GET_AT ("'b'", "5"),
               FOUND ("b", "3", "5", REV ("a4", "9")));
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  static const struct
  {
    const char *archive;
    const char *outcome;
  } cases[] = {
    /* Another action than ours. */
    { "{'blockId':'b','range':[1,3],'revisions':{"
      "'2':" REVISION ("z1", "{'insert':" BLOCK ("b", "1") "}") "}}",
      "protocol: archive of block b, revision 2: this node holds another one" },
    /* Our action with another content. */
    { "{'blockId':'b','range':[1,3],'revisions':{"
      "'2':" REVISION ("a1", "{'insert':" BLOCK ("b", "7") "}") "}}",
      "protocol: archive of block b, revision 2: this node holds another one" },
    /* A revision that our range says never was. */
    { "{'blockId':'b','range':[3,4],'revisions':{"
      "'3':" REVISION_WITH ("z1", "{'insert':" BLOCK ("b", "7") "}", BLOCK ("b", "7")) "}}",
      "protocol: archive of block b, revision 3: this node knows that it is not so" },
    /* One of ours is left out. */
    { "{'blockId':'b','range':[1,6],'revisions':{"
      "'2':" REVISION ("a1", "{'insert':" BLOCK ("b", "1") "}") ","
      "'5':" REVISION ("a3", "{'updates':" SET ("3") "}") "}}",
      "protocol: archive of block b, revision 4: it is held here, and missing there" },
    /* A block that is not what comes of the transforms. */
    { "{'blockId':'b','range':[9],'revisions':{"
      "'9':" REVISION_WITH ("a4", "{'updates':" SET ("4") "}", BLOCK ("b", "4")) ","
      "'11':" REVISION_WITH ("a5", "{'updates':" SET ("5") "}", BLOCK ("b", "6")) "}}",
      "protocol: archive of block b, revision 11: the block is not what its transforms make" },
    { "{'blockId':'b','range':[9],'revisions':{}}",
      "protocol: archive of block b: expected a revision, got none" },
  };

  g_test_summary ("Nothing of an archive that does not check out is stored");

  land_history (&fixture->full);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WeftBlockArchive) archive = parse_archive (cases[i].archive);

      write_archive (&fixture->full, archive, cases[i].outcome);
    }
  weft_expect (fixture->full.repo, GET ("'b'"), FOUND ("b", "4", "9", REV ("a4", "9")));
}

typedef struct
{
  Fixture *fixture;
  WeftRestoreDoneFunc done;
  gpointer done_data;
} Answer;

static gboolean
answer_cb (gpointer user_data)
{
  g_autoptr(GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "nobody answers");
  Answer *answer = user_data;
  WeftBlockArchive *given = answer->fixture->given;

  answer->fixture->n_asked++;
  answer->done (given, given != NULL ? NULL : error, answer->done_data);

  return G_SOURCE_REMOVE;
}

/* Answers in another turn, as a hook must. */
static void
restore (const char          *block_id,
         gint64               rev,
         WeftRestoreDoneFunc  done,
         gpointer             done_data,
         gpointer             user_data)
{
  Fixture *fixture = user_data;
  Answer *answer = g_new (Answer, 1);

  g_assert_cmpstr (block_id, ==, "b");
  fixture->rev = rev;
  *answer = (Answer) { fixture, done, done_data };
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, answer, g_free);
}

static void
test_hook (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (WeftBlockArchive) newest = NULL;
  WeftAsked *asked[3];

  g_test_summary ("Readers of a gap share one question, and are answered when it is filled");

  land_history (&fixture->full);
  newest = read_archive (&fixture->full, 0, 1);
  write_archive (&fixture->other, newest, "stored");
  weft_storage_repo_set_restore (WEFT_STORAGE_REPO (fixture->other.repo), restore, fixture, NULL);

  /* Nobody has it. */
  weft_expect (fixture->other.repo, GET_AT ("'b'", "4"),
               "{'b':{'state':{},"
               "'unavailable':'unavailable: block b: revision 4 is not held here'}}");
  g_assert_cmpuint (fixture->n_asked, ==, 1);
  g_assert_cmpint (fixture->rev, ==, 4);

  /* Somebody has another one. */
  fixture->given = parse_archive ("{'blockId':'b','range':[1,10],'revisions':{"
                                  "'2':" REVISION ("z1", "{'insert':" BLOCK ("b", "1") "}") "}}");
  weft_expect (fixture->other.repo, GET_AT ("'b'", "4"),
               "{'b':{'state':{},"
               "'unavailable':'unavailable: block b: revision 4 is not held here'}}");
  g_assert_cmpuint (fixture->n_asked, ==, 2);
  g_clear_pointer (&fixture->given, weft_block_archive_unref);

  fixture->given = read_archive (&fixture->full, 0, 100);
  asked[0] = weft_ask (fixture->other.repo, GET_AT ("'b'", "4"));
  asked[1] = weft_ask (fixture->other.repo, GET_AT ("'b'", "2"));
  asked[2] = weft_ask (fixture->other.repo, GET_AT ("'b'", "4"));
  weft_asked_expect (asked[0], FOUND ("b", "2", "4", REV ("a4", "9")));
  weft_asked_expect (asked[1], FOUND ("b", "1", "2", REV ("a4", "9")));
  weft_asked_expect (asked[2], FOUND ("b", "2", "4", REV ("a4", "9")));
  g_assert_cmpuint (fixture->n_asked, ==, 3);
  weft_expect (fixture->other.repo, GET_AT ("'b'", "4"), FOUND ("b", "2", "4", REV ("a4", "9")));
  g_assert_cmpuint (fixture->n_asked, ==, 3);
}

static void
test_heal (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (WeftListener) listener = NULL;
  g_autoptr (WeftBlockArchive) before = NULL;

  g_test_summary ("A node that missed a revision refuses the commit on top, fetches what it "
                  "missed, and then takes it");

  LAND (fixture->full.repo, "a1", "b", "1", INSERT ("b", "1"));
  before = read_archive (&fixture->full, 0, 100);
  write_archive (&fixture->other, before, "stored");
  LAND (fixture->full.repo, "a2", "b", "3", UPDATE ("b", "2"));
  fixture->given = read_archive (&fixture->full, 0, 100);
  weft_storage_repo_set_restore (WEFT_STORAGE_REPO (fixture->other.repo), restore, fixture, NULL);
  listener = weft_listener_new (fixture->other.repo);

  weft_expect (fixture->other.repo, PEND ("a3", "'bases':{'b':3}," UPDATE ("b", "3")),
               "{'success':false,'reason':'block b is at revision 1',"
               "'staleAt':{'blockId':'b','rev':1}}");
  while (fixture->n_asked == 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (fixture->rev, ==, 3);
  weft_listener_expect (listener, "c [b] a2@3");
  LAND (fixture->other.repo, "a3", "b", "4", "'bases':{'b':3}," UPDATE ("b", "3"));
  weft_expect (fixture->other.repo, GET ("'b'"), FOUND ("b", "3", "4", REV ("a3", "4")));
}

static void
test_heal_pending (Fixture       *fixture,
                   gconstpointer  data)
{
  g_test_summary ("A pending that waits for its base can be committed once that is restored");

  LAND (fixture->full.repo, "a1", "b", "1", INSERT ("b", "1"));
  LAND (fixture->full.repo, "a2", "b", "3", UPDATE ("b", "2"));
  fixture->given = read_archive (&fixture->full, 0, 100);
  weft_storage_repo_set_restore (WEFT_STORAGE_REPO (fixture->other.repo), restore, fixture, NULL);

  weft_expect (fixture->other.repo, PEND ("a3", "'bases':{'b':3}," UPDATE ("b", "3")),
               PENDED ("'b'"));
  weft_expect (fixture->other.repo, COMMIT ("a3", "'b'", "4"), "error missing-base");
  while (fixture->n_asked == 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  weft_expect (fixture->other.repo, COMMIT ("a3", "'b'", "4"), DONE);
  weft_expect (fixture->other.repo, GET ("'b'"), FOUND ("b", "3", "4", REV ("a3", "4")));
  weft_expect (fixture->other.repo, GET_AT ("'b'", "2"), FOUND ("b", "1", "1", REV ("a3", "4")));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/repo-archive/read", test_read);
  ADD ("/repo-archive/copy", test_copy);
  ADD ("/repo-archive/fill", test_fill);
  ADD ("/repo-archive/refused", test_refused);
  ADD ("/repo-archive/hook", test_hook);
  ADD ("/repo-archive/heal", test_heal);
  ADD ("/repo-archive/heal-pending", test_heal_pending);

  return g_test_run ();
}
