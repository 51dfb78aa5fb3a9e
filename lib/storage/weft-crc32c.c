/* weft-crc32c.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-crc32c-private.h"

#include <string.h>

/* The polynomial 0x1edc6f41 with its bits reversed. */
#define POLYNOMIAL 0x82f63b78u
#define SLICES 8

/* tables[n][b] is the effect of the byte b with n bytes after it, so that eight bytes are one step
 * of eight look-ups that do not wait for each other. */
static guint32 tables[SLICES][256];

static void
fill_tables (void)
{
  for (guint byte = 0; byte < 256; byte++)
    {
      guint32 crc = byte;

      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
      tables[0][byte] = crc;
    }

  for (guint slice = 1; slice < SLICES; slice++)
    for (guint byte = 0; byte < 256; byte++)
      tables[slice][byte] = (tables[slice - 1][byte] >> 8)
                            ^ tables[0][tables[slice - 1][byte] & 0xff];
}

static guint32
run_tables (guint32       crc,
            const guint8 *bytes,
            gsize         length)
{
  static gsize is_filled = 0;

  if (g_once_init_enter (&is_filled))
    {
      fill_tables ();
      g_once_init_leave (&is_filled, 1);
    }

  for (; length >= SLICES; length -= SLICES, bytes += SLICES)
    {
      guint32 low;
      guint32 high;

      memcpy (&low, bytes, sizeof low);
      memcpy (&high, bytes + sizeof low, sizeof high);
      low = GUINT32_FROM_LE (low) ^ crc;
      high = GUINT32_FROM_LE (high);
      crc = tables[7][low & 0xff] ^ tables[6][(low >> 8) & 0xff]
            ^ tables[5][(low >> 16) & 0xff] ^ tables[4][low >> 24]
            ^ tables[3][high & 0xff] ^ tables[2][(high >> 8) & 0xff]
            ^ tables[1][(high >> 16) & 0xff] ^ tables[0][high >> 24];
    }
  for (; length > 0; length--, bytes++)
    crc = (crc >> 8) ^ tables[0][(crc ^ *bytes) & 0xff];

  return crc;
}

#if defined (__x86_64__)
/* Most processors have an instruction for this very polynomial. */
__attribute__ ((target ("sse4.2"))) static guint32
run_instruction (guint32       crc,
                 const guint8 *bytes,
                 gsize         length)
{
  guint64 wide = crc;

  for (; length >= sizeof wide; length -= sizeof wide, bytes += sizeof wide)
    {
      guint64 eight;

      memcpy (&eight, bytes, sizeof eight);
      wide = __builtin_ia32_crc32di (wide, eight);
    }
  crc = (guint32) wide;
  for (; length > 0; length--, bytes++)
    crc = __builtin_ia32_crc32qi (crc, *bytes);

  return crc;
}
#endif

typedef guint32 (*RunFunc) (guint32       crc,
                            const guint8 *bytes,
                            gsize         length);

static RunFunc
choose (void)
{
#if defined (__x86_64__)
  if (__builtin_cpu_supports ("sse4.2"))
    return run_instruction;
#endif

  return run_tables;
}

guint32
weft_crc32c_in_tables (guint32       crc,
                       gconstpointer data,
                       gsize         length)
{
  return ~run_tables (~crc, data, length);
}

guint32
weft_crc32c (guint32       crc,
             gconstpointer data,
             gsize         length)
{
  static gsize run = 0;

  if (g_once_init_enter (&run))
    g_once_init_leave (&run, (gsize) choose ());

  return ~((RunFunc) run) (~crc, data, length);
}
