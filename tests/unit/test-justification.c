/* test-justification.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cluster-fixture.h"

#include <string.h>

/* Four members: three answers are needed. Ballot 5 of the second member is prepared. */
#define N_PEERS 4

typedef struct
{
  WeftClusterRecord *mine;        /* what is to be proposed */
  WeftClusterRecord *rival;       /* in the same slot */
  WeftClusterRecord *mine_locked; /* with promises, at ballot 0 */
  WeftClusterRecord *rival_locked;
  WeftBallot *ballot;
} Story;

static void
set_up (Story        *self,
        gconstpointer data)
{
  self->mine = fixture_record ("mine", "b", 4, N_PEERS);
  self->rival = fixture_record ("rival", "b", 4, N_PEERS);
  self->mine_locked = fixture_promised (self->mine, 0x7);
  self->rival_locked = fixture_promised (self->rival, 0x7);
  self->ballot = weft_ballot_new (5, fixture_peer_id (1));
}

static void
tear_down (Story        *self,
           gconstpointer data)
{
  weft_cluster_record_unref (self->mine);
  weft_cluster_record_unref (self->rival);
  weft_cluster_record_unref (self->mine_locked);
  weft_cluster_record_unref (self->rival_locked);
  weft_ballot_unref (self->ballot);
}

/* The lock that promises at a ballot of this number make. */
static WeftClusterRecord *
lock_at (WeftClusterRecord *record,
         gint64             number)
{
  g_autoptr (WeftBallot) ballot = weft_ballot_new (number, fixture_peer_id (0));
  g_autoptr (WeftClusterRecord) moved = weft_cluster_record_with_ballot (record, ballot, NULL);

  return fixture_promised (moved, 0x7);
}

/* Takes over the answers; NULL for a peer that gave none. */
static gboolean
is_justified (Story        *self,
              WeftPrepared *answers[N_PEERS])
{
  g_autoptr (WeftClusterRecord) record
      = weft_cluster_record_with_ballot (self->mine, self->ballot, answers);
  g_autoptr (WeftClusterRecord) again = NULL;
  g_autoptr (JsonNode) record_json = NULL;

  for (guint i = 0; i < N_PEERS; i++)
    g_clear_pointer (&answers[i], weft_prepared_unref);
  record_json = weft_cluster_record_to_json (record);
  again = weft_cluster_record_from_json (record_json, NULL);
  g_assert_nonnull (again);

  return weft_record_check_justification (again, fixture_verify ());
}

static WeftPrepared *
answer (Story             *self,
        guint              number,
        WeftClusterRecord *lock)
{
  return fixture_prepared (number, self->mine, self->ballot, lock);
}

static void
test_free (Story        *self,
           gconstpointer data)
{
  WeftPrepared *enough[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                             answer (self, 2, NULL), NULL };
  WeftPrepared *all[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                          answer (self, 2, NULL), answer (self, 3, NULL) };
  WeftPrepared *few[] = { answer (self, 0, NULL), answer (self, 1, NULL), NULL, NULL };
  WeftPrepared *none[N_PEERS] = { NULL };

  g_test_summary ("Three answers without a lock justify any record, two do not.");

  g_assert_true (is_justified (self, enough));
  g_assert_true (is_justified (self, all));
  g_assert_false (is_justified (self, few));
  g_assert_false (is_justified (self, none));
  g_assert_true (weft_record_check_justification (self->mine, fixture_verify ()));
}

static void
test_locked (Story        *self,
             gconstpointer data)
{
  g_autoptr (WeftClusterRecord) mine_later = lock_at (self->mine, 2);
  g_autoptr (WeftClusterRecord) rival_later = lock_at (self->rival, 2);
  WeftPrepared *mine[] = { answer (self, 0, self->mine_locked), answer (self, 1, NULL),
                           answer (self, 2, NULL), NULL };
  WeftPrepared *rival[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                            answer (self, 2, self->rival_locked), NULL };
  WeftPrepared *mine_higher[] = { answer (self, 0, self->rival_locked),
                                  answer (self, 1, mine_later), answer (self, 2, NULL), NULL };
  WeftPrepared *rival_higher[] = { answer (self, 0, self->mine_locked),
                                   answer (self, 1, rival_later), answer (self, 2, NULL), NULL };
  WeftPrepared *fourth[] = { answer (self, 0, self->mine_locked), answer (self, 1, NULL),
                             answer (self, 2, NULL), answer (self, 3, rival_later) };

  g_test_summary ("The highest lock among the answers has to be on this message.");

  g_assert_true (is_justified (self, mine));
  g_assert_false (is_justified (self, rival));
  g_assert_true (is_justified (self, mine_higher));
  g_assert_false (is_justified (self, rival_higher));
  g_assert_false (is_justified (self, fourth));
}

