/* fuzz-envelope.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A frame from a peer is an envelope with all that its kind needs, or is refused with an error
 * that can be printed. A hello and a reply that were read can be written, and read as the same.
 */

#include "config.h"

#include "fuzz-target.h"
#include "weft-envelope-private.h"
#include "weft-hello-private.h"
#include "weft-json.h"

static void
check_error (const GError *error)
{
  g_assert_true (error != NULL && error->domain == WEFT_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
check_hello (const WeftItem *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftHello) hello = weft_hello_read (item, &error);

  if (hello == NULL)
    check_error (error);
  else
    g_assert_true (hello->peer_id != NULL && hello->network != NULL && hello->protocols != NULL);
}

static void
check_reply (WeftEnvelope *envelope)
{
  g_autoptr (JsonNode) body = weft_item_to_node (envelope->body);
  g_autoptr (GBytes) frame = weft_envelope_write_reply (envelope->number, body, NULL, NULL);
  g_autoptr (WeftEnvelope) again = weft_envelope_parse (frame, NULL);

  g_assert_true (again->kind == WEFT_ENVELOPE_REPLY);
  g_assert_true (again->number == envelope->number);
  g_assert_true (weft_item_equal (again->body, envelope->body));
}

static void
check_failure (WeftEnvelope *envelope)
{
  g_autoptr (GBytes) frame = weft_envelope_write_error (envelope->number, envelope->error);
  g_autoptr (WeftEnvelope) again = weft_envelope_parse (frame, NULL);

  check_error (envelope->error);
  g_assert_true (again->kind == WEFT_ENVELOPE_ERROR);
  g_assert_true (again->error->code == envelope->error->code);
}

static void
check (WeftEnvelope *envelope)
{
  switch (envelope->kind)
    {
    case WEFT_ENVELOPE_HELLO:
      check_hello (envelope->body);
      break;

    case WEFT_ENVELOPE_PROOF:
      g_assert_true (g_bytes_get_size (envelope->signature) == 64);
      break;

    case WEFT_ENVELOPE_REQUEST:
    case WEFT_ENVELOPE_ONE_WAY:
      g_assert_true (envelope->to[0] == '/');
      g_assert_true (envelope->body->kind == WEFT_ITEM_OBJECT);
      g_assert_true ((envelope->kind == WEFT_ENVELOPE_REQUEST) == (envelope->number > 0));
      break;

    case WEFT_ENVELOPE_REPLY:
      check_reply (envelope);
      break;

    case WEFT_ENVELOPE_ERROR:
      check_failure (envelope);
      break;

    case WEFT_ENVELOPE_CANCEL:
    case WEFT_ENVELOPE_CREDIT:
    case WEFT_ENVELOPE_PING:
    case WEFT_ENVELOPE_PONG:
      g_assert_true (envelope->number >= 0);
      break;

    case WEFT_ENVELOPE_BYE:
      g_assert_true (g_utf8_validate (envelope->text, -1, NULL));
      break;

    default:
      g_assert_not_reached ();
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GBytes) frame = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) stranger_error = NULL;
  g_autoptr (WeftEnvelope) envelope = weft_envelope_parse (frame, &error);
  g_autoptr (WeftEnvelope) stranger = weft_envelope_parse_stranger (frame, &stranger_error);

  if (envelope != NULL)
    check (envelope);
  else
    check_error (error);
  if (stranger == NULL)
    check_error (stranger_error);
  else
    /* What a stranger may say, a friend may too. */
    g_assert_true (envelope != NULL);

  return 0;
}
