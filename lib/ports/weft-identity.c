/* weft-identity.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "weft-ed25519-private.h"
#include "weft-error.h"
#include "weft-identity-file-private.h"
#include "weft-identity.h"

/**
 * WeftIdentity:
 *
 * The key by which a node is known, and with which it proves that it is the one.
 *
 * It is an Ed25519 key. It does not change, and can be used by several threads. Its file is PKCS#8
 * in PEM (`BEGIN PRIVATE KEY`), which `openssl pkey` and others can read, and which only its
 * owner may.
 *
 * A class that derives from this one signs in its own way, and gives
 * [property@Weft.Identity:peer-id] when it is made; such an identity cannot be saved. Others
 * believe its signatures when the [iface@Weft.Verifier] they ask knows that way.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 seed[WEFT_IDENTITY_SEED_LENGTH];
  gboolean has_seed;
  WeftPeerId *peer_id;
  gsize n_signed; /* atomic */
} WeftIdentityPrivate;

enum
{
  PROP_PEER_ID = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE_WITH_PRIVATE (WeftIdentity, weft_identity, G_TYPE_OBJECT)

static WeftIdentityPrivate *
get_private (WeftIdentity *self)
{
  return weft_identity_get_instance_private (self);
}

static void
weft_identity_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  g_assert (property_id == PROP_PEER_ID);

  g_value_set_boxed (value, get_private (WEFT_IDENTITY (object))->peer_id);
}

static void
weft_identity_set_property (GObject      *object,
                            guint         property_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  g_assert (property_id == PROP_PEER_ID);

  get_private (WEFT_IDENTITY (object))->peer_id = g_value_dup_boxed (value);
}

static void
weft_identity_finalize (GObject *object)
{
  WeftIdentityPrivate *priv = get_private (WEFT_IDENTITY (object));

  gnutls_memset (priv->seed, 0, sizeof priv->seed);
  g_clear_pointer (&priv->peer_id, weft_peer_id_unref);

  G_OBJECT_CLASS (weft_identity_parent_class)->finalize (object);
}

static GBytes *
weft_identity_real_sign (WeftIdentity *self,
                         GBytes       *message)
{
  WeftIdentityPrivate *priv = get_private (self);
  guint8 signature[WEFT_ED25519_SIGNATURE_LENGTH];
  const guint8 *data;
  gsize length;

  /* A class that derives from this one and has no key signs by itself. */
  g_return_val_if_fail (priv->has_seed, NULL);

  data = g_bytes_get_data (message, &length);
  weft_ed25519_sign (priv->seed, weft_peer_id_get_public_key (priv->peer_id, NULL), data, length,
                     signature);

  return g_bytes_new (signature, sizeof signature);
}

static void
weft_identity_class_init (WeftIdentityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = weft_identity_get_property;
  object_class->set_property = weft_identity_set_property;
  object_class->finalize = weft_identity_finalize;
  klass->sign = weft_identity_real_sign;

  /**
   * WeftIdentity:peer-id: (getter get_peer_id)
   *
   * The name by which others know this identity.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_ID] =
    g_param_spec_boxed ("peer-id", NULL, NULL, WEFT_TYPE_PEER_ID, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_identity_init (WeftIdentity *self)
{
}

static WeftIdentity *
identity_new (const guint8 seed[WEFT_IDENTITY_SEED_LENGTH])
{
  g_autoptr(WeftPeerId) peer_id = NULL;
  WeftIdentityPrivate *priv;
  WeftIdentity *self;
  guint8 public_key[WEFT_IDENTITY_SEED_LENGTH];

  weft_ed25519_derive (seed, public_key);
  peer_id = weft_peer_id_new_from_public_key (public_key, sizeof public_key, NULL);
  /* No seed leads to a key that is refused: the private scalar is never zero. */
  g_assert (peer_id != NULL);

  self = g_object_new (WEFT_TYPE_IDENTITY, "peer-id", peer_id, NULL);
  priv = get_private (self);
  memcpy (priv->seed, seed, sizeof priv->seed);
  priv->has_seed = TRUE;

  return self;
}

/**
 * weft_identity_new:
 * @random: where the key comes from
 *
 * Makes a new key, which is nowhere yet but in memory.
 *
 * Returns: (transfer full): a new identity
 *
 * Since: 0.1
 */
WeftIdentity *
weft_identity_new (WeftRandom *random)
{
  guint8 seed[WEFT_IDENTITY_SEED_LENGTH];
  WeftIdentity *self;

  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  weft_random_fill (random, seed, sizeof seed);
  self = identity_new (seed);
  gnutls_memset (seed, 0, sizeof seed);

  return self;
}

