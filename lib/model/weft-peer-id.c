/* weft-peer-id.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "weft-base58-private.h"
#include "weft-ed25519-private.h"
#include "weft-error.h"
#include "weft-peer-id-private.h"

/**
 * WeftPeerId:
 *
 * The name of a peer, which is its Ed25519 public key.
 *
 * Its text is that of libp2p: base58btc of the identity multihash of the key in its protobuf
 * envelope, which begins with `12D3KooW`. It is immutable, and can be used by several threads.
 *
 * There is no peer id for a key whose signatures anyone could make: the keys of small order are
 * refused, and so is every other way to write a key than the one right way.
 *
 * Since: 0.1
 */

#define KEY_LENGTH WEFT_ED25519_KEY_LENGTH
#define PREFIX_LENGTH 6
#define BYTES_LENGTH (PREFIX_LENGTH + KEY_LENGTH)
/* All have 52 characters. */
#define TEXT_BYTES_MAX 56

/* The identity multihash (0x00) of 36 bytes, which are a protobuf message: field 1, the type of the
 * key, is 1 for Ed25519; field 2, the key, has 32 bytes. */
static const guint8 prefix[PREFIX_LENGTH] = { 0x00, 0x24, 0x08, 0x01, 0x12, 0x20 };

struct _WeftPeerId
{
  char text[TEXT_BYTES_MAX];
  guint8 bytes[BYTES_LENGTH];
  guint8 place[WEFT_PEER_ID_PLACE_LENGTH]; /* on the ring, once it was asked for */
  gsize has_place;
};

G_DEFINE_BOXED_TYPE (WeftPeerId, weft_peer_id, weft_peer_id_ref, weft_peer_id_unref)

/* The points of the curve whose order divides 8, without the sign of x. With such a key a signature
 * made without any secret verifies for at least one message in eight: anyone can forge one. */
static const guint8 small_order_keys[][KEY_LENGTH] = {
  /* y = 0: order 4 */
  { 0 },
  /* y = 1: order 1 */
  { 1 },
  /* order 8 */
  { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0,
    0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
    0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39,
    0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
  /* order 8 */
  { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f,
    0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
    0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
    0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
  /* y = p - 1: order 2 */
  { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
};

/* Whether y, without the sign of x, is below p = 2^255 - 19: the little-endian bytes of p are 0xed,
 * thirty times 0xff, 0x7f. */
static gboolean
is_canonical (const guint8 y[KEY_LENGTH])
{
  if (y[KEY_LENGTH - 1] != 0x7f)
    return TRUE;
  for (guint i = 1; i < KEY_LENGTH - 1; i++)
    if (y[i] != 0xff)
      return TRUE;

  return y[0] < 0xed;
}

static gboolean
check_key (const guint8  key[KEY_LENGTH],
           GError      **error)
{
  guint8 y[KEY_LENGTH];

  memcpy (y, key, KEY_LENGTH);
  y[KEY_LENGTH - 1] &= 0x7f;

  if (!is_canonical (y))
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                           "expected an Ed25519 key in its canonical form, got another form");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (small_order_keys); i++)
    if (memcmp (y, small_order_keys[i], KEY_LENGTH) == 0)
      {
        g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                             "expected an Ed25519 key of its own, got a point of small order");
        return FALSE;
      }

  return TRUE;
}

/* Says what else a multihash is, for somebody who pasted the id of another network's peer. */
static gboolean
check_prefix (const guint8 *data,
              gsize         length,
              GError      **error)
{
  const char *got = "other bytes";

  if (length == BYTES_LENGTH && memcmp (data, prefix, PREFIX_LENGTH) == 0)
    return TRUE;

  if (length == 34 && data[0] == 0x12 && data[1] == 0x20)
    got = "the hash of one, as keys of other types have";
  else if (length > 4 && data[0] == 0x00 && data[2] == 0x08 && data[3] != 0x01)
    got = "a key of another type";
  else if (length >= 2 && length < BYTES_LENGTH && memcmp (data, prefix, 2) == 0)
    got = "the beginning of one";

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected a peer id that holds an Ed25519 key (12D3KooW…), got %s", got);
  return FALSE;
}

