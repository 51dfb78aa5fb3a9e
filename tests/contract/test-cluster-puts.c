/* test-cluster-puts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Puts through nodes that keep blocks together, alone and in company. */

#include "weft-fleet.h"
#include "weft-repo-asker.h"

#include <string.h>

#define BASED(rest, bases) rest ",'bases':{" bases "}"

#define N_MANY 24

static void
test_put (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("A put is decided by the cluster, and says which revision it made: whoever is "
                  "asked, and on top of whatever is the latest.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (weft_fleet_get_repo (fleet, 2),
               PUT ("a3", BASED (UPDATE ("b", "3"), "'b':2")), MADE ("3"));
  weft_expect (weft_fleet_get_repo (fleet, 0), GET ("'b'"),
               FOUND ("b", "3", "3", REV ("a3", "3")));
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (weft_fleet_get_latest (fleet, i, "b"), ==, 3);
}

static void
test_repeated (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *first;
  WeftAsked *second;

  g_test_summary ("A put that is asked for again is done once, also at the same time and through "
                  "another node; its action has one content.");

  first = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")));
  second = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")));
  weft_asked_expect (first, MADE ("1"));
  weft_asked_expect (second, MADE ("1"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  first = weft_ask (weft_fleet_get_repo (fleet, 1), PUT ("a3", UPDATE ("b", "3")));
  second = weft_ask (weft_fleet_get_repo (fleet, 2), PUT ("a3", UPDATE ("b", "3")));
  weft_asked_expect (first, MADE ("3"));
  weft_asked_expect (second, MADE ("3"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PUT ("a2", UPDATE ("b", "7")), "error exists");
}

static void
test_late (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autofree char *answer = NULL;

  g_test_summary ("Who names a base or a revision, and comes too late, hears what was missed; an "
                  "insert is of what was never there.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  answer = weft_asked_finish (weft_ask (weft_fleet_get_repo (fleet, 0),
                                        PUT ("a3", BASED (UPDATE ("b", "3"), "'b':1"))));
  g_assert_nonnull (strstr (answer, "\"success\":false"));
  g_assert_nonnull (strstr (answer, "\"a2\""));
  g_clear_pointer (&answer, g_free);
  answer = weft_asked_finish (weft_ask (weft_fleet_get_repo (fleet, 1),
                                        PUT ("a4", UPDATE ("b", "3") ",'rev':2")));
  g_assert_nonnull (strstr (answer, "\"success\":false"));
  g_clear_pointer (&answer, g_free);
  answer = weft_asked_finish (weft_ask (weft_fleet_get_repo (fleet, 2),
                                        PUT ("a5", INSERT ("b", "3"))));
  g_assert_nonnull (strstr (answer, "\"success\":false"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a6", UPDATE ("b", "3") ",'rev':7"),
               MADE ("7"));
  weft_expect (weft_fleet_get_repo (fleet, 1), PUT ("a7", BASED (INSERT ("b", "4"), "'b':7")),
               MADE ("8"));
}

static void
test_two_blocks (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *both;
  WeftAsked *one;
  g_autofree char *answer = NULL;

  g_test_summary ("A put of two blocks makes one revision above both, or none; it waits for the "
                  "turns of both.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")), MADE ("1"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
  weft_expect (weft_fleet_get_repo (fleet, 1),
               PUT ("a3", "'transforms':{'inserts':{'c':" BLOCK ("c", "1") "},'updates':{'b':"
                          SET ("3") "}}"), MADE ("3"));
  one = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("a4", UPDATE ("c", "4")));
  both = weft_ask (weft_fleet_get_repo (fleet, 0),
                   PUT ("a5", "'transforms':{'updates':{'b':" SET ("5") ",'c':" SET ("5") "}}"));
  weft_asked_expect (one, MADE ("4"));
  weft_asked_expect (both, MADE ("5"));
  answer = weft_asked_finish (weft_ask (
      weft_fleet_get_repo (fleet, 2),
      PUT ("a6", BASED ("'transforms':{'updates':{'b':" SET ("6") ",'c':" SET ("6") "}}",
                        "'b':3"))));
  g_assert_nonnull (strstr (answer, "\"success\":false"));
  weft_expect (weft_fleet_get_repo (fleet, 1), GET ("'c'"),
               FOUND ("c", "5", "5", REV ("a5", "5")));
}

static void
test_two_clusters (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (8, 3, 3, NULL);
  guint n_refused = 0;

  g_test_summary ("Blocks that different peers keep cannot be put together.");

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *put = g_strdup_printf (
          PUT ("a%u", "'transforms':{'inserts':{'b%u':" BLOCK ("b%u", "1") ",'c%u':"
                      BLOCK ("c%u", "1") "}}"), i, i, i, i, i);
      g_autofree char *answer = weft_asked_finish (weft_ask (weft_fleet_get_repo (fleet, 0), put));

      n_refused += strcmp (answer, "error invalid") == 0;
    }
  g_assert_cmpuint (n_refused, >, 4);
}

static void
test_in_line (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *puts[N_MANY];
  WeftAsked *pends[N_MANY];

  g_test_summary ("Puts take their turns among those who pend and commit, and none is late.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "0")), MADE ("1"));
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("put-%u", UPDATE ("b", "%u")), i, i);
      g_autofree char *pend = g_strdup_printf (PEND ("pend-%u", UPDATE ("b", "%u")), i, i);

      pends[i] = weft_ask (weft_fleet_get_repo (fleet, 0), pend);
      puts[i] = weft_ask (weft_fleet_get_repo (fleet, 0), put);
    }
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *commit = g_strdup_printf (COMMIT ("pend-%u", "'b'", "%u"), i, i + 2);
      g_autofree char *pended = weft_asked_finish (pends[i]);

      pends[i] = weft_ask (weft_fleet_get_repo (fleet, 0), commit);
    }
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *answer = weft_asked_finish (puts[i]);
      g_autofree char *committed = weft_asked_finish (pends[i]);

      g_assert_nonnull (strstr (answer, "\"success\":true"));
    }
}

