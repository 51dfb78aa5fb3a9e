/* weft-commit-result.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-commit-result.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftCommitResult:
 *
 * The answer to a commit: the action is a revision of all its blocks, or of none because the
 * request was stale.
 *
 * Since: 0.1
 */
struct _WeftCommitResult
{
  WeftStaleFailure *failure; /* or NULL for success */
  gint64 rev;                /* or zero where it is not told */
};

static void
clear (WeftCommitResult *self)
{
  g_clear_pointer (&self->failure, weft_stale_failure_unref);
}

/**
 * weft_commit_result_ref:
 * @self: the answer to a commit
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_commit_result_unref:
 * @self: (transfer full): the answer to a commit
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_commit_result_to_string:
 * @self: the answer to a commit
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_commit_result_equal:
 * @a: the answer to a commit
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_commit_result_to_json:
 * @self: the answer to a commit
 *
 * Writes the value as `{"success":true,"rev"?:n}` or as a stale failure.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftCommitResult, weft_commit_result, clear)

WeftCommitResult *
weft_commit_result_read (const WeftItem      *item,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  g_autoptr (WeftStaleFailure) failure = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  gboolean is_success;
  gint64 rev;

  if (object == NULL)
    return NULL;
  if (!weft_stale_failure_read_success (object, &is_success, path, error))
    return NULL;
  if (is_success)
    {
      if (!weft_item_optional_integer (object, "rev", path, 1, WEFT_REV_MAX, 0, &rev, error))
        return NULL;
      return rev > 0 ? weft_commit_result_new_at (rev) : weft_commit_result_new ();
    }

  failure = weft_stale_failure_read (item, path, error);
  return failure != NULL ? weft_commit_result_new_stale (failure) : NULL;
}

/**
 * weft_commit_result_new:
 *
 * Creates the answer that the action is committed.
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_commit_result_new (void)
{
  return g_atomic_rc_box_new0 (WeftCommitResult);
}

/**
 * weft_commit_result_new_at:
 * @rev: the revision that was made, at least 1
 *
 * Creates the answer that the action is committed, and at which revision.
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_commit_result_new_at (gint64 rev)
{
  WeftCommitResult *self;

  g_return_val_if_fail (rev >= 1 && rev <= WEFT_REV_MAX, NULL);

  self = weft_commit_result_new ();
  self->rev = rev;

  return self;
}

/**
 * weft_commit_result_new_stale:
 * @failure: what has happened in between
 *
 * Creates the answer that nothing was committed.
 *
 * Returns: (transfer full): the answer
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_commit_result_new_stale (WeftStaleFailure *failure)
{
  WeftCommitResult *self;

  g_return_val_if_fail (failure != NULL, NULL);

  self = weft_commit_result_new ();
  self->failure = weft_stale_failure_ref (failure);

  return self;
}

/**
 * weft_commit_result_is_success:
 * @self: the answer to a commit
 *
 * Tells whether the action is committed.
 *
 * Returns: %TRUE if it is, %FALSE if the request was stale
 *
 * Since: 0.1
 */
gboolean
weft_commit_result_is_success (WeftCommitResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->failure == NULL;
}

/**
 * weft_commit_result_get_failure:
 * @self: the answer to a commit
 *
 * Gets what has happened in between.
 *
 * Returns: (transfer none) (nullable): the failure, or %NULL for success
 *
 * Since: 0.1
 */
WeftStaleFailure *
weft_commit_result_get_failure (WeftCommitResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->failure;
}

/**
 * weft_commit_result_get_rev:
 * @self: the answer to a commit
 *
 * Gets the revision that was made. Who asks for a commit names it, so only the answer to a put
 * tells it.
 *
 * Returns: the revision, or zero where it is not told
 *
 * Since: 0.1
 */
gint64
weft_commit_result_get_rev (WeftCommitResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

/**
 * weft_commit_result_from_json:
 * @json: `{"success":true,"rev"?:n}` or a stale failure
 * @error: return location for a [error@Weft.Error]
 *
 * Reads the answer to a commit. Members it does not know are ignored. An error names the member
 * by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftCommitResult *
weft_commit_result_from_json (JsonNode  *json,
                              GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_commit_result_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_commit_result_append (WeftCommitResult *self,
                           GString          *text)
{
  gsize start = text->len;

  if (self->failure != NULL)
    {
      weft_stale_failure_append (self->failure, text);
      return;
    }

  if (self->rev > 0)
    weft_members_append_integer (text, "rev", self->rev);
  weft_members_append_name (text, "success");
  g_string_append (text, "true");
  weft_members_close (text, start);
}
