/* weft-json-names-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* JsonObject keeps its members in a GHashTable with g_str_hash(), for which anybody can make names
 * that collide: 8 MiB of them would keep it busy for minutes. Objects of up to this many members
 * cannot cost much; larger ones are looked at first. */
#define WEFT_JSON_NAMES_UNCHECKED_MAX 64

/* Whether a hash table takes these hashes, in this order, in time linear in their number. */
gboolean weft_json_names_are_spread (const guint32 *hashes,
                                     guint          n_hashes);

/* Orders names by their UTF-16 code units, as members are in canonical text. */
int      weft_json_names_compare    (const char    *a,
                                     const char    *b);

G_END_DECLS
