/* weft-write-plan.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-json.h"
#include "weft-write-plan-private.h"

WeftWritePlan *
weft_write_plan_new (void)
{
  WeftWritePlan *self = g_new0 (WeftWritePlan, 1);

  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_transforms_unref);
  self->bases = json_object_new ();
  self->rev = 1;

  return self;
}

void
weft_write_plan_free (WeftWritePlan *self)
{
  g_ptr_array_unref (self->steps);
  json_object_unref (self->bases);
  g_free (self);
}

/* The operations that turn the attributes of one block into those of another. */
static GPtrArray *
diff_attributes (WeftBlock  *from,
                 WeftBlock  *to,
                 GError    **error)
{
  g_autoptr(GPtrArray) updates = NULL;
  g_auto(GStrv) from_names = weft_block_list_attributes (from);
  g_auto(GStrv) to_names = weft_block_list_attributes (to);

  updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
  for (guint i = 0; to_names[i] != NULL; i++)
    {
      JsonNode *before = weft_block_get_attribute (from, to_names[i]);
      JsonNode *after = weft_block_get_attribute (to, to_names[i]);
      WeftOperation *operation;

      if (before != NULL && weft_json_equal (before, after))
        continue;
      operation = weft_operation_new_set (to_names[i], after, error);
      if (operation == NULL)
        return NULL;
      g_ptr_array_add (updates, operation);
    }
  for (guint i = 0; from_names[i] != NULL; i++)
    {
      WeftOperation *operation;

      if (weft_block_get_attribute (to, from_names[i]) != NULL)
        continue;
      operation = weft_operation_new_unset (from_names[i], error);
      if (operation == NULL)
        return NULL;
      g_ptr_array_add (updates, operation);
    }

  return g_steal_pointer (&updates);
}

static gboolean
check_header (WeftBlock  *found,
              WeftBlock  *wanted,
              GError    **error)
{
  if (!g_str_equal (weft_block_get_block_type (found), weft_block_get_block_type (wanted)))
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "%s: the type of a block cannot change: it is “%s”, the new one is “%s”",
                 weft_block_get_id (found), weft_block_get_block_type (found),
                 weft_block_get_block_type (wanted));
  else if (!g_str_equal (weft_block_get_collection_id (found),
                         weft_block_get_collection_id (wanted)))
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "%s: the collection of a block cannot change: it is “%s”, the new one is “%s”",
                 weft_block_get_id (found), weft_block_get_collection_id (found),
                 weft_block_get_collection_id (wanted));
  else
    return TRUE;

  return FALSE;
}

/* Sets @transform to what has to happen to the block, or to NULL where nothing has to. */
static gboolean
plan_transform (WeftBlock      *wanted,
                WeftBlock      *found,
                WeftTransform **transform,
                GError        **error)
{
  g_autoptr(GPtrArray) updates = NULL;

  *transform = NULL;
  if (wanted == NULL)
    {
      if (found != NULL)
        *transform = weft_transform_new (NULL, NULL, TRUE);
      return TRUE;
    }
  if (found == NULL)
    {
      *transform = weft_transform_new (wanted, NULL, FALSE);
      return TRUE;
    }

  if (!check_header (found, wanted, error))
    return FALSE;
  updates = diff_attributes (found, wanted, error);
  if (updates == NULL)
    return FALSE;
  if (updates->len > 0)
    *transform = weft_transform_new (NULL, updates, FALSE);

  return TRUE;
}

gboolean
weft_write_plan_check (const char          *block_id,
                       WeftGetBlockResult  *found,
                       GError             **error)
{
  g_assert (block_id != NULL);

  if (found == NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL, "the answer lacks block “%s”", block_id);
  else if (weft_get_block_result_get_unavailable (found) != NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "block “%s” is unavailable: %s",
                 block_id, weft_get_block_result_get_unavailable (found));
  else
    return TRUE;

  return FALSE;
}

/* Adds what turns the block that was found into the wanted one; NULL wants it deleted. */
gboolean
weft_write_plan_add (WeftWritePlan       *self,
                     const char          *block_id,
                     WeftBlock           *wanted,
                     WeftGetBlockResult  *found,
                     GError             **error)
{
  WeftActionRev *latest;
  gint64 base;
  WeftTransforms *step;
  g_autoptr(WeftTransform) transform = NULL;

  if (!weft_write_plan_check (block_id, found, error))
    return FALSE;
  if (!plan_transform (wanted, weft_get_block_result_get_block (found), &transform, error))
    return FALSE;
  if (transform == NULL)
    return TRUE;

  step = weft_transforms_new_for_block (block_id, transform, error);
  if (step == NULL)
    return FALSE;
  g_ptr_array_add (self->steps, step);

  latest = weft_get_block_result_get_latest (found);
  base = latest != NULL ? weft_action_rev_get_rev (latest) : 0;
  if (!WEFT_BUG (BASES_FORGOTTEN))
    json_object_set_int_member (self->bases, block_id, base);
  self->rev = MAX (self->rev, base + 1);

  return TRUE;
}

/* All steps as one; NULL where nothing changes. */
WeftTransforms *
weft_write_plan_dup_transforms (WeftWritePlan *self)
{
  return self->steps->len > 0 ? weft_transforms_concat (self->steps) : NULL;
}
