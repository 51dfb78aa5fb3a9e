/* weft-sim-disk.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-disk-private.h"

/**
 * WeftSimDisk:
 *
 * The disk of a simulated node, which outlives the processes that use it.
 *
 * A storage that is opened on it keeps the contract of [iface@Weft.Storage]. Batches wait for a
 * sync, which takes as long as the distribution says and is for all that waited when it began. A
 * crash keeps what was durable and, of what was not, as many of the first batches as chance wants:
 * they may have reached the disk before anybody was told.
 *
 * Other faults are those of real disks: a sync that fails, a disk that is full, slow or stalled,
 * one that says it has written what it only remembers, records that cannot be read any more, and
 * an old snapshot that is put back. Those that lose
 * what was durable are only done when the [class@WeftSim.Atlas] of the disk allows them.
 *
 * All chance comes from a stream of the world that belongs to this disk.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (WeftSimDisk, weft_sim_disk, G_TYPE_OBJECT)

/* A solid-state disk of a laptop. */
#define SYNC_LEAST_USEC 500
#define SYNC_SPREAD_USEC 1500

/* How many batches an old snapshot lacks at most when chance chooses it. */
#define ROLL_BACK_MAX 64

static void
weft_sim_disk_finalize (GObject *object)
{
  WeftSimDisk *self = WEFT_SIM_DISK (object);

  /* Who waits has the storage, which has the disk. */
  g_assert (self->waiting.length == 0);

  g_queue_clear_full (&self->past, (GDestroyNotify) weft_sim_swaps_free);
  weft_sim_tables_clear (&self->tables);
  g_clear_object (&self->atlas);
  g_object_unref (self->world);

  G_OBJECT_CLASS (weft_sim_disk_parent_class)->finalize (object);
}

static void
weft_sim_disk_class_init (WeftSimDiskClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_disk_finalize;
}

static void
weft_sim_disk_init (WeftSimDisk *self)
{
  weft_sim_tables_init (&self->tables);
  g_queue_init (&self->waiting);
  g_queue_init (&self->past);
  self->sync_delay = (WeftSimDelay) {
    .shape = WEFT_SIM_DELAY_SHAPE_UNIFORM,
    .least_usec = SYNC_LEAST_USEC,
    .spread_usec = SYNC_SPREAD_USEC,
  };
}

/**
 * weft_sim_disk_new:
 * @world: a world
 * @actor: the actor in it that the disk belongs to
 *
 * Makes an empty disk without faults.
 *
 * Returns: (transfer full): a disk
 *
 * Since: 0.1
 */
WeftSimDisk *
weft_sim_disk_new (WeftSimWorld *world,
                   guint         actor)
{
  g_autofree char *stream = NULL;
  WeftSimDisk *self;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (world), NULL);
  g_return_val_if_fail (actor < weft_sim_world_get_n_actors (world), NULL);

  self = g_object_new (WEFT_TYPE_SIM_DISK, NULL);
  stream = g_strdup_printf ("disk/%s", weft_sim_world_get_actor_name (world, actor));
  self->world = g_object_ref (world);
  self->actor = actor;
  self->prng = weft_sim_world_get_stream (world, stream);

  return self;
}

/**
 * weft_sim_disk_set_atlas:
 * @self: a disk
 * @atlas: (nullable): what may break, or %NULL for everything
 *
 * Sets who is asked before something is lost that was durable. The disk has the number of its
 * actor there.
 *
 * Since: 0.1
 */
void
weft_sim_disk_set_atlas (WeftSimDisk  *self,
                         WeftSimAtlas *atlas)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));
  g_return_if_fail (atlas == NULL || WEFT_IS_SIM_ATLAS (atlas));

  g_set_object (&self->atlas, atlas);
}

