/* weft-sim-epilogue.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The second phase of a run. All is healed, and within a stated time everything has to work: what
 * was begun ends, each client can write and read, and the logs of all blocks can be read. What
 * the logs hold is checked against what clients were told.
 */

#include "weft-sim-run-private.h"

#include "weft-sim-clock.h"
#include "weft-sim-trace-private.h"

/* Between an attempt that failed and the next: longer each time, as an attempt of all clients to
 * read all blocks is much work where something is wrong. */
#define PAUSE_USEC (100 * G_TIME_SPAN_MILLISECOND)
#define PAUSE_DOUBLED_MAX 5
/* Of each key: that many clients more than one node answers, and that each client can read it takes
 * less than all keys. */
#define READERS 8
/* Of a log at a time: few enough for a narrow link and a short time-out. */
#define REVISIONS_ASKED 50

static void
set_error (WeftSimEpilogue *self,
           const GError    *error)
{
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static gint64
get_time_left (WeftSimEpilogue *self)
{
  return MAX (self->deadline_usec - weft_sim_world_get_time (self->run->world), 0);
}

static gboolean
give_up (WeftSimEpilogue *self,
         const char      *what)
{
  g_autofree char *within = weft_sim_format_duration (self->run->scenario->heal_usec);

  self->run->reason = g_strdup_printf ("%s within %s after all was healed: %s", what, within,
                                       self->error != NULL ? self->error->message : "no answer");
  return FALSE;
}

static gboolean
is_busy (gpointer user_data)
{
  WeftSimEpilogue *self = user_data;

  return self->run->workload->n_busy > 0;
}

/* A client that tries until it succeeds: it writes its keys, and reads some or all. */
typedef struct
{
  WeftSimEpilogue *epilogue;
  WeftSimClient *client;
  guint key;      /* to write next: all clients together write all keys */
  guint n_failed;
} Trial;

static void trial_cb (gpointer user_data);

static gboolean
has_written (Trial *self)
{
  return self->key >= self->client->options->n_keys;
}

static void
tried_cb (WeftSimClient *client,
          const GError  *error,
          gpointer       user_data)
{
  Trial *trial = user_data;
  WeftSimEpilogue *self = trial->epilogue;
  WeftSimWorld *world = self->run->world;
  gint64 pause_usec = 0;

  if (self->is_over || (error == NULL && has_written (trial)))
    {
      self->n_open--;
      g_free (trial);
      return;
    }
  if (error == NULL)
    trial->key += self->run->workload->clients->len;
  else
    {
      set_error (self, error);
      pause_usec = PAUSE_USEC << MIN (trial->n_failed++, PAUSE_DOUBLED_MAX);
    }
  weft_sim_world_schedule_event (world, weft_sim_world_get_time (world) + pause_usec,
                                 WEFT_SIM_EVENT_KIND_WORKLOAD, client->actor, 0, trial_cb, trial,
                                 NULL);
}

/* All of them where there are few clients. Where there are many, each begins at a place of its own
 * and reads as many as it takes until each key has its readers. */
static void
read_share (Trial *self)
{
  guint n_keys = self->client->options->n_keys;
  guint n_clients = self->epilogue->run->workload->clients->len;
  guint n_shared = (n_keys * READERS + n_clients - 1) / n_clients;

  if (n_clients <= READERS)
    weft_sim_client_read (self->client, 0, n_keys, tried_cb, self);
  else
    weft_sim_client_read (self->client, self->client->index * n_keys / n_clients,
                          MIN (n_shared, n_keys), tried_cb, self);
}

static void
trial_cb (gpointer user_data)
{
  Trial *trial = user_data;

  if (trial->epilogue->is_over)
    {
      trial->epilogue->n_open--;
      g_free (trial);
    }
  else if (has_written (trial))
    read_share (trial);
  else
    weft_sim_client_put (trial->client, trial->key, tried_cb, trial);
}

static gboolean
is_open (gpointer user_data)
{
  WeftSimEpilogue *self = user_data;

  return self->n_open > 0;
}

static gboolean
try_clients (WeftSimEpilogue *self)
{
  GPtrArray *clients = self->run->workload->clients;

  for (guint i = 0; i < clients->len; i++)
    {
      Trial *trial = g_new0 (Trial, 1);

      trial->epilogue = self;
      trial->client = clients->pdata[i];
      trial->key = trial->client->index % trial->client->options->n_keys;
      self->n_open++;
      trial_cb (trial);
    }
  weft_sim_world_run_while (self->run->world, is_open, self, get_time_left (self));
  if (is_open (self))
    return give_up (self, "not every client could write and read");

  return TRUE;
}

static void read_log (WeftSimEpilogue *self,
                      gint64           rev);

static gboolean
is_known (WeftSimEpilogue *self)
{
  return self->node == self->logs->n_nodes;
}

/* From one key to the next, and from one node to the next. */
static void
go_on (WeftSimEpilogue *self)
{
  self->key++;
  if (self->key == self->logs->n_keys)
    {
      self->key = 0;
      self->node++;
    }
}

/* Who keeps a block is all that a move may change. */
static void
report_move (WeftSimEpilogue *self,
             const char      *block_id,
             gint64           rev)
{
  if (self->run->violation == NULL)
    self->run->violation
      = g_strdup_printf ("at node %u, revision %" G_GINT64_FORMAT " of block “%s” is a move, and "
                         "not what was there before", self->node, rev, block_id);
}

/* Works out what each revision made of the block, from the first on. */
static void
take_log (WeftSimEpilogue *self,
          const char      *block_id)
{
  WeftSimNames *names = self->run->names;
  g_autoptr(WeftBlock) block = NULL;
  guint64 value_before = 0;

  for (guint i = self->log->len; i > 0; i--)
    {
      WeftArchiveRevision *revision = self->log->pdata[i - 1];
      WeftTransform *transform = weft_archive_revision_get_transform (revision);
      WeftBlock *kept = weft_archive_revision_get_block (revision);
      g_autoptr(WeftBlock) result = NULL;
      g_autoptr(GError) error = NULL;
      WeftSimSighting sighting = {
        .block = weft_sim_names_number_block (names, block_id),
        .rev = weft_archive_revision_get_rev (revision),
      };
      const char *action_id = weft_archive_revision_get_action_id (revision);

      if (transform != NULL && weft_transform_apply (transform, block, &result, &error))
        sighting.value = weft_sim_names_digest (result);
      else
        {
          sighting.value = weft_sim_names_digest (kept);
          result = kept != NULL ? weft_block_ref (kept) : NULL;
        }
      sighting.action = weft_sim_names_number_revision (names, self->run->history, block_id,
                                                        action_id, sighting.value);
      if (i < self->log->len && weft_sim_names_is_move (action_id)
          && sighting.value != value_before)
        report_move (self, block_id, sighting.rev);
      value_before = sighting.value;
      weft_sim_logs_add (self->logs, self->node, self->key, &sighting);
      g_clear_pointer (&block, weft_block_unref);
      block = g_steal_pointer (&result);
    }
  g_ptr_array_set_size (self->log, 0);
}

/* What a node has, without asking it: FALSE when it does not run or cannot tell. */
static gboolean
peek_log (WeftSimEpilogue *self)
{
  WeftSimHost *host = weft_sim_deployment_get_host (self->run->deployment, self->node);
  g_autofree char *block_id = weft_sim_client_name_block (self->key);
  gint64 rev = 0;

  if (!weft_sim_host_is_running (host))
    return FALSE;

  do
    {
      WeftStorageRepo *repo = weft_node_get_repo (weft_sim_node_get_node (host->node));
      g_autoptr(WeftBlockArchive) archive = NULL;
      g_autoptr(GError) error = NULL;
      GPtrArray *revisions;

      archive = weft_storage_repo_read_archive (repo, block_id, rev, REVISIONS_ASKED, FALSE,
                                                &error);
      rev = 0;
      if (error != NULL)
        {
          g_ptr_array_set_size (self->log, 0);
          return FALSE;
        }
      if (archive == NULL)
        break;
      revisions = weft_block_archive_get_revisions (archive);
      for (guint i = revisions->len; i > 0; i--)
        g_ptr_array_add (self->log, weft_archive_revision_ref (revisions->pdata[i - 1]));
      if (revisions->len > 0 && weft_block_archive_get_range_start (archive) > 1)
        rev = weft_archive_revision_get_rev (revisions->pdata[0]) - 1;
    }
  while (rev > 0);

  take_log (self, block_id);

  return TRUE;
}

/* Each log can be read as anybody reads it: of each block that of one node, which is its home where
 * it has one. What the other nodes have is looked at where it is, which costs half as much. */
static void
read_next (WeftSimEpilogue *self)
{
  while (!is_known (self) && self->node != self->key % self->logs->n_nodes && peek_log (self))
    go_on (self);

  if (is_known (self))
    self->n_open--;
  else
    read_log (self, 0);
}

static void
archive_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeftSimEpilogue *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftBlockArchive) archive = NULL;
  g_autofree char *block_id = weft_sim_client_name_block (self->key);
  GPtrArray *revisions;
  gint64 first = 0;

  archive = weft_remote_repo_read_archive_finish (WEFT_REMOTE_REPO (source), result, &error);
  if (self->is_over)
    {
      self->n_open--;
      return;
    }
  if (error != NULL)
    {
      set_error (self, error);
      g_ptr_array_set_size (self->log, 0);
      read_log (self, 0);
      return;
    }
  revisions = archive != NULL ? weft_block_archive_get_revisions (archive) : NULL;
  for (guint i = revisions != NULL ? revisions->len : 0; i > 0; i--)
    {
      WeftArchiveRevision *revision = revisions->pdata[i - 1];

      first = weft_archive_revision_get_rev (revision);
      g_ptr_array_add (self->log, weft_archive_revision_ref (revision));
    }
  if (first > 1 && weft_block_archive_get_range_start (archive) > 1)
    {
      read_log (self, first - 1);
      return;
    }

  take_log (self, block_id);
  go_on (self);
  read_next (self);
}

