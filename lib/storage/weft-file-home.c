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
#include "weft-file-contents-private.h"
#include "weft-file-line-private.h"
#include "weft-file-segment-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"

#define LOCK_NAME "storage.lock"
#define STATE_NAME "storage.json"
#define TEMPORARY "storage.tmp"
#define STATE_KEY "storage"
#define FORMAT_VERSION 2
/* More would be some terabytes. */
#define SEGMENTS_MAX (1024 * 1024)
/* How the first version said what it is. */
#define FIRST_KEY "format"

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

static JsonNode *
make_state (GArray *segments)
{
  JsonNode *root = json_node_alloc ();
  JsonObject *object = json_object_new ();
  JsonArray *ranges = json_array_new ();

  /* Most follow each other, so first and last of each run are enough. */
  for (guint i = 0; i < segments->len; i++)
    {
      guint32 number = g_array_index (segments, guint32, i);
      JsonArray *range = NULL;

      if (i > 0 && g_array_index (segments, guint32, i - 1) + 1 == number)
        {
          range = json_array_get_array_element (ranges, json_array_get_length (ranges) - 1);
          json_array_remove_element (range, 1);
        }
      else
        {
          range = json_array_new ();
          json_array_add_int_element (range, number);
          json_array_add_array_element (ranges, range);
        }
      json_array_add_int_element (range, number);
    }
  json_object_set_int_member (object, "format", FORMAT_VERSION);
  json_object_set_array_member (object, "segments", ranges);
  json_node_init_object (root, object);
  json_object_unref (object);

  return root;
}

gboolean
weft_file_home_save (WeftFileLayer *layer,
                     GArray        *segments,
                     GError       **error)
{
  g_autoptr (JsonNode) state = make_state (segments);
  g_autoptr (GString) text = g_string_new (NULL);
  int handle = layer->create (layer, TEMPORARY, FALSE);
  int status = handle;

  weft_file_line_append (text, STATE_KEY, state);
  if (status >= 0)
    {
      status = layer->write (layer, handle, text->str, text->len, 0);
      if (status >= 0)
        status = layer->sync (layer, handle);
      layer->close (layer, handle);
    }
  if (status >= 0)
    status = layer->rename (layer, TEMPORARY, STATE_NAME);
  if (status >= 0)
    status = layer->sync_dir (layer, ".");
  if (status < 0)
    weft_file_layer_set_error (layer, error, status, "write", STATE_NAME);

  return status >= 0;
}

static gboolean
read_range (const WeftItem     *range,
            const WeftJsonPath *path,
            GArray             *segments,
            GError            **error)
{
  gint64 first;
  gint64 last;
  gint64 least = 1;
  const WeftItem *item;

  if (weft_item_get_array (range, path, error) == NULL)
    return FALSE;
  if (segments->len > 0)
    least += g_array_index (segments, guint32, segments->len - 1);
  if (range->length != 2)
    {
      weft_json_set_error (error, path, "expected the first and the last");
      return FALSE;
    }
  item = weft_item_first (range);
  if (!weft_item_get_integer (item, path, least, G_MAXUINT32 - 1, &first, error)
      || !weft_item_get_integer (weft_item_next (range, item), path, first, G_MAXUINT32 - 1, &last,
                                 error))
    return FALSE;
  if (last - first >= SEGMENTS_MAX)
    {
      weft_json_set_error (error, path, "expected less than %d segments", SEGMENTS_MAX);
      return FALSE;
    }
  for (gint64 i = first; i <= last; i++)
    {
      const guint32 number = (guint32) i;

      g_array_append_val (segments, number);
    }

  return TRUE;
}

static GArray *
read_segments (const WeftItem *state,
               GError        **error)
{
  const WeftJsonPath path = { NULL, "segments", 0 };
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (guint32));
  const WeftItem *object = weft_item_get_object (state, NULL, error);
  const WeftItem *ranges = object != NULL ? weft_item_find (object, "segments") : NULL;
  WeftJsonPath here = { &path, NULL, 0 };

  if (object == NULL)
    return NULL;
  if (ranges == NULL)
    {
      weft_json_set_error (error, &path, "expected a list");
      return NULL;
    }
  if (weft_item_get_array (ranges, &path, error) == NULL)
    return NULL;
  for (const WeftItem *range = weft_item_first (ranges); range != NULL;
       range = weft_item_next (ranges, range), here.index++)
    if (!read_range (range, &here, segments, error))
      return NULL;

  return g_steal_pointer (&segments);
}

