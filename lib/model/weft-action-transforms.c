/* weft-action-transforms.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-action-transforms.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftActionTransforms:
 *
 * An action with all that it changes, and the revision that it is, if it is one.
 *
 * Since: 0.1
 */
struct _WeftActionTransforms
{
  char *action_id;
  gint64 rev; /* or zero */
  WeftTransforms *transforms;
};

static void
clear (WeftActionTransforms *self)
{
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->transforms, weft_transforms_unref);
}

/**
 * weft_action_transforms_ref:
 * @self: an action with its transforms
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_action_transforms_unref:
 * @self: (transfer full): an action with its transforms
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_action_transforms_to_string:
 * @self: an action with its transforms
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_action_transforms_equal:
 * @a: an action with its transforms
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_action_transforms_to_json:
 * @self: an action with its transforms
 *
 * Writes the value as `{"actionId","rev"?,"transforms":Transforms}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftActionTransforms, weft_action_transforms, clear)

static WeftActionTransforms *
new_checked (const char     *action_id,
             gint64          rev,
             WeftTransforms *transforms)
{
  WeftActionTransforms *self = g_atomic_rc_box_new0 (WeftActionTransforms);

  self->action_id = g_strdup (action_id);
  self->rev = rev;
  self->transforms = weft_transforms_ref (transforms);

  return self;
}

WeftActionTransforms *
weft_action_transforms_read (const WeftItem      *item,
                             const WeftJsonPath  *path,
                             GError             **error)
{
  g_autoptr (WeftTransforms) transforms = NULL;
  WeftJsonPath here = { path, "transforms", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *action_id;
  const WeftItem *member;
  gint64 rev;

  if (object == NULL)
    return NULL;
  action_id = weft_ids_read_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  if (!weft_item_optional_integer (object, "rev", path, 1, WEFT_REV_MAX, 0, &rev, error))
    return NULL;
  member = weft_item_require_member (object, "transforms", path, error);
  if (member == NULL)
    return NULL;
  transforms = weft_transforms_read (member, &here, error);
  if (transforms == NULL)
    return NULL;

  return new_checked (action_id, rev, transforms);
}

/**
 * weft_action_transforms_new:
 * @action_id: the id of the action
 * @rev: the revision that it is, or zero if it is none
 * @transforms: what it changes
 * @error: return location for a [error@Weft.Error]
 *
 * Puts an action and its changes together.
 *
 * Returns: (transfer full): the action with its transforms, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftActionTransforms *
weft_action_transforms_new (const char      *action_id,
                            gint64           rev,
                            WeftTransforms  *transforms,
                            GError         **error)
{
  WeftJsonPath id_path = { NULL, "actionId", 0 };
  WeftJsonPath rev_path = { NULL, "rev", 0 };

  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (transforms != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_action (action_id, &id_path, error))
    return NULL;
  if (!weft_ids_check_rev (rev, 0, &rev_path, error))
    return NULL;

  return new_checked (action_id, rev, transforms);
}

/**
 * weft_action_transforms_get_action_id:
 * @self: an action with its transforms
 *
 * Gets the action.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_action_transforms_get_action_id (WeftActionTransforms *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_action_transforms_get_rev:
 * @self: an action with its transforms
 *
 * Gets the revision that the action is.
 *
 * Returns: the revision, or zero if it is none
 *
 * Since: 0.1
 */
gint64
weft_action_transforms_get_rev (WeftActionTransforms *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

/**
 * weft_action_transforms_get_transforms:
 * @self: an action with its transforms
 *
 * Gets what the action changes.
 *
 * Returns: (transfer none): the transforms
 *
 * Since: 0.1
 */
WeftTransforms *
weft_action_transforms_get_transforms (WeftActionTransforms *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transforms;
}

/**
 * weft_action_transforms_from_json:
 * @json: `{"actionId","rev"?,"transforms":Transforms}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an action with its transforms. Members it does not know are ignored. An error names the
 * member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftActionTransforms *
weft_action_transforms_from_json (JsonNode  *json,
                                  GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_action_transforms_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_action_transforms_append (WeftActionTransforms *self,
                               GString              *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->action_id);
  if (self->rev > 0)
    weft_members_append_integer (text, "rev", self->rev);
  weft_members_append_name (text, "transforms");
  weft_transforms_append (self->transforms, text);
  weft_members_close (text, start);
}
