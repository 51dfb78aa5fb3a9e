/* weft-pending.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-pending-private.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-pend-request.h"
#include "weft-transform-private.h"

/**
 * WeftPending:
 *
 * What a store keeps of an action for one block: the transform, the revision it was made
 * against, and when it may be forgotten.
 *
 * Since: 0.1
 */
struct _WeftPending
{
  WeftTransform *transform;
  gint64 base;
  gint64 expiration_msec;
  char *digest; /* NULL as long as nobody asked for it, or when the transform has it */
};

static void
clear (WeftPending *self)
{
  g_clear_pointer (&self->transform, weft_transform_unref);
  g_clear_pointer (&self->digest, g_free);
}

/**
 * weft_pending_ref:
 * @self: a pending
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_pending_unref:
 * @self: (transfer full): a pending
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_pending_to_string:
 * @self: a pending
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_pending_equal:
 * @a: a pending
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_pending_to_json:
 * @self: a pending
 *
 * Writes the value as `{"transform":Transform,"base"?:n,"expiration"?:ms}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftPending, weft_pending, clear)

WeftPending *
weft_pending_read (const WeftItem      *item,
                   const WeftJsonPath  *path,
                   GError             **error)
{
  g_autoptr (WeftTransform) transform = NULL;
  WeftJsonPath here = { path, "transform", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;
  gint64 base, expiration_msec;

  if (object == NULL)
    return NULL;
  member = weft_item_require_member (object, "transform", path, error);
  if (member == NULL)
    return NULL;
  transform = weft_transform_read (member, &here, error);
  if (transform == NULL)
    return NULL;
  if (!weft_item_optional_integer (object, "base", path, 0, WEFT_REV_MAX, WEFT_BASE_UNKNOWN,
                                   &base, error))
    return NULL;
  if (!weft_item_optional_integer (object, "expiration", path, 1, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &expiration_msec, error))
    return NULL;

  return weft_pending_new (transform, base, expiration_msec);
}

/**
 * weft_pending_new:
 * @transform: what happens to the block
 * @base: the revision it was made against, zero if there was no block, or %WEFT_BASE_UNKNOWN
 * @expiration_msec: when it may be forgotten, in milliseconds since the epoch, or zero for never
 *
 * Creates what a store keeps of an action for one block.
 *
 * Returns: (transfer full): the pending
 *
 * Since: 0.1
 */
WeftPending *
weft_pending_new (WeftTransform *transform,
                  gint64         base,
                  gint64         expiration_msec)
{
  WeftPending *self;

  g_return_val_if_fail (transform != NULL, NULL);
  g_return_val_if_fail (base >= WEFT_BASE_UNKNOWN && base <= WEFT_REV_MAX, NULL);
  g_return_val_if_fail (expiration_msec >= 0, NULL);
  g_return_val_if_fail (expiration_msec <= WEFT_LIMIT_INTEGER_MAX, NULL);

  self = g_atomic_rc_box_new0 (WeftPending);
  self->transform = weft_transform_ref (transform);
  self->base = base;
  self->expiration_msec = expiration_msec;

  return self;
}

/**
 * weft_pending_get_transform:
 * @self: a pending
 *
 * Gets what happens to the block.
 *
 * Returns: (transfer none): the transform
 *
 * Since: 0.1
 */
WeftTransform *
weft_pending_get_transform (WeftPending *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transform;
}

/**
 * weft_pending_get_base:
 * @self: a pending
 *
 * Gets the revision that the transform was made against.
 *
 * Returns: the revision, zero if there was no block, or %WEFT_BASE_UNKNOWN
 *
 * Since: 0.1
 */
gint64
weft_pending_get_base (WeftPending *self)
{
  g_return_val_if_fail (self != NULL, WEFT_BASE_UNKNOWN);

  return self->base;
}

/**
 * weft_pending_get_expiration:
 * @self: a pending
 *
 * Gets when the pending may be forgotten.
 *
 * Returns: milliseconds since the epoch, or zero for never
 *
 * Since: 0.1
 */
gint64
weft_pending_get_expiration (WeftPending *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expiration_msec;
}

/* The canonical text of {"base"?,"expiration"?,"transform"}. */
static void
append_members (WeftPending *self,
                gboolean     with_expiration,
                GString     *text)
{
  gsize start = text->len;

  if (self->base != WEFT_BASE_UNKNOWN)
    weft_members_append_integer (text, "base", self->base);
  if (with_expiration && self->expiration_msec > 0)
    weft_members_append_integer (text, "expiration", self->expiration_msec);
  weft_members_append_name (text, "transform");
  weft_transform_append (self->transform, text);
  weft_members_close (text, start);
}

void
weft_pending_append (WeftPending *self,
                     GString     *text)
{
  g_assert (self != NULL);

  append_members (self, TRUE, text);
}

const char *
weft_pending_get_digest (WeftPending *self)
{
  g_autoptr (GString) content = NULL;
  g_autofree char *digest = NULL;
  const char *known = g_atomic_pointer_get (&self->digest);

  /* A member of a cluster looks at it with each vote, and it is a digest of all that changes. It
   * makes several pendings of one transform. */
  if (known == NULL)
    known = weft_transform_get_digest (self->transform, self->base);
  if (known != NULL)
    return known;

  content = g_string_sized_new (512);
  append_members (self, FALSE, content);
  digest = weft_sha256_base64url (content->str, content->len);
  weft_transform_set_digest (self->transform, self->base, digest);
  known = weft_transform_get_digest (self->transform, self->base);
  if (known != NULL)
    return known;

  if (g_atomic_pointer_compare_and_exchange (&self->digest, NULL, digest))
    return g_steal_pointer (&digest);

  return g_atomic_pointer_get (&self->digest);
}

/**
 * weft_pending_digest:
 * @self: a pending
 *
 * Computes the digest that a commit carries for the block: the SHA-256 of the canonical JSON
 * `{"base"?:n,"transform":Transform}`. When it expires is no part of it.
 *
 * Returns: (transfer full): the digest as base64url without padding
 *
 * Since: 0.1
 */
char *
weft_pending_digest (WeftPending *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (weft_pending_get_digest (self));
}

/**
 * weft_pending_from_json:
 * @json: `{"transform":Transform,"base"?:n,"expiration"?:ms}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a pending. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftPending *
weft_pending_from_json (JsonNode  *json,
                        GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_pending_read (weft_tape_get_root (tape), NULL, error);
}

/**
 * weft_pending_from_string:
 * @text: JSON, as weft_pending_to_string() writes it
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a pending from text as weft_pending_from_json() does from a tree, which is not made.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_FROM_STRING (WeftPending, weft_pending)
