/* weft-get-block-result.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-get-block-result.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftGetBlockResult:
 *
 * What is known of one block: its content at a revision, that there is none, or that nobody
 * could be asked.
 *
 * Without a block and without a reason why it is unavailable, the block is known to be absent.
 *
 * Since: 0.1
 */
struct _WeftGetBlockResult
{
  WeftBlock *block;        /* or NULL */
  WeftActionRev *latest;   /* or NULL */
  char **pendings;         /* action ids */
  gint64 materialized_rev; /* or zero */
  char *unavailable;       /* or NULL */
  gint64 claimed_rev;      /* or zero */
  gint64 as_of_msec;       /* or zero */
};

static void
clear (WeftGetBlockResult *self)
{
  g_clear_pointer (&self->block, weft_block_unref);
  g_clear_pointer (&self->latest, weft_action_rev_unref);
  g_clear_pointer (&self->pendings, g_strfreev);
  g_clear_pointer (&self->unavailable, g_free);
}

/**
 * weft_get_block_result_ref:
 * @self: the result for one block
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_get_block_result_unref:
 * @self: (transfer full): the result for one block
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_get_block_result_to_string:
 * @self: the result for one block
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_get_block_result_equal:
 * @a: the result for one block
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_get_block_result_to_json:
 * @self: the result for one block
 *
 * Writes the value as `{"block"?, "state":{"latest"?:ActionRev,"pendings"?:[id…]},
 * "materializedRev"?:n, "unavailable"?:reason, "claimedRev"?:n}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftGetBlockResult, weft_get_block_result, clear)

static gboolean
read_state (WeftGetBlockResult  *self,
            const WeftItem      *object,
            const WeftJsonPath  *path,
            GError             **error)
{
  WeftJsonPath here = { path, "state", 0 };
  WeftJsonPath latest = { &here, "latest", 0 };
  const WeftItem *member = weft_item_require_member (object, "state", path, error);
  const WeftItem *state;

  if (member == NULL)
    return FALSE;
  state = weft_item_get_object (member, &here, error);
  if (state == NULL)
    return FALSE;

  self->pendings = weft_ids_read_list (state, "pendings", weft_ids_check_action, &here, error);
  if (self->pendings == NULL)
    return FALSE;
  member = weft_item_find (state, "latest");
  if (member == NULL)
    return TRUE;
  self->latest = weft_action_rev_read (member, &latest, error);

  return self->latest != NULL;
}

WeftGetBlockResult *
weft_get_block_result_read (const WeftItem      *item,
                            const WeftJsonPath  *path,
                            GError             **error)
{
  g_autoptr (WeftGetBlockResult) self = NULL;
  WeftJsonPath here = { path, "block", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *unavailable;
  const WeftItem *member;

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftGetBlockResult);
  member = weft_item_find (object, "block");
  if (member != NULL)
    {
      self->block = weft_block_read (member, &here, error);
      if (self->block == NULL)
        return NULL;
    }
  if (!read_state (self, object, path, error))
    return NULL;
  if (!weft_item_optional_integer (object, "materializedRev", path, 1, WEFT_REV_MAX, 0,
                                   &self->materialized_rev, error))
    return NULL;
  if (!weft_item_optional_string (object, "unavailable", path, &unavailable, error))
    return NULL;
  self->unavailable = g_strdup (unavailable);
  if (!weft_item_optional_integer (object, "claimedRev", path, 1, WEFT_REV_MAX, 0,
                                   &self->claimed_rev, error))
    return NULL;
  if (!weft_item_optional_integer (object, "asOf", path, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &self->as_of_msec, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_get_block_result_new:
 * @block: (nullable): the block, or %NULL if it is absent
 * @rev: the revision at or below which it was read, or zero for none
 * @latest: (nullable): the latest revision of the block that is committed here
 * @pendings: (nullable) (array zero-terminated=1): the actions that are pending on it
 *
 * Creates the result for a block that was looked up.
 *
 * Returns: (transfer full): the result
 *
 * Since: 0.1
 */
WeftGetBlockResult *
weft_get_block_result_new (WeftBlock          *block,
                           gint64              rev,
                           WeftActionRev      *latest,
                           const char * const *pendings)
{
  WeftGetBlockResult *self;

  g_return_val_if_fail (rev >= 0 && rev <= WEFT_REV_MAX, NULL);

  self = g_atomic_rc_box_new0 (WeftGetBlockResult);
  self->block = block != NULL ? weft_block_ref (block) : NULL;
  self->materialized_rev = rev;
  self->latest = latest != NULL ? weft_action_rev_ref (latest) : NULL;
  self->pendings = pendings != NULL ? g_strdupv ((char **) pendings) : g_new0 (char *, 1);

  return self;
}

/**
 * weft_get_block_result_new_unavailable:
 * @reason: why nothing can be said about the block
 * @claimed_rev: a revision that somebody claims there is, or zero
 *
 * Creates the result for a block that could not be looked up. It is not known to be absent.
 *
 * Returns: (transfer full): the result
 *
 * Since: 0.1
 */
WeftGetBlockResult *
weft_get_block_result_new_unavailable (const char *reason,
                                       gint64      claimed_rev)
{
  WeftGetBlockResult *self;

  g_return_val_if_fail (reason != NULL, NULL);
  g_return_val_if_fail (g_utf8_validate (reason, -1, NULL), NULL);
  g_return_val_if_fail (claimed_rev >= 0 && claimed_rev <= WEFT_REV_MAX, NULL);

  self = g_atomic_rc_box_new0 (WeftGetBlockResult);
  self->pendings = g_new0 (char *, 1);
  self->unavailable = g_strdup (reason);
  self->claimed_rev = claimed_rev;

  return self;
}

