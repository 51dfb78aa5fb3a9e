/* weft-cluster-record-brief.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-brief-private.h"

#include "weft-cluster-record-internal-private.h"
#include "weft-text-private.h"

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

  return self->prepared == NULL;
}

/* The members in order. */
void
weft_cluster_record_append_brief (WeftClusterRecord *self,
                                  gboolean           has_message,
                                  GString           *text)
{
  g_assert (self != NULL);
  g_assert (weft_cluster_record_may_be_brief (self));

  g_string_append_c (text, '{');
  if (weft_ballot_get_number (self->ballot) > 0)
    {
      weft_text_append (text, "\"ballot\":");
      weft_ballot_append (self->ballot, text);
      g_string_append_c (text, ',');
    }
  if (weft_cluster_record_append_votes (self, TRUE, text))
    g_string_append_c (text, ',');
  if (has_message)
    {
      weft_record_core_append_message (self->core, text);
      g_string_append_c (text, ',');
    }
  weft_text_append (text, "\"messageHash\":\"");
  weft_text_append (text, self->core->message_hash);
  g_string_append_c (text, '"');
  g_string_append_c (text, ',');
  if (!weft_cluster_record_append_votes (self, FALSE, text))
    g_string_truncate (text, text->len - 1);
  g_string_append_c (text, '}');
}

WeftRecordCore *
weft_cluster_record_get_core (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->core;
}

static WeftRecordCore *
get_core (const WeftItem     *object,
          WeftRecordCore     *known,
          const WeftJsonPath *path,
          GError            **error)
{
  const WeftJsonPath membership_path = { path, "membership", 0 };
  const char *membership;

  if (weft_item_find (object, "message") == NULL)
    {
      g_assert (known->message != NULL);
      if (!weft_item_check_members (object, known_message_names, path, error))
        return NULL;
      return weft_record_core_ref (known);
    }

  if (!weft_item_check_members (object, known_peers_names, path, error))
    return NULL;
  membership = weft_item_require_string (object, "membership", path, error);
  if (membership == NULL)
    return NULL;
  if (!g_str_equal (membership, known->membership))
    {
      weft_json_set_error (error, &membership_path, "expected that of the known peers, %s",
                           known->membership);
      return NULL;
    }

  return weft_record_core_read (object, known, path, error);
}

WeftClusterRecord *
weft_cluster_record_read_brief (const WeftItem     *item,
                                WeftRecordCore     *known,
                                const WeftJsonPath *path,
                                GError            **error)
{
  const WeftJsonPath ballot_path = { path, "ballot", 0 };
  g_autoptr (WeftClusterRecord) self = NULL;
  g_autoptr (WeftRecordCore) core = NULL;
  g_autoptr (WeftBallot) ballot = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  g_assert (known != NULL);

  core = object != NULL ? get_core (object, known, path, error) : NULL;
  if (core == NULL)
    return NULL;
  member = weft_item_find (object, "ballot");
  ballot = member != NULL ? weft_ballot_read (member, &ballot_path, error)
                          : weft_ballot_new_first ();
  if (ballot == NULL)
    return NULL;

  self = weft_cluster_record_new_blank (core, ballot);
  if (!weft_cluster_record_read_votes (self, object, FALSE, path, error)
      || !weft_cluster_record_read_votes (self, object, TRUE, path, error))
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
