/* weft-block.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-parse-private.h"

/**
 * WeftBlock:
 *
 * A small JSON document with a name: a header, which says what it is, and attributes.
 *
 * A block never changes. Its canonical JSON has at most 1 MiB and nests at most 48 levels.
 * Header members that Weft does not know are kept, because a block may be signed.
 *
 * Since: 0.1
 */
struct _WeftBlock
{
  JsonNode *json;
  JsonObject *object; /* of json, and so are the three below */
  const char *id;
  const char *block_type;
  const char *collection_id;
  gsize bytes_bound; /* the canonical text is not longer than this */
};

static void
clear (WeftBlock *self)
{
  g_clear_pointer (&self->json, json_node_unref);
}

/**
 * weft_block_ref:
 * @self: a block
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_block_unref:
 * @self: (transfer full): a block
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_block_to_string:
 * @self: a block
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_block_equal:
 * @a: a block
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED (WeftBlock, weft_block, clear)

static JsonObject *
check_header (JsonObject          *object,
              const WeftJsonPath  *path,
              GError             **error)
{
  WeftJsonPath here = { path, "header", 0 };
  WeftJsonPath type = { &here, "type", 0 };
  JsonNode *member;
  JsonObject *header;
  const char *name;

  member = weft_json_require_member (object, "header", path, error);
  if (member == NULL)
    return NULL;
  header = weft_json_get_object (member, &here, error);
  if (header == NULL)
    return NULL;
  if (weft_ids_get_block (header, "id", &here, error) == NULL)
    return NULL;
  name = weft_json_require_string (header, "type", &here, error);
  if (name == NULL || !weft_ids_check_name (name, &type, error))
    return NULL;
  if (weft_ids_get_block (header, "collectionId", &here, error) == NULL)
    return NULL;

  return header;
}

static gboolean
check_attribute_names (JsonObject          *object,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      WeftJsonPath here = { path, name, 0 };

      if (!weft_ids_check_name (name, &here, error))
        return FALSE;
    }

  return TRUE;
}

/* Wraps an immutable node that was checked. */
static WeftBlock *
wrap (JsonNode *json,
      gsize     bytes_bound)
{
  WeftBlock *self = g_atomic_rc_box_new0 (WeftBlock);
  JsonObject *header;

  self->json = json;
  self->object = json_node_get_object (json);
  header = json_object_get_object_member (self->object, "header");
  self->id = json_object_get_string_member (header, "id");
  self->block_type = json_object_get_string_member (header, "type");
  self->collection_id = json_object_get_string_member (header, "collectionId");
  self->bytes_bound = bytes_bound;

  return self;
}

WeftBlock *
weft_block_parse (JsonNode            *json,
                  const WeftJsonPath  *path,
                  GError             **error)
{
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *frozen;
  gsize bytes_bound;

  if (object == NULL)
    return NULL;
  if (check_header (object, path, error) == NULL)
    return NULL;
  if (!check_attribute_names (object, path, error))
    return NULL;

  frozen = weft_content_take (json, path, &bytes_bound, error);
  return frozen != NULL ? wrap (frozen, bytes_bound) : NULL;
}

/* Makes a block of an object whose members were all checked before, on their own. */
WeftBlock *
weft_block_new_checked (JsonObject  *object,
                        gsize        bytes_bound,
                        GError     **error)
{
  g_autoptr (JsonNode) json = weft_content_seal_object (object);
  WeftJsonPath path = { NULL, NULL, 0 };

  path.name = json_object_get_string_member (json_object_get_object_member (object, "header"),
                                             "id");
  if (!weft_content_check_bytes (json, &bytes_bound, &path, error))
    return NULL;

  return wrap (g_steal_pointer (&json), bytes_bound);
}

gsize
weft_block_get_bytes_bound (WeftBlock *self)
{
  return self->bytes_bound;
}

JsonObject *
weft_block_get_object (WeftBlock *self)
{
  return self->object;
}

