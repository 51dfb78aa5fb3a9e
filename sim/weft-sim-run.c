/* weft-sim-run.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-context-private.h"
#include "weft-sim-run-private.h"
#include "weft-sim-trace-private.h"

/* A node that does not start within this time of the world does not start. */
#define START_USEC G_TIME_SPAN_MINUTE

/**
 * WeftSimRun:
 *
 * A scenario with a seed: a world in which clients work with nodes while faults happen, and every
 * answer is checked. At the end all is healed, and everything has to work again within a stated
 * time.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WeftSimRun, weft_sim_run, G_TYPE_OBJECT)

static gboolean
is_busy (gpointer user_data)
{
  WeftSimRun *self = user_data;

  return self->workload->n_busy > 0 || self->epilogue->n_open > 0;
}

static void
weft_sim_run_dispose (GObject *object)
{
  WeftSimRun *self = WEFT_SIM_RUN (object);

  g_clear_pointer (&self->epilogue, weft_sim_epilogue_free);
  g_clear_pointer (&self->churn, weft_sim_churn_free);
  g_clear_pointer (&self->injector, weft_sim_injector_free);
  g_clear_pointer (&self->workload, weft_sim_workload_free);
  g_clear_pointer (&self->deployment, weft_sim_deployment_free);
  g_clear_object (&self->history);
  g_clear_object (&self->world);
  g_clear_object (&self->scenario);

  G_OBJECT_CLASS (weft_sim_run_parent_class)->dispose (object);
}

static void
weft_sim_run_finalize (GObject *object)
{
  WeftSimRun *self = WEFT_SIM_RUN (object);

  g_free (self->reason);
  g_free (self->violation);
  weft_sim_names_unref (self->names);

  G_OBJECT_CLASS (weft_sim_run_parent_class)->finalize (object);
}

static void
weft_sim_run_class_init (WeftSimRunClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weft_sim_run_dispose;
  G_OBJECT_CLASS (klass)->finalize = weft_sim_run_finalize;
}

static void
weft_sim_run_init (WeftSimRun *self)
{
  self->names = weft_sim_names_new ();
  self->history = weft_sim_history_new ();
  weft_sim_history_set_names (self->history, weft_sim_names_name, weft_sim_names_ref (self->names),
                              (GDestroyNotify) weft_sim_names_unref);
}

/**
 * weft_sim_run_new:
 * @scenario: what happens
 * @seed: what decides all that the scenario leaves to chance
 *
 * Makes a run, which does nothing before [method@WeftSim.Run.perform].
 *
 * Returns: (transfer full): a new run
 *
 * Since: 0.1
 */
WeftSimRun *
weft_sim_run_new (WeftSimScenario *scenario,
                  guint64          seed)
{
  WeftSimRun *self;

  g_return_val_if_fail (WEFT_IS_SIM_SCENARIO (scenario), NULL);

  self = g_object_new (WEFT_TYPE_SIM_RUN, NULL);
  self->world = weft_sim_world_new (seed);
  self->scenario = weft_sim_scenario_draw (scenario,
                                           weft_sim_world_get_stream (self->world, "swarm"));
  if (scenario->has_signatures)
    weft_sim_world_set_signatures (self->world, scenario->signatures);

  return self;
}

/**
 * weft_sim_run_get_world:
 * @self: a run
 *
 * Gets the world of the run, for its hash and its trace.
 *
 * Returns: (transfer none): the world
 *
 * Since: 0.1
 */
WeftSimWorld *
weft_sim_run_get_world (WeftSimRun *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_RUN (self), NULL);

  return self->world;
}

/**
 * weft_sim_run_get_history:
 * @self: a run
 *
 * Gets what clients were told, and what is wrong with it.
 *
 * Returns: (transfer none): the history
 *
 * Since: 0.1
 */
WeftSimHistory *
weft_sim_run_get_history (WeftSimRun *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_RUN (self), NULL);

  return self->history;
}

