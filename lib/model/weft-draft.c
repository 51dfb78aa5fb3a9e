/* weft-draft.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-draft-private.h"

#include <string.h>

#include "weft-block-private.h"
#include "weft-error.h"
#include "weft-json-names-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-operation-private.h"

/* The shortest member, `"a":1,`. */
#define MEMBER_BYTES_MIN 6

/* An attribute that some operation touched. At most one of value and elements is set: a value,
 * the elements of an array that is being spliced, or neither for an attribute that is absent.
 * A sequence and not an array, because a peer may send a hundred thousand splices at the front
 * of a long list. */
typedef struct
{
  char *name;
  JsonNode *value;
  GSequence *elements; /* JsonNode */
  gboolean is_written;
} Attribute;

struct _WeftDraft
{
  WeftBlock *base;
  GPtrArray *touched; /* Attribute, in the order of the first touch */
  GTree *by_name;     /* const char * -> Attribute of touched; a tree has no collisions */
  gsize bytes_bound;
};

typedef struct
{
  const char *name;
  JsonNode *value;
} Member;

static void
attribute_clear (Attribute *self)
{
  g_clear_pointer (&self->value, json_node_unref);
  g_clear_pointer (&self->elements, g_sequence_free);
}

static void
attribute_free (Attribute *self)
{
  attribute_clear (self);
  g_free (self->name);
  g_free (self);
}

static Attribute *
touch (WeftDraft  *self,
       const char *name)
{
  Attribute *attribute = g_tree_lookup (self->by_name, name);
  JsonNode *value;

  if (attribute != NULL)
    return attribute;

  value = weft_block_get_attribute (self->base, name);
  attribute = g_new0 (Attribute, 1);
  attribute->name = g_strdup (name);
  attribute->value = value != NULL ? json_node_ref (value) : NULL;
  g_ptr_array_add (self->touched, attribute);
  g_tree_insert (self->by_name, attribute->name, attribute);

  return attribute;
}

static void
append_elements (GSequence *elements,
                 JsonArray *array)
{
  guint length = json_array_get_length (array);

  for (guint i = 0; i < length; i++)
    g_sequence_append (elements, json_node_ref (json_array_get_element (array, i)));
}

/* Turns an attribute into a sequence that can be spliced; one that is absent becomes empty. */
static gboolean
open_elements (Attribute  *self,
               GError    **error)
{
  WeftJsonPath path = { NULL, self->name, 0 };
  JsonArray *array = NULL;

  if (self->elements != NULL)
    return TRUE;

  if (self->value != NULL)
    {
      array = weft_json_get_array (self->value, &path, error);
      if (array == NULL)
        return FALSE;
    }

  self->elements = g_sequence_new ((GDestroyNotify) json_node_unref);
  if (array != NULL)
    append_elements (self->elements, array);
  g_clear_pointer (&self->value, json_node_unref);

  return TRUE;
}

static gboolean
splice (Attribute      *self,
        WeftOperation  *operation,
        GError        **error)
{
  gint64 index = weft_operation_get_index (operation);
  gint64 delete_count = weft_operation_get_delete_count (operation);
  JsonArray *items = weft_operation_get_items (operation);
  guint n_items = json_array_get_length (items);
  GSequenceIter *at;
  gint64 length;

  if (!open_elements (self, error))
    return FALSE;

  length = g_sequence_get_length (self->elements);
  if (index < 0)
    index += length;
  index = CLAMP (index, 0, length);
  delete_count = CLAMP (delete_count, 0, length - index);

  at = g_sequence_get_iter_at_pos (self->elements, (int) index);
  if (delete_count > 0)
    {
      GSequenceIter *end;

      end = g_sequence_get_iter_at_pos (self->elements, (int) (index + delete_count));
      g_sequence_remove_range (at, end);
      at = end;
    }
  for (guint i = 0; i < n_items; i++)
    g_sequence_insert_before (at, json_node_ref (json_array_get_element (items, i)));

  return TRUE;
}

WeftDraft *
weft_draft_new (WeftBlock *base)
{
  WeftDraft *self = g_new0 (WeftDraft, 1);

  g_assert (base != NULL);

  self->base = weft_block_ref (base);
  self->touched = g_ptr_array_new_with_free_func ((GDestroyNotify) attribute_free);
  self->by_name = g_tree_new ((GCompareFunc) strcmp);
  self->bytes_bound = weft_block_get_bytes_bound (base);

  return self;
}

