/* weft-cluster-adopt-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-member-private.h"

G_BEGIN_DECLS

/* Takes over from an archive, a backup for one, what was decided after the latest revision that is
 * here. Each revision has to bring its certificate, and goes through the member like one that is
 * told. What came before the first that is not proven stays. `settled` is called once, and not from
 * within. */
void weft_cluster_adopt (WeftClusterMember *member,
                         WeftClusterParts  *parts,
                         WeftBlockArchive  *archive,
                         WeftSettledFunc    settled,
                         gpointer           user_data);

G_END_DECLS
