/* weft-stale-failure.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-stale-failure.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-list-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftStaleFailure:
 *
 * Why a pend or a commit was not done: something has happened in between. It is no error but a
 * result: the caller reads what has happened, does its work again on top of it, and retries.
 *
 * Since: 0.1
 */
struct _WeftStaleFailure
{
  char *reason;         /* or NULL */
  GPtrArray *missing;   /* WeftActionTransforms */
  GPtrArray *pending;   /* WeftActionPending */
  char *stale_block_id; /* or NULL */
  gint64 stale_rev;     /* or zero */
  gboolean is_conflict;
};

static const WeftListType missing_type = WEFT_LIST_TYPE (weft_action_transforms);
static const WeftListType pending_type = WEFT_LIST_TYPE (weft_action_pending);

static void
clear (WeftStaleFailure *self)
{
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->missing, g_ptr_array_unref);
  g_clear_pointer (&self->pending, g_ptr_array_unref);
  g_clear_pointer (&self->stale_block_id, g_free);
}

/**
 * weft_stale_failure_ref:
 * @self: a stale failure
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_stale_failure_unref:
 * @self: (transfer full): a stale failure
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_stale_failure_to_string:
 * @self: a stale failure
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_stale_failure_equal:
 * @a: a stale failure
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_stale_failure_to_json:
 * @self: a stale failure
 *
 * Writes the value as `{"success":false,"reason"?,"missing"?:[ActionTransforms…],
 * "pending"?:[ActionPending…],"staleAt"?:{"blockId","rev"},"conflict"?:true}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftStaleFailure, weft_stale_failure, clear)

static gboolean
read_stale_at (WeftStaleFailure    *self,
               const WeftItem      *object,
               const WeftJsonPath  *path,
               GError             **error)
{
  WeftJsonPath here = { path, "staleAt", 0 };
  const WeftItem *member = weft_item_find (object, "staleAt");
  const WeftItem *stale_at;
  const char *block_id;

  if (member == NULL)
    return TRUE;
  stale_at = weft_item_get_object (member, &here, error);
  if (stale_at == NULL)
    return FALSE;
  block_id = weft_ids_read_block (stale_at, "blockId", &here, error);
  if (block_id == NULL)
    return FALSE;
  self->stale_block_id = g_strdup (block_id);

  return weft_item_require_integer (stale_at, "rev", &here, 0, WEFT_REV_MAX, &self->stale_rev,
                                    error);
}

/* Every result says first whether it is one of success. */
gboolean
weft_stale_failure_read_success (const WeftItem      *object,
                                 gboolean            *is_success,
                                 const WeftJsonPath  *path,
                                 GError             **error)
{
  if (weft_item_require_member (object, "success", path, error) == NULL)
    return FALSE;

  return weft_item_optional_boolean (object, "success", path, FALSE, is_success, error);
}

