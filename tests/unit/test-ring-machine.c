/* test-ring-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-rig.h"

#include <string.h>

#define SECOND G_USEC_PER_SEC

static void
test_start (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();

  g_test_summary ("Contacts of an earlier life are asked before they count.");

  ring_rig_init (&rig, TRUE);
  rig.is_there[65] = TRUE;
  g_ptr_array_add (contacts, rig.contacts[65]);
  g_ptr_array_add (contacts, rig.contacts[66]);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START, .contacts = contacts });
  g_assert_cmpuint (ring_rig_count (&rig, "ping 65"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 66"), ==, 1);
  g_assert_false (ring_rig_knows (&rig, 65));

  ring_rig_run (&rig, SECOND / 10);
  g_assert_true (ring_rig_knows (&rig, 65));
  g_assert_false (ring_rig_knows (&rig, 66));
  /* The other may only be late. */
  rig.is_there[66] = TRUE;
  ring_rig_run (&rig, 20 * SECOND);
  g_assert_true (ring_rig_knows (&rig, 66));
}

static void
test_bootstrap (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) reply = NULL;
  RingRigSend *send;

  g_test_summary ("An address is asked for our own place, again until somebody answers; who "
                  "answers is known, and those it tells of are asked.");

  ring_rig_init (&rig, TRUE);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START });
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_BOOTSTRAP, .text = "/dns/a" });
  ring_rig_run (&rig, 10 * SECOND);
  g_assert_cmpuint (ring_rig_count (&rig, "neighbours /dns/a"), >=, 2);

  rig.is_there[70] = TRUE;
  rig.is_there[60] = TRUE;
  do
    {
      ring_rig_run (&rig, SECOND / 10);
      send = ring_rig_find_open (&rig, RING_FIXTURE_PEERS);
    }
  while (send == NULL);
  g_assert_true (send->message->has_key);
  g_assert_nonnull (send->message->sender);
  reply = weft_ring_message_new_reply (send->message);
  reply->incarnation = 1;
  reply->sender = weft_ring_contact_ref (rig.contacts[70]);
  weft_ring_message_add_contact (reply, rig.contacts[60]);
  ring_rig_step (&rig, &(WeftRingEvent) {
    .type = WEFT_RING_EVENT_REPLY, .id = send->id, .message = reply,
    .peer_id = ring_fixture_peer_id (70) });
  g_assert_true (ring_rig_knows (&rig, 70));
  g_assert_false (ring_rig_knows (&rig, 60));
  g_assert_cmpuint (ring_rig_count (&rig, "ping 60"), ==, 1);
  ring_rig_run (&rig, SECOND);
  g_assert_true (ring_rig_knows (&rig, 60));
}

/* The request to that peer, or that address, when it is made. */
static RingRigSend *
await (RingRig *rig,
       guint    to)
{
  RingRigSend *send = ring_rig_find_open (rig, to);

  while (send == NULL)
    {
      ring_rig_run (rig, SECOND / 100);
      send = ring_rig_find_open (rig, to);
    }

  return send;
}

static WeftRingMessage *
make_reply (RingRig     *rig,
            RingRigSend *send,
            guint        from)
{
  WeftRingMessage *reply = weft_ring_message_new_reply (send->message);

  reply->incarnation = 1;
  reply->sender = weft_ring_contact_ref (rig->contacts[from]);

  return reply;
}

static void
test_way (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  g_autoptr (WeftRingMessage) told = NULL;
  g_autoptr (WeftRingMessage) reply = NULL;
  RingRigSend *send;

  g_test_summary ("The way from an address leads through those that it names, also one whom we "
                  "know: the others may be gone, and that one knows who else is there.");

  ring_rig_init (&rig, TRUE);
  rig.is_there[63] = TRUE;
  g_ptr_array_add (contacts, rig.contacts[63]);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START, .contacts = contacts });
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_BOOTSTRAP, .text = "/dns/a" });
  ring_rig_run (&rig, SECOND / 20);
  g_assert_true (ring_rig_knows (&rig, 63));
  send = await (&rig, RING_FIXTURE_PEERS);
  rig.is_there[20] = TRUE;
  reply = make_reply (&rig, send, 20);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_REPLY, .id = send->id,
                                          .message = reply,
                                          .peer_id = ring_fixture_peer_id (20) });
  send = ring_rig_find_open (&rig, 20);
  g_assert_nonnull (send);
  g_assert_cmpint (send->message->type, ==, WEFT_RING_LOOKUP);

  told = make_reply (&rig, send, 20);
  weft_ring_message_add_contact (told, rig.contacts[65]);
  weft_ring_message_add_contact (told, rig.contacts[66]);
  weft_ring_message_add_contact (told, rig.contacts[63]);
  g_ptr_array_set_size (rig.log, 0);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_REPLY, .id = send->id,
                                          .message = told,
                                          .peer_id = ring_fixture_peer_id (20) });
  g_assert_cmpuint (ring_rig_count (&rig, "lookup 65"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "lookup 66"), ==, 1);
  g_assert_cmpuint (ring_rig_count (&rig, "lookup 63"), ==, 1);
}

