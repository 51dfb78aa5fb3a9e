/* test-ring-message.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-fixture.h"

#include "weft-error.h"
#include "weft-json-private.h"

#include <string.h>

static WeftRingMessage *
make_full (void)
{
  WeftRingMessage *message = weft_ring_message_new (WEFT_RING_NEIGHBOURS);
  g_autoptr (WeftRingContact) first = ring_fixture_contact (1, 2);
  g_autoptr (WeftRingContact) second = ring_fixture_contact (2, 9007199254740991);
  WeftPeerId *leaver = ring_fixture_peer_id (5);
  g_autoptr (GBytes) text = weft_ring_leave_text (RING_FIXTURE_NETWORK, leaver, 3);
  g_autoptr (GBytes) signature = ring_fixture_sign (text, leaver);

  message->is_reply = TRUE;
  message->is_refused = TRUE;
  message->reason = weft_ring_refusals[1];
  message->sender = weft_ring_contact_ref (first);
  message->subject = weft_ring_contact_ref (second);
  message->incarnation = 2;
  message->known = 7;
  message->is_unknown = TRUE;
  message->key = *weft_ring_contact_get_point (second);
  message->has_key = TRUE;
  message->count = 64;
  message->is_reached = TRUE;
  message->nonce = 9007199254740991;
  message->has_view = TRUE;
  message->view[message->n_view++] = 1;
  message->view[message->n_view++] = 0xfffefdfc;
  message->n_after = 2;
  message->view[message->n_view++] = 0xffffffff;
  message->measure = (WeftRingMeasure) { 16, TRUE, 0.03125 };
  weft_ring_message_add_contact (message, second);
  weft_ring_message_add_contact (message, first);
  weft_ring_message_add_note (message, WEFT_RING_NOTE_SUSPECT, ring_fixture_peer_id (3), 4, NULL);
  weft_ring_message_add_note (message, WEFT_RING_NOTE_LEFT, leaver, 3, signature);

  return message;
}

/* What is written is canonical. */
static char *
write_message (WeftRingMessage *message)
{
  GString *text = g_string_new (NULL);
  g_autoptr (WeftTape) tape = NULL;

  weft_ring_message_append (message, text);
  tape = weft_tape_read_text (text->str, text->len, NULL, NULL);
  g_assert_nonnull (tape);
  g_assert_true (weft_tape_get_root (tape)->is_canonical);

  return g_string_free (text, FALSE);
}

static WeftRingMessage *
read_message (const char *text,
              GError    **error)
{
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, strlen (text), NULL, NULL);

  g_assert_nonnull (tape);

  return weft_ring_message_read (weft_tape_get_root (tape), error);
}

static void
test_round_trip (void)
{
  g_autoptr (WeftRingMessage) message = make_full ();
  g_autofree char *text = write_message (message);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftRingMessage) again = read_message (text, &error);
  g_autofree char *text_again = NULL;

  g_test_summary ("A message with every member is read as it was written.");

  g_assert_no_error (error);
  text_again = write_message (again);
  g_assert_cmpstr (text_again, ==, text);
  g_assert_cmpuint (again->view[1], ==, 0xfffefdfc);
  g_assert_cmpuint (again->n_after, ==, 2);
  g_assert_cmpuint (again->contacts->len, ==, 2);
  g_assert_cmpuint (again->notes->len, ==, 2);
  g_assert_cmpuint (again->nonce, ==, 9007199254740991);
  g_assert_true (weft_ring_contact_verify (again->contacts->pdata[0], RING_FIXTURE_NETWORK,
                                           ring_fixture_verify, NULL));
}

static void
check_weight (WeftRingMessage *message)
{
  g_autofree char *text = write_message (message);
  double weight = weft_ring_message_get_weight (message);

  g_assert_cmpfloat (weight, >, 0.85 * strlen (text));
  g_assert_cmpfloat (weight, <, 1.15 * strlen (text));
}

