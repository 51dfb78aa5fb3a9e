/* test-ring-probe.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-rig.h"

#define SECOND G_USEC_PER_SEC

static void
lose_connection (RingRig *rig,
                 guint    number)
{
  ring_rig_step (rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_LOST,
                                         .peer_id = ring_fixture_peer_id (number) });
}

static WeftRingMessage *
make_note (RingRig         *rig,
           guint            from,
           WeftRingNoteType type,
           guint            subject,
           guint64          incarnation)
{
  WeftRingMessage *message = ring_rig_make_request (rig, from, WEFT_RING_ANNOUNCE);

  weft_ring_message_add_note (message, type, ring_fixture_peer_id (subject), incarnation, NULL);

  return message;
}

static void
test_dead (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) announce = NULL;

  g_test_summary ("A neighbour that is gone is asked, by three others too, suspected, asked again "
                  "by all, and forgotten; its neighbours are told of both. Hearsay does not bring "
                  "it back.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  rig.is_there[66] = FALSE;
  lose_connection (&rig, 66);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 66"), ==, 1);
  ring_rig_run (&rig, SECOND / 4);
  g_assert_cmpuint (ring_rig_count (&rig, "ask about 66"), ==, 3);
  g_assert_false (ring_rig_suspects (&rig, 66));

  ring_rig_run (&rig, 7 * SECOND / 10);
  g_assert_true (ring_rig_suspects (&rig, 66));
  g_assert_cmpuint (ring_rig_count (&rig, "announce 66"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "announce 67"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "announce 74"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "announce 58"), ==, 1);

  ring_rig_run (&rig, 3 * SECOND);
  g_assert_false (ring_rig_knows (&rig, 66));
  g_assert_cmpuint (ring_rig_count (&rig, "ask about 66"), ==, 6);
  g_assert_cmpuint (ring_rig_count (&rig, "announce 67"), ==, 2);
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-dead"), ==, 1);

  g_ptr_array_set_size (rig.log, 0);
  announce = ring_rig_make_request (&rig, 65, WEFT_RING_ANNOUNCE);
  weft_ring_message_add_contact (announce, rig.contacts[66]);
  ring_rig_request (&rig, 65, announce);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 66"), ==, 0);
}

static void
test_next (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("One probe a second: those next to the machine get one every five or six, the "
                  "other neighbours one in less than half a minute, each of them.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  g_ptr_array_set_size (rig.log, 0);
  ring_rig_run (&rig, 120 * SECOND);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 65"), >=, 18);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 65"), <=, 30);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 63"), >=, 18);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 63"), <=, 30);
  for (guint i = 56; i <= 72; i++)
    {
      g_autofree char *line = g_strdup_printf ("ping %u", i);

      if (i == RING_RIG_SELF)
        continue;
      g_assert_cmpuint (ring_rig_count (&rig, line), >=, 4);
    }
}

/* Whether it seems to be cut when half of the peers are out of reach. */
static gboolean
loses_half (gboolean is_full)
{
  g_auto (RingRig) rig = { NULL };
  gboolean is_cut = FALSE;

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 32, 96);
  rig.is_full = is_full;
  for (guint i = 32; i <= 96; i += 2)
    rig.is_there[i] = FALSE;
  for (guint i = 0; i < 60; i++)
    {
      ring_rig_run (&rig, SECOND / 2);
      is_cut |= weft_ring_machine_is_partitioned (rig.machine, rig.now_usec, NULL);
    }

  return is_cut;
}

static void
test_full (void)
{
  g_test_summary ("Where half of the peers do not answer, a cut is suspected; not where they say "
                  "that they have no room for another connection.");

  g_assert_true (loses_half (FALSE));
  g_assert_false (loses_half (TRUE));
}

static void
test_one_of_many_messages (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("One neighbour that is gone, with forty lookups under way to it, is one that is "
                  "gone, and no cut.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  rig.is_there[66] = FALSE;
  for (guint i = 0; i < 40; i++)
    ring_rig_step (&rig, &(WeftRingEvent) {
      .type = WEFT_RING_EVENT_LOOKUP, .token = i, .count = 1, .paths = 1,
      .key = *weft_ring_contact_get_point (rig.contacts[66]) });
  g_assert_cmpuint (ring_rig_count (&rig, "lookup 66"), >=, 40);
  for (guint i = 0; i < 60; i++)
    {
      ring_rig_run (&rig, SECOND / 2);
      g_assert_false (weft_ring_machine_is_partitioned (rig.machine, rig.now_usec, NULL));
    }
  g_assert_false (ring_rig_knows (&rig, 66));
}

static void
test_comes_back (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) ping = NULL;
  WeftRingMessage *reply;

  g_test_summary ("One that was called dead is tried again now and then, and learns of it when it "
                  "asks; once it answers it is a neighbour as before.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  rig.is_there[66] = FALSE;
  lose_connection (&rig, 66);
  ring_rig_run (&rig, 6 * SECOND);
  g_assert_false (ring_rig_knows (&rig, 66));

  ping = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  reply = ring_rig_request (&rig, 66, ping);
  g_assert_cmpuint (reply->notes->len, ==, 1);
  g_assert_cmpint (g_array_index (reply->notes, WeftRingNote, 0).type, ==, WEFT_RING_NOTE_DEAD);
  rig.is_there[66] = TRUE;
  ring_rig_run (&rig, 60 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 66));
}

