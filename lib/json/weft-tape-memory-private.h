/* weft-tape-memory-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* The members of an object in canonical order: made only where looking at each would take long. */
typedef struct _WeftTapeOrder WeftTapeOrder;
struct _WeftTapeOrder
{
  WeftTapeOrder *next;
  guint32 offsets[];
};

/* What a tape is made of while it is read. Behind it, in the same piece of memory, come the text,
 * in which strings are read in place, and room for as many items as a text of this length usually
 * has; `items` are elsewhere when there are more. */
struct _WeftTape
{
  gatomicrefcount ref_count;
  guint n_items;
  guint n_items_allocated;
  WeftItem *items;
  WeftItem *items_elsewhere; /* (nullable) */
  WeftTapeOrder *orders;
  GBytes *bytes;      /* (nullable): holds `source` */
  const char *source; /* as it came */
  gsize length;
  char *text; /* a copy, with WEFT_JSON_PADDING zeros behind it */
};

/* A tape without items. Unless there are `bytes` that hold the text it is copied once more. */
WeftTape *weft_tape_new            (const char  *text,
                                    gsize        length,
                                    GBytes      *bytes) G_GNUC_WARN_UNUSED_RESULT;
void      weft_tape_grow           (WeftTape    *self);

/* As many members are found by looking at each. */
#define WEFT_TAPE_MEMBERS_SEARCHED_MAX 16

/* Sets what is known of the order of a complete object, whose members are in canonical order when
 * `is_sorted`. Returns NULL, or the first member whose name was there before. */
const WeftItem *weft_tape_order_members (WeftTape  *self,
                                         WeftItem  *object,
                                         gboolean   is_sorted);

G_END_DECLS