static gboolean
are_running (GPtrArray *hosts)
{
  for (guint i = 0; i < hosts->len; i++)
    {
      if (!weft_sim_host_is_running (hosts->pdata[i]))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_starting (gpointer user_data)
{
  WeftSimRun *self = user_data;

  return !are_running (self->deployment->hosts) || !are_running (self->deployment->edges);
}

/* A client with an edge is where that is. */
static guint
get_actor (WeftSimRun *self,
           guint       client)
{
  if (self->deployment->edges->len > 0)
    return weft_sim_host_get_actor (self->deployment->edges->pdata[client]);

  return ((WeftSimClient *) self->workload->clients->pdata[client])->actor;
}

static void
make_faults (WeftSimRun *self)
{
  g_autoptr(GArray) actors = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->workload->clients->len; i++)
    {
      guint actor = get_actor (self, i);

      g_array_append_val (actors, actor);
    }
  g_clear_pointer (&self->churn, weft_sim_churn_free);
  g_clear_pointer (&self->injector, weft_sim_injector_free);
  self->injector = weft_sim_injector_new (self->scenario, self->world,
                                          self->deployment->hosts, self->deployment->atlas,
                                          actors);
  self->churn = weft_sim_churn_new (self->deployment, self->injector);
}

/**
 * weft_sim_run_set_up:
 * @self: a run that was not performed
 *
 * Starts all nodes, and lets them settle for as long as the scenario says, once. It need not be
 * called: [method@WeftSim.Run.perform] does the same first.
 *
 * Since: 0.1
 */
void
weft_sim_run_set_up (WeftSimRun *self)
{
  g_autoptr(GMainContext) context = NULL;

  g_return_if_fail (WEFT_IS_SIM_RUN (self));

  if (self->deployment != NULL)
    return;

  context = weft_sim_context_get_default ();
  weft_sim_trace_header (self->world, self->scenario);
  weft_sim_world_set_context (self->world, context);
  self->deployment = weft_sim_deployment_new (self->scenario, self->world);
  self->workload = weft_sim_workload_new (&self->scenario->workload, self->world,
                                          self->deployment, self->history, self->names);
  make_faults (self);

  weft_sim_deployment_start (self->deployment);
  weft_sim_world_run_while (self->world, is_starting, self, START_USEC);
  if (is_starting (self))
    g_error ("a simulated node does not start");
  weft_sim_world_run_for (self->world, self->scenario->settle_usec);
}

/* What a scenario says of the time before anything happens, as text. */
static char *
describe_beginning (WeftSimScenario *scenario)
{
  static const char *const later[] = {
    "name", "summary", "duration", "heal", "timeline", "churn", NULL,
  };
  g_autoptr(JsonNode) json = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, json_node_get_object (scenario->json));
  while (json_object_iter_next_ordered (&iter, &name, &member))
    if (!g_strv_contains (later, name))
      json_object_set_member (object, name, json_node_copy (member));
  json_node_take_object (json, object);

  return json_to_string (json, FALSE);
}

/**
 * weft_sim_run_set_scenario:
 * @self: a run that was set up, and has no faults so far
 * @scenario: another scenario, which begins in the same way
 *
 * Lets something else happen to the nodes that have settled than what the run was made for. It goes
 * on as a new run of @scenario with the same seed would, but is not traced.
 *
 * Where a program forks after [method@WeftSim.Run.set_up], each of its children can go on with
 * another scenario, and hundreds of nodes have to find each other only once.
 *
 * The two may differ in `name`, `summary`, `duration`, `heal`, `timeline` and `churn`.
 *
 * Since: 0.1
 */
void
weft_sim_run_set_scenario (WeftSimRun      *self,
                           WeftSimScenario *scenario)
{
  g_autofree char *old_beginning = NULL;
  g_autofree char *beginning = NULL;

  g_return_if_fail (WEFT_IS_SIM_RUN (self));
  g_return_if_fail (WEFT_IS_SIM_SCENARIO (scenario));
  g_return_if_fail (self->deployment != NULL && !self->is_done);
  g_return_if_fail (self->scenario->timeline->len == 0 && !scenario->swarm.is_there);

  old_beginning = describe_beginning (self->scenario);
  beginning = describe_beginning (scenario);
  g_return_if_fail (g_str_equal (old_beginning, beginning));

  g_object_ref (scenario);
  self->deployment->scenario = scenario;
  weft_sim_workload_set_options (self->workload, &scenario->workload);
  g_object_unref (self->scenario);
  self->scenario = scenario;
  make_faults (self);
}