/* The version of the format, which the first one had as its whole value; or 0. */
static gint64
get_version (const char     *key,
             const WeftItem *value)
{
  const WeftItem *format = value;

  if (!g_str_equal (key, FIRST_KEY))
    format = value->kind == WEFT_ITEM_OBJECT && g_str_equal (key, STATE_KEY)
               ? weft_item_find (value, "format") : NULL;

  return format != NULL && format->kind == WEFT_ITEM_INTEGER ? format->integer : 0;
}

/* What says that this is a storage is written first, so nothing may be there without it. */
static GArray *
make_new (WeftFileLayer *layer,
          GError       **error)
{
  static const char * const expected[] = { LOCK_NAME, TEMPORARY, NULL };
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GPtrArray) names = NULL;
  int status = layer->list (layer, ".", &names);

  if (status < 0)
    {
      weft_file_layer_set_error (layer, error, status, "list", "");
      return NULL;
    }
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (g_strv_contains (expected, name))
        continue;
      weft_file_layer_set_corrupt (layer, error, STATE_NAME,
                                   "it is missing, but %s is there", name);
      return NULL;
    }

  return weft_file_home_save (layer, segments, error) ? g_steal_pointer (&segments) : NULL;
}

/* A process that was killed may have left what was said before that was durable. Nothing may be
 * built on it or taken away because of it until it is. */
static GArray *
sync_names (WeftFileLayer *layer,
            GArray        *segments,
            GError       **error)
{
  int status = layer->sync_dir (layer, ".");

  if (status >= 0)
    return segments;
  weft_file_layer_set_error (layer, error, status, "sync", "");
  g_array_unref (segments);

  return NULL;
}

GArray *
weft_file_home_open (WeftFileLayer *layer,
                     GError       **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WeftTape) tape = NULL;
  g_autoptr (GError) reason = NULL;
  const WeftItem *state;
  const char *key;
  GArray *segments = NULL;
  gint64 version = 0;
  int status = layer->read (layer, STATE_NAME, &bytes);

  if (status == -ENOENT)
    return make_new (layer, error);
  if (status < 0)
    {
      weft_file_layer_set_error (layer, error, status, "read", STATE_NAME);
      return NULL;
    }

  tape = weft_file_line_read (bytes, &key, &state, &reason);
  if (tape != NULL)
    version = get_version (key, state);
  if (version == FORMAT_VERSION)
    segments = read_segments (state, &reason);
  if (segments != NULL)
    return sync_names (layer, segments, error);

  if (version != 0 && version != FORMAT_VERSION)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "%s/%s: expected a storage of format %d, it has format %" G_GINT64_FORMAT "%s",
                 layer->base_path, STATE_NAME, FORMAT_VERSION, version,
                 version < FORMAT_VERSION ? ", of an older version of Weft" : "");
  else
    weft_file_layer_set_corrupt (layer, error, STATE_NAME, "%s",
                                 reason != NULL ? reason->message : "it is that of something else");

  return NULL;
}

/* Whether a name is that of a file about a segment which is not there any more. */
static gboolean
is_left_over (const char *name,
              GArray     *segments)
{
  static const char * const beginnings[] = { "log.", "contents." };

  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      const char *digits = name + strlen (beginnings[i]);
      guint64 number;

      if (!g_str_has_prefix (name, beginnings[i]))
        continue;
      if (g_str_equal (digits, "tmp"))
        return TRUE;
      if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT32, &number, NULL))
        return FALSE;
      for (guint j = 0; j < segments->len; j++)
        if (g_array_index (segments, guint32, j) == number)
          return FALSE;
      return TRUE;
    }

  return FALSE;
}

void
weft_file_home_tidy (WeftFileLayer *layer,
                     GArray        *segments)
{
  g_autoptr (GPtrArray) names = NULL;

  if (layer->list (layer, ".", &names) < 0)
    return;
  for (guint i = 0; i < names->len; i++)
    if (is_left_over (g_ptr_array_index (names, i), segments))
      layer->unlink (layer, g_ptr_array_index (names, i));
}
