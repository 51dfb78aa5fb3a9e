/* weft-sim-context.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The one place of the simulation that touches a main context and the clock of the machine:
 * programs complete their awaitable calls through GTask, which knows nothing else. */

#include "weft-sim-context-private.h"
#include "weft-sim-fence-private.h"

/* What is not at rest after so many turns feeds itself. */
#define TURNS_MAX 1000000

/* Files and sockets do not exist in a simulated world, and nothing is waited for. */
static int
poll_nothing (GPollFD *fds,
              guint    n_fds,
              int      timeout_msec)
{
  for (guint i = 0; i < n_fds; i++)
    fds[i].revents = 0;

  return 0;
}

/* GTask answers at once or in a later turn depending on whether the turn it was made in has the
 * same microsecond as the present one. Two turns of ours never have: behind a fence GLib is given
 * a time of ours, elsewhere the microsecond of the machine has to pass. */
static void
leave_microsecond (gint64 *last_usec)
{
  gint64 now_usec;

  if (weft_sim_fence_is_installed ())
    {
      weft_sim_fence_turn ();
      return;
    }

  do
    now_usec = g_get_monotonic_time ();
  while (now_usec == *last_usec);
  *last_usec = now_usec;
}

GMainContext *
weft_sim_context_get_default (void)
{
  return g_main_context_ref_thread_default ();
}

GMainContext *
weft_sim_context_ref (GMainContext *context)
{
  return g_main_context_ref (context);
}

void
weft_sim_context_unref (GMainContext *context)
{
  g_main_context_unref (context);
}

GPollFunc
weft_sim_context_enter (GMainContext *context)
{
  GPollFunc poll_func;

  if (!g_main_context_acquire (context))
    g_error ("the main context of a simulated world is run by another thread");
  poll_func = g_main_context_get_poll_func (context);
  g_main_context_set_poll_func (context, poll_nothing);

  return poll_func;
}

void
weft_sim_context_settle (GMainContext *context)
{
  gint64 last_usec = 0;
  guint n_turns = 0;

  /* Nothing comes from files, so what is ready is so before anybody polls: mostly nothing is, and
   * to prepare is all of a turn that is needed to see that. */
  while (g_main_context_prepare (context, NULL) && g_main_context_iteration (context, FALSE))
    {
      leave_microsecond (&last_usec);
      if (++n_turns == TURNS_MAX)
        g_error ("the main context of a simulated world does not come to rest");
    }
}

void
weft_sim_context_leave (GMainContext *context,
                        GPollFunc     poll_func)
{
  g_main_context_set_poll_func (context, poll_func);
  g_main_context_release (context);
}