static void
test_expired (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  gint64 now_msec = g_get_real_time () / 1000;
  g_autofree char *answer = NULL;

  g_test_summary ("A put that comes after its time is not done.");

  answer = weft_asked_finish (weft_ask_until (weft_fleet_get_repo (fleet, 0),
                                              PUT ("a1", INSERT ("b", "1")), now_msec - 1000));
  g_assert_true (g_str_has_prefix (answer, "error "));
  weft_expect (weft_fleet_get_repo (fleet, 0), GET ("'b'"), ABSENT ("b"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")), MADE ("1"));
}

static void
test_storm_of_one (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[1000];

  g_test_summary ("A put that is asked for a thousand times at once is done once.");

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    asked[i] = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("a1", INSERT ("b", "1")));
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    weft_asked_expect (asked[i], MADE ("1"));
  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("a2", UPDATE ("b", "2")), MADE ("2"));
}

static void
test_hot_block (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[10 * N_MANY];

  g_test_summary ("Many puts of one block each take their turn, one revision each: nobody comes "
                  "too late.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "0")), MADE ("1"));
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("a%u", UPDATE ("b", "%u")), i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, 0), put);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *made = g_strdup_printf (MADE ("%u"), i + 2);

      weft_asked_expect (asked[i], made);
    }
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "turns-missed"), ==, 0);
  weft_fleet_settle (fleet);
  g_assert_cmpint (weft_fleet_get_latest (fleet, 1, "b"), ==, 10 * N_MANY + 1);
}

static void
test_rival_nodes (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[N_MANY];

  g_test_summary ("Puts of one block through three nodes meet each other: whoever named no base "
                  "tries again until it is done.");

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "0")), MADE ("1"));
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("a%u", UPDATE ("b", "%u")), i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, i % 3), put);
    }
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *answer = weft_asked_finish (asked[i]);

      g_assert_nonnull (strstr (answer, "\"success\":true"));
    }
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (weft_fleet_get_latest (fleet, i, "b"), ==, N_MANY + 1);
}

