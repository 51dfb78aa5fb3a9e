/* weft-missing.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-missing-private.h"

#include <string.h>

#include "weft-error.h"
#include "weft-limits.h"


typedef struct
{
  char *block_id;
  gint64 first_rev;
  gint64 latest_rev;
} StaleBlock;

/* A revision of one block. */
typedef struct
{
  const char *block_id;    /* of a StaleBlock */
  WeftActionRev *revision; /* (owned) */
} Missed;

struct _WeftMissing
{
  GPtrArray *blocks; /* (element-type StaleBlock) (owned) (nullable): mostly there are none */
};

static void
stale_block_free (gpointer data)
{
  StaleBlock *block = data;

  g_free (block->block_id);
  g_free (block);
}

static void
missed_free (gpointer data)
{
  Missed *missed = data;

  weft_action_rev_unref (missed->revision);
  g_free (missed);
}

WeftMissing *
weft_missing_new (void)
{
  return g_new0 (WeftMissing, 1);
}

void
weft_missing_free (WeftMissing *self)
{
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_free (self);
}

void
weft_missing_add (WeftMissing *self,
                  const char  *block_id,
                  gint64       first_rev,
                  gint64       latest_rev)
{
  StaleBlock *block = g_new (StaleBlock, 1);

  block->block_id = g_strdup (block_id);
  block->first_rev = first_rev;
  block->latest_rev = latest_rev;
  if (self->blocks == NULL)
    self->blocks = g_ptr_array_new_with_free_func (stale_block_free);
  g_ptr_array_add (self->blocks, block);
}

gboolean
weft_missing_is_empty (WeftMissing *self)
{
  return self->blocks == NULL;
}

/* Newest first, which is turned round in the end; the blocks of one action beside each other. */
static int
compare_missed (gconstpointer a,
                gconstpointer b)
{
  const Missed *left = *(const Missed **) a;
  const Missed *right = *(const Missed **) b;
  gint64 left_rev = weft_action_rev_get_rev (left->revision);
  gint64 right_rev = weft_action_rev_get_rev (right->revision);
  int order;

  if (left_rev != right_rev)
    return left_rev > right_rev ? -1 : 1;

  order = strcmp (weft_action_rev_get_action_id (right->revision),
                  weft_action_rev_get_action_id (left->revision));

  return order != 0 ? order : strcmp (left->block_id, right->block_id);
}

static GPtrArray *
list_missed (WeftMissing     *self,
             WeftStorageRepo *repo,
             GError         **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (missed_free);

  for (guint i = 0; i < self->blocks->len; i++)
    {
      StaleBlock *block = g_ptr_array_index (self->blocks, i);
      g_autoptr (GPtrArray) revisions = NULL;

      /* The block is ahead of nothing here: this node is behind. */
      if (block->first_rev > block->latest_rev)
        continue;

      revisions = weft_storage_list_revisions (repo->storage, block->block_id, block->latest_rev,
                                               MAX (block->first_rev, 1),
                                               WEFT_LIMIT_MISSING_ACTIONS_MAX, error);
      if (revisions == NULL)
        return NULL;
      for (guint j = 0; j < revisions->len; j++)
        {
          Missed *missed = g_new (Missed, 1);

          missed->block_id = block->block_id;
          missed->revision = weft_action_rev_ref (g_ptr_array_index (revisions, j));
          g_ptr_array_add (all, missed);
        }
    }
  g_ptr_array_sort (all, compare_missed);

  return g_steal_pointer (&all);
}

static gsize
weigh (WeftTransforms *transforms)
{
  g_autofree char *text = weft_transforms_to_string (transforms);

  return strlen (text);
}

/* The transforms of the action at `index`, which moves past them. */
static WeftActionTransforms *
read_action_transforms (WeftStorageRepo *repo,
                        GPtrArray       *all,
                        guint           *index,
                        gsize           *bytes,
                        GError         **error)
{
  Missed *first = g_ptr_array_index (all, *index);
  const char *action_id = weft_action_rev_get_action_id (first->revision);
  g_autoptr (WeftTransforms) merged = NULL;

  for (; *index < all->len; (*index)++)
    {
      Missed *missed = g_ptr_array_index (all, *index);
      g_autoptr (WeftPending) action = NULL;
      g_autoptr (WeftTransforms) transforms = NULL;

      if (!weft_action_rev_equal (missed->revision, first->revision))
        break;

      if (!weft_storage_repo_read_action (repo, missed->block_id, action_id, &action, error))
        return NULL;
      if (action == NULL)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
                       "block %s: expected action %s, found nothing", missed->block_id, action_id);
          return NULL;
        }

      transforms = weft_transforms_new_for_block (missed->block_id,
                                                  weft_pending_get_transform (action), error);
      if (transforms == NULL)
        return NULL;
      if (merged != NULL)
        {
          WeftTransforms *both = weft_transforms_merge (merged, transforms);

          weft_transforms_unref (merged);
          merged = both;
        }
      else
        merged = g_steal_pointer (&transforms);
    }
  *bytes += weigh (merged);

  return weft_action_transforms_new (action_id, weft_action_rev_get_rev (first->revision), merged,
                                     error);
}

/* The newest that have room, oldest first. */
static GPtrArray *
read_actions (WeftStorageRepo *repo,
              GPtrArray       *all,
              GError         **error)
{
  g_autoptr (GPtrArray) actions
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_transforms_unref);
  gsize bytes = 0;
  guint index = 0;

  while (index < all->len && actions->len < WEFT_LIMIT_MISSING_ACTIONS_MAX)
    {
      g_autoptr (WeftActionTransforms) action
          = read_action_transforms (repo, all, &index, &bytes, error);

      if (action == NULL)
        return NULL;
      if (bytes > WEFT_MISSING_BYTES_MAX && actions->len > 0)
        break;
      g_ptr_array_insert (actions, 0, g_steal_pointer (&action));
    }

  return g_steal_pointer (&actions);
}

WeftStaleFailure *
weft_missing_build_failure (WeftMissing     *self,
                            WeftStorageRepo *repo,
                            GError         **error)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) actions = NULL;
  StaleBlock *newest;
  g_autofree char *reason = NULL;

  g_assert (!weft_missing_is_empty (self));

  all = list_missed (self, repo, error);
  if (all == NULL)
    return NULL;
  actions = read_actions (repo, all, error);
  if (actions == NULL)
    return NULL;

  newest = g_ptr_array_index (self->blocks, 0);
  for (guint i = 1; i < self->blocks->len; i++)
    {
      StaleBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->latest_rev > newest->latest_rev)
        newest = block;
    }
  reason = g_strdup_printf ("block %s is at revision %" G_GINT64_FORMAT, newest->block_id,
                            newest->latest_rev);

  return weft_stale_failure_new (reason, actions, NULL, newest->block_id, newest->latest_rev,
                                 FALSE);
}
