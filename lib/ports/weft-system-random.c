/* weft-system-random.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gnutls/crypto.h>

#include "weft-system-random.h"

/**
 * WeftSystemRandom:
 *
 * The [iface@Weft.Random] of the machine it runs on, fit for keys.
 *
 * It can be used by several threads at once.
 *
 * Since: 0.1
 */
struct _WeftSystemRandom
{
  GObject parent_instance;
};

static void
weft_system_random_fill (WeftRandom *random,
                         guint8     *data,
                         gsize       length)
{
  int result = gnutls_rnd (GNUTLS_RND_KEY, data, length);

  if (result < 0)
    g_error ("the system gives no random bytes: %s", gnutls_strerror (result));
}

static void
random_iface_init (WeftRandomInterface *iface)
{
  iface->fill = weft_system_random_fill;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSystemRandom, weft_system_random, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_RANDOM, random_iface_init))

static void
weft_system_random_class_init (WeftSystemRandomClass *klass)
{
}

static void
weft_system_random_init (WeftSystemRandom *self)
{
}

/**
 * weft_system_random_new: (constructor)
 *
 * Creates a source of chance that is fit for keys.
 *
 * Returns: (transfer full) (type WeftSystemRandom): a new source of chance
 *
 * Since: 0.1
 */
WeftRandom *
weft_system_random_new (void)
{
  return g_object_new (WEFT_TYPE_SYSTEM_RANDOM, NULL);
}
