/* weft-stored.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-stored-private.h"

#include "weft-block-metadata.h"
#include "weft-block.h"
#include "weft-json-private.h"
#include "weft-pending-private.h"

struct _WeftStored
{
  char *text; /* (nullable): a GRefString */
  /* Each is set once, by whoever is first. */
  JsonNode *json;             /* (nullable) */
  const WeftStoredType *type; /* of the value, or NULL: it is set before */
  gpointer value;             /* (nullable) */
};

const WeftStoredType weft_stored_metadata = {
  .ref = (gpointer) weft_block_metadata_ref,
  .unref = (gpointer) weft_block_metadata_unref,
  .to_json = (gpointer) weft_block_metadata_to_json,
  .from_json = (gpointer) weft_block_metadata_from_json,
};

const WeftStoredType weft_stored_pending = {
  .ref = (gpointer) weft_pending_ref,
  .unref = (gpointer) weft_pending_unref,
  .to_json = (gpointer) weft_pending_to_json,
  .append = (gpointer) weft_pending_append,
  .from_json = (gpointer) weft_pending_from_json,
};

const WeftStoredType weft_stored_block = {
  .ref = (gpointer) weft_block_ref,
  .unref = (gpointer) weft_block_unref,
  .to_json = (gpointer) weft_block_to_json,
  .from_json = (gpointer) weft_block_from_json,
};

WeftStored *
weft_stored_new (JsonNode *json)
{
  WeftStored *self = g_atomic_rc_box_new0 (WeftStored);

  g_assert (json_node_is_immutable (json));

  self->json = json_node_ref (json);

  return self;
}

WeftStored *
weft_stored_new_value (const WeftStoredType *type,
                       gpointer              value)
{
  WeftStored *self = g_atomic_rc_box_new0 (WeftStored);

  self->type = type;
  self->value = type->ref (value);

  return self;
}

WeftStored *
weft_stored_new_text (char *text)
{
  WeftStored *self = g_atomic_rc_box_new0 (WeftStored);

  self->text = g_ref_string_acquire (text);

  return self;
}

static void
clear (gpointer data)
{
  WeftStored *self = data;

  g_clear_pointer (&self->text, g_ref_string_release);
  g_clear_pointer (&self->json, json_node_unref);
  if (self->value != NULL)
    self->type->unref (self->value);
}

WeftStored *
weft_stored_ref (WeftStored *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
weft_stored_unref (WeftStored *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

JsonNode *
weft_stored_get_json (WeftStored *self)
{
  JsonNode *json = g_atomic_pointer_get (&self->json);

  if (json != NULL)
    return json;

  json = self->text != NULL ? weft_json_parse_own (self->text, g_ref_string_length (self->text))
                            : self->type->to_json (self->value);
  if (g_atomic_pointer_compare_and_exchange (&self->json, NULL, json))
    return json;
  json_node_unref (json);

  return g_atomic_pointer_get (&self->json);
}

gboolean
weft_stored_is_null (WeftStored *self)
{
  if (g_atomic_pointer_get (&self->value) != NULL)
    return FALSE;

  return JSON_NODE_HOLDS_NULL (weft_stored_get_json (self));
}

gpointer
weft_stored_get_value (WeftStored            *self,
                       const WeftStoredType  *type,
                       GError               **error)
{
  gpointer value = g_atomic_pointer_get (&self->value);

  if (value != NULL)
    {
      g_assert (self->type == type);
      return type->ref (value);
    }

  value = type->from_json (weft_stored_get_json (self), error);
  if (value == NULL)
    return NULL;
  g_atomic_pointer_set (&self->type, type);
  if (g_atomic_pointer_compare_and_exchange (&self->value, NULL, value))
    return type->ref (value);

  return value;
}

void
weft_stored_append (WeftStored *self,
                    GString    *text)
{
  g_autoptr (JsonNode) made = NULL;
  JsonNode *json;

  if (self->text != NULL)
    {
      g_string_append_len (text, self->text, (gssize) g_ref_string_length (self->text));
      return;
    }

  /* Nobody need hold what is only written. */
  json = g_atomic_pointer_get (&self->json);
  if (json == NULL && self->type->append != NULL)
    {
      self->type->append (self->value, text);
      return;
    }
  if (json == NULL)
    json = made = self->type->to_json (self->value);
  weft_json_append (text, json);
}
