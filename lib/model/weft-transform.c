/* weft-transform.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transform-private.h"

#include "weft-block-private.h"
#include "weft-boxed-private.h"
#include "weft-draft-private.h"
#include "weft-error.h"
#include "weft-members-private.h"
#include "weft-operation-private.h"
#include "weft-parts-private.h"
#include "weft-text-private.h"

/**
 * WeftTransform:
 *
 * A change to one block: an insert, then updates in order, then a delete, each of them optional.
 *
 * Since: 0.1
 */
struct _WeftTransform
{
  WeftBlock *insert;  /* or NULL */
  GPtrArray *updates; /* WeftOperation */
  gboolean is_delete;
  gpointer digest;    /* Digest, or NULL as long as nobody told it */
};

typedef struct
{
  gint64 base;
  char text[];
} Digest;

static void
clear (WeftTransform *self)
{
  g_clear_pointer (&self->insert, weft_block_unref);
  g_clear_pointer (&self->updates, g_ptr_array_unref);
  g_clear_pointer (&self->digest, g_free);
}

/**
 * weft_transform_ref:
 * @self: a transform
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_transform_unref:
 * @self: (transfer full): a transform
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_transform_to_string:
 * @self: a transform
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_transform_equal:
 * @a: a transform
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_transform_to_json:
 * @self: a transform
 *
 * Writes the value as `{"insert"?:Block, "updates"?:[Operation…], "delete"?:true}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftTransform, weft_transform, clear)

static WeftTransform *
new_empty (void)
{
  WeftTransform *self = g_atomic_rc_box_new0 (WeftTransform);

  self->updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);

  return self;
}

const char *
weft_transform_get_digest (WeftTransform *self,
                           gint64         base)
{
  const Digest *digest = g_atomic_pointer_get (&self->digest);

  return digest != NULL && digest->base == base ? digest->text : NULL;
}

void
weft_transform_set_digest (WeftTransform *self,
                           gint64         base,
                           const char    *text)
{
  gsize size = strlen (text) + 1;
  Digest *digest = g_malloc (sizeof *digest + size);

  digest->base = base;
  memcpy (digest->text, text, size);
  if (!g_atomic_pointer_compare_and_exchange (&self->digest, NULL, digest))
    g_free (digest);
}

/**
 * weft_transform_new:
 * @insert: (nullable): the block that takes the place of whatever was there
 * @updates: (nullable) (element-type WeftOperation): what to change then, in order
 * @is_delete: whether there is no block in the end
 *
 * Creates a transform.
 *
 * Returns: (transfer full): the transform
 *
 * Since: 0.1
 */
WeftTransform *
weft_transform_new (WeftBlock *insert,
                    GPtrArray *updates,
                    gboolean   is_delete)
{
  WeftTransform *self = new_empty ();

  if (insert != NULL)
    self->insert = weft_block_ref (insert);
  for (guint i = 0; updates != NULL && i < updates->len; i++)
    g_ptr_array_add (self->updates, weft_operation_ref (g_ptr_array_index (updates, i)));
  self->is_delete = is_delete;

  return self;
}

static gboolean
read_updates (WeftTransform       *self,
              const WeftItem      *array,
              const WeftJsonPath  *path,
              GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *item;

  if (weft_item_get_array (array, path, error) == NULL)
    return FALSE;

  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    {
      WeftOperation *update = weft_operation_read (item, &here, error);

      if (update == NULL)
        return FALSE;
      g_ptr_array_add (self->updates, update);
      here.index++;
    }

  return TRUE;
}

/* The parts apart, as the values of many blocks hold them; each may be NULL. */
WeftTransform *
weft_transform_read_parts (const WeftItem      *insert,
                           const WeftJsonPath  *insert_path,
                           const WeftItem      *updates,
                           const WeftJsonPath  *updates_path,
                           gboolean             is_delete,
                           GError             **error)
{
  g_autoptr (WeftTransform) self = new_empty ();

  if (insert != NULL)
    {
      self->insert = weft_block_read (insert, insert_path, error);
      if (self->insert == NULL)
        return NULL;
    }
  if (updates != NULL && !read_updates (self, updates, updates_path, error))
    return NULL;
  self->is_delete = is_delete;

  return g_steal_pointer (&self);
}

