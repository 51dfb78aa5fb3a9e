/* test-cluster-chains.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Puts of one block that wait for each other are decided together. */

#include <string.h>

#include "weft-fleet.h"
#include "weft-file-storage-private.h"
#include "weft-remove-all.h"
#include "weft-repo-asker.h"

#define LENGTH WEFT_LIMIT_GROUP_MAX

static void
make_block (WeftFleet *fleet)
{
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "0")), MADE ("1"));
  weft_fleet_settle (fleet);
}

static WeftAsked *
ask_put (WeftFleet  *fleet,
         guint       node,
         const char *name,
         guint       i)
{
  g_autofree char *put = g_strdup_printf (PUT ("%s-%u", UPDATE ("b", "%u")), name, i, i);

  return weft_ask (weft_fleet_get_repo (fleet, node), put);
}

static void
expect_made (WeftAsked *asked,
             guint      rev)
{
  g_autofree char *made = g_strdup_printf (MADE ("%u"), rev);

  weft_asked_expect (asked, made);
}

static void
expect_success (WeftAsked *asked)
{
  g_autofree char *answer = weft_asked_finish (asked);

  g_assert_nonnull (strstr (answer, "\"success\":true"));
}

static void
expect_latest (WeftFleet *fleet,
               gint64     rev)
{
  weft_fleet_settle (fleet);
  for (guint i = 0; i < fleet->n_nodes; i++)
    g_assert_cmpint (weft_fleet_get_latest (fleet, i, "b"), ==, rev);
}

static void
test_chain (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[2 * LENGTH];

  g_test_summary ("Puts of one block are decided sixteen at a time, and each is a revision of its "
                  "own, in the order in which they came.");

  make_block (fleet);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    expect_made (asked[i], i + 2);

  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 2);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chained-commits"), ==, 2 * LENGTH);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups-split"), ==, 0);
  expect_latest (fleet, 2 * LENGTH + 1);
  for (guint i = 0; i < 3; i++)
    {
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"),
                   FOUND ("b", "31", "33", REV ("put-31", "33")));
      weft_expect (weft_fleet_get_store (fleet, i), GET_AT ("'b'", "20"),
                   FOUND ("b", "18", "20", REV ("put-31", "33")));
    }
}

typedef struct
{
  gint64 requests;
  gint64 messages;
  gint64 signatures;
  gint64 checks;
  gint64 syncs;
} Cost;

static Cost
get_cost (WeftFleet *fleet)
{
  Cost cost = {
    weft_fleet_count_all (fleet, "requests-sent"),
    weft_fleet_count_all (fleet, "messages-sent"),
    weft_fleet_count_all (fleet, "signatures-made"),
    weft_fleet_count_all (fleet, "signatures-checked"),
  };

  for (guint i = 0; i < fleet->n_nodes; i++)
    cost.syncs += weft_file_storage_get_n_syncs (
        WEFT_FILE_STORAGE (weft_node_get_storage (fleet->nodes[i])));

  return cost;
}

/* What so many puts at once cost, until all is over. */
static Cost
measure (WeftFleet  *fleet,
         const char *name,
         guint       n)
{
  Cost before = get_cost (fleet);
  WeftAsked *asked[LENGTH];
  Cost after;

  for (guint i = 0; i < n; i++)
    asked[i] = ask_put (fleet, 0, name, i);
  for (guint i = 0; i < n; i++)
    expect_success (asked[i]);
  weft_fleet_settle (fleet);
  after = get_cost (fleet);
  g_test_message ("%u puts: %" G_GINT64_FORMAT " requests, %" G_GINT64_FORMAT " messages, %"
                  G_GINT64_FORMAT " signatures, %" G_GINT64_FORMAT " checked, %" G_GINT64_FORMAT
                  " syncs", n, after.requests - before.requests, after.messages - before.messages,
                  after.signatures - before.signatures, after.checks - before.checks,
                  after.syncs - before.syncs);

  return (Cost) {
    after.requests - before.requests,
    after.messages - before.messages,
    after.signatures - before.signatures,
    after.checks - before.checks,
    after.syncs - before.syncs,
  };
}

static void
test_cost (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weft-chains-XXXXXX", NULL);
  WeftFleet *fleet = weft_fleet_new (3, 3, 0, directory);
  Cost one;
  Cost chain;

  g_test_summary ("A chain of sixteen costs the messages, the signatures and the syncs of one "
                  "commit.");

  make_block (fleet);
  one = measure (fleet, "one", 1);
  chain = measure (fleet, "chain", LENGTH);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 1);
  g_assert_cmpint (chain.requests, ==, one.requests);
  g_assert_cmpint (chain.messages, ==, one.messages);
  g_assert_cmpint (chain.checks, ==, one.checks);
  /* Whether answers share a signature, and batches a sync, is a matter of chance: each of the two
   * rounds takes one of both from each member at most, and what was decided another sync. */
  g_assert_cmpint (chain.signatures, <=, 2 * 3);
  g_assert_cmpint (chain.syncs, <=, 3 * 3);
  weft_fleet_free (fleet);
  weft_remove_all (directory);
}

