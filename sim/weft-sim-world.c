/* weft-sim-world.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-context-private.h"
#include "weft-sim-hash-private.h"
#include "weft-sim-trace-private.h"
#include "weft-sim-world-private.h"

/* Events, enough for a usual run, so that nothing is allocated after its start. */
#define EVENTS_RESERVED 1024

/**
 * WeftSimWorld:
 *
 * A world in which time passes only from event to event, and all chance comes from one seed.
 *
 * A world is a queue of events by time. What happens at one time happens in the order in which it
 * was scheduled. The clocks, the chance, the network and the disks that a simulation hands to nodes
 * are made of such events and of streams of the seed, so a run with the same seed is the same run:
 * the hash over all its events says so.
 *
 * Time is in microseconds and starts at zero, which is the first of January 2030 in the calendar.
 *
 * Events belong to an actor: a node, or 0 for the world itself. An actor that is paused takes part
 * in nothing until it is resumed; what comes for it waits.
 *
 * The program under test may complete calls through [class@Gio.Task], which needs a main context.
 * The world runs the one that was the thread's default when it was made, after each event, until
 * nothing in it is ready.
 *
 * A world belongs to one thread. Nothing here reads a clock of the machine or waits for anything.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (WeftSimWorld, weft_sim_world, G_TYPE_OBJECT)

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return g_strcmp0 (a, b);
}

static void
actor_free (gpointer data)
{
  WeftSimActor *actor = data;

  g_free (actor->name);
  g_array_unref (actor->deferred);
  g_free (actor);
}

static void
weft_sim_world_dispose (GObject *object)
{
  WeftSimWorld *self = WEFT_SIM_WORLD (object);

  g_assert (!self->is_running);

  weft_sim_world_set_trace (self, NULL, NULL, NULL);
  weft_sim_queue_clear (&self->queue);

  G_OBJECT_CLASS (weft_sim_world_parent_class)->dispose (object);
}

static void
weft_sim_world_finalize (GObject *object)
{
  WeftSimWorld *self = WEFT_SIM_WORLD (object);

  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->checkpoints, g_array_unref);
  g_clear_pointer (&self->streams, g_tree_unref);
  g_clear_pointer (&self->points, g_tree_unref);
  g_clear_pointer (&self->counters, g_tree_unref);
  g_clear_pointer (&self->actors, g_ptr_array_unref);
  weft_sim_queue_free (&self->queue);

  G_OBJECT_CLASS (weft_sim_world_parent_class)->finalize (object);
}

static void
weft_sim_world_class_init (WeftSimWorldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_sim_world_dispose;
  object_class->finalize = weft_sim_world_finalize;

  /* The type of tasks makes a pool of threads when it is first used, which is not to be within an
   * event. */
  g_type_ensure (G_TYPE_TASK);
}

static void
weft_sim_world_init (WeftSimWorld *self)
{
  weft_sim_queue_init (&self->queue, EVENTS_RESERVED);
  self->context = weft_sim_context_get_default ();
  self->checkpoints = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->streams = g_tree_new_full (compare_names, NULL, g_free,
                                   (GDestroyNotify) weft_sim_prng_free);
  self->counters = g_tree_new_full (compare_names, NULL, g_free, g_free);
  self->actors = g_ptr_array_new_with_free_func (actor_free);
  weft_sim_world_add_actor (self, "world");
}

/**
 * weft_sim_world_new:
 * @seed: what all chance of the world comes from
 *
 * Makes an empty world at time zero.
 *
 * Returns: (transfer full): a new world
 *
 * Since: 0.1
 */
WeftSimWorld *
weft_sim_world_new (guint64 seed)
{
  WeftSimWorld *self = g_object_new (WEFT_TYPE_SIM_WORLD, NULL);

  self->seed = seed;
  self->hash = weft_sim_hash_mix (seed, 0);
  if (seed % WEFT_SIM_SEEDS_PER_REAL == 0)
    self->signatures = WEFT_SIM_SIGNATURES_REAL;

  return self;
}