/**
 * weft_identity_new_from_seed:
 * @seed: an Ed25519 private key, 32 bytes
 * @error: return location for an error
 *
 * Makes the identity of a private key. The caller clears its own copy, if need be.
 *
 * Sets [error@Weft.Error.INVALID] when @seed has another length.
 *
 * Returns: (transfer full): a new identity
 *
 * Since: 0.1
 */
WeftIdentity *
weft_identity_new_from_seed (GBytes  *seed,
                             GError **error)
{
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (seed != NULL, NULL);

  data = g_bytes_get_data (seed, &length);
  if (length != WEFT_IDENTITY_SEED_LENGTH)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a seed of %d bytes, got %" G_GSIZE_FORMAT " bytes",
                   WEFT_IDENTITY_SEED_LENGTH, length);
      return NULL;
    }

  return identity_new (data);
}

/**
 * weft_identity_load:
 * @path: (type filename): the name of a key file
 * @error: return location for an error
 *
 * Reads a key file.
 *
 * Sets [error@Weft.Error.NOT_FOUND] when there is none, [error@Weft.Error.REFUSED] when it may not
 * be read, or when others than its owner may read it, and [error@Weft.Error.INVALID] or
 * [error@Weft.Error.TOO_LARGE] when it holds something else than one Ed25519 key. Each message
 * names @path.
 *
 * Returns: (transfer full): the identity
 *
 * Since: 0.1
 */
WeftIdentity *
weft_identity_load (const char *path,
                    GError    **error)
{
  guint8 seed[WEFT_IDENTITY_SEED_LENGTH];
  WeftIdentity *self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (weft_identity_file_read (path, seed, error))
    self = identity_new (seed);
  gnutls_memset (seed, 0, sizeof seed);

  return self;
}

/**
 * weft_identity_save:
 * @self: an identity
 * @path: (type filename): the name of the key file
 * @overwrite: whether a file of that name is replaced; its key is lost then
 * @error: return location for an error
 *
 * Writes the key to a file that only its owner can read.
 *
 * The file is there in whole or not at all, and it is on the disk when this returns.
 *
 * Sets [error@Weft.Error.EXISTS] when there is a file and @overwrite is %FALSE, and
 * [error@Weft.Error.NOT_FOUND], [error@Weft.Error.REFUSED], [error@Weft.Error.UNAVAILABLE] or
 * [error@Weft.Error.FAILED] when the file system does not let it be created;
 * [error@Weft.Error.REFUSED] also for an identity of a derived class, which has no key to save.
 * Each message names @path.
 *
 * Returns: whether it is saved
 *
 * Since: 0.1
 */
gboolean
weft_identity_save (WeftIdentity *self,
                    const char   *path,
                    gboolean      overwrite,
                    GError      **error)
{
  g_return_val_if_fail (WEFT_IS_IDENTITY (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!get_private (self)->has_seed)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                   "key file %s: expected an identity that has its key in memory, got one of %s",
                   path, G_OBJECT_TYPE_NAME (self));
      return FALSE;
    }

  return weft_identity_file_write (path, get_private (self)->seed, overwrite, error);
}

/**
 * weft_identity_get_peer_id: (get-property peer-id)
 * @self: an identity
 *
 * Gets the name by which others know this identity.
 *
 * Returns: (transfer none): the peer id
 *
 * Since: 0.1
 */
WeftPeerId *
weft_identity_get_peer_id (WeftIdentity *self)
{
  g_return_val_if_fail (WEFT_IS_IDENTITY (self), NULL);

  return get_private (self)->peer_id;
}

/**
 * weft_identity_sign: (virtual sign)
 * @self: an identity
 * @message: what to sign
 *
 * Signs a message. The same message always gets the same signature.
 *
 * Returns: (transfer full): the 64 bytes of the signature, for [method@Weft.Verifier.verify]
 *
 * Since: 0.1
 */
GBytes *
weft_identity_sign (WeftIdentity *self,
                    GBytes       *message)
{
  g_return_val_if_fail (WEFT_IS_IDENTITY (self), NULL);
  g_return_val_if_fail (message != NULL, NULL);
  g_return_val_if_fail (g_bytes_get_size (message) <= G_MAXUINT, NULL);

  g_atomic_pointer_add (&get_private (self)->n_signed, 1);

  return WEFT_IDENTITY_GET_CLASS (self)->sign (self, message);
}

/**
 * weft_identity_get_n_signed:
 * @self: an identity
 *
 * Gets how many signatures it made.
 *
 * Returns: the number of calls of [method@Weft.Identity.sign]
 *
 * Since: 0.1
 */
guint64
weft_identity_get_n_signed (WeftIdentity *self)
{
  g_return_val_if_fail (WEFT_IS_IDENTITY (self), 0);

  return (gsize) g_atomic_pointer_get (&get_private (self)->n_signed);
}