static void
test_of_new_block (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[4];

  g_test_summary ("The head of a chain may be what makes the block.");

  asked[0] = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "0")));
  for (guint i = 1; i < G_N_ELEMENTS (asked); i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    expect_made (asked[i], i + 1);
  expect_latest (fleet, 4);
}

static void
test_bad_content (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[8];
  WeftAsked *bad;

  g_test_summary ("What makes no sense in the middle of a chain is told to its caller alone; the "
                  "others are decided together.");

  make_block (fleet);
  for (guint i = 0; i < 4; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  bad = weft_ask (weft_fleet_get_repo (fleet, 0),
                  PUT ("bad", "'transforms':{'updates':{'b':[['n',5,1,[]]]}}"));
  for (guint i = 4; i < 8; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  for (guint i = 0; i < 8; i++)
    expect_made (asked[i], i + 2);
  weft_asked_expect (bad, "error invalid");
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chained-commits"), ==, 8);
  expect_latest (fleet, 9);
}

/* Each makes sense only on top of the one before it. */
static void
test_contents (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[LENGTH];

  g_test_summary ("Contents are judged, and applied, on top of what those before them in the chain "
                  "make.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "[]")), MADE ("1"));
  weft_fleet_settle (fleet);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *put
          = g_strdup_printf (PUT ("put-%u", "'transforms':{'updates':{'b':[['n',%u,0,[%u]]]}}"),
                             i, i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, 0), put);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    expect_made (asked[i], i + 2);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 1);
  expect_latest (fleet, LENGTH + 1);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"),
                 FOUND ("b", "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]", "17",
                        REV ("put-15", "17")));
}

static void
test_repeated (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[6];

  g_test_summary ("An action that waits twice is done once, and is not twice in a chain.");

  make_block (fleet);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    asked[i] = ask_put (fleet, 0, "put", i % 3);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    expect_made (asked[i], i % 3 + 2);
  expect_latest (fleet, 4);
}

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  gboolean *is_over = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftCommitResult) made = weft_repo_put_finish (WEFT_REPO (source), result, &error);

  g_assert_null (made);
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                 || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT));
  *is_over = TRUE;
}

static void
test_cancelled (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(JsonNode) json
      = weft_json_parse ("{\"inserts\":{},\"updates\":{\"b\":[[\"n\",null,null,77]]},"
                         "\"deletes\":[]}", -1, NULL);
  g_autoptr(WeftTransforms) transforms = weft_transforms_from_json (json, NULL);
  g_autoptr(WeftPendRequest) pend
      = weft_pend_request_new ("nobody", 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE, NULL);
  WeftAsked *asked[6];
  gboolean is_over = FALSE;

  g_test_summary ("Of who gave up while waiting nothing is in the chain, and nothing is done.");

  make_block (fleet);
  for (guint i = 0; i < 3; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  weft_repo_put_async (weft_fleet_get_repo (fleet, 0), pend, cancellable, cancelled_cb, &is_over);
  for (guint i = 3; i < G_N_ELEMENTS (asked); i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    expect_made (asked[i], i + 2);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chained-commits"), ==, 6);
  expect_latest (fleet, 7);
}

static void
test_mixed (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[7];
  WeftAsked *based;
  WeftAsked *both;
  WeftAsked *stale;

  g_test_summary ("Who names a base, or changes another block as well, is in no chain, and takes "
                  "his turn between those that are.");

  make_block (fleet);
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("other", INSERT ("c", "0")), MADE ("1"));
  for (guint i = 0; i < 3; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  based = weft_ask (weft_fleet_get_repo (fleet, 0),
                    PUT ("based", UPDATE ("b", "9") ",'bases':{'b':4}"));
  for (guint i = 3; i < 5; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  both = weft_ask (weft_fleet_get_repo (fleet, 0),
                   PUT ("both", "'transforms':{'updates':{'b':" SET ("7") ",'c':" SET ("7") "}}"));
  for (guint i = 5; i < 7; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  for (guint i = 0; i < 3; i++)
    expect_made (asked[i], i + 2);
  weft_asked_expect (based, MADE ("5"));
  for (guint i = 3; i < 5; i++)
    expect_made (asked[i], i + 3);
  weft_asked_expect (both, MADE ("8"));
  for (guint i = 5; i < 7; i++)
    expect_made (asked[i], i + 4);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 3);
  stale = weft_ask (weft_fleet_get_repo (fleet, 0),
                    PUT ("stale", UPDATE ("b", "9") ",'bases':{'b':4}"));
  g_free (weft_asked_finish (stale));
  expect_latest (fleet, 10);
}

static void
test_two_blocks (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[2][10];
  WeftAsked *other;

  g_test_summary ("A group has room for short chains of two blocks, and others beside them; a "
                  "chain is never divided.");

  make_block (fleet);
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("other", INSERT ("c", "0")), MADE ("1"));
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("c-%u", UPDATE ("c", "%u")), i, i);

      asked[0][i] = ask_put (fleet, 0, "b", i);
      asked[1][i] = weft_ask (weft_fleet_get_repo (fleet, 0), put);
    }
  other = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("new", INSERT ("d", "0")));
  for (guint i = 0; i < 6; i++)
    {
      expect_made (asked[0][i], i + 2);
      expect_made (asked[1][i], i + 2);
    }
  weft_asked_expect (other, MADE ("1"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 2);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups"), <=, 2);
  expect_latest (fleet, 7);
}

