/* member-look.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-repo-message-private.h"

/* What the member may look up while it steps. */

static gint64
read_latest (gpointer    data,
             const char *block_id,
             char      **action_id)
{
  MemberRig *self = data;
  gint64 rev = rig_state_get_latest (self->visible, block_id);

  if (g_str_equal (block_id, "damaged"))
    return -1;
  if (action_id != NULL)
    *action_id = g_strdup (rig_state_get_revision (self->visible, block_id, rev));

  return rev;
}

static char *
read_revision (gpointer    data,
               const char *block_id,
               gint64      rev)
{
  MemberRig *self = data;

  return g_strdup (rig_state_get_revision (self->visible, block_id, rev));
}

static char *
read_cluster (gpointer    data,
              const char *block_id)
{
  MemberRig *self = data;

  return g_strdup (rig_state_get_pin (self->visible, block_id));
}

static gboolean
is_settled (gpointer    data,
            const char *block_id)
{
  MemberRig *self = data;

  return !self->is_unsettled;
}

static gboolean
read_pending (gpointer    data,
              const char *block_id,
              const char *action_id,
              char      **digest,
              gint64     *base)
{
  MemberRig *self = data;

  *base = rig_state_get_pending (self->visible, block_id, action_id);
  if (*base < 0)
    return FALSE;

  *digest = g_strdup (rig_state_get_digest (self->visible, block_id, action_id));

  return TRUE;
}

static WeftTape *
read_record (gpointer    data,
             const char *key)
{
  MemberRig *self = data;
  g_autoptr (JsonNode) json = rig_state_read (self->visible, key);

  return json != NULL ? weft_tape_new_from_node (json, NULL) : NULL;
}

static const char *
admit (gpointer           data,
       GPtrArray         *peers,
       const char *const *block_ids)
{
  MemberRig *self = data;

  g_assert_cmpuint (peers->len, >, 0);
  g_assert_nonnull (block_ids[0]);

  return self->admission;
}

static gboolean
keeps (gpointer           data,
       const char *const *block_ids)
{
  MemberRig *self = data;

  g_assert_nonnull (block_ids[0]);

  return self->keeps;
}

static char *
validate (gpointer         data,
          WeftRepoMessage *message)
{
  MemberRig *self = data;

  if (self->objects_to == NULL)
    return g_strdup (self->objection);

  /* It sees one commit at a time, or a chain. */
  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit_at (message, i);

      g_assert_true (weft_commit_request_get_block_ids (commit)[1] == NULL || i == 0);
      g_assert_cmpint (weft_commit_request_get_rev (commit), ==,
                       weft_commit_request_get_rev (weft_repo_message_get_commit (message)) + i);
      if (g_str_equal (self->objects_to, weft_commit_request_get_action_id (commit)))
        return g_strdup (self->objection);
    }

  return NULL;
}

WeftMemberFacts
member_rig_make_facts (MemberRig *self)
{
  return (WeftMemberFacts) {
    .read_latest = read_latest,
    .read_cluster = read_cluster,
    .read_revision = read_revision,
    .read_pending = read_pending,
    .read_record = read_record,
    .admit = admit,
    .is_settled = is_settled,
    .keeps = keeps,
    .validate = validate,
    .data = self,
  };
}
