/* weft-cluster-record-brief.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-brief-private.h"

#include "weft-cluster-record-internal-private.h"
#include "weft-content-private.h"

static const char *const known_message_names[] = {
  "messageHash", "ballot", "promises", "commits", NULL,
};
static const char *const known_peers_names[] = {
  "messageHash", "message", "membership", "ballot", "promises", "commits", NULL,
};

gboolean
weft_cluster_record_may_be_brief (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->justification == NULL;
}

JsonNode *
weft_cluster_record_to_brief (WeftClusterRecord *self,
                              gboolean           has_message)
{
  JsonObject *object = json_object_new ();

  g_assert (self != NULL);
  g_assert (weft_cluster_record_may_be_brief (self));

  json_object_set_string_member (object, "messageHash", self->core->message_hash);
  if (has_message)
    {
      json_object_set_member (object, "message", json_node_ref (self->core->message_json));
      json_object_set_string_member (object, "membership", self->core->membership);
    }
  if (weft_ballot_get_number (self->ballot) > 0)
    json_object_set_member (object, "ballot", weft_ballot_to_json (self->ballot));
  weft_cluster_record_write_votes (self, object);

  return weft_content_seal_object (object);
}

WeftRecordCore *
weft_cluster_record_get_core (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->core;
}

static WeftRecordCore *
get_core (JsonObject         *object,
          WeftRecordCore     *known,
          const WeftJsonPath *path,
          GError            **error)
{
  const WeftJsonPath membership_path = { path, "membership", 0 };
  const char *membership;

  if (!json_object_has_member (object, "message"))
    {
      g_assert (known->message != NULL);
      if (!weft_json_check_members (object, known_message_names, path, error))
        return NULL;
      return weft_record_core_ref (known);
    }

  if (!weft_json_check_members (object, known_peers_names, path, error))
    return NULL;
  membership = weft_json_require_string (object, "membership", path, error);
  if (membership == NULL)
    return NULL;
  if (!g_str_equal (membership, known->membership))
    {
      weft_json_set_error (error, &membership_path, "expected that of the known peers, %s",
                           known->membership);
      return NULL;
    }

  return weft_record_core_parse (object, known, path, error);
}

WeftClusterRecord *
weft_cluster_record_parse_brief (JsonNode           *json,
                                 WeftRecordCore     *known,
                                 const WeftJsonPath *path,
                                 GError            **error)
{
  const WeftJsonPath ballot_path = { path, "ballot", 0 };
  g_autoptr (WeftClusterRecord) self = NULL;
  g_autoptr (WeftRecordCore) core = NULL;
  g_autoptr (WeftBallot) ballot = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  JsonNode *member;

  g_assert (known != NULL);

  core = object != NULL ? get_core (object, known, path, error) : NULL;
  if (core == NULL)
    return NULL;
  member = json_object_get_member (object, "ballot");
  ballot = member != NULL ? weft_ballot_parse (member, &ballot_path, error)
                          : weft_ballot_new_first ();
  if (ballot == NULL)
    return NULL;

  self = weft_cluster_record_new_blank (core, ballot);
  if (!weft_cluster_record_parse_votes (self, object, FALSE, path, error)
      || !weft_cluster_record_parse_votes (self, object, TRUE, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

WeftClusterRecord *
weft_cluster_record_new_among (WeftRepoMessage *message,
                               GPtrArray       *peers,
                               double           super_majority,
                               WeftRecordCore **deciders,
                               GError         **error)
{
  g_autoptr (WeftBallot) ballot = weft_ballot_new_first ();
  g_autoptr (WeftRecordCore) core
      = weft_record_core_new (message, peers, super_majority, *deciders, error);

  if (core == NULL)
    return NULL;
  if (*deciders == NULL || (*deciders)->peers != core->peers)
    {
      g_clear_pointer (deciders, weft_record_core_unref);
      *deciders = weft_record_core_new_peers (core);
    }

  return weft_cluster_record_new_blank (core, ballot);
}
