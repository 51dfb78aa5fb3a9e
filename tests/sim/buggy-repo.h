/* buggy-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* A repo of a few blocks in a world, as small as it can be and correct, but for one bug that can
 * be switched on. It is what the checker of histories is tried on. */

#define BUGGY_BLOCKS 4
#define BUGGY_PARTS_MAX 2

typedef enum
{
  BUGGY_NOTHING,
  BUGGY_READ_STALE,
  BUGGY_READ_NOT_DURABLE,
  BUGGY_READ_DIRTY,
  BUGGY_READ_RELABELLED,
  BUGGY_READ_OLD_CONTENT,
  BUGGY_READ_ABSENT_ON_ERROR,
  BUGGY_READ_BEHIND_TOMBSTONE,
  BUGGY_READ_OTHER_BLOCK,
  BUGGY_ACK_NOT_DURABLE,
  BUGGY_ACK_NOT_APPLIED,
  BUGGY_ACK_WRONG_REV,
  BUGGY_FAIL_APPLIED,
  BUGGY_FAIL_APPLIED_LATER,
  BUGGY_STALE_TOLD_OLD,
  BUGGY_DELETE_DROPPED,
  BUGGY_RETRY_APPLIED_AGAIN,
  BUGGY_BASE_IGNORED,
  BUGGY_BASE_OF_FIRST_BLOCK,
  BUGGY_REV_OF_FIRST_BLOCK,
  BUGGY_REV_REUSED,
  BUGGY_TORN_VISIBLE,
  BUGGY_TORN_BY_CRASH,
  BUGGY_CRASH_LOSES_DURABLE,
  BUGGY_CRASH_LOSES_ONE_BLOCK,
  BUGGY_N,
} BuggyBug;

typedef struct
{
  guint64 action; /* 0 for a read */
  WeftSimChange changes[BUGGY_PARTS_MAX];
  guint n_changes;
  guint block;    /* of a read */
  guint client;
  guint serial;   /* for the client */
} BuggyRequest;

typedef struct
{
  gboolean is_success;
  gint64 rev;               /* of a write that succeeded */
  WeftSimSighting sighting; /* of a read, or why a write was refused */
} BuggyAnswer;

typedef void (*BuggyAnswerFunc) (const BuggyRequest *request,
                                 const BuggyAnswer  *answer,
                                 gpointer            user_data);

typedef struct _BuggyRepo BuggyRepo;

BuggyRepo  *buggy_repo_new      (WeftSimWorld       *world,
                                 BuggyBug            bug,
                                 BuggyAnswerFunc     answer,
                                 gpointer            user_data) G_GNUC_WARN_UNUSED_RESULT;
void        buggy_repo_free     (BuggyRepo          *self);
void        buggy_repo_handle   (BuggyRepo          *self,
                                 const BuggyRequest *request);
/* Whoever waits for an answer gets none. */
void        buggy_repo_crash    (BuggyRepo          *self);
/* All revisions of all blocks. */
GArray     *buggy_repo_get_logs (BuggyRepo          *self) G_GNUC_WARN_UNUSED_RESULT;
const char *buggy_bug_get_name  (BuggyBug            bug);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BuggyRepo, buggy_repo_free)

G_END_DECLS
