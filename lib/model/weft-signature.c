/* weft-signature.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-signature-private.h"

#include <string.h>

#include "weft-base64url-private.h"
#include "weft-boxed-private.h"
#include "weft-content-private.h"

#define STEP_BYTES (1 + WEFT_SHA256_BYTES)
#define STEPS_TEXT_MAX (WEFT_SIGNATURE_STEPS_MAX * STEP_BYTES * 4 / 3)
#define TEXT_MAX ((WEFT_SIGNATURE_BYTES + WEFT_SIGNATURE_STEPS_MAX * STEP_BYTES) * 4 / 3 + 1)
#define LEAF_BYTES_ON_STACK 1024
#define NODE_PREFIX 0x01
#define LEAF_PREFIX 0x00

struct _WeftSignature
{
  GBytes *bytes;
  GBytes *path; /* STEP_BYTES for each step */
};

static void
clear (WeftSignature *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->path, g_bytes_unref);
}

WEFT_DEFINE_BOXED (WeftSignature, weft_signature, clear)

/* The prefixes keep the text of a leaf from being taken for two nodes. */
static void
hash_leaf (GBytes *text,
           guint8  hash[WEFT_SHA256_BYTES])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (text, &size);
  guint8 on_stack[LEAF_BYTES_ON_STACK];
  g_autofree guint8 *on_heap = size < sizeof on_stack ? NULL : g_malloc (size + 1);
  guint8 *prefixed = on_heap != NULL ? on_heap : on_stack;

  prefixed[0] = LEAF_PREFIX;
  if (size > 0)
    memcpy (prefixed + 1, data, size);
  weft_sha256 (prefixed, size + 1, hash);
}

static void
hash_node (const guint8 *left,
           const guint8 *right,
           guint8        hash[WEFT_SHA256_BYTES])
{
  guint8 prefixed[1 + 2 * WEFT_SHA256_BYTES];

  prefixed[0] = NODE_PREFIX;
  memcpy (prefixed + 1, left, WEFT_SHA256_BYTES);
  memcpy (prefixed + 1 + WEFT_SHA256_BYTES, right, WEFT_SHA256_BYTES);
  weft_sha256 (prefixed, sizeof prefixed, hash);
}

WeftSignature *
weft_signature_new (GBytes *signature,
                    GBytes *path)
{
  WeftSignature *self;

  g_assert (signature != NULL);
  g_assert (g_bytes_get_size (signature) == WEFT_SIGNATURE_BYTES);
  g_assert (path == NULL || g_bytes_get_size (path) % STEP_BYTES == 0);
  g_assert (path == NULL || g_bytes_get_size (path) / STEP_BYTES <= WEFT_SIGNATURE_STEPS_MAX);

  self = g_atomic_rc_box_new0 (WeftSignature);
  self->bytes = g_bytes_ref (signature);
  self->path = path != NULL ? g_bytes_ref (path) : g_bytes_new (NULL, 0);

  return self;
}

GBytes *
weft_signature_get_bytes (WeftSignature *self)
{
  g_assert (self != NULL);

  return self->bytes;
}

void
weft_signature_compute_root (WeftSignature *self,
                             GBytes        *text,
                             guint8         hash[WEFT_SHA256_BYTES])
{
  const guint8 *steps;
  gsize size;

  g_assert (self != NULL);
  g_assert (text != NULL);

  hash_leaf (text, hash);
  steps = g_bytes_get_data (self->path, &size);
  for (gsize i = 0; i < size; i += STEP_BYTES)
    {
      if (steps[i] == 1)
        hash_node (hash, steps + i + 1, hash);
      else
        hash_node (steps + i + 1, hash, hash);
    }
}

GBytes *
weft_signature_make_root (WeftSignature *self,
                          GBytes        *text)
{
  guint8 hash[WEFT_SHA256_BYTES];

  weft_signature_compute_root (self, text, hash);

  return g_bytes_new (hash, sizeof hash);
}

static gboolean
are_steps (GBytes *bytes)
{
  gsize size;
  const guint8 *steps = g_bytes_get_data (bytes, &size);

  if (size % STEP_BYTES != 0 || size / STEP_BYTES > WEFT_SIGNATURE_STEPS_MAX)
    return FALSE;
  for (gsize i = 0; i < size; i += STEP_BYTES)
    if (steps[i] > 1)
      return FALSE;

  return TRUE;
}

/* One text for all steps: a record has many paths, and to read a text costs much less than to read
 * a list. */
static GBytes *
parse_steps (JsonNode           *json,
             const WeftJsonPath *path,
             GError            **error)
{
  const char *text = weft_json_get_string (json, path, error);
  g_autoptr (GBytes) steps = NULL;

  if (text == NULL)
    return NULL;
  if (strlen (text) <= STEPS_TEXT_MAX)
    steps = weft_base64url_decode (text, strlen (text) * 3 / 4);
  if (steps != NULL && g_bytes_get_size (steps) > 0 && are_steps (steps))
    return g_steal_pointer (&steps);

  weft_json_set_error (error, path, "expected 1 to %d steps of %d bytes in base64url",
                       WEFT_SIGNATURE_STEPS_MAX, STEP_BYTES);
  return NULL;
}

