/* test-quorum-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A quorum read, told as stories; member 0 is its own. */

#include "config.h"

#include "read-fixture.h"

static const char * const one_block[] = { "b", NULL };

static void
test_present (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("S members that agree are enough, and their answers need no signatures.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 1, 4, NULL);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 2, 4, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 1:\n"
                   "answer 0: RESULT b present 4;\n"
                   "answer 2:\n");
  g_assert_cmpuint (read.n_verified, ==, 0);
}

static void
test_absent (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Absent is what S members say, not what nobody says.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  read_answer (&read, 2, 0, NULL);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 2: RESULT b absent 0;\n");
}

static void
test_alone (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Our own answer alone says nothing, but in a network of one.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_fail (&read, 1, WEFT_ERROR_TIMED_OUT);
  read_fail (&read, 2, WEFT_ERROR_TIMED_OUT);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "fail 1:\n"
                   "fail 2: RESULT b unavailable 0 cohort-unreachable;\n");
  read_clear (&read);

  read_init (&read, 1, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_assert (&read,
                   "start: ask 0\n"
                   "answer 0: RESULT b present 4;\n");
}

static void
test_reasons (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Unavailable has a reason: too few answer, or the block is somebody else's.");

  read_init (&read, 4, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 1, 4, NULL);
  read_fail (&read, 2, WEFT_ERROR_TIMED_OUT);
  read_fail (&read, 3, WEFT_ERROR_TIMED_OUT);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "fail 2:\n"
                   "fail 3: RESULT b unavailable 0 peers-unreachable;\n");
  read_clear (&read);

  read_init (&read, 4, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_fail (&read, 1, WEFT_ERROR_TIMED_OUT);
  read_fail (&read, 2, WEFT_ERROR_TIMED_OUT);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "fail 1:\n"
                   "fail 2: RESULT b unavailable 0 peers-unreachable;\n");
  read_clear (&read);

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  read_refuse (&read, 1);
  read_refuse (&read, 2);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "refuse 1:\n"
                   "refuse 2: RESULT b unavailable 0 claimed-elsewhere;\n");
}

static void
test_behind (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("What another has and we lack is fetched with its proof before it is an answer, "
                  "and given to M members.");

  read_init (&read, 5, one_block);
  read_start (&read);
  read_answer (&read, 0, 3, NULL);
  read_answer (&read, 1, 4, NULL);
  read_answer (&read, 2, 3, NULL);
  read_answer (&read, 3, 3, NULL);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 4, -1, NULL);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_SPREAD, 0, 2, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3 ask 4\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2:\n"
                   "answer 3: fetch b 4 of 1;\n"
                   "performed: spread b 4 of 2 3;\n"
                   "performed: RESULT b present 4;\n");
}

static void
test_unproven (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Who claims what nobody can show is not one of the S; it is no liar, as its disk "
                  "may have failed.");

  read_init (&read, 4, one_block);
  read_start (&read);
  read_answer (&read, 0, 3, NULL);
  read_answer (&read, 1, 900, NULL);
  read_answer (&read, 2, 3, NULL);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 3, -1, NULL);
  read_answer (&read, 3, 3, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: fetch b 900 of 1;\n"
                   "performed: +claims-unproven;\n"
                   "answer 3: RESULT b present 3;\n");
}

static void
test_unmaterializable (void)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "gone");
  g_auto (Read) read = { 0 };

  g_test_summary ("Where a claim can neither be shown nor left out, there is no answer.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 3, NULL);
  read_answer (&read, 1, 4, NULL);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 3, -1, error);
  read_fail (&read, 2, WEFT_ERROR_TIMED_OUT);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: fetch b 4 of 1;\n"
                   "performed: +claims-unproven;\n"
                   "fail 2: RESULT b unavailable 3 unmaterializable;\n");
}

static void
test_lock_in_doubt (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 3);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (record, 0x3);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock that M members may have is given two round trips; then it is recovered, "
                  "and all are asked again.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 1, 4, lock);
  read_wake (&read);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 1, 4, lock);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_RECOVERED, 0, -1, NULL);
  read_answer (&read, 0, 5, NULL);
  read_answer (&read, 1, 5, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "wake: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: recover;\n"
                   "performed: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: RESULT b present 5;\n");
  g_assert_cmpuint (read.n_verified, ==, 2);
}

static void
test_lock_not_decided (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 3);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (record, 0x3);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock of one member of three, when the others have none, decided nothing when "
                  "they were asked.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 1, 4, lock);
  read_answer (&read, 2, 4, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: RESULT b present 4;\n");
}

static void
test_forged_lock (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 4);
  g_autoptr (WeftClusterRecord) other = fixture_record ("y", "b", 4, 4);
  g_autoptr (WeftVote) vote = fixture_approve (0, WEFT_PURPOSE_PROMISE, other);
  WeftVote *votes[] = { vote, vote, vote, NULL };
  g_autoptr (WeftClusterRecord) forged = weft_cluster_record_with_votes (record, votes, NULL);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock without the promises that justify it does not hold up a read.");

  read_init (&read, 4, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 1, 4, forged);
  read_answer (&read, 2, 4, NULL);
  read_answer (&read, 3, 4, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: REPORT 1 lock;\n"
                   "answer 3: RESULT b present 4;\n");
}

static void
test_several_blocks (void)
{
  const char * const two_blocks[] = { "b", "c", NULL };
  g_auto (Read) read = { 0 };

  g_test_summary ("Blocks of one cluster share the messages; each has its own answer.");

  read_init (&read, 3, two_blocks);
  read_start (&read);
  for (guint i = 0; i < 2; i++)
    {
      GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

      g_ptr_array_add (states, read_make_state ("b", 2, NULL));
      g_ptr_array_add (states, read_make_state ("c", i == 0 ? 0 : 7, NULL));
      read_answer_states (&read, i, states);
    }
  read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 7, -1, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: fetch c 7 of 1;\n"
                   "performed: RESULT b present 2 c present 7;\n");
}

