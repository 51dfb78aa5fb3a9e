/* test-proposal-groups.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proposals with several commits, and with the content of puts. */

#include "config.h"

#include "proposal-fixture.h"

#include "weft-error.h"
#include "weft-repo-message-private.h"
#include "weft-stale-failure.h"
#include "weft-thresholds.h"

#include <string.h>

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

/* Action a on block a, action b on block b and so on, each against the base of its index. */
static WeftClusterRecord *
make_group (const char   *names,
            const gint64 *bases)
{
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record;

  for (guint i = 0; names[i] != '\0'; i++)
    {
      char name[] = { names[i], '\0' };
      const char *block_ids[] = { name, NULL };
      g_autoptr (WeftRepoMessage) commit
          = fixture_commit (name, block_ids, &bases[i], bases[i] + 1, 0);

      g_ptr_array_add (commits, weft_commit_request_ref (weft_repo_message_get_commit (commit)));
    }
  message = weft_repo_message_new_commits (commits, 0);
  record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);

  return record;
}

static WeftClusterRecord *
make_certificate (WeftClusterRecord *record)
{
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x6);

  return weft_cluster_record_to_certificate (decided);
}

static GPtrArray *
make_pends (void)
{
  GPtrArray *pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  g_autoptr (JsonNode) json
      = json_from_string ("{\"inserts\":{},\"updates\":{},\"deletes\":[\"b\"]}", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTransforms) transforms = weft_transforms_from_json (json, &error);

  g_assert_no_error (error);
  g_ptr_array_add (pends, weft_pend_request_new ("a", 0, transforms, NULL,
                                                 WEFT_PEND_POLICY_CONTINUE, &error));
  g_assert_no_error (error);

  return pends;
}

static void
assert_carries (Proposal  *proposal,
                guint      number,
                GPtrArray *pends)
{
  ProposalRequest *request = proposal_find (proposal, number);
  GPtrArray *carried;

  g_assert_nonnull (request);
  carried = weft_cluster_request_get_pends (request->request);
  g_assert_cmpuint (carried != NULL ? carried->len : 0, ==, pends != NULL ? pends->len : 0);
  if (pends != NULL)
    g_assert_true (weft_pend_request_equal (g_ptr_array_index (carried, 0),
                                            g_ptr_array_index (pends, 0)));
}

static void
test_content (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (GPtrArray) pends = make_pends ();
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("The content goes along with every request for a vote on our own message, at a "
                  "higher ballot as well, and with nothing else.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .pends = pends });
  proposal_start (&proposal);
  for (guint i = 0; i < 3; i++)
    assert_carries (&proposal, i, pends);
  proposal_conflict (&proposal, 0, NULL);
  proposal_conflict (&proposal, 1, NULL);
  proposal_approve (&proposal, 2);
  proposal_wake (&proposal, G_MAXINT64);
  assert_carries (&proposal, 0, NULL);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  for (guint i = 0; i < 3; i++)
    assert_carries (&proposal, i, pends);
}

static void
test_content_later (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (GPtrArray) pends = make_pends ();
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Who is asked to lock, or told what was decided, gets no content.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .pends = pends });
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  for (guint i = 0; i < 3; i++)
    assert_carries (&proposal, i, NULL);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  for (guint i = 0; i < 3; i++)
    assert_carries (&proposal, i, NULL);
}

static void
test_others_content (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) other = fixture_record ("other", "b", 0, 3);
  g_autoptr (WeftClusterRecord) locked = fixture_promised (other, 0x3);
  g_autoptr (WeftClusterRecord) lock = weft_cluster_record_to_lock (locked);
  g_autoptr (GPtrArray) pends = make_pends ();
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("What somebody else left behind is asked about without our content.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .pends = pends });
  proposal_start (&proposal);
  proposal_conflict (&proposal, 0, NULL);
  proposal_conflict (&proposal, 1, NULL);
  proposal_wake (&proposal, G_MAXINT64);
  proposal_prepared (&proposal, 0, lock);
  proposal_prepared (&proposal, 1, lock);
  g_assert_cmpstr (weft_proposal_machine_get_stage (proposal.machine), ==, "promise");
  assert_carries (&proposal, 0, NULL);
}

static void
test_gives_way (void)
{
  g_autoptr (WeftClusterRecord) record = make_group ("ab", (gint64[]) { 0, 0 });
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A group that meets a rival ends at once: nobody was asked to lock it.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .gives_way = TRUE });
  proposal_start (&proposal);
  proposal_conflict (&proposal, 0, NULL);
  proposal_conflict (&proposal, 1, NULL);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: RESULT unavailable; <done>;;\n");
}

static void
test_stands (void)
{
  g_autoptr (WeftClusterRecord) record = make_group ("ab", (gint64[]) { 0, 0 });
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Once somebody was asked to lock it, a group goes on as any record.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .gives_way = TRUE });
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_conflict (&proposal, 0, NULL);
  proposal_conflict (&proposal, 1, NULL);
  proposal_wake (&proposal, G_MAXINT64);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_DECIDED);
  g_assert_cmpuint (weft_cluster_record_get_slots (proposal.result)->len, ==, 2);
}

static void
test_company (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("b", "b", 4, 3);
  g_autoptr (WeftClusterRecord) group = make_group ("abc", (gint64[]) { 7, 4, 0 });
  g_autoptr (WeftClusterRecord) certificate = make_certificate (group);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Our commit is decided when a group is that holds it.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_DECIDED);
  g_assert_cmpint (weft_cluster_record_get_slots (proposal.result)->len, ==, 3);
}