/**
 * weft_block_new:
 * @id: the name of the block, 1 to 256 bytes of UTF-8 without control characters
 * @block_type: what the block is, 1 to 256 bytes of the same
 * @collection_id: the name of the collection it belongs to, with the same rules as @id
 * @attributes: (nullable): the content; it is copied, and has no member named `header`
 * @error: return location for a [error@Weft.Error]
 *
 * Creates a block.
 *
 * Returns: (transfer full): the block, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftBlock *
weft_block_new (const char  *id,
                const char  *block_type,
                const char  *collection_id,
                JsonObject  *attributes,
                GError     **error)
{
  g_autoptr (JsonNode) json = NULL;
  JsonObject *object, *header;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (block_type != NULL, NULL);
  g_return_val_if_fail (collection_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (attributes != NULL && json_object_has_member (attributes, "header"))
    {
      weft_json_set_error (error, NULL, "expected no attribute named header");
      return NULL;
    }

  object = json_object_new ();
  json = json_node_alloc ();
  json_node_init (json, JSON_NODE_OBJECT);
  json_node_take_object (json, object);

  header = json_object_new ();
  json_object_set_object_member (object, "header", header);
  json_object_set_string_member (header, "id", id);
  json_object_set_string_member (header, "type", block_type);
  json_object_set_string_member (header, "collectionId", collection_id);

  if (attributes != NULL)
    {
      json_object_iter_init_ordered (&iter, attributes);
      while (json_object_iter_next_ordered (&iter, &name, &value))
        json_object_set_member (object, name, json_node_ref (value));
    }

  return weft_block_parse (json, NULL, error);
}

/**
 * weft_block_get_id:
 * @self: a block
 *
 * Gets the name by which the block is known in every revision.
 *
 * Returns: (transfer none): the id
 *
 * Since: 0.1
 */
const char *
weft_block_get_id (WeftBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * weft_block_get_block_type:
 * @self: a block
 *
 * Gets what the block is, for those who read its attributes.
 *
 * Returns: (transfer none): the type
 *
 * Since: 0.1
 */
const char *
weft_block_get_block_type (WeftBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block_type;
}

/**
 * weft_block_get_collection_id:
 * @self: a block
 *
 * Gets the collection whose revisions count the changes of the block.
 *
 * Returns: (transfer none): the id of the collection
 *
 * Since: 0.1
 */
const char *
weft_block_get_collection_id (WeftBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->collection_id;
}

/**
 * weft_block_get_attribute:
 * @self: a block
 * @name: the name of an attribute
 *
 * Looks an attribute up. An attribute with the value `null` is there.
 *
 * Returns: (transfer none) (nullable): its value, immutable, or %NULL if there is none
 *
 * Since: 0.1
 */
JsonNode *
weft_block_get_attribute (WeftBlock  *self,
                          const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (g_str_equal (name, "header"))
    return NULL;

  return json_object_get_member (self->object, name);
}

/**
 * weft_block_list_attributes:
 * @self: a block
 *
 * Lists the names of the attributes, sorted by bytes.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 0.1
 */
char **
weft_block_list_attributes (WeftBlock *self)
{
  GPtrArray *names;
  JsonObjectIter iter;
  const char *name;

  g_return_val_if_fail (self != NULL, NULL);

  names = g_ptr_array_new ();
  json_object_iter_init_ordered (&iter, self->object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!g_str_equal (name, "header"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, weft_ids_compare);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}

/**
 * weft_block_digest:
 * @self: a block
 *
 * Computes the SHA-256 of the canonical JSON of the block.
 *
 * Returns: (transfer full): the digest as base64url without padding
 *
 * Since: 0.1
 */
char *
weft_block_digest (WeftBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return weft_json_digest (self->json);
}

/**
 * weft_block_from_json:
 * @json: `{"header":{"id","type","collectionId"}, …attributes}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a block. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftBlock *
weft_block_from_json (JsonNode  *json,
                      GError   **error)
{
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_block_parse (json, NULL, error);
}

/**
 * weft_block_to_json:
 * @self: a block
 *
 * Writes the value as `{"header":{"id","type","collectionId"}, …attributes}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_block_to_json (WeftBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return json_node_ref (self->json);
}
