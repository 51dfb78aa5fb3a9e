/* weft-crc32c-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC-32C (Castagnoli), as in RFC 3720: finds the damage that disks do, not that of an enemy.
 * `crc` is 0 to begin, or the result over the bytes before these. */
guint32 weft_crc32c           (guint32       crc,
                               gconstpointer data,
                               gsize         length);
/* The same where the processor has no instruction for it. */
guint32 weft_crc32c_in_tables (guint32       crc,
                               gconstpointer data,
                               gsize         length);

G_END_DECLS