WeftTransform *
weft_transform_read (const WeftItem      *item,
                     const WeftJsonPath  *path,
                     GError             **error)
{
  WeftJsonPath insert = { path, "insert", 0 };
  WeftJsonPath updates = { path, "updates", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  gboolean is_delete;

  if (object == NULL)
    return NULL;
  if (!weft_item_optional_boolean (object, "delete", path, FALSE, &is_delete, error))
    return NULL;

  return weft_transform_read_parts (weft_item_find (object, "insert"), &insert,
                                     weft_item_find (object, "updates"), &updates,
                                     is_delete, error);
}

/**
 * weft_transform_get_insert:
 * @self: a transform
 *
 * Gets the block that takes the place of whatever was there.
 *
 * Returns: (transfer none) (nullable): the block, or %NULL if there is none
 *
 * Since: 0.1
 */
WeftBlock *
weft_transform_get_insert (WeftTransform *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->insert;
}

/**
 * weft_transform_get_updates:
 * @self: a transform
 *
 * Gets the operations that follow the insert.
 *
 * Returns: (transfer none) (element-type WeftOperation): the operations, not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
weft_transform_get_updates (WeftTransform *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->updates;
}

/**
 * weft_transform_is_delete:
 * @self: a transform
 *
 * Tells whether there is no block in the end.
 *
 * Returns: whether it deletes
 *
 * Since: 0.1
 */
gboolean
weft_transform_is_delete (WeftTransform *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_delete;
}

/**
 * weft_transform_needs_base:
 * @self: a transform
 *
 * Tells whether what the transform makes depends on the block that is there: it has no insert to
 * start from, and is more than a delete. A transform that changes nothing leaves what was there,
 * also where that is no block.
 *
 * Returns: whether it needs a base
 *
 * Since: 0.1
 */
gboolean
weft_transform_needs_base (WeftTransform *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->insert == NULL && (self->updates->len > 0 || !self->is_delete);
}

static WeftBlock *
apply_updates (WeftTransform  *self,
               WeftBlock      *base,
               GError        **error)
{
  g_autoptr (WeftDraft) draft = weft_draft_new (base);

  for (guint i = 0; i < self->updates->len; i++)
    if (!weft_draft_apply (draft, g_ptr_array_index (self->updates, i), error))
      return NULL;

  return weft_draft_finish (draft, error);
}

/**
 * weft_transform_apply:
 * @self: a transform
 * @base: (nullable): the block to start from, which stays as it is, or %NULL if there is none
 * @result: (out) (optional) (nullable) (transfer full): return location for the block that
 *   results, %NULL if there is none
 * @error: return location for a [error@Weft.Error]
 *
 * Applies the change: the insert replaces the base, the updates follow in order, and a delete
 * leaves no block.
 *
 * Returns: %TRUE, or %FALSE with %WEFT_ERROR_MISSING_BASE if there are updates and nothing to
 *   apply them to, %WEFT_ERROR_INVALID if an attribute to splice is no array, or
 *   %WEFT_ERROR_TOO_LARGE if the block would be
 *
 * Since: 0.1
 */
gboolean
weft_transform_apply (WeftTransform  *self,
                      WeftBlock      *base,
                      WeftBlock     **result,
                      GError        **error)
{
  g_autoptr (WeftBlock) block = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (result != NULL)
    *result = NULL;

  if (self->insert != NULL)
    base = self->insert;

  if (self->updates->len > 0)
    {
      if (base == NULL)
        {
          g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE,
                               "expected a block to update, found none");
          return FALSE;
        }
      block = apply_updates (self, base, error);
      if (block == NULL)
        return FALSE;
    }
  else if (base != NULL)
    {
      block = weft_block_ref (base);
    }

  if (result != NULL && !self->is_delete)
    *result = g_steal_pointer (&block);

  return TRUE;
}

/**
 * weft_transform_from_json:
 * @json: `{"insert"?:Block, "updates"?:[Operation…], "delete"?:true}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a transform. Members it does not know are ignored. An error names the member by its
 * path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftTransform *
weft_transform_from_json (JsonNode  *json,
                          GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_transform_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_transform_append_updates (WeftTransform *self,
                               GString       *text)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < self->updates->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      weft_operation_append (g_ptr_array_index (self->updates, i), text);
    }
  g_string_append_c (text, ']');
}

void
weft_transform_append (WeftTransform *self,
                       GString       *text)
{
  gsize start = text->len;

  if (self->is_delete)
    {
      weft_members_append_name (text, "delete");
      weft_text_append (text, "true");
    }
  if (self->insert != NULL)
    {
      weft_members_append_name (text, "insert");
      weft_block_append (self->insert, text);
    }
  if (self->updates->len > 0)
    {
      weft_members_append_name (text, "updates");
      weft_transform_append_updates (self, text);
    }
  weft_members_close (text, start);
}

gsize
weft_transform_get_length (WeftTransform *self)
{
  gsize length = 0;

  if (self->insert != NULL)
    length += g_ref_string_length (weft_block_get_text (self->insert));
  for (guint i = 0; i < self->updates->len; i++)
    length += weft_operation_get_length (g_ptr_array_index (self->updates, i));

  return length;
}
