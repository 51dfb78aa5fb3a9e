/* weft-file-home.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-home-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "weft-error.h"
#include "weft-file-applier-private.h"
#include "weft-file-journal-private.h"
#include "weft-file-record-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"

#define LOCK_NAME "storage.lock"
#define FORMAT_NAME "storage.json"
#define USAGE_NAME "usage.json"
#define TEMPORARY "write.tmp"
#define FORMAT_VERSION 1
/* Blocks have folders of two levels below the first. */
#define DEPTH_MAX 4

static gboolean
fail_lock (const char *lock_path,
           int         lock,
           GError    **error)
{
  char text[32] = "";
  gssize length = lock >= 0 && errno == EWOULDBLOCK ? pread (lock, text, sizeof text - 1, 0) : -1;

  if (length >= 0)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                 "the storage is in use: %s is held by process %d", lock_path, atoi (text));
  else
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "could not lock %s: %s", lock_path,
                 g_strerror (errno));
  if (lock >= 0)
    close (lock);

  return FALSE;
}

int
weft_file_home_lock (const char *path,
                     GError    **error)
{
  g_autofree char *lock_path = g_build_filename (path, LOCK_NAME, NULL);
  g_autofree char *text = g_strdup_printf ("%d\n", (int) getpid ());
  int lock;

  if (g_mkdir_with_parents (path, 0700) != 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "could not make the folder %s: %s",
                   path, g_strerror (errno));
      return -1;
    }

  /* The lock goes with the process, however that ends; the file stays and means nothing alone. */
  lock = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || flock (lock, LOCK_EX | LOCK_NB) != 0)
    {
      fail_lock (lock_path, lock, error);
      return -1;
    }
  if (ftruncate (lock, 0) != 0 || pwrite (lock, text, strlen (text), 0) < 0)
    {
      fail_lock (lock_path, lock, error);
      return -1;
    }

  return lock;
}

static int
write_small (WeftFileLayer *layer,
             const char    *path,
             const char    *key,
             JsonNode      *value,
             gboolean       is_durable)
{
  const WeftFileRecord record = { .kind = WEFT_FILE_KIND_VALUE, .key = key, .value = value };
  g_autoptr (GString) text = g_string_new (NULL);
  int handle = layer->create (layer, TEMPORARY, FALSE);
  int status;

  if (handle < 0)
    return handle;
  weft_file_record_append (&record, text);
  status = layer->write (layer, handle, text->str, text->len, 0);
  if (status == 0 && is_durable)
    status = layer->sync (layer, handle);
  layer->close (layer, handle);
  if (status == 0)
    status = layer->rename (layer, TEMPORARY, path);
  if (status == 0 && is_durable)
    status = layer->sync_dir (layer, ".");

  return status;
}

/* The value in a small file of ours; a reason when it is damaged. */
static JsonNode *
parse_small (GBytes     *bytes,
             const char *key,
             GError    **error)
{
  g_autoptr (JsonNode) root = NULL;
  WeftFileRecord record;

  if (!weft_file_record_parse (bytes, &record, &root, error))
    return NULL;
  if (record.kind == WEFT_FILE_KIND_VALUE && g_strcmp0 (record.key, key) == 0)
    return json_node_ref (record.value);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "it is that of something else");
  return NULL;
}