/**
 * weft_sim_world_get_seed:
 * @self: a world
 *
 * Gets the seed of the run.
 *
 * Returns: the seed
 *
 * Since: 0.1
 */
guint64
weft_sim_world_get_seed (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);

  return self->seed;
}

/**
 * weft_sim_world_get_time:
 * @self: a world
 *
 * Gets the time of the world, which no clock in it need agree with.
 *
 * Returns: microseconds since the world began
 *
 * Since: 0.1
 */
gint64
weft_sim_world_get_time (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);

  return self->now_usec;
}

/**
 * weft_sim_world_set_context: (skip)
 * @self: a world
 * @context: (nullable): the context to run between events, or %NULL for none
 *
 * Says where completions of the program under test come from. A simulation without any runs
 * faster when nothing is looked at between events.
 *
 * Since: 0.1
 */
void
weft_sim_world_set_context (WeftSimWorld *self,
                            GMainContext *context)
{
  g_return_if_fail (WEFT_IS_SIM_WORLD (self));

  g_clear_pointer (&self->context, g_main_context_unref);
  self->context = context != NULL ? weft_sim_context_ref (context) : NULL;
}

/**
 * weft_sim_world_set_signatures:
 * @self: a world in which nobody has a key yet
 * @signatures: what identities sign with
 *
 * Chooses between signatures that are cheap and signatures that are real. Unless somebody
 * chooses, they are real with the seeds that [const@WeftSim.SEEDS_PER_REAL] divides.
 *
 * Since: 0.1
 */
void
weft_sim_world_set_signatures (WeftSimWorld      *self,
                               WeftSimSignatures  signatures)
{
  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (!self->has_keys);

  self->signatures = signatures;
}

/**
 * weft_sim_world_get_signatures:
 * @self: a world
 *
 * Gets what identities of the world sign with.
 *
 * Returns: the kind of signatures
 *
 * Since: 0.1
 */
WeftSimSignatures
weft_sim_world_get_signatures (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), WEFT_SIM_SIGNATURES_SIMULATED);

  return self->signatures;
}

/**
 * weft_sim_world_get_stream:
 * @self: a world
 * @name: the name of the stream: `network`, `disk`, `clock`, `workload` or one of its own
 *
 * Gets the stream of chance of a name, where it stands. What is drawn from one stream changes
 * nothing in another.
 *
 * Returns: (transfer none): the stream, which lives as long as the world
 *
 * Since: 0.1
 */
WeftSimPrng *
weft_sim_world_get_stream (WeftSimWorld *self,
                           const char   *name)
{
  WeftSimPrng *stream;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  stream = g_tree_lookup (self->streams, name);
  if (stream == NULL)
    {
      stream = weft_sim_prng_new (self->seed, name);
      g_tree_insert (self->streams, g_strdup (name), stream);
    }

  return stream;
}

WeftSimActor *
weft_sim_world_get_actor (WeftSimWorld *self,
                          guint         actor)
{
  return actor < self->actors->len ? g_ptr_array_index (self->actors, actor) : NULL;
}

/**
 * weft_sim_world_add_actor:
 * @self: a world
 * @name: what to call it in traces
 *
 * Adds somebody to whom events happen.
 *
 * Returns: the number of the actor; the first is 1
 *
 * Since: 0.1
 */
guint
weft_sim_world_add_actor (WeftSimWorld *self,
                          const char   *name)
{
  WeftSimActor *actor;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  actor = g_new0 (WeftSimActor, 1);
  actor->name = g_strdup (name);
  actor->deferred = g_array_new (FALSE, FALSE, sizeof (WeftSimHeapEntry));
  g_ptr_array_add (self->actors, actor);

  weft_sim_trace_actor (self, self->actors->len - 1);

  return self->actors->len - 1;
}

/**
 * weft_sim_world_get_n_actors:
 * @self: a world
 *
 * Gets how many actors there are, the world included.
 *
 * Returns: one more than the largest number of an actor
 *
 * Since: 0.1
 */
guint
weft_sim_world_get_n_actors (WeftSimWorld *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);

  return self->actors->len;
}