/* Makes the peer id of a key that was checked. The text, if it is known, has only one form. */
static WeftPeerId *
peer_id_new (const guint8  key[KEY_LENGTH],
             const char   *text)
{
  WeftPeerId *self = g_atomic_rc_box_new0 (WeftPeerId);
  g_autofree char *made = NULL;
  gsize length;

  memcpy (self->bytes, prefix, PREFIX_LENGTH);
  memcpy (self->bytes + PREFIX_LENGTH, key, KEY_LENGTH);
  if (text == NULL)
    text = made = weft_base58_encode (self->bytes, BYTES_LENGTH);
  length = strlen (text);
  g_assert (length < TEXT_BYTES_MAX);
  memcpy (self->text, text, length + 1);

  return self;
}

/**
 * weft_peer_id_new_from_public_key:
 * @key: (array length=key_length) (element-type guint8): an Ed25519 public key
 * @key_length: the length of @key, which has to be 32
 * @error: return location for an error
 *
 * Makes the peer id of a key.
 *
 * Sets [error@Weft.Error.INVALID] for what is no key, or no key to trust.
 *
 * Returns: (transfer full): the peer id
 *
 * Since: 0.1
 */
WeftPeerId *
weft_peer_id_new_from_public_key (const guint8 *key,
                                  gsize         key_length,
                                  GError      **error)
{
  g_return_val_if_fail (key != NULL, NULL);

  if (key_length != KEY_LENGTH)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected an Ed25519 key of %d bytes, got %" G_GSIZE_FORMAT " bytes", KEY_LENGTH,
                   key_length);
      return NULL;
    }
  if (!check_key (key, error))
    return NULL;

  return peer_id_new (key, NULL);
}

/**
 * weft_peer_id_parse:
 * @text: the text of a peer id, such as `12D3KooW…`
 * @error: return location for an error
 *
 * Reads a peer id.
 *
 * Sets [error@Weft.Error.INVALID] or [error@Weft.Error.TOO_LARGE] for what is none.
 *
 * Returns: (transfer full): the peer id
 *
 * Since: 0.1
 */
WeftPeerId *
weft_peer_id_parse (const char *text,
                    GError    **error)
{
  guint8 data[WEFT_BASE58_BYTES_MAX];
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  if (!weft_base58_decode (text, data, &length, error))
    {
      g_prefix_error_literal (error, "peer id: ");
      return NULL;
    }
  if (!check_prefix (data, length, error) || !check_key (data + PREFIX_LENGTH, error))
    return NULL;

  return peer_id_new (data + PREFIX_LENGTH, text);
}

/**
 * weft_peer_id_get_text:
 * @self: a peer id
 *
 * Gets the text of a peer id, which is always the same for the same key.
 *
 * Returns: (transfer none): the text
 *
 * Since: 0.1
 */
