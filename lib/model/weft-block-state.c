/* weft-block-state.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-state-private.h"

#include "weft-ids-private.h"
#include "weft-json-string-private.h"
#include "weft-parts-private.h"
#include "weft-text-private.h"

static const char *const member_names[] = { "blockId", "latest", "open", "elsewhere",
                                            NULL };

WeftBlockState *
weft_block_state_new (const char *block_id,
                      gint64      rev,
                      const char *action_id,
                      GPtrArray  *open)
{
  WeftBlockState *self = g_new0 (WeftBlockState, 1);

  g_assert (block_id != NULL);
  g_assert (rev >= 0);
  g_assert ((rev > 0) == (action_id != NULL));

  self->block_id = g_strdup (block_id);
  self->rev = rev;
  self->action_id = g_strdup (action_id);
  self->open = open;

  return self;
}

void
weft_block_state_free (WeftBlockState *self)
{
  g_clear_pointer (&self->block_id, g_free);
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->open, g_ptr_array_unref);
  g_free (self);
}

static gboolean
read_open (WeftBlockState     *self,
           const WeftItem     *object,
           const WeftJsonPath *path,
           GError            **error)
{
  const WeftJsonPath here = { path, "open", 0 };

  if (weft_item_find (object, "open") == NULL)
    return TRUE;
  self->open = weft_slot_states_read (object, "open", path, error);
  if (self->open == NULL)
    return FALSE;
  for (guint i = 0; i < self->open->len; i++)
    {
      const WeftSlotState *state = g_ptr_array_index (self->open, i);

      if (!g_str_equal (weft_slot_get_block_id (state->slot), self->block_id))
        {
          weft_json_set_error (error, &here, "expected slots of the block");
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
read_latest (WeftBlockState     *self,
             const WeftItem     *object,
             const WeftJsonPath *path,
             GError            **error)
{
  const WeftJsonPath here = { path, "latest", 0 };
  const WeftItem *member = weft_item_find (object, "latest");
  g_autoptr (WeftActionRev) latest = NULL;

  if (member == NULL)
    return TRUE;
  latest = weft_action_rev_read (member, &here, error);
  if (latest == NULL)
    return FALSE;
  self->rev = weft_action_rev_get_rev (latest);
  self->action_id = g_strdup (weft_action_rev_get_action_id (latest));

  return TRUE;
}

static WeftBlockState *
read_state (const WeftItem     *item,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath elsewhere_path = { path, "elsewhere", 0 };
  g_autoptr (WeftBlockState) self = g_new0 (WeftBlockState, 1);
  const WeftItem *object = weft_item_get_object (item, path, error);

  if (object == NULL || !weft_item_check_members (object, member_names, path, error))
    return NULL;
  self->block_id = g_strdup (weft_ids_read_block (object, "blockId", path, error));
  if (self->block_id == NULL)
    return NULL;
  if (!read_latest (self, object, path, error)
      || !read_open (self, object, path, error)
      || !weft_item_optional_boolean (object, "elsewhere", path, FALSE, &self->is_elsewhere,
                                      error))
    return NULL;
  if (self->is_elsewhere && (self->rev > 0 || self->open != NULL))
    {
      weft_json_set_error (error, &elsewhere_path,
                           "expected it of a block of which there is nothing");
      return NULL;
    }

  return g_steal_pointer (&self);
}

GPtrArray *
weft_block_states_read (const WeftItem     *item,
                        const WeftJsonPath *path,
                        GError            **error)
{
  g_autoptr (GPtrArray) states = NULL;
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *array = weft_item_get_array (item, path, error);

  if (array == NULL || !weft_ids_check_count (array->length, path, error))
    return NULL;

  states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);
  for (const WeftItem *element = weft_item_first (array); element != NULL;
       element = weft_item_next (array, element), here.index++)
    {
      WeftBlockState *state = read_state (element, &here, error);

      if (state == NULL)
        return NULL;
      g_ptr_array_add (states, state);
    }

  return g_steal_pointer (&states);
}

/* {"blockId","elsewhere"?,"latest"?,"open"?}, with the members in order. */
static void
append_state (const WeftBlockState *state,
              GString              *text)
{
  weft_text_append (text, "{\"blockId\":");
  weft_json_append_string (text, state->block_id);
  if (state->is_elsewhere)
    weft_text_append (text, ",\"elsewhere\":true");
  if (state->rev > 0)
    {
      weft_text_append (text, ",\"latest\":{\"actionId\":");
      weft_json_append_string (text, state->action_id);
      weft_text_append (text, ",\"rev\":");
      weft_json_append_integer (text, state->rev);
      g_string_append_c (text, '}');
    }
  if (state->open != NULL && state->open->len > 0)
    {
      weft_text_append (text, ",\"open\":");
      weft_slot_states_append (state->open, text);
    }
  g_string_append_c (text, '}');
}

void
weft_block_states_append (GPtrArray *states,
                          GString   *text)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < states->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_state (g_ptr_array_index (states, i), text);
    }
  g_string_append_c (text, ']');
}
