/* weft-landing.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-landing-private.h"

#include "weft-bug-private.h"

/* Blocks of one action are of one collection, but nothing here depends on it. */
typedef struct
{
  char *collection_id;  /* (nullable): the first group may not know it */
  GPtrArray *block_ids; /* (element-type utf8) */
} Group;

/* An action and the blocks of which it becomes a revision. */
typedef struct
{
  WeftActionRev *revision;
  char *fallback;    /* (nullable) */
  GPtrArray *groups; /* (element-type Group) (owned) */
} Part;

struct _WeftLanding
{
  WeftStorageRepo *repo; /* (owned) (nullable): from the submission on */
  WeftBatch *batch;
  GPtrArray *parts;      /* (element-type Part) (owned) */
  GPtrArray *block_ids;  /* (element-type utf8), of all parts */
};

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->collection_id);
  g_ptr_array_unref (group->block_ids);
  g_free (group);
}

static void
part_free (gpointer data)
{
  Part *part = data;

  weft_action_rev_unref (part->revision);
  g_free (part->fallback);
  g_ptr_array_unref (part->groups);
  g_free (part);
}

WeftLanding *
weft_landing_new (void)
{
  WeftLanding *self = g_new0 (WeftLanding, 1);

  self->batch = weft_batch_new ();
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->block_ids = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
weft_landing_free (WeftLanding *self)
{
  g_clear_pointer (&self->batch, weft_batch_unref);
  g_ptr_array_unref (self->parts);
  g_ptr_array_unref (self->block_ids);
  g_clear_object (&self->repo);
  g_free (self);
}

void
weft_landing_begin (WeftLanding   *self,
                    WeftActionRev *revision,
                    const char    *collection_id)
{
  Part *part = g_new0 (Part, 1);

  part->revision = weft_action_rev_ref (revision);
  part->fallback = g_strdup (collection_id);
  part->groups = g_ptr_array_new_with_free_func (group_free);
  g_ptr_array_add (self->parts, part);
}

static Group *
find_group (Part       *part,
            const char *collection_id)
{
  Group *group;

  for (guint i = 0; i < part->groups->len; i++)
    {
      group = g_ptr_array_index (part->groups, i);
      if (group->collection_id == NULL)
        group->collection_id = g_strdup (collection_id);
      if (collection_id == NULL || g_str_equal (group->collection_id, collection_id))
        return group;
    }

  group = g_new0 (Group, 1);
  group->collection_id = g_strdup (collection_id);
  group->block_ids = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (part->groups, group);

  return group;
}

gboolean
weft_landing_add (WeftLanding       *self,
                  WeftStorageRepo   *repo,
                  const char        *block_id,
                  WeftBlockMetadata *metadata,
                  WeftPending       *pending,
                  GError           **error)
{
  Part *part
      = g_ptr_array_index (self->parts, WEFT_BUG (GROUP_MIXED) ? 0 : self->parts->len - 1);
  g_autofree char *collection_id = NULL;

  if (WEFT_BUG (COMMIT_IN_PARTS) && weft_batch_get_n_operations (self->batch) > 0)
    {
      weft_storage_submit (repo->storage, self->batch, NULL, NULL);
      weft_batch_unref (self->batch);
      self->batch = weft_batch_new ();
    }
  if (!weft_versioned_add_commit (repo->versioned, self->batch, block_id, metadata, pending,
                                  part->revision, &collection_id, error))
    return FALSE;

  g_ptr_array_add (find_group (part, collection_id)->block_ids, g_strdup (block_id));
  g_ptr_array_add (self->block_ids, g_strdup (block_id));

  return TRUE;
}

WeftBatch *
weft_landing_get_batch (WeftLanding *self)
{
  return self->batch;
}

void
weft_landing_add_waited (WeftLanding        *self,
                         const char * const *block_ids)
{
  for (guint i = 0; block_ids[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (self->block_ids, block_ids[i], g_str_equal, NULL))
      g_ptr_array_add (self->block_ids, g_strdup (block_ids[i]));
}

static void
tell (WeftLanding *self,
      Part        *part)
{
  for (guint i = 0; i < part->groups->len; i++)
    {
      Group *group = g_ptr_array_index (part->groups, i);
      const char *collection_id = group->collection_id;

      if (collection_id == NULL)
        collection_id = part->fallback != NULL ? part->fallback : "";
      g_ptr_array_add (group->block_ids, NULL);
      weft_repo_emit_committed (WEFT_REPO (self->repo), collection_id,
                                (const char * const *) group->block_ids->pdata,
                                weft_action_rev_get_action_id (part->revision),
                                weft_action_rev_get_rev (part->revision));
    }
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr (WeftLanding) self = user_data;

  for (guint i = 0; error == NULL && i < self->parts->len; i++)
    tell (self, g_ptr_array_index (self->parts, i));
}

static void
unwatch (WeftLanding     *self,
         WeftStorageRepo *repo)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);
      const char *action_id = weft_action_rev_get_action_id (part->revision);

      for (guint j = 0; j < part->groups->len; j++)
        {
          Group *group = g_ptr_array_index (part->groups, j);

          for (guint k = 0; k < group->block_ids->len; k++)
            weft_storage_repo_unwatch_pending (repo, g_ptr_array_index (group->block_ids, k),
                                               action_id);
        }
    }
}

gboolean
weft_landing_submit (WeftLanding     *self,
                     WeftStorageRepo *repo)
{
  if (weft_batch_get_n_operations (self->batch) == 0)
    {
      weft_landing_free (self);
      return FALSE;
    }

  unwatch (self, repo);
  g_ptr_array_add (self->block_ids, NULL);
  self->repo = g_object_ref (repo);
  weft_submissions_submit (repo->submissions, self->batch,
                           (const char * const *) self->block_ids->pdata, settled_cb, self);

  return TRUE;
}