static WeftStorage *
open_cb (WeftSimNode     *node,
         WeftSimDiskFate  fate,
         gpointer         user_data)
{
  WeftSimDisk *self = user_data;
  g_autoptr (GError) error = NULL;
  WeftStorage *storage;

  /* What the atlas does not allow does not happen. */
  switch (fate)
    {
    case WEFT_SIM_DISK_FATE_KEPT:
      break;
    case WEFT_SIM_DISK_FATE_LOST:
      weft_sim_disk_erase (self);
      break;
    case WEFT_SIM_DISK_FATE_ROLLED_BACK:
      weft_sim_disk_roll_back (self, weft_sim_prng_range (self->prng, 1, ROLL_BACK_MAX));
      break;
    default:
      g_assert_not_reached ();
    }
  storage = weft_sim_disk_open (self, &error);
  g_assert_no_error (error);

  return storage;
}

static void
crash_cb (WeftSimNode *node,
          WeftStorage *storage,
          gpointer     user_data)
{
  weft_sim_disk_crash (user_data);
  if (weft_sim_node_get_death (node) == WEFT_SIM_DEATH_POWER)
    weft_sim_disk_lose_power (user_data);
}

/**
 * weft_sim_disk_attach:
 * @self: a disk
 * @node: a node that is down, whose actor the disk belongs to
 *
 * Lets a node keep what it has on the disk, in all its lives. When it starts with a disk that is
 * rolled back, chance says by how much.
 *
 * Since: 0.1
 */
void
weft_sim_disk_attach (WeftSimDisk *self,
                      WeftSimNode *node)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));
  g_return_if_fail (WEFT_IS_SIM_NODE (node));
  g_return_if_fail (weft_sim_node_get_actor (node) == self->actor);

  weft_sim_node_set_storage_func (node, open_cb, crash_cb, g_object_ref (self), g_object_unref);
}

/**
 * weft_sim_disk_open:
 * @self: a disk
 * @error: set to %WEFT_ERROR_EXISTS when it is open already
 *
 * Opens what is on the disk.
 *
 * Returns: (transfer full): a [class@WeftSim.Storage], or %NULL
 *
 * Since: 0.1
 */
WeftStorage *
weft_sim_disk_open (WeftSimDisk  *self,
                    GError      **error)
{
  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), NULL);

  if (self->owner != NULL)
    {
      const char *name = weft_sim_world_get_actor_name (self->world, self->actor);

      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                   "expected a disk that nobody uses, but the process of %s holds its lock", name);
      return NULL;
    }

  self->owner = weft_sim_storage_new (self);
  return self->owner;
}

/**
 * weft_sim_disk_get_n_waiting:
 * @self: a disk
 *
 * Counts the batches that were submitted and whose functions were not called yet.
 *
 * Returns: the number of batches
 *
 * Since: 0.1
 */
guint
weft_sim_disk_get_n_waiting (WeftSimDisk *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), 0);

  return self->n_unanswered;
}

/**
 * weft_sim_disk_get_bytes:
 * @self: a disk
 *
 * Gets about how much the disk holds, with what is not durable yet.
 *
 * Returns: the size in bytes
 *
 * Since: 0.1
 */
guint64
weft_sim_disk_get_bytes (WeftSimDisk *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), 0);

  return self->tables.bytes;
}

/**
 * weft_sim_disk_set_sync_delay:
 * @self: a disk
 * @delay: how long a sync takes
 *
 * Sets how slow the disk is, from the next sync on. A new disk takes 0.5 to 2 ms.
 *
 * Since: 0.1
 */
void
weft_sim_disk_set_sync_delay (WeftSimDisk        *self,
                              const WeftSimDelay *delay)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));
  g_return_if_fail (delay != NULL);

  self->sync_delay = *delay;
}

/**
 * weft_sim_disk_stall:
 * @self: a disk
 * @duration_usec: for how long, in microseconds
 *
 * Lets nothing become durable for a while, not even what is under way.
 *
 * Since: 0.1
 */
void
weft_sim_disk_stall (WeftSimDisk *self,
                     gint64       duration_usec)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));
  g_return_if_fail (duration_usec >= 0);

  weft_sim_world_count (self->world, "disk-stalls", 1);
  weft_sim_world_note (self->world, self->actor, "disk", "stalls");
  self->stall_usec = weft_sim_world_get_time (self->world) + duration_usec;
  weft_sim_disk_put_off (self);
}

