/* weft-sim-fence-gate-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

#define WEFT_SIM_FENCE_GATE __attribute__ ((visibility ("default"), used))

/* Says which function was called, what a program in a world does instead, and how it got there.
 * Then aborts. Programs in other languages that guard functions of their own find it by name. */
WEFT_SIM_FENCE_GATE
void     weft_sim_fence_breach       (const char    *function,
                                      const char    *instead) G_GNUC_NORETURN;
/* The function of the system that ours stands before. */
gpointer weft_sim_fence_find         (const char    *function);
/* Whether the fence is here and this thread within an event. */
gboolean weft_sim_fence_is_closed    (void);
/* Whether an address is in the code of GLib itself. */
gboolean weft_sim_fence_is_glib      (gconstpointer  address);
/* Whether two addresses are in the code of one library or program. */
gboolean weft_sim_fence_is_same_code (gconstpointer  address,
                                      gconstpointer  other);

/* Stands before a function of the system: within an event it ends the program, elsewhere it is that
 * function. Threads that come first at the same time all find the same. */
#define WEFT_SIM_FENCE_FORBID(type, name, parameters, arguments, instead) \
  type name parameters; \
  WEFT_SIM_FENCE_GATE type \
  name parameters \
  { \
    static type (*real) parameters; \
    if (weft_sim_fence_is_closed ()) \
      weft_sim_fence_breach (#name, instead); \
    if (real == NULL) \
      real = weft_sim_fence_find (#name); \
    return real arguments; \
  }

G_END_DECLS
