/* weft-ring-message-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-message-private.h"

#include <string.h>

#include "weft-base64url-private.h"
#include "weft-json-string-private.h"
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
parse_word (const WeftItem     *object,
            const char         *name,
            const char *const  *words,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath here = { path, name, 0 };
  const char *text = weft_item_require_string (object, name, path, error);
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
parse_contact (const WeftItem     *object,
               const char         *name,
               WeftRingContact   **contact,
               GError            **error)
{
  const WeftJsonPath here = { NULL, name, 0 };
  const WeftItem *member = weft_item_find (object, name);

  if (member == NULL)
    return TRUE;
  *contact = weft_ring_contact_read (member, &here, error);

  return *contact != NULL;
}

/* The array, or NULL: with an error where there is one that is wrong. */
static const WeftItem *
parse_list (const WeftItem *object,
            const char     *name,
            guint           length_max,
            gboolean       *is_wrong,
            GError        **error)
{
  const WeftJsonPath here = { NULL, name, 0 };
  const WeftItem *member = weft_item_find (object, name);
  const WeftItem *array;

  if (member == NULL)
    return NULL;
  *is_wrong = TRUE;
  array = weft_item_get_array (member, &here, error);
  if (array == NULL)
    return NULL;
  if (array->length > length_max)
    {
      weft_json_set_error (error, &here, "expected at most %u elements, got %u", length_max,
                           array->length);
      return NULL;
    }
  *is_wrong = FALSE;

  return array;
}

