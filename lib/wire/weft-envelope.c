/* weft-envelope.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-envelope-private.h"

#include "weft-error-private.h"
#include "weft-handshake-private.h"
#include "weft-json-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-text-private.h"

#include <string.h>

/* Each frame has exactly one of these members, which says what it is. */
static const struct
{
  const char *member;
  WeftEnvelopeKind kind;
  gint64 number_min; /* -1: the member is not a number */
} kinds[] = {
  { "to", WEFT_ENVELOPE_ONE_WAY, -1 }, /* with an id, a request */
  { "re", WEFT_ENVELOPE_REPLY, 1 },
  { "credit", WEFT_ENVELOPE_CREDIT, 1 },
  { "cancel", WEFT_ENVELOPE_CANCEL, 1 },
  { "ping", WEFT_ENVELOPE_PING, 0 },
  { "pong", WEFT_ENVELOPE_PONG, 0 },
  { "bye", WEFT_ENVELOPE_BYE, -1 },
  { "hello", WEFT_ENVELOPE_HELLO, -1 },
  { "proof", WEFT_ENVELOPE_PROOF, -1 },
};

/* Nobody is sent away for longer than an hour. */
#define WAIT_MSEC_MAX (60 * 60 * 1000)

static char *
shorten (const char *text)
{
  g_autofree char *head = NULL;

  if (strlen (text) <= WEFT_LIMIT_ERROR_TEXT_BYTES_MAX)
    return g_strdup (text);
  head = g_strndup (text, WEFT_LIMIT_ERROR_TEXT_BYTES_MAX - strlen ("…"));
  *(char *) g_utf8_find_prev_char (head, head + strlen (head)) = '\0';

  return g_strconcat (head, "…", NULL);
}

static gboolean
get_body (WeftEnvelope   *self,
          const WeftItem *object,
          GError        **error)
{
  const WeftItem *body = weft_item_find (object, "body");

  if (body == NULL || body->kind != WEFT_ITEM_OBJECT)
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL, "body: expected an object");
      return FALSE;
    }
  self->body = body;

  return TRUE;
}

static gboolean
parse_message (WeftEnvelope       *self,
               const WeftItem     *object,
               const WeftJsonPath *path,
               GError            **error)
{
  const char *to = weft_item_require_string (object, "to", path, error);

  if (to == NULL)
    return FALSE;
  if (!weft_protocol_is_valid (to))
    {
      weft_json_set_error (error, path, "to: expected a protocol such as /db-p2p/repo/1.0.0");
      return FALSE;
    }
  self->to = to;

  if (weft_item_find (object, "id") != NULL)
    {
      self->kind = WEFT_ENVELOPE_REQUEST;
      if (!weft_item_require_integer (object, "id", path, 1, WEFT_LIMIT_INTEGER_MAX, &self->number,
                                      error) ||
          !weft_item_optional_integer (object, "deadline", path, 0, WEFT_LIMIT_INTEGER_MAX, -1,
                                       &self->deadline_msec, error))
        return FALSE;
    }

  return get_body (self, object, error);
}

static gboolean
parse_reply (WeftEnvelope       *self,
             const WeftItem     *object,
             const WeftJsonPath *path,
             GError            **error)
{
  const WeftJsonPath error_path = { path, "error", 0 };
  const WeftItem *member = weft_item_find (object, "error");
  g_autofree char *text = NULL;
  const char *message = NULL;
  const char *code;
  gboolean retry;
  gint64 wait_msec;
  const WeftItem *details;

  if (member == NULL)
    return get_body (self, object, error);
  if (weft_item_find (object, "body") != NULL)
    {
      weft_json_set_error (error, path, "expected a body or an error, got both");
      return FALSE;
    }

  self->kind = WEFT_ENVELOPE_ERROR;
  details = weft_item_get_object (member, &error_path, error);
  if (details == NULL)
    return FALSE;
  code = weft_item_require_string (details, "code", &error_path, error);
  if (code == NULL ||
      !weft_item_optional_string (details, "message", &error_path, &message, error) ||
      !weft_item_optional_boolean (details, "retry", &error_path, FALSE, &retry, error) ||
      !weft_item_optional_integer (details, "wait", &error_path, 0, WAIT_MSEC_MAX, 0, &wait_msec,
                                   error))
    return FALSE;

  text = shorten (message != NULL ? message : code);
  if (wait_msec > 0 && weft_error_from_name (code) == WEFT_ERROR_UNAVAILABLE)
    self->error = weft_error_new_wait (wait_msec * G_TIME_SPAN_MILLISECOND, text);
  else
    self->error = g_error_new_literal (WEFT_ERROR, weft_error_from_name (code), text);

  return TRUE;
}

