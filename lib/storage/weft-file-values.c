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
/* What part of the room is for values that nobody asked for. These are not in a cache of the
 * processor any more when they leave, if it is large. */
#define UNASKED_SHARE 16

/* How long a value is kept is decided by when it was asked for or stored. */
typedef struct
{
  GQueue values; /* (element-type WeftFileValue) the latest first */
  gsize bytes;
} Room;

struct _WeftFileValues
{
  WeftFileShelf *shelf;
  gsize bytes_max; /* in both */
  Room asked;      /* what somebody asked for, or will */
  Room unasked;
};

WeftFileValues *
weft_file_values_new (WeftFileShelf *shelf,
                      gsize          bytes_max)
{
  WeftFileValues *self = g_new0 (WeftFileValues, 1);

  self->shelf = shelf;
  self->bytes_max = bytes_max;
  g_queue_init (&self->asked.values);
  g_queue_init (&self->unasked.values);

  return self;
}

void
weft_file_values_free (WeftFileValues *self)
{
  g_assert (self->asked.values.length == 0);
  g_assert (self->unasked.values.length == 0);

  g_free (self);
}

static Room *
get_room (WeftFileValues *self,
          WeftFileValue  *value)
{
  return value->is_awaited ? &self->asked : &self->unasked;
}

static void
enter (WeftFileValues *self,
       WeftFileValue  *value)
{
  Room *room = get_room (self, value);

  room->bytes += value->bytes;
  g_queue_push_head_link (&room->values, &value->link);
}

static void
leave (WeftFileValues *self,
       WeftFileValue  *value)
{
  Room *room = get_room (self, value);

  room->bytes -= value->bytes;
  g_queue_unlink (&room->values, &value->link);
}

/* All but the latest. */
static void
drop_oldest (WeftFileValues *self,
             Room           *room,
             gsize           bytes_max)
{
  while (room->bytes > bytes_max && room->values.length > 1)
    weft_file_values_drop (self, ((WeftFileValue *) room->values.tail->data)->entry);
}

static void
add (WeftFileValues *self,
     WeftFileEntry  *entry)
{
  entry->value->bytes = BYTES_PER_VALUE + BYTES_PER_BYTE * (gsize) entry->length;
  enter (self, entry->value);
  drop_oldest (self, &self->unasked, self->bytes_max / UNASKED_SHARE);
  drop_oldest (self, &self->asked, self->bytes_max - MIN (self->bytes_max, self->unasked.bytes));
}

/* The next step of a block begins with its metadata, and what is pending is there to be asked for.
 * Who needs the rest has it already, mostly. */
static gboolean
is_mostly_read (WeftFileKind kind)
{
  return kind == WEFT_FILE_KIND_META || kind == WEFT_FILE_KIND_PENDING
         || kind == WEFT_FILE_KIND_VALUE;
}

void
weft_file_values_set (WeftFileValues *self,
                      WeftFileEntry  *entry,
                      WeftStored     *stored)
{
  WeftFileValue *value = g_new (WeftFileValue, 1);

  g_assert (entry->value == NULL);

  *value = (WeftFileValue) {
    .entry = entry, .stored = weft_stored_ref (stored), .is_awaited = is_mostly_read (entry->kind),
  };
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
    leave (self, value);
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
      entry->value->is_awaited = TRUE;
      add (self, entry);
    }
  else if (entry->value->bytes > 0 && self->asked.values.head != &entry->value->link)
    {
      leave (self, entry->value);
      entry->value->is_awaited = TRUE;
      enter (self, entry->value);
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