static gboolean
parse_contacts (WeftRingMessage *self,
                const WeftItem  *object,
                GError         **error)
{
  const WeftJsonPath list = { NULL, "contacts", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  gboolean is_wrong = FALSE;
  const WeftItem *array = parse_list (object, "contacts", WEFT_RING_CONTACTS_MAX, &is_wrong,
                                      error);
  const WeftItem *item = array != NULL ? weft_item_first (array) : NULL;

  for (; item != NULL; item = weft_item_next (array, item), here.index++)
    {
      g_autoptr (WeftRingContact) contact = weft_ring_contact_read (item, &here, error);

      if (contact == NULL)
        return FALSE;
      weft_ring_message_add_contact (self, contact);
    }

  return !is_wrong;
}

static gboolean
parse_note (WeftRingMessage    *self,
            const WeftItem     *item,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath id_path = { path, "id", 0 };
  const WeftJsonPath signature_path = { path, "signature", 0 };
  g_autoptr (WeftPeerId) peer_id = NULL;
  g_autoptr (GBytes) signature = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *id;
  const char *text;
  gint64 incarnation;
  int type;

  if (object == NULL || !weft_item_check_members (object, note_member_names, path, error))
    return FALSE;
  type = parse_word (object, "type", note_names, path, error);
  id = type >= 0 ? weft_item_require_string (object, "id", path, error) : NULL;
  if (id == NULL ||
      !weft_item_require_integer (object, "incarnation", path, 0, WEFT_LIMIT_INTEGER_MAX,
                                  &incarnation, error) ||
      !weft_item_optional_string (object, "signature", path, &text, error))
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
             const WeftItem  *object,
             GError         **error)
{
  const WeftJsonPath list = { NULL, "notes", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  gboolean is_wrong = FALSE;
  const WeftItem *array = parse_list (object, "notes", WEFT_RING_NOTES_MAX, &is_wrong, error);
  const WeftItem *item = array != NULL ? weft_item_first (array) : NULL;

  for (; item != NULL; item = weft_item_next (array, item), here.index++)
    if (!parse_note (self, item, &here, error))
      return FALSE;

  return !is_wrong;
}

static gboolean
parse_measure (WeftRingMessage *self,
               const WeftItem  *object,
               GError         **error)
{
  const WeftJsonPath path = { NULL, "measure", 0 };
  const WeftJsonPath arc_path = { &path, "arc", 0 };
  const WeftItem *member = weft_item_find (object, "measure");
  const WeftItem *arc;
  double share;
  gint64 gaps;

  if (member == NULL)
    return TRUE;
  object = weft_item_get_object (member, &path, error);
  if (object == NULL || !weft_item_check_members (object, measure_member_names, &path, error) ||
      !weft_item_require_integer (object, "gaps", &path, 1, G_MAXINT32, &gaps, error) ||
      !weft_item_optional_boolean (object, "closed", &path, FALSE, &self->measure.is_closed, error))
    return FALSE;
  arc = weft_item_require_member (object, "arc", &path, error);
  if (arc == NULL)
    return FALSE;
  share = arc->kind == WEFT_ITEM_REAL ? arc->real
          : arc->kind == WEFT_ITEM_INTEGER ? (double) arc->integer : 0.0;
  if (!(share > 0.0 && share <= 1.0))
    {
      weft_json_set_error (error, &arc_path, "expected a share of the ring, above 0 and up to 1");
      return FALSE;
    }
  self->measure.gaps = gaps;
  self->measure.arc = share;

  return TRUE;
}

static gboolean
parse_key (WeftRingMessage *self,
           const WeftItem  *object,
           GError         **error)
{
  const WeftJsonPath path = { NULL, "key", 0 };
  g_autoptr (GBytes) bytes = NULL;
  const char *text;

  if (!weft_item_optional_string (object, "key", NULL, &text, error))
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
            const WeftItem  *object,
            const char      *name,
            GError         **error)
{
  const WeftJsonPath path = { NULL, name, 0 };
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  const char *text;
  gsize length;

  if (!weft_item_optional_string (object, name, NULL, &text, error))
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
            const WeftItem  *object,
            GError         **error)
{
  if (!parse_side (self, object, "after", error))
    return FALSE;
  self->n_after = self->n_view;

  return parse_side (self, object, "before", error);
}

static gboolean
parse_numbers (WeftRingMessage *self,
               const WeftItem  *object,
               GError         **error)
{
  gint64 nonce;
  gint64 incarnation;
  gint64 known;
  gint64 count;

  if (!weft_item_require_integer (object, "nonce", NULL, 1, WEFT_RING_NONCE_MAX, &nonce, error) ||
      !weft_item_optional_integer (object, "incarnation", NULL, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &incarnation, error) ||
      !weft_item_optional_integer (object, "known", NULL, 1, WEFT_LIMIT_INTEGER_MAX, 0, &known,
                                   error) ||
      !weft_item_optional_integer (object, "count", NULL, 1, WEFT_RING_CONTACTS_MAX, 0, &count,
                                   error) ||
      !weft_item_optional_boolean (object, "reply", NULL, FALSE, &self->is_reply, error) ||
      !weft_item_optional_boolean (object, "unknown", NULL, FALSE, &self->is_unknown, error) ||
      !weft_item_optional_boolean (object, "reached", NULL, FALSE, &self->is_reached, error))
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
weft_ring_message_read (const WeftItem *item,
                        GError        **error)
{
  g_autoptr (WeftRingMessage) self = NULL;
  const WeftItem *object;
  int type;

  g_assert (item != NULL);

  object = weft_item_get_object (item, NULL, error);
  if (object == NULL || !weft_item_check_members (object, member_names, NULL, error))
    return NULL;
  type = parse_word (object, "type", type_names, NULL, error);
  if (type < 0)
    return NULL;
  self = weft_ring_message_new (type);
  if (weft_item_find (object, "refused") != NULL)
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

/* Members are written in canonical order. All but the first of an object have a comma before. */
static void
append_name (GString    *text,
             const char *name)
{
  if (text->str[text->len - 1] != '{')
    g_string_append_c (text, ',');
  g_string_append_c (text, '"');
  g_string_append (text, name);
  g_string_append (text, "\":");
}

/* A word that needs no escapes. */
static void
append_word (GString    *text,
             const char *name,
             const char *word)
{
  append_name (text, name);
  g_string_append_c (text, '"');
  g_string_append (text, word);
  g_string_append_c (text, '"');
}

static void
append_bytes (GString      *text,
              const char   *name,
              const guint8 *data,
              gsize         length)
{
  g_autofree char *encoded = weft_base64url_encode_data (data, length);

  append_word (text, name, encoded);
}

static void
append_integer (GString    *text,
                const char *name,
                guint64     value)
{
  if (value == 0)
    return;
  append_name (text, name);
  weft_json_append_integer (text, (gint64) value);
}

static void
append_flag (GString    *text,
             const char *name,
             gboolean    value)
{
  if (!value)
    return;
  append_name (text, name);
  g_string_append (text, "true");
}

static void
append_contact (GString         *text,
                const char      *name,
                WeftRingContact *contact)
{
  if (contact == NULL)
    return;
  append_name (text, name);
  weft_ring_contact_append (contact, text);
}

static void
append_contacts (GString   *text,
                 GPtrArray *contacts)
{
  append_name (text, "contacts");
  g_string_append_c (text, '[');
  for (guint i = 0; i < contacts->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      weft_ring_contact_append (contacts->pdata[i], text);
    }
  g_string_append_c (text, ']');
}

static void
append_notes (GString *text,
              GArray  *notes)
{
  append_name (text, "notes");
  g_string_append_c (text, '[');
  for (guint i = 0; i < notes->len; i++)
    {
      const WeftRingNote *note = &g_array_index (notes, WeftRingNote, i);

      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, '{');
      append_word (text, "id", weft_peer_id_get_text (note->peer_id));
      append_name (text, "incarnation");
      weft_json_append_integer (text, (gint64) note->incarnation);
      if (note->signature != NULL)
        append_bytes (text, "signature", g_bytes_get_data (note->signature, NULL),
                      g_bytes_get_size (note->signature));
      append_word (text, "type", note_names[note->type]);
      g_string_append_c (text, '}');
    }
  g_string_append_c (text, ']');
}

static void
append_side (GString       *text,
             const char    *name,
             const guint32 *view,
             guint          n_view)
{
  guint32 words[WEFT_RING_VIEW_MAX];

  for (guint i = 0; i < n_view; i++)
    words[i] = GUINT32_TO_BE (view[i]);
  append_bytes (text, name, (const guint8 *) words, sizeof *words * n_view);
}

static void
append_key (GString             *text,
            const WeftRingPoint *point)
{
  guint8 key[WEFT_RING_KEY_LENGTH];

  weft_ring_point_to_key (point, key);
  append_bytes (text, "key", key, sizeof key);
}

static void
append_measure (GString               *text,
                const WeftRingMeasure *measure)
{
  char arc[WEFT_JSON_NUMBER_CHARS_MAX];

  append_name (text, "measure");
  g_string_append_c (text, '{');
  append_name (text, "arc");
  weft_json_format_double (measure->arc, arc);
  g_string_append (text, arc);
  append_flag (text, "closed", measure->is_closed);
  append_integer (text, "gaps", measure->gaps);
  g_string_append_c (text, '}');
}

void
weft_ring_message_append (WeftRingMessage *self,
                          GString         *text)
{
  g_assert (self->nonce >= 1);
  g_assert (self->nonce <= WEFT_RING_NONCE_MAX);

  g_string_append_c (text, '{');
  if (self->has_view)
    {
      append_side (text, "after", self->view, self->n_after);
      append_side (text, "before", self->view + self->n_after, self->n_view - self->n_after);
    }
  if (self->contacts != NULL)
    append_contacts (text, self->contacts);
  append_integer (text, "count", self->count);
  append_integer (text, "incarnation", self->incarnation);
  if (self->has_key)
    append_key (text, &self->key);
  append_integer (text, "known", self->known);
  if (self->measure.gaps != 0)
    append_measure (text, &self->measure);
  append_integer (text, "nonce", self->nonce);
  if (self->notes != NULL)
    append_notes (text, self->notes);
  append_flag (text, "reached", self->is_reached);
  if (self->is_refused)
    append_word (text, "refused", self->reason);
  append_flag (text, "reply", self->is_reply);
  append_contact (text, "sender", self->sender);
  append_contact (text, "subject", self->subject);
  append_word (text, "type", type_names[self->type]);
  append_flag (text, "unknown", self->is_unknown);
  g_string_append_c (text, '}');
}