/**
 * weft_sim_disk_set_quota:
 * @self: a disk
 * @bytes_max: how much it can hold, or 0 for no limit
 *
 * Sets the size of the disk. When it is full, batches that would make it fuller fail with
 * %WEFT_ERROR_UNAVAILABLE, until there is room again.
 *
 * Since: 0.1
 */
void
weft_sim_disk_set_quota (WeftSimDisk *self,
                         guint64      bytes_max)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));

  self->bytes_max = bytes_max;
}

/**
 * weft_sim_disk_set_sync_failures:
 * @self: a disk
 * @probability: how likely each sync fails, from 0 to 1
 *
 * Sets how often a sync fails, and with it all batches that wait.
 *
 * Since: 0.1
 */
void
weft_sim_disk_set_sync_failures (WeftSimDisk *self,
                                 double       probability)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));
  g_return_if_fail (probability >= 0 && probability <= 1);

  self->sync_failures = probability;
}

/**
 * weft_sim_disk_set_read_failures:
 * @self: a disk
 * @probability: how likely each read fails, from 0 to 1
 *
 * Sets how often a read fails with %WEFT_ERROR_UNAVAILABLE, whatever it is of. The next one may
 * succeed.
 *
 * Since: 0.1
 */
void
weft_sim_disk_set_read_failures (WeftSimDisk *self,
                                 double       probability)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));
  g_return_if_fail (probability >= 0 && probability <= 1);

  self->read_failures = probability;
}

gboolean
weft_sim_disk_can_read (WeftSimDisk  *self,
                        GError      **error)
{
  if (self->read_failures <= 0 || !weft_sim_prng_chance (self->prng, self->read_failures))
    return TRUE;

  weft_sim_world_count (self->world, "disk-read-failures", 1);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the disk of %s failed to read",
               weft_sim_world_get_actor_name (self->world, self->actor));
  return FALSE;
}

/**
 * weft_sim_disk_set_lying:
 * @self: a disk
 * @is_lying: whether it lies
 *
 * Sets whether the disk says that something is durable when it only has it in a memory of its own,
 * as some do to look faster. Nobody notices before power is lost. When it lies no more, it has
 * written what it had there.
 *
 * Since: 0.1
 */
void
weft_sim_disk_set_lying (WeftSimDisk *self,
                         gboolean     is_lying)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));

  self->is_lying = is_lying;
  if (!is_lying)
    self->n_unwritten = 0;
}

/**
 * weft_sim_disk_repair:
 * @self: a disk
 *
 * Repairs all that was damaged, as a scrub from a mirror does: it reads as it was written. What the
 * atlas notes of the disk stays, as it may have lost something else.
 *
 * Since: 0.1
 */
void
weft_sim_disk_repair (WeftSimDisk *self)
{
  g_return_if_fail (WEFT_IS_SIM_DISK (self));

  weft_sim_world_note (self->world, self->actor, "disk", "is repaired");
  weft_sim_tables_repair (&self->tables);
}

/**
 * weft_sim_disk_damage:
 * @self: a disk
 * @block_id: (nullable): a block, or %NULL for anything on the disk
 *
 * Damages a record that chance chooses: it reads as %WEFT_ERROR_CORRUPT until it is written again,
 * or the disk is repaired.
 *
 * Returns: %TRUE when there was such a record, and the atlas allowed it
 *
 * Since: 0.1
 */
gboolean
weft_sim_disk_damage (WeftSimDisk *self,
                      const char  *block_id)
{
  WeftSimRecord *record;

  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), FALSE);

  record = weft_sim_tables_draw (&self->tables, block_id, self->prng);
  if (record == NULL)
    return FALSE;
  if (self->atlas != NULL &&
      !weft_sim_atlas_claim_block (self->atlas, self->actor, record->shelf->block_id))
    return FALSE;

  weft_sim_world_count (self->world, "disk-damages", 1);
  weft_sim_world_note (self->world, self->actor, "disk", "a record is damaged");
  weft_sim_tables_damage (&self->tables, record);

  return TRUE;
}