/**
 * weft_sim_world_get_actor_name:
 * @self: a world
 * @actor: the number of an actor
 *
 * Gets what an actor is called.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
weft_sim_world_get_actor_name (WeftSimWorld *self,
                               guint         actor)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), NULL);
  g_return_val_if_fail (actor < self->actors->len, NULL);

  return weft_sim_world_get_actor (self, actor)->name;
}

/**
 * weft_sim_world_pause_actor:
 * @self: a world
 * @actor: the number of an actor, not 0
 *
 * Keeps all events of an actor waiting, as if its process were stopped. Its clocks go on.
 *
 * Since: 0.1
 */
void
weft_sim_world_pause_actor (WeftSimWorld *self,
                            guint         actor)
{
  WeftSimActor *found;

  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (actor > 0 && actor < self->actors->len);

  found = weft_sim_world_get_actor (self, actor);
  self->n_paused += !found->is_paused;
  found->is_paused = TRUE;
}

/**
 * weft_sim_world_resume_actor:
 * @self: a world
 * @actor: the number of an actor
 *
 * Lets an actor go on. What waited comes next, in the order in which it would have come.
 *
 * Since: 0.1
 */
void
weft_sim_world_resume_actor (WeftSimWorld *self,
                             guint         actor)
{
  WeftSimActor *found;

  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (actor < self->actors->len);

  found = weft_sim_world_get_actor (self, actor);
  self->n_paused -= found->is_paused;
  found->is_paused = FALSE;

  /* Their times are past, so they come before everything else, and in their order. */
  for (guint i = 0; i < found->deferred->len; i++)
    weft_sim_queue_reheap (&self->queue, g_array_index (found->deferred, WeftSimHeapEntry, i));
  g_array_set_size (found->deferred, 0);
}

/**
 * weft_sim_world_is_actor_paused:
 * @self: a world
 * @actor: the number of an actor
 *
 * Gets whether an actor is paused.
 *
 * Returns: whether its events wait
 *
 * Since: 0.1
 */
gboolean
weft_sim_world_is_actor_paused (WeftSimWorld *self,
                                guint         actor)
{
  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), FALSE);
  g_return_val_if_fail (actor < self->actors->len, FALSE);

  return weft_sim_world_get_actor (self, actor)->is_paused;
}

/**
 * weft_sim_world_count:
 * @self: a world
 * @counter: the name of a counter, in lower case with hyphens
 * @amount: how much to add
 *
 * Counts something, such as a fault that happened.
 *
 * Since: 0.1
 */
void
weft_sim_world_count (WeftSimWorld *self,
                      const char   *counter,
                      guint64       amount)
{
  guint64 *count;

  g_return_if_fail (WEFT_IS_SIM_WORLD (self));
  g_return_if_fail (counter != NULL);

  count = g_tree_lookup (self->counters, counter);
  if (count == NULL)
    {
      count = g_new0 (guint64, 1);
      g_tree_insert (self->counters, g_strdup (counter), count);
    }
  *count += amount;
}

/**
 * weft_sim_world_get_counter:
 * @self: a world
 * @counter: the name of a counter
 *
 * Gets one count.
 *
 * Returns: the count, 0 for what never happened
 *
 * Since: 0.1
 */
guint64
weft_sim_world_get_counter (WeftSimWorld *self,
                            const char   *counter)
{
  guint64 *count;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), 0);
  g_return_val_if_fail (counter != NULL, 0);

  count = g_tree_lookup (self->counters, counter);

  return count != NULL ? *count : 0;
}

/**
 * weft_sim_world_get_counters:
 * @self: a world
 *
 * Gets all counts, sorted by name.
 *
 * Returns: (transfer floating): a variant of the type `a{st}`
 *
 * Since: 0.1
 */
GVariant *
weft_sim_world_get_counters (WeftSimWorld *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{st}"));

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (self), NULL);

  for (GTreeNode *node = g_tree_node_first (self->counters); node != NULL;
       node = g_tree_node_next (node))
    g_variant_builder_add (&builder, "{st}", (const char *) g_tree_node_key (node),
                           *(guint64 *) g_tree_node_value (node));

  return g_variant_builder_end (&builder);
}
