/* weft-ring-contact.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-contact-private.h"

#include <string.h>

#include "weft-base64url-private.h"
#include "weft-content-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-signature-private.h"

#define CONTEXT "weft/contact/1"

struct _WeftRingContact
{
  guint ref_count;
  guint weight;
  WeftRingPoint point;
  guint64 incarnation;
  WeftPeerId *peer_id;
  GPtrArray *addresses; /* (element-type utf8) */
  JsonNode *metadata;   /* nullable, sealed */
  GBytes *signature;
  const char *verified_network; /* nullable, interned: where the signature was found right */
};

static const char *const member_names[] = {
  "id", "addrs", "incarnation", "meta", "signature", NULL,
};

static void
append_string (GString    *text,
               const char *string)
{
  gboolean is_valid = weft_json_append_string (text, string);

  g_assert (is_valid);
}

/* The canonical text of what is signed; the names are in order. */
static GBytes *
build_text (WeftRingContact *self,
            const char      *network)
{
  GString *text = g_string_sized_new (256);

  g_string_append (text, "[\"" CONTEXT "\",");
  append_string (text, network);
  g_string_append (text, ",{\"addrs\":[");
  for (guint i = 0; i < self->addresses->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_string (text, g_ptr_array_index (self->addresses, i));
    }
  g_string_append (text, "],\"id\":");
  append_string (text, weft_peer_id_get_text (self->peer_id));
  g_string_append_printf (text, ",\"incarnation\":%" G_GUINT64_FORMAT, self->incarnation);
  if (self->metadata != NULL)
    {
      g_string_append (text, ",\"meta\":");
      weft_json_append (text, self->metadata);
    }
  g_string_append (text, "}]");

  return g_string_free_to_bytes (text);
}

static WeftRingContact *
contact_new (WeftPeerId *peer_id,
             guint64     incarnation)
{
  WeftRingContact *self = g_new0 (WeftRingContact, 1);
  guint8 key[WEFT_RING_KEY_LENGTH];

  self->ref_count = 1;
  self->peer_id = weft_peer_id_ref (peer_id);
  self->incarnation = incarnation;
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  weft_ring_key_for_peer (peer_id, key);
  weft_ring_point_from_key (&self->point, key);

  return self;
}

/* The names, the id, the signature and the punctuation have a fixed length. */
static void
weigh (WeftRingContact *self)
{
  self->weight = 200;
  for (guint i = 0; i < self->addresses->len; i++)
    self->weight += strlen (g_ptr_array_index (self->addresses, i)) + 3;
  if (self->metadata != NULL)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      weft_json_append (text, self->metadata);
      self->weight += text->len + 8;
    }
}

WeftRingContact *
weft_ring_contact_new (WeftPeerId  *peer_id,
                       GPtrArray   *addresses,
                       guint64      incarnation,
                       JsonNode    *metadata,
                       const char  *network,
                       WeftRingSign sign,
                       gpointer     data)
{
  WeftRingContact *self;
  g_autoptr (GBytes) text = NULL;

  g_assert (peer_id != NULL);
  g_assert (addresses == NULL || addresses->len <= WEFT_LIMIT_PEER_ADDRESSES_MAX);
  g_assert (incarnation >= 1);
  g_assert (incarnation <= WEFT_LIMIT_INTEGER_MAX);
  g_assert (metadata == NULL || weft_ring_metadata_check (metadata, NULL, NULL));
  g_assert (network != NULL);
  g_assert (sign != NULL);

  self = contact_new (peer_id, incarnation);
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    g_ptr_array_add (self->addresses, g_strdup (g_ptr_array_index (addresses, i)));
  self->metadata = metadata != NULL ? weft_content_freeze (metadata) : NULL;
  text = build_text (self, network);
  self->signature = sign (text, data);
  g_assert (g_bytes_get_size (self->signature) == WEFT_SIGNATURE_BYTES);
  weigh (self);

  return self;
}

