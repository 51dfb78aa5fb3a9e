/* weft-get-result.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-get-result.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-error.h"
#include "weft-ids-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

typedef struct
{
  char *block_id;
  WeftGetBlockResult *result;
} Entry;

/**
 * WeftGetResult:
 *
 * The answer to a get: a [struct@Weft.GetBlockResult] for each block that was asked for.
 *
 * Since: 0.1
 */
struct _WeftGetResult
{
  GArray *entries;        /* Entry, sorted by the bytes of block_id */
  const char **block_ids; /* those of entries, NULL-terminated */
};

static void
clear (WeftGetResult *self)
{
  g_clear_pointer (&self->entries, g_array_unref);
  g_clear_pointer (&self->block_ids, g_free);
}

/**
 * weft_get_result_ref:
 * @self: the answer to a get
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_get_result_unref:
 * @self: (transfer full): the answer to a get
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_get_result_to_string:
 * @self: the answer to a get
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_get_result_equal:
 * @a: the answer to a get
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_get_result_to_json:
 * @self: the answer to a get
 *
 * Writes the value as `{"<block id>":GetBlockResult, …}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftGetResult, weft_get_result, clear)

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->block_id, g_free);
  g_clear_pointer (&entry->result, weft_get_block_result_unref);
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return strcmp (left->block_id, right->block_id);
}

static GArray *
entries_new (guint reserved)
{
  GArray *entries = g_array_sized_new (FALSE, FALSE, sizeof (Entry), reserved);

  g_array_set_clear_func (entries, entry_clear);
  return entries;
}

/* Takes the result over. */
static void
entries_add (GArray             *entries,
             const char         *block_id,
             WeftGetBlockResult *result)
{
  Entry entry = { g_strdup (block_id), result };

  g_array_append_val (entries, entry);
}

/* Takes entries over; every block is named once. */
static WeftGetResult *
new_from_entries (GArray *entries)
{
  WeftGetResult *self = g_atomic_rc_box_new0 (WeftGetResult);

  g_array_sort (entries, compare_entries);
  self->entries = entries;
  self->block_ids = g_new0 (const char *, (gsize) entries->len + 1);
  for (guint i = 0; i < entries->len; i++)
    self->block_ids[i] = g_array_index (entries, Entry, i).block_id;

  return self;
}

WeftGetResult *
weft_get_result_read (const WeftItem      *item,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  g_autoptr (GArray) entries = NULL;
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *member;

  if (weft_item_get_object (item, path, error) == NULL)
    return NULL;

  entries = entries_new (item->length);
  for (member = weft_item_first (item); member != NULL; member = weft_item_next (item, member))
    {
      WeftGetBlockResult *result;

      here.name = member->name;
      if (!weft_ids_check_block (member->name, &here, error))
        return NULL;
      result = weft_get_block_result_read (member, &here, error);
      if (result == NULL)
        return NULL;
      entries_add (entries, member->name, result);
    }

  return new_from_entries (g_steal_pointer (&entries));
}

/**
 * weft_get_result_new:
 * @block_ids: (array zero-terminated=1): the blocks that were asked for, each once
 * @results: (element-type WeftGetBlockResult): the result for each of them, in the same order
 * @error: return location for a [error@Weft.Error]
 *
 * Creates the answer to a get.
 *
 * Returns: (transfer full): the answer, or %NULL with %WEFT_ERROR_INVALID if an id is none or
 *   comes twice, or if there are more or fewer results than ids
 *
 * Since: 0.1
 */
WeftGetResult *
weft_get_result_new (const char * const  *block_ids,
                     GPtrArray           *results,
                     GError             **error)
{
  g_autoptr (GArray) entries = NULL;
  g_autoptr (WeftGetResult) self = NULL;
  WeftJsonPath list = { NULL, "blockIds", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  guint length;

  g_return_val_if_fail (block_ids != NULL, NULL);
  g_return_val_if_fail (results != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  length = g_strv_length ((char **) block_ids);
  if (length != results->len)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected %u results, got %u", length,
                   results->len);
      return NULL;
    }

  entries = entries_new (length);
  for (; here.index < length; here.index++)
    {
      WeftGetBlockResult *result = g_ptr_array_index (results, here.index);

      if (!weft_ids_check_block (block_ids[here.index], &here, error))
        return NULL;
      entries_add (entries, block_ids[here.index], weft_get_block_result_ref (result));
    }

  self = new_from_entries (g_steal_pointer (&entries));
  for (guint i = 1; i < length; i++)
    if (g_str_equal (self->block_ids[i - 1], self->block_ids[i]))
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "expected one result for the block \"%s\", got two", self->block_ids[i]);
        return NULL;
      }

  return g_steal_pointer (&self);
}

/**
 * weft_get_result_get_block_ids:
 * @self: the answer to a get
 *
 * Gets the blocks that are answered for, sorted by bytes.
 *
 * Returns: (transfer none) (array zero-terminated=1): the ids
 *
 * Since: 0.1
 */
const char * const *
weft_get_result_get_block_ids (WeftGetResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block_ids;
}

/**
 * weft_get_result_lookup:
 * @self: the answer to a get
 * @block_id: the id of a block
 *
 * Gets the result for one block.
 *
 * Returns: (transfer none) (nullable): the result, or %NULL if there is none for this block
 *
 * Since: 0.1
 */
WeftGetBlockResult *
weft_get_result_lookup (WeftGetResult *self,
                        const char    *block_id)
{
  Entry wanted = { (char *) block_id, NULL };
  guint index;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  if (!g_array_binary_search (self->entries, &wanted, compare_entries, &index))
    return NULL;

  return g_array_index (self->entries, Entry, index).result;
}

/**
 * weft_get_result_from_json:
 * @json: `{"<block id>":GetBlockResult, …}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads the answer to a get. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftGetResult *
weft_get_result_from_json (JsonNode  *json,
                           GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_get_result_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_get_result_append (WeftGetResult *self,
                        GString       *text)
{
  g_autofree WeftMember *members = g_new (WeftMember, self->entries->len);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, i);

      members[i] = (WeftMember) { entry->block_id, entry->result };
    }
  weft_members_append_map (text, members, self->entries->len,
                           (WeftMemberFunc) weft_get_block_result_append);
}