static void
read_log (WeftSimEpilogue *self,
          gint64           rev)
{
  WeftSimClient *client = self->run->workload->clients->pdata[0];
  g_autofree char *block_id = weft_sim_client_name_block (self->key);

  weft_remote_repo_read_archive_async (client->remotes->pdata[self->node], block_id, rev,
                                       REVISIONS_ASKED, FALSE, NULL, archive_cb, self);
}

/* Where there are many nodes, and others than clients have ever heard of, their disks are looked at
 * instead of asking them. */
static void
peek_logs (WeftSimEpilogue *self)
{
  for (self->node = 0; self->node < self->logs->n_nodes; self->node++)
    for (self->key = 0; self->key < self->logs->n_keys; self->key++)
      peek_log (self);
}

static gboolean
read_logs (WeftSimEpilogue *self)
{
  WeftSimScenario *scenario = self->run->scenario;

  g_clear_pointer (&self->logs, weft_sim_logs_free);
  /* What those say that lie is worth nothing. */
  self->logs = weft_sim_logs_new (self->run->deployment->n_honest, scenario->workload.n_keys);
  if (scenario->has_edges)
    {
      peek_logs (self);
      return TRUE;
    }

  self->node = 0;
  self->key = 0;
  self->n_open++;
  read_next (self);
  weft_sim_world_run_while (self->run->world, is_open, self, get_time_left (self));

  return !is_open (self);
}

