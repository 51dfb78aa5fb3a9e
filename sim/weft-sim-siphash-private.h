/* weft-sim-siphash-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SipHash-2-4 with 128 bits: a keyed hash that nobody can guess without the key, and the same on
 * every machine. */
typedef struct
{
  guint64 low;
  guint64 high;
} WeftSimSiphash;

/* The key and the hash are numbers whose first byte is the least significant. */
WeftSimSiphash weft_sim_siphash (WeftSimSiphash key,
                                 gconstpointer  data,
                                 gsize          length);

G_END_DECLS
