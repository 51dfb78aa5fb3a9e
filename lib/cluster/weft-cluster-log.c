/* weft-cluster-log.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-log-private.h"

#include "weft-cluster-record-private.h"
#include "weft-error.h"
#include "weft-repo-message-private.h"

/* A proposal that waits and prepares again and again has told enough of that. */
#define STAGES_MAX 32

typedef struct
{
  char *word;
  gint64 after_usec;
} Stage;

struct _WeftClusterEntry
{
  guint ref_count;
  WeftClusterRecord *record;
  gboolean is_recovery;
  gint64 started_usec;
  gint64 started_msec; /* of the calendar */
  GArray *stages;      /* (element-type Stage) */
  gboolean has_result;
  WeftOutcome outcome;
  char *reason;        /* (nullable) */
  WeftProposalMachine *machine; /* (owned) (nullable): when it is done */
};

struct _WeftClusterLog
{
  guint entries_max;
  GQueue entries; /* (element-type WeftClusterEntry) (owned), the newest first */
};

static const char *const outcomes[] = {
  [WEFT_OUTCOME_DECIDED] = "decided",
  [WEFT_OUTCOME_STALE] = "stale",
  [WEFT_OUTCOME_REFUSED] = "refused",
  [WEFT_OUTCOME_UNAVAILABLE] = "unavailable",
  [WEFT_OUTCOME_INDETERMINATE] = "indeterminate",
  [WEFT_OUTCOME_FREE] = "free",
};

static void
stage_clear (gpointer data)
{
  g_free (((Stage *) data)->word);
}

void
weft_cluster_entry_unref (WeftClusterEntry *self)
{
  if (--self->ref_count > 0)
    return;

  g_clear_pointer (&self->machine, weft_proposal_machine_free);
  g_array_unref (self->stages);
  weft_cluster_record_unref (self->record);
  g_free (self->reason);
  g_free (self);
}

WeftClusterLog *
weft_cluster_log_new (guint entries_max)
{
  WeftClusterLog *self = g_new0 (WeftClusterLog, 1);

  g_assert (entries_max > 0);

  self->entries_max = entries_max;
  g_queue_init (&self->entries);

  return self;
}

void
weft_cluster_log_free (WeftClusterLog *self)
{
  g_queue_clear_full (&self->entries, (GDestroyNotify) weft_cluster_entry_unref);
  g_free (self);
}

WeftClusterEntry *
weft_cluster_log_add (WeftClusterLog    *self,
                      WeftClusterRecord *record,
                      gboolean           is_recovery,
                      gint64             now_usec,
                      gint64             real_msec)
{
  WeftClusterEntry *entry = g_new0 (WeftClusterEntry, 1);

  /* One for the log, one for the caller. */
  entry->ref_count = 2;
  entry->record = weft_cluster_record_ref (record);
  entry->is_recovery = is_recovery;
  entry->started_usec = now_usec;
  entry->started_msec = real_msec;
  entry->stages = g_array_new (FALSE, FALSE, sizeof (Stage));
  g_array_set_clear_func (entry->stages, stage_clear);

  if (g_queue_get_length (&self->entries) == self->entries_max)
    weft_cluster_entry_unref (g_queue_pop_tail (&self->entries));
  g_queue_push_head (&self->entries, entry);

  return entry;
}

void
weft_cluster_entry_add_stage (WeftClusterEntry *self,
                              const char       *stage,
                              gint64            now_usec)
{
  const Stage added = { g_strdup (stage), now_usec - self->started_usec };

  if (self->stages->len == STAGES_MAX)
    g_array_remove_index (self->stages, STAGES_MAX - 1);
  g_array_append_val (self->stages, added);
}

void
weft_cluster_entry_set_result (WeftClusterEntry         *self,
                               const WeftProposalEffect *result)
{
  self->has_result = TRUE;
  self->outcome = result->outcome;
  g_free (self->reason);
  self->reason = result->error != NULL ? g_strdup (result->error->message) : NULL;
  if (result->record != NULL)
    {
      weft_cluster_record_unref (self->record);
      self->record = weft_cluster_record_ref (result->record);
    }
}

void
weft_cluster_entry_take_machine (WeftClusterEntry    *self,
                                 WeftProposalMachine *machine)
{
  g_assert (self->machine == NULL);

  self->machine = machine;
}

/* Whether a message is on an action and a block, where these are asked for: of several that are
 * decided together one is on both. */
static gboolean
has_commit (WeftRepoMessage *message,
            const char      *action_id,
            const char      *block_id)
{
  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit_at (message, i);

      if ((action_id == NULL
           || g_str_equal (weft_commit_request_get_action_id (commit), action_id))
          && (block_id == NULL
              || g_strv_contains (weft_commit_request_get_block_ids (commit), block_id)))
        return TRUE;
    }

  return FALSE;
}

static const char *
get_action_id (WeftRepoMessage *message)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  WeftActionBlocks *cancel = weft_repo_message_get_cancel (message);

  if (pend != NULL)
    return weft_pend_request_get_action_id (pend);

  return cancel != NULL ? weft_action_blocks_get_action_id (cancel) : "";
}

static gboolean
matches (WeftClusterEntry *self,
         const char       *action_id,
         const char       *block_id)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (self->record);
  g_auto(GStrv) block_ids = NULL;

  if (weft_repo_message_get_n_commits (message) > 0)
    return has_commit (message, action_id, block_id);
  block_ids = weft_repo_message_get_block_ids (message);
  if (action_id != NULL && !g_str_equal (get_action_id (message), action_id))
    return FALSE;

  return block_id == NULL || g_strv_contains ((const char * const *) block_ids, block_id);
}

static void
add_stages (WeftClusterEntry *self,
            JsonBuilder      *builder)
{
  json_builder_set_member_name (builder, "stages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->stages->len; i++)
    {
      const Stage *stage = &g_array_index (self->stages, Stage, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "stage");
      json_builder_add_string_value (builder, stage->word);
      json_builder_set_member_name (builder, "afterUsec");
      json_builder_add_int_value (builder, stage->after_usec);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_entry (WeftClusterEntry *self,
           JsonBuilder      *builder)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "startedAt");
  json_builder_add_int_value (builder, self->started_msec);
  json_builder_set_member_name (builder, "recovery");
  json_builder_add_boolean_value (builder, self->is_recovery);
  add_stages (self, builder);
  if (self->has_result)
    {
      json_builder_set_member_name (builder, "outcome");
      json_builder_add_string_value (builder, outcomes[self->outcome]);
    }
  if (self->reason != NULL)
    {
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, self->reason);
    }
  if (self->machine != NULL)
    {
      json_builder_set_member_name (builder, "proposal");
      json_builder_add_value (builder, weft_proposal_machine_to_json (self->machine));
    }
  json_builder_set_member_name (builder, "record");
  json_builder_add_value (builder, weft_cluster_record_to_json (self->record));
  json_builder_end_object (builder);
}

JsonNode *
weft_cluster_log_to_json (WeftClusterLog *self,
                          const char     *action_id,
                          const char     *block_id)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_array (builder);
  for (GList *link = self->entries.head; link != NULL; link = link->next)
    if (matches (link->data, action_id, block_id))
      add_entry (link->data, builder);
  json_builder_end_array (builder);

  return json_builder_get_root (builder);
}
