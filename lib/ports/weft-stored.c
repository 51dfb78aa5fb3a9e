/* weft-stored.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-stored-private.h"

#include "weft-parts-private.h"
#include "weft-pending-private.h"
#include "weft-text-private.h"

struct _WeftStored
{
  char *text;     /* (nullable): a GRefString */
  WeftTape *tape; /* (nullable) */
  /* Each is set once, by whoever is first. */
  JsonNode *json;             /* (nullable) */
  const WeftStoredType *type; /* of the value, or NULL: it is set before */
  gpointer value;             /* (nullable) */
};

const WeftStoredType weft_stored_metadata = {
  .ref = (gpointer) weft_block_metadata_ref,
  .unref = (gpointer) weft_block_metadata_unref,
  .append = (gpointer) weft_block_metadata_append,
  .read = (gpointer) weft_block_metadata_read,
};

const WeftStoredType weft_stored_pending = {
  .ref = (gpointer) weft_pending_ref,
  .unref = (gpointer) weft_pending_unref,
  .append = (gpointer) weft_pending_append,
  .read = (gpointer) weft_pending_read,
};

const WeftStoredType weft_stored_block = {
  .ref = (gpointer) weft_block_ref,
  .unref = (gpointer) weft_block_unref,
  .append = (gpointer) weft_block_append,
  .read = (gpointer) weft_block_read,
};

/* Without zeroing it first: one comes and goes with each thing that is stored. */
static WeftStored *
stored_new (WeftStored content)
{
  WeftStored *self = g_atomic_rc_box_alloc (sizeof *self);

  *self = content;

  return self;
}

WeftStored *
weft_stored_new (JsonNode *json)
{
  g_assert (json_node_is_immutable (json));

  return stored_new ((WeftStored) { .json = json_node_ref (json) });
}

WeftStored *
weft_stored_new_value (const WeftStoredType *type,
                       gpointer              value)
{
  return stored_new ((WeftStored) { .type = type, .value = type->ref (value) });
}

WeftStored *
weft_stored_new_text (char *text)
{
  return stored_new ((WeftStored) { .text = g_ref_string_acquire (text) });
}

WeftStored *
weft_stored_new_tape (WeftTape *tape)
{
  return stored_new ((WeftStored) { .tape = weft_tape_ref (tape) });
}

static void
clear (gpointer data)
{
  WeftStored *self = data;

  g_clear_pointer (&self->text, g_ref_string_release);
  g_clear_pointer (&self->tape, weft_tape_unref);
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

WeftTape *
weft_stored_get_tape (WeftStored *self)
{
  g_autoptr (GString) text = NULL;

  if (self->tape != NULL)
    return weft_tape_ref (self->tape);
  if (self->text != NULL)
    return weft_tape_read_own (self->text, g_ref_string_length (self->text));

  text = g_string_sized_new (1000);
  weft_stored_append (self, text);

  return weft_tape_read_own (text->str, text->len);
}

JsonNode *
weft_stored_get_json (WeftStored *self)
{
  JsonNode *json = g_atomic_pointer_get (&self->json);
  g_autoptr (WeftTape) tape = NULL;

  if (json != NULL)
    return json;

  tape = weft_stored_get_tape (self);
  json = weft_item_to_node (weft_tape_get_root (tape));
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
  if (self->text != NULL)
    return g_str_equal (self->text, "null");
  if (self->tape != NULL)
    return weft_tape_get_root (self->tape)->kind == WEFT_ITEM_NULL;

  return JSON_NODE_HOLDS_NULL (self->json);
}

gboolean
weft_stored_is_tape (WeftStored *self)
{
  return self->tape != NULL;
}

gpointer
weft_stored_get_value (WeftStored            *self,
                       const WeftStoredType  *type,
                       GError               **error)
{
  gpointer value = g_atomic_pointer_get (&self->value);
  g_autoptr (WeftTape) tape = NULL;

  if (value != NULL)
    {
      g_assert (self->type == type);
      return type->ref (value);
    }

  tape = weft_stored_get_tape (self);
  value = type->read (weft_tape_get_root (tape), NULL, error);
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
  JsonNode *json = g_atomic_pointer_get (&self->json);

  if (self->text != NULL)
    weft_text_append_len (text, self->text, g_ref_string_length (self->text));
  else if (self->tape != NULL)
    weft_item_append (weft_tape_get_root (self->tape), text);
  else if (json != NULL)
    weft_json_append (text, json);
  else
    self->type->append (self->value, text);
}
