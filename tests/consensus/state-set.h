/* state-set.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* States that were reached, each once, in the order in which they were. All take the same number of
 * bytes, and bytes that mean nothing are the same in all. */
typedef struct
{
  gsize size;
  GByteArray *bytes;
  guint n_states;
  guint32 *table; /* indexes + 1, by hash */
  gsize table_size;
} StateSet;

void          state_set_init  (StateSet      *self,
                               gsize          size);
void          state_set_clear (StateSet      *self);
/* Whether it is a new one. */
gboolean      state_set_add   (StateSet      *self,
                               gconstpointer  state);
/* Until the next one is added. */
gconstpointer state_set_get   (StateSet      *self,
                               guint          index);

G_END_DECLS
