/* weft-sim-filter-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* Which messages something is about. The words are interned; NULL is for any. */
typedef struct
{
  const char *service;  /* "repo" */
  const char *verb;     /* "commit" */
  const char *envelope; /* "reply" */
} WeftSimFilter;

/* From SERVICE/VERB/ENVELOPE, with `*` for any. */
gboolean weft_sim_filter_parse   (WeftSimFilter       *self,
                                  const char          *text);
/* Whether a message is meant, as it was summarized. */
gboolean weft_sim_filter_matches (const WeftSimFilter *self,
                                  JsonObject          *summary);
gboolean weft_sim_filter_equal   (const WeftSimFilter *a,
                                  const WeftSimFilter *b);

G_END_DECLS
