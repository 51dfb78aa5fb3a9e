/* weft-poke-source.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-poke-source-private.h"

/* A ready time would do too, but who sets one wakes the loop with its lock held, and the loop
 * wakes only to wait for that. */
typedef struct
{
  GSource parent;

  GMainContext *context; /* unowned, NULL until it is attached */
  int is_poked;          /* atomic */
} PokeSource;

static gboolean
poke_source_prepare (GSource *source,
                     int     *timeout_msec)
{
  *timeout_msec = -1;

  return g_atomic_int_get (&((PokeSource *) source)->is_poked);
}

static gboolean
poke_source_check (GSource *source)
{
  return g_atomic_int_get (&((PokeSource *) source)->is_poked);
}

static gboolean
poke_source_dispatch (GSource     *source,
                      GSourceFunc  func,
                      gpointer     user_data)
{
  /* Before the callback, so that a poke that comes while it runs is not lost. */
  g_atomic_int_set (&((PokeSource *) source)->is_poked, FALSE);

  return func (user_data);
}

static GSourceFuncs poke_source_funcs = {
  .prepare = poke_source_prepare,
  .check = poke_source_check,
  .dispatch = poke_source_dispatch,
};

GSource *
weft_poke_source_new (GSourceFunc func,
                      gpointer    user_data)
{
  GSource *source = g_source_new (&poke_source_funcs, sizeof (PokeSource));

  g_source_set_callback (source, func, user_data, NULL);
  g_source_set_static_name (source, "Weft storage completions");

  return source;
}

void
weft_poke_source_attach (GSource      *source,
                         GMainContext *context)
{
  ((PokeSource *) source)->context = context;
  g_source_attach (source, context);
}

void
weft_poke_source_poke (GSource *source)
{
  PokeSource *self = (PokeSource *) source;

  if (g_atomic_int_compare_and_exchange (&self->is_poked, FALSE, TRUE) && self->context != NULL)
    g_main_context_wakeup (self->context);
}
