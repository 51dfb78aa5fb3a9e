/* weft-ids.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ids-private.h"

#include <string.h>

#include "weft-content-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"

#define WORD_BYTES_MAX 64
#define EACH_BYTE(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))
#define DELETE 0x7f

/* A control character is U+0000 to U+001F or U+007F to U+009F: terminals and logs obey them. */
static gboolean
has_control_character (const char *text)
{
  const guchar *at = (const guchar *) text;

  for (; *at != '\0'; at++)
    {
      if (*at < 0x20 || *at == 0x7f)
        return TRUE;
      if (at[0] == 0xc2 && at[1] < 0xa0)
        return TRUE;
    }

  return FALSE;
}

/* Not 0 when one of the eight bytes at `text` is no printable ASCII. */
static inline guint64
find_others (const char *text)
{
  guint64 word;

  memcpy (&word, text, sizeof word);

  return (word | (word + EACH_BYTE (0x80 - DELETE)) | ~(word + EACH_BYTE (0x80 - ' ')))
         & EACH_BYTE (0x80);
}

/* Nearly all names are printable ASCII, which needs no closer look. */
static gboolean
is_printable_ascii (const char *text,
                    gsize       length)
{
  guint64 others = 0;

  if (length < sizeof others)
    {
      for (gsize i = 0; i < length; i++)
        others |= (guchar) (text[i] - ' ') >= DELETE - ' ';
      return others == 0;
    }

  for (gsize i = 0; i < length - sizeof others; i += sizeof others)
    others |= find_others (text + i);

  return (others | find_others (text + length - sizeof others)) == 0;
}

static gboolean
check_text (const char          *text,
            gsize                bytes_max,
            const WeftJsonPath  *path,
            GError             **error)
{
  gsize length = strlen (text);

  if (length == 0 || length > bytes_max)
    {
      weft_json_set_error (error, path,
                           "expected 1 to %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT,
                           bytes_max, length);
      return FALSE;
    }
  if (is_printable_ascii (text, length))
    return TRUE;
  if (!g_utf8_validate (text, length, NULL))
    {
      weft_json_set_error (error, path, "expected UTF-8");
      return FALSE;
    }
  if (has_control_character (text))
    {
      weft_json_set_error (error, path, "expected no control characters");
      return FALSE;
    }

  return TRUE;
}

gboolean
weft_ids_check_block (const char          *id,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  return check_text (id, WEFT_LIMIT_BLOCK_ID_BYTES_MAX, path, error);
}

gboolean
weft_ids_check_action (const char          *id,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  return check_text (id, WEFT_LIMIT_ACTION_ID_BYTES_MAX, path, error);
}

gboolean
weft_ids_check_name (const char          *name,
                     const WeftJsonPath  *path,
                     GError             **error)
{
  return check_text (name, WEFT_LIMIT_NAME_BYTES_MAX, path, error);
}

guint
weft_ids_hash_action (const char *block_id,
                      const char *action_id)
{
  return g_str_hash (block_id) * 31 + g_str_hash (action_id);
}

gboolean
weft_ids_is_word (const char *text)
{
  gsize length = strspn (text, "abcdefghijklmnopqrstuvwxyz-");

  return length >= 1 && length <= WORD_BYTES_MAX && text[length] == '\0';
}

gboolean
weft_ids_check_rev (gint64               rev,
                    gint64               min,
                    const WeftJsonPath  *path,
                    GError             **error)
{
  if (rev >= min && rev <= WEFT_REV_MAX)
    return TRUE;

  weft_json_set_error (error, path,
                       "expected an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                       ", got %" G_GINT64_FORMAT,
                       min, WEFT_REV_MAX, rev);
  return FALSE;
}

static const char *
check_member (const char          *id,
              const char          *name,
              WeftIdCheck          check,
              const WeftJsonPath  *path,
              GError             **error)
{
  WeftJsonPath here = { path, name, 0 };

  return id != NULL && check (id, &here, error) ? id : NULL;
}

const char *
weft_ids_read_block (const WeftItem      *object,
                     const char          *name,
                     const WeftJsonPath  *path,
                     GError             **error)
{
  return check_member (weft_item_require_string (object, name, path, error), name,
                       weft_ids_check_block, path, error);
}

const char *
weft_ids_read_action (const WeftItem      *object,
                      const char          *name,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  return check_member (weft_item_require_string (object, name, path, error), name,
                       weft_ids_check_action, path, error);
}

/* The number of blocks of a request bounds the work and the locks it can cause. */
gboolean
weft_ids_check_count (gsize                count,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  if (count == 0)
    {
      weft_json_set_error (error, path, "expected at least one block");
      return FALSE;
    }
  if (count > WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX)
    {
      weft_content_set_error (error, WEFT_ERROR_TOO_LARGE, path,
                              "expected at most %d blocks, got %" G_GSIZE_FORMAT,
                              WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX, count);
      return FALSE;
    }

  return TRUE;
}

static gboolean
are_distinct (const char *const *ids,
              gsize              n_ids)
{
  g_autofree const char **sorted = NULL;

  if (n_ids == 1)
    return TRUE;

  sorted = g_memdup2 (ids, n_ids * sizeof *ids);
  qsort (sorted, n_ids, sizeof *sorted, weft_ids_compare);
  for (gsize i = 1; i < n_ids; i++)
    if (g_str_equal (sorted[i - 1], sorted[i]))
      return FALSE;

  return TRUE;
}