static void
test_rivals (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[3][LENGTH];
  const char *names[] = { "x", "y", "z" };

  g_test_summary ("Chains of three nodes that meet fall apart: each put is done once, in the end.");

  make_block (fleet);
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < LENGTH; j++)
      asked[i][j] = ask_put (fleet, i, names[i], j);
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < LENGTH; j++)
      expect_success (asked[i][j]);
  g_assert_cmpint (weft_fleet_count_all (fleet, "chains"), >, 0);
  expect_latest (fleet, 3 * LENGTH + 1);
}

static void
test_member_away (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 2, 0, NULL);
  WeftAsked *asked[LENGTH];

  g_test_summary ("Two of three are enough for a chain; the third has all of it once it is back.");

  make_block (fleet);
  weft_fleet_stop (fleet, 2);
  for (guint i = 0; i < LENGTH; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  for (guint i = 0; i < LENGTH; i++)
    expect_made (asked[i], i + 2);
  weft_fleet_start (fleet, 2);
  weft_expect (weft_fleet_get_repo (fleet, 2), PUT ("last", UPDATE ("b", "0")), MADE ("18"));
  expect_latest (fleet, 18);
}

static void
test_left_behind (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 2, 0, NULL);
  WeftAsked *asked[LENGTH];

  g_test_summary ("A node leaves with a chain on its way: the same puts through another node are "
                  "done once.");

  make_block (fleet);
  for (guint i = 0; i < LENGTH; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  while (weft_fleet_get_count (fleet, 0, "chains") == 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 6; i++)
    g_main_context_iteration (NULL, FALSE);
  weft_fleet_stop (fleet, 0);
  for (guint i = 0; i < LENGTH; i++)
    g_free (weft_asked_finish (asked[i]));

  for (guint i = 0; i < LENGTH; i++)
    asked[i] = ask_put (fleet, 1, "put", i);
  for (guint i = 0; i < LENGTH; i++)
    expect_success (asked[i]);
  g_assert_cmpint (weft_fleet_get_latest (fleet, 1, "b"), ==, LENGTH + 1);
}

/* Seven is no number. */
static char *
validate (WeftStorageRepo   *repo,
          WeftCommitRequest *request,
          GPtrArray         *changes,
          gpointer           user_data)
{
  for (guint i = 0; i < changes->len; i++)
    {
      WeftBlock *block = weft_block_change_get_result (g_ptr_array_index (changes, i));
      JsonNode *number = block != NULL ? weft_block_get_attribute (block, "n") : NULL;

      if (number != NULL && json_node_get_int (number) == 7)
        return g_strdup ("seven");
    }

  return NULL;
}

static void
test_validator (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[LENGTH];

  g_test_summary ("What members refuse in the middle of a chain makes that fall apart; all others "
                  "are done, and the time of their turns is not lost.");

  make_block (fleet);
  for (guint i = 1; i < 3; i++)
    weft_storage_repo_set_commit_validator (weft_node_get_repo (fleet->nodes[i]), validate, NULL,
                                            NULL);
  for (guint i = 0; i < LENGTH; i++)
    asked[i] = ask_put (fleet, 0, "put", i);
  for (guint i = 0; i < LENGTH; i++)
    if (i == 7)
      weft_asked_expect (asked[i], "error refused");
    else
      expect_made (asked[i], i < 7 ? i + 2 : i + 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups-split"), ==, 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "chains"), ==, 1);
  expect_latest (fleet, LENGTH);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/chain/puts", test_chain);
  g_test_add_func ("/cluster/chain/cost", test_cost);
  g_test_add_func ("/cluster/chain/of-new-block", test_of_new_block);
  g_test_add_func ("/cluster/chain/bad-content", test_bad_content);
  g_test_add_func ("/cluster/chain/contents", test_contents);
  g_test_add_func ("/cluster/chain/repeated", test_repeated);
  g_test_add_func ("/cluster/chain/cancelled", test_cancelled);
  g_test_add_func ("/cluster/chain/mixed", test_mixed);
  g_test_add_func ("/cluster/chain/two-blocks", test_two_blocks);
  g_test_add_func ("/cluster/chain/rivals", test_rivals);
  g_test_add_func ("/cluster/chain/member-away", test_member_away);
  g_test_add_func ("/cluster/chain/left-behind", test_left_behind);
  g_test_add_func ("/cluster/chain/validator", test_validator);

  return g_test_run ();
}
