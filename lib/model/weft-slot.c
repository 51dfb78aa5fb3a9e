/* weft-slot.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-slot-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"

/* Of the words, the base and the longest id. */
#define KEY_TEXT_BYTES (32 + WEFT_LIMIT_BLOCK_ID_BYTES_MAX)

struct _WeftSlot
{
  gint64 base;
  guint block_hash;
  char block_id[];
};

static void
clear (WeftSlot *self)
{
}

WEFT_DEFINE_BOXED (WeftSlot, weft_slot, clear)

/* One piece of memory: there are many. */
static WeftSlot *
slot_new (const char *block_id,
          gint64      base)
{
  gsize size = strlen (block_id) + 1;
  WeftSlot *self = g_atomic_rc_box_alloc (sizeof (WeftSlot) + size);

  self->base = base;
  self->block_hash = g_str_hash (block_id);
  memcpy (self->block_id, block_id, size);

  return self;
}

WeftSlot *
weft_slot_new (const char *block_id,
               gint64      base)
{
  g_assert (weft_block_id_is_valid (block_id));
  g_assert (base >= 0);
  g_assert (base <= WEFT_REV_MAX);

  return slot_new (block_id, base);
}

const char *
weft_slot_get_block_id (WeftSlot *self)
{
  g_assert (self != NULL);

  return self->block_id;
}

gint64
weft_slot_get_base (WeftSlot *self)
{
  g_assert (self != NULL);

  return self->base;
}

guint
weft_slot_get_block_hash (WeftSlot *self)
{
  g_assert (self != NULL);

  return self->block_hash;
}

int
weft_slot_compare (WeftSlot *a,
                   WeftSlot *b)
{
  int order;

  g_assert (a != NULL);
  g_assert (b != NULL);

  if (a == b)
    return 0;
  order = strcmp (a->block_id, b->block_id);
  if (order != 0 || a->base == b->base)
    return order;

  return a->base < b->base ? -1 : 1;
}

/* The base comes first: it has no colon in it, a block id may. */
char *
weft_slot_make_key (WeftSlot *self)
{
  char text[KEY_TEXT_BYTES];
  int length;

  g_assert (self != NULL);

  length = g_snprintf (text, sizeof text, "slot:%" G_GINT64_FORMAT ":%s", self->base,
                       self->block_id);
  g_assert (length > 0 && (gsize) length < sizeof text);

  return weft_sha256_base64url (text, (gsize) length);
}

WeftSlot *
weft_slot_read (const WeftItem     *item,
                const WeftJsonPath *path,
                GError            **error)
{
  const WeftJsonPath id_path = { path, NULL, 0 };
  const WeftJsonPath base_path = { path, NULL, 1 };
  const WeftItem *array = weft_item_get_array (item, path, error);
  const WeftItem *first;
  const char *block_id;
  gint64 base;

  if (array == NULL)
    return NULL;
  if (array->length != 2)
    {
      weft_json_set_error (error, path, "expected [block id,base]");
      return NULL;
    }
  first = weft_item_first (array);
  block_id = weft_item_get_string (first, &id_path, error);
  if (block_id == NULL || !weft_ids_check_block (block_id, &id_path, error))
    return NULL;
  if (!weft_item_get_integer (weft_item_next (array, first), &base_path, 0, WEFT_REV_MAX, &base,
                              error))
    return NULL;

  return slot_new (block_id, base);
}

WeftSlot *
weft_slot_from_json (JsonNode *json,
                     GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_assert (json != NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_slot_read (weft_tape_get_root (tape), NULL, error) : NULL;
}

void
weft_slot_append (WeftSlot *self,
                  GString  *text)
{
  gboolean is_valid;

  g_assert (self != NULL);

  g_string_append_c (text, '[');
  is_valid = weft_json_append_string (text, self->block_id);
  g_assert (is_valid);
  g_string_append_c (text, ',');
  weft_json_append_integer (text, self->base);
  g_string_append_c (text, ']');
}

JsonNode *
weft_slot_to_json (WeftSlot *self)
{
  JsonArray *array;

  g_assert (self != NULL);

  array = json_array_sized_new (2);
  json_array_add_string_element (array, self->block_id);
  json_array_add_int_element (array, self->base);

  return weft_content_seal_array (array);
}