/* Other members belong to what is signed. */
WeftSignature *
weft_signature_parse (JsonNode           *json,
                      const WeftJsonPath *path,
                      GError            **error)
{
  const WeftJsonPath signature_path = { path, "signature", 0 };
  const WeftJsonPath steps_path = { path, "path", 0 };
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GBytes) steps = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  const char *text;

  if (object == NULL)
    return NULL;
  text = weft_json_require_string (object, "signature", path, error);
  if (text == NULL)
    return NULL;
  signature = weft_base64url_decode (text, WEFT_SIGNATURE_BYTES);
  if (signature == NULL)
    {
      weft_json_set_error (error, &signature_path, "expected a signature of %d bytes in base64url",
                           WEFT_SIGNATURE_BYTES);
      return NULL;
    }
  if (json_object_has_member (object, "path"))
    {
      steps = parse_steps (json_object_get_member (object, "path"), &steps_path, error);
      if (steps == NULL)
        return NULL;
    }

  return weft_signature_new (signature, steps);
}

WeftSignature *
weft_signature_from_json (JsonNode *json,
                          GError  **error)
{
  g_assert (json != NULL);

  return weft_signature_parse (json, NULL, error);
}

void
weft_signature_encode (WeftSignature  *self,
                       char          **text,
                       char          **path)
{
  g_assert (self != NULL);

  *text = weft_base64url_encode (self->bytes);
  *path = g_bytes_get_size (self->path) > 0 ? weft_base64url_encode (self->path) : NULL;
}

void
weft_signature_write (WeftSignature *self,
                      JsonObject    *object)
{
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;

  g_assert (object != NULL);

  weft_signature_encode (self, &text, &path);
  json_object_set_string_member (object, "signature", text);
  if (path != NULL)
    json_object_set_string_member (object, "path", path);
}

WeftSignature *
weft_signature_parse_text (const char *text)
{
  g_autoptr (GBytes) all = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GBytes) steps = NULL;

  if (strlen (text) <= TEXT_MAX)
    all = weft_base64url_decode (text, strlen (text) * 3 / 4);
  if (all == NULL || g_bytes_get_size (all) < WEFT_SIGNATURE_BYTES)
    return NULL;
  signature = g_bytes_new_from_bytes (all, 0, WEFT_SIGNATURE_BYTES);
  steps = g_bytes_new_from_bytes (all, WEFT_SIGNATURE_BYTES,
                                  g_bytes_get_size (all) - WEFT_SIGNATURE_BYTES);

  return are_steps (steps) ? weft_signature_new (signature, steps) : NULL;
}

char *
weft_signature_to_text (WeftSignature *self)
{
  gsize size;
  const guint8 *steps = g_bytes_get_data (self->path, &size);
  guint8 all[WEFT_SIGNATURE_BYTES + WEFT_SIGNATURE_STEPS_MAX * STEP_BYTES];
  g_autoptr (GBytes) bytes = NULL;

  memcpy (all, g_bytes_get_data (self->bytes, NULL), WEFT_SIGNATURE_BYTES);
  if (size > 0)
    memcpy (all + WEFT_SIGNATURE_BYTES, steps, size);
  bytes = g_bytes_new_static (all, WEFT_SIGNATURE_BYTES + size);

  return weft_base64url_encode (bytes);
}

JsonNode *
weft_signature_to_json (WeftSignature *self)
{
  JsonObject *object = json_object_new ();

  weft_signature_write (self, object);
  return weft_content_seal_object (object);
}

/* Adds to the path of each leaf below a node what is its sibling's hash. */
static void
add_step (GPtrArray    *paths,
          guint         from,
          guint         to,
          guint8        side,
          const guint8 *sibling)
{
  for (guint i = from; i < to; i++)
    {
      GByteArray *path = g_ptr_array_index (paths, i);

      g_byte_array_append (path, &side, 1);
      g_byte_array_append (path, sibling, WEFT_SHA256_BYTES);
    }
}

/* Level by level; what has no sibling moves up as it is, so that a path is never longer than the
 * tree is high. */
GPtrArray *
weft_signature_plan (GPtrArray *texts,
                     GBytes   **root)
{
  g_autoptr (GPtrArray) building = g_ptr_array_new ();
  g_autofree guint8 *hashes = NULL;
  GPtrArray *paths;
  guint path_bytes;
  guint n_nodes;

  g_assert (texts != NULL);
  g_assert (texts->len >= 1);
  g_assert (texts->len <= WEFT_SIGNATURE_TEXTS_MAX);
  g_assert (root != NULL);

  path_bytes = g_bit_storage (texts->len - 1) * STEP_BYTES;
  hashes = g_malloc_n (texts->len, WEFT_SHA256_BYTES);
  for (guint i = 0; i < texts->len; i++)
    {
      hash_leaf (g_ptr_array_index (texts, i), hashes + i * WEFT_SHA256_BYTES);
      g_ptr_array_add (building, g_byte_array_sized_new (path_bytes));
    }

  n_nodes = texts->len;
  for (guint width = 1; n_nodes > 1; width *= 2)
    {
      for (guint i = 0; i + 1 < n_nodes; i += 2)
        {
          guint8 *left = hashes + i * WEFT_SHA256_BYTES;
          guint8 *right = left + WEFT_SHA256_BYTES;
          guint middle = (i + 1) * width;

          add_step (building, i * width, middle, 1, right);
          add_step (building, middle, MIN (middle + width, texts->len), 0, left);
          hash_node (left, right, hashes + i / 2 * WEFT_SHA256_BYTES);
        }
      if (n_nodes % 2 == 1)
        memmove (hashes + n_nodes / 2 * WEFT_SHA256_BYTES,
                 hashes + (n_nodes - 1) * WEFT_SHA256_BYTES, WEFT_SHA256_BYTES);
      n_nodes = (n_nodes + 1) / 2;
    }

  *root = g_bytes_new (hashes, WEFT_SHA256_BYTES);
  paths = g_ptr_array_new_full (texts->len, (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < building->len; i++)
    g_ptr_array_add (paths, g_byte_array_free_to_bytes (g_ptr_array_index (building, i)));

  return paths;
}
