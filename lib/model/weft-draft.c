/* weft-draft.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-draft-private.h"

#include "weft-block-private.h"
#include "weft-content-private.h"
#include "weft-json-names-private.h"
#include "weft-json-string-private.h"
#include "weft-members-private.h"
#include "weft-operation-private.h"
#include "weft-text-private.h"

/* An attribute that some operation touched. At most one of what is behind its name is there: a
 * value, what set it, the elements of an array that is being spliced, or nothing of all that for an
 * attribute that is absent.
 * A sequence and not an array, because a peer may send a hundred thousand splices at the front
 * of a long list. */
typedef struct
{
  char *name;
  const WeftItem *value;
  WeftOperation *set;  /* what set the value, which nobody looked into */
  GSequence *elements; /* const WeftItem */
} Attribute;

struct _WeftDraft
{
  WeftBlock *base;
  const WeftItem *object; /* the base, of the first tape */
  WeftTape *tape;         /* of the base */
  GPtrArray *tapes;       /* WeftTape of the operations; NULL until there is one */
  /* const char * of the Attribute -> Attribute, in canonical order; NULL as long as there is only
   * the first, which is mostly all that is touched. */
  GTree *touched;
  Attribute *first;
};

static void
attribute_clear (Attribute *self)
{
  self->value = NULL;
  g_clear_pointer (&self->set, weft_operation_unref);
  g_clear_pointer (&self->elements, g_sequence_free);
}

static void
attribute_free (Attribute *self)
{
  attribute_clear (self);
  g_free (self->name);
  g_free (self);
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return weft_json_names_compare (a, b);
}

static Attribute *
find_touched (WeftDraft  *self,
              const char *name)
{
  if (self->touched != NULL)
    return g_tree_lookup (self->touched, name);

  return self->first != NULL && g_str_equal (self->first->name, name) ? self->first : NULL;
}

static Attribute *
touch (WeftDraft  *self,
       const char *name)
{
  Attribute *attribute = find_touched (self, name);

  if (attribute != NULL)
    return attribute;

  attribute = g_new0 (Attribute, 1);
  attribute->name = g_strdup (name);
  attribute->value = weft_item_find (self->object, name);
  if (self->first == NULL)
    {
      self->first = attribute;
      return attribute;
    }

  if (self->touched == NULL)
    {
      self->touched = g_tree_new_full (compare_names, NULL, NULL, (GDestroyNotify) attribute_free);
      g_tree_insert (self->touched, self->first->name, self->first);
    }
  g_tree_insert (self->touched, attribute->name, attribute);

  return attribute;
}

/* What the operation has stays as long as the draft. */
static const WeftItem *
open_operation (WeftDraft     *self,
                WeftOperation *operation)
{
  const WeftItem *value;

  if (self->tapes == NULL)
    self->tapes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_tape_unref);
  g_ptr_array_add (self->tapes, weft_operation_open (operation, &value));

  return value;
}

/* Turns an attribute into a sequence that can be spliced; one that is absent becomes empty. */
static gboolean
open_elements (WeftDraft  *draft,
               Attribute  *self,
               GError    **error)
{
  WeftJsonPath path = { NULL, self->name, 0 };
  const WeftItem *array = self->set != NULL ? open_operation (draft, self->set) : self->value;
  const WeftItem *element;

  if (self->elements != NULL)
    return TRUE;
  if (array != NULL && weft_item_get_array (array, &path, error) == NULL)
    return FALSE;

  attribute_clear (self);
  self->elements = g_sequence_new (NULL);
  if (array == NULL)
    return TRUE;
  for (element = weft_item_first (array); element != NULL;
       element = weft_item_next (array, element))
    g_sequence_append (self->elements, (gpointer) element);

  return TRUE;
}

static gboolean
splice (WeftDraft      *draft,
        Attribute      *self,
        WeftOperation  *operation,
        GError        **error)
{
  const WeftItem *items = open_operation (draft, operation);
  gint64 index = weft_operation_get_index (operation);
  gint64 delete_count = weft_operation_get_delete_count (operation);
  const WeftItem *item;
  GSequenceIter *at;
  gint64 length;

  if (!open_elements (draft, self, error))
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
  for (item = weft_item_first (items); item != NULL; item = weft_item_next (items, item))
    g_sequence_insert_before (at, (gpointer) item);

  return TRUE;
}

WeftDraft *
weft_draft_new (WeftBlock *base)
{
  WeftDraft *self = g_new0 (WeftDraft, 1);
  char *text = weft_block_get_text (base);

  self->base = weft_block_ref (base);
  self->tape = weft_tape_read_own (text, g_ref_string_length (text));
  self->object = weft_tape_get_root (self->tape);

  return self;
}