/* Lets the helper of the first round say that it reached the subject. */
static void
test_indirect (void)
{
  g_auto (RingRig) rig = { NULL };
  guint n_answered = 0;

  g_test_summary ("Whom a helper reaches lives, though we do not.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  rig.is_there[66] = FALSE;
  lose_connection (&rig, 66);
  while (ring_rig_count (&rig, "ask about 66") == 0)
    ring_rig_run (&rig, SECOND / 50);
  for (guint i = 0; i < rig.open->len && n_answered == 0; i++)
    {
      RingRigSend *send = &g_array_index (rig.open, RingRigSend, i);
      g_autoptr (WeftRingMessage) reply = NULL;

      if (send->message->subject == NULL)
        continue;
      reply = weft_ring_message_new_reply (send->message);
      reply->incarnation = 1;
      reply->is_reached = TRUE;
      n_answered++;
      ring_rig_step (&rig, &(WeftRingEvent) {
        .type = WEFT_RING_EVENT_REPLY, .id = send->id, .message = reply,
        .peer_id = ring_fixture_peer_id (send->to) });
    }
  g_assert_cmpuint (n_answered, ==, 1);
  rig.is_there[66] = TRUE;
  ring_rig_run (&rig, 10 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 66));
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-suspect"), ==, 0);
}

static void
test_suspect_answers (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) ping = NULL;

  g_test_summary ("A suspect that asks us anything is none.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  rig.is_there[66] = FALSE;
  lose_connection (&rig, 66);
  while (!ring_rig_suspects (&rig, 66))
    ring_rig_run (&rig, SECOND / 50);
  ping = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  ring_rig_request (&rig, 66, ping);
  g_assert_false (ring_rig_suspects (&rig, 66));
  rig.is_there[66] = TRUE;
  ring_rig_run (&rig, 5 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 66));
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-dead"), ==, 0);
}

static void
test_note (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) suspect = NULL;
  g_autoptr (WeftRingMessage) dead = NULL;

  g_test_summary ("A note is a hint: whoever it is about is asked, and stays when it answers.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  ring_rig_run (&rig, SECOND);
  suspect = make_note (&rig, 70, WEFT_RING_NOTE_SUSPECT, 72, 1);
  dead = make_note (&rig, 70, WEFT_RING_NOTE_DEAD, 57, 1);
  g_ptr_array_set_size (rig.log, 0);
  ring_rig_request (&rig, 70, suspect);
  ring_rig_request (&rig, 70, dead);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 72"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 57"), ==, 1);
  g_assert_true (ring_rig_knows (&rig, 72));
  g_assert_true (ring_rig_knows (&rig, 57));
  ring_rig_run (&rig, 10 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 72));
  g_assert_true (ring_rig_knows (&rig, 57));
  g_assert_false (ring_rig_suspects (&rig, 72));
}

static void
test_far (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("A far peer is dropped after three failures in a row, and nobody is told.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 20, 110);
  rig.is_there[100] = FALSE;
  lose_connection (&rig, 100);
  ring_rig_run (&rig, 2 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 100));
  ring_rig_run (&rig, 4 * SECOND);
  g_assert_false (ring_rig_knows (&rig, 100));
  g_assert_cmpuint (ring_rig_count (&rig, "ping 100"), >=, 3);
  g_assert_cmpuint (ring_rig_count (&rig, "ask about 100"), ==, 0);
  for (guint i = 0; i < rig.log->len; i++)
    g_assert_false (g_str_has_prefix (rig.log->pdata[i], "announce"));
}

static void
test_slow (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("Who is late itself gives others more time: nobody is suspected for it.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  /* It slept, and for all that time nobody's answer was seen. */
  rig.now_usec += 4 * SECOND;
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_TIMEOUT });
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-late"), ==, 1);
  g_ptr_array_set_size (rig.log, 0);
  rig.is_there[66] = FALSE;
  lose_connection (&rig, 66);
  ring_rig_run (&rig, SECOND);
  g_assert_false (ring_rig_suspects (&rig, 66));
  rig.is_there[66] = TRUE;
  ring_rig_run (&rig, 20 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 66));
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-dead"), ==, 0);
}