static gboolean
tells_of (const WeftRingMessage *reply,
          guint                  number)
{
  for (guint i = 0; reply->contacts != NULL && i < reply->contacts->len; i++)
    if (weft_peer_id_equal (weft_ring_contact_get_peer_id (reply->contacts->pdata[i]),
                            ring_fixture_peer_id (number)))
      return TRUE;

  return FALSE;
}

static WeftRingMessage *
look_up (RingRig *rig,
         guint    from,
         guint    number)
{
  g_autoptr (WeftRingMessage) request = ring_rig_make_request (rig, from, WEFT_RING_LOOKUP);

  request->key = *weft_ring_contact_get_point (rig->contacts[number]);
  request->has_key = TRUE;
  request->count = 4;

  return ring_rig_request (rig, from, request);
}

static void
test_hearsay (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) announce = NULL;

  g_test_summary ("Who was only heard of is no neighbour, and nobody is told of it, until it "
                  "answers.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 50, 80);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_LOST,
                                          .peer_id = ring_fixture_peer_id (100) });
  announce = ring_rig_make_request (&rig, 66, WEFT_RING_ANNOUNCE);
  weft_ring_message_add_contact (announce, rig.contacts[100]);
  weft_ring_message_add_contact (announce, rig.contacts[101]);
  rig.is_there[101] = TRUE;
  g_assert_false (ring_rig_request (&rig, 66, announce)->is_refused);
  g_assert_false (ring_rig_knows (&rig, 100));
  g_assert_false (tells_of (look_up (&rig, 66, 100), 100));
  g_assert_true (tells_of (look_up (&rig, 66, 66), 67));

  ring_rig_run (&rig, 60 * SECOND);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 100"), >=, 1);
  g_assert_false (ring_rig_knows (&rig, 100));
  g_assert_true (ring_rig_knows (&rig, 101));
  g_assert_true (tells_of (look_up (&rig, 66, 101), 101));
}

static void
test_view (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) ping = NULL;
  WeftRingMessage *reply;

  g_test_summary ("The reply to a probe has the neighbours that its sender lacks, and no others.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 48, 80);
  ping = ring_rig_make_request (&rig, 62, WEFT_RING_PING);
  ping->has_view = TRUE;
  for (guint i = 63; ping->n_view < 8; i++)
    if (i != 67)
      ping->view[ping->n_view++] = weft_ring_contact_get_point (rig.contacts[i])->words[0] >> 32;
  ping->n_after = 8;
  for (guint i = 61; ping->n_view < 16; i--)
    ping->view[ping->n_view++] = weft_ring_contact_get_point (rig.contacts[i])->words[0] >> 32;
  reply = ring_rig_request (&rig, 62, ping);
  g_assert_false (reply->is_refused);
  g_assert_cmpuint (reply->contacts->len, ==, 1);
  g_assert_true (tells_of (reply, 67));
  g_assert_cmpuint (reply->nonce, ==, ping->nonce);
  g_assert_cmpuint (reply->incarnation, ==, 10);
}

static void
check_refused (RingRig         *rig,
               guint            from,
               WeftRingMessage *message,
               const char      *reason)
{
  WeftRingMessage *reply = ring_rig_request (rig, from, message);

  g_assert_nonnull (reply);
  g_assert_true (reply->is_reply);
  g_assert_true (reply->is_refused);
  g_assert_cmpstr (reply->reason, ==, reason);
}

