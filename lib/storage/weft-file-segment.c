/* weft-file-segment.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-segment-private.h"

#include <string.h>

#include "weft-crc32c-private.h"
#include "weft-error.h"

#define TEMPORARY "log.tmp"
#define RECORD_MAGIC 0x52544657u /* "WFTR" */
#define CHUNK_BYTES (64 * 1024)

static const char segment_magic[8] = "WEFTLOG2";

/* As on disk, in little-endian words. The checksum is over all before it. */
typedef struct
{
  char magic[8];
  guint32 number;
  guint32 reserved;
  guint64 salt;
  guint64 first_seq;
  guint64 bytes;
  guint32 checksum;
} DiskHeader;

/* The checksum is over all before it, then over the payload. */
typedef struct
{
  guint32 magic;
  guint32 length;
  guint64 seq;
  guint64 salt;
  guint32 index;
  guint32 checksum;
} DiskRecord;

G_STATIC_ASSERT (sizeof (DiskRecord) == WEFT_FILE_RECORD_HEADER_BYTES);

struct _WeftFileSegment
{
  WeftFileLayer *layer;
  char *path;
  gsize bytes_max;
  int handle; /* or -1 */
  gboolean is_broken;
  gsize used;
  WeftFileSegmentHeader header;
};

char *
weft_file_segment_make_path (guint32 number)
{
  return g_strdup_printf ("log.%08u", number);
}

static WeftFileSegment *
segment_new (WeftFileLayer *layer,
             guint32        number,
             gsize          bytes_max)
{
  WeftFileSegment *self = g_new0 (WeftFileSegment, 1);

  g_assert (bytes_max > WEFT_FILE_SEGMENT_HEADER_BYTES);

  self->layer = layer;
  self->path = weft_file_segment_make_path (number);
  self->bytes_max = bytes_max;
  self->handle = -1;
  self->header.number = number;

  return self;
}

void
weft_file_segment_free (WeftFileSegment *self)
{
  if (self->handle >= 0)
    self->layer->close (self->layer, self->handle);
  g_free (self->path);
  g_free (self);
}

static gboolean
check (WeftFileSegment *self,
       int              status,
       const char      *verb,
       GError         **error)
{
  if (status >= 0)
    return TRUE;

  self->is_broken = TRUE;
  weft_file_layer_set_error (self->layer, error, status, verb, self->path);

  return FALSE;
}

static gboolean
write_header (WeftFileSegment *self,
              GError         **error)
{
  DiskHeader disk = {
    .number = GUINT32_TO_LE (self->header.number),
    .salt = GUINT64_TO_LE (self->header.salt),
    .first_seq = GUINT64_TO_LE (self->header.first_seq),
    .bytes = GUINT64_TO_LE (self->header.bytes),
  };

  memcpy (disk.magic, segment_magic, sizeof disk.magic);
  disk.checksum = GUINT32_TO_LE (weft_crc32c (0, &disk, offsetof (DiskHeader, checksum)));

  return check (self, self->layer->write (self->layer, self->handle, &disk, sizeof disk, 0),
                "write", error);
}

/* A write past the end of a file, or into a hole, costs every sync a change of the file's own
 * data: zeros are cheap and only written once. */
static gboolean
write_zeros (WeftFileSegment *self,
             gsize            from,
             gsize            to,
             GError         **error)
{
  static const guint8 zeros[CHUNK_BYTES];

  for (gsize offset = from; offset < to; offset += CHUNK_BYTES)
    if (!check (self, self->layer->write (self->layer, self->handle, zeros,
                                          MIN (CHUNK_BYTES, to - offset), offset),
                "write", error))
      return FALSE;

  return TRUE;
}

WeftFileSegment *
weft_file_segment_create (WeftFileLayer *layer,
                          guint32        number,
                          guint64        first_seq,
                          gsize          bytes_max,
                          GError       **error)
{
  g_autoptr (WeftFileSegment) self = segment_new (layer, number, bytes_max);

  self->header.salt = ((guint64) g_random_int () << 32) | g_random_int ();
  self->header.first_seq = first_seq;
  self->header.bytes = MIN (WEFT_FILE_SEGMENT_BYTES_MIN, bytes_max);
  self->used = WEFT_FILE_SEGMENT_HEADER_BYTES;
  self->handle = layer->create (layer, TEMPORARY, FALSE);

  /* A segment that is there always has a header: it never has its name without one. */
  if (check (self, self->handle, "create", error)
      && write_zeros (self, 0, self->header.bytes, error)
      && write_header (self, error)
      && check (self, layer->sync (layer, self->handle), "sync", error)
      && check (self, layer->rename (layer, TEMPORARY, self->path), "make", error)
      && check (self, layer->sync_dir (layer, "."), "sync the folder of", error))
    return g_steal_pointer (&self);

  return NULL;
}

WeftFileSegment *
weft_file_segment_resume (WeftFileLayer               *layer,
                          const WeftFileSegmentHeader *header,
                          gsize                        used,
                          gsize                        bytes_max,
                          GError                     **error)
{
  g_autoptr (WeftFileSegment) self = segment_new (layer, header->number, bytes_max);

  self->header = *header;
  self->used = used;
  self->handle = layer->open (layer, self->path);
  if (!check (self, self->handle, "open", error))
    return NULL;

  return g_steal_pointer (&self);
}

