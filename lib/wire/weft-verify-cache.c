/* weft-verify-cache.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-verify-cache-private.h"

#include <string.h>

#include "weft-json-private.h"

struct _WeftVerifyCache
{
  WeftVerify verify;
  guint n_max;
  GHashTable *known; /* (element-type Key): each is in `keys` */
  struct Key **keys; /* (owned): a ring of n_max, the oldest at `next` once it is full */
  guint next;
  GHashTable *known_leaves; /* (element-type Leaf): each is in `leaves` */
  struct Leaf *leaves;      /* a ring of n_max as well; those not taken yet have no signer */
  guint next_leaf;
  guint64 n_checks;
  guint64 n_hits;
};

/* What was signed, by whom, and how. To look is to compare: to hash all of it would cost more. */
typedef struct Key
{
  WeftPeerId *signer;
  const guint8 *text;
  gsize text_size;
  const guint8 *signature;
  gsize signature_size;
  guint8 bytes[]; /* of one that is kept: the signature and the text */
} Key;

/* Many sign the same leaf, and one signature is on many. */
typedef struct Leaf
{
  guint8 hash[WEFT_SHA256_BYTES];
  WeftPeerId *signer;
  WeftSignature *signature;
} Leaf;

/* Only what is valid comes in here, and the later half of a signature follows from a hash of the
 * text: nobody can choose what collides. */
static guint
hash_signature (const guint8 *signature,
                gsize         size)
{
  guint hash = 0;

  memcpy (&hash, signature + size / 2, MIN (sizeof hash, size - size / 2));
  return hash;
}

static guint
hash_key (gconstpointer pointer)
{
  const Key *key = pointer;

  return hash_signature (key->signature, key->signature_size);
}

static gboolean
equal_keys (gconstpointer a,
            gconstpointer b)
{
  const Key *one = a;
  const Key *other = b;

  return one->signature_size == other->signature_size
         && one->text_size == other->text_size
         && memcmp (one->signature, other->signature, one->signature_size) == 0
         && memcmp (one->text, other->text, one->text_size) == 0
         && weft_peer_id_equal (one->signer, other->signer);
}

static Key *
key_copy (const Key *key)
{
  Key *copy = g_malloc (sizeof *copy + key->signature_size + key->text_size);

  *copy = *key;
  copy->signer = weft_peer_id_ref (key->signer);
  copy->signature = copy->bytes;
  copy->text = copy->bytes + key->signature_size;
  memcpy (copy->bytes, key->signature, key->signature_size);
  memcpy (copy->bytes + key->signature_size, key->text, key->text_size);

  return copy;
}

static void
key_free (Key *key)
{
  weft_peer_id_unref (key->signer);
  g_free (key);
}

static guint
hash_leaf (gconstpointer pointer)
{
  const Leaf *leaf = pointer;

  return hash_signature (weft_signature_get_bytes (leaf->signature), WEFT_SIGNATURE_BYTES)
         ^ hash_signature (leaf->hash, sizeof leaf->hash);
}

static gboolean
equal_leaves (gconstpointer a,
              gconstpointer b)
{
  const Leaf *one = a;
  const Leaf *other = b;

  return memcmp (one->hash, other->hash, sizeof one->hash) == 0
         && weft_peer_id_equal (one->signer, other->signer)
         && weft_signature_equal (one->signature, other->signature);
}

WeftVerifyCache *
weft_verify_cache_new (const WeftVerify *verify,
                       guint             n_max)
{
  WeftVerifyCache *self = g_new0 (WeftVerifyCache, 1);

  g_assert (verify->verify != NULL);
  g_assert (n_max >= 1);

  self->verify = *verify;
  self->n_max = n_max;
  self->keys = g_new0 (Key *, n_max);
  self->known = g_hash_table_new (hash_key, equal_keys);
  self->leaves = g_new0 (Leaf, n_max);
  self->known_leaves = g_hash_table_new (hash_leaf, equal_leaves);

  return self;
}

void
weft_verify_cache_free (WeftVerifyCache *self)
{
  for (guint i = 0; i < g_hash_table_size (self->known); i++)
    key_free (self->keys[i]);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->keys, g_free);
  g_clear_pointer (&self->known_leaves, g_hash_table_unref);
  for (guint i = 0; i < self->n_max && self->leaves[i].signer != NULL; i++)
    {
      weft_peer_id_unref (self->leaves[i].signer);
      weft_signature_unref (self->leaves[i].signature);
    }
  g_clear_pointer (&self->leaves, g_free);
  g_free (self);
}

static void
remember (WeftVerifyCache *self,
          const Key       *key)
{
  Key **place = &self->keys[self->next];

  if (g_hash_table_size (self->known) == self->n_max)
    {
      g_hash_table_remove (self->known, *place);
      key_free (*place);
    }
  *place = key_copy (key);
  g_hash_table_add (self->known, *place);
  self->next = (self->next + 1) % self->n_max;
}

/* Bytes of no length have no place. */
static const guint8 *
get_data (GBytes *bytes,
          gsize  *size)
{
  const guint8 *data = g_bytes_get_data (bytes, size);

  return data != NULL ? data : (const guint8 *) "";
}

static gboolean
verify_cached (gpointer    data,
               WeftPeerId *signer,
               GBytes     *text,
               GBytes     *signature)
{
  WeftVerifyCache *self = data;
  Key key = { .signer = signer };

  self->n_checks++;
  key.text = get_data (text, &key.text_size);
  key.signature = get_data (signature, &key.signature_size);
  if (g_hash_table_contains (self->known, &key))
    {
      self->n_hits++;
      return TRUE;
    }
  if (!self->verify.verify (self->verify.data, signer, text, signature))
    return FALSE;

  remember (self, &key);
  return TRUE;
}

gboolean
weft_verify_cache_knows (WeftVerifyCache *self,
                         WeftPeerId      *signer,
                         const guint8     leaf[WEFT_SHA256_BYTES],
                         WeftSignature   *signature)
{
  Leaf wanted = { .signer = signer, .signature = signature };

  memcpy (wanted.hash, leaf, sizeof wanted.hash);
  if (!g_hash_table_contains (self->known_leaves, &wanted))
    return FALSE;

  self->n_checks++;
  self->n_hits++;
  return TRUE;
}

void
weft_verify_cache_learn (WeftVerifyCache *self,
                         WeftPeerId      *signer,
                         const guint8     leaf[WEFT_SHA256_BYTES],
                         WeftSignature   *signature)
{
  Leaf *place = &self->leaves[self->next_leaf];

  if (place->signer != NULL)
    {
      g_hash_table_remove (self->known_leaves, place);
      weft_peer_id_unref (place->signer);
      weft_signature_unref (place->signature);
    }
  memcpy (place->hash, leaf, sizeof place->hash);
  place->signer = weft_peer_id_ref (signer);
  place->signature = weft_signature_ref (signature);
  g_hash_table_add (self->known_leaves, place);
  self->next_leaf = (self->next_leaf + 1) % self->n_max;
}

WeftVerify
weft_verify_cache_get_verify (WeftVerifyCache *self)
{
  WeftVerify verify = { self->verify.network, verify_cached, self, self };

  return verify;
}

guint64
weft_verify_cache_get_n_checks (WeftVerifyCache *self)
{
  return self->n_checks;
}

guint64
weft_verify_cache_get_n_hits (WeftVerifyCache *self)
{
  return self->n_hits;
}

guint
weft_verify_cache_get_n_known (WeftVerifyCache *self)
{
  return g_hash_table_size (self->known);
}