static void
test_refusals (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) other = NULL;
  g_autoptr (WeftRingMessage) older = NULL;
  g_autoptr (WeftRingMessage) reply = NULL;
  g_autoptr (WeftRingMessage) lookup = NULL;
  g_autoptr (WeftRingMessage) nonce = NULL;
  g_autoptr (WeftRingMessage) forged = NULL;
  g_autoptr (WeftRingContact) contact = NULL;

  g_test_summary ("A sender that is not the peer of its connection, or not of its own word, is "
                  "refused and changes nothing.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 60, 70);
  other = ring_rig_make_request (&rig, 100, WEFT_RING_PING);
  check_refused (&rig, 66, other, "foreign");
  check_refused (&rig, RING_RIG_SELF, other, "foreign");
  older = ring_rig_make_request (&rig, 100, WEFT_RING_PING);
  older->incarnation = 2;
  check_refused (&rig, 100, older, "foreign");
  reply = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  reply->is_reply = TRUE;
  check_refused (&rig, 66, reply, "invalid");
  lookup = ring_rig_make_request (&rig, 66, WEFT_RING_LOOKUP);
  check_refused (&rig, 66, lookup, "invalid");
  nonce = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  nonce->nonce = 0;
  check_refused (&rig, 66, nonce, "invalid");

  contact = weft_ring_contact_new (ring_fixture_peer_id (100), NULL, 1, NULL, "another",
                                   ring_fixture_sign, ring_fixture_peer_id (100));
  forged = weft_ring_message_new (WEFT_RING_PING);
  forged->nonce = 1;
  forged->incarnation = 1;
  forged->sender = weft_ring_contact_ref (contact);
  check_refused (&rig, 100, forged, "invalid");
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-foreign"), ==, 3);
  ring_rig_run (&rig, 30 * SECOND);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 100"), ==, 0);
}

static void
test_replies (void)
{
  enum { RIGHT, NONCE, TYPE, REQUEST, PEER, N_CASES };

  g_test_summary ("A reply counts that is of the peer that was asked, to the request that it was "
                  "asked, once.");

  for (guint i = RIGHT; i < N_CASES; i++)
    {
      g_auto (RingRig) rig = { NULL };
      g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
      g_autoptr (WeftRingMessage) reply = NULL;
      WeftRingEvent event = { .type = WEFT_RING_EVENT_REPLY };
      RingRigSend *send;

      ring_rig_init (&rig, TRUE);
      g_ptr_array_add (contacts, rig.contacts[65]);
      ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START,
                                              .contacts = contacts });
      send = ring_rig_find_open (&rig, 65);
      reply = weft_ring_message_new_reply (send->message);
      reply->incarnation = 1;
      reply->nonce += i == NONCE;
      reply->type = i == TYPE ? WEFT_RING_LOOKUP : reply->type;
      reply->is_reply = i != REQUEST;
      event.id = send->id;
      event.message = reply;
      event.peer_id = ring_fixture_peer_id (i == PEER ? 66 : 65);
      ring_rig_step (&rig, &event);
      g_assert_cmpint (ring_rig_knows (&rig, 65), ==, i == RIGHT);
      g_assert_false (ring_rig_knows (&rig, 66));
      event.peer_id = ring_fixture_peer_id (65);
      ring_rig_step (&rig, &event);
      g_assert_cmpint (ring_rig_knows (&rig, 65), ==, i == RIGHT);
    }
}

static void
test_limits (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) ping = NULL;
  guint n_served = 0;

  g_test_summary ("Who asks too often is refused; others are served.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 60, 70);
  ping = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  for (guint i = 0; i < 200; i++)
    n_served += !ring_rig_request (&rig, 66, ping)->is_refused;
  g_assert_cmpuint (n_served, ==, 60);
  check_refused (&rig, 66, ping, "limited");
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-limited"), ==, 141);
  for (guint i = 100; i < 128; i++)
    {
      g_autoptr (WeftRingMessage) other = ring_rig_make_request (&rig, i, WEFT_RING_PING);

      g_assert_false (ring_rig_request (&rig, i, other)->is_refused);
    }
  ring_rig_run (&rig, SECOND);
  for (n_served = 0; !ring_rig_request (&rig, 66, ping)->is_refused;)
    n_served++;
  g_assert_cmpuint (n_served, ==, 20);
}

