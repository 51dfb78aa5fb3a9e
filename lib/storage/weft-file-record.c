/* weft-file-record.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-record-private.h"

#include <string.h>

#include "weft-crc32c-private.h"
#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"

/* {"crc32c":"01234567", and what the checksum is over begins right after. */
#define BEGINNING "{\"crc32c\":\""
#define BEGINNING_BYTES (sizeof BEGINNING - 1)
#define CHECKSUM_CHARS 8
#define CHECKED_OFFSET (BEGINNING_BYTES + CHECKSUM_CHARS + 2)
/* The line adds a level and a handful of members to the value. */
#define DEPTH_MAX (WEFT_LIMIT_JSON_DEPTH_MAX + 2)
#define NODES_MAX (WEFT_LIMIT_JSON_NODES_MAX + 64)

static const struct
{
  const char *name;
  const char *folder;
  gboolean is_of_block;
} kinds[] = {
  [WEFT_FILE_KIND_META] = { "meta", NULL, FALSE },
  [WEFT_FILE_KIND_REVISION] = { "revision", "revs", TRUE },
  [WEFT_FILE_KIND_PENDING] = { "pending", "pend", TRUE },
  [WEFT_FILE_KIND_ACTION] = { "action", "actions", TRUE },
  [WEFT_FILE_KIND_MATERIALIZED] = { "block", "blocks", TRUE },
  [WEFT_FILE_KIND_RECORD_OPEN] = { "open-record", "records/open", FALSE },
  [WEFT_FILE_KIND_RECORD_DONE] = { "resolved-record", "records/resolved", FALSE },
  [WEFT_FILE_KIND_VALUE] = { "value", "values", FALSE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == WEFT_FILE_N_KINDS);

const char *
weft_file_kind_get_name (WeftFileKind kind)
{
  return kinds[kind].name;
}

const char *
weft_file_kind_get_folder (WeftFileKind kind)
{
  return kinds[kind].folder;
}

gboolean
weft_file_kind_is_of_block (WeftFileKind kind)
{
  return kinds[kind].is_of_block;
}

char *
weft_file_kind_make_path (WeftFileKind kind,
                          const char  *folder,
                          const char  *name)
{
  if (kind == WEFT_FILE_KIND_META)
    return folder != NULL ? g_strconcat (folder, "/meta.json", NULL) : g_strdup ("node.json");

  g_assert (kinds[kind].is_of_block == (folder != NULL));

  return g_strconcat (folder != NULL ? folder : "", folder != NULL ? "/" : "",
                      kinds[kind].folder, "/", name, ".json", NULL);
}

/* FNV-1a, then the finalizer of splitmix64, so that a sum of several is not a sum of the names. */
static guint64
hash_name (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *name != '\0'; name++)
    hash = (hash ^ (guint8) *name) * G_GUINT64_CONSTANT (0x100000001b3);
  hash = (hash ^ (hash >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash = (hash ^ (hash >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return hash ^ (hash >> 31);
}

void
weft_file_holding_add (WeftFileHolding *self,
                       const char      *name)
{
  self->count++;
  self->sum += hash_name (name);
}

void
weft_file_holding_remove (WeftFileHolding *self,
                          const char      *name)
{
  g_assert (self->count > 0);

  self->count--;
  self->sum -= hash_name (name);
}

gboolean
weft_file_holding_equal (const WeftFileHolding *a,
                         const WeftFileHolding *b)
{
  return a->count == b->count && a->sum == b->sum;
}

static void
append_string (GString    *text,
               const char *name,
               const char *value)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), value);

  g_string_append_printf (text, ",\"%s\":", name);
  weft_json_append (text, node);
}

static void
append_holdings (GString              *text,
                 const WeftFileRecord *self)
{
  const char *separator = "";

  g_string_append (text, ",\"holds\":{");
  for (guint kind = 0; kind < WEFT_FILE_N_KINDS; kind++)
    {
      const WeftFileHolding *holding = &self->holdings[kind];

      if (holding->count == 0)
        continue;
      g_string_append_printf (text, "%s\"%s\":[%" G_GUINT64_FORMAT ",\"%016" G_GINT64_MODIFIER
                              "x\"]", separator, kinds[kind].folder, holding->count, holding->sum);
      separator = ",";
    }
  g_string_append_c (text, '}');
}

void
weft_file_record_append (const WeftFileRecord *self,
                         GString              *text)
{
  gsize start = text->len;
  char checksum[CHECKSUM_CHARS + 1];

  g_string_append (text, BEGINNING "00000000\",");
  g_string_append_printf (text, "\"kind\":\"%s\"", kinds[self->kind].name);
  if (self->block_id != NULL)
    append_string (text, "block", self->block_id);
  if (self->key != NULL)
    append_string (text, "key", self->key);
  if (self->kind == WEFT_FILE_KIND_META)
    append_holdings (text, self);
  if (self->value != NULL)
    {
      g_string_append (text, ",\"value\":");
      weft_json_append (text, self->value);
    }
  g_string_append (text, "}\n");

  g_snprintf (checksum, sizeof checksum, "%08x",
              weft_crc32c (0, text->str + start + CHECKED_OFFSET,
                           text->len - start - CHECKED_OFFSET));
  memcpy (text->str + start + BEGINNING_BYTES, checksum, CHECKSUM_CHARS);
}

static gboolean
check (const char *text,
       gsize       length,
       GError    **error)
{
  char expected[CHECKSUM_CHARS + 1];

  if (length == 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "it is empty");
      return FALSE;
    }
  if (length <= CHECKED_OFFSET || memcmp (text, BEGINNING, BEGINNING_BYTES) != 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "expected it to begin with a checksum");
      return FALSE;
    }

  g_snprintf (expected, sizeof expected, "%08x",
              weft_crc32c (0, text + CHECKED_OFFSET, length - CHECKED_OFFSET));
  if (memcmp (text + BEGINNING_BYTES, expected, CHECKSUM_CHARS) == 0)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
               "its checksum is %s, but it says %.*s", expected, CHECKSUM_CHARS,
               g_utf8_validate (text + BEGINNING_BYTES, CHECKSUM_CHARS, NULL)
                 ? text + BEGINNING_BYTES : "????????");

  return FALSE;
}

