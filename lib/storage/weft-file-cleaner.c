/* weft-file-cleaner.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-cleaner-private.h"

#include "weft-error.h"
#include "weft-file-recovery-private.h"

/* The owner's thread does this, in steps so small that nobody waits for it. They are larger when
 * batches of that thread make garbage faster than it is taken back. */
#define STEP_BYTES_MAX (64 * 1024)
#define STEP_MENTIONS_MAX 2048
#define URGENT_FACTOR 8
/* What counts lies close together, mostly. */
#define PART_BYTES (64 * 1024)
#define RETRY_USEC G_TIME_SPAN_SECOND

struct _WeftFileCleaner
{
  WeftFileIndex *index;
  WeftFileShelf *shelf;
  gsize garbage_bytes_max;
  guint32 victim;             /* the segment that is being emptied, or 0 */
  WeftFileContents *contents; /* what was in it */
  gsize offset;               /* how far that was looked at */
  const char *block_id;       /* of the last there */
  GBytes *part;               /* some of the segment; NULL when none was read */
  guint64 part_offset;        /* where that begins */
  gboolean is_waiting;        /* for a job */
  gboolean is_dropping;
  gint64 retry_usec;          /* nothing is tried before */
};

WeftFileCleaner *
weft_file_cleaner_new (WeftFileIndex *index,
                       gsize          garbage_bytes_max)
{
  WeftFileCleaner *self = g_new0 (WeftFileCleaner, 1);

  self->index = index;
  self->shelf = weft_file_index_get_shelf (index);
  self->garbage_bytes_max = garbage_bytes_max;

  return self;
}

static void
stop (WeftFileCleaner *self)
{
  g_clear_pointer (&self->contents, weft_file_contents_free);
  self->victim = 0;
  self->offset = 0;
  self->block_id = NULL;
  g_clear_pointer (&self->part, g_bytes_unref);
  self->is_waiting = FALSE;
  self->is_dropping = FALSE;
}

void
weft_file_cleaner_free (WeftFileCleaner *self)
{
  stop (self);
  g_free (self);
}

/* Begins again from the start, later. */
static void
give_up (WeftFileCleaner *self,
         const char      *reason)
{
  g_info ("storage: segment %u is not cleaned now: %s", self->victim, reason);
  stop (self);
  self->retry_usec = g_get_monotonic_time () + RETRY_USEC;
}

/* Whether there is so many times the garbage that there may be. */
static gboolean
is_dirty (WeftFileCleaner *self,
          guint            n_times)
{
  guint64 live = weft_file_shelf_get_live (self->shelf);
  guint64 garbage = weft_file_shelf_get_used (self->shelf) - live;

  return garbage > n_times * (live + self->garbage_bytes_max);
}

/* What was in a segment is not asked when nothing in it counts. */
static gboolean
begin (WeftFileCleaner *self)
{
  g_autoptr (GError) error = NULL;

  if (!is_dirty (self, 1) || g_get_monotonic_time () < self->retry_usec)
    return FALSE;
  self->victim = weft_file_shelf_get_oldest (self->shelf);
  if (self->victim == 0)
    return FALSE;
  if (weft_file_shelf_get_live_of (self->shelf, self->victim) == 0)
    return TRUE;
  self->contents = weft_file_recovery_read_contents (weft_file_shelf_get_layer (self->shelf),
                                                     self->victim, &error);
  if (self->contents == NULL)
    give_up (self, error->message);

  return self->contents != NULL;
}

/* Finds an item in what was read of the segment, or reads on. FALSE when it is not there as a
 * whole: who reads it alone is told why. */
static gboolean
find_in_part (WeftFileCleaner  *self,
              WeftFileEntry    *entry,
              GBytes          **bytes,
              WeftFileItem     *item)
{
  const guint64 end = self->contents->end;
  gsize at;

  if (self->part == NULL || entry->offset < self->part_offset
      || entry->offset + (guint64) entry->length
           > self->part_offset + g_bytes_get_size (self->part))
    {
      g_clear_pointer (&self->part, g_bytes_unref);
      if (entry->offset + (guint64) entry->length > end)
        return FALSE;
      self->part_offset = entry->offset;
      self->part = weft_file_shelf_read_part (self->shelf, self->victim, entry->offset,
                                              MIN (end - entry->offset,
                                                   MAX (PART_BYTES, entry->length)));
    }
  if (self->part == NULL)
    return FALSE;

  at = entry->offset - self->part_offset;
  *bytes = g_bytes_new_from_bytes (self->part, at, entry->length);
  at = 0;
  if (weft_file_item_parse (g_bytes_get_data (*bytes, NULL), entry->length, &at, item)
      && at == entry->length)
    return TRUE;
  g_clear_pointer (bytes, g_bytes_unref);

  return FALSE;
}

/* The text that an entry has, right or wrong. One that is lost gets an empty one with a checksum
 * that is wrong, so that it stays known that there was something. */