/* Clients that still wait for something are told that it will not come, so that nobody is left
 * behind; it does not count any more. */
static void
tear_down (WeftSimRun *self)
{
  for (guint i = 0; i < self->workload->clients->len; i++)
    weft_sim_client_close (self->workload->clients->pdata[i]);
  weft_sim_world_run_while (self->world, is_busy, self, START_USEC);
}

/**
 * weft_sim_run_perform:
 * @self: a run
 *
 * Does it, from beginning to end, once: asked again, it only repeats the verdict.
 *
 * Completions of awaitable calls come from the thread's default main context, which is run
 * meanwhile.
 *
 * Returns: the verdict
 *
 * Since: 0.1
 */
WeftSimVerdict
weft_sim_run_perform (WeftSimRun *self)
{
  gboolean is_decided;

  g_return_val_if_fail (WEFT_IS_SIM_RUN (self), WEFT_SIM_VERDICT_UNDECIDED);

  if (self->is_done)
    return self->verdict;
  self->is_done = TRUE;

  weft_sim_run_set_up (self);
  weft_sim_world_set_buggify (self->world, self->scenario->buggify);
  weft_sim_workload_start (self->workload);
  weft_sim_injector_start (self->injector);
  weft_sim_churn_start (self->churn);
  weft_sim_deployment_lie (self->deployment);
  weft_sim_world_run_for (self->world, self->scenario->duration_usec);
  weft_sim_world_set_buggify (self->world, 0);
  weft_sim_injector_heal (self->injector);
  weft_sim_churn_stop (self->churn);
  weft_sim_workload_stop (self->workload);
  is_decided = weft_sim_epilogue_perform (self);
  /* It came before what the logs show in the end. */
  if (weft_sim_forks_get_words (self->deployment->forks) != NULL)
    {
      g_free (self->violation);
      self->violation = g_strdup (weft_sim_forks_get_words (self->deployment->forks));
    }

  if (self->violation != NULL)
    {
      self->verdict = WEFT_SIM_VERDICT_VIOLATION;
      g_free (self->reason);
      self->reason = g_strdup (self->violation);
    }
  else if (weft_sim_history_get_violation (self->history) != WEFT_SIM_VIOLATION_NONE)
    {
      self->verdict = WEFT_SIM_VERDICT_VIOLATION;
      g_free (self->reason);
      self->reason = g_strdup (weft_sim_history_get_words (self->history));
    }
  else if (!is_decided)
    self->verdict = WEFT_SIM_VERDICT_UNDECIDED;
  tear_down (self);
  weft_sim_trace_verdict (self->world, weft_sim_verdict_names[self->verdict],
                          weft_sim_run_is_as_expected (self), weft_sim_run_get_reason (self));

  return self->verdict;
}

/**
 * weft_sim_run_is_as_expected:
 * @self: a run that was performed
 *
 * Gets whether the verdict is the one that the scenario expects.
 *
 * Returns: whether the run passed
 *
 * Since: 0.1
 */
gboolean
weft_sim_run_is_as_expected (WeftSimRun *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_RUN (self), FALSE);

  if (weft_sim_scenario_expects_violation (self->scenario))
    return self->verdict == WEFT_SIM_VERDICT_VIOLATION;

  return self->verdict == WEFT_SIM_VERDICT_PASS;
}

/**
 * weft_sim_run_get_reason:
 * @self: a run that was performed
 *
 * Gets what the verdict follows from, in words.
 *
 * Returns: (nullable): the reason, or %NULL when nothing was wrong
 *
 * Since: 0.1
 */
const char *
weft_sim_run_get_reason (WeftSimRun *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_RUN (self), NULL);

  if (self->reason == NULL && !weft_sim_run_is_as_expected (self))
    return "a violation was expected, and there was none";

  return self->reason;
}
