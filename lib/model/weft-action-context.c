/* weft-action-context.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-action-context.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-list-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftActionContext:
 *
 * What a reader knows of a collection: the revision it wants to read at, actions that it knows
 * to be committed, and the action of its own that it wants to see on top.
 *
 * Since: 0.1
 */
struct _WeftActionContext
{
  GPtrArray *committed; /* WeftActionRev */
  gint64 rev;
  char *action_id; /* or NULL */
};

static const WeftListType committed_type = WEFT_LIST_TYPE (weft_action_rev);

static void
clear (WeftActionContext *self)
{
  g_clear_pointer (&self->committed, g_ptr_array_unref);
  g_clear_pointer (&self->action_id, g_free);
}

/**
 * weft_action_context_ref:
 * @self: a context
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_action_context_unref:
 * @self: (transfer full): a context
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_action_context_to_string:
 * @self: a context
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_action_context_equal:
 * @a: a context
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_action_context_to_json:
 * @self: a context
 *
 * Writes the value as `{"committed":[ActionRev…], "rev":n, "actionId"?}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftActionContext, weft_action_context, clear)

/* Takes the list over. */
static WeftActionContext *
new_checked (GPtrArray  *committed,
             gint64      rev,
             const char *action_id)
{
  WeftActionContext *self = g_atomic_rc_box_new0 (WeftActionContext);

  self->committed = committed;
  self->rev = rev;
  self->action_id = g_strdup (action_id);

  return self;
}

WeftActionContext *
weft_action_context_read (const WeftItem      *item,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autoptr (GPtrArray) committed = NULL;
  WeftJsonPath here = { path, "actionId", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *action_id;
  gint64 rev;

  if (object == NULL)
    return NULL;
  committed = weft_list_read (&committed_type, object, "committed", path, error);
  if (committed == NULL)
    return NULL;
  if (!weft_item_optional_integer (object, "rev", path, 0, WEFT_REV_MAX, 0, &rev, error))
    return NULL;
  if (!weft_item_optional_string (object, "actionId", path, &action_id, error))
    return NULL;
  if (action_id != NULL && !weft_ids_check_action (action_id, &here, error))
    return NULL;

  return new_checked (g_steal_pointer (&committed), rev, action_id);
}

/**
 * weft_action_context_new:
 * @committed: (nullable) (element-type WeftActionRev): actions that are known to be committed
 * @rev: the revision to read at, or zero for the latest
 * @action_id: (nullable): a pending action to read on top of it
 * @error: return location for a [error@Weft.Error]
 *
 * Creates a context.
 *
 * Returns: (transfer full): the context, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftActionContext *
weft_action_context_new (GPtrArray   *committed,
                         gint64       rev,
                         const char  *action_id,
                         GError     **error)
{
  WeftJsonPath rev_path = { NULL, "rev", 0 };
  WeftJsonPath id_path = { NULL, "actionId", 0 };

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_rev (rev, 0, &rev_path, error))
    return NULL;
  if (action_id != NULL && !weft_ids_check_action (action_id, &id_path, error))
    return NULL;

  return new_checked (weft_list_copy (&committed_type, committed), rev, action_id);
}

/**
 * weft_action_context_get_committed:
 * @self: a context
 *
 * Gets the actions that the reader knows to be committed.
 *
 * Returns: (transfer none) (element-type WeftActionRev): the actions, not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
weft_action_context_get_committed (WeftActionContext *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->committed;
}

/**
 * weft_action_context_get_rev:
 * @self: a context
 *
 * Gets the revision to read at.
 *
 * Returns: the revision, or zero for the latest
 *
 * Since: 0.1
 */
gint64
weft_action_context_get_rev (WeftActionContext *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

/**
 * weft_action_context_get_action_id:
 * @self: a context
 *
 * Gets the pending action to read on top.
 *
 * Returns: (transfer none) (nullable): its id, or %NULL for none
 *
 * Since: 0.1
 */
const char *
weft_action_context_get_action_id (WeftActionContext *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_action_context_from_json:
 * @json: `{"committed"?:[ActionRev…], "rev"?:n, "actionId"?}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a context. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftActionContext *
weft_action_context_from_json (JsonNode  *json,
                               GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_action_context_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_action_context_append (WeftActionContext *self,
                            GString           *text)
{
  gsize start = text->len;

  if (self->action_id != NULL)
    weft_members_append_string (text, "actionId", self->action_id);
  weft_members_append_name (text, "committed");
  weft_list_append (&committed_type, self->committed, text);
  weft_members_append_integer (text, "rev", self->rev);
  weft_members_close (text, start);
}