static gboolean
move_text (WeftFileCleaner   *self,
           WeftFileScope     *scope,
           WeftFileEntry     *entry,
           WeftFileOperation *operation)
{
  g_autoptr (GError) error = NULL;
  WeftFileItem item;

  if (!find_in_part (self, entry, &operation->bytes, &item)
      && !weft_file_shelf_read (self->shelf, entry->segment, entry->offset, entry->length,
                                &operation->bytes, &item, &error))
    {
      g_autofree char *what = weft_file_scope_describe (scope, entry);

      if (!g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CORRUPT))
        {
          give_up (self, error->message);
          return FALSE;
        }
      g_message ("storage: %s is lost: %s", what, error->message);
      operation->text_checksum = 1;
      return TRUE;
    }

  operation->text = item.text;
  operation->text_length = item.text_length;
  operation->text_checksum = item.text_checksum;
  if (!g_str_equal (item.key, entry->key) || !g_str_equal (item.block_id, scope->block_id))
    operation->text_checksum = ~item.text_checksum;

  return TRUE;
}

/* Adds what a mention in `scope` left, if it still counts. FALSE when it is not known yet whether
 * it does. */
static gboolean
consider (WeftFileCleaner       *self,
          WeftFileScope         *scope,
          const WeftFileMention *mention,
          WeftFileJob           *job,
          gsize                 *bytes)
{
  WeftFileEntry *entry = NULL;
  WeftFileOperation *operation;

  if (mention->verb == WEFT_FILE_DO_PUT && scope != NULL)
    entry = weft_file_scope_find (scope, mention->kind, mention->key);
  if (entry == NULL)
    return TRUE;

  /* A promotion that is under way may make an action of just this text. */
  if (entry->kind == WEFT_FILE_KIND_ACTION && entry->segment == 0)
    return FALSE;
  if (entry->segment != self->victim || entry->offset != mention->offset)
    return TRUE;

  operation = weft_file_job_add (job, entry->kind, WEFT_FILE_DO_PUT,
                                 weft_file_job_keep_string (job, scope->block_id),
                                 weft_file_job_keep_string (job, entry->key), NULL);
  operation->entry = entry;
  *bytes += entry->length;

  return move_text (self, scope, entry, operation);
}

static WeftFileJob *
make_drop (WeftFileCleaner *self)
{
  WeftFileJob *job = weft_file_job_new (NULL);

  job->drop_segment = self->victim;
  self->is_dropping = TRUE;
  self->is_waiting = TRUE;

  return job;
}

/* Looks at some of the contents; FALSE when the next cannot be told yet. */
static gboolean
look (WeftFileCleaner *self,
      WeftFileJob     *job)
{
  guint factor = is_dirty (self, 2) ? URGENT_FACTOR : 1;
  WeftFileScope *scope = NULL;
  const char *block_id = NULL; /* whose scope that is */
  gsize bytes = 0;

  for (guint i = 0; i < factor * STEP_MENTIONS_MAX && bytes < factor * STEP_BYTES_MAX; i++)
    {
      WeftFileMention mention;
      gsize offset = self->offset;

      if (!weft_file_contents_next (self->contents, &offset, &self->block_id, &mention))
        break;
      /* One that is the same as before is not repeated. */
      if (self->block_id != block_id)
        scope = weft_file_index_find (self->index, self->block_id);
      block_id = self->block_id;
      if (!consider (self, scope, &mention, job, &bytes))
        return FALSE;
      self->offset = offset;
    }

  return TRUE;
}

WeftFileJob *
weft_file_cleaner_step (WeftFileCleaner *self,
                        gboolean         is_quiet,
                        gboolean        *wants_more)
{
  g_autoptr (WeftFileJob) job = NULL;
  gboolean is_known;

  *wants_more = FALSE;
  if (self->is_waiting || (self->victim == 0 && !begin (self)))
    return NULL;

  if (weft_file_shelf_get_live_of (self->shelf, self->victim) == 0)
    return make_drop (self);
  if (self->offset == self->contents->lines->len)
    {
      if (is_quiet)
        give_up (self, "something in it is not known");
      return NULL;
    }

  job = weft_file_job_new (NULL);
  is_known = look (self, job);
  if (self->victim == 0)
    return NULL;

  self->is_waiting = job->operations->len > 0;
  *wants_more = !self->is_waiting && is_known;

  return self->is_waiting ? g_steal_pointer (&job) : NULL;
}

void
weft_file_cleaner_note_done (WeftFileCleaner *self,
                             const GError    *error)
{
  g_assert (self->is_waiting);

  self->is_waiting = FALSE;
  if (error != NULL)
    give_up (self, error->message);
  else if (self->is_dropping)
    {
      weft_file_shelf_drop (self->shelf, self->victim);
      stop (self);
    }
}