static gboolean
parse_proof (WeftEnvelope       *self,
             const WeftItem     *object,
             const WeftJsonPath *path,
             GError            **error)
{
  const char *text = weft_item_require_string (object, "proof", path, error);

  if (text == NULL)
    return FALSE;
  self->signature = weft_base64url_decode (text, WEFT_HANDSHAKE_SIGNATURE_BYTES);
  if (self->signature == NULL)
    weft_json_set_error (error, path, "proof: expected a signature of 64 bytes in base64url");

  return self->signature != NULL;
}

static gboolean
parse_kind (WeftEnvelope       *self,
            const WeftItem     *object,
            const WeftJsonPath *path,
            GError            **error)
{
  const char *text;

  switch (self->kind)
    {
    case WEFT_ENVELOPE_HELLO:
      self->body = weft_item_find (object, "hello");
      return TRUE;

    case WEFT_ENVELOPE_PROOF:
      return parse_proof (self, object, path, error);

    case WEFT_ENVELOPE_BYE:
      text = weft_item_require_string (object, "bye", path, error);
      self->text = text != NULL ? shorten (text) : NULL;
      return text != NULL;

    case WEFT_ENVELOPE_REPLY:
      return parse_reply (self, object, path, error);

    case WEFT_ENVELOPE_ONE_WAY:
      return parse_message (self, object, path, error);

    case WEFT_ENVELOPE_CANCEL:
    case WEFT_ENVELOPE_CREDIT:
    case WEFT_ENVELOPE_PING:
    case WEFT_ENVELOPE_PONG:
      return TRUE;

    case WEFT_ENVELOPE_REQUEST:
    case WEFT_ENVELOPE_ERROR:
    default:
      g_assert_not_reached ();
    }
}

/* The index in `kinds` of what the object is, or -1 with an error. */
static int
find_kind (const WeftItem *object,
           GError        **error)
{
  guint found = 0;
  int kind = -1;

  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      if (member->name[0] == kinds[i].member[0] && g_str_equal (member->name, kinds[i].member))
        {
          found++;
          kind = i;
        }
  if (found == 1)
    return kind;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
               "expected exactly one member that says what the envelope is, got %u", found);
  return -1;
}

static WeftEnvelope *
parse_with_limits (GBytes               *frame,
                   const WeftJsonLimits *limits,
                   GError              **error)
{
  const WeftJsonPath path = { NULL, "envelope", 0 };
  g_autoptr (WeftEnvelope) self = g_new0 (WeftEnvelope, 1);
  const WeftItem *object;
  int kind;

  g_assert (frame != NULL);

  self->tape = weft_tape_read (frame, limits, error);
  if (self->tape == NULL)
    return NULL;
  object = weft_item_get_object (weft_tape_get_root (self->tape), &path, error);
  if (object == NULL)
    return NULL;
  kind = find_kind (object, error);
  if (kind < 0)
    return NULL;

  self->kind = kinds[kind].kind;
  self->deadline_msec = -1;
  if (kinds[kind].number_min >= 0 &&
      !weft_item_require_integer (object, kinds[kind].member, &path, kinds[kind].number_min,
                                  WEFT_LIMIT_INTEGER_MAX, &self->number, error))
    return NULL;
  if (!parse_kind (self, object, &path, error))
    return NULL;

  return g_steal_pointer (&self);
}

WeftEnvelope *
weft_envelope_parse (GBytes  *frame,
                     GError **error)
{
  /* A body may be as deep and as rich as any document; the envelope comes on top. */
  static const WeftJsonLimits limits = {
    .bytes_max = WEFT_LIMIT_MESSAGE_BYTES_MAX,
    .depth_max = WEFT_LIMIT_JSON_DEPTH_MAX + 1,
    .nodes_max = WEFT_LIMIT_JSON_NODES_MAX + 16,
  };

  return parse_with_limits (frame, &limits, error);
}

WeftEnvelope *
weft_envelope_parse_stranger (GBytes  *frame,
                              GError **error)
{
  static const WeftJsonLimits limits = {
    .bytes_max = WEFT_LIMIT_HANDSHAKE_BYTES_MAX,
    .depth_max = 8,
    .nodes_max = 256,
  };

  return parse_with_limits (frame, &limits, error);
}

void
weft_envelope_free (WeftEnvelope *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->tape, weft_tape_unref);
  g_free (self);
}

