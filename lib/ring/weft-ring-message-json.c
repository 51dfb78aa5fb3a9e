/* weft-ring-message-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-message-private.h"

#include <string.h>

#include "weft-base64url-private.h"
#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-signature-private.h"

static const char *const type_names[] = {
  [WEFT_RING_PING] = "ping",         [WEFT_RING_NEIGHBOURS] = "neighbours",
  [WEFT_RING_ANNOUNCE] = "announce", [WEFT_RING_LEAVE] = "leave",
  [WEFT_RING_LOOKUP] = "lookup",     NULL,
};

static const char *const note_names[] = {
  [WEFT_RING_NOTE_SUSPECT] = "suspect",
  [WEFT_RING_NOTE_DEAD] = "dead",
  [WEFT_RING_NOTE_LEFT] = "left",
  NULL,
};

static const char *const member_names[] = {
  "type",    "reply",    "refused", "sender",  "incarnation", "known", "unknown", "key", "count",
  "subject", "contacts", "notes",   "measure", "reached",     "nonce", "after",   "before",
  NULL,
};

static const char *const note_member_names[] = {
  "type", "id", "incarnation", "signature", NULL,
};

static const char *const measure_member_names[] = { "gaps", "arc", "closed", NULL };

/* The number of a name in a NULL-terminated list, or -1 with an error. */
static int
parse_word (JsonObject         *object,
            const char         *name,
            const char *const  *words,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath here = { path, name, 0 };
  const char *text = weft_json_require_string (object, name, path, error);
  g_autofree char *expected = NULL;

  if (text == NULL)
    return -1;
  for (int i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], text) == 0)
      return i;

  expected = g_strjoinv (", ", (char **) words);
  weft_json_set_error (error, &here, "expected one of %s", expected);
  return -1;
}

static gboolean
parse_contact (JsonObject         *object,
               const char         *name,
               WeftRingContact   **contact,
               GError            **error)
{
  const WeftJsonPath here = { NULL, name, 0 };
  JsonNode *member = json_object_get_member (object, name);

  if (member == NULL)
    return TRUE;
  *contact = weft_ring_contact_parse (member, &here, error);

  return *contact != NULL;
}

/* The array, or NULL: with an error where there is one that is wrong. */
static JsonArray *
parse_list (JsonObject *object,
            const char *name,
            guint       length_max,
            gboolean   *is_wrong,
            GError    **error)
{
  const WeftJsonPath here = { NULL, name, 0 };
  JsonNode *member = json_object_get_member (object, name);
  JsonArray *array;

  if (member == NULL)
    return NULL;
  *is_wrong = TRUE;
  array = weft_json_get_array (member, &here, error);
  if (array == NULL)
    return NULL;
  if (json_array_get_length (array) > length_max)
    {
      weft_json_set_error (error, &here, "expected at most %u elements, got %u", length_max,
                           json_array_get_length (array));
      return NULL;
    }
  *is_wrong = FALSE;

  return array;
}

