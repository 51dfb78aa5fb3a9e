/* weft-cluster-content-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"

G_BEGIN_DECLS

/* What an action does to one block. */
typedef struct
{
  gint64 base;
  char *digest; /* (nullable): NULL when it was not found */
} WeftContentFound;

/* `found` has one for each block; with an error, somebody who may have more could not be asked. */
typedef void (*WeftContentFunc) (const WeftContentFound *found,
                                 const GError           *error,
                                 gpointer                user_data);

/* Finds out what an action that is pending or was committed does to some blocks: from our
 * own store, and where that does not have it, from the members of the cluster. Of contents that
 * differ it takes the one that most have; a vote shows whether they really do. Called once, perhaps
 * from within. */
void weft_cluster_content_find (WeftClusterParts   *parts,
                                GPtrArray          *peers,
                                const char         *action_id,
                                const char * const *block_ids,
                                WeftContentFunc     done,
                                gpointer            user_data);

G_END_DECLS
