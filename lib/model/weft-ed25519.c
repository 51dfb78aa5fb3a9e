/* weft-ed25519.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ed25519-private.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (WEFT_ED25519_SEED_LENGTH == crypto_sign_SEEDBYTES);
G_STATIC_ASSERT (WEFT_ED25519_KEY_LENGTH == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (WEFT_ED25519_SIGNATURE_LENGTH == crypto_sign_BYTES);

/* The library wants it before all else. It asks the system for chance, though nothing here needs
 * any; in the middle of a simulation that would be a leak. */
__attribute__ ((constructor)) static void
make_ready (void)
{
  int result = sodium_init ();

  g_assert (result >= 0);
}

void
weft_ed25519_derive (const guint8 seed[WEFT_ED25519_SEED_LENGTH],
                     guint8       public_key[WEFT_ED25519_KEY_LENGTH])
{
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];

  crypto_sign_seed_keypair (public_key, secret_key, seed);
  sodium_memzero (secret_key, sizeof secret_key);
}

void
weft_ed25519_sign (const guint8  seed[WEFT_ED25519_SEED_LENGTH],
                   const guint8  public_key[WEFT_ED25519_KEY_LENGTH],
                   const guint8 *data,
                   gsize         length,
                   guint8        signature[WEFT_ED25519_SIGNATURE_LENGTH])
{
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];

  /* Which is nothing but the two, one after the other. */
  memcpy (secret_key, seed, WEFT_ED25519_SEED_LENGTH);
  memcpy (secret_key + WEFT_ED25519_SEED_LENGTH, public_key, WEFT_ED25519_KEY_LENGTH);
  crypto_sign_detached (signature, NULL, data, length, secret_key);
  sodium_memzero (secret_key, sizeof secret_key);
}

gboolean
weft_ed25519_verify (const guint8  public_key[WEFT_ED25519_KEY_LENGTH],
                     const guint8 *data,
                     gsize         length,
                     const guint8  signature[WEFT_ED25519_SIGNATURE_LENGTH])
{
  return crypto_sign_verify_detached (signature, data, length, public_key) == 0;
}