static void
test_weight (void)
{
  g_autoptr (WeftRingMessage) full = make_full ();
  g_autoptr (WeftRingMessage) ping = weft_ring_message_new (WEFT_RING_PING);
  g_autoptr (WeftRingMessage) pong = NULL;

  g_test_summary ("The weight of a message is that of its text, within 15 percent.");

  check_weight (full);
  ping->nonce = 1234567890123456;
  ping->incarnation = 17;
  check_weight (ping);
  ping->known = 1000;
  ping->has_view = TRUE;
  ping->n_view = 16;
  ping->n_after = 8;
  check_weight (ping);
  pong = weft_ring_message_new_reply (ping);
  pong->incarnation = 1000;
  pong->measure = (WeftRingMeasure) { 16, FALSE, 0.01234567890123456 };
  check_weight (pong);
}

static void
test_contact (void)
{
  g_autoptr (JsonNode) metadata = weft_json_parse ("{\"depth\":3,\"full\":false}", -1, NULL);
  g_autoptr (WeftRingContact) contact = NULL;
  g_autoptr (WeftRingContact) forged = NULL;
  g_autoptr (WeftRingContact) changed = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *other = NULL;

  g_test_summary ("A contact is believed where its own peer signed it, for this network.");

  contact = weft_ring_contact_new (ring_fixture_peer_id (3), NULL, 5, metadata,
                                   RING_FIXTURE_NETWORK, ring_fixture_sign,
                                   ring_fixture_peer_id (3));
  g_assert_false (weft_ring_contact_verify (contact, "other", ring_fixture_verify, NULL));
  g_assert_true (weft_ring_contact_verify (contact, "test", ring_fixture_verify, NULL));
  g_assert_false (weft_ring_contact_verify (contact, "other", ring_fixture_verify, NULL));

  forged = weft_ring_contact_new (ring_fixture_peer_id (3), NULL, 6, metadata,
                                  RING_FIXTURE_NETWORK, ring_fixture_sign,
                                  ring_fixture_peer_id (4));
  g_assert_false (weft_ring_contact_verify (forged, "test", ring_fixture_verify, NULL));

  json = weft_ring_contact_to_json (contact);
  text = weft_json_to_string (json);
  expected = g_strdup_printf ("{\"addrs\":[],\"id\":\"%s\",\"incarnation\":5,\"meta\":{\"depth\":3,"
                              "\"full\":false},\"signature\":\"",
                              weft_peer_id_get_text (ring_fixture_peer_id (3)));
  g_assert_true (g_str_has_prefix (text, expected));
  parts = g_strsplit (text, "\"depth\":3", -1);
  other = g_strjoinv ("\"depth\":4", parts);
  json_node_unref (json);
  json = weft_json_parse (other, -1, NULL);
  changed = weft_ring_contact_from_json (json, NULL);
  g_assert_nonnull (changed);
  g_assert_false (weft_ring_contact_verify (changed, "test", ring_fixture_verify, NULL));
}

