/* weft-landing.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-landing-private.h"

#include "weft-bug-private.h"

/* An action that becomes a revision. */
typedef struct
{
  WeftActionRev *revision; /* (owned) */
  char *fallback;          /* (nullable): the collection where no block knows it */
} Part;

/* One of the blocks of which it does. */
typedef struct
{
  const char *block_id; /* one of all */
  char *collection_id;  /* (nullable) */
  guint part;
  gboolean is_told;
  WeftVersionedTip tip; /* where the block is then, as long as no later part changed it */
} Landed;

struct _WeftLanding
{
  WeftStorageRepo *repo; /* (owned) (nullable): from the submission on */
  WeftBatch *batch;
  GArray *parts;         /* (element-type Part) */
  GArray *landed;        /* (element-type Landed) */
  GPtrArray *block_ids;  /* (element-type utf8): those that landed, and more to be waited for */
  gboolean is_chained;   /* a block may land more than once */
};

static void
part_clear (gpointer data)
{
  Part *part = data;

  g_clear_pointer (&part->revision, weft_action_rev_unref);
  g_clear_pointer (&part->fallback, g_free);
}

static void
landed_clear (gpointer data)
{
  Landed *landed = data;

  g_clear_pointer (&landed->collection_id, g_free);
  weft_versioned_tip_clear (&landed->tip);
}

WeftLanding *
weft_landing_new (void)
{
  WeftLanding *self = g_new0 (WeftLanding, 1);

  self->batch = weft_batch_new ();
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, part_clear);
  self->landed = g_array_new (FALSE, FALSE, sizeof (Landed));
  g_array_set_clear_func (self->landed, landed_clear);
  self->block_ids = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
weft_landing_free (WeftLanding *self)
{
  g_clear_pointer (&self->batch, weft_batch_unref);
  g_array_unref (self->parts);
  g_array_unref (self->landed);
  g_ptr_array_unref (self->block_ids);
  g_clear_object (&self->repo);
  g_free (self);
}

void
weft_landing_begin (WeftLanding   *self,
                    WeftActionRev *revision,
                    const char    *collection_id)
{
  const Part part = { weft_action_rev_ref (revision), g_strdup (collection_id) };

  g_array_append_val (self->parts, part);
}

static Landed *
find_landed (WeftLanding *self,
             const char  *block_id)
{
  for (guint i = self->landed->len; i > 0; i--)
    {
      Landed *landed = &g_array_index (self->landed, Landed, i - 1);

      if (g_str_equal (landed->block_id, block_id))
        return landed;
    }

  return NULL;
}

WeftBlockMetadata *
weft_landing_find_metadata (WeftLanding *self,
                            const char  *block_id)
{
  Landed *landed = find_landed (self, block_id);

  if (landed == NULL)
    return NULL;
  self->is_chained = TRUE;

  return landed->tip.metadata;
}

gboolean
weft_landing_add (WeftLanding       *self,
                  WeftStorageRepo   *repo,
                  const char        *block_id,
                  WeftBlockMetadata *metadata,
                  WeftPending       *pending,
                  GError           **error)
{
  Landed landed = { .part = WEFT_BUG (GROUP_MIXED) ? 0 : self->parts->len - 1 };
  Landed *before = self->is_chained ? find_landed (self, block_id) : NULL;

  if (WEFT_BUG (COMMIT_IN_PARTS) && weft_batch_get_n_operations (self->batch) > 0)
    {
      weft_storage_submit (repo->storage, self->batch, NULL, NULL);
      weft_batch_unref (self->batch);
      self->batch = weft_batch_new ();
    }
  if (before != NULL)
    {
      landed.tip = before->tip;
      before->tip = (WeftVersionedTip) { NULL };
    }
  if (!weft_versioned_add_commit (repo->versioned, self->batch, block_id, metadata, pending,
                                  g_array_index (self->parts, Part, landed.part).revision,
                                  &landed.tip, &landed.collection_id, error))
    {
      weft_versioned_tip_clear (&landed.tip);
      return FALSE;
    }

  landed.block_id = g_strdup (block_id);
  g_array_append_val (self->landed, landed);
  g_ptr_array_add (self->block_ids, (gpointer) landed.block_id);

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

/* Tells of a block, and with it of the others that are of the same action and collection. Blocks of
 * one action are of one collection, but nothing here depends on it; some do not know theirs. */
static void
tell (WeftLanding *self,
      guint        first)
{
  guint part_index = g_array_index (self->landed, Landed, first).part;
  const Part *part = &g_array_index (self->parts, Part, part_index);
  g_autoptr (GPtrArray) block_ids = g_ptr_array_new ();
  const char *collection_id = NULL;

  for (guint i = first; i < self->landed->len; i++)
    {
      Landed *landed = &g_array_index (self->landed, Landed, i);

      if (landed->part != part_index || landed->is_told
          || (collection_id != NULL && landed->collection_id != NULL
              && !g_str_equal (landed->collection_id, collection_id)))
        continue;
      if (collection_id == NULL)
        collection_id = landed->collection_id;
      landed->is_told = TRUE;
      g_ptr_array_add (block_ids, (gpointer) landed->block_id);
    }

  if (collection_id == NULL)
    collection_id = part->fallback != NULL ? part->fallback : "";
  g_ptr_array_add (block_ids, NULL);
  weft_repo_emit_committed (WEFT_REPO (self->repo), collection_id,
                            (const char * const *) block_ids->pdata,
                            weft_action_rev_get_action_id (part->revision),
                            weft_action_rev_get_rev (part->revision));
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr (WeftLanding) self = user_data;

  for (guint i = 0; error == NULL && i < self->landed->len; i++)
    if (!g_array_index (self->landed, Landed, i).is_told)
      tell (self, i);
}

static void
unwatch (WeftLanding     *self,
         WeftStorageRepo *repo)
{
  for (guint i = 0; i < self->landed->len; i++)
    {
      const Landed *landed = &g_array_index (self->landed, Landed, i);
      const Part *part = &g_array_index (self->parts, Part, landed->part);

      weft_storage_repo_unwatch_pending (repo, landed->block_id,
                                         weft_action_rev_get_action_id (part->revision));
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