/**
 * weft_sim_disk_crash:
 * @self: a disk
 *
 * Ends the process that has the disk open, if there is one. Its storage is closed. Of the batches
 * that are not durable yet the first ones are kept, chance says how many, and the functions of all
 * of them are called with %WEFT_ERROR_CLOSED, in an event of their own, so that nothing leaks.
 *
 * Returns: how many batches were dropped
 *
 * Since: 0.1
 */
guint
weft_sim_disk_crash (WeftSimDisk *self)
{
  guint n_waiting;
  guint n_kept;

  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), 0);

  if (self->owner == NULL)
    return 0;

  n_waiting = self->waiting.length;
  n_kept = weft_sim_prng_below (self->prng, (guint64) n_waiting + 1);
  weft_sim_world_count (self->world, "disk-crashes", 1);
  weft_sim_world_count (self->world, "disk-batches-dropped", n_waiting - n_kept);
  weft_sim_storage_shut (WEFT_SIM_STORAGE (self->owner));
  weft_sim_disk_cut (self, n_kept);

  return n_waiting - n_kept;
}

static gboolean
claim_loss (WeftSimDisk *self,
            const char  *note,
            const char  *counter)
{
  if (self->atlas != NULL && !weft_sim_atlas_claim_disk (self->atlas, self->actor))
    return FALSE;

  weft_sim_world_note (self->world, self->actor, "disk", note);
  weft_sim_world_count (self->world, counter, 1);
  return TRUE;
}

/* As if the last batches that were durable had never been. */
static void
take_back (WeftSimDisk *self,
           guint        n_batches)
{
  guint n_taken = MIN (n_batches, self->past.length);

  for (guint i = 0; i < n_taken; i++)
    {
      g_autoptr (WeftSimSwaps) swaps = g_queue_pop_tail (&self->past);

      weft_sim_tables_undo (&self->tables, swaps);
    }
  self->n_unwritten -= MIN (self->n_unwritten, n_taken);
}

/**
 * weft_sim_disk_lose_power:
 * @self: a disk that is not open
 *
 * Takes the power from a disk that may have lied. Of what it only had in its memory the first
 * batches are there, chance says how many.
 *
 * Returns: how many batches are gone although they were said to be durable; 0 also when the atlas
 *   did not allow it
 *
 * Since: 0.1
 */
guint
weft_sim_disk_lose_power (WeftSimDisk *self)
{
  guint n_lost = 0;

  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), 0);
  g_return_val_if_fail (self->owner == NULL, 0);

  if (self->n_unwritten > 0)
    n_lost = (guint) weft_sim_prng_range (self->prng, 0, self->n_unwritten);
  if (n_lost > 0 && !claim_loss (self, "had not written what it said", "disk-lies-told"))
    n_lost = 0;
  take_back (self, n_lost);
  self->n_unwritten = 0;

  return n_lost;
}

/**
 * weft_sim_disk_roll_back:
 * @self: a disk that is not open
 * @n_batches: how far
 *
 * Puts an old snapshot back: the last batches, at most %WEFT_SIM_DISK_PAST_MAX, are gone although
 * they were durable.
 *
 * Returns: %TRUE unless the atlas did not allow it
 *
 * Since: 0.1
 */
gboolean
weft_sim_disk_roll_back (WeftSimDisk *self,
                         guint        n_batches)
{
  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), FALSE);
  g_return_val_if_fail (self->owner == NULL, FALSE);

  if (!claim_loss (self, "is rolled back", "disk-roll-backs"))
    return FALSE;
  take_back (self, n_batches);

  return TRUE;
}

/**
 * weft_sim_disk_erase:
 * @self: a disk that is not open
 *
 * Puts a new disk in the place of the old one.
 *
 * Returns: %TRUE unless the atlas did not allow it
 *
 * Since: 0.1
 */
gboolean
weft_sim_disk_erase (WeftSimDisk *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_DISK (self), FALSE);
  g_return_val_if_fail (self->owner == NULL, FALSE);

  if (!claim_loss (self, "is lost", "disk-losses"))
    return FALSE;
  g_queue_clear_full (&self->past, (GDestroyNotify) weft_sim_swaps_free);
  self->n_unwritten = 0;
  weft_sim_tables_clear (&self->tables);
  weft_sim_tables_init (&self->tables);

  return TRUE;
}