static void
test_deadline (void)
{
  g_auto (Read) read = { 0 };
  guint n = 0;

  g_test_summary ("It ends by the deadline, whatever is not done by then.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 3, NULL);
  read_answer (&read, 1, 4, NULL);
  while (!read.is_done)
    {
      read_wake (&read);
      g_assert_cmpuint (++n, <, 10);
    }
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: fetch b 4 of 1;\n"
                   "wake:\n"
                   "wake: RESULT b unavailable 3 unmaterializable;\n");
  g_assert_cmpint (read.now_msec, <=, 5000);
}

static void
test_moved (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Where a later revision gave the block to others, these are to be asked; the "
                  "ones who kept it before say nothing of what comes after.");

  read_init_pinned (&read, 3, one_block);
  read.moved_rev = 5;
  read_start (&read);
  read_answer (&read, 0, 4, NULL);
  read_answer (&read, 2, 5, NULL);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 5, -1, NULL);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 2: fetch b 5 of 2;\n"
               "performed: RESULT b moved 5;\n");
  read_clear (&read);

  /* Our own member was told of it meanwhile. */
  read_init_pinned (&read, 3, one_block);
  read.moved_rev = 5;
  read_start (&read);
  read_answer (&read, 0, 5, NULL);
  read_answer (&read, 2, 4, NULL);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 2: RESULT b moved 5;\n");
}

static void
test_found_elsewhere (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Who should keep a block and holds a copy of it leads to those who do keep it; "
                  "and absent is not what is here already.");

  read_init (&read, 3, one_block);
  read.moved_rev = 4;
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  read_answer (&read, 1, 7, NULL);
  read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 7, -1, NULL);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 1: fetch b 7 of 1;\n"
               "performed: RESULT b moved 7;\n");
  read_clear (&read);

  read_init (&read, 3, one_block);
  read.moved_rev = 0;
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  read_answer (&read, 1, 0, NULL);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 1: RESULT b moved 0;\n");
}

static void
answer_elsewhere (Read  *read,
                  guint  number)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);
  WeftBlockState *state = read_make_state ("b", 0, NULL);

  state->is_elsewhere = TRUE;
  g_ptr_array_add (states, state);
  read_answer_states (read, number, states);
}

static void
test_not_kept (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Who does not keep a block cannot say that it is nowhere: a reader that sees "
                  "another cluster waits for those who do.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  answer_elsewhere (&read, 1);
  read_answer (&read, 2, 7, NULL);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 1:\n"
               "answer 2: fetch b 7 of 2;\n");
  read_clear (&read);

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  answer_elsewhere (&read, 1);
  answer_elsewhere (&read, 2);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 1:\n"
               "answer 2: RESULT b unavailable 0 claimed-elsewhere;\n");
}

static void
test_lost (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("A block whose history names its peers is not absent when they have none of it.");

  read_init_pinned (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 1, 0, NULL);
  read_answer (&read, 2, 0, NULL);
  read_answer (&read, 0, 0, NULL);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 1:\n"
               "answer 2:\n"
               "answer 0: RESULT b unavailable 0 claimed-elsewhere;\n");
}

static void
test_unsettled (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Who does not know yet what it should keep answers with an error, and is none of "
                  "the S who say that there is no block.");

  read_init (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 0, NULL);
  read_refuse (&read, 1);
  read_fail (&read, 2, WEFT_ERROR_UNAVAILABLE);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "refuse 1:\n"
               "fail 2: RESULT b unavailable 0 peers-unreachable;\n");
}

static void
test_lock_of_others (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 5);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (record, 0xf);
  g_autoptr (WeftClusterRecord) beyond = fixture_record ("y", "b", 6, 3);
  g_autoptr (WeftClusterRecord) beyond_lock = fixture_promised (beyond, 0x3);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock of peers whom the history does not name holds up no read, nor does one "
                  "beyond the revision that its member has.");

  read_init_pinned (&read, 3, one_block);
  read_start (&read);
  read_answer (&read, 0, 4, lock);
  read_answer (&read, 1, 4, beyond_lock);
  read_assert (&read,
               "start: ask 0 ask 1 ask 2\n"
               "answer 0:\n"
               "answer 1: RESULT b present 4;\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/quorum-read/present", test_present);
  g_test_add_func ("/quorum-read/absent", test_absent);
  g_test_add_func ("/quorum-read/alone", test_alone);
  g_test_add_func ("/quorum-read/reasons", test_reasons);
  g_test_add_func ("/quorum-read/behind", test_behind);
  g_test_add_func ("/quorum-read/unproven", test_unproven);
  g_test_add_func ("/quorum-read/unmaterializable", test_unmaterializable);
  g_test_add_func ("/quorum-read/lock-in-doubt", test_lock_in_doubt);
  g_test_add_func ("/quorum-read/lock-not-decided", test_lock_not_decided);
  g_test_add_func ("/quorum-read/forged-lock", test_forged_lock);
  g_test_add_func ("/quorum-read/several-blocks", test_several_blocks);
  g_test_add_func ("/quorum-read/deadline", test_deadline);
  g_test_add_func ("/quorum-read/moved", test_moved);
  g_test_add_func ("/quorum-read/found-elsewhere", test_found_elsewhere);
  g_test_add_func ("/quorum-read/not-kept", test_not_kept);
  g_test_add_func ("/quorum-read/lost", test_lost);
  g_test_add_func ("/quorum-read/unsettled", test_unsettled);
  g_test_add_func ("/quorum-read/lock-of-others", test_lock_of_others);

  return g_test_run ();
}
