/* weft-json-number-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_integer; /* the value, not the spelling: 1.0 and 1e2 are integers */
  gboolean is_canonical; /* the spelling: that of the canonical writer */
  gint64 integer;
  double real;
} WeftJsonNumber;

/* Reads the number at `*at` of NUL-terminated text and moves `*at` behind it. On a refusal returns
 * what was expected instead, with `*at` where it was expected. */
const char *weft_json_read_number  (const char     **at,
                                    WeftJsonNumber  *number);
/* Whether the value is finite and its canonical text reads as the same value everywhere. */
gboolean    weft_json_is_writable  (double           value);

/* The largest power of ten in 64 bits. */
#define WEFT_JSON_POWER_OF_TEN_MAX 19
guint64     weft_json_power_of_ten (guint            exponent);

G_END_DECLS