static gboolean
parse_kind (const char   *name,
            WeftFileKind *kind,
            GError      **error)
{
  for (guint i = 0; i < WEFT_FILE_N_KINDS; i++)
    {
      if (g_str_equal (kinds[i].name, name))
        {
          *kind = i;
          return TRUE;
        }
    }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "it holds something unknown: %s", name);
  return FALSE;
}

static gboolean
parse_holdings (JsonObject     *object,
                WeftFileRecord *self,
                GError        **error)
{
  const WeftJsonPath path = { NULL, "holds", 0 };
  JsonNode *node = weft_json_require_member (object, "holds", NULL, error);
  JsonObject *holds;

  if (node == NULL)
    return FALSE;
  holds = weft_json_get_object (node, &path, error);
  if (holds == NULL)
    return FALSE;

  for (guint kind = WEFT_FILE_KIND_META + 1; kind < WEFT_FILE_N_KINDS; kind++)
    {
      const WeftJsonPath item = { &path, kinds[kind].folder, 0 };
      JsonNode *member = json_object_get_member (holds, kinds[kind].folder);
      JsonArray *pair;
      const char *sum;
      gint64 count;

      if (member == NULL)
        continue;
      pair = weft_json_get_array (member, &item, error);
      if (pair == NULL)
        return FALSE;
      if (json_array_get_length (pair) != 2)
        {
          weft_json_set_error (error, &item, "expected a count and a sum");
          return FALSE;
        }
      sum = weft_json_get_string (json_array_get_element (pair, 1), &item, error);
      if (sum == NULL || !weft_json_get_integer (json_array_get_element (pair, 0), &item, 1,
                                                 WEFT_LIMIT_INTEGER_MAX, &count, error))
        return FALSE;
      self->holdings[kind].count = (guint64) count;
      self->holdings[kind].sum = g_ascii_strtoull (sum, NULL, 16);
    }

  return TRUE;
}

static gboolean
parse_members (JsonNode       *root,
               WeftFileRecord *self,
               GError        **error)
{
  JsonObject *object = weft_json_get_object (root, NULL, error);
  const char *kind;

  if (object == NULL)
    return FALSE;
  kind = weft_json_require_string (object, "kind", NULL, error);
  if (kind == NULL || !parse_kind (kind, &self->kind, error)
      || !weft_json_optional_string (object, "block", NULL, &self->block_id, error)
      || !weft_json_optional_string (object, "key", NULL, &self->key, error))
    return FALSE;

  self->value = json_object_get_member (object, "value");
  if (self->kind == WEFT_FILE_KIND_META)
    return parse_holdings (object, self, error);
  if (self->value != NULL)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "it holds no value");
  return FALSE;
}

gboolean
weft_file_record_parse (GBytes         *bytes,
                        WeftFileRecord *self,
                        JsonNode      **root,
                        GError        **error)
{
  const WeftJsonLimits limits = { G_MAXSIZE, DEPTH_MAX, NODES_MAX };
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonNode) node = NULL;

  *self = (WeftFileRecord) { 0 };
  if (!check (text, length, error))
    return FALSE;
  node = weft_json_parse_with_limits (text, length, &limits, error);
  if (node == NULL || !parse_members (node, self, error))
    return FALSE;
  *root = g_steal_pointer (&node);

  return TRUE;
}
