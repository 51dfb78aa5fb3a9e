/* weft-repo-message-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-repo-message-internal-private.h"

#include <string.h>

#include "weft-commit-request-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-text-private.h"

static const char *const operation_names[] = {
  [WEFT_REPO_OPERATION_GET] = "get",
  [WEFT_REPO_OPERATION_PEND] = "pend",
  [WEFT_REPO_OPERATION_CANCEL] = "cancel",
  [WEFT_REPO_OPERATION_COMMIT] = "commit",
  [WEFT_REPO_OPERATION_PUT] = "put",
};

/* Finds the one member that names an operation, or -1. */
static int
find_operation (const WeftItem *object)
{
  int found = -1;

  for (guint i = 0; i < G_N_ELEMENTS (operation_names); i++)
    {
      if (weft_item_find (object, operation_names[i]) == NULL)
        continue;
      if (found >= 0)
        return -1;
      found = i;
    }

  return found;
}

static gboolean
read_cancel (WeftRepoMessage     *self,
             const WeftItem      *item,
             const WeftJsonPath  *path,
             GError             **error)
{
  WeftJsonPath here = { path, "actionRef", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL)
    return FALSE;
  member = weft_item_require_member (object, "actionRef", path, error);
  if (member == NULL)
    return FALSE;
  self->request = weft_action_blocks_read (member, &here, error);

  return self->request != NULL;
}

static gboolean
read_operation (WeftRepoMessage     *self,
                const WeftItem      *item,
                const WeftJsonPath  *path,
                GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;
  int found;

  if (object == NULL)
    return FALSE;
  found = find_operation (object);
  if (found < 0)
    {
      weft_json_set_error (error, path, "expected one of get, pend, cancel, commit and put");
      return FALSE;
    }

  self->operation = found;
  here.name = operation_names[found];
  member = weft_item_find (object, here.name);
  if (self->operation == WEFT_REPO_OPERATION_CANCEL)
    return read_cancel (self, member, &here, error);
  self->request = weft_repo_message_types[found].read (member, &here, error);

  return self->request != NULL;
}

/* What several commits must not be, since they are decided together. */
gboolean
weft_repo_message_add_commit (WeftRepoMessage     *self,
                              WeftCommitRequest   *commit,
                              const WeftJsonPath  *path,
                              GError             **error)
{
  const WeftJsonPath id_path = { path, "actionId", 0 };
  const WeftJsonPath cluster_path = { path, "cluster", 0 };
  const char *action_id = weft_commit_request_get_action_id (commit);

  if (weft_commit_request_get_cluster (commit) != NULL)
    {
      weft_json_set_error (error, &cluster_path, "expected none beside other commits");
      return FALSE;
    }
  for (guint i = 0; i < self->commits->len; i++)
    if (g_str_equal (action_id, weft_commit_request_get_action_id (
                                  g_ptr_array_index (self->commits, i))))
      {
        weft_json_set_error (error, &id_path, "expected another action than %s", action_id);
        return FALSE;
      }
  g_ptr_array_add (self->commits, weft_commit_request_ref (commit));

  return TRUE;
}

static int
compare_places (const void *a,
                const void *b)
{
  const WeftCommitPlace *x = a;
  const WeftCommitPlace *y = b;
  int order = strcmp (x->block_id, y->block_id);

  return order != 0 ? order : (x->commit > y->commit) - (x->commit < y->commit);
}

static gboolean
has_one_block (WeftCommitRequest *commit)
{
  const char *const *block_ids = weft_commit_request_get_block_ids (commit);

  return block_ids[0] != NULL && block_ids[1] == NULL;
}

/* Whether one commit makes the revision of a block that another one is based on. */
static gboolean
check_follower (WeftCommitRequest   *before,
                WeftCommitRequest   *commit,
                const char          *block_id,
                const WeftJsonPath  *path,
                GError             **error)
{
  const WeftJsonPath blocks_path = { path, "blockIds", 0 };
  const WeftJsonPath bases_path = { path, "bases", 0 };
  const WeftJsonPath base_path = { &bases_path, block_id, 0 };
  const WeftJsonPath rev_path = { path, "rev", 0 };
  gint64 base = weft_commit_request_get_base (before, block_id);
  gint64 next = weft_commit_request_get_base (commit, block_id);

  if (!has_one_block (before) || !has_one_block (commit) || base < 0 || next < 0)
    {
      weft_json_set_error (error, &blocks_path, "expected other blocks than %s", block_id);
      return FALSE;
    }
  if (next != base + 1)
    {
      weft_json_set_error (error, &base_path,
                           "expected %" G_GINT64_FORMAT ", what the commit before it makes, got %"
                           G_GINT64_FORMAT, base + 1, next);
      return FALSE;
    }
  if (weft_commit_request_get_rev (before) == base + 1
      && weft_commit_request_get_rev (commit) == next + 1)
    return TRUE;

  weft_json_set_error (error, &rev_path, "expected each of the commits of %s to make the revision "
                       "above its base", block_id);
  return FALSE;
}