/* The format is written last, so what may be there without it is what comes before. */
static gboolean
check_new (WeftFileLayer *layer,
           GError       **error)
{
  static const char * const expected[] = {
    LOCK_NAME, TEMPORARY, "journal.tmp", "journal.0", "journal.1", NULL,
  };
  g_autoptr (GPtrArray) names = NULL;
  int status = layer->list (layer, ".", &names);

  if (status < 0)
    {
      weft_file_layer_set_error (layer, error, status, "list", "");
      return FALSE;
    }
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (g_strv_contains (expected, name))
        continue;
      weft_file_layer_set_corrupt (layer, error, FORMAT_NAME,
                                   "it is missing, but %s is there", name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_segment_is_new (WeftFileLayer *layer,
                      guint          slot,
                      GError       **error)
{
  const char *path = weft_file_segment_get_path (slot);
  g_autoptr (GBytes) bytes = NULL;
  WeftFileSegmentHeader header;
  gsize length;
  const guint8 *data;

  if (layer->read (layer, path, &bytes) < 0)
    return TRUE;
  data = g_bytes_get_data (bytes, &length);
  if (weft_file_segment_parse_header (data, length, &header, NULL)
      && header.generation <= WEFT_FILE_N_SEGMENTS)
    return TRUE;

  weft_file_layer_set_corrupt (layer, error, FORMAT_NAME, "it is missing, but %s was in use", path);
  return FALSE;
}

static gboolean
make_new (WeftFileLayer *layer,
          gint64        *usage,
          GError       **error)
{
  g_autoptr (JsonNode) version = json_node_init_int (json_node_alloc (), FORMAT_VERSION);
  int status;

  if (!check_new (layer, error))
    return FALSE;
  for (guint slot = 0; slot < WEFT_FILE_N_SEGMENTS; slot++)
    if (!check_segment_is_new (layer, slot, error))
      return FALSE;

  for (guint slot = 0; slot < WEFT_FILE_N_SEGMENTS; slot++)
    {
      gint64 ignored = 0;
      g_autoptr (WeftFileSegment) segment = NULL;

      segment = weft_file_segment_new (layer, slot, WEFT_FILE_SEGMENT_BYTES_MIN, &ignored);
      if (!weft_file_segment_begin (segment, slot + 1, 1, 0, error))
        return FALSE;
    }

  json_node_seal (version);
  status = write_small (layer, FORMAT_NAME, "format", version, TRUE);
  if (status < 0)
    weft_file_layer_set_error (layer, error, status, "write", FORMAT_NAME);

  return status == 0;
}

gboolean
weft_file_home_prepare (WeftFileLayer *layer,
                        gint64        *usage,
                        GError       **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) version = NULL;
  g_autoptr (GError) reason = NULL;
  const WeftJsonPath path = { NULL, "format", 0 };
  gint64 number = 0;
  int status = layer->read (layer, FORMAT_NAME, &bytes);

  if (status == -ENOENT)
    return make_new (layer, usage, error);
  if (status < 0)
    {
      weft_file_layer_set_error (layer, error, status, "read", FORMAT_NAME);
      return FALSE;
    }

  version = parse_small (bytes, "format", &reason);
  if (version == NULL
      || !weft_json_get_integer (version, &path, 1, WEFT_LIMIT_INTEGER_MAX, &number, &reason))
    {
      weft_file_layer_set_corrupt (layer, error, FORMAT_NAME, "%s", reason->message);
      return FALSE;
    }
  if (number == FORMAT_VERSION)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "%s/%s: expected format %d, it has format %" G_GINT64_FORMAT, layer->base_path,
               FORMAT_NAME, FORMAT_VERSION, number);
  return FALSE;
}

static gint64
count (WeftFileLayer *layer,
       const char    *folder,
       guint          depth)
{
  g_autoptr (GPtrArray) names = NULL;
  gint64 total = 0;

  if (depth > DEPTH_MAX || layer->list (layer, folder, &names) < 0)
    return 0;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = depth > 0 ? g_strconcat (folder, "/", name, NULL) : g_strdup (name);
      guint64 size;

      if (layer->get_size (layer, path, &size) != 0)
        continue;
      total += weft_file_applier_round (size);
      if (strchr (name, '.') == NULL)
        total += count (layer, path, depth + 1);
    }

  return total;
}

gint64
weft_file_home_take_usage (WeftFileLayer *layer)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) value = NULL;

  if (layer->read (layer, USAGE_NAME, &bytes) == 0)
    {
      value = parse_small (bytes, "usage", NULL);

      /* It is true until the next change: a storage that ends without closing has to count. */
      if (layer->unlink (layer, USAGE_NAME) == 0 && value != NULL)
        return json_node_get_int (value);
    }

  return count (layer, ".", 0);
}

void
weft_file_home_save_usage (WeftFileLayer *layer,
                           gint64         usage)
{
  g_autoptr (JsonNode) value = json_node_init_int (json_node_alloc (), MAX (usage, 0));

  json_node_seal (value);
  if (write_small (layer, USAGE_NAME, "usage", value, FALSE) < 0)
    g_message ("storage: could not write %s/%s; it will be counted", layer->base_path, USAGE_NAME);
}