/* Until all nodes agree that have to. */
static gboolean
settle_logs (WeftSimEpilogue *self)
{
  g_autofree char *unsettled = NULL;
  guint n_failed = 0;

  do
    {
      g_autoptr(GError) error = NULL;

      if (unsettled != NULL)
        weft_sim_world_run_for (self->run->world,
                                PAUSE_USEC << MIN (n_failed++, PAUSE_DOUBLED_MAX));
      g_clear_pointer (&unsettled, g_free);
      if (!read_logs (self))
        return give_up (self, "the logs could not be read");
      unsettled = weft_sim_deployment_find_unsettled (self->run->deployment, self->logs);
      if (unsettled == NULL)
        return TRUE;
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_FAILED, unsettled);
      set_error (self, error);
    }
  while (get_time_left (self) > 0);

  return give_up (self, "the nodes did not come to agree");
}

/* Of the logs that were read last. */
static void
check_logs (WeftSimEpilogue *self)
{
  WeftSimRun *run = self->run;
  g_autofree char *fork = NULL;
  g_autoptr(GArray) kept = NULL;

  kept = weft_sim_deployment_check_logs (run->deployment, self->logs, &fork);
  if (run->violation == NULL)
    run->violation = g_steal_pointer (&fork);
  weft_sim_history_check_logs (run->history, weft_sim_world_get_time (run->world),
                               (const WeftSimSighting *) (gpointer) kept->data, kept->len);
  weft_sim_trace_violations (run->world, run->history, 0);
}

gboolean
weft_sim_epilogue_perform (WeftSimRun *run)
{
  WeftSimEpilogue *self = g_new0 (WeftSimEpilogue, 1);
  gboolean is_decided = FALSE;

  run->epilogue = self;
  self->run = run;
  self->deadline_usec = weft_sim_world_get_time (run->world) + run->scenario->heal_usec;
  self->log = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_archive_revision_unref);

  weft_sim_world_run_while (run->world, is_busy, self, get_time_left (self));
  if (is_busy (self))
    give_up (self, "what clients had begun did not end");
  else
    is_decided = try_clients (self) && settle_logs (self);
  /* What somebody has can be told even when not everybody has it. */
  if (!is_decided && run->scenario->has_edges)
    read_logs (self);
  if (is_decided || run->scenario->has_edges)
    check_logs (self);
  self->is_over = TRUE;

  return is_decided;
}

void
weft_sim_epilogue_free (WeftSimEpilogue *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->logs, weft_sim_logs_free);
  g_ptr_array_unref (self->log);
  g_free (self);
}
