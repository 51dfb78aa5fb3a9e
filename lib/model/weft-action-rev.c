/* weft-action-rev.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-action-rev.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftActionRev:
 *
 * An action and the revision that it is.
 *
 * Since: 0.1
 */
struct _WeftActionRev
{
  char *action_id;
  gint64 rev;
};

static void
clear (WeftActionRev *self)
{
  g_clear_pointer (&self->action_id, g_free);
}

/**
 * weft_action_rev_ref:
 * @self: an action and its revision
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_action_rev_unref:
 * @self: (transfer full): an action and its revision
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_action_rev_to_string:
 * @self: an action and its revision
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_action_rev_equal:
 * @a: an action and its revision
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_action_rev_to_json:
 * @self: an action and its revision
 *
 * Writes the value as `{"actionId","rev"}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftActionRev, weft_action_rev, clear)

static WeftActionRev *
new_checked (const char *action_id,
             gint64      rev)
{
  WeftActionRev *self = g_atomic_rc_box_new0 (WeftActionRev);

  self->action_id = g_strdup (action_id);
  self->rev = rev;

  return self;
}

WeftActionRev *
weft_action_rev_read (const WeftItem      *item,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *action_id;
  gint64 rev;

  if (object == NULL)
    return NULL;
  action_id = weft_ids_read_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  if (!weft_item_require_integer (object, "rev", path, 1, WEFT_REV_MAX, &rev, error))
    return NULL;

  return new_checked (action_id, rev);
}

/**
 * weft_action_rev_new:
 * @action_id: the id of an action, 1 to 128 bytes of UTF-8 without control characters
 * @rev: its revision, 1 to 2^53 - 1
 * @error: return location for a [error@Weft.Error]
 *
 * Pairs an action with its revision.
 *
 * Returns: (transfer full): the pair, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftActionRev *
weft_action_rev_new (const char  *action_id,
                     gint64       rev,
                     GError     **error)
{
  WeftJsonPath id_path = { NULL, "actionId", 0 };
  WeftJsonPath rev_path = { NULL, "rev", 0 };

  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_action (action_id, &id_path, error))
    return NULL;
  if (!weft_ids_check_rev (rev, 1, &rev_path, error))
    return NULL;

  return new_checked (action_id, rev);
}

/**
 * weft_action_rev_get_action_id:
 * @self: an action and its revision
 *
 * Gets the action.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_action_rev_get_action_id (WeftActionRev *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_action_rev_get_rev:
 * @self: an action and its revision
 *
 * Gets the revision.
 *
 * Returns: the revision, at least 1
 *
 * Since: 0.1
 */
gint64
weft_action_rev_get_rev (WeftActionRev *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

/**
 * weft_action_rev_from_json:
 * @json: `{"actionId","rev"}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an action and its revision. Members it does not know are ignored. An error names the
 * member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftActionRev *
weft_action_rev_from_json (JsonNode  *json,
                           GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_action_rev_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_action_rev_append (WeftActionRev *self,
                        GString       *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->action_id);
  weft_members_append_integer (text, "rev", self->rev);
  weft_members_close (text, start);
}
