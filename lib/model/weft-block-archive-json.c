/* weft-block-archive-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-archive-private.h"

#include "weft-action-pending.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parse-private.h"

/* Reads the name of a revision: a positive integer in its one canonical form. */
static gboolean
parse_rev (const char          *name,
           gint64              *rev,
           const WeftJsonPath  *path,
           GError             **error)
{
  guint64 value;

  if (name[0] == '0' || !g_ascii_string_to_unsigned (name, 10, 1, WEFT_REV_MAX, &value, NULL))
    {
      weft_json_set_error (error, path, "expected a positive integer as the name");
      return FALSE;
    }

  *rev = (gint64) value;
  return TRUE;
}

static gboolean
parse_revisions (WeftBlockArchive    *self,
                 JsonObject          *object,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath map_path = { path, "revisions", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  JsonNode *member = weft_json_require_member (object, "revisions", path, error);
  JsonObject *map;
  JsonObjectIter iter;

  if (member == NULL)
    return FALSE;
  map = weft_json_get_object (member, &map_path, error);
  if (map == NULL)
    return FALSE;

  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      WeftArchiveRevision *revision;
      gint64 rev;

      if (!parse_rev (here.name, &rev, &here, error))
        return FALSE;
      revision = weft_archive_revision_parse (member, rev, &here, error);
      if (revision == NULL)
        return FALSE;
      g_ptr_array_add (self->revisions, revision);
    }

  return TRUE;
}

static gboolean
parse_range (WeftBlockArchive    *self,
             JsonObject          *object,
             const WeftJsonPath  *path,
             GError             **error)
{
  WeftJsonPath here = { path, "range", 0 };
  JsonNode *member = weft_json_require_member (object, "range", path, error);

  if (member == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_ARRAY (member) && json_array_get_length (json_node_get_array (member)) == 0)
    return TRUE;

  return weft_range_parse (member, &self->range, &here, error);
}

static gboolean
parse_pendings (WeftBlockArchive    *self,
                JsonObject          *object,
                const WeftJsonPath  *path,
                GError             **error)
{
  WeftJsonPath map_path = { path, "pending", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  JsonNode *member = json_object_get_member (object, "pending");
  JsonObject *map;
  JsonObjectIter iter;

  if (member == NULL)
    return TRUE;
  map = weft_json_get_object (member, &map_path, error);
  if (map == NULL)
    return FALSE;

  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      g_autoptr (WeftTransform) transform = NULL;

      if (!weft_ids_check_action (here.name, &here, error))
        return FALSE;
      transform = weft_transform_parse (member, &here, error);
      if (transform == NULL)
        return FALSE;
      g_ptr_array_add (self->pendings,
                       weft_action_pending_new (self->block_id, here.name, transform, NULL));
    }

  return TRUE;
}

static WeftBlockArchive *
weft_block_archive_parse (JsonNode            *json,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autoptr (WeftBlockArchive) self = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  const char *block_id;

  if (object == NULL)
    return NULL;
  block_id = weft_ids_get_block (object, "blockId", path, error);
  if (block_id == NULL)
    return NULL;

  self = weft_block_archive_new_empty (block_id);
  if (!parse_revisions (self, object, path, error))
    return NULL;
  if (!parse_range (self, object, path, error))
    return NULL;
  if (!parse_pendings (self, object, path, error))
    return NULL;
  if (!weft_block_archive_complete (self, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_block_archive_from_json:
 * @json: `{"blockId","revisions":{"<rev>":ArchiveRevision},
 *   "range":[start] or [start,end) or [],"pending"?:{"<action id>":Transform}}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an archive. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftBlockArchive *
weft_block_archive_from_json (JsonNode  *json,
                              GError   **error)
{
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_block_archive_parse (json, NULL, error);
}

static JsonNode *
revisions_to_json (WeftBlockArchive *self)
{
  JsonObject *map = json_object_new ();

  for (guint i = 0; i < self->revisions->len; i++)
    {
      WeftArchiveRevision *revision = g_ptr_array_index (self->revisions, i);
      gint64 rev = weft_archive_revision_get_rev (revision);
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, rev);

      json_object_set_member (map, name, weft_archive_revision_to_json (revision));
    }

  return weft_content_seal_object (map);
}

static JsonNode *
pendings_to_json (WeftBlockArchive *self)
{
  JsonObject *map = json_object_new ();

  for (guint i = 0; i < self->pendings->len; i++)
    {
      WeftActionPending *pending = g_ptr_array_index (self->pendings, i);
      WeftTransform *transform = weft_action_pending_get_transform (pending);

      json_object_set_member (map, weft_action_pending_get_action_id (pending),
                              weft_transform_to_json (transform));
    }

  return weft_content_seal_object (map);
}

/**
 * weft_block_archive_to_json:
 * @self: an archive
 *
 * Writes the value as `{"blockId","revisions":{"<rev>":ArchiveRevision},
 * "range":[start] or [start,end) or [],"pending"?:{"<action id>":Transform}}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_block_archive_to_json (WeftBlockArchive *self)
{
  JsonObject *object;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_object_new ();
  json_object_set_string_member (object, "blockId", self->block_id);
  json_object_set_member (object, "revisions", revisions_to_json (self));
  json_object_set_member (object, "range",
                          self->range.start > 0 ? weft_range_to_json (&self->range)
                                                : weft_content_seal_array (json_array_new ()));
  if (self->pendings->len > 0)
    json_object_set_member (object, "pending", pendings_to_json (self));

  return weft_content_seal_object (object);
}