void
weft_draft_free (WeftDraft *self)
{
  if (self->touched != NULL)
    g_tree_unref (self->touched);
  else if (self->first != NULL)
    attribute_free (self->first);
  g_clear_pointer (&self->tapes, g_ptr_array_unref);
  weft_tape_unref (self->tape);
  weft_block_unref (self->base);
  g_free (self);
}

gboolean
weft_draft_apply (WeftDraft      *self,
                  WeftOperation  *operation,
                  GError        **error)
{
  Attribute *attribute = touch (self, weft_operation_get_attribute (operation));

  switch (weft_operation_get_kind (operation))
    {
    case WEFT_OPERATION_KIND_SPLICE:
      return splice (self, attribute, operation, error);

    case WEFT_OPERATION_KIND_SET:
      attribute_clear (attribute);
      attribute->set = weft_operation_ref (operation);
      return TRUE;

    case WEFT_OPERATION_KIND_UNSET:
      attribute_clear (attribute);
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

static void
append_elements (GSequence *elements,
                 GString   *text)
{
  GSequenceIter *iter = g_sequence_get_begin_iter (elements);

  g_string_append_c (text, '[');
  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    {
      if (!g_sequence_iter_is_begin (iter))
        g_string_append_c (text, ',');
      weft_item_append (g_sequence_get (iter), text);
    }
  g_string_append_c (text, ']');
}

static void
append_value (Attribute *self,
              GString   *text)
{
  const char *value;
  gsize length;

  if (self->elements != NULL)
    {
      append_elements (self->elements, text);
    }
  else if (self->set != NULL)
    {
      value = weft_operation_get_value_text (self->set, &length);
      weft_text_append_len (text, value, length);
    }
  else
    {
      weft_item_append (self->value, text);
    }
}

static gboolean
is_present (Attribute *self)
{
  return self->value != NULL || self->set != NULL || self->elements != NULL;
}

static void
append_name (const char *name,
             GPtrArray  *names,
             GString    *text)
{
  if (names != NULL)
    g_ptr_array_add (names, (gpointer) name);
  g_string_append_c (text, ',');
  weft_json_append_string (text, name);
  g_string_append_c (text, ':');
}

/* Writes what is touched in between what is not; both come in canonical order. @names (nullable)
 * gets the names. */
static void
append_members (WeftDraft *self,
                GPtrArray *names,
                GString   *text)
{
  const WeftItem *member = weft_item_first (self->object);
  GTreeNode *node = self->touched != NULL ? g_tree_node_first (self->touched) : NULL;
  Attribute *attribute = node != NULL ? g_tree_node_value (node) : self->first;

  while (member != NULL || attribute != NULL)
    {
      int order = member == NULL ? 1 : -1;

      if (member != NULL && attribute != NULL)
        order = weft_json_names_compare (member->name, attribute->name);
      if (order < 0)
        {
          append_name (member->name, names, text);
          weft_item_append (member, text);
        }
      else if (is_present (attribute))
        {
          append_name (attribute->name, names, text);
          append_value (attribute, text);
        }
      if (order <= 0)
        member = weft_item_next (self->object, member);
      if (order >= 0)
        {
          node = node != NULL ? g_tree_node_next (node) : NULL;
          attribute = node != NULL ? g_tree_node_value (node) : NULL;
        }
    }
}

/* What the reader of JSON refuses must not come into being here, or nobody could read it. */
static gboolean
check_names (GPtrArray  *names,
             GError    **error)
{
  g_autofree guint32 *hashes = NULL;

  if (names == NULL || names->len <= WEFT_JSON_NAMES_UNCHECKED_MAX)
    return TRUE;

  hashes = g_new (guint32, names->len);
  for (guint i = 0; i < names->len; i++)
    hashes[i] = g_str_hash (g_ptr_array_index (names, i));
  if (weft_json_names_are_spread (hashes, names->len))
    return TRUE;

  weft_json_set_error (error, NULL, "expected attribute names that do not collide");
  return FALSE;
}

/* Makes the block, of pieces of text that are canonical each. */
WeftBlock *
weft_draft_finish (WeftDraft  *self,
                   GError    **error)
{
  g_autoptr (GString) text = g_string_sized_new (2 * self->object->source_length);
  gsize n_touched = self->touched != NULL ? (gsize) g_tree_nnodes (self->touched) : 1;
  g_autoptr (GPtrArray) names = NULL;
  WeftJsonPath path = { NULL, weft_block_get_id (self->base), 0 };

  if (self->object->length + n_touched > WEFT_JSON_NAMES_UNCHECKED_MAX)
    names = g_ptr_array_sized_new (self->object->length);
  append_members (self, names, text);
  weft_members_close (text, 0);
  if (!weft_content_check_bytes (text->len, &path, error) || !check_names (names, error))
    return NULL;

  return weft_block_new_successor (self->base, g_ref_string_new_len (text->str, text->len));
}
