/* test-sim-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The contract of storages on a simulated disk, driven by a main loop: without faults, and again
 * on a disk that is slow, stalls and crashes whenever nobody uses it. */

#include <weft-sim.h>

#include "weft-storage-contract.h"

typedef struct
{
  WeftSimWorld *world;
  WeftSimDisk *disk;
  GSource *source;
} Place;

/* A source that steps a world while its disk has something to answer. */
typedef struct
{
  GSource parent;
  WeftSimWorld *world;
  WeftSimDisk *disk;
} StepSource;

static gboolean
step_prepare (GSource *source,
              int     *timeout)
{
  StepSource *self = (StepSource *) source;
  gboolean is_ready = weft_sim_disk_get_n_waiting (self->disk) > 0;

  *timeout = is_ready ? 0 : -1;

  return is_ready;
}

static gboolean
step_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  weft_sim_world_step (((StepSource *) source)->world);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs step_funcs = { step_prepare, NULL, step_dispatch, NULL };

static gpointer
sim_set_up (void)
{
  Place *place = g_new0 (Place, 1);
  StepSource *source = (StepSource *) g_source_new (&step_funcs, sizeof (StepSource));

  place->world = weft_sim_world_new (1);
  place->disk = weft_sim_disk_new (place->world, weft_sim_world_add_actor (place->world, "n1"));
  source->world = place->world;
  source->disk = place->disk;
  place->source = (GSource *) source;
  g_source_attach (place->source, NULL);

  return place;
}

/* Syncs that take long now and then, and none at all for a while. */
static gpointer
slow_set_up (void)
{
  WeftSimDelay delay = {
    .shape = WEFT_SIM_DELAY_SHAPE_PARETO,
    .least_usec = 10 * G_TIME_SPAN_MILLISECOND,
    .spread_usec = G_TIME_SPAN_SECOND,
    .tail = 0.5,
  };
  Place *place = sim_set_up ();

  weft_sim_disk_set_sync_delay (place->disk, &delay);
  weft_sim_disk_stall (place->disk, G_TIME_SPAN_MINUTE);

  return place;
}

static void
sim_tear_down (gpointer data)
{
  Place *place = data;

  g_source_destroy (place->source);
  g_source_unref (place->source);
  g_assert_finalize_object (place->disk);
  g_assert_finalize_object (place->world);
  g_free (place);
}

static WeftStorage *
sim_open (gpointer   data,
          GError   **error)
{
  return weft_sim_disk_open (((Place *) data)->disk, error);
}

/* What was closed is durable, so a crash after that takes nothing. */
static WeftStorage *
slow_open (gpointer   data,
           GError   **error)
{
  Place *place = data;
  WeftStorage *storage = weft_sim_disk_open (place->disk, error);

  if (storage == NULL)
    return NULL;
  weft_sim_disk_crash (place->disk);
  g_object_unref (storage);

  return weft_sim_disk_open (place->disk, error);
}

static const WeftStorageFactory slow_factory = {
  .name = "sim-slow",
  .set_up = slow_set_up,
  .tear_down = sim_tear_down,
  .open = slow_open,
  .is_durable = TRUE,
  .owner = "process of n1",
};

static const WeftStorageFactory factory = {
  .name = "sim",
  .set_up = sim_set_up,
  .tear_down = sim_tear_down,
  .open = sim_open,
  .is_durable = TRUE,
  .owner = "process of n1",
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  weft_storage_contract_register (&factory);
  weft_storage_contract_register (&slow_factory);

  return g_test_run ();
}
