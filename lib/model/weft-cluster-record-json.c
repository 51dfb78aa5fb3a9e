/* weft-cluster-record-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-internal-private.h"

#include <string.h>

#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-prepared-private.h"

#define VERSION 2

static const char *const member_names[] = {
  "version", "messageHash", "message", "peers", "membership", "policy", "ballot", "justification",
  "promises", "commits", NULL,
};

/* The index of the peer that a member is named after: they are in the order of their texts. */
static gboolean
find_named (WeftClusterRecord  *self,
            const char         *name,
            guint              *index,
            const WeftJsonPath *path,
            GError            **error)
{
  GPtrArray *peers = self->core->peers;
  guint from = 0;
  guint to = peers->len;

  while (from < to)
    {
      guint middle = (from + to) / 2;
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, middle));
      int order = strcmp (name, weft_peer_id_get_text (peer_id));

      if (order == 0)
        {
          *index = middle;
          return TRUE;
        }
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }

  weft_json_set_error (error, path, "expected the name of one of the peers");
  return FALSE;
}

gboolean
weft_cluster_record_read_votes (WeftClusterRecord  *self,
                                const WeftItem     *object,
                                gboolean            is_commit,
                                const WeftJsonPath *path,
                                GError            **error)
{
  const WeftJsonPath map_path = { path, is_commit ? "commits" : "promises", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  const WeftItem *map = weft_item_find (object, map_path.name);

  if (map == NULL)
    return TRUE;
  if (weft_item_get_object (map, &map_path, error) == NULL)
    return FALSE;
  if (map->length == 0)
    {
      weft_json_set_error (error, &map_path, "expected votes, or no such member");
      return FALSE;
    }
  for (const WeftItem *member = weft_item_first (map); member != NULL;
       member = weft_item_next (map, member))
    {
      g_autoptr (WeftVote) vote = NULL;
      guint index;

      here.name = member->name;
      if (!find_named (self, here.name, &index, &here, error))
        return FALSE;
      vote = weft_vote_read (member, &here, error);
      if (vote == NULL)
        return FALSE;
      weft_cluster_record_set_vote (self, is_commit, index, vote);
    }

  return TRUE;
}

/* The number of peers bounds the number of answers. */
static gboolean
read_justification (WeftClusterRecord  *self,
                    const WeftItem     *item,
                    const WeftJsonPath *path,
                    GError            **error)
{
  const WeftJsonPath map_path = { path, "justification", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  const WeftItem *map = weft_item_get_object (item, &map_path, error);

  if (map == NULL)
    return FALSE;
  if (weft_ballot_get_number (self->ballot) == 0)
    {
      weft_json_set_error (error, &map_path, "expected nothing at the first ballot");
      return FALSE;
    }
  self->prepared = g_new0 (WeftPrepared *, self->core->peers->len);
  for (const WeftItem *member = weft_item_first (map); member != NULL;
       member = weft_item_next (map, member))
    {
      guint index;

      here.name = member->name;
      if (!find_named (self, here.name, &index, &here, error))
        return FALSE;
      self->prepared[index] = weft_prepared_read (member, &here, error);
      if (self->prepared[index] == NULL)
        return FALSE;
    }

  return TRUE;
}

/* It is looked at first, since all else may have changed with it. */
static gboolean
check_version (const WeftItem     *object,
               const WeftJsonPath *path,
               GError            **error)
{
  const WeftJsonPath here = { path, "version", 0 };
  gint64 version;

  if (!weft_item_require_integer (object, "version", path, 0, WEFT_LIMIT_INTEGER_MAX, &version,
                                  error))
    return FALSE;
  if (version == VERSION)
    return TRUE;

  weft_content_set_error (error, WEFT_ERROR_REFUSED, &here,
                          "expected %d, got %" G_GINT64_FORMAT, VERSION, version);
  return FALSE;
}

WeftClusterRecord *
weft_cluster_record_read (const WeftItem     *item,
                          const WeftJsonPath *path,
                          GError            **error)
{
  const WeftJsonPath ballot_path = { path, "ballot", 0 };
  g_autoptr (WeftClusterRecord) self = NULL;
  g_autoptr (WeftRecordCore) core = NULL;
  g_autoptr (WeftBallot) ballot = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL ||
      !check_version (object, path, error) ||
      !weft_item_check_members (object, member_names, path, error))
    return NULL;
  core = weft_record_core_read (object, NULL, path, error);
  if (core == NULL)
    return NULL;
  member = weft_item_require_member (object, "ballot", path, error);
  ballot = member != NULL ? weft_ballot_read (member, &ballot_path, error) : NULL;
  if (ballot == NULL)
    return NULL;

  self = weft_cluster_record_new_blank (core, ballot);
  member = weft_item_find (object, "justification");
  if (member != NULL && !read_justification (self, member, path, error))
    return NULL;
  if (!weft_cluster_record_read_votes (self, object, FALSE, path, error) ||
      !weft_cluster_record_read_votes (self, object, TRUE, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Locks are in justifications: looking first keeps records from being nested. */
WeftClusterRecord *
weft_cluster_record_read_lock (const WeftItem     *item,
                               const WeftJsonPath *path,
                               GError            **error)
{
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *commits;

  if (object == NULL)
    return NULL;
  commits = weft_item_find (object, "commits");
  if (weft_item_find (object, "justification") != NULL ||
      (commits != NULL && commits->kind == WEFT_ITEM_OBJECT && commits->length > 0))
    {
      weft_json_set_error (error, path, "expected a record without justification and commits");
      return NULL;
    }

  return weft_cluster_record_read (object, path, error);
}
