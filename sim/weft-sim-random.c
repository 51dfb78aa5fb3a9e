/* weft-sim-random.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-random.h"

#include "weft-sim-prng.h"

/**
 * WeftSimRandom:
 *
 * A [iface@Weft.Random] whose chance a seed and a name give.
 *
 * The keys that are made of it protect nothing. Each request for bytes starts at a new draw, so
 * the bytes depend on how a caller cuts its requests.
 *
 * Since: 0.1
 */
struct _WeftSimRandom
{
  GObject parent_instance;

  WeftSimPrng *prng;
};

static void
weft_sim_random_fill (WeftRandom *random,
                      guint8     *data,
                      gsize       length)
{
  weft_sim_prng_fill (WEFT_SIM_RANDOM (random)->prng, data, length);
}

static void
random_iface_init (WeftRandomInterface *iface)
{
  iface->fill = weft_sim_random_fill;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimRandom, weft_sim_random, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_RANDOM, random_iface_init))

static void
weft_sim_random_finalize (GObject *object)
{
  g_clear_pointer (&WEFT_SIM_RANDOM (object)->prng, weft_sim_prng_free);

  G_OBJECT_CLASS (weft_sim_random_parent_class)->finalize (object);
}

static void
weft_sim_random_class_init (WeftSimRandomClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_random_finalize;
}

static void
weft_sim_random_init (WeftSimRandom *self)
{
}

/**
 * weft_sim_random_new:
 * @seed: the seed of the run
 * @name: the name of the stream
 *
 * Makes a source of chance with a stream of its own.
 *
 * Returns: (transfer full): a new source of chance
 *
 * Since: 0.1
 */
WeftSimRandom *
weft_sim_random_new (guint64     seed,
                     const char *name)
{
  WeftSimRandom *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (WEFT_TYPE_SIM_RANDOM, NULL);
  self->prng = weft_sim_prng_new (seed, name);

  return self;
}
