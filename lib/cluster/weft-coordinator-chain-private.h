/* weft-coordinator-chain-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* What is large gains little from company, and keeps it waiting. */
#define WEFT_GROUP_CHANGE_BYTES_MAX (16 * 1024)
#define WEFT_GROUP_BYTES_MAX (64 * 1024)
/* A group is no better than the first of its members to expire. */
#define WEFT_GROUP_LEFT_USEC_MIN G_TIME_SPAN_SECOND

/* Puts of one block that wait for each other are decided together: one that is to be in a group,
 * and those that wait behind it, each on top of the one before it. */

/* The change and who follows it (element-type WeftChange), whose turn it is then, too. */
GPtrArray *weft_coordinator_chain_form (WeftCoordinatorRepo *repo,
                                        WeftChange          *head) G_GNUC_WARN_UNUSED_RESULT;
/* Of changes that are to be proposed alone (element-type WeftChange), those that follow in chains
 * wait for their turns again. */
void       weft_coordinator_chain_fall (WeftCoordinatorRepo *repo,
                                        GPtrArray           *changes);

G_END_DECLS
