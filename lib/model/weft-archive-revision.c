/* weft-archive-revision.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-archive-revision-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftArchiveRevision:
 *
 * One revision of a block: the action that made it, and the block itself where the archive holds
 * it materialised. The number of the revision is not part of its JSON; it is the name under
 * which an archive holds it.
 *
 * Since: 0.1
 */
struct _WeftArchiveRevision
{
  gint64 rev;
  char *action_id;
  WeftTransform *transform;
  WeftBlock *block;      /* or NULL */
  WeftContent certificate; /* or empty */
};

static void
clear (WeftArchiveRevision *self)
{
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->transform, weft_transform_unref);
  g_clear_pointer (&self->block, weft_block_unref);
  weft_content_clear (&self->certificate);
}

/**
 * weft_archive_revision_ref:
 * @self: a revision
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_archive_revision_unref:
 * @self: (transfer full): a revision
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_archive_revision_to_string:
 * @self: a revision
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_archive_revision_equal:
 * @a: a revision
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_archive_revision_to_json:
 * @self: a revision
 *
 * Writes the value as
 * `{"action":{"actionId","transform":Transform},"block"?:Block,"certificate"?:Record}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftArchiveRevision, weft_archive_revision, clear)

static gboolean
read_action (WeftArchiveRevision  *self,
             const WeftItem       *object,
             const WeftJsonPath   *path,
             GError              **error)
{
  WeftJsonPath here = { path, "action", 0 };
  WeftJsonPath transform = { &here, "transform", 0 };
  const WeftItem *member = weft_item_require_member (object, "action", path, error);
  const WeftItem *action;
  const char *action_id;

  if (member == NULL)
    return FALSE;
  action = weft_item_get_object (member, &here, error);
  if (action == NULL)
    return FALSE;
  action_id = weft_ids_read_action (action, "actionId", &here, error);
  if (action_id == NULL)
    return FALSE;
  self->action_id = g_strdup (action_id);
  member = weft_item_require_member (action, "transform", &here, error);
  if (member == NULL)
    return FALSE;
  self->transform = weft_transform_read (member, &transform, error);

  return self->transform != NULL;
}

WeftArchiveRevision *
weft_archive_revision_read (const WeftItem      *item,
                            gint64               rev,
                            const WeftJsonPath  *path,
                            GError             **error)
{
  g_autoptr (WeftArchiveRevision) self = NULL;
  WeftJsonPath here = { path, "block", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftArchiveRevision);
  self->rev = rev;
  if (!read_action (self, object, path, error))
    return NULL;
  member = weft_item_find (object, "block");
  if (member != NULL)
    {
      self->block = weft_block_read (member, &here, error);
      if (self->block == NULL)
        return NULL;
    }
  member = weft_item_find (object, "certificate");
  if (member != NULL)
    {
      here.name = "certificate";
      if (weft_item_get_object (member, &here, error) == NULL)
        return NULL;
      weft_content_init_text (&self->certificate, weft_item_to_text (member));
    }

  return g_steal_pointer (&self);
}

/**
 * weft_archive_revision_new:
 * @rev: the revision, at least 1
 * @action_id: the action that made it
 * @transform: what the action did to the block
 * @block: (nullable): the block at this revision, if the archive is to hold it
 *
 * Creates one revision of an archive.
 *
 * Returns: (transfer full): the revision
 *
 * Since: 0.1
 */
WeftArchiveRevision *
weft_archive_revision_new (gint64         rev,
                           const char    *action_id,
                           WeftTransform *transform,
                           WeftBlock     *block)
{
  WeftArchiveRevision *self;

  g_return_val_if_fail (rev >= 1 && rev <= WEFT_REV_MAX, NULL);
  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (weft_action_id_is_valid (action_id), NULL);
  g_return_val_if_fail (transform != NULL, NULL);

  self = g_atomic_rc_box_new0 (WeftArchiveRevision);
  self->rev = rev;
  self->action_id = g_strdup (action_id);
  self->transform = weft_transform_ref (transform);
  self->block = block != NULL ? weft_block_ref (block) : NULL;

  return self;
}

/**
 * weft_archive_revision_get_rev:
 * @self: a revision
 *
 * Gets its number.
 *
 * Returns: the revision, at least 1
 *
 * Since: 0.1
 */
