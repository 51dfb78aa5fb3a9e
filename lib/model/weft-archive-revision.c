/* weft-archive-revision.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-archive-revision.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parse-private.h"

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
  JsonNode *certificate; /* or NULL */
};

static void
clear (WeftArchiveRevision *self)
{
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->transform, weft_transform_unref);
  g_clear_pointer (&self->block, weft_block_unref);
  g_clear_pointer (&self->certificate, json_node_unref);
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
WEFT_DEFINE_BOXED (WeftArchiveRevision, weft_archive_revision, clear)

static gboolean
parse_action (WeftArchiveRevision *self,
              JsonObject          *object,
              const WeftJsonPath  *path,
              GError             **error)
{
  WeftJsonPath here = { path, "action", 0 };
  WeftJsonPath transform = { &here, "transform", 0 };
  JsonNode *member = weft_json_require_member (object, "action", path, error);
  JsonObject *action;
  const char *action_id;

  if (member == NULL)
    return FALSE;
  action = weft_json_get_object (member, &here, error);
  if (action == NULL)
    return FALSE;
  action_id = weft_ids_get_action (action, "actionId", &here, error);
  if (action_id == NULL)
    return FALSE;
  self->action_id = g_strdup (action_id);
  member = weft_json_require_member (action, "transform", &here, error);
  if (member == NULL)
    return FALSE;
  self->transform = weft_transform_parse (member, &transform, error);

  return self->transform != NULL;
}

WeftArchiveRevision *
weft_archive_revision_parse (JsonNode            *json,
                             gint64               rev,
                             const WeftJsonPath  *path,
                             GError             **error)
{
  g_autoptr (WeftArchiveRevision) self = NULL;
  WeftJsonPath here = { path, "block", 0 };
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *member;

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftArchiveRevision);
  self->rev = rev;
  if (!parse_action (self, object, path, error))
    return NULL;
  member = json_object_get_member (object, "block");
  if (member != NULL)
    {
      self->block = weft_block_parse (member, &here, error);
      if (self->block == NULL)
        return NULL;
    }
  member = json_object_get_member (object, "certificate");
  if (member != NULL)
    {
      here.name = "certificate";
      if (weft_json_get_object (member, &here, error) == NULL)
        return NULL;
      json_node_seal (member);
      self->certificate = json_node_ref (member);
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

  return self->certificate;
}

static WeftArchiveRevision *
copy (WeftArchiveRevision *self,
      WeftBlock           *block,
      JsonNode            *certificate)
{
  WeftArchiveRevision *result
      = weft_archive_revision_new (self->rev, self->action_id, self->transform, block);

  result->certificate = certificate != NULL ? json_node_ref (certificate) : NULL;

  return result;
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
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (certificate != NULL, NULL);
  g_return_val_if_fail (json_node_is_immutable (certificate), NULL);

  return copy (self, self->block, certificate);
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
  g_return_val_if_fail (self != NULL, NULL);

  return copy (self, block, self->certificate);
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
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (rev >= 1 && rev <= WEFT_REV_MAX, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_archive_revision_parse (json, rev, NULL, error);
}

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
JsonNode *
weft_archive_revision_to_json (WeftArchiveRevision *self)
{
  JsonObject *object, *action;

  g_return_val_if_fail (self != NULL, NULL);

  action = json_object_new ();
  json_object_set_string_member (action, "actionId", self->action_id);
  json_object_set_member (action, "transform", weft_transform_to_json (self->transform));

  object = json_object_new ();
  json_object_set_member (object, "action", weft_content_seal_object (action));
  if (self->block != NULL)
    json_object_set_member (object, "block", weft_block_to_json (self->block));
  if (self->certificate != NULL)
    json_object_set_member (object, "certificate", json_node_ref (self->certificate));

  return weft_content_seal_object (object);
}