const char *
weft_peer_id_get_text (WeftPeerId *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * weft_peer_id_get_bytes:
 * @self: a peer id
 * @length: (out) (optional): how many bytes there are
 *
 * Gets the bytes of which the text is the base58 form: the multihash.
 *
 * Returns: (transfer none) (array length=length) (element-type guint8): the bytes
 *
 * Since: 0.1
 */
const guint8 *
weft_peer_id_get_bytes (WeftPeerId *self,
                        gsize      *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (length != NULL)
    *length = BYTES_LENGTH;

  return self->bytes;
}

/**
 * weft_peer_id_get_public_key:
 * @self: a peer id
 * @length: (out) (optional): how many bytes the key has, which is 32
 *
 * Gets the Ed25519 public key.
 *
 * Returns: (transfer none) (array length=length) (element-type guint8): the key
 *
 * Since: 0.1
 */
const guint8 *
weft_peer_id_get_public_key (WeftPeerId *self,
                             gsize      *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (length != NULL)
    *length = KEY_LENGTH;

  return self->bytes + PREFIX_LENGTH;
}

const guint8 *
weft_peer_id_get_place (WeftPeerId *self)
{
  if (g_once_init_enter (&self->has_place))
    {
      int result = gnutls_hash_fast (GNUTLS_DIG_SHA256, self->bytes, BYTES_LENGTH, self->place);

      g_assert (result == GNUTLS_E_SUCCESS);
      g_once_init_leave (&self->has_place, 1);
    }

  return self->place;
}

/**
 * weft_peer_id_verify:
 * @self: a peer id
 * @message: what was signed
 * @signature: the signature, of 64 bytes
 *
 * Tells whether the owner of the key signed @message.
 *
 * This is the expensive operation of the whole library, some 40 µs: never do it twice for the
 * same signature.
 *
 * Returns: whether @signature is one of @message by this peer
 *
 * Since: 0.1
 */
gboolean
weft_peer_id_verify (WeftPeerId *self,
                     GBytes     *message,
                     GBytes     *signature)
{
  const guint8 *data;
  const guint8 *signature_data;
  gsize length;
  gsize signature_length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (message != NULL, FALSE);
  g_return_val_if_fail (signature != NULL, FALSE);

  data = g_bytes_get_data (message, &length);
  signature_data = g_bytes_get_data (signature, &signature_length);

  return signature_length == WEFT_ED25519_SIGNATURE_LENGTH
         && weft_ed25519_verify (self->bytes + PREFIX_LENGTH, data, length, signature_data);
}

/**
 * weft_peer_id_compare:
 * @a: a peer id
 * @b: another
 *
 * Orders peer ids by their bytes, which is also the order of their texts.
 *
 * Returns: less than, equal to or greater than zero
 *
 * Since: 0.1
 */
int
weft_peer_id_compare (WeftPeerId *a,
                      WeftPeerId *b)
{
  g_return_val_if_fail (a != NULL, 0);
  g_return_val_if_fail (b != NULL, 0);

  return memcmp (a->bytes, b->bytes, BYTES_LENGTH);
}

/**
 * weft_peer_id_hash:
 * @self: (type Weft.PeerId): a peer id
 *
 * Makes a hash for a table of peer ids.
 *
 * Returns: the hash
 *
 * Since: 0.1
 */
guint
weft_peer_id_hash (WeftPeerId *self)
{
  guint32 hash;

  g_return_val_if_fail (self != NULL, 0);

  /* A public key is as good as random; its last byte also holds the sign. */
  memcpy (&hash, self->bytes + PREFIX_LENGTH, sizeof hash);

  return GUINT32_FROM_LE (hash);
}

/**
 * weft_peer_id_ref:
 * @self: a peer id
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WeftPeerId *
weft_peer_id_ref (WeftPeerId *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * weft_peer_id_unref:
 * @self: (transfer full): a peer id
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
weft_peer_id_unref (WeftPeerId *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release (self);
}

/**
 * weft_peer_id_from_json:
 * @json: a node that holds the text
 * @error: return location for an error
 *
 * Reads a peer id from JSON.
 *
 * Sets [error@Weft.Error.INVALID] or [error@Weft.Error.TOO_LARGE] for what is none.
 *
 * Returns: (transfer full): the peer id
 *
 * Since: 0.1
 */
WeftPeerId *
weft_peer_id_from_json (JsonNode *json,
                        GError  **error)
{
  g_return_val_if_fail (json != NULL, NULL);

  if (json_node_get_value_type (json) != G_TYPE_STRING)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected the text of a peer id, got %s", json_node_type_name (json));
      return NULL;
    }

  return weft_peer_id_parse (json_node_get_string (json), error);
}

/**
 * weft_peer_id_to_json:
 * @self: a peer id
 *
 * Makes the JSON form of a peer id: its text.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_peer_id_to_json (WeftPeerId *self)
{
  JsonNode *json;

  g_return_val_if_fail (self != NULL, NULL);

  json = json_node_init_string (json_node_alloc (), self->text);
  json_node_seal (json);

  return json;
}

/**
 * weft_peer_id_to_string:
 * @self: a peer id
 *
 * Makes a copy of the text of a peer id.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
weft_peer_id_to_string (WeftPeerId *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (self->text);
}

/**
 * weft_peer_id_equal:
 * @a: a peer id
 * @b: another
 *
 * Tells whether both are the same.
 *
 * Returns: whether they are
 *
 * Since: 0.1
 */
gboolean
weft_peer_id_equal (WeftPeerId *a,
                    WeftPeerId *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return memcmp (a->bytes, b->bytes, BYTES_LENGTH) == 0;
}
