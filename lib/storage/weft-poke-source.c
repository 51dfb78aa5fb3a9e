/* weft-poke-source.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-poke-source-private.h"

static gboolean
poke_source_dispatch (GSource     *source,
                      GSourceFunc  func,
                      gpointer     user_data)
{
  /* Before the callback, so that a poke that comes while it runs is not lost. */
  g_source_set_ready_time (source, -1);

  return func (user_data);
}

static GSourceFuncs poke_source_funcs = {
  .dispatch = poke_source_dispatch,
};

GSource *
weft_poke_source_new (GSourceFunc func,
                      gpointer    user_data)
{
  GSource *source = g_source_new (&poke_source_funcs, sizeof (GSource));

  g_source_set_callback (source, func, user_data, NULL);
  g_source_set_static_name (source, "Weft storage completions");

  return source;
}

void
weft_poke_source_poke (GSource *source)
{
  g_source_set_ready_time (source, 0);
}
