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
  guint64 n_checks;
  guint64 n_hits;
};

typedef struct Key
{
  guint8 digest[WEFT_SHA256_BYTES];
} Key;

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

  return self;
}

void
weft_verify_cache_free (WeftVerifyCache *self)
{
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->keys, g_free);
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

WeftVerify
weft_verify_cache_get_verify (WeftVerifyCache *self)
{
  WeftVerify verify = { self->verify.network, verify_cached, self };

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
