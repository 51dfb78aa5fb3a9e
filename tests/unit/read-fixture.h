/* read-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cluster-fixture.h"
#include "weft-error.h"
#include "weft-quorum-read-private.h"

G_BEGIN_DECLS

/* A quorum read whose members are played by the test. Member 0 is its own; a transcript tells of
 * each step. */
typedef struct
{
  WeftQuorumRead *machine;
  GString *transcript;
  gint64 now_msec;
  gint64 deadline_usec;
  guint n_peers;
  guint64 ids[8];    /* of the last request to each member */
  guint64 performed; /* of the last effect that is to be performed */
  guint n_verified;
  gboolean is_done;
  gint64 moved_rev;  /* others keep the blocks from it on; G_MAXINT64 for never */
} Read;

void read_init (Read *self, guint n_peers, const char * const *block_ids);
/* Of blocks that have a revision, and whose history names the peers until `moved_rev`. */
void read_init_pinned (Read *self, guint n_peers, const char * const *block_ids);
void read_clear (Read *self);
void read_start (Read *self);
void read_answer_states (Read *self, guint number, GPtrArray *states);
WeftBlockState *read_make_state (const char *block_id, gint64 rev, WeftClusterRecord *lock);
/* Of block `b`. */
void read_answer (Read *self, guint number, gint64 rev, WeftClusterRecord *lock);
void read_fail (Read *self, guint number, WeftError code);
void read_refuse (Read *self, guint number);
/* What the last effect asked for; `number` of a member, or -1. */
void read_perform (Read *self, WeftQuorumReadEventType type,
                   gint64 rev, int number, const GError *error);
/* Moves the clock to the deadline. */
void read_wake (Read *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

#define read_assert(self, expected) g_assert_cmpstr ((self)->transcript->str, ==, expected)

G_END_DECLS