static void
test_stranger (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("other", "b", 4, 3);
  g_autoptr (WeftClusterRecord) group = make_group ("ab", (gint64[]) { 7, 4 });
  g_autoptr (WeftClusterRecord) certificate = make_certificate (group);
  g_autoptr (WeftStaleFailure) failure = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A group that changes our block otherwise came first: with the revision that it "
                  "makes of this block.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_STALE);
  json = json_from_string (proposal.detail, NULL);
  failure = weft_stale_failure_from_json (json, NULL);
  g_assert_cmpstr (weft_stale_failure_get_stale_block_id (failure), ==, "b");
  g_assert_cmpint (weft_stale_failure_get_stale_rev (failure), ==, 5);
}

static void
test_member_alone (void)
{
  g_autoptr (WeftClusterRecord) record = make_group ("ab", (gint64[]) { 0, 0 });
  g_autoptr (WeftClusterRecord) one = fixture_record ("a", "a", 0, 3);
  g_autoptr (WeftClusterRecord) certificate = make_certificate (one);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A group of which one commit is decided alone is not decided.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .gives_way = TRUE });
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_STALE);
}

static void
test_larger_group (void)
{
  g_autoptr (WeftClusterRecord) record = make_group ("ab", (gint64[]) { 0, 0 });
  g_autoptr (WeftClusterRecord) more = make_group ("abc", (gint64[]) { 0, 0, 0 });
  g_autoptr (WeftClusterRecord) certificate = make_certificate (more);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A group is decided when a larger one is that holds all of it.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .gives_way = TRUE });
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_DECIDED);
}

static void
test_in_doubt (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "a", 0, 3);
  g_autoptr (WeftClusterRecord) group = make_group ("ab", (gint64[]) { 0, 0 });
  g_autoptr (WeftClusterRecord) locked = fixture_promised (group, 0x3);
  g_autoptr (WeftClusterRecord) lock = weft_cluster_record_to_lock (locked);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A commit that may be decided in a group is never refused: it is found out, and "
                  "the group is finished where somebody locked it.");

  proposal_init_with (&proposal, record, &(WeftProposalConfig) { .is_in_doubt = TRUE });
  proposal_start (&proposal);
  proposal_reject (&proposal, 0, "expired");
  proposal_reject (&proposal, 1, "expired");
  g_assert_cmpuint (proposal.n_results, ==, 0);
  proposal_wake (&proposal, G_MAXINT64);
  proposal_prepared (&proposal, 0, lock);
  proposal_approve (&proposal, 1);
  /* Now about both of its slots. */
  proposal_prepared (&proposal, 0, lock);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_DECIDED);
  g_assert_cmpstr (weft_cluster_record_get_message_hash (proposal.result), ==,
                   weft_cluster_record_get_message_hash (group));
}

static void
test_recovery (void)
{
  g_autoptr (WeftClusterRecord) group = make_group ("abc", (gint64[]) { 3, 0, 1 });
  g_autoptr (WeftClusterRecord) locked = fixture_promised (group, 0x3);
  g_autoptr (WeftClusterRecord) lock = weft_cluster_record_to_lock (locked);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A group that somebody left behind is recovered in all of its slots.");

  proposal_recover (&proposal, group);
  proposal_start (&proposal);
  proposal_prepared (&proposal, 0, lock);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_DECIDED);
  g_assert_cmpuint (weft_cluster_record_get_slots (proposal.result)->len, ==, 3);
}

/* Blocks `first` to `first` + `n` - 1, all new. */
static WeftClusterRecord *
make_large (const char *action_id,
            guint       first,
            guint       n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) block_ids = NULL;
  g_autofree gint64 *bases = g_new0 (gint64, n);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("b%03u", first + i);

      g_strv_builder_add (builder, block_id);
    }
  block_ids = g_strv_builder_end (builder);
  message = fixture_commit (action_id, (const char *const *) block_ids, bases, 1, 0);
  record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);

  return record;
}

static void
test_too_many_slots (void)
{
  g_autoptr (WeftClusterRecord) record = make_large ("own", 0, 200);
  g_autoptr (WeftClusterRecord) other = make_large ("other", 199, 200);
  g_autoptr (WeftClusterRecord) locked = fixture_promised (other, 0x3);
  g_autoptr (WeftClusterRecord) lock = weft_cluster_record_to_lock (locked);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Where two records have more slots than can be asked about at a time, the one "
                  "that is in the way is asked about alone, and finished.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_conflict (&proposal, 0, NULL);
  proposal_conflict (&proposal, 1, NULL);
  proposal_wake (&proposal, G_MAXINT64);
  proposal_prepared (&proposal, 0, lock);
  proposal_prepared (&proposal, 1, lock);
  proposal_prepared (&proposal, 0, lock);
  proposal_prepared (&proposal, 1, lock);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);

  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_STALE);
  g_assert_cmpstr (weft_cluster_record_get_message_hash (proposal.result), ==,
                   weft_cluster_record_get_message_hash (other));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal/content", test_content);
  g_test_add_func ("/proposal/content/later", test_content_later);
  g_test_add_func ("/proposal/content/others", test_others_content);
  g_test_add_func ("/proposal/group/gives-way", test_gives_way);
  g_test_add_func ("/proposal/group/stands", test_stands);
  g_test_add_func ("/proposal/group/company", test_company);
  g_test_add_func ("/proposal/group/stranger", test_stranger);
  g_test_add_func ("/proposal/group/member-alone", test_member_alone);
  g_test_add_func ("/proposal/group/larger", test_larger_group);
  g_test_add_func ("/proposal/group/in-doubt", test_in_doubt);
  g_test_add_func ("/proposal/group/recovery", test_recovery);
  g_test_add_func ("/proposal/slots/too-many", test_too_many_slots);

  return g_test_run ();
}
