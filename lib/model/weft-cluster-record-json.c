/* weft-cluster-record-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-internal-private.h"

#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-prepared-private.h"

#define VERSION 2

static const char *const member_names[] = {
  "version", "messageHash", "message", "peers", "membership", "policy", "ballot", "justification",
  "promises", "commits", NULL,
};

/* The index of the peer that a member is named after. */
static gboolean
find_named (WeftClusterRecord  *self,
            const char         *name,
            guint              *index,
            const WeftJsonPath *path,
            GError            **error)
{
  g_autoptr (WeftPeerId) peer_id = weft_peer_id_parse (name, NULL);
  int found = peer_id != NULL ? weft_cluster_record_find_peer (self, peer_id) : -1;

  if (found < 0)
    {
      weft_json_set_error (error, path, "expected the name of one of the peers");
      return FALSE;
    }

  *index = (guint) found;
  return TRUE;
}

gboolean
weft_cluster_record_parse_votes (WeftClusterRecord  *self,
                                 JsonObject         *object,
                                 gboolean            is_commit,
                                 const WeftJsonPath *path,
                                 GError            **error)
{
  const WeftJsonPath map_path = { path, is_commit ? "commits" : "promises", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  JsonNode *member = json_object_get_member (object, map_path.name);
  JsonObject *map;
  JsonObjectIter iter;

  if (member == NULL)
    return TRUE;
  map = weft_json_get_object (member, &map_path, error);
  if (map == NULL)
    return FALSE;
  if (json_object_get_size (map) == 0)
    {
      weft_json_set_error (error, &map_path, "expected votes, or no such member");
      return FALSE;
    }
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      g_autoptr (WeftVote) vote = NULL;
      guint index;

      if (!find_named (self, here.name, &index, &here, error))
        return FALSE;
      vote = weft_vote_parse (member, &here, error);
      if (vote == NULL)
        return FALSE;
      weft_cluster_record_set_vote (self, is_commit, index, vote);
    }

  return TRUE;
}

/* The number of peers bounds the number of answers. */
gboolean
weft_cluster_record_parse_justification (WeftClusterRecord  *self,
                                         JsonNode           *json,
                                         const WeftJsonPath *path,
                                         GError            **error)
{
  const WeftJsonPath map_path = { path, "justification", 0 };
  WeftJsonPath here = { &map_path, NULL, 0 };
  JsonObject *map = weft_json_get_object (json, &map_path, error);
  JsonObjectIter iter;
  JsonNode *member;

  if (map == NULL)
    return FALSE;
  if (weft_ballot_get_number (self->ballot) == 0)
    {
      weft_json_set_error (error, &map_path, "expected nothing at the first ballot");
      return FALSE;
    }
  self->prepared = g_new0 (WeftPrepared *, self->core->peers->len);
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      guint index;

      if (!find_named (self, here.name, &index, &here, error))
        return FALSE;
      self->prepared[index] = weft_prepared_parse (member, &here, error);
      if (self->prepared[index] == NULL)
        return FALSE;
    }
  self->justification = weft_content_freeze (json);

  return TRUE;
}

/* It is looked at first, since all else may have changed with it. */
static gboolean
check_version (JsonObject         *object,
               const WeftJsonPath *path,
               GError            **error)
{
  const WeftJsonPath here = { path, "version", 0 };
  gint64 version;

  if (!weft_json_require_integer (object, "version", path, 0, WEFT_LIMIT_INTEGER_MAX, &version,
                                  error))
    return FALSE;
  if (version == VERSION)
    return TRUE;

  weft_content_set_error (error, WEFT_ERROR_REFUSED, &here,
                          "expected %d, got %" G_GINT64_FORMAT, VERSION, version);
  return FALSE;
}

WeftClusterRecord *
weft_cluster_record_parse (JsonNode           *json,
                           const WeftJsonPath *path,
                           GError            **error)
{
  const WeftJsonPath ballot_path = { path, "ballot", 0 };
  g_autoptr (WeftClusterRecord) self = NULL;
  g_autoptr (WeftRecordCore) core = NULL;
  g_autoptr (WeftBallot) ballot = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *member;

  if (object == NULL ||
      !check_version (object, path, error) ||
      !weft_json_check_members (object, member_names, path, error))
    return NULL;
  core = weft_record_core_parse (object, NULL, path, error);
  if (core == NULL)
    return NULL;
  member = weft_json_require_member (object, "ballot", path, error);
  ballot = member != NULL ? weft_ballot_parse (member, &ballot_path, error) : NULL;
  if (ballot == NULL)
    return NULL;

  self = weft_cluster_record_new_blank (core, ballot);
  member = json_object_get_member (object, "justification");
  if (member != NULL && !weft_cluster_record_parse_justification (self, member, path, error))
    return NULL;
  if (!weft_cluster_record_parse_votes (self, object, FALSE, path, error) ||
      !weft_cluster_record_parse_votes (self, object, TRUE, path, error))
    return NULL;
  self->json = weft_content_freeze (json);

  return g_steal_pointer (&self);
}

/* Locks are in justifications: looking first keeps records from being nested. */
WeftClusterRecord *
weft_cluster_record_parse_lock (JsonNode           *json,
                                const WeftJsonPath *path,
                                GError            **error)
{
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *commits;

  if (object == NULL)
    return NULL;
  commits = json_object_get_member (object, "commits");
  if (json_object_has_member (object, "justification") ||
      (commits != NULL && JSON_NODE_HOLDS_OBJECT (commits) &&
       json_object_get_size (json_node_get_object (commits)) > 0))
    {
      weft_json_set_error (error, path, "expected a record without justification and commits");
      return NULL;
    }

  return weft_cluster_record_parse (json, path, error);
}