void
weft_draft_free (WeftDraft *self)
{
  g_tree_unref (self->by_name);
  g_ptr_array_unref (self->touched);
  weft_block_unref (self->base);
  g_free (self);
}

gboolean
weft_draft_apply (WeftDraft      *self,
                  WeftOperation  *operation,
                  GError        **error)
{
  Attribute *attribute = touch (self, weft_operation_get_attribute (operation));

  self->bytes_bound += weft_operation_get_bytes_bound (operation);

  switch (weft_operation_get_kind (operation))
    {
    case WEFT_OPERATION_KIND_SPLICE:
      return splice (attribute, operation, error);

    case WEFT_OPERATION_KIND_SET:
      attribute_clear (attribute);
      attribute->value = json_node_ref (weft_operation_get_value (operation));
      return TRUE;

    case WEFT_OPERATION_KIND_UNSET:
      attribute_clear (attribute);
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

static JsonNode *
close_elements (GSequence *elements)
{
  JsonNode *node = json_node_alloc ();
  JsonArray *array = json_array_sized_new (g_sequence_get_length (elements));
  GSequenceIter *iter = g_sequence_get_begin_iter (elements);

  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    json_array_add_element (array, json_node_ref (g_sequence_get (iter)));

  json_node_init (node, JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  return node;
}

static void
member_clear (gpointer data)
{
  Member *member = data;

  g_clear_pointer (&member->value, json_node_unref);
}

static void
write_attribute (Attribute *self,
                 GArray    *members)
{
  Member member = { self->name, NULL };

  if (self->is_written)
    return;

  self->is_written = TRUE;
  if (self->elements != NULL)
    member.value = close_elements (self->elements);
  else if (self->value != NULL)
    member.value = json_node_ref (self->value);
  if (member.value != NULL)
    g_array_append_val (members, member);
}

/* The members of the block in a fixed order: those of the base first, then the new ones. */
static GArray *
list_members (WeftDraft *self)
{
  GArray *members = g_array_new (FALSE, FALSE, sizeof (Member));
  JsonObjectIter iter;
  Member member;

  g_array_set_clear_func (members, member_clear);
  json_object_iter_init_ordered (&iter, weft_block_get_object (self->base));
  while (json_object_iter_next_ordered (&iter, &member.name, &member.value))
    {
      Attribute *attribute = g_tree_lookup (self->by_name, member.name);

      if (attribute != NULL)
        {
          write_attribute (attribute, members);
          continue;
        }
      json_node_ref (member.value);
      g_array_append_val (members, member);
    }
  for (guint i = 0; i < self->touched->len; i++)
    write_attribute (g_ptr_array_index (self->touched, i), members);

  return members;
}

/* What the reader of JSON refuses must not come into being here, or nobody could read it. */
static gboolean
check_names (GArray  *members,
             GError **error)
{
  g_autofree guint32 *hashes = NULL;

  if (members->len <= WEFT_JSON_NAMES_UNCHECKED_MAX)
    return TRUE;
  if (members->len > WEFT_LIMIT_BLOCK_BYTES_MAX / MEMBER_BYTES_MIN)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected at most %d attributes, got %u",
                   WEFT_LIMIT_BLOCK_BYTES_MAX / MEMBER_BYTES_MIN, members->len);
      return FALSE;
    }

  hashes = g_new (guint32, members->len);
  for (guint i = 0; i < members->len; i++)
    hashes[i] = g_str_hash (g_array_index (members, Member, i).name);
  if (weft_json_names_are_spread (hashes, members->len))
    return TRUE;

  weft_json_set_error (error, NULL, "expected attribute names that do not collide");
  return FALSE;
}

/* Makes the block. The draft cannot be used any more. */
WeftBlock *
weft_draft_finish (WeftDraft  *self,
                   GError    **error)
{
  g_autoptr (GArray) members = list_members (self);
  JsonObject *object;

  if (!check_names (members, error))
    return NULL;

  object = json_object_new ();
  for (guint i = 0; i < members->len; i++)
    {
      Member *member = &g_array_index (members, Member, i);

      json_object_set_member (object, member->name, g_steal_pointer (&member->value));
    }

  return weft_block_new_checked (object, self->bytes_bound, error);
}