static char **
dup_distinct (const char *const *ids)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; ids[i] != NULL; i++)
    if (g_hash_table_add (seen, (gpointer) ids[i]))
      g_strv_builder_add (builder, ids[i]);

  return g_strv_builder_end (builder);
}

static gboolean
check_request (const char * const  *ids,
               gsize                n_ids,
               const WeftJsonPath  *path,
               GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };

  if (!weft_ids_check_count (n_ids, path, error))
    return FALSE;
  for (; here.index < n_ids; here.index++)
    if (!weft_ids_check_block (ids[here.index], &here, error))
      return FALSE;

  return TRUE;
}

char **
weft_ids_dup_request (const char * const  *ids,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  gsize n_ids = g_strv_length ((char **) ids);

  if (!check_request (ids, n_ids, path, error))
    return NULL;

  return are_distinct (ids, n_ids) ? g_strdupv ((char **) ids) : dup_distinct (ids);
}

/* Borrows the strings of an array. */
static const char **
borrow_strings (const WeftItem      *array,
                WeftIdCheck          check,
                const WeftJsonPath  *path,
                GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  g_autofree const char **strings = NULL;
  const WeftItem *item;

  if (weft_item_get_array (array, path, error) == NULL)
    return NULL;

  strings = g_new0 (const char *, (gsize) array->length + 1);
  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    {
      const char *string = weft_item_get_string (item, &here, error);

      if (string == NULL || (check != NULL && !check (string, &here, error)))
        return NULL;
      strings[here.index++] = string;
    }

  return g_steal_pointer (&strings);
}

static char **
read_request (const WeftItem      *array,
              const WeftJsonPath  *path,
              GError             **error)
{
  g_autofree const char **strings = borrow_strings (array, NULL, path, error);

  return strings != NULL ? weft_ids_dup_request (strings, path, error) : NULL;
}

char **
weft_ids_read_request (const WeftItem      *object,
                       const char          *name,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  WeftJsonPath here = { path, name, 0 };
  const WeftItem *array = weft_item_require_member (object, name, path, error);

  return array != NULL ? read_request (array, &here, error) : NULL;
}

/* Leaves out what was there before. */
static void
make_distinct (const char **ids)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gsize n_kept = 0;

  for (gsize i = 0; ids[i] != NULL; i++)
    if (g_hash_table_add (seen, (gpointer) ids[i]))
      ids[n_kept++] = ids[i];
  ids[n_kept] = NULL;
}

const char **
weft_ids_borrow_request (const WeftItem      *object,
                         const char          *name,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  WeftJsonPath here = { path, name, 0 };
  const WeftItem *array = weft_item_require_member (object, name, path, error);
  g_autofree const char **ids
      = array != NULL ? borrow_strings (array, NULL, &here, error) : NULL;

  if (ids == NULL || !check_request (ids, array->length, &here, error))
    return NULL;
  if (!are_distinct (ids, array->length))
    make_distinct (ids);

  return g_steal_pointer (&ids);
}

char **
weft_ids_read_list (const WeftItem      *object,
                    const char          *name,
                    WeftIdCheck          check,
                    const WeftJsonPath  *path,
                    GError             **error)
{
  WeftJsonPath here = { path, name, 0 };
  const WeftItem *array = weft_item_find (object, name);
  g_autofree const char **strings = NULL;

  if (array == NULL)
    return g_new0 (char *, 1);

  strings = borrow_strings (array, check, &here, error);
  return g_strdupv ((char **) strings);
}

void
weft_ids_append (const char * const *ids,
                 GString            *text)
{
  g_string_append_c (text, '[');
  for (gsize i = 0; ids[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      weft_json_append_string (text, ids[i]);
    }
  g_string_append_c (text, ']');
}

int
weft_ids_compare (gconstpointer a,
                  gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * weft_block_id_is_valid:
 * @id: a text
 *
 * Tells whether a text may name a block: 1 to 256 bytes of UTF-8 without control characters.
 *
 * An id can hold `/`, `..`, `:` or anything else, so it is never used as a file name as it is.
 *
 * Returns: whether it may
 *
 * Since: 0.1
 */
gboolean
weft_block_id_is_valid (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  return weft_ids_check_block (id, NULL, NULL);
}

/**
 * weft_block_id_validate:
 * @id: a text
 * @error: return location for a [error@Weft.Error]
 *
 * Does what [func@Weft.Block.id_is_valid] does and says what is wrong.
 *
 * Returns: %TRUE if it may name a block, or %FALSE with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
gboolean
weft_block_id_validate (const char  *id,
                        GError     **error)
{
  WeftJsonPath path = { NULL, "blockId", 0 };

  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return weft_ids_check_block (id, &path, error);
}

/**
 * weft_action_id_is_valid:
 * @id: a text
 *
 * Tells whether a text may name an action: 1 to 128 bytes of UTF-8 without control characters.
 *
 * Returns: whether it may
 *
 * Since: 0.1
 */
gboolean
weft_action_id_is_valid (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  return weft_ids_check_action (id, NULL, NULL);
}

/**
 * weft_action_id_validate:
 * @id: a text
 * @error: return location for a [error@Weft.Error]
 *
 * Does what [func@Weft.action_id_is_valid] does and says what is wrong.
 *
 * Returns: %TRUE if it may name an action, or %FALSE with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
gboolean
weft_action_id_validate (const char  *id,
                         GError     **error)
{
  WeftJsonPath path = { NULL, "actionId", 0 };

  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return weft_ids_check_action (id, &path, error);
}