/**
 * weft_get_block_result_get_block:
 * @self: the result for one block
 *
 * Gets the content.
 *
 * Returns: (transfer none) (nullable): the block, or %NULL if it is absent or unavailable
 *
 * Since: 0.1
 */
WeftBlock *
weft_get_block_result_get_block (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block;
}

/**
 * weft_get_block_result_get_materialized_rev:
 * @self: the result for one block
 *
 * Gets the revision whose content this is, which is what the base of an update has to be. It is
 * not always the latest.
 *
 * Returns: the revision, or zero if there is none
 *
 * Since: 0.1
 */
gint64
weft_get_block_result_get_materialized_rev (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->materialized_rev;
}

/**
 * weft_get_block_result_get_latest:
 * @self: the result for one block
 *
 * Gets the latest revision that is known where the block was read.
 *
 * Returns: (transfer none) (nullable): the revision, or %NULL if there is none
 *
 * Since: 0.1
 */
WeftActionRev *
weft_get_block_result_get_latest (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->latest;
}

/**
 * weft_get_block_result_get_pendings:
 * @self: the result for one block
 *
 * Gets the actions that are pending on the block.
 *
 * Returns: (transfer none) (array zero-terminated=1): their ids
 *
 * Since: 0.1
 */
const char * const *
weft_get_block_result_get_pendings (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->pendings;
}

/**
 * weft_get_block_result_get_unavailable:
 * @self: the result for one block
 *
 * Gets why nothing can be said about the block.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL if the block was looked up
 *
 * Since: 0.1
 */
const char *
weft_get_block_result_get_unavailable (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->unavailable;
}

/**
 * weft_get_block_result_get_claimed_rev:
 * @self: the result for one block
 *
 * Gets a revision that somebody claims there is, and that could not be read.
 *
 * Returns: the revision, or zero if there is no such claim
 *
 * Since: 0.1
 */
gint64
weft_get_block_result_get_claimed_rev (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->claimed_rev;
}

/**
 * weft_get_block_result_get_as_of:
 * @self: the result for one block
 *
 * Gets when this was known to be what the cluster of the block has decided. Only a node that was
 * asked for what it has itself says so: it may be behind since.
 *
 * Returns: milliseconds since 1970-01-01 UTC, or zero when that is not known, and where the cluster
 *   was asked
 *
 * Since: 0.1
 */
gint64
weft_get_block_result_get_as_of (WeftGetBlockResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->as_of_msec;
}

/**
 * weft_get_block_result_with_as_of:
 * @self: the result for one block
 * @as_of_msec: when it was known to be true, in milliseconds since 1970-01-01 UTC, or zero
 *
 * Creates the same result with its age.
 *
 * Returns: (transfer full): the result
 *
 * Since: 0.1
 */
WeftGetBlockResult *
weft_get_block_result_with_as_of (WeftGetBlockResult *self,
                                  gint64              as_of_msec)
{
  WeftGetBlockResult *result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (as_of_msec >= 0 && as_of_msec <= WEFT_LIMIT_INTEGER_MAX, NULL);

  result = g_atomic_rc_box_new0 (WeftGetBlockResult);
  result->block = self->block != NULL ? weft_block_ref (self->block) : NULL;
  result->latest = self->latest != NULL ? weft_action_rev_ref (self->latest) : NULL;
  result->pendings = g_strdupv (self->pendings);
  result->materialized_rev = self->materialized_rev;
  result->unavailable = g_strdup (self->unavailable);
  result->claimed_rev = self->claimed_rev;
  result->as_of_msec = as_of_msec;

  return result;
}

/**
 * weft_get_block_result_from_json:
 * @json: `{"block"?, "state":{"latest"?:ActionRev,"pendings"?:[id…]},
 *   "materializedRev"?:n, "unavailable"?:reason, "claimedRev"?:n}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads the result for one block. Members it does not know are ignored. An error names the
 * member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftGetBlockResult *
weft_get_block_result_from_json (JsonNode  *json,
                                 GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_get_block_result_read (weft_tape_get_root (tape), NULL, error);
}

static void
append_state (WeftGetBlockResult *self,
              GString            *text)
{
  gsize start = text->len;

  if (self->latest != NULL)
    {
      weft_members_append_name (text, "latest");
      weft_action_rev_append (self->latest, text);
    }
  if (self->pendings[0] != NULL)
    {
      weft_members_append_name (text, "pendings");
      weft_ids_append ((const char * const *) self->pendings, text);
    }
  weft_members_close (text, start);
}

void
weft_get_block_result_append (WeftGetBlockResult *self,
                              GString            *text)
{
  gsize start = text->len;

  if (self->as_of_msec > 0)
    weft_members_append_integer (text, "asOf", self->as_of_msec);
  if (self->block != NULL)
    {
      weft_members_append_name (text, "block");
      weft_block_append (self->block, text);
    }
  if (self->claimed_rev > 0)
    weft_members_append_integer (text, "claimedRev", self->claimed_rev);
  if (self->materialized_rev > 0)
    weft_members_append_integer (text, "materializedRev", self->materialized_rev);
  weft_members_append_name (text, "state");
  append_state (self, text);
  if (self->unavailable != NULL)
    weft_members_append_string (text, "unavailable", self->unavailable);
  weft_members_close (text, start);
}
