/* weft-member-facts-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"
#include "weft-member-machine-private.h"

G_BEGIN_DECLS

/* What a member machine may look up, answered from the storage of this node and by its key
 * network. The parts have to stay. */
WeftMemberFacts weft_member_facts_new (WeftClusterParts *parts);

/* (element-type JsonNode): what a machine is to be told when it is restored, with a NULL for what
 * is damaged; NULL with an error when that cannot be found out now. */
GPtrArray      *weft_member_facts_list_promises (WeftClusterParts  *parts,
                                                 GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
