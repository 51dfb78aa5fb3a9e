/* weft-transforms-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transforms-private.h"

#include "weft-ids-private.h"
#include "weft-json-string-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-transform-private.h"

static gboolean
read_change (GArray              *changes,
             const char          *block_id,
             const WeftItem      *insert,
             const WeftItem      *updates,
             const WeftJsonPath  *path,
             GError             **error)
{
  g_autoptr (WeftTransform) transform = NULL;

  if (!weft_ids_check_block (block_id, path, error))
    return FALSE;
  transform = weft_transform_read_parts (insert, path, updates, path, FALSE, error);
  if (transform == NULL)
    return FALSE;
  if (insert != NULL &&
      !weft_changes_check_insert (weft_transform_get_insert (transform), block_id, path, error))
    return FALSE;

  weft_changes_add (changes, block_id, g_steal_pointer (&transform));
  return TRUE;
}

/* The members `inserts` and `updates`: {id: content}. */
static gboolean
read_map (GArray              *changes,
          const WeftItem      *object,
          const char          *name,
          gboolean             is_insert,
          const WeftJsonPath  *path,
          GError             **error)
{
  WeftJsonPath map_path = { path, name, 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  const WeftItem *map = weft_item_find (object, name);
  const WeftItem *content;

  if (map == NULL)
    return TRUE;
  if (weft_item_get_object (map, &map_path, error) == NULL)
    return FALSE;

  for (content = weft_item_first (map); content != NULL; content = weft_item_next (map, content))
    {
      const WeftItem *insert = is_insert ? content : NULL;
      const WeftItem *updates = is_insert ? NULL : content;

      here.name = content->name;
      if (!read_change (changes, content->name, insert, updates, &here, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_deletes (GArray              *changes,
              const WeftItem      *object,
              const WeftJsonPath  *path,
              GError             **error)
{
  const WeftJsonPath list_path = { path, "deletes", 0 };
  WeftJsonPath here = { &list_path, NULL, 0 };
  const WeftItem *array = weft_item_find (object, "deletes");
  const WeftItem *item;

  if (array == NULL)
    return TRUE;
  if (weft_item_get_array (array, &list_path, error) == NULL)
    return FALSE;

  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    {
      const char *block_id = weft_item_get_string (item, &here, error);

      if (block_id == NULL || !weft_ids_check_block (block_id, &here, error))
        return FALSE;
      weft_changes_add (changes, block_id, weft_transform_new (NULL, NULL, TRUE));
      here.index++;
    }

  return TRUE;
}

WeftTransforms *
weft_transforms_read (const WeftItem      *item,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  g_autoptr (GArray) changes = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);

  if (object == NULL)
    return NULL;

  changes = weft_changes_new (0);
  if (!read_map (changes, object, "inserts", TRUE, path, error))
    return NULL;
  if (!read_map (changes, object, "updates", FALSE, path, error))
    return NULL;
  if (!read_deletes (changes, object, path, error))
    return NULL;

  return weft_transforms_new_from_changes (g_steal_pointer (&changes));
}

/**
 * weft_transforms_from_json:
 * @json: `{"inserts"?:{id:Block}, "updates"?:{id:[Operation…]}, "deletes"?:[id…]}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads transforms. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftTransforms *
weft_transforms_from_json (JsonNode  *json,
                           GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_transforms_read (weft_tape_get_root (tape), NULL, error);
}

static gboolean
has_insert (WeftTransform *transform)
{
  return weft_transform_get_insert (transform) != NULL;
}

/* A block to which nothing happens is named nevertheless. */
static gboolean
has_updates (WeftTransform *transform)
{
  return weft_transform_get_updates (transform)->len > 0
         || (!has_insert (transform) && !weft_transform_is_delete (transform));
}

static void
append_insert (gpointer  value,
               GString  *text)
{
  weft_block_append (weft_transform_get_insert (value), text);
}

static void
append_map (WeftTransforms  *self,
            gboolean       (*is_in) (WeftTransform *transform),
            WeftMemberFunc   append,
            GString         *text)
{
  WeftMember on_stack[WEFT_MEMBERS_ON_STACK];
  g_autofree WeftMember *on_heap = self->changes->len > WEFT_MEMBERS_ON_STACK
                                     ? g_new (WeftMember, self->changes->len) : NULL;
  WeftMember *members = on_heap != NULL ? on_heap : on_stack;
  guint n_members = 0;

  for (guint i = 0; i < self->changes->len; i++)
    {
      const WeftChange *change = &g_array_index (self->changes, WeftChange, i);

      if (is_in (change->transform))
        members[n_members++] = (WeftMember) { change->block_id, change->transform };
    }
  weft_members_append_map (text, members, n_members, append);
}

static void
append_deletes (WeftTransforms *self,
                GString        *text)
{
  gboolean is_first = TRUE;

  g_string_append_c (text, '[');
  for (guint i = 0; i < self->changes->len; i++)
    {
      const WeftChange *change = &g_array_index (self->changes, WeftChange, i);

      if (!weft_transform_is_delete (change->transform))
        continue;
      if (!is_first)
        g_string_append_c (text, ',');
      weft_json_append_string (text, change->block_id);
      is_first = FALSE;
    }
  g_string_append_c (text, ']');
}

void
weft_transforms_append (WeftTransforms *self,
                        GString        *text)
{
  gsize start = text->len;

  weft_members_append_name (text, "deletes");
  append_deletes (self, text);
  weft_members_append_name (text, "inserts");
  append_map (self, has_insert, append_insert, text);
  weft_members_append_name (text, "updates");
  append_map (self, has_updates, (WeftMemberFunc) weft_transform_append_updates, text);
  weft_members_close (text, start);
}
