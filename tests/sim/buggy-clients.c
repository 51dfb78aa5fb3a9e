/* buggy-clients.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "buggy-clients.h"

#define N_CLIENTS 4
#define RUN_USEC 150000
#define THINK_USEC 3000
#define TIMEOUT_USEC 9000
#define DELAY_USEC 2000
#define CRASH_USEC 40000
#define LOSS 0.05
#define OBSERVER G_MAXUINT

typedef struct _Run Run;

typedef struct
{
  Run *run;
  gint64 known[BUGGY_BLOCKS];
  BuggyRequest request;
  guint64 operation;
  guint64 timeout;
} Client;

struct _Run
{
  WeftSimWorld *world;
  WeftSimPrng *prng;
  WeftSimHistory *history;
  BuggyRepo *repo;
  Client clients[N_CLIENTS];
  guint64 last_action;
};

typedef struct
{
  Run *run;
  BuggyRequest request;
  BuggyAnswer answer;
} Message;

static gint64
get_time (Run *run)
{
  return weft_sim_world_get_time (run->world);
}

static void
schedule (Run              *run,
          gint64            delay_usec,
          WeftSimEventFunc  func,
          gpointer          user_data,
          GDestroyNotify    destroy)
{
  weft_sim_world_schedule (run->world, get_time (run) + delay_usec, func, user_data, destroy);
}

static void
send (Run                *run,
      WeftSimEventFunc    func,
      const BuggyRequest *request,
      const BuggyAnswer  *answer)
{
  Message *message;

  if (weft_sim_prng_chance (run->prng, LOSS))
    return;
  message = g_new0 (Message, 1);
  message->run = run;
  message->request = *request;
  if (answer != NULL)
    message->answer = *answer;
  schedule (run, 100 + weft_sim_prng_below (run->prng, DELAY_USEC), func, message, g_free);
}

static void
arrive_cb (gpointer user_data)
{
  Message *message = user_data;

  buggy_repo_handle (message->run->repo, &message->request);
}

static void next_cb (gpointer user_data);
static void attempt_cb (gpointer user_data);

static void
timeout_cb (gpointer user_data)
{
  Client *client = user_data;
  Run *run = client->run;
  gboolean is_write = client->request.action != 0;

  if (is_write)
    weft_sim_history_end_write (run->history, get_time (run), client->operation,
                                WEFT_SIM_OUTCOME_UNKNOWN, 0);
  else
    weft_sim_history_drop_read (run->history, client->operation);
  client->request.serial++;
  schedule (run, 1000,
            is_write && weft_sim_prng_chance (run->prng, 0.7) ? attempt_cb : next_cb, client,
            NULL);
}

/* Sends what the request says, for the first time or again. */
static void
attempt_cb (gpointer user_data)
{
  Client *client = user_data;
  Run *run = client->run;
  const BuggyRequest *request = &client->request;

  if (request->action != 0)
    client->operation
      = weft_sim_history_begin_write (run->history, get_time (run), request->client,
                                      request->action, request->changes, request->n_changes);
  else
    client->operation = weft_sim_history_begin_read (run->history, get_time (run),
                                                     request->client, request->block);
  send (run, arrive_cb, request, NULL);
  client->timeout = weft_sim_world_schedule (run->world, get_time (run) + TIMEOUT_USEC, timeout_cb,
                                             client, NULL);
}

static void
next_cb (gpointer user_data)
{
  Client *client = user_data;
  Run *run = client->run;
  BuggyRequest *request = &client->request;
  guint block = weft_sim_prng_below (run->prng, BUGGY_BLOCKS);

  if (get_time (run) > RUN_USEC)
    return;

  request->action = 0;
  request->block = block;
  if (weft_sim_prng_chance (run->prng, 0.5))
    {
      request->action = ++run->last_action;
      request->n_changes = 1 + weft_sim_prng_chance (run->prng, 0.3);
      for (guint i = 0; i < request->n_changes; i++, block = (block + 1) % BUGGY_BLOCKS)
        {
          guint64 value = weft_sim_prng_chance (run->prng, 0.15) ? 0 : request->action * 8 + i + 1;

          request->changes[i] = (WeftSimChange) { block, client->known[block], value };
        }
    }
  attempt_cb (client);
}

static void
note_answer (Client            *client,
             const BuggyAnswer *answer)
{
  WeftSimHistory *history = client->run->history;
  gint64 now_usec = get_time (client->run);

  if (client->request.action == 0)
    {
      weft_sim_history_end_read (history, now_usec, client->operation, &answer->sighting);
      client->known[answer->sighting.block] = answer->sighting.rev;
    }
  else if (answer->is_success)
    {
      weft_sim_history_end_write (history, now_usec, client->operation, WEFT_SIM_OUTCOME_SUCCESS,
                                  answer->rev);
      for (guint i = 0; i < client->request.n_changes; i++)
        client->known[client->request.changes[i].block] = answer->rev;
    }
  else
    {
      weft_sim_history_see_stale (history, now_usec, client->operation, &answer->sighting);
      weft_sim_history_end_write (history, now_usec, client->operation, WEFT_SIM_OUTCOME_FAILURE,
                                  0);
      client->known[answer->sighting.block] = answer->sighting.rev;
    }
}

static void
answered_cb (gpointer user_data)
{
  Message *message = user_data;
  Run *run = message->run;
  Client *client = &run->clients[message->request.client];

  if (message->request.serial != client->request.serial)
    return;
  client->request.serial++;
  weft_sim_world_cancel (run->world, client->timeout);
  note_answer (client, &message->answer);
  schedule (run, weft_sim_prng_below (run->prng, THINK_USEC), next_cb, client, NULL);
}

static void
answer_cb (const BuggyRequest *request,
           const BuggyAnswer  *answer,
           gpointer            user_data)
{
  Run *run = user_data;

  if (request->client == OBSERVER)
    {
      guint64 read = weft_sim_history_begin_read (run->history, get_time (run), OBSERVER,
                                                  request->block);

      weft_sim_history_end_read (run->history, get_time (run), read, &answer->sighting);
      return;
    }
  send (run, answered_cb, request, answer);
}

static void
crash_cb (gpointer user_data)
{
  Run *run = user_data;

  if (get_time (run) > RUN_USEC)
    return;
  buggy_repo_crash (run->repo);
  schedule (run, weft_sim_prng_below (run->prng, CRASH_USEC), crash_cb, run, NULL);
}

WeftSimHistory *
buggy_clients_run (guint64  seed,
                   BuggyBug bug)
{
  g_autoptr (WeftSimWorld) world = weft_sim_world_new (seed);
  g_autoptr (BuggyRepo) repo = NULL;
  g_autoptr (GArray) logs = NULL;
  Run run = { .world = world, .history = weft_sim_history_new () };

  repo = run.repo = buggy_repo_new (world, bug, answer_cb, &run);
  run.prng = weft_sim_world_get_stream (world, "workload");
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      run.clients[i].run = &run;
      run.clients[i].request.client = i;
      schedule (&run, weft_sim_prng_below (run.prng, THINK_USEC), next_cb, &run.clients[i], NULL);
    }
  schedule (&run, weft_sim_prng_below (run.prng, CRASH_USEC), crash_cb, &run, NULL);
  while (weft_sim_world_step (world))
    ;

  logs = buggy_repo_get_logs (repo);
  weft_sim_history_check_logs (run.history, get_time (&run), (WeftSimSighting *) logs->data,
                               logs->len);

  return run.history;
}
