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
#include "weft-text-private.h"

#define STEP_BYTES (1 + WEFT_SHA256_BYTES)
#define STEPS_TEXT_MAX (WEFT_SIGNATURE_STEPS_MAX * STEP_BYTES * 4 / 3)
#define BYTES_MAX (WEFT_SIGNATURE_BYTES + WEFT_SIGNATURE_STEPS_MAX * STEP_BYTES)
#define TEXT_MAX (BYTES_MAX * 4 / 3 + 1)
#define LEAF_BYTES_ON_STACK 1024
#define NODE_PREFIX 0x01
#define LEAF_PREFIX 0x00

struct _WeftSignature
{
  gsize path_size;
  guint8 bytes[]; /* the signature, and STEP_BYTES for each step of the path */
};

static void
clear (WeftSignature *self)
{
}

WEFT_DEFINE_BOXED_COUNT (WeftSignature, weft_signature, clear)

/* The prefixes keep the text of a leaf from being taken for two nodes. */
void
weft_signature_hash_leaf (const char *data,
                          gsize       size,
                          guint8      hash[WEFT_SHA256_BYTES])
{
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

/* One piece of memory: there is one for each vote. */
static WeftSignature *
signature_new (const guint8 *bytes,
               const guint8 *path,
               gsize         path_size)
{
  WeftSignature *self
      = g_atomic_rc_box_alloc (sizeof (WeftSignature) + WEFT_SIGNATURE_BYTES + path_size);

  self->path_size = path_size;
  memcpy (self->bytes, bytes, WEFT_SIGNATURE_BYTES);
  if (path_size > 0)
    memcpy (self->bytes + WEFT_SIGNATURE_BYTES, path, path_size);

  return self;
}

WeftSignature *
weft_signature_new (GBytes *signature,
                    GBytes *path)
{
  gsize path_size = path != NULL ? g_bytes_get_size (path) : 0;

  g_assert (signature != NULL);
  g_assert (g_bytes_get_size (signature) == WEFT_SIGNATURE_BYTES);
  g_assert (path_size % STEP_BYTES == 0);
  g_assert (path_size / STEP_BYTES <= WEFT_SIGNATURE_STEPS_MAX);

  return signature_new (g_bytes_get_data (signature, NULL),
                        path_size > 0 ? g_bytes_get_data (path, NULL) : NULL, path_size);
}

const guint8 *
weft_signature_get_bytes (WeftSignature *self)
{
  g_assert (self != NULL);

  return self->bytes;
}

gboolean
weft_signature_equal (WeftSignature *a,
                      WeftSignature *b)
{
  return a == b
         || (a->path_size == b->path_size
             && memcmp (a->bytes, b->bytes, WEFT_SIGNATURE_BYTES + a->path_size) == 0);
}

void
weft_signature_compute_root (WeftSignature *self,
                             const char    *text,
                             gsize          length,
                             guint8         hash[WEFT_SHA256_BYTES])
{
  g_assert (self != NULL);
  g_assert (text != NULL);

  weft_signature_hash_leaf (text, length, hash);
  weft_signature_climb (self, hash);
}

void
weft_signature_climb (WeftSignature *self,
                      guint8         hash[WEFT_SHA256_BYTES])
{
  const guint8 *steps = self->bytes + WEFT_SIGNATURE_BYTES;

  for (gsize i = 0; i < self->path_size; i += STEP_BYTES)
    {
      if (steps[i] == 1)
        hash_node (hash, steps + i + 1, hash);
      else
        hash_node (steps + i + 1, hash, hash);
    }
}

static gboolean
are_steps (const guint8 *steps,
           gsize         size)
{
  if (size % STEP_BYTES != 0 || size / STEP_BYTES > WEFT_SIGNATURE_STEPS_MAX)
    return FALSE;
  for (gsize i = 0; i < size; i += STEP_BYTES)
    if (steps[i] > 1)
      return FALSE;

  return TRUE;
}

/* One text for all steps: a record has many paths, and to read a text costs much less than to read
 * a list. */
static gboolean
read_steps (const WeftItem     *item,
            guint8             *steps,
            gsize              *size,
            const WeftJsonPath *path,
            GError            **error)
{
  const char *text = weft_item_get_string (item, path, error);

  if (text == NULL)
    return FALSE;
  *size = item->length * 3 / 4;
  if (*size > 0 && item->length <= STEPS_TEXT_MAX && weft_base64url_read (text, steps, *size)
      && are_steps (steps, *size))
    return TRUE;

  weft_json_set_error (error, path, "expected 1 to %d steps of %d bytes in base64url",
                       WEFT_SIGNATURE_STEPS_MAX, STEP_BYTES);
  return FALSE;
}

/* Other members belong to what is signed. */
WeftSignature *
weft_signature_read (const WeftItem     *item,
                     const WeftJsonPath *path,
                     GError            **error)
{
  const WeftJsonPath signature_path = { path, "signature", 0 };
  const WeftJsonPath steps_path = { path, "path", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *steps;
  const char *text;
  guint8 bytes[BYTES_MAX];
  gsize path_size = 0;

  if (object == NULL)
    return NULL;
  text = weft_item_require_string (object, "signature", path, error);
  if (text == NULL)
    return NULL;
  if (!weft_base64url_read (text, bytes, WEFT_SIGNATURE_BYTES))
    {
      weft_json_set_error (error, &signature_path, "expected a signature of %d bytes in base64url",
                           WEFT_SIGNATURE_BYTES);
      return NULL;
    }
  steps = weft_item_find (object, "path");
  if (steps != NULL
      && !read_steps (steps, bytes + WEFT_SIGNATURE_BYTES, &path_size, &steps_path, error))
    return NULL;

  return signature_new (bytes, bytes + WEFT_SIGNATURE_BYTES, path_size);
}

static void
append_word (const char   *name,
             const guint8 *data,
             gsize         size,
             GString      *text)
{
  char encoded[TEXT_MAX + 1];
  gsize length = weft_base64url_write (data, size, encoded);

  weft_text_append_len (text, ",\"", 2);
  weft_text_append (text, name);
  weft_text_append_len (text, "\":\"", 3);
  weft_text_append_len (text, encoded, length);
  g_string_append_c (text, '"');
}

void
weft_signature_append_path (WeftSignature *self,
                            GString       *text)
{
  if (self->path_size > 0)
    append_word ("path", self->bytes + WEFT_SIGNATURE_BYTES, self->path_size, text);
}

void
weft_signature_append_bytes (WeftSignature *self,
                             GString       *text)
{
  append_word ("signature", self->bytes, WEFT_SIGNATURE_BYTES, text);
}

WeftSignature *
weft_signature_parse_text (const char *text)
{
  gsize size = strlen (text) * 3 / 4;
  guint8 bytes[BYTES_MAX];

  if (size < WEFT_SIGNATURE_BYTES || size > BYTES_MAX || !weft_base64url_read (text, bytes, size)
      || !are_steps (bytes + WEFT_SIGNATURE_BYTES, size - WEFT_SIGNATURE_BYTES))
    return NULL;

  return signature_new (bytes, bytes + WEFT_SIGNATURE_BYTES, size - WEFT_SIGNATURE_BYTES);
}

void
weft_signature_append_text (WeftSignature *self,
                            GString       *text)
{
  char encoded[TEXT_MAX + 1];
  gsize length
      = weft_base64url_write (self->bytes, WEFT_SIGNATURE_BYTES + self->path_size, encoded);

  weft_text_append_len (text, encoded, length);
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
      gsize size;
      const void *data = g_bytes_get_data (g_ptr_array_index (texts, i), &size);

      weft_signature_hash_leaf (data, size, hashes + i * WEFT_SHA256_BYTES);
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