static void
test_many_notes (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) far = NULL;

  g_test_summary ("Notes make us ask neighbours only, and no more often than eight times a "
                  "second.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 20, 110);
  far = make_note (&rig, 70, WEFT_RING_NOTE_DEAD, 100, 1);
  ring_rig_request (&rig, 70, far);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 100"), ==, 0);
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (WeftRingMessage) message = ring_rig_make_request (&rig, 70, WEFT_RING_ANNOUNCE);

      for (guint j = 1; j <= 8; j++)
        {
          weft_ring_message_add_note (message, WEFT_RING_NOTE_SUSPECT,
                                      ring_fixture_peer_id (RING_RIG_SELF - j), 1, NULL);
          weft_ring_message_add_note (message, WEFT_RING_NOTE_SUSPECT,
                                      ring_fixture_peer_id (RING_RIG_SELF + j), 1, NULL);
        }
      ring_rig_request (&rig, 70, message);
      ring_rig_run (&rig, SECOND);
    }
  g_assert_cmpuint (rig.log->len, <, 64 + 12 * 60);
  for (guint j = 1; j <= 8; j++)
    g_assert_true (ring_rig_knows (&rig, RING_RIG_SELF + j));
}

static guint64
get_incarnation (RingRig *rig)
{
  return weft_ring_contact_get_incarnation (weft_ring_machine_get_own (rig->machine));
}

static void
test_refute (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) old = NULL;
  g_autoptr (WeftRingMessage) dead = NULL;
  g_autoptr (WeftRingMessage) again = NULL;
  g_autoptr (WeftRingMessage) far = NULL;
  g_autoptr (WeftRingMessage) mine = NULL;
  g_autoptr (WeftRingContact) later = NULL;

  g_test_summary ("We take a higher incarnation when somebody calls us dead; not for an earlier "
                  "life, not too often, and not by as much as somebody likes.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  old = make_note (&rig, 70, WEFT_RING_NOTE_DEAD, RING_RIG_SELF, 9);
  ring_rig_request (&rig, 70, old);
  g_assert_cmpuint (get_incarnation (&rig), ==, 10);
  dead = make_note (&rig, 70, WEFT_RING_NOTE_DEAD, RING_RIG_SELF, 10);
  ring_rig_request (&rig, 70, dead);
  g_assert_cmpuint (get_incarnation (&rig), ==, 11);
  g_assert_true (weft_ring_contact_verify (weft_ring_machine_get_own (rig.machine),
                                           RING_FIXTURE_NETWORK, ring_fixture_verify, NULL));
  again = make_note (&rig, 71, WEFT_RING_NOTE_DEAD, RING_RIG_SELF, 11);
  ring_rig_request (&rig, 71, again);
  g_assert_cmpuint (get_incarnation (&rig), ==, 11);
  ring_rig_run (&rig, 10 * SECOND);
  ring_rig_request (&rig, 71, again);
  g_assert_cmpuint (get_incarnation (&rig), ==, 12);
  ring_rig_run (&rig, 10 * SECOND);
  far = make_note (&rig, 71, WEFT_RING_NOTE_DEAD, RING_RIG_SELF, G_GUINT64_CONSTANT (1) << 52);
  ring_rig_request (&rig, 71, far);
  g_assert_cmpuint (get_incarnation (&rig), ==, 12);

  /* What we said ourselves, in a life that we do not remember, is no lie. */
  mine = ring_rig_make_request (&rig, 71, WEFT_RING_ANNOUNCE);
  later = ring_fixture_contact (RING_RIG_SELF, G_GUINT64_CONSTANT (1) << 52);
  weft_ring_message_add_contact (mine, later);
  ring_rig_request (&rig, 71, mine);
  g_assert_cmpuint (get_incarnation (&rig), ==, (G_GUINT64_CONSTANT (1) << 52) + 1);
}

static void
test_help (void)
{
  g_test_summary ("Asked to ask another, we answer when it did, or did not.");

  for (guint is_there = 0; is_there <= 1; is_there++)
    {
      g_auto (RingRig) rig = { NULL };
      g_autoptr (WeftRingMessage) ask = NULL;
      WeftRingMessage *reply;

      ring_rig_init (&rig, TRUE);
      ring_rig_start (&rig, 48, 80);
      rig.is_there[66] = is_there;
      ask = ring_rig_make_request (&rig, 70, WEFT_RING_PING);
      ask->subject = weft_ring_contact_ref (rig.contacts[66]);
      g_assert_null (ring_rig_request (&rig, 70, ask));
      g_ptr_array_set_size (rig.answers, 0);
      ring_rig_run (&rig, SECOND);
      g_assert_cmpuint (rig.answers->len, ==, 1);
      reply = rig.answers->pdata[0];
      g_assert_cmpuint (reply->nonce, ==, ask->nonce);
      g_assert_cmpint (reply->is_reached, ==, is_there);
    }
}