WeftRingContact *
weft_ring_contact_ref (WeftRingContact *self)
{
  self->ref_count++;

  return self;
}

void
weft_ring_contact_unref (WeftRingContact *self)
{
  g_assert (self->ref_count > 0);

  if (--self->ref_count > 0)
    return;
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->metadata, json_node_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

WeftPeerId *
weft_ring_contact_get_peer_id (WeftRingContact *self)
{
  return self->peer_id;
}

const WeftRingPoint *
weft_ring_contact_get_point (WeftRingContact *self)
{
  return &self->point;
}

GPtrArray *
weft_ring_contact_get_addresses (WeftRingContact *self)
{
  return self->addresses;
}

guint64
weft_ring_contact_get_incarnation (WeftRingContact *self)
{
  return self->incarnation;
}

JsonNode *
weft_ring_contact_get_metadata (WeftRingContact *self)
{
  return self->metadata;
}

gsize
weft_ring_contact_get_weight (WeftRingContact *self)
{
  return self->weight;
}

gboolean
weft_ring_contact_verify (WeftRingContact *self,
                          const char      *network,
                          WeftRingVerify   verify,
                          gpointer         data)
{
  g_autoptr (GBytes) text = NULL;

  g_assert (network != NULL);
  g_assert (verify != NULL);

  if (self->verified_network != NULL && strcmp (self->verified_network, network) == 0)
    return TRUE;
  text = build_text (self, network);
  if (!verify (self->peer_id, text, self->signature, data))
    return FALSE;
  self->verified_network = g_intern_string (network);

  return TRUE;
}

/* Values that cost nothing to keep and to compare, and that nobody has to look into. */
static gboolean
check_metadata (const WeftItem     *item,
                const WeftJsonPath *path,
                GError            **error)
{
  const WeftItem *object = weft_item_get_object (item, path, error);

  if (object == NULL)
    return FALSE;
  if (object->length > WEFT_RING_METADATA_MEMBERS_MAX)
    {
      weft_json_set_error (error, path, "expected at most %d members, got %u",
                           WEFT_RING_METADATA_MEMBERS_MAX, object->length);
      return FALSE;
    }

  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    if (strlen (member->name) > WEFT_RING_METADATA_STRING_BYTES_MAX ||
        (member->kind != WEFT_ITEM_STRING && member->kind != WEFT_ITEM_INTEGER &&
         member->kind != WEFT_ITEM_BOOLEAN) ||
        (member->kind == WEFT_ITEM_STRING &&
         member->length > WEFT_RING_METADATA_STRING_BYTES_MAX))
      {
        weft_json_set_error (error, path, "expected short names of short strings, integers and "
                             "booleans");
        return FALSE;
      }

  return TRUE;
}

gboolean
weft_ring_metadata_check (JsonNode           *json,
                          const WeftJsonPath *path,
                          GError            **error)
{
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (json, error);

  return tape != NULL && check_metadata (weft_tape_get_root (tape), path, error);
}

/* What an address means is for whoever dials it: a kind from the future is no reason to refuse. */
static gboolean
parse_addresses (WeftRingContact    *self,
                 const WeftItem     *object,
                 const WeftJsonPath *path,
                 GError            **error)
{
  const WeftJsonPath list = { path, "addrs", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *member = weft_item_require_member (object, "addrs", path, error);
  const WeftItem *array = member != NULL ? weft_item_get_array (member, &list, error) : NULL;

  if (array == NULL)
    return FALSE;
  if (array->length > WEFT_LIMIT_PEER_ADDRESSES_MAX)
    {
      weft_json_set_error (error, &list, "expected at most %d addresses, got %u",
                           WEFT_LIMIT_PEER_ADDRESSES_MAX, array->length);
      return FALSE;
    }
  for (const WeftItem *item = weft_item_first (array); item != NULL;
       item = weft_item_next (array, item), here.index++)
    {
      const char *text = weft_item_get_string (item, &here, error);

      if (text == NULL)
        return FALSE;
      if (text[0] != '/' || strlen (text) > WEFT_LIMIT_ADDRESS_BYTES_MAX)
        {
          weft_json_set_error (error, &here, "expected an address of at most %d bytes",
                               WEFT_LIMIT_ADDRESS_BYTES_MAX);
          return FALSE;
        }
      g_ptr_array_add (self->addresses, g_strdup (text));
    }

  return TRUE;
}

static gboolean
parse_rest (WeftRingContact    *self,
            const WeftItem     *object,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath meta_path = { path, "meta", 0 };
  const WeftJsonPath signature_path = { path, "signature", 0 };
  const WeftItem *metadata = weft_item_find (object, "meta");
  const char *signature;

  if (!parse_addresses (self, object, path, error))
    return FALSE;
  if (metadata != NULL)
    {
      if (!check_metadata (metadata, &meta_path, error))
        return FALSE;
      self->metadata = weft_item_to_node (metadata);
    }
  signature = weft_item_require_string (object, "signature", path, error);
  if (signature == NULL)
    return FALSE;
  self->signature = weft_base64url_decode (signature, WEFT_SIGNATURE_BYTES);
  if (self->signature == NULL)
    {
      weft_json_set_error (error, &signature_path, "expected %d bytes as base64url",
                           WEFT_SIGNATURE_BYTES);
      return FALSE;
    }

  return TRUE;
}

WeftRingContact *
weft_ring_contact_read (const WeftItem     *item,
                        const WeftJsonPath *path,
                        GError            **error)
{
  const WeftJsonPath id_path = { path, "id", 0 };
  g_autoptr (WeftRingContact) self = NULL;
  g_autoptr (WeftPeerId) peer_id = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *id;
  gint64 incarnation;

  if (object == NULL || !weft_item_check_members (object, member_names, path, error))
    return NULL;
  id = weft_item_require_string (object, "id", path, error);
  if (id == NULL ||
      !weft_item_require_integer (object, "incarnation", path, 1, WEFT_LIMIT_INTEGER_MAX,
                                  &incarnation, error))
    return NULL;
  peer_id = weft_peer_id_parse (id, NULL);
  if (peer_id == NULL)
    {
      weft_json_set_error (error, &id_path, "expected a peer id");
      return NULL;
    }

  self = contact_new (peer_id, incarnation);
  if (!parse_rest (self, object, path, error))
    return NULL;
  weigh (self);

  return g_steal_pointer (&self);
}

void
weft_ring_contact_append (WeftRingContact *self,
                          GString         *text)
{
  g_autofree char *signature = weft_base64url_encode (self->signature);

  g_string_append (text, "{\"addrs\":[");
  for (guint i = 0; i < self->addresses->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      weft_json_append_string (text, g_ptr_array_index (self->addresses, i));
    }
  g_string_append (text, "],\"id\":\"");
  g_string_append (text, weft_peer_id_get_text (self->peer_id));
  g_string_append (text, "\",\"incarnation\":");
  weft_json_append_integer (text, (gint64) self->incarnation);
  if (self->metadata != NULL)
    {
      g_string_append (text, ",\"meta\":");
      weft_json_append (text, self->metadata);
    }
  g_string_append (text, ",\"signature\":\"");
  g_string_append (text, signature);
  g_string_append (text, "\"}");
}

WeftRingContact *
weft_ring_contact_from_json (JsonNode *json,
                             GError  **error)
{
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_ring_contact_read (weft_tape_get_root (tape), NULL, error) : NULL;
}

JsonNode *
weft_ring_contact_to_json (WeftRingContact *self)
{
  g_autoptr (GString) text = g_string_sized_new (512);

  weft_ring_contact_append (self, text);
  return weft_json_parse_own (text->str, text->len);
}
