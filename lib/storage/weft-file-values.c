/* weft-file-values.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-values-private.h"

#include "weft-file-segment-private.h"
#include "weft-limits.h"

/* A tape takes many times its text: about what a value takes in memory. */
#define BYTES_PER_VALUE 256
#define BYTES_PER_BYTE 8

struct _WeftFileValues
{
  WeftFileShelf *shelf;
  gsize bytes_max;
  gsize bytes;   /* of those in `recent` */
  GQueue recent; /* (element-type WeftFileValue) the last used first */
};

WeftFileValues *
weft_file_values_new (WeftFileShelf *shelf,
                      gsize          bytes_max)
{
  WeftFileValues *self = g_new0 (WeftFileValues, 1);

  self->shelf = shelf;
  self->bytes_max = bytes_max;
  g_queue_init (&self->recent);

  return self;
}

void
weft_file_values_free (WeftFileValues *self)
{
  g_assert (self->recent.length == 0);

  g_free (self);
}

static void
add (WeftFileValues *self,
     WeftFileEntry  *entry)
{
  entry->value->bytes = BYTES_PER_VALUE + BYTES_PER_BYTE * (gsize) entry->length;
  self->bytes += entry->value->bytes;
  g_queue_push_head_link (&self->recent, &entry->value->link);
  while (self->bytes > self->bytes_max && self->recent.length > 1)
    weft_file_values_drop (self, ((WeftFileValue *) self->recent.tail->data)->entry);
}

void
weft_file_values_set (WeftFileValues *self,
                      WeftFileEntry  *entry,
                      WeftStored     *stored)
{
  WeftFileValue *value = g_new (WeftFileValue, 1);

  g_assert (entry->value == NULL);

  *value = (WeftFileValue) { .entry = entry, .stored = weft_stored_ref (stored) };
  value->link.data = value;
  entry->value = value;
}

void
weft_file_values_settle (WeftFileValues *self,
                         WeftFileEntry  *entry)
{
  g_assert (entry->segment != 0);

  if (entry->value != NULL && entry->value->bytes == 0)
    add (self, entry);
}

void
weft_file_values_drop (WeftFileValues *self,
                       WeftFileEntry  *entry)
{
  WeftFileValue *value = g_steal_pointer (&entry->value);

  if (value == NULL)
    return;
  if (value->bytes > 0)
    {
      g_queue_unlink (&self->recent, &value->link);
      self->bytes -= value->bytes;
    }
  weft_stored_unref (value->stored);
  g_free (value);
}

void
weft_file_values_set_corrupt (WeftFileValues *self,
                              WeftFileScope  *scope,
                              WeftFileEntry  *entry,
                              const char     *reason,
                              GError        **error)
{
  g_autofree char *path = weft_file_segment_make_path (entry->segment);
  g_autofree char *what = weft_file_scope_describe (scope, entry);

  weft_file_layer_set_corrupt (weft_file_shelf_get_layer (self->shelf), error, path,
                               "%s at byte %u: %s", what, entry->offset, reason);
}

static WeftTape *
read_value (WeftFileValues *self,
            WeftFileScope  *scope,
            WeftFileEntry  *entry,
            GError        **error)
{
  const WeftJsonLimits limits = {
    .bytes_max = G_MAXSIZE, .depth_max = WEFT_LIMIT_JSON_DEPTH_MAX,
    .nodes_max = WEFT_LIMIT_JSON_NODES_MAX,
  };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) reason = NULL;
  WeftFileItem item;
  WeftTape *tape;

  if (!weft_file_shelf_read (self->shelf, entry->segment, entry->offset, entry->length, &bytes,
                             &item, &reason))
    {
      g_autofree char *what = weft_file_scope_describe (scope, entry);

      g_prefix_error (&reason, "%s: ", what);
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  if (!weft_file_item_is_whole (&item))
    {
      weft_file_values_set_corrupt (self, scope, entry, "its checksum is wrong", error);
      return NULL;
    }
  if (weft_file_kind_get_space (item.kind) != weft_file_kind_get_space (entry->kind)
      || !g_str_equal (item.block_id, scope->block_id) || !g_str_equal (item.key, entry->key))
    {
      weft_file_values_set_corrupt (self, scope, entry, "it is that of something else", error);
      return NULL;
    }

  tape = weft_tape_read_text (item.text, item.text_length, &limits, &reason);
  if (tape == NULL)
    weft_file_values_set_corrupt (self, scope, entry, reason->message, error);

  return tape;
}

WeftFileValue *
weft_file_values_get (WeftFileValues *self,
                      WeftFileScope  *scope,
                      WeftFileEntry  *entry,
                      GError        **error)
{
  if (entry->value == NULL)
    {
      g_autoptr (WeftTape) tape = read_value (self, scope, entry, error);
      g_autoptr (WeftStored) stored = tape != NULL ? weft_stored_new_tape (tape) : NULL;

      if (stored == NULL)
        return NULL;
      weft_file_values_set (self, entry, stored);
      add (self, entry);
    }
  else if (entry->value->bytes > 0 && self->recent.head != &entry->value->link)
    {
      g_queue_unlink (&self->recent, &entry->value->link);
      g_queue_push_head_link (&self->recent, &entry->value->link);
    }

  return entry->value;
}

/* Who asked for a value asks for it again, and the tape that it was read from takes more room. */
void
weft_file_values_keep_typed (WeftFileValue        *value,
                             const WeftStoredType *type,
                             gpointer              typed)
{
  if (weft_stored_is_tape (value->stored))
    {
      weft_stored_unref (value->stored);
      value->stored = weft_stored_new_value (type, typed);
    }
}
