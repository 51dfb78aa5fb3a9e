/* weft-random.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_RANDOM (weft_random_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftRandom, weft_random, WEFT, RANDOM, GObject)

/**
 * WeftRandomInterface:
 * @fill: fills @length bytes with chance
 *
 * The virtual function table for [iface@Weft.Random].
 *
 * Since: 0.1
 */
struct _WeftRandomInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  void (*fill) (WeftRandom *self,
                guint8     *data,
                gsize       length);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
void    weft_random_fill   (WeftRandom *self,
                            guint8     *data,
                            gsize       length);
WEFT_AVAILABLE_IN_ALL
guint64 weft_random_next   (WeftRandom *self);
WEFT_AVAILABLE_IN_ALL
char   *weft_random_new_id (WeftRandom *self,
                            gsize       length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