gint64
weft_archive_revision_get_rev (WeftArchiveRevision *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

/**
 * weft_archive_revision_get_action_id:
 * @self: a revision
 *
 * Gets the action that made it.
 *
 * Returns: (transfer none): the id of the action
 *
 * Since: 0.1
 */
const char *
weft_archive_revision_get_action_id (WeftArchiveRevision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_archive_revision_get_transform:
 * @self: a revision
 *
 * Gets what the action did to the block.
 *
 * Returns: (transfer none): the transform
 *
 * Since: 0.1
 */
WeftTransform *
weft_archive_revision_get_transform (WeftArchiveRevision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transform;
}

/**
 * weft_archive_revision_get_block:
 * @self: a revision
 *
 * Gets the block at this revision.
 *
 * Returns: (transfer none) (nullable): the block, or %NULL if the archive does not hold it or
 *   the block was deleted
 *
 * Since: 0.1
 */
WeftBlock *
weft_archive_revision_get_block (WeftArchiveRevision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->block;
}

/**
 * weft_archive_revision_get_certificate:
 * @self: a revision
 *
 * Gets what proves that a cluster decided the revision: a [struct@Weft.ClusterRecord] as JSON. It
 * was not checked.
 *
 * Returns: (transfer none) (nullable): the certificate, immutable, or %NULL if there is none
 *
 * Since: 0.1
 */
JsonNode *
weft_archive_revision_get_certificate (WeftArchiveRevision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return weft_content_is_set (&self->certificate) ? weft_content_get_node (&self->certificate)
                                                  : NULL;
}

/**
 * weft_archive_revision_with_certificate:
 * @self: a revision
 * @certificate: a record as JSON, immutable
 *
 * Creates the same revision with what proves it.
 *
 * Returns: (transfer full): the revision
 *
 * Since: 0.1
 */
WeftArchiveRevision *
weft_archive_revision_with_certificate (WeftArchiveRevision *self,
                                        JsonNode            *certificate)
{
  WeftArchiveRevision *result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (certificate != NULL, NULL);
  g_return_val_if_fail (json_node_is_immutable (certificate), NULL);

  result = weft_archive_revision_new (self->rev, self->action_id, self->transform, self->block);
  weft_content_init_node (&result->certificate, certificate);

  return result;
}

WeftArchiveRevision *
weft_archive_revision_with_certificate_text (WeftArchiveRevision *self,
                                             char                *certificate)
{
  WeftArchiveRevision *result;

  result = weft_archive_revision_new (self->rev, self->action_id, self->transform, self->block);
  weft_content_init_text (&result->certificate, certificate);

  return result;
}

WeftTape *
weft_archive_revision_open_certificate (WeftArchiveRevision *self)
{
  return weft_content_is_set (&self->certificate) ? weft_content_open (&self->certificate) : NULL;
}

/**
 * weft_archive_revision_with_block:
 * @self: a revision
 * @block: (nullable): the block at this revision
 *
 * Creates the same revision with the block that it made.
 *
 * Returns: (transfer full): the revision
 *
 * Since: 0.1
 */
WeftArchiveRevision *
weft_archive_revision_with_block (WeftArchiveRevision *self,
                                  WeftBlock           *block)
{
  WeftArchiveRevision *result;

  g_return_val_if_fail (self != NULL, NULL);

  result = weft_archive_revision_new (self->rev, self->action_id, self->transform, block);
  weft_content_copy (&result->certificate, &self->certificate);

  return result;
}

/**
 * weft_archive_revision_from_json:
 * @json: `{"action":{"actionId","transform":Transform},"block"?:Block,"certificate"?:Record}`
 * @rev: the revision that it is, at least 1
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a revision. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftArchiveRevision *
weft_archive_revision_from_json (JsonNode  *json,
                                 gint64     rev,
                                 GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (rev >= 1 && rev <= WEFT_REV_MAX, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_archive_revision_read (weft_tape_get_root (tape), rev, NULL, error);
}

static void
append_action (WeftArchiveRevision *self,
               GString             *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->action_id);
  weft_members_append_name (text, "transform");
  weft_transform_append (self->transform, text);
  weft_members_close (text, start);
}

void
weft_archive_revision_append (WeftArchiveRevision *self,
                              GString             *text)
{
  gsize start = text->len;

  weft_members_append_name (text, "action");
  append_action (self, text);
  if (self->block != NULL)
    {
      weft_members_append_name (text, "block");
      weft_block_append (self->block, text);
    }
  if (weft_content_is_set (&self->certificate))
    {
      weft_members_append_name (text, "certificate");
      weft_content_append (&self->certificate, text);
    }
  weft_members_close (text, start);
}