/* Puts of many blocks at once, each of its own. */
static void
ask_many (WeftFleet  *fleet,
          guint       node,
          const char *action,
          guint       n,
          WeftAsked **asked)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *put
          = g_strdup_printf (PUT ("%s-%u", UPDATE ("b%u", "%u")), action, i, i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, node), put);
    }
}

static void
make_many (WeftFleet *fleet,
           guint      n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *put
          = g_strdup_printf (PUT ("first-%u", INSERT ("b%u", "0")), i, i, i);

      weft_expect (weft_fleet_get_repo (fleet, 0), put, MADE ("1"));
    }
}

static void
test_group (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[N_MANY];
  g_autofree char *block = g_strdup (FOUND ("b7", "7", "2", REV ("put-7", "2")));

  g_test_summary ("Puts of several blocks that come in one turn of the loop are decided in one "
                  "record, sixteen at most; each is answered, and can be read everywhere.");

  make_many (fleet, N_MANY);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups"), ==, 0);
  ask_many (fleet, 0, "put", N_MANY, asked);
  for (guint i = 0; i < N_MANY; i++)
    weft_asked_expect (asked[i], MADE ("2"));

  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups"), ==, 2);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "grouped-commits"), ==, N_MANY);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups-split"), ==, 0);
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'b7'"), block);
}

static void
test_group_of_commits (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[4];

  g_test_summary ("Commits of what was pended before are grouped with each other and with puts.");

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *pend = g_strdup_printf (PEND ("a%u", INSERT ("b%u", "1")), i, i, i);
      g_autofree char *pended = g_strdup_printf (PENDED ("'b%u'"), i);

      weft_expect (weft_fleet_get_repo (fleet, 0), pend, pended);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *commit = g_strdup_printf (COMMIT ("a%u", "'b%u'", "1"), i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, 0), commit);
    }
  asked[3] = weft_ask (weft_fleet_get_repo (fleet, 0), PUT ("a3", INSERT ("b3", "1")));
  for (guint i = 0; i < 3; i++)
    weft_asked_expect (asked[i], DONE);
  weft_asked_expect (asked[3], MADE ("1"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups"), ==, 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "grouped-commits"), ==, 4);
}

static void
test_overlap (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[3][N_MANY];

  g_test_summary ("Groups of three nodes that overlap give way to each other: everything that they "
                  "are of is done in the end.");

  make_many (fleet, N_MANY);
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    {
      const char *names[] = { "x", "y", "z" };

      ask_many (fleet, i, names[i], N_MANY, asked[i]);
    }
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < N_MANY; j++)
      {
        g_autofree char *answer = weft_asked_finish (asked[i][j]);

        g_assert_nonnull (strstr (answer, "\"success\":true"));
      }
  weft_fleet_settle (fleet);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("b%u", i);

      g_assert_cmpint (weft_fleet_get_latest (fleet, 1, block_id), ==, 4);
    }
  g_assert_cmpint (weft_fleet_count_all (fleet, "groups-split"), >, 0);
}

static void
test_bad_company (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  WeftAsked *asked[4];
  WeftAsked *late;
  WeftAsked *rival;
  g_autofree char *answer = NULL;

  g_test_summary ("What is wrong with one of a group is told to that one alone.");

  make_many (fleet, 4);
  weft_fleet_settle (fleet);
  /* The first node does not know of this yet. */
  rival = weft_ask (weft_fleet_get_repo (fleet, 1), PUT ("rival", UPDATE ("b0", "9")));
  late = weft_ask (weft_fleet_get_repo (fleet, 0),
                   PUT ("late", BASED (UPDATE ("b0", "8"), "'b0':1")));
  ask_many (fleet, 0, "put", 4, asked);
  for (guint i = 1; i < 4; i++)
    weft_asked_expect (asked[i], MADE ("2"));
  answer = weft_asked_finish (rival);
  g_assert_nonnull (strstr (answer, "\"success\":true"));
  g_clear_pointer (&answer, g_free);
  answer = weft_asked_finish (late);
  g_assert_nonnull (strstr (answer, "\"success\":"));
  g_clear_pointer (&answer, g_free);
  answer = weft_asked_finish (asked[0]);
  g_assert_nonnull (strstr (answer, "\"success\":true"));
}