static gboolean
parse_contacts (WeftRingMessage *self,
                JsonObject      *object,
                GError         **error)
{
  const WeftJsonPath list = { NULL, "contacts", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  gboolean is_wrong = FALSE;
  JsonArray *array = parse_list (object, "contacts", WEFT_RING_CONTACTS_MAX, &is_wrong, error);

  for (; array != NULL && here.index < json_array_get_length (array); here.index++)
    {
      g_autoptr (WeftRingContact) contact = NULL;

      contact = weft_ring_contact_parse (json_array_get_element (array, here.index), &here, error);
      if (contact == NULL)
        return FALSE;
      weft_ring_message_add_contact (self, contact);
    }

  return !is_wrong;
}

static gboolean
parse_note (WeftRingMessage    *self,
            JsonNode           *json,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath id_path = { path, "id", 0 };
  const WeftJsonPath signature_path = { path, "signature", 0 };
  g_autoptr (WeftPeerId) peer_id = NULL;
  g_autoptr (GBytes) signature = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  const char *id;
  const char *text;
  gint64 incarnation;
  int type;

  if (object == NULL || !weft_json_check_members (object, note_member_names, path, error))
    return FALSE;
  type = parse_word (object, "type", note_names, path, error);
  id = type >= 0 ? weft_json_require_string (object, "id", path, error) : NULL;
  if (id == NULL ||
      !weft_json_require_integer (object, "incarnation", path, 0, WEFT_LIMIT_INTEGER_MAX,
                                  &incarnation, error) ||
      !weft_json_optional_string (object, "signature", path, &text, error))
    return FALSE;
  peer_id = weft_peer_id_parse (id, NULL);
  if (peer_id == NULL)
    {
      weft_json_set_error (error, &id_path, "expected a peer id");
      return FALSE;
    }
  signature = text != NULL ? weft_base64url_decode (text, WEFT_SIGNATURE_BYTES) : NULL;
  if ((signature != NULL) != (type == WEFT_RING_NOTE_LEFT))
    {
      weft_json_set_error (error, &signature_path, "expected the %d bytes of who left, and of "
                           "nobody else", WEFT_SIGNATURE_BYTES);
      return FALSE;
    }
  weft_ring_message_add_note (self, type, peer_id, incarnation, signature);

  return TRUE;
}

static gboolean
parse_notes (WeftRingMessage *self,
             JsonObject      *object,
             GError         **error)
{
  const WeftJsonPath list = { NULL, "notes", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  gboolean is_wrong = FALSE;
  JsonArray *array = parse_list (object, "notes", WEFT_RING_NOTES_MAX, &is_wrong, error);

  for (; array != NULL && here.index < json_array_get_length (array); here.index++)
    if (!parse_note (self, json_array_get_element (array, here.index), &here, error))
      return FALSE;

  return !is_wrong;
}

static gboolean
parse_measure (WeftRingMessage *self,
               JsonObject      *object,
               GError         **error)
{
  const WeftJsonPath path = { NULL, "measure", 0 };
  const WeftJsonPath arc_path = { &path, "arc", 0 };
  JsonNode *member = json_object_get_member (object, "measure");
  JsonNode *arc;
  gint64 gaps;

  if (member == NULL)
    return TRUE;
  object = weft_json_get_object (member, &path, error);
  if (object == NULL || !weft_json_check_members (object, measure_member_names, &path, error) ||
      !weft_json_require_integer (object, "gaps", &path, 1, G_MAXINT32, &gaps, error) ||
      !weft_json_optional_boolean (object, "closed", &path, FALSE, &self->measure.is_closed, error))
    return FALSE;
  arc = weft_json_require_member (object, "arc", &path, error);
  if (arc == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (arc) ||
      (json_node_get_value_type (arc) != G_TYPE_DOUBLE &&
       json_node_get_value_type (arc) != G_TYPE_INT64) ||
      !(json_node_get_double (arc) > 0.0 && json_node_get_double (arc) <= 1.0))
    {
      weft_json_set_error (error, &arc_path, "expected a share of the ring, above 0 and up to 1");
      return FALSE;
    }
  self->measure.gaps = gaps;
  self->measure.arc = json_node_get_double (arc);

  return TRUE;
}

static gboolean
parse_key (WeftRingMessage *self,
           JsonObject      *object,
           GError         **error)
{
  const WeftJsonPath path = { NULL, "key", 0 };
  g_autoptr (GBytes) bytes = NULL;
  const char *text;

  if (!weft_json_optional_string (object, "key", NULL, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  bytes = weft_base64url_decode (text, WEFT_RING_KEY_LENGTH);
  if (bytes == NULL)
    {
      weft_json_set_error (error, &path, "expected %d bytes as base64url", WEFT_RING_KEY_LENGTH);
      return FALSE;
    }
  weft_ring_point_from_key (&self->key, g_bytes_get_data (bytes, NULL));
  self->has_key = TRUE;

  return TRUE;
}

/* One side of the view. */
static gboolean
parse_side (WeftRingMessage *self,
            JsonObject      *object,
            const char      *name,
            GError         **error)
{
  const WeftJsonPath path = { NULL, name, 0 };
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  const char *text;
  gsize length;

  if (!weft_json_optional_string (object, name, NULL, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  length = strlen (text) * 3 / 4;
  bytes = length % 4 == 0 && length / 4 <= WEFT_RING_VIEW_MAX / 2
            ? weft_base64url_decode (text, length) : NULL;
  if (bytes == NULL)
    {
      weft_json_set_error (error, &path, "expected up to %d numbers of four bytes as base64url",
                           WEFT_RING_VIEW_MAX / 2);
      return FALSE;
    }
  data = g_bytes_get_data (bytes, NULL);
  self->has_view = TRUE;
  for (gsize i = 0; i < length / 4; i++)
    {
      guint32 word;

      memcpy (&word, data + 4 * i, sizeof word);
      self->view[self->n_view++] = GUINT32_FROM_BE (word);
    }

  return TRUE;
}

static gboolean
parse_view (WeftRingMessage *self,
            JsonObject      *object,
            GError         **error)
{
  if (!parse_side (self, object, "after", error))
    return FALSE;
  self->n_after = self->n_view;

  return parse_side (self, object, "before", error);
}

static gboolean
parse_numbers (WeftRingMessage *self,
               JsonObject      *object,
               GError         **error)
{
  gint64 nonce;
  gint64 incarnation;
  gint64 known;
  gint64 count;

  if (!weft_json_require_integer (object, "nonce", NULL, 1, WEFT_RING_NONCE_MAX, &nonce, error) ||
      !weft_json_optional_integer (object, "incarnation", NULL, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &incarnation, error) ||
      !weft_json_optional_integer (object, "known", NULL, 1, WEFT_LIMIT_INTEGER_MAX, 0, &known,
                                   error) ||
      !weft_json_optional_integer (object, "count", NULL, 1, WEFT_RING_CONTACTS_MAX, 0, &count,
                                   error) ||
      !weft_json_optional_boolean (object, "reply", NULL, FALSE, &self->is_reply, error) ||
      !weft_json_optional_boolean (object, "unknown", NULL, FALSE, &self->is_unknown, error) ||
      !weft_json_optional_boolean (object, "reached", NULL, FALSE, &self->is_reached, error))
    return FALSE;
  self->nonce = nonce;
  self->incarnation = incarnation;
  self->known = known;
  self->count = count;

  return TRUE;
}

/* What only a reply has, and what a request cannot do without. */
static gboolean
check_shape (WeftRingMessage *self,
             GError         **error)
{
  if (!self->is_reply && (self->is_refused || self->is_unknown || self->is_reached))
    {
      weft_json_set_error (error, NULL, "expected a request, got members of a reply");
      return FALSE;
    }
  if (!self->is_reply && self->type == WEFT_RING_LOOKUP && !self->has_key)
    {
      weft_json_set_error (error, NULL, "expected a key to look up");
      return FALSE;
    }
  if (!self->is_reply && self->type == WEFT_RING_LEAVE &&
      (self->notes == NULL ||
       g_array_index (self->notes, WeftRingNote, 0).type != WEFT_RING_NOTE_LEFT))
    {
      weft_json_set_error (error, NULL, "expected a note of who left");
      return FALSE;
    }

  return TRUE;
}

WeftRingMessage *
weft_ring_message_from_json (JsonNode *json,
                             GError  **error)
{
  g_autoptr (WeftRingMessage) self = NULL;
  JsonObject *object;
  int type;

  g_assert (json != NULL);

  object = weft_json_get_object (json, NULL, error);
  if (object == NULL || !weft_json_check_members (object, member_names, NULL, error))
    return NULL;
  type = parse_word (object, "type", type_names, NULL, error);
  if (type < 0)
    return NULL;
  self = weft_ring_message_new (type);
  if (json_object_has_member (object, "refused"))
    {
      int refusal = parse_word (object, "refused", weft_ring_refusals, NULL, error);

      if (refusal < 0)
        return NULL;
      self->is_refused = TRUE;
      self->reason = weft_ring_refusals[refusal];
    }
  if (!parse_numbers (self, object, error) ||
      !parse_contact (object, "sender", &self->sender, error) ||
      !parse_contact (object, "subject", &self->subject, error) ||
      !parse_key (self, object, error) ||
      !parse_view (self, object, error) ||
      !parse_contacts (self, object, error) ||
      !parse_notes (self, object, error) ||
      !parse_measure (self, object, error) ||
      !check_shape (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

static JsonNode *
note_to_json (const WeftRingNote *note)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", note_names[note->type]);
  json_object_set_string_member (object, "id", weft_peer_id_get_text (note->peer_id));
  json_object_set_int_member (object, "incarnation", note->incarnation);
  if (note->signature != NULL)
    {
      g_autofree char *text = weft_base64url_encode (note->signature);

      json_object_set_string_member (object, "signature", text);
    }

  return weft_content_seal_object (object);
}

static void
write_lists (WeftRingMessage *self,
             JsonObject      *object)
{
  if (self->contacts != NULL)
    {
      JsonArray *array = json_array_sized_new (self->contacts->len);

      for (guint i = 0; i < self->contacts->len; i++)
        json_array_add_element (array,
                                weft_ring_contact_to_json (self->contacts->pdata[i]));
      json_object_set_array_member (object, "contacts", array);
    }
  if (self->notes != NULL)
    {
      JsonArray *array = json_array_sized_new (self->notes->len);

      for (guint i = 0; i < self->notes->len; i++)
        json_array_add_element (array,
                                note_to_json (&g_array_index (self->notes, WeftRingNote, i)));
      json_object_set_array_member (object, "notes", array);
    }
}

static void
write_side (JsonObject    *object,
            const char    *name,
            const guint32 *view,
            guint          n_view)
{
  guint32 words[WEFT_RING_VIEW_MAX];
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n_view; i++)
    words[i] = GUINT32_TO_BE (view[i]);
  bytes = g_bytes_new (words, 4 * n_view);
  text = weft_base64url_encode (bytes);
  json_object_set_string_member (object, name, text);
}

static void
write_places (WeftRingMessage *self,
              JsonObject      *object)
{
  if (self->has_key)
    {
      guint8 key[WEFT_RING_KEY_LENGTH];
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;

      weft_ring_point_to_key (&self->key, key);
      bytes = g_bytes_new (key, sizeof key);
      text = weft_base64url_encode (bytes);
      json_object_set_string_member (object, "key", text);
    }
  if (self->has_view)
    {
      write_side (object, "after", self->view, self->n_after);
      write_side (object, "before", self->view + self->n_after, self->n_view - self->n_after);
    }
  if (self->measure.gaps != 0)
    {
      JsonObject *measure = json_object_new ();

      json_object_set_int_member (measure, "gaps", self->measure.gaps);
      json_object_set_double_member (measure, "arc", self->measure.arc);
      if (self->measure.is_closed)
        json_object_set_boolean_member (measure, "closed", TRUE);
      json_object_set_object_member (object, "measure", measure);
    }
}

static void
write_integer (JsonObject *object,
               const char *name,
               guint64     value)
{
  if (value != 0)
    json_object_set_int_member (object, name, (gint64) value);
}

static void
write_flag (JsonObject *object,
            const char *name,
            gboolean    value)
{
  if (value)
    json_object_set_boolean_member (object, name, TRUE);
}

JsonNode *
weft_ring_message_to_json (WeftRingMessage *self)
{
  JsonObject *object = json_object_new ();

  g_assert (self->nonce >= 1);
  g_assert (self->nonce <= WEFT_RING_NONCE_MAX);

  json_object_set_string_member (object, "type", type_names[self->type]);
  write_flag (object, "reply", self->is_reply);
  if (self->is_refused)
    json_object_set_string_member (object, "refused", self->reason);
  if (self->sender != NULL)
    json_object_set_member (object, "sender", weft_ring_contact_to_json (self->sender));
  if (self->subject != NULL)
    json_object_set_member (object, "subject", weft_ring_contact_to_json (self->subject));
  write_integer (object, "incarnation", self->incarnation);
  write_integer (object, "known", self->known);
  write_integer (object, "count", self->count);
  write_integer (object, "nonce", self->nonce);
  write_flag (object, "unknown", self->is_unknown);
  write_flag (object, "reached", self->is_reached);
  write_places (self, object);
  write_lists (self, object);

  return weft_content_seal_object (object);
}