static void
test_malformed (void)
{
  static const struct
  {
    const char *text;
    const char *error;
  } cases[] = {
    { "[]", "expected an object" },
    { "{\"nonce\":1}", "type: " },
    { "{\"type\":\"pong\",\"nonce\":1}", "type: expected one of ping, neighbours" },
    { "{\"type\":\"ping\"}", "nonce: " },
    { "{\"type\":\"ping\",\"nonce\":0}", "nonce: " },
    { "{\"type\":\"ping\",\"nonce\":1.5}", "nonce: " },
    { "\"more\":1", "more" },
    { "\"incarnation\":0", "incarnation: " },
    { "\"known\":-1", "known: " },
    { "\"count\":65", "count: " },
    { "\"reply\":1", "reply: " },
    { "\"refused\":\"busy\"", "expected a request" },
    { "\"unknown\":true", "expected a request" },
    { "\"reached\":true", "expected a request" },
    { "\"reply\":true,\"refused\":\"no\"", "refused: expected one" },
    { "\"key\":\"AAAA\"", "key: expected 32 bytes" },
    { "\"after\":\"AAAA\"", "after: expected up to 16" },
    { "\"before\":\"AAAAAA==\"", "before: expected up to 16" },
    { "\"sender\":{}", "sender.id: " },
    { "\"subject\":null", "subject: " },
    { "\"contacts\":{}", "contacts: " },
    { "\"contacts\":[1]", "contacts[0]: " },
    { "\"notes\":[{}]", "notes[0].type: " },
    { "\"notes\":[{\"type\":\"dead\",\"id\":\"x\",\"incarnation\":1}]",
      "notes[0].id: " },
    { "\"measure\":{\"gaps\":0,\"arc\":0.5}", "measure.gaps: " },
    { "\"measure\":{\"gaps\":1}", "measure.arc: " },
    { "\"measure\":{\"gaps\":1,\"arc\":0}", "measure.arc: " },
    { "\"measure\":{\"gaps\":1,\"arc\":1.5}", "measure.arc: " },
    { "\"measure\":{\"gaps\":1,\"arc\":\"x\"}", "measure.arc: " },
    { "{\"type\":\"lookup\",\"nonce\":1}", "expected a key" },
    { "{\"type\":\"leave\",\"nonce\":1}", "expected a note" },
  };

  g_test_summary ("A malformed message is refused with the place and the reason.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *whole = NULL;
      g_autoptr (WeftRingMessage) message = NULL;

      /* Most are what follows in a ping that is right so far. */
      whole = cases[i].text[0] == '"'
                ? g_strdup_printf ("{\"type\":\"ping\",\"nonce\":1,%s}", cases[i].text)
                : g_strdup (cases[i].text);
      message = read_message (whole, &error);
      g_assert_null (message);
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
      if (strstr (error->message, cases[i].error) == NULL)
        g_error ("%s: got “%s”, expected “%s”", whole, error->message, cases[i].error);
    }
}

static void
check_count (const char *name,
             guint       count,
             const char *element,
             gboolean    is_right)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WeftRingMessage) message = NULL;

  g_string_printf (text, "{\"type\":\"announce\",\"nonce\":1,\"%s\":[", name);
  for (guint i = 0; i < count; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", element);
  g_string_append (text, "]}");
  message = read_message (text->str, NULL);
  g_assert_cmpint (message != NULL, ==, is_right);
}

static void
test_limits (void)
{
  g_autoptr (WeftRingContact) contact = ring_fixture_contact (1, 1);
  g_autoptr (JsonNode) json = weft_ring_contact_to_json (contact);
  g_autofree char *element = weft_json_to_string (json);
  g_autofree char *note = g_strdup_printf ("{\"type\":\"dead\",\"id\":\"%s\",\"incarnation\":1}",
                                           weft_peer_id_get_text (ring_fixture_peer_id (1)));

  g_test_summary ("A message has up to 64 contacts and 32 notes.");

  check_count ("contacts", 64, element, TRUE);
  check_count ("contacts", 65, element, FALSE);
  check_count ("notes", 32, note, TRUE);
  check_count ("notes", 33, note, FALSE);
}

static void
test_metadata (void)
{
  static const struct
  {
    const char *text;
    gboolean is_right;
  } cases[] = {
    { "{}", TRUE },
    { "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8}", TRUE },
    { "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9}", FALSE },
    { "{\"a\":\"0123456789012345678901234567890123456789012345678901234567890123\"}", TRUE },
    { "{\"a\":\"01234567890123456789012345678901234567890123456789012345678901234\"}", FALSE },
    { "{\"a\":1.5}", FALSE },
    { "{\"a\":null}", FALSE },
    { "{\"a\":[]}", FALSE },
    { "[]", FALSE },
  };

  g_test_summary ("Metadata is a few short words and numbers.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) json = weft_json_parse (cases[i].text, -1, NULL);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (weft_ring_metadata_check (json, NULL, NULL), ==, cases[i].is_right);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-message/round-trip", test_round_trip);
  g_test_add_func ("/ring-message/weight", test_weight);
  g_test_add_func ("/ring-message/contact", test_contact);
  g_test_add_func ("/ring-message/malformed", test_malformed);
  g_test_add_func ("/ring-message/limits", test_limits);
  g_test_add_func ("/ring-message/metadata", test_metadata);

  return g_test_run ();
}
