/* weft-block-archive-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-archive-private.h"

#include "weft-action-pending.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/* Reads the name of a revision: a positive integer in its one canonical form. */
static gboolean
read_rev (const char          *name,
          gint64              *rev,
          const WeftJsonPath  *path,
          GError             **error)
{
  guint64 value;

  if (name[0] == '0' || !g_ascii_string_to_unsigned (name, 10, 1, WEFT_REV_MAX, &value, NULL))
    {
      weft_json_set_error (error, path, "expected a positive integer as the name");
      return FALSE;
    }

  *rev = (gint64) value;
  return TRUE;
}

static gboolean
read_revisions (WeftBlockArchive    *self,
                const WeftItem      *object,
                const WeftJsonPath  *path,
                GError             **error)
{
  WeftJsonPath map_path = { path, "revisions", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  const WeftItem *map = weft_item_require_member (object, "revisions", path, error);
  const WeftItem *member;

  if (map == NULL || weft_item_get_object (map, &map_path, error) == NULL)
    return FALSE;

  for (member = weft_item_first (map); member != NULL; member = weft_item_next (map, member))
    {
      WeftArchiveRevision *revision;
      gint64 rev;

      here.name = member->name;
      if (!read_rev (member->name, &rev, &here, error))
        return FALSE;
      revision = weft_archive_revision_read (member, rev, &here, error);
      if (revision == NULL)
        return FALSE;
      g_ptr_array_add (self->revisions, revision);
    }

  return TRUE;
}

static gboolean
read_range (WeftBlockArchive    *self,
            const WeftItem      *object,
            const WeftJsonPath  *path,
            GError             **error)
{
  WeftJsonPath here = { path, "range", 0 };
  const WeftItem *member = weft_item_require_member (object, "range", path, error);

  if (member == NULL)
    return FALSE;
  if (member->kind == WEFT_ITEM_ARRAY && member->length == 0)
    return TRUE;

  return weft_range_read (member, &self->range, &here, error);
}

static gboolean
read_pendings (WeftBlockArchive    *self,
               const WeftItem      *object,
               const WeftJsonPath  *path,
               GError             **error)
{
  WeftJsonPath map_path = { path, "pending", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  const WeftItem *map = weft_item_find (object, "pending");
  const WeftItem *member;

  if (map == NULL)
    return TRUE;
  if (weft_item_get_object (map, &map_path, error) == NULL)
    return FALSE;

  for (member = weft_item_first (map); member != NULL; member = weft_item_next (map, member))
    {
      g_autoptr (WeftTransform) transform = NULL;

      here.name = member->name;
      if (!weft_ids_check_action (member->name, &here, error))
        return FALSE;
      transform = weft_transform_read (member, &here, error);
      if (transform == NULL)
        return FALSE;
      g_ptr_array_add (self->pendings, weft_action_pending_new (self->block_id, member->name,
                                                                transform, NULL));
    }

  return TRUE;
}

WeftBlockArchive *
weft_block_archive_read (const WeftItem      *item,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  g_autoptr (WeftBlockArchive) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *block_id;

  if (object == NULL)
    return NULL;
  block_id = weft_ids_read_block (object, "blockId", path, error);
  if (block_id == NULL)
    return NULL;

  self = weft_block_archive_new_empty (block_id);
  if (!read_revisions (self, object, path, error))
    return NULL;
  if (!read_range (self, object, path, error))
    return NULL;
  if (!read_pendings (self, object, path, error))
    return NULL;
  if (!weft_block_archive_complete (self, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_block_archive_from_json:
 * @json: `{"blockId","revisions":{"<rev>":ArchiveRevision},
 *   "range":[start] or [start,end) or [],"pending"?:{"<action id>":Transform}}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an archive. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftBlockArchive *
weft_block_archive_from_json (JsonNode  *json,
                              GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_block_archive_read (weft_tape_get_root (tape), NULL, error);
}

/* The map {rev: revision}, whose names come in the order of text, not of numbers. */
static void
append_revisions (WeftBlockArchive *self,
                  GString          *text)
{
  guint n_revisions = self->revisions->len;
  g_autofree WeftMember *members = g_new (WeftMember, n_revisions);
  g_autoptr (GPtrArray) names = g_ptr_array_new_full (n_revisions, g_free);

  for (guint i = 0; i < n_revisions; i++)
    {
      WeftArchiveRevision *revision = g_ptr_array_index (self->revisions, i);
      gint64 rev = weft_archive_revision_get_rev (revision);
      char *name = g_strdup_printf ("%" G_GINT64_FORMAT, rev);

      g_ptr_array_add (names, name);
      members[i] = (WeftMember) { name, revision };
    }
  weft_members_append_map (text, members, n_revisions,
                           (WeftMemberFunc) weft_archive_revision_append);
}

static void
append_pendings (WeftBlockArchive *self,
                 GString          *text)
{
  g_autofree WeftMember *members = g_new (WeftMember, self->pendings->len);

  for (guint i = 0; i < self->pendings->len; i++)
    {
      WeftActionPending *pending = g_ptr_array_index (self->pendings, i);

      members[i] = (WeftMember) { weft_action_pending_get_action_id (pending),
                                  weft_action_pending_get_transform (pending) };
    }
  weft_members_append_map (text, members, self->pendings->len,
                           (WeftMemberFunc) weft_transform_append);
}

void
weft_block_archive_append (WeftBlockArchive *self,
                           GString          *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "blockId", self->block_id);
  if (self->pendings->len > 0)
    {
      weft_members_append_name (text, "pending");
      append_pendings (self, text);
    }
  weft_members_append_name (text, "range");
  if (self->range.start > 0)
    weft_range_append (&self->range, text);
  else
    g_string_append (text, "[]");
  weft_members_append_name (text, "revisions");
  append_revisions (self, text);
  weft_members_close (text, start);
}
