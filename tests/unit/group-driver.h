/* group-driver.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "../contract/weft-fleet.h"
#include "weft-cluster-record-private.h"

G_BEGIN_DECLS

/* A record of several commits on its way through the nodes of a fleet, phase by phase, as slowly as
 * a test wants. */
typedef struct
{
  WeftFleet *fleet;
  WeftClusterRecord *record;   /* without votes */
  WeftClusterRecord *promised; /* (nullable): with those that were collected last */
  WeftClusterRecord *decided;  /* (nullable): the same */
  GPtrArray *pends;            /* (element-type WeftPendRequest) */
} GroupDriver;

/* Each line is an action, a block, its base and what it does, as in "a1 b 0 'inserts':{…}". */
GroupDriver       *group_driver_new     (WeftFleet          *fleet,
                                         const char *const  *lines) G_GNUC_WARN_UNUSED_RESULT;
void               group_driver_free    (GroupDriver        *self);
/* Each asks all nodes that run, through the first of them, and collects the votes they answer with;
 * returns how many approved. */
guint              group_driver_promise (GroupDriver        *self);
guint              group_driver_commit  (GroupDriver        *self);
/* Tells the nodes what was decided; returns how many have it. */
guint              group_driver_tell    (GroupDriver        *self);
/* All of that, by all nodes that run. */
void               group_driver_land    (GroupDriver        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroupDriver, group_driver_free)

G_END_DECLS
