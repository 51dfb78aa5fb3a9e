/* link-pair.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "link-pair.h"

#include "weft-json.h"

#include <string.h>

LinkPair *
link_pair_new (const LinkPairOptions *options)
{
  static const LinkPairOptions none = { 0 };
  static const char *const protocols[] = { "/test/echo/1.0.0", NULL };
  LinkPair *pair = g_new0 (LinkPair, 1);

  options = options != NULL ? options : &none;
  pair->transcript = g_string_new (NULL);
  for (guint side = 0; side < 2; side++)
    {
      guint8 seed[32];
      g_autoptr (GBytes) bytes = NULL;
      WeftLinkConfig config = {
        .network = options->networks[side] != NULL ? options->networks[side] : "test",
        .agent = "test/1",
        .is_dialer = side == 0,
        .protocols = protocols,
        .expected_peer_id = side == 0 ? options->expected : NULL,
        .limits = options->limits[side],
      };

      pair->bindings[side] = options->bindings[side];
      memset (seed, options->is_same_peer ? 1 : side + 1, sizeof seed);
      bytes = g_bytes_new (seed, sizeof seed);
      pair->identities[side] = weft_identity_new_from_seed (bytes, NULL);
      config.peer_id = weft_identity_get_peer_id (pair->identities[side]);
      pair->machines[side] = weft_link_machine_new (&config);
      pair->outcomes[side] = g_byte_array_new ();
      pair->delivered[side] = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_queue_init (&pair->frames[side]);
    }

  return pair;
}

void
link_pair_free (LinkPair *pair)
{
  for (guint side = 0; side < 2; side++)
    {
      g_queue_clear_full (&pair->frames[side], (GDestroyNotify) g_bytes_unref);
      g_array_unref (pair->delivered[side]);
      g_byte_array_unref (pair->outcomes[side]);
      g_free (pair->ended[side]);
      weft_link_machine_free (pair->machines[side]);
      g_object_unref (pair->identities[side]);
    }
  g_string_free (pair->transcript, TRUE);
  g_free (pair);
}

static void
tell (LinkPair   *pair,
      guint       side,
      const char *format,
      ...) G_GNUC_PRINTF (3, 4);

static void
tell (LinkPair   *pair,
      guint       side,
      const char *format,
      ...)
{
  va_list args;

  g_string_append_printf (pair->transcript, "%c ", side == 0 ? 'a' : 'b');
  va_start (args, format);
  g_string_append_vprintf (pair->transcript, format, args);
  va_end (args);
  g_string_append_c (pair->transcript, '\n');
}

/* The whole of a short frame; of a handshake and of a large body only what it is. */
static char *
describe_frame (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (g_str_has_prefix (text, "{\"hello\""))
    return g_strdup ("hello");
  if (g_str_has_prefix (text, "{\"proof\""))
    return g_strdup ("proof");
  if (size > 200)
    return g_strdup_printf ("%.8s…", text);

  return g_strndup (text, size);
}

static char *
describe_outcome (const WeftItem *body,
                  const GError   *error)
{
  if (body != NULL)
    {
      GString *text = g_string_new (NULL);

      weft_item_append (body, text);
      return g_string_free (text, FALSE);
    }
  if (error->domain == WEFT_ERROR)
    return g_strdup_printf ("%s: %s", weft_error_to_name (error->code), error->message);

  return g_strdup (error->message);
}

static void
sign (LinkPair *pair,
      guint     side,
      GBytes   *transcript)
{
  g_autoptr (GBytes) signature = weft_identity_sign (pair->identities[side], transcript);
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_SIGNED, .bytes = signature };

  link_pair_step (pair, side, &event);
}

static void
verify (LinkPair       *pair,
        guint           side,
        WeftLinkEffect *effect)
{
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_VERIFIED };

  event.is_genuine = weft_peer_id_verify (effect->signer, effect->bytes, effect->signature);
  link_pair_step (pair, side, &event);
}

/* A request has one outcome, in every test. */
static void
record_outcome (LinkPair *pair,
                guint     side,
                gint64    id)
{
  GByteArray *outcomes = pair->outcomes[side];

  while (outcomes->len <= id)
    g_byte_array_append (outcomes, (const guint8 *) "", 1);
  outcomes->data[id]++;
  g_assert_cmpuint (outcomes->data[id], ==, 1);
  pair->n_completed[side]++;
}

static void
perform (LinkPair       *pair,
         guint           side,
         WeftLinkEffect *effect)
{
  g_autofree char *text = NULL;

  switch (effect->type)
    {
    case WEFT_LINK_EFFECT_SEND:
      text = describe_frame (effect->bytes);
      tell (pair, side, "sends %s", text);
      if (!pair->is_cut[1 - side])
        g_queue_push_tail (&pair->frames[1 - side], g_bytes_ref (effect->bytes));
      break;

    case WEFT_LINK_EFFECT_SIGN:
      sign (pair, side, effect->bytes);
      break;

    case WEFT_LINK_EFFECT_VERIFY:
      verify (pair, side, effect);
      break;

    case WEFT_LINK_EFFECT_OPENED:
      tell (pair, side, "is open");
      break;

    case WEFT_LINK_EFFECT_DELIVER:
      text = describe_outcome (effect->body, NULL);
      tell (pair, side, "delivers %" G_GINT64_FORMAT " %s", effect->id, text);
      if (effect->id > 0)
        g_array_append_val (pair->delivered[side], effect->id);
      break;

    case WEFT_LINK_EFFECT_WITHDRAW:
      tell (pair, side, "withdraws %" G_GINT64_FORMAT, effect->id);
      break;

    case WEFT_LINK_EFFECT_COMPLETE:
      text = describe_outcome (effect->body, effect->error);
      tell (pair, side, "completes %" G_GINT64_FORMAT " %s", effect->id, text);
      record_outcome (pair, side, effect->id);
      break;

    case WEFT_LINK_EFFECT_ALIVE:
      tell (pair, side, "knows it lives");
      break;

    case WEFT_LINK_EFFECT_BYE:
      tell (pair, side, "hears bye");
      break;

    case WEFT_LINK_EFFECT_LOST:
      tell (pair, side, "doubts others");
      break;

    case WEFT_LINK_EFFECT_ENDED:
      tell (pair, side, "ended %s", effect->error->message);
      g_assert_null (pair->ended[side]);
      pair->ended[side] = g_strdup (effect->error->message);
      break;

    case WEFT_LINK_EFFECT_CLOSE:
      pair->is_cut[side] = TRUE;
      break;

    case WEFT_LINK_EFFECT_COUNT:
      break;

    default:
      g_assert_not_reached ();
    }
}

