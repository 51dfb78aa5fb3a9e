/* buggy-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "buggy-repo.h"

#define SYNC_USEC 2000
#define LATE_USEC 1500

/* How often a bug shows that need not always show. */
#define SOMETIMES 0.1

/* A write that was done, to be taken back when it was not durable. */
typedef struct
{
  WeftSimSighting parts[BUGGY_PARTS_MAX];
  guint n_parts;
} Applied;

typedef struct
{
  BuggyRequest request;
  BuggyAnswer answer;
  guint n_needed; /* what must be durable before it is told */
} Waiting;

struct _BuggyRepo
{
  WeftSimWorld *world;
  WeftSimPrng *prng;
  BuggyBug bug;
  BuggyAnswerFunc answer;
  gpointer user_data;

  GArray *logs[BUGGY_BLOCKS]; /* (element-type WeftSimSighting), ascending */
  GArray *applied;            /* (element-type Applied), in order */
  GArray *waiting;            /* (element-type Waiting), in order */
  guint n_durable;            /* of those that were applied */
  guint n_syncing;
  guint64 sync_event;
};

typedef struct
{
  BuggyRepo *repo;
  BuggyRequest request;
  WeftSimSighting part;
} Late;

const char *
buggy_bug_get_name (BuggyBug bug)
{
  static const char *const names[] = {
    [BUGGY_NOTHING] = "nothing",
    [BUGGY_READ_STALE] = "a read answers from an old copy",
    [BUGGY_READ_NOT_DURABLE] = "a read tells what is not durable yet",
    [BUGGY_READ_DIRTY] = "a read tells what is only being tried",
    [BUGGY_READ_RELABELLED] = "an old block is read with the newest revision",
    [BUGGY_READ_OLD_CONTENT] = "a read has the old content",
    [BUGGY_READ_ABSENT_ON_ERROR] = "an error is read as absent",
    [BUGGY_READ_BEHIND_TOMBSTONE] = "a deleted block is read as it was before",
    [BUGGY_READ_OTHER_BLOCK] = "a read answers for another block",
    [BUGGY_ACK_NOT_DURABLE] = "a write is acknowledged before the sync",
    [BUGGY_ACK_NOT_APPLIED] = "a write is acknowledged and dropped",
    [BUGGY_ACK_WRONG_REV] = "a write is told another revision",
    [BUGGY_FAIL_APPLIED] = "a write that was done is told to have failed",
    [BUGGY_FAIL_APPLIED_LATER] = "a write that failed is done later",
    [BUGGY_STALE_TOLD_OLD] = "a refused write is told an old revision",
    [BUGGY_DELETE_DROPPED] = "a delete is acknowledged and dropped",
    [BUGGY_RETRY_APPLIED_AGAIN] = "a retry is done once more",
    [BUGGY_BASE_IGNORED] = "the base of a write is not checked",
    [BUGGY_BASE_OF_FIRST_BLOCK] = "the base is checked for the first block only",
    [BUGGY_REV_OF_FIRST_BLOCK] = "the new revision is above that of the first block only",
    [BUGGY_REV_REUSED] = "a revision is used twice",
    [BUGGY_TORN_VISIBLE] = "the blocks of an action change one after the other",
    [BUGGY_TORN_BY_CRASH] = "a crash cuts an action in two",
    [BUGGY_CRASH_LOSES_DURABLE] = "a crash loses what was durable",
    [BUGGY_CRASH_LOSES_ONE_BLOCK] = "a crash loses the last revision of one block",
  };

  return names[bug];
}

BuggyRepo *
buggy_repo_new (WeftSimWorld   *world,
                BuggyBug        bug,
                BuggyAnswerFunc answer,
                gpointer        user_data)
{
  BuggyRepo *self = g_new0 (BuggyRepo, 1);

  self->world = world;
  self->prng = weft_sim_world_get_stream (world, "repo");
  self->bug = bug;
  self->answer = answer;
  self->user_data = user_data;
  for (guint i = 0; i < BUGGY_BLOCKS; i++)
    self->logs[i] = g_array_new (FALSE, FALSE, sizeof (WeftSimSighting));
  self->applied = g_array_new (FALSE, FALSE, sizeof (Applied));
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));

  return self;
}

void
buggy_repo_free (BuggyRepo *self)
{
  for (guint i = 0; i < BUGGY_BLOCKS; i++)
    g_array_unref (self->logs[i]);
  g_array_unref (self->applied);
  g_array_unref (self->waiting);
  g_free (self);
}

static gboolean
strikes (BuggyRepo *self,
         BuggyBug   bug)
{
  return self->bug == bug && weft_sim_prng_chance (self->prng, SOMETIMES);
}

/* The revision so many before the latest. */
static WeftSimSighting
get_rev (BuggyRepo *self,
         guint      block,
         guint      n_before)
{
  const GArray *log = self->logs[block];

  if (n_before >= log->len)
    return (WeftSimSighting) { .block = block };

  return g_array_index (log, WeftSimSighting, log->len - 1 - n_before);
}