static void
test_large (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autofree char *filler = g_strnfill (100 * 1024, 'x');
  WeftAsked *asked[3];

  g_test_summary ("What is large is put as well, and never in company.");

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *put
          = g_strdup_printf (PUT ("a%u", INSERT ("b%u", "'%s'")), i, i, i, filler);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, 0), put);
    }
  for (guint i = 0; i < 3; i++)
    weft_asked_expect (asked[i], MADE ("1"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups"), ==, 0);
}

static void
test_member_away (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 2, 0, NULL);
  WeftAsked *asked[N_MANY];

  g_test_summary ("Two of three are enough for groups; the third has it all once it is back.");

  make_many (fleet, N_MANY);
  weft_fleet_settle (fleet);
  weft_fleet_stop (fleet, 2);
  ask_many (fleet, 0, "put", N_MANY, asked);
  for (guint i = 0; i < N_MANY; i++)
    weft_asked_expect (asked[i], MADE ("2"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "groups"), ==, 2);
}

static void
test_left_behind (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 2, 0, NULL);
  WeftAsked *asked[N_MANY];

  g_test_summary ("A node leaves with groups on their way: the same puts through another node are "
                  "done once.");

  make_many (fleet, N_MANY);
  weft_fleet_settle (fleet);
  ask_many (fleet, 0, "put", N_MANY, asked);
  /* Until members were asked to vote. */
  while (weft_fleet_get_count (fleet, 0, "groups") == 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 6; i++)
    g_main_context_iteration (NULL, FALSE);
  weft_fleet_stop (fleet, 0);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *answer = weft_asked_finish (asked[i]);
    }

  ask_many (fleet, 1, "put", N_MANY, asked);
  for (guint i = 0; i < N_MANY; i++)
    weft_asked_expect (asked[i], MADE ("2"));
}

static void
test_forwarded (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (5, 3, 3, NULL);

  g_test_summary ("A node that does not keep the block passes a put on.");

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *put = i == 0 ? g_strdup (PUT ("a0", INSERT ("b", "0")))
                                    : g_strdup_printf (PUT ("a%u", UPDATE ("b", "%u")), i, i);
      g_autofree char *made = g_strdup_printf (MADE ("%u"), i + 1);

      weft_expect (weft_fleet_get_repo (fleet, i), put, made);
    }
  g_assert_cmpint (weft_fleet_count_all (fleet, "forwarded"), ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/put/one", test_put);
  g_test_add_func ("/cluster/put/repeated", test_repeated);
  g_test_add_func ("/cluster/put/late", test_late);
  g_test_add_func ("/cluster/put/two-blocks", test_two_blocks);
  g_test_add_func ("/cluster/put/two-clusters", test_two_clusters);
  g_test_add_func ("/cluster/put/in-line", test_in_line);
  g_test_add_func ("/cluster/put/expired", test_expired);
  g_test_add_func ("/cluster/put/storm-of-one", test_storm_of_one);
  g_test_add_func ("/cluster/put/hot-block", test_hot_block);
  g_test_add_func ("/cluster/put/rival-nodes", test_rival_nodes);
  g_test_add_func ("/cluster/put/large", test_large);
  g_test_add_func ("/cluster/put/forwarded", test_forwarded);
  g_test_add_func ("/cluster/group/puts", test_group);
  g_test_add_func ("/cluster/group/commits", test_group_of_commits);
  g_test_add_func ("/cluster/group/overlap", test_overlap);
  g_test_add_func ("/cluster/group/bad-company", test_bad_company);
  g_test_add_func ("/cluster/group/member-away", test_member_away);
  g_test_add_func ("/cluster/group/left-behind", test_left_behind);

  return g_test_run ();
}