static void
test_forged_contact (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) announce = NULL;
  g_autoptr (WeftRingContact) forged = NULL;

  g_test_summary ("Who tells of a contact that its peer did not sign is reported, and the rest of "
                  "what it tells is not heard.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 50, 80);
  forged = weft_ring_contact_new (ring_fixture_peer_id (68), NULL, 5, NULL, RING_FIXTURE_NETWORK,
                                  ring_fixture_sign, ring_fixture_peer_id (66));
  announce = ring_rig_make_request (&rig, 66, WEFT_RING_ANNOUNCE);
  weft_ring_message_add_contact (announce, forged);
  weft_ring_message_add_contact (announce, rig.contacts[100]);
  g_ptr_array_set_size (rig.log, 0);
  ring_rig_request (&rig, 66, announce);
  g_assert_cmpuint (ring_rig_count (&rig, "report 66"), ==, 1);
  g_assert_cmpuint (ring_rig_count_counter (&rig, "ring-forged-contact"), ==, 1);
  ring_rig_run (&rig, 30 * SECOND);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 100"), ==, 0);
}

static void
test_client (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) ping = NULL;

  g_test_summary ("Who is not on the ring asks, and is told by nobody: it says no incarnation.");

  ring_rig_init (&rig, FALSE);
  ring_rig_start (&rig, 60, 70);
  g_assert_true (ring_rig_knows (&rig, 65));
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_TIMEOUT });
  for (guint i = 0; i < rig.open->len; i++)
    {
      g_assert_cmpuint (g_array_index (rig.open, RingRigSend, i).message->incarnation, ==, 0);
      g_assert_null (g_array_index (rig.open, RingRigSend, i).message->sender);
    }
  ping = ring_rig_make_request (&rig, 66, WEFT_RING_PING);
  g_assert_cmpuint (ring_rig_request (&rig, 66, ping)->incarnation, ==, 0);
}

static void
test_later_life (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (WeftRingMessage) announce = NULL;
  WeftRingEntry *entry;

  g_test_summary ("A later life of a peer is asked at once, and takes the place of the earlier.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 60, 70);
  g_clear_pointer (&rig.contacts[68], weft_ring_contact_unref);
  rig.contacts[68] = ring_fixture_contact (68, 5);
  announce = ring_rig_make_request (&rig, 66, WEFT_RING_ANNOUNCE);
  weft_ring_message_add_contact (announce, rig.contacts[68]);
  ring_rig_request (&rig, 66, announce);
  g_assert_cmpuint (ring_rig_count (&rig, "ping 68"), ==, 1);
  ring_rig_run (&rig, SECOND / 10);
  entry = weft_ring_table_find (weft_ring_machine_get_table (rig.machine),
                                ring_fixture_peer_id (68));
  g_assert_cmpuint (weft_ring_contact_get_incarnation (entry->contact), ==, 5);
}

static void
test_export (void)
{
  g_auto (RingRig) rig = { NULL };
  g_autoptr (GPtrArray) some = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_test_summary ("What is kept for a restart has the neighbours first.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 40, 90);
  some = weft_ring_machine_export (rig.machine, 16);
  g_assert_cmpuint (some->len, ==, 16);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_true (some->pdata[i] == rig.contacts[65 + i]);
      g_assert_true (some->pdata[8 + i] == rig.contacts[63 - i]);
    }
  all = weft_ring_machine_export (rig.machine, 1000);
  g_assert_cmpuint (all->len, ==, 50);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-machine/start", test_start);
  g_test_add_func ("/ring-machine/bootstrap", test_bootstrap);
  g_test_add_func ("/ring-machine/way", test_way);
  g_test_add_func ("/ring-machine/hearsay", test_hearsay);
  g_test_add_func ("/ring-machine/view", test_view);
  g_test_add_func ("/ring-machine/refusals", test_refusals);
  g_test_add_func ("/ring-machine/replies", test_replies);
  g_test_add_func ("/ring-machine/limits", test_limits);
  g_test_add_func ("/ring-machine/forged-contact", test_forged_contact);
  g_test_add_func ("/ring-machine/client", test_client);
  g_test_add_func ("/ring-machine/later-life", test_later_life);
  g_test_add_func ("/ring-machine/export", test_export);

  return g_test_run ();
}