static gint64
find_action (BuggyRepo *self,
             guint64    action)
{
  for (guint i = 0; i < BUGGY_BLOCKS; i++)
    for (guint j = 0; j < self->logs[i]->len; j++)
      if (g_array_index (self->logs[i], WeftSimSighting, j).action == action)
        return g_array_index (self->logs[i], WeftSimSighting, j).rev;

  return 0;
}

static void start_sync (BuggyRepo *self);

static void
sync_cb (gpointer user_data)
{
  BuggyRepo *self = user_data;
  guint n_told = 0;

  self->sync_event = 0;
  self->n_durable = self->n_syncing;
  while (n_told < self->waiting->len &&
         g_array_index (self->waiting, Waiting, n_told).n_needed <= self->n_durable)
    n_told++;
  for (guint i = 0; i < n_told; i++)
    {
      const Waiting *waiting = &g_array_index (self->waiting, Waiting, i);

      self->answer (&waiting->request, &waiting->answer, self->user_data);
    }
  g_array_remove_range (self->waiting, 0, n_told);
  start_sync (self);
}

static void
start_sync (BuggyRepo *self)
{
  if (self->sync_event != 0 || self->n_durable == self->applied->len)
    return;

  self->n_syncing = self->applied->len;
  self->sync_event = weft_sim_world_schedule (
    self->world, weft_sim_world_get_time (self->world) + SYNC_USEC, sync_cb, self, NULL);
}

/* Nothing is told before all that it may have been made from is durable. */
static void
tell (BuggyRepo          *self,
      const BuggyRequest *request,
      const BuggyAnswer  *answer)
{
  const Waiting waiting = { *request, *answer, self->applied->len };
  gboolean is_hasty = request->action == 0 ? self->bug == BUGGY_READ_NOT_DURABLE
                                           : self->bug == BUGGY_ACK_NOT_DURABLE;

  if (is_hasty || waiting.n_needed == self->n_durable)
    self->answer (request, answer, self->user_data);
  else
    g_array_append_val (self->waiting, waiting);
  start_sync (self);
}

static void
handle_read (BuggyRepo          *self,
             const BuggyRequest *request)
{
  BuggyAnswer answer = { .is_success = TRUE, .sighting = get_rev (self, request->block, 0) };
  const WeftSimSighting before = get_rev (self, request->block, 1);

  if (strikes (self, BUGGY_READ_STALE))
    answer.sighting = before;
  else if (strikes (self, BUGGY_READ_RELABELLED) && before.rev != 0)
    answer.sighting = (WeftSimSighting) { request->block, answer.sighting.rev, before.action,
                                          before.value };
  else if (strikes (self, BUGGY_READ_OLD_CONTENT))
    answer.sighting.value = before.value;
  else if (strikes (self, BUGGY_READ_ABSENT_ON_ERROR))
    answer.sighting = (WeftSimSighting) { .block = request->block };
  else if (self->bug == BUGGY_READ_BEHIND_TOMBSTONE && answer.sighting.value == 0)
    answer.sighting = before;
  else if (strikes (self, BUGGY_READ_OTHER_BLOCK))
    {
      answer.sighting = get_rev (self, (request->block + 1) % BUGGY_BLOCKS, 0);
      answer.sighting.block = request->block;
    }

  tell (self, request, &answer);
}

/* The block that refuses a write, or BLOCKS. */
static guint
find_stale (BuggyRepo          *self,
            const BuggyRequest *request)
{
  guint n_checked = request->n_changes;

  if (self->bug == BUGGY_BASE_IGNORED)
    n_checked = 0;
  else if (self->bug == BUGGY_BASE_OF_FIRST_BLOCK)
    n_checked = 1;
  for (guint i = 0; i < n_checked; i++)
    if (get_rev (self, request->changes[i].block, 0).rev != request->changes[i].base)
      return request->changes[i].block;

  return BUGGY_BLOCKS;
}

static gint64
choose_rev (BuggyRepo          *self,
            const BuggyRequest *request)
{
  gint64 rev = 0;

  for (guint i = 0; i < request->n_changes; i++)
    if (i == 0 || self->bug != BUGGY_REV_OF_FIRST_BLOCK)
      rev = MAX (rev, get_rev (self, request->changes[i].block, 0).rev);
  if (rev > 0 && strikes (self, BUGGY_REV_REUSED))
    return rev;

  return rev + 1;
}

static void
append_cb (gpointer user_data)
{
  Late *late = user_data;

  g_array_append_val (late->repo->logs[late->part.block], late->part);
}

static void
apply (BuggyRepo          *self,
       const BuggyRequest *request,
       gint64              rev)
{
  Applied applied = { .n_parts = request->n_changes };
  gboolean is_torn = request->n_changes > 1 && strikes (self, BUGGY_TORN_VISIBLE);

  for (guint i = 0; i < request->n_changes; i++)
    {
      const WeftSimChange *change = &request->changes[i];
      const WeftSimSighting part = { change->block, rev, request->action, change->value };

      applied.parts[i] = part;
      if (i > 0 && is_torn)
        {
          const Late late = { .repo = self, .part = part };

          weft_sim_world_schedule (self->world, weft_sim_world_get_time (self->world) + LATE_USEC,
                                   append_cb, g_memdup2 (&late, sizeof late), g_free);
        }
      else
        g_array_append_val (self->logs[change->block], part);
    }
  g_array_append_val (self->applied, applied);
}

