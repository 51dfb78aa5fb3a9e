/* weft-block-state.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-state-private.h"

#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parse-private.h"

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
parse_open (WeftBlockState     *self,
            JsonObject         *object,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath here = { path, "open", 0 };

  if (!json_object_has_member (object, "open"))
    return TRUE;
  self->open = weft_slot_states_parse (object, "open", path, error);
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

static WeftBlockState *
parse_state (JsonNode           *json,
             const WeftJsonPath *path,
             GError            **error)
{
  const WeftJsonPath latest_path = { path, "latest", 0 };
  const WeftJsonPath elsewhere_path = { path, "elsewhere", 0 };
  g_autoptr (WeftBlockState) self = g_new0 (WeftBlockState, 1);
  g_autoptr (WeftActionRev) latest = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *member;

  if (object == NULL || !weft_json_check_members (object, member_names, path, error))
    return NULL;
  self->block_id = g_strdup (weft_ids_get_block (object, "blockId", path, error));
  if (self->block_id == NULL)
    return NULL;
  member = json_object_get_member (object, "latest");
  if (member != NULL)
    {
      latest = weft_action_rev_parse (member, &latest_path, error);
      if (latest == NULL)
        return NULL;
      self->rev = weft_action_rev_get_rev (latest);
      self->action_id = g_strdup (weft_action_rev_get_action_id (latest));
    }
  if (!parse_open (self, object, path, error)
      || !weft_json_optional_boolean (object, "elsewhere", path, FALSE, &self->is_elsewhere,
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
weft_block_states_parse (JsonNode           *json,
                         const WeftJsonPath *path,
                         GError            **error)
{
  g_autoptr (GPtrArray) states = NULL;
  WeftJsonPath here = { path, NULL, 0 };
  JsonArray *array = weft_json_get_array (json, path, error);

  if (array == NULL || !weft_ids_check_count (json_array_get_length (array), path, error))
    return NULL;

  states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);
  for (; here.index < json_array_get_length (array); here.index++)
    {
      WeftBlockState *state = parse_state (json_array_get_element (array, here.index), &here,
                                           error);

      if (state == NULL)
        return NULL;
      g_ptr_array_add (states, state);
    }

  return g_steal_pointer (&states);
}

JsonNode *
weft_block_states_to_json (GPtrArray *states)
{
  JsonArray *array = json_array_sized_new (states->len);

  for (guint i = 0; i < states->len; i++)
    {
      const WeftBlockState *state = g_ptr_array_index (states, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "blockId", state->block_id);
      if (state->rev > 0)
        {
          g_autoptr (WeftActionRev) latest = weft_action_rev_new (state->action_id, state->rev,
                                                                  NULL);

          g_assert (latest != NULL);
          json_object_set_member (object, "latest", weft_action_rev_to_json (latest));
        }
      if (state->open != NULL && state->open->len > 0)
        json_object_set_member (object, "open", weft_slot_states_to_json (state->open));
      if (state->is_elsewhere)
        json_object_set_boolean_member (object, "elsewhere", TRUE);
      json_array_add_element (array, weft_content_seal_object (object));
    }

  return weft_content_seal_array (array);
}
