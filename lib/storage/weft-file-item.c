/* weft-file-item.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-item-private.h"

#include <string.h>

#include "weft-crc32c-private.h"

/* As on disk, in little-endian words; then block id, key, each with a zero, and the text. The
 * checksum of the head is over all that follows it, up to the text. */
typedef struct
{
  guint32 head_checksum;
  guint32 text_checksum;
  guint32 text_length;
  guint8 kind;
  guint8 verb;
  guint16 block_id_length;
  guint16 key_length;
  guint16 reserved;
} DiskItem;

G_STATIC_ASSERT (sizeof (DiskItem) == 20);

static const struct
{
  const char *name;
  WeftFileKind space;
} kinds[] = {
  [WEFT_FILE_KIND_META] = { "metadata", WEFT_FILE_KIND_META },
  [WEFT_FILE_KIND_REVISION] = { "revision", WEFT_FILE_KIND_REVISION },
  [WEFT_FILE_KIND_PENDING] = { "pending action", WEFT_FILE_KIND_PENDING },
  [WEFT_FILE_KIND_ACTION] = { "action", WEFT_FILE_KIND_PENDING },
  [WEFT_FILE_KIND_MATERIALIZED] = { "materialized block", WEFT_FILE_KIND_MATERIALIZED },
  [WEFT_FILE_KIND_RECORD_OPEN] = { "open record", WEFT_FILE_KIND_RECORD_OPEN },
  [WEFT_FILE_KIND_RECORD_DONE] = { "resolved record", WEFT_FILE_KIND_RECORD_OPEN },
  [WEFT_FILE_KIND_VALUE] = { "value", WEFT_FILE_KIND_VALUE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == WEFT_FILE_N_KINDS);

const char *
weft_file_kind_get_name (WeftFileKind kind)
{
  return kinds[kind].name;
}

WeftFileKind
weft_file_kind_get_space (WeftFileKind kind)
{
  return kinds[kind].space;
}

static gsize
get_head_length (gsize block_id_length,
                 gsize key_length)
{
  return sizeof (DiskItem) + block_id_length + 1 + key_length + 1;
}

static void
seal (GString *data,
      gsize    start,
      gsize    head_length)
{
  const gsize checked = start + sizeof (guint32);
  guint32 checksum = weft_crc32c (0, data->str + checked, start + head_length - checked);

  checksum = GUINT32_TO_LE (checksum);
  memcpy (data->str + start + offsetof (DiskItem, head_checksum), &checksum, sizeof checksum);
}

/* Without the checksum of the head. */
static void
append_head (GString            *data,
             const WeftFileItem *item)
{
  gsize block_id_length = strlen (item->block_id);
  gsize key_length = strlen (item->key);
  gsize start = data->len;
  char *at;
  const DiskItem disk = {
    .text_checksum = GUINT32_TO_LE (item->text_checksum),
    .text_length = GUINT32_TO_LE (item->text_length),
    .kind = (guint8) item->kind,
    .verb = (guint8) item->verb,
    .block_id_length = GUINT16_TO_LE ((guint16) block_id_length),
    .key_length = GUINT16_TO_LE ((guint16) key_length),
  };

  g_assert (block_id_length <= G_MAXUINT16);
  g_assert (key_length <= G_MAXUINT16);

  g_string_set_size (data, start + get_head_length (block_id_length, key_length));
  at = data->str + start;
  memcpy (at, &disk, sizeof disk);
  memcpy (at + sizeof disk, item->block_id, block_id_length + 1);
  memcpy (at + sizeof disk + block_id_length + 1, item->key, key_length + 1);
}

void
weft_file_item_begin (GString      *data,
                      WeftFileKind  kind,
                      WeftFileDo    verb,
                      const char   *block_id,
                      const char   *key)
{
  const WeftFileItem item = { .kind = kind, .verb = verb, .block_id = block_id, .key = key };

  append_head (data, &item);
}

static gsize
measure_head (const char *head)
{
  DiskItem disk;

  memcpy (&disk, head, sizeof disk);

  return get_head_length (GUINT16_FROM_LE (disk.block_id_length),
                          GUINT16_FROM_LE (disk.key_length));
}

void
weft_file_item_finish (GString *data,
                       gsize    start)
{
  char *head = data->str + start;
  gsize head_length = measure_head (head);
  gsize text_length = data->len - start - head_length;
  const guint32 length = GUINT32_TO_LE ((guint32) text_length);
  const guint32 checksum = GUINT32_TO_LE (weft_crc32c (0, head + head_length, text_length));

  memcpy (head + offsetof (DiskItem, text_length), &length, sizeof length);
  memcpy (head + offsetof (DiskItem, text_checksum), &checksum, sizeof checksum);
  seal (data, start, head_length);
}

void
weft_file_item_append (const WeftFileItem *self,
                       GString            *data)
{
  gsize start = data->len;

  append_head (data, self);
  seal (data, start, data->len - start);
  if (self->text_length > 0)
    g_string_append_len (data, self->text, (gssize) self->text_length);
}

gboolean
weft_file_item_parse (const char   *data,
                      gsize         length,
                      gsize        *offset,
                      WeftFileItem *self)
{
  const gsize room = length - *offset;
  const char *start = data + *offset;
  DiskItem disk;
  gsize block_id_length;
  gsize head_length;

  if (room < sizeof disk)
    return FALSE;
  memcpy (&disk, start, sizeof disk);
  block_id_length = GUINT16_FROM_LE (disk.block_id_length);
  head_length = get_head_length (block_id_length, GUINT16_FROM_LE (disk.key_length));
  if (head_length > room
      || weft_crc32c (0, start + sizeof (guint32), head_length - sizeof (guint32))
           != GUINT32_FROM_LE (disk.head_checksum)
      || disk.kind > WEFT_FILE_KIND_LAST || disk.verb > WEFT_FILE_DO_LAST
      || start[sizeof disk + block_id_length] != '\0' || start[head_length - 1] != '\0')
    return FALSE;

  *self = (WeftFileItem) {
    .kind = disk.kind,
    .verb = disk.verb,
    .block_id = start + sizeof disk,
    .key = start + sizeof disk + block_id_length + 1,
    .text = start + head_length,
    .text_length = GUINT32_FROM_LE (disk.text_length),
    .text_checksum = GUINT32_FROM_LE (disk.text_checksum),
  };
  if (self->text_length > room - head_length)
    return FALSE;
  *offset += head_length + self->text_length;

  return TRUE;
}

gboolean
weft_file_item_is_whole (const WeftFileItem *self)
{
  return weft_crc32c (0, self->text, self->text_length) == self->text_checksum;
}