GBytes *
weft_envelope_write_hello (const char *hello)
{
  GString *text = g_string_new ("{\"hello\":");

  weft_text_append (text, hello);
  g_string_append_c (text, '}');

  return g_string_free_to_bytes (text);
}

GBytes *
weft_envelope_write_proof (GBytes *signature)
{
  g_autofree char *encoded = weft_base64url_encode (signature);
  GString *text = g_string_new (NULL);

  g_assert (g_bytes_get_size (signature) == WEFT_HANDSHAKE_SIGNATURE_BYTES);

  g_string_append_printf (text, "{\"proof\":\"%s\"}", encoded);

  return g_string_free_to_bytes (text);
}

/* Text of ours is valid, but may have more values than the other side reads. A value that is not
 * the first comes behind a comma, a colon or a bracket, so it is seldom needed to look closer. */
gboolean
weft_envelope_check_text (const char *body_text,
                          GError    **error)
{
  static const WeftJsonLimits limits = {
    .bytes_max = G_MAXUINT32,
    .depth_max = WEFT_LIMIT_JSON_DEPTH_MAX,
    .nodes_max = WEFT_LIMIT_JSON_NODES_MAX,
  };
  g_autoptr (WeftTape) tape = NULL;
  gsize length = strlen (body_text);
  gsize values_max = 1;

  if (length / 2 < WEFT_LIMIT_JSON_NODES_MAX)
    return TRUE;
  for (const char *at = body_text; *at != '\0'; at++)
    values_max += *at == ',' || *at == ':' || *at == '[';
  if (values_max <= WEFT_LIMIT_JSON_NODES_MAX)
    return TRUE;
  tape = weft_tape_read_text (body_text, length, &limits, error);

  return tape != NULL;
}

/* NULL with an error when the body is not valid. */
GBytes *
weft_envelope_write_reply (gint64      re,
                           JsonNode   *body,
                           const char *body_text,
                           GError    **error)
{
  GString *text = g_string_sized_new (64 + (body_text != NULL ? strlen (body_text) : 192));

  g_assert (re > 0);
  g_assert (body_text != NULL || JSON_NODE_HOLDS_OBJECT (body));

  weft_text_append (text, "{\"re\":");
  weft_json_append_integer (text, re);
  weft_text_append (text, ",\"body\":");
  if (body_text != NULL ? !weft_envelope_check_text (body_text, error)
                        : !weft_json_try_append (text, body, error))
    {
      g_string_free (text, TRUE);
      return NULL;
    }
  if (body_text != NULL)
    weft_text_append (text, body_text);
  g_string_append_c (text, '}');

  return g_string_free_to_bytes (text);
}

/* An error of another domain, such as a GIOError of a handler, travels as `failed`. */
GBytes *
weft_envelope_write_error (gint64        re,
                           const GError *error)
{
  WeftError code = error->domain == WEFT_ERROR ? (WeftError) error->code : WEFT_ERROR_FAILED;
  g_autofree char *valid = g_utf8_make_valid (error->message, -1);
  g_autofree char *message = shorten (valid);
  gint64 wait_msec = MIN (weft_error_get_wait_usec (error) / G_TIME_SPAN_MILLISECOND,
                          WAIT_MSEC_MAX);
  GString *text = g_string_sized_new (256);

  g_assert (re > 0);

  g_string_append_printf (text, "{\"re\":%" G_GINT64_FORMAT ",\"error\":{\"code\":\"%s\"", re,
                          weft_error_to_name (code));
  weft_text_append (text, ",\"message\":");
  weft_json_append_string (text, message);
  g_string_append_printf (text, ",\"retry\":%s",
                          weft_error_is_retryable (code) ? "true" : "false");
  if (wait_msec > 0)
    g_string_append_printf (text, ",\"wait\":%" G_GINT64_FORMAT, wait_msec);
  weft_text_append (text, "}}");

  return g_string_free_to_bytes (text);
}

GBytes *
weft_envelope_write_number (WeftEnvelopeKind kind,
                            gint64           number)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == kind)
      {
        GString *text = g_string_new (NULL);

        g_assert (kinds[i].number_min >= 0);
        g_assert (number >= kinds[i].number_min);

        g_string_append_printf (text, "{\"%s\":%" G_GINT64_FORMAT "}", kinds[i].member, number);
        return g_string_free_to_bytes (text);
      }

  g_assert_not_reached ();
}

GBytes *
weft_envelope_write_bye (const char *reason)
{
  GString *text = g_string_new ("{\"bye\":");

  weft_json_append_string (text, reason);
  g_string_append_c (text, '}');

  return g_string_free_to_bytes (text);
}
