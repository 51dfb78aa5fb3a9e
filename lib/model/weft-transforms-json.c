/* weft-transforms-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transforms-private.h"

#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-parse-private.h"
#include "weft-transform-private.h"

static gboolean
parse_change (GArray              *changes,
              const char          *block_id,
              JsonNode            *insert,
              JsonNode            *updates,
              const WeftJsonPath  *path,
              GError             **error)
{
  g_autoptr (WeftTransform) transform = NULL;

  if (!weft_ids_check_block (block_id, path, error))
    return FALSE;
  transform = weft_transform_parse_parts (insert, path, updates, path, FALSE, error);
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
parse_map (GArray              *changes,
           JsonObject          *object,
           const char          *name,
           gboolean             is_insert,
           const WeftJsonPath  *path,
           GError             **error)
{
  WeftJsonPath map_path = { path, name, 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  JsonNode *member = json_object_get_member (object, name);
  JsonNode *content;
  JsonObject *map;
  JsonObjectIter iter;

  if (member == NULL)
    return TRUE;
  map = weft_json_get_object (member, &map_path, error);
  if (map == NULL)
    return FALSE;

  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &here.name, &content))
    {
      JsonNode *insert = is_insert ? content : NULL;
      JsonNode *updates = is_insert ? NULL : content;

      if (!parse_change (changes, here.name, insert, updates, &here, error))
        return FALSE;
    }

  return TRUE;
}

WeftTransforms *
weft_transforms_parse (JsonNode            *json,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  g_autoptr (GArray) changes = NULL;
  g_auto (GStrv) deletes = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);

  if (object == NULL)
    return NULL;

  changes = weft_changes_new (0);
  if (!parse_map (changes, object, "inserts", TRUE, path, error))
    return NULL;
  if (!parse_map (changes, object, "updates", FALSE, path, error))
    return NULL;
  deletes = weft_ids_parse_list (object, "deletes", weft_ids_check_block, path, error);
  if (deletes == NULL)
    return NULL;
  for (gsize i = 0; deletes[i] != NULL; i++)
    weft_changes_add (changes, deletes[i], weft_transform_new (NULL, NULL, TRUE));

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
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_transforms_parse (json, NULL, error);
}

/**
 * weft_transforms_to_json:
 * @self: transforms
 *
 * Writes the value as `{"inserts":{id:Block}, "updates":{id:[Operation…]}, "deletes":[id…]}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_transforms_to_json (WeftTransforms *self)
{
  JsonObject *object, *inserts, *updates;
  JsonArray *deletes;

  g_return_val_if_fail (self != NULL, NULL);

  inserts = json_object_new ();
  updates = json_object_new ();
  deletes = json_array_new ();
  for (guint i = 0; i < self->changes->len; i++)
    {
      const WeftChange *change = &g_array_index (self->changes, WeftChange, i);
      WeftBlock *insert = weft_transform_get_insert (change->transform);
      gboolean is_delete = weft_transform_is_delete (change->transform);
      guint n_updates = weft_transform_get_updates (change->transform)->len;

      if (insert != NULL)
        json_object_set_member (inserts, change->block_id, weft_block_to_json (insert));
      /* A block to which nothing happens is named nevertheless. */
      if (n_updates > 0 || (insert == NULL && !is_delete))
        json_object_set_member (updates, change->block_id,
                                weft_transform_updates_to_json (change->transform));
      if (is_delete)
        json_array_add_string_element (deletes, change->block_id);
    }

  object = json_object_new ();
  json_object_set_member (object, "inserts", weft_content_seal_object (inserts));
  json_object_set_member (object, "updates", weft_content_seal_object (updates));
  json_object_set_member (object, "deletes", weft_content_seal_array (deletes));

  return weft_content_seal_object (object);
}