static WeftRingMessage *
make_leave (RingRig *rig,
            guint    from,
            guint    subject,
            guint    signer,
            guint64  incarnation)
{
  WeftRingMessage *message = ring_rig_make_request (rig, from, WEFT_RING_LEAVE);
  WeftPeerId *peer_id = ring_fixture_peer_id (subject);
  g_autoptr (GBytes) text = weft_ring_leave_text (RING_FIXTURE_NETWORK, peer_id, incarnation);
  g_autoptr (GBytes) signature = ring_fixture_sign (text, ring_fixture_peer_id (signer));

  weft_ring_message_add_note (message, WEFT_RING_NOTE_LEFT, peer_id, incarnation, signature);

  return message;
}

static void
test_left (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) forged = NULL;
  g_autoptr (WeftRingMessage) relayed = NULL;
  g_autoptr (WeftRingMessage) earlier = NULL;
  g_autoptr (WeftRingMessage) real = NULL;
  g_autoptr (WeftRingMessage) ping = NULL;

  g_test_summary ("A goodbye counts that is signed, of this life, and brought by who leaves; one "
                  "that another brings makes us ask.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  ring_rig_run (&rig, SECOND);
  forged = make_leave (&rig, 66, 66, 67, 1);
  ring_rig_request (&rig, 66, forged);
  g_assert_true (ring_rig_knows (&rig, 66));
  earlier = make_leave (&rig, 66, 66, 66, 0);
  ring_rig_request (&rig, 66, earlier);
  g_assert_true (ring_rig_knows (&rig, 66));
  relayed = make_leave (&rig, 70, 67, 67, 1);
  g_ptr_array_set_size (rig.log, 0);
  ring_rig_request (&rig, 70, relayed);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 67"), ==, 1);
  ring_rig_run (&rig, 10 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 67));

  real = make_leave (&rig, 66, 66, 66, 1);
  rig.is_there[66] = FALSE;
  ring_rig_request (&rig, 66, real);
  g_assert_false (ring_rig_knows (&rig, 66));
  /* Of this life it does not come back, whatever it says. */
  g_ptr_array_set_size (rig.log, 0);
  ping = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  ring_rig_request (&rig, 66, ping);
  ring_rig_run (&rig, 30 * SECOND);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 66"), ==, 0);
}

static void
test_leave (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) ping = NULL;
  WeftRingMessage *reply;

  g_test_summary ("We say goodbye to all neighbours, four at a time, and refuse what comes then.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  rig.is_there[65] = FALSE;
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_LEAVE });
  g_assert_cmpuint (rig.log->len, ==, 4);
  ring_rig_run (&rig, SECOND);
  g_assert_cmpuint (rig.log->len, ==, 16);
  for (guint i = 1; i <= 8; i++)
    {
      g_autofree char *after = g_strdup_printf ("leave %u", RING_RIG_SELF + i);
      g_autofree char *before = g_strdup_printf ("leave %u", RING_RIG_SELF - i);

      g_assert_cmpuint (ring_rig_count (&rig, after), ==, 1);
      g_assert_cmpuint (ring_rig_count (&rig, before), ==, 1);
    }
  ping = ring_rig_make_request (&rig, 70, WEFT_RING_PING);
  reply = ring_rig_request (&rig, 70, ping);
  g_assert_true (reply->is_refused);
  g_assert_cmpstr (reply->reason, ==, "leaving");
  ring_rig_run (&rig, 60 * SECOND);
  g_assert_cmpuint (rig.log->len, ==, 16);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-probe/dead", test_dead);
  g_test_add_func ("/ring-probe/next", test_next);
  g_test_add_func ("/ring-probe/full", test_full);
  g_test_add_func ("/ring-probe/one-of-many-messages", test_one_of_many_messages);
  g_test_add_func ("/ring-probe/comes-back", test_comes_back);
  g_test_add_func ("/ring-probe/indirect", test_indirect);
  g_test_add_func ("/ring-probe/suspect-answers", test_suspect_answers);
  g_test_add_func ("/ring-probe/note", test_note);
  g_test_add_func ("/ring-probe/far", test_far);
  g_test_add_func ("/ring-probe/slow", test_slow);
  g_test_add_func ("/ring-probe/many-notes", test_many_notes);
  g_test_add_func ("/ring-probe/refute", test_refute);
  g_test_add_func ("/ring-probe/help", test_help);
  g_test_add_func ("/ring-probe/left", test_left);
  g_test_add_func ("/ring-probe/leave", test_leave);

  return g_test_run ();
}
