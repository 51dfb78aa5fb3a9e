/* weft-verify-cache.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-verify-cache-private.h"

#include <string.h>

#include "weft-json-private.h"

#define KEY_BYTES_ON_STACK 512

struct _WeftVerifyCache
{
  WeftVerify verify;
  guint n_max;
  GHashTable *known; /* (element-type Key): each is in `keys` */
  struct Key *keys;  /* a ring of n_max, the oldest at `next` once it is full */
  guint next;
  GHashTable *known_leaves; /* (element-type Leaf): each is in `leaves` */
  struct Leaf *leaves;      /* a ring of n_max as well; those not taken yet have no signer */
  guint next_leaf;
  guint64 n_checks;
  guint64 n_hits;
};

typedef struct Key
{
  guint8 digest[WEFT_SHA256_BYTES];
} Key;

/* Many sign the same leaf, and one signature is on many. */
typedef struct Leaf
{
  guint8 hash[WEFT_SHA256_BYTES];
  WeftPeerId *signer;
  WeftSignature *signature;
} Leaf;

/* Only what is valid comes in here, so nobody can choose what collides. */
static guint
hash_key (gconstpointer pointer)
{
  guint hash;

  memcpy (&hash, pointer, sizeof hash);
  return hash;
}

static gboolean
equal_keys (gconstpointer a,
            gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

static guint
hash_leaf (gconstpointer pointer)
{
  const Leaf *leaf = pointer;

  return hash_key (leaf->hash) ^ hash_key (weft_signature_get_bytes (leaf->signature));
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
  self->keys = g_new0 (Key, n_max);
  self->known = g_hash_table_new (hash_key, equal_keys);
  self->leaves = g_new0 (Leaf, n_max);
  self->known_leaves = g_hash_table_new (hash_leaf, equal_leaves);

  return self;
}

void
weft_verify_cache_free (WeftVerifyCache *self)
{
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

/* The lengths before each part keep two triples from having one text. */
static void
make_key (WeftPeerId *signer,
          GBytes     *text,
          GBytes     *signature,
          Key        *key)
{
  gsize signer_size;
  const guint8 *signer_data = weft_peer_id_get_bytes (signer, &signer_size);
  gsize sizes[3] = { signer_size, g_bytes_get_size (text), g_bytes_get_size (signature) };
  const void *parts[] = {
    sizes, signer_data, g_bytes_get_data (text, NULL), g_bytes_get_data (signature, NULL),
  };
  const gsize part_sizes[] = { sizeof sizes, sizes[0], sizes[1], sizes[2] };
  guint8 on_stack[KEY_BYTES_ON_STACK];
  gsize length = sizeof sizes + sizes[0] + sizes[1] + sizes[2];
  g_autofree guint8 *on_heap = length <= sizeof on_stack ? NULL : g_malloc (length);
  guint8 *all = on_heap != NULL ? on_heap : on_stack;
  guint8 *at = all;

  for (guint i = 0; i < G_N_ELEMENTS (parts); at += part_sizes[i++])
    if (part_sizes[i] > 0)
      memcpy (at, parts[i], part_sizes[i]);
  weft_sha256 (all, length, key->digest);
}

static void
remember (WeftVerifyCache *self,
          const Key       *key)
{
  Key *place = &self->keys[self->next];

  if (g_hash_table_size (self->known) == self->n_max)
    g_hash_table_remove (self->known, place);
  *place = *key;
  g_hash_table_add (self->known, place);
  self->next = (self->next + 1) % self->n_max;
}

static gboolean
verify_cached (gpointer    data,
               WeftPeerId *signer,
               GBytes     *text,
               GBytes     *signature)
{
  WeftVerifyCache *self = data;
  Key key;

  self->n_checks++;
  make_key (signer, text, signature, &key);
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