void
link_pair_step (LinkPair      *pair,
                guint          side,
                WeftLinkEvent *event)
{
  g_auto (WeftLinkEffects) effects = { 0 };

  event->now_usec = pair->now_usec;
  event->channel_bytes = pair->channel_bytes[side];
  weft_link_effects_init (&effects);
  weft_link_machine_step (pair->machines[side], event, &effects);
  pair->deadlines_usec[side] = effects.deadline_usec;
  pair->request_id = effects.request_id;
  if (effects.refusal != NULL)
    {
      g_autofree char *text = describe_outcome (NULL, effects.refusal);

      tell (pair, side, "refuses %s", text);
    }
  for (guint i = 0; i < effects.n_items; i++)
    perform (pair, side, &effects.items[i]);
}

void
link_pair_start (LinkPair *pair)
{
  for (guint side = 0; side < 2; side++)
    {
      guint8 nonce[32];
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) binding = NULL;
      WeftLinkEvent event = { .type = WEFT_LINK_EVENT_START };

      memset (nonce, 0xa0 + side, sizeof nonce);
      bytes = g_bytes_new (nonce, sizeof nonce);
      event.bytes = bytes;
      if (pair->bindings[side] != NULL)
        binding = g_bytes_new (pair->bindings[side], strlen (pair->bindings[side]));
      event.binding = binding;
      link_pair_step (pair, side, &event);
    }
}

void
link_pair_open (LinkPair *pair)
{
  link_pair_start (pair);
  link_pair_settle (pair);
  g_assert_cmpint (weft_link_machine_get_state (pair->machines[0]), ==, WEFT_LINK_STATE_OPEN);
  g_assert_cmpint (weft_link_machine_get_state (pair->machines[1]), ==, WEFT_LINK_STATE_OPEN);
  g_string_truncate (pair->transcript, 0);
}

gint64
link_pair_request (LinkPair   *pair,
                   guint       side,
                   const char *protocol,
                   const char *body,
                   gint64      timeout_usec)
{
  g_autoptr (JsonNode) node = weft_json_parse (body, -1, NULL);
  WeftLinkEvent event = {
    .type = timeout_usec > 0 ? WEFT_LINK_EVENT_REQUEST : WEFT_LINK_EVENT_ONE_WAY,
    .protocol = protocol,
    .body = node,
    .deadline_usec = pair->now_usec + timeout_usec,
  };

  link_pair_step (pair, side, &event);

  return pair->request_id;
}

void
link_pair_reply (LinkPair   *pair,
                 guint       side,
                 gint64      id,
                 const char *body)
{
  g_autoptr (JsonNode) node = weft_json_parse (body, -1, NULL);
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_REPLY, .id = id, .body = node };

  link_pair_step (pair, side, &event);
}

void
link_pair_type (LinkPair         *pair,
                guint             side,
                WeftLinkEventType type)
{
  WeftLinkEvent event = { .type = type };

  link_pair_step (pair, side, &event);
}

/* A frame that the other side's machine would not send. */
void
link_pair_frame (LinkPair   *pair,
                 guint       side,
                 const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_FRAME, .bytes = bytes };

  link_pair_step (pair, side, &event);
}

/* One frame, or the end of the channel, to a side; FALSE when nothing is on its way. */
gboolean
link_pair_deliver (LinkPair *pair,
                   guint     side)
{
  g_autoptr (GBytes) bytes = g_queue_pop_head (&pair->frames[side]);
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_FRAME, .bytes = bytes };

  if (bytes == NULL && pair->is_cut[1 - side] &&
      weft_link_machine_get_state (pair->machines[side]) != WEFT_LINK_STATE_CLOSED)
    {
      event.type = WEFT_LINK_EVENT_CLOSED;
      pair->is_cut[side] = TRUE;
    }
  else if (bytes == NULL)
    return FALSE;

  link_pair_step (pair, side, &event);

  return TRUE;
}

void
link_pair_settle (LinkPair *pair)
{
  while (link_pair_deliver (pair, 0) || link_pair_deliver (pair, 1))
    ;
}

void
link_pair_wait (LinkPair *pair,
                gint64    usec)
{
  pair->now_usec += usec;
  for (guint side = 0; side < 2; side++)
    if (pair->deadlines_usec[side] <= pair->now_usec)
      link_pair_type (pair, side, WEFT_LINK_EVENT_TIMEOUT);
}

void
link_pair_expect (LinkPair   *pair,
                  const char *transcript)
{
  g_assert_cmpstr (pair->transcript->str, ==, transcript);
  g_string_truncate (pair->transcript, 0);
}
