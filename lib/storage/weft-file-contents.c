/* weft-file-contents.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-contents-private.h"

#include <string.h>

#include "weft-crc32c-private.h"

#define TEMPORARY "contents.tmp"
/* A batch is mostly about one block, whose name need not be repeated. */
#define SAME_BLOCK G_MAXUINT16

static const char contents_magic[8] = "WEFTCON2";

/* As on disk, in little-endian words. The checksum is over all before it, then over the lines. */
typedef struct
{
  char magic[8];
  guint32 number;
  guint32 lines_length;
  guint64 salt;
  guint64 first_seq;
  guint64 end;
  guint64 next_seq;
  guint32 checksum;
  guint32 reserved;
} DiskHeader;

/* Then the block id, unless it is that of the line before, and the key, each with a zero. */
typedef struct
{
  guint32 offset;
  guint32 length;
  guint8 kind;
  guint8 verb;
  guint16 block_id_length;
  guint16 key_length;
} __attribute__ ((packed)) DiskLine;

static WeftFileContents *
contents_new (guint32 number,
              guint64 salt,
              guint64 first_seq,
              guint64 end,
              guint64 next_seq)
{
  WeftFileContents *self = g_new0 (WeftFileContents, 1);

  self->number = number;
  self->salt = salt;
  self->first_seq = first_seq;
  self->end = end;
  self->next_seq = next_seq;
  self->lines = g_string_new (NULL);
  self->last_block_id = G_MAXSIZE;

  return self;
}

WeftFileContents *
weft_file_contents_new (const WeftFileSegmentHeader *header)
{
  return contents_new (header->number, header->salt, header->first_seq,
                       WEFT_FILE_SEGMENT_HEADER_BYTES, header->first_seq);
}

void
weft_file_contents_free (WeftFileContents *self)
{
  g_string_free (self->lines, TRUE);
  g_free (self);
}

char *
weft_file_contents_make_path (guint32 number)
{
  return g_strdup_printf ("contents.%08u", number);
}

void
weft_file_contents_add (WeftFileContents      *self,
                        const WeftFileMention *mention)
{
  gboolean is_same = self->last_block_id != G_MAXSIZE
                     && g_str_equal (self->lines->str + self->last_block_id, mention->block_id);
  gsize block_id_length = is_same ? SAME_BLOCK : strlen (mention->block_id);
  gsize block_id_size = is_same ? 0 : block_id_length + 1;
  gsize key_length = strlen (mention->key);
  gsize start = self->lines->len;
  char *at;
  DiskLine disk = {
    .offset = GUINT32_TO_LE (mention->offset),
    .length = GUINT32_TO_LE (mention->length),
    .kind = (guint8) mention->kind,
    .verb = (guint8) mention->verb,
    .block_id_length = GUINT16_TO_LE ((guint16) block_id_length),
    .key_length = GUINT16_TO_LE ((guint16) key_length),
  };

  g_assert (is_same || block_id_length < SAME_BLOCK);
  g_assert (key_length <= G_MAXUINT16);

  g_string_set_size (self->lines, start + sizeof disk + block_id_size + key_length + 1);
  at = self->lines->str + start;
  memcpy (at, &disk, sizeof disk);
  memcpy (at + sizeof disk, mention->block_id, block_id_size);
  memcpy (at + sizeof disk + block_id_size, mention->key, key_length + 1);
  if (!is_same)
    self->last_block_id = start + sizeof disk;
}

gboolean
weft_file_contents_next (WeftFileContents  *self,
                         gsize             *offset,
                         const char       **block_id,
                         WeftFileMention   *mention)
{
  const char *at = self->lines->str + *offset;
  gsize block_id_length;
  DiskLine disk;

  if (*offset == self->lines->len)
    return FALSE;

  /* The checksum said that this is what was written. */
  g_assert (self->lines->len - *offset > sizeof disk);
  memcpy (&disk, at, sizeof disk);
  at += sizeof disk;
  block_id_length = GUINT16_FROM_LE (disk.block_id_length);
  if (block_id_length != SAME_BLOCK)
    {
      *block_id = at;
      at += block_id_length + 1;
    }
  *mention = (WeftFileMention) {
    .kind = disk.kind, .verb = disk.verb, .block_id = *block_id, .key = at,
    .offset = GUINT32_FROM_LE (disk.offset), .length = GUINT32_FROM_LE (disk.length),
  };
  at += GUINT16_FROM_LE (disk.key_length) + 1;
  *offset = (gsize) (at - self->lines->str);

  g_assert (*offset <= self->lines->len);

  return TRUE;
}

static guint32
make_checksum (const DiskHeader *disk,
               const char       *lines,
               gsize             length)
{
  return weft_crc32c (weft_crc32c (0, disk, offsetof (DiskHeader, checksum)), lines, length);
}

gboolean
weft_file_contents_write (WeftFileContents *self,
                          WeftFileLayer    *layer,
                          gsize            *bytes,
                          GError          **error)
{
  g_autofree char *path = weft_file_contents_make_path (self->number);
  int handle = layer->create (layer, TEMPORARY, FALSE);
  int status = handle;
  DiskHeader disk = {
    .number = GUINT32_TO_LE (self->number),
    .lines_length = GUINT32_TO_LE ((guint32) self->lines->len),
    .salt = GUINT64_TO_LE (self->salt),
    .first_seq = GUINT64_TO_LE (self->first_seq),
    .end = GUINT64_TO_LE (self->end),
    .next_seq = GUINT64_TO_LE (self->next_seq),
  };

  memcpy (disk.magic, contents_magic, sizeof disk.magic);
  disk.checksum = GUINT32_TO_LE (make_checksum (&disk, self->lines->str, self->lines->len));
  if (status >= 0)
    {
      status = layer->write (layer, handle, &disk, sizeof disk, 0);
      if (status >= 0)
        status = layer->write (layer, handle, self->lines->str, self->lines->len, sizeof disk);
      layer->close (layer, handle);
    }
  if (status >= 0)
    status = layer->rename (layer, TEMPORARY, path);
  *bytes = sizeof disk + self->lines->len;
  if (status < 0)
    weft_file_layer_set_error (layer, error, status, "write", path);

  return status >= 0;
}

WeftFileContents *
weft_file_contents_read (WeftFileLayer *layer,
                         guint32        number)
{
  g_autofree char *path = weft_file_contents_make_path (number);
  g_autoptr (GBytes) bytes = NULL;
  WeftFileContents *self;
  DiskHeader disk;
  const char *data;
  gsize length;

  if (layer->read (layer, path, &bytes) < 0)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  if (length < sizeof disk)
    return NULL;
  memcpy (&disk, data, sizeof disk);
  if (memcmp (disk.magic, contents_magic, sizeof disk.magic) != 0
      || GUINT32_FROM_LE (disk.number) != number
      || GUINT32_FROM_LE (disk.lines_length) != length - sizeof disk
      || make_checksum (&disk, data + sizeof disk, length - sizeof disk)
           != GUINT32_FROM_LE (disk.checksum))
    return NULL;

  self = contents_new (number, GUINT64_FROM_LE (disk.salt), GUINT64_FROM_LE (disk.first_seq),
                       GUINT64_FROM_LE (disk.end), GUINT64_FROM_LE (disk.next_seq));
  g_string_append_len (self->lines, data + sizeof disk, (gssize) (length - sizeof disk));

  return self;
}
