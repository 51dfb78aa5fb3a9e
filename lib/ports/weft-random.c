/* weft-random.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-random.h"

/**
 * WeftRandom:
 *
 * A source of chance.
 *
 * Whatever in Weft draws a number, makes an id or makes a key asks a `WeftRandom`; nothing rolls
 * dice by itself. The real one is fit for keys; a simulated one gives the same again from the same
 * seed.
 *
 * An implementation fills what it is asked for, always, and never fails: one that cannot get
 * chance ends the program, because going on with predictable keys would be worse. The bytes do not
 * depend on how a caller cuts its requests, except where an implementation says so. It can be used
 * by one thread at a time unless it says otherwise.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftRandom, weft_random, G_TYPE_OBJECT)

static void
weft_random_default_init (WeftRandomInterface *iface)
{
}

/**
 * weft_random_fill:
 * @self: a source of chance
 * @data: (out caller-allocates) (array length=length) (element-type guint8): what to fill
 * @length: how many bytes to fill
 *
 * Fills @data with random bytes.
 *
 * Since: 0.1
 */
void
weft_random_fill (WeftRandom *self,
                  guint8     *data,
                  gsize       length)
{
  g_return_if_fail (WEFT_IS_RANDOM (self));
  g_return_if_fail (data != NULL || length == 0);

  if (length > 0)
    WEFT_RANDOM_GET_IFACE (self)->fill (self, data, length);
}

/**
 * weft_random_next:
 * @self: a source of chance
 *
 * Draws a number, each of the 2^64 as likely as any other.
 *
 * It is made of the next eight bytes, the least significant first, on every machine.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint64
weft_random_next (WeftRandom *self)
{
  guint64 number = 0;

  g_return_val_if_fail (WEFT_IS_RANDOM (self), 0);

  WEFT_RANDOM_GET_IFACE (self)->fill (self, (guint8 *) &number, sizeof number);

  return GUINT64_FROM_LE (number);
}

/**
 * weft_random_new_id:
 * @self: a source of chance
 * @length: how many random bytes the id holds: 32 for a block, 16 for an action
 *
 * Makes a new id: @length random bytes as base64url text without padding.
 *
 * Returns: (transfer full): the id, of the letters, digits, `-` and `_`
 *
 * Since: 0.1
 */
char *
weft_random_new_id (WeftRandom *self,
                    gsize       length)
{
  g_autofree guint8 *data = NULL;
  char *id;

  g_return_val_if_fail (WEFT_IS_RANDOM (self), NULL);
  g_return_val_if_fail (length > 0, NULL);

  data = g_malloc (length);
  WEFT_RANDOM_GET_IFACE (self)->fill (self, data, length);
  id = g_base64_encode (data, length);
  g_strdelimit (id, "+", '-');
  g_strdelimit (id, "/", '_');
  id[strcspn (id, "=")] = '\0';

  return id;
}