WeftStaleFailure *
weft_stale_failure_read (const WeftItem      *item,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  g_autoptr (WeftStaleFailure) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  WeftJsonPath success = { path, "success", 0 };
  gboolean is_success;
  const char *reason;

  if (object == NULL)
    return NULL;
  if (!weft_stale_failure_read_success (object, &is_success, path, error))
    return NULL;
  if (is_success)
    {
      weft_json_set_error (error, &success, "expected false, got true");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (WeftStaleFailure);
  if (!weft_item_optional_string (object, "reason", path, &reason, error))
    return NULL;
  self->reason = g_strdup (reason);
  self->missing = weft_list_read (&missing_type, object, "missing", path, error);
  if (self->missing == NULL)
    return NULL;
  self->pending = weft_list_read (&pending_type, object, "pending", path, error);
  if (self->pending == NULL)
    return NULL;
  if (!read_stale_at (self, object, path, error))
    return NULL;
  if (!weft_item_optional_boolean (object, "conflict", path, FALSE, &self->is_conflict, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_stale_failure_new:
 * @reason: (nullable): what happened, for people
 * @missing: (nullable) (element-type WeftActionTransforms): actions that were committed and that
 *   the caller did not know of
 * @pending: (nullable) (element-type WeftActionPending): actions of others that are pending
 * @stale_block_id: (nullable): the block whose revision was not the expected one
 * @stale_rev: the latest revision of that block, zero if it has none
 * @is_conflict: whether another action has won and this one may be retried
 *
 * Creates a stale failure.
 *
 * Returns: (transfer full): the failure
 *
 * Since: 0.1
 */
WeftStaleFailure *
weft_stale_failure_new (const char *reason,
                        GPtrArray  *missing,
                        GPtrArray  *pending,
                        const char *stale_block_id,
                        gint64      stale_rev,
                        gboolean    is_conflict)
{
  WeftStaleFailure *self;

  g_return_val_if_fail (reason == NULL || g_utf8_validate (reason, -1, NULL), NULL);
  g_return_val_if_fail (stale_block_id == NULL || weft_block_id_is_valid (stale_block_id), NULL);
  g_return_val_if_fail (stale_rev >= 0 && stale_rev <= WEFT_REV_MAX, NULL);

  self = g_atomic_rc_box_new0 (WeftStaleFailure);
  self->reason = g_strdup (reason);
  self->missing = weft_list_copy (&missing_type, missing);
  self->pending = weft_list_copy (&pending_type, pending);
  self->stale_block_id = g_strdup (stale_block_id);
  self->stale_rev = stale_block_id != NULL ? stale_rev : 0;
  self->is_conflict = is_conflict;

  return self;
}

/**
 * weft_stale_failure_get_reason:
 * @self: a stale failure
 *
 * Gets what happened, for people.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL if none was given
 *
 * Since: 0.1
 */
const char *
weft_stale_failure_get_reason (WeftStaleFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->reason;
}

/**
 * weft_stale_failure_get_missing:
 * @self: a stale failure
 *
 * Gets the actions that were committed and that the caller did not know of, with all that they
 * change.
 *
 * Returns: (transfer none) (element-type WeftActionTransforms): the actions, not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
weft_stale_failure_get_missing (WeftStaleFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->missing;
}

/**
 * weft_stale_failure_get_pending:
 * @self: a stale failure
 *
 * Gets the actions of others that are pending on the blocks.
 *
 * Returns: (transfer none) (element-type WeftActionPending): the actions, not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
weft_stale_failure_get_pending (WeftStaleFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pending;
}

/**
 * weft_stale_failure_get_stale_block_id:
 * @self: a stale failure
 *
 * Gets a block whose latest revision is not the expected one.
 *
 * Returns: (transfer none) (nullable): its id, or %NULL if that is not the reason
 *
 * Since: 0.1
 */
const char *
weft_stale_failure_get_stale_block_id (WeftStaleFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->stale_block_id;
}

/**
 * weft_stale_failure_get_stale_rev:
 * @self: a stale failure
 *
 * Gets the latest revision of [method@Weft.StaleFailure.get_stale_block_id].
 *
 * Returns: the revision, or zero if it has none
 *
 * Since: 0.1
 */
gint64
weft_stale_failure_get_stale_rev (WeftStaleFailure *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->stale_rev;
}

/**
 * weft_stale_failure_is_conflict:
 * @self: a stale failure
 *
 * Tells whether another action has won a race, so that a retry can succeed.
 *
 * Returns: whether it is a conflict
 *
 * Since: 0.1
 */
gboolean
weft_stale_failure_is_conflict (WeftStaleFailure *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_conflict;
}

/**
 * weft_stale_failure_from_json:
 * @json: `{"success":false,"reason"?,"missing"?:[ActionTransforms…],
 *   "pending"?:[ActionPending…],"staleAt"?:{"blockId","rev"},"conflict"?:true}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a stale failure. Members it does not know are ignored. An error names the member by its
 * path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftStaleFailure *
weft_stale_failure_from_json (JsonNode  *json,
                              GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_stale_failure_read (weft_tape_get_root (tape), NULL, error);
}

static void
append_stale_at (WeftStaleFailure *self,
                 GString          *text)
{
  gsize start;

  weft_members_append_name (text, "staleAt");
  start = text->len;
  weft_members_append_string (text, "blockId", self->stale_block_id);
  weft_members_append_integer (text, "rev", self->stale_rev);
  weft_members_close (text, start);
}

void
weft_stale_failure_append (WeftStaleFailure *self,
                           GString          *text)
{
  gsize start = text->len;

  if (self->is_conflict)
    {
      weft_members_append_name (text, "conflict");
      g_string_append (text, "true");
    }
  if (self->missing->len > 0)
    {
      weft_members_append_name (text, "missing");
      weft_list_append (&missing_type, self->missing, text);
    }
  if (self->pending->len > 0)
    {
      weft_members_append_name (text, "pending");
      weft_list_append (&pending_type, self->pending, text);
    }
  if (self->reason != NULL)
    weft_members_append_string (text, "reason", self->reason);
  if (self->stale_block_id != NULL)
    append_stale_at (self, text);
  weft_members_append_name (text, "success");
  g_string_append (text, "false");
  weft_members_close (text, start);
}