const WeftFileSegmentHeader *
weft_file_segment_get_header (WeftFileSegment *self)
{
  return &self->header;
}

gboolean
weft_file_segment_fits (WeftFileSegment *self,
                        gsize            length)
{
  return self->used == WEFT_FILE_SEGMENT_HEADER_BYTES || self->used + length <= self->bytes_max;
}

gsize
weft_file_segment_get_used (WeftFileSegment *self)
{
  return self->used;
}

void
weft_file_segment_seal (WeftFileSegment *self,
                        char            *record,
                        gsize            length,
                        guint64          seq,
                        guint32          index)
{
  DiskRecord disk = {
    .magic = GUINT32_TO_LE (RECORD_MAGIC),
    .length = GUINT32_TO_LE ((guint32) length),
    .seq = GUINT64_TO_LE (seq),
    .salt = GUINT64_TO_LE (self->header.salt),
    .index = GUINT32_TO_LE (index),
  };
  guint32 checksum;

  g_assert (length >= sizeof disk);

  checksum = weft_crc32c (0, &disk, offsetof (DiskRecord, checksum));
  checksum = weft_crc32c (checksum, record + sizeof disk, length - sizeof disk);
  disk.checksum = GUINT32_TO_LE (checksum);
  memcpy (record, &disk, sizeof disk);
}

/* Doubles, so that a small store has a small log. Nothing was written yet when this fails, but a
 * failed sync leaves nothing to build on. */
static gboolean
grow (WeftFileSegment *self,
      gsize            bytes,
      GError         **error)
{
  gsize target = self->header.bytes;

  while (target < bytes)
    target *= 2;
  if (bytes <= self->bytes_max)
    target = MIN (target, self->bytes_max);

  if (!write_zeros (self, self->header.bytes, target, error)
      || !check (self, self->layer->sync (self->layer, self->handle), "sync", error))
    return FALSE;
  self->header.bytes = target;

  return write_header (self, error);
}

gboolean
weft_file_segment_append (WeftFileSegment *self,
                          const char      *records,
                          gsize            length,
                          GError         **error)
{
  g_assert (!self->is_broken);

  if (self->used + length > self->header.bytes && !grow (self, self->used + length, error))
    return FALSE;
  if (!check (self, self->layer->write (self->layer, self->handle, records, length, self->used),
              "write", error)
      || !check (self, self->layer->sync (self->layer, self->handle), "sync", error))
    return FALSE;
  self->used += length;

  return TRUE;
}

gboolean
weft_file_segment_parse_header (const guint8          *data,
                                gsize                  length,
                                WeftFileSegmentHeader *header,
                                GError               **error)
{
  DiskHeader disk;

  if (length < WEFT_FILE_SEGMENT_HEADER_BYTES)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
                   "expected a header of %d bytes, the file has %" G_GSIZE_FORMAT,
                   WEFT_FILE_SEGMENT_HEADER_BYTES, length);
      return FALSE;
    }

  memcpy (&disk, data, sizeof disk);
  if (memcmp (disk.magic, segment_magic, sizeof disk.magic) != 0
      || GUINT32_FROM_LE (disk.checksum) != weft_crc32c (0, &disk, offsetof (DiskHeader, checksum)))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "the checksum of its header is wrong");
      return FALSE;
    }

  *header = (WeftFileSegmentHeader) {
    .number = GUINT32_FROM_LE (disk.number),
    .salt = GUINT64_FROM_LE (disk.salt),
    .first_seq = GUINT64_FROM_LE (disk.first_seq),
    .bytes = GUINT64_FROM_LE (disk.bytes),
  };
  if (length >= header->bytes)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
               "expected %" G_GUINT64_FORMAT " bytes, the file has %" G_GSIZE_FORMAT,
               header->bytes, length);
  return FALSE;
}

gboolean
weft_file_segment_guess_record (const guint8                *data,
                                gsize                        length,
                                gsize                        offset,
                                const WeftFileSegmentHeader *header,
                                WeftFileRecordHeader        *record)
{
  DiskRecord disk;

  if (offset > length || length - offset < sizeof disk)
    return FALSE;
  memcpy (&disk, data + offset, sizeof disk);
  record->length = GUINT32_FROM_LE (disk.length);
  record->seq = GUINT64_FROM_LE (disk.seq);
  record->index = GUINT32_FROM_LE (disk.index);

  return GUINT32_FROM_LE (disk.magic) == RECORD_MAGIC
         && GUINT64_FROM_LE (disk.salt) == header->salt
         && record->length >= sizeof disk && record->length <= length - offset
         && record->length % WEFT_FILE_RECORD_ALIGNMENT == 0;
}

gboolean
weft_file_segment_parse_record (const guint8                *data,
                                gsize                        length,
                                gsize                        offset,
                                const WeftFileSegmentHeader *header,
                                WeftFileRecordHeader        *record)
{
  DiskRecord disk;
  guint32 checksum;

  if (!weft_file_segment_guess_record (data, length, offset, header, record))
    return FALSE;

  memcpy (&disk, data + offset, sizeof disk);
  checksum = weft_crc32c (0, &disk, offsetof (DiskRecord, checksum));
  checksum = weft_crc32c (checksum, data + offset + sizeof disk, record->length - sizeof disk);

  return checksum == GUINT32_FROM_LE (disk.checksum);
}