static void
apply_late_cb (gpointer user_data)
{
  Late *late = user_data;

  if (find_action (late->repo, late->request.action) == 0)
    apply (late->repo, &late->request, choose_rev (late->repo, &late->request));
}

static void
refuse (BuggyRepo          *self,
        const BuggyRequest *request,
        guint               block)
{
  BuggyAnswer answer = { .sighting = get_rev (self, block, 0) };
  const Late late = { .repo = self, .request = *request };

  if (strikes (self, BUGGY_STALE_TOLD_OLD))
    answer.sighting = get_rev (self, block, 1);
  tell (self, request, &answer);
  if (strikes (self, BUGGY_FAIL_APPLIED_LATER))
    weft_sim_world_schedule (self->world, weft_sim_world_get_time (self->world) + LATE_USEC,
                             apply_late_cb, g_memdup2 (&late, sizeof late), g_free);
}

/* Somebody reads what is tried before it is known whether it may be done. */
static gboolean
handle_dirty (BuggyRepo          *self,
              const BuggyRequest *request)
{
  const BuggyRequest read = { .block = request->changes[0].block, .client = G_MAXUINT };
  BuggyAnswer answer = { .is_success = TRUE };

  if (!strikes (self, BUGGY_READ_DIRTY))
    return FALSE;
  answer.sighting = (WeftSimSighting) { read.block, get_rev (self, read.block, 0).rev + 1,
                                        request->action, request->changes[0].value };
  self->answer (&read, &answer, self->user_data);

  return TRUE;
}

static gboolean
is_dropped (BuggyRepo          *self,
            const BuggyRequest *request)
{
  if (self->bug == BUGGY_DELETE_DROPPED)
    return request->n_changes == 1 && request->changes[0].value == 0;

  return strikes (self, BUGGY_ACK_NOT_APPLIED);
}

static void
handle_write (BuggyRepo          *self,
              const BuggyRequest *request)
{
  gint64 rev = find_action (self, request->action);
  guint stale = find_stale (self, request);
  BuggyAnswer answer = { .is_success = TRUE };

  handle_dirty (self, request);
  if (rev != 0 && self->bug == BUGGY_RETRY_APPLIED_AGAIN)
    {
      rev = 0;
      stale = BUGGY_BLOCKS;
    }
  if (rev == 0)
    {
      if (stale != BUGGY_BLOCKS)
        {
          refuse (self, request, stale);
          return;
        }
      rev = choose_rev (self, request);
      if (!is_dropped (self, request))
        apply (self, request, rev);
      if (strikes (self, BUGGY_FAIL_APPLIED))
        {
          answer.is_success = FALSE;
          answer.sighting = get_rev (self, request->changes[0].block, 0);
        }
    }
  answer.rev = rev + strikes (self, BUGGY_ACK_WRONG_REV);
  tell (self, request, &answer);
}

void
buggy_repo_handle (BuggyRepo          *self,
                   const BuggyRequest *request)
{
  if (request->action == 0)
    handle_read (self, request);
  else
    handle_write (self, request);
}

static void
take_back (BuggyRepo             *self,
           const WeftSimSighting *part)
{
  GArray *log = self->logs[part->block];

  for (guint i = log->len; i > 0; i--)
    if (g_array_index (log, WeftSimSighting, i - 1).action == part->action)
      {
        g_array_remove_index (log, i - 1);
        return;
      }
}

void
buggy_repo_crash (BuggyRepo *self)
{
  guint n_kept = weft_sim_prng_range (self->prng, self->n_durable, self->applied->len);

  if (self->bug == BUGGY_CRASH_LOSES_DURABLE)
    n_kept -= MIN (n_kept, 1);
  for (guint i = self->applied->len; i > n_kept; i--)
    {
      const Applied *applied = &g_array_index (self->applied, Applied, i - 1);
      gboolean is_cut = self->bug == BUGGY_TORN_BY_CRASH && i - 1 == n_kept;

      for (guint j = is_cut ? 1 : 0; j < applied->n_parts; j++)
        take_back (self, &applied->parts[j]);
    }
  if (self->bug == BUGGY_CRASH_LOSES_ONE_BLOCK && self->logs[0]->len > 0)
    g_array_set_size (self->logs[0], self->logs[0]->len - 1);

  g_array_set_size (self->applied, n_kept);
  g_array_set_size (self->waiting, 0);
  self->n_durable = n_kept;
  if (self->sync_event != 0)
    weft_sim_world_cancel (self->world, self->sync_event);
  self->sync_event = 0;
}

GArray *
buggy_repo_get_logs (BuggyRepo *self)
{
  GArray *logs = g_array_new (FALSE, FALSE, sizeof (WeftSimSighting));

  for (guint i = 0; i < BUGGY_BLOCKS; i++)
    g_array_append_vals (logs, self->logs[i]->data, self->logs[i]->len);

  return logs;
}