static void
test_tie (Story        *self,
          gconstpointer data)
{
  const char *both_ids[] = { "b", "c", NULL };
  const gint64 bases[] = { 4, 7 };
  g_autoptr (WeftRepoMessage) message = fixture_commit ("both", both_ids, bases, 9, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (N_PEERS);
  g_autoptr (WeftClusterRecord) both = weft_cluster_record_new (message, peers, 0.75, NULL);
  g_autoptr (WeftClusterRecord) both_locked = fixture_promised (both, 0x7);
  g_autoptr (WeftClusterRecord) mine_locked = fixture_promised (self->mine, 0x7);
  g_autoptr (WeftClusterRecord) rival_later = lock_at (self->rival, 2);
  WeftPrepared *tie[] = { answer (self, 0, mine_locked), answer (self, 1, both_locked),
                          answer (self, 2, NULL), NULL };
  WeftPrepared *reversed[] = { answer (self, 0, both_locked), answer (self, 1, mine_locked),
                               answer (self, 2, NULL), NULL };
  WeftPrepared *above[] = { answer (self, 0, both_locked), answer (self, 1, mine_locked),
                            answer (self, 2, rival_later), NULL };

  g_test_summary ("A message that lost another slot may be locked at the same ballot as this one: "
                  "that keeps nobody from this one.");

  g_assert_true (is_justified (self, tie));
  g_assert_true (is_justified (self, reversed));
  g_assert_false (is_justified (self, above));
}

static void
test_invalid (Story        *self,
              gconstpointer data)
{
  g_autoptr (WeftBallot) other_ballot = weft_ballot_new (4, fixture_peer_id (1));
  g_autoptr (WeftClusterRecord) other_slot = fixture_record ("mine", "c", 4, N_PEERS);
  g_autoptr (WeftClusterRecord) other_peers = fixture_record ("mine", "b", 4, N_PEERS + 1);
  WeftPrepared *ballot[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                             fixture_prepared (2, self->mine, other_ballot, NULL), NULL };
  WeftPrepared *slot[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                           fixture_prepared (2, other_slot, self->ballot, NULL), NULL };
  WeftPrepared *peers[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                            fixture_prepared (2, other_peers, self->ballot, NULL), NULL };
  WeftPrepared *twice[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                            answer (self, 1, NULL), NULL };
  WeftPrepared *stranger[] = { answer (self, 0, NULL), answer (self, 1, NULL),
                               answer (self, 9, NULL), NULL };

  g_test_summary ("An answer at another ballot, of other slots, of other peers, of the same peer "
                  "again or of a stranger does not count.");

  g_assert_false (is_justified (self, ballot));
  g_assert_false (is_justified (self, slot));
  g_assert_false (is_justified (self, peers));
  g_assert_false (is_justified (self, twice));
  g_assert_false (is_justified (self, stranger));
}

static void
test_false_locks (Story        *self,
                  gconstpointer data)
{
  g_autoptr (WeftClusterRecord) unproved = fixture_promised (self->rival, 0x3);
  g_autoptr (WeftClusterRecord) too_high = lock_at (self->rival, 6);
  g_autoptr (WeftClusterRecord) one_peer = fixture_record ("rival", "b", 4, 1);
  g_autoptr (WeftClusterRecord) own_cluster = fixture_promised (one_peer, 0x1);
  WeftClusterRecord *locks[] = { unproved, too_high, own_cluster };

  g_test_summary ("A liar's lock without its promises, above the ballot, or of a cluster of his "
                  "own makes his answer not count, and keeps nobody from the rest.");

  for (guint i = 0; i < G_N_ELEMENTS (locks); i++)
    {
      WeftPrepared *without[] = { answer (self, 0, locks[i]), answer (self, 1, NULL),
                                  answer (self, 2, NULL), NULL };
      WeftPrepared *with[] = { answer (self, 0, locks[i]), answer (self, 1, NULL),
                               answer (self, 2, NULL), answer (self, 3, NULL) };

      g_assert_false (is_justified (self, without));
      g_assert_true (is_justified (self, with));
    }
}

static void
test_many_slots (void)
{
  const char *both_ids[] = { "b", "c", NULL };
  const gint64 bases[] = { 4, 7 };
  g_autoptr (WeftRepoMessage) message = fixture_commit ("both", both_ids, bases, 9, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (N_PEERS);
  g_autoptr (WeftClusterRecord) both = weft_cluster_record_new (message, peers, 0.75, NULL);
  g_autoptr (WeftClusterRecord) locked = fixture_promised (both, 0x7);
  g_autoptr (WeftClusterRecord) single = fixture_record ("single", "c", 7, N_PEERS);
  g_autoptr (WeftClusterRecord) single_locked = lock_at (single, 2);
  Story story = { both, single, NULL, NULL, weft_ballot_new (5, fixture_peer_id (1)) };
  WeftPrepared *shared[] = { answer (&story, 0, locked), answer (&story, 1, locked),
                             answer (&story, 2, NULL), NULL };
  WeftPrepared *taken[] = { answer (&story, 0, locked), answer (&story, 1, single_locked),
                            answer (&story, 2, NULL), NULL };
  g_autofree char *text = weft_prepared_to_string (shared[0]);

  g_test_summary ("The lock has to be right in each slot; one record is written once for all its "
                  "slots.");

  g_assert_nonnull (strstr (text, "\"lock\":0,\"slot\":[\"c\",7]"));
  g_assert_true (is_justified (&story, shared));
  g_assert_false (is_justified (&story, taken));
  weft_ballot_unref (story.ballot);
}

#define ADD(name, func) g_test_add ("/justification/" name, Story, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("free", test_free);
  ADD ("locked", test_locked);
  ADD ("tie", test_tie);
  ADD ("invalid", test_invalid);
  ADD ("false-locks", test_false_locks);
  g_test_add_func ("/justification/many-slots", test_many_slots);

  return g_test_run ();
}
