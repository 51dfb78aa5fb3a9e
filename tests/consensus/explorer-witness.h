/* explorer-witness.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "explorer.h"

G_BEGIN_DECLS

/* Tables from text to what was seen; only looked up. */
struct _ExplorerWitness
{
  GHashTable *promised; /* node, slot, ballot: to the message hash */
  GHashTable *prepared; /* node, slot: to the ballot */
  GHashTable *told;     /* node, slot: to what it told of itself when it prepared */
  GHashTable *locked;   /* node, slot: to what was locked last */
  GHashTable *commits;  /* message hash, ballot: to a bit for each member */
  GHashTable *decided;  /* slot: to the message hash */
  GHashTable *denied;   /* message hash: why it was said not to be decided */
  ExplorerActions denied_actions; /* whoever was told that they are not decided */
  ExplorerActions decided_actions;
  int history[EXPLORER_BLOCKS][EXPLORER_REVS_MAX]; /* 1 + the action */
};

/* Enough honest members have signed that with the lying ones it is a certificate. */
void  explorer_see_decision (Explorer          *self,
                             WeftClusterRecord *record);
/* Whether somebody has seen that. */
gboolean explorer_is_decided (Explorer        *self,
                              WeftClusterRecord *record);
/* Those of its peers who may have signed anything. */
guint explorer_count_signers (Explorer          *self,
                              WeftClusterRecord *record);
/* Commits of a record that were seen, and those that may have been signed, `add` among them. */
guint explorer_count_commits (Explorer          *self,
                              WeftClusterRecord *record,
                              guint              add);

G_END_DECLS
