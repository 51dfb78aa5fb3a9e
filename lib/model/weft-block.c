/* weft-block.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-parts-private.h"

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
  WeftContent content;
  const char *block_type; /* in names, and so is the next one */
  const char *collection_id;
  char names[]; /* the id, the type and the id of the collection, each with its NUL */
};

static void
clear (WeftBlock *self)
{
  weft_content_clear (&self->content);
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
WEFT_DEFINE_BOXED_TEXT (WeftBlock, weft_block, clear)

/* What a header says. */
typedef struct
{
  const char *id;
  const char *block_type;
  const char *collection_id;
} Header;

static gboolean
read_header (const WeftItem      *object,
             Header              *header,
             const WeftJsonPath  *path,
             GError             **error)
{
  WeftJsonPath here = { path, "header", 0 };
  WeftJsonPath type = { &here, "type", 0 };
  const WeftItem *member = weft_item_require_member (object, "header", path, error);

  if (member == NULL || weft_item_get_object (member, &here, error) == NULL)
    return FALSE;

  header->id = weft_ids_read_block (member, "id", &here, error);
  if (header->id == NULL)
    return FALSE;
  header->block_type = weft_item_require_string (member, "type", &here, error);
  if (header->block_type == NULL || !weft_ids_check_name (header->block_type, &type, error))
    return FALSE;
  header->collection_id = weft_ids_read_block (member, "collectionId", &here, error);

  return header->collection_id != NULL;
}

static gboolean
check_attribute_names (const WeftItem      *object,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  const WeftItem *member;

  for (member = weft_item_first (object); member != NULL; member = weft_item_next (object, member))
    {
      WeftJsonPath here = { path, member->name, 0 };

      if (!weft_ids_check_name (member->name, &here, error))
        return FALSE;
    }

  return TRUE;
}

static WeftBlock *
new_with_header (const Header *header)
{
  gsize id_bytes = strlen (header->id) + 1;
  gsize type_bytes = strlen (header->block_type) + 1;
  gsize collection_bytes = strlen (header->collection_id) + 1;
  gsize bytes = sizeof (WeftBlock) + id_bytes + type_bytes + collection_bytes;
  WeftBlock *self = g_atomic_rc_box_alloc0 (bytes);
  char *at = self->names;

  memcpy (at, header->id, id_bytes);
  at += id_bytes;
  self->block_type = memcpy (at, header->block_type, type_bytes);
  at += type_bytes;
  self->collection_id = memcpy (at, header->collection_id, collection_bytes);

  return self;
}

WeftBlock *
weft_block_read (const WeftItem      *item,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  g_autoptr (WeftBlock) self = NULL;
  Header header;

  if (weft_item_get_object (item, path, error) == NULL)
    return NULL;
  if (!read_header (item, &header, path, error))
    return NULL;
  if (!check_attribute_names (item, path, error))
    return NULL;

  self = new_with_header (&header);
  return weft_content_read (&self->content, item, path, error) ? g_steal_pointer (&self) : NULL;
}

WeftBlock *
weft_block_new_successor (WeftBlock *base,
                          char      *text)
{
  Header header = { base->names, base->block_type, base->collection_id };
  WeftBlock *self = new_with_header (&header);

  weft_content_init_text (&self->content, text);

  return self;
}

char *
weft_block_get_text (WeftBlock *self)
{
  return self->content.text;
}

static JsonObject *
get_object (WeftBlock *self)
{
  return json_node_get_object (weft_content_get_node (&self->content));
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

  return weft_block_from_json (json, error);
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

  return self->names;
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

  return json_object_get_member (get_object (self), name);
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
  json_object_iter_init_ordered (&iter, get_object (self));
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

  return weft_sha256_base64url (self->content.text, g_ref_string_length (self->content.text));
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
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_block_read (weft_tape_get_root (tape), NULL, error);
}

/**
 * weft_block_from_string:
 * @text: JSON, as weft_block_to_string() writes it
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a block from text as weft_block_from_json() does from a tree, which is not made.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_FROM_STRING (WeftBlock, weft_block)

void
weft_block_append (WeftBlock *self,
                   GString   *text)
{
  weft_content_append (&self->content, text);
}