gboolean
weft_repo_message_take_places (WeftRepoMessage     *self,
                               const WeftJsonPath  *path,
                               GError             **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (WeftCommitPlace));

  for (guint i = 0; i < self->commits->len; i++)
    {
      const char *const *block_ids
          = weft_commit_request_get_block_ids (g_ptr_array_index (self->commits, i));

      for (guint j = 0; block_ids[j] != NULL; j++)
        {
          const WeftCommitPlace place = { block_ids[j], i };

          g_array_append_val (places, place);
        }
    }
  if (!weft_ids_check_count (places->len, path, error))
    return FALSE;

  qsort (places->data, places->len, sizeof (WeftCommitPlace), compare_places);
  for (guint i = 1; i < places->len; i++)
    {
      const WeftCommitPlace *place = &g_array_index (places, WeftCommitPlace, i);
      const WeftJsonPath item_path = { path, NULL, place->commit };
      const WeftJsonPath commit_path = { &item_path, "commit", 0 };

      if (g_str_equal (place[-1].block_id, place->block_id)
          && !check_follower (g_ptr_array_index (self->commits, place[-1].commit),
                              g_ptr_array_index (self->commits, place->commit), place->block_id,
                              &commit_path, error))
        return FALSE;
    }
  self->n_places = places->len;
  self->places = (WeftCommitPlace *) g_array_free (g_steal_pointer (&places), FALSE);

  return TRUE;
}

static gboolean
read_commits (WeftRepoMessage     *self,
              const WeftItem      *array,
              const WeftJsonPath  *path,
              GError             **error)
{
  WeftJsonPath item_path = { path, NULL, 0 };
  const WeftJsonPath here = { &item_path, "commit", 0 };
  const WeftItem *item;

  if (array->length > WEFT_LIMIT_GROUP_MAX)
    {
      weft_json_set_error (error, path, "expected at most %d commits, got %u", WEFT_LIMIT_GROUP_MAX,
                           array->length);
      return FALSE;
    }

  self->operation = WEFT_REPO_OPERATION_COMMIT;
  self->commits = g_ptr_array_new_full (array->length, (GDestroyNotify) weft_commit_request_unref);
  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    {
      g_autoptr (WeftCommitRequest) commit
          = weft_commit_request_read (weft_item_find (item, "commit"), &here, error);

      if (commit == NULL || !weft_repo_message_add_commit (self, commit, &here, error))
        return FALSE;
      item_path.index++;
    }
  self->request = weft_commit_request_ref (g_ptr_array_index (self->commits, 0));

  return weft_repo_message_take_places (self, path, error);
}

static gboolean
are_commits (const WeftItem *array)
{
  const WeftItem *item;

  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    if (item->kind != WEFT_ITEM_OBJECT || find_operation (item) != WEFT_REPO_OPERATION_COMMIT)
      return FALSE;

  return array->length > 1;
}

static gboolean
read_operations (WeftRepoMessage     *self,
                 const WeftItem      *object,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath list = { path, "operations", 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *array = weft_item_require_member (object, "operations", path, error);

  if (array == NULL || weft_item_get_array (array, &list, error) == NULL)
    return FALSE;
  if (are_commits (array))
    return read_commits (self, array, &list, error);
  if (array->length != 1)
    {
      weft_json_set_error (error, &list, "expected exactly one operation, got %u", array->length);
      return FALSE;
    }

  return read_operation (self, weft_item_first (array), &here, error);
}

WeftRepoMessage *
weft_repo_message_read (const WeftItem      *item,
                        const WeftJsonPath  *path,
                        GError             **error)
{
  g_autoptr (WeftRepoMessage) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftRepoMessage);
  if (!read_operations (self, object, path, error))
    return NULL;
  if (!weft_item_optional_integer (object, "expiration", path, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &self->expiration_msec, error))
    return NULL;
  if (weft_item_find (object, "coordinatingBlockIds") != NULL)
    {
      self->coordinating_block_ids = weft_ids_read_request (object, "coordinatingBlockIds", path,
                                                            error);
      if (self->coordinating_block_ids == NULL)
        return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * weft_repo_message_from_json:
 * @json: `{"operations":[one of {"get":BlockGets} {"pend":PendRequest}
 *   {"cancel":{"actionRef":ActionBlocks}} {"commit":CommitRequest} {"put":PendRequest}],
 *   "expiration"?:epoch-ms, "coordinatingBlockIds"?:[…]}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a message. There is exactly one operation; only a record of a cluster may have several,
 * which are all commits. Members it does not know are ignored. An error names the member by its
 * path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_repo_message_from_json (JsonNode  *json,
                             GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_repo_message_read (weft_tape_get_root (tape), NULL, error);
}

static void
append_operation (WeftRepoOperation  operation,
                  gpointer           request,
                  GString           *text)
{
  weft_text_append_len (text, "{\"", 2);
  weft_text_append (text, operation_names[operation]);
  weft_text_append_len (text, "\":", 2);
  if (operation == WEFT_REPO_OPERATION_CANCEL)
    weft_text_append (text, "{\"actionRef\":");
  weft_repo_message_types[operation].append (request, text);
  if (operation == WEFT_REPO_OPERATION_CANCEL)
    g_string_append_c (text, '}');
  g_string_append_c (text, '}');
}

void
weft_repo_message_append (WeftRepoMessage *self,
                          GString         *text)
{
  gsize start = text->len;

  if (self->coordinating_block_ids != NULL)
    {
      weft_members_append_name (text, "coordinatingBlockIds");
      weft_ids_append ((const char * const *) self->coordinating_block_ids, text);
    }
  if (self->expiration_msec > 0)
    weft_members_append_integer (text, "expiration", self->expiration_msec);
  weft_members_append_name (text, "operations");
  g_string_append_c (text, '[');
  append_operation (self->operation, self->request, text);
  for (guint i = 1; self->commits != NULL && i < self->commits->len; i++)
    {
      g_string_append_c (text, ',');
      append_operation (self->operation, g_ptr_array_index (self->commits, i), text);
    }
  g_string_append_c (text, ']');
  weft_members_close (text, start);
}
