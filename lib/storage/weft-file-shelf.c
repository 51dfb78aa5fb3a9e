/* weft-file-shelf.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-shelf-private.h"

#include <errno.h>

#include "weft-file-segment-private.h"

/* How many segments are kept open for reading. */
#define HANDLES_MAX 64

typedef struct
{
  guint32 number;
  int handle; /* or -1 */
  guint64 used;
  guint64 live;
} Segment;

struct _WeftFileShelf
{
  WeftFileLayer *layer;
  GArray *segments; /* (element-type Segment) ascending */
  guint n_handles;
  guint64 used;     /* of all */
  guint64 live;
};

WeftFileShelf *
weft_file_shelf_new (WeftFileLayer *layer)
{
  WeftFileShelf *self = g_new0 (WeftFileShelf, 1);

  self->layer = layer;
  self->segments = g_array_new (FALSE, TRUE, sizeof (Segment));

  return self;
}

static void
close_handle (WeftFileShelf *self,
              Segment       *segment)
{
  if (segment->handle < 0)
    return;
  self->layer->close (self->layer, segment->handle);
  segment->handle = -1;
  self->n_handles--;
}

static void
close_handles (WeftFileShelf *self)
{
  for (guint i = 0; i < self->segments->len; i++)
    close_handle (self, &g_array_index (self->segments, Segment, i));
}

void
weft_file_shelf_free (WeftFileShelf *self)
{
  close_handles (self);
  g_array_unref (self->segments);
  g_free (self);
}

/* Where a segment is, or would be. */
static guint
seek (WeftFileShelf *self,
      guint32        number)
{
  guint low = 0;
  guint high = self->segments->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->segments, Segment, middle).number < number)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static Segment *
get (WeftFileShelf *self,
     guint32        number)
{
  guint index = seek (self, number);

  if (index == self->segments->len
      || g_array_index (self->segments, Segment, index).number != number)
    {
      const Segment segment = { .number = number, .handle = -1 };

      g_array_insert_val (self->segments, index, segment);
    }

  return &g_array_index (self->segments, Segment, index);
}

void
weft_file_shelf_note_used (WeftFileShelf *self,
                           guint32        segment,
                           gsize          bytes)
{
  get (self, segment)->used += bytes;
  self->used += bytes;
}

void
weft_file_shelf_note_live (WeftFileShelf *self,
                           guint32        segment,
                           gssize         bytes)
{
  Segment *found = get (self, segment);

  g_assert (bytes >= 0 || found->live >= (guint64) -bytes);

  found->live += (guint64) bytes;
  self->live += (guint64) bytes;
}

void
weft_file_shelf_drop (WeftFileShelf *self,
                      guint32        segment)
{
  guint index = seek (self, segment);
  Segment *found = &g_array_index (self->segments, Segment, index);

  g_assert (found->number == segment);
  g_assert (found->live == 0);

  close_handle (self, found);
  self->used -= found->used;
  g_array_remove_index (self->segments, index);
}

static const Segment *
get_newest (WeftFileShelf *self)
{
  return &g_array_index (self->segments, Segment, self->segments->len - 1);
}

guint64
weft_file_shelf_get_used (WeftFileShelf *self)
{
  return self->segments->len > 0 ? self->used - get_newest (self)->used : 0;
}

guint64
weft_file_shelf_get_live (WeftFileShelf *self)
{
  return self->segments->len > 0 ? self->live - get_newest (self)->live : 0;
}

guint64
weft_file_shelf_get_live_of (WeftFileShelf *self,
                             guint32        segment)
{
  return get (self, segment)->live;
}

guint32
weft_file_shelf_get_oldest (WeftFileShelf *self)
{
  return self->segments->len > 1 ? g_array_index (self->segments, Segment, 0).number : 0;
}

static int
open_segment (WeftFileShelf *self,
              Segment       *segment)
{
  g_autofree char *path = NULL;
  int handle;

  if (segment->handle >= 0)
    return segment->handle;
  if (self->n_handles >= HANDLES_MAX)
    close_handles (self);

  path = weft_file_segment_make_path (segment->number);
  handle = self->layer->open (self->layer, path);
  if (handle >= 0)
    {
      segment->handle = handle;
      self->n_handles++;
    }

  return handle;
}

gboolean
weft_file_shelf_read (WeftFileShelf *self,
                      guint32        segment,
                      guint32        offset,
                      guint32        length,
                      GBytes       **bytes,
                      WeftFileItem  *item,
                      GError       **error)
{
  g_autofree char *path = weft_file_segment_make_path (segment);
  g_autofree char *data = g_malloc (length);
  int status = open_segment (self, get (self, segment));
  gsize end = 0;

  if (status >= 0)
    status = self->layer->read_at (self->layer, status, data, length, offset);
  if (status == -ENOENT || status == -ENODATA)
    {
      weft_file_layer_set_corrupt (self->layer, error, path,
                                   status == -ENOENT ? "it is missing" : "it ends too early");
      return FALSE;
    }
  if (status < 0)
    {
      weft_file_layer_set_error (self->layer, error, status, "read", path);
      return FALSE;
    }

  if (!weft_file_item_parse (data, length, &end, item) || end != length)
    {
      weft_file_layer_set_corrupt (self->layer, error, path,
                                   "there is no whole item at byte %u", offset);
      return FALSE;
    }
  *bytes = g_bytes_new_take (g_steal_pointer (&data), length);

  return TRUE;
}

GBytes *
weft_file_shelf_read_part (WeftFileShelf *self,
                           guint32        segment,
                           guint64        offset,
                           gsize          length)
{
  g_autofree char *data = g_malloc (length);
  int handle = open_segment (self, get (self, segment));

  if (handle < 0 || self->layer->read_at (self->layer, handle, data, length, offset) < 0)
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), length);
}

WeftFileLayer *
weft_file_shelf_get_layer (WeftFileShelf *self)
{
  return self->layer;
}
