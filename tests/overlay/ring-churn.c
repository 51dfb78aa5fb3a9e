/* ring-churn.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-world.h"

/* Who goes says goodbye once in so many times, and has another address when it returns. */
#define GOODBYE_IN 5
#define MOVE_IN 3
/* It stays away for a tenth of what it stayed, within these. */
#define AWAY_MIN_USEC RING_SECONDS (10)
#define AWAY_MAX_USEC RING_SECONDS (60)
#define BOOTSTRAP_ADDRESSES 3

static void
end_session (gpointer world,
             guint    node)
{
  RingWorld *self = world;

  if (!self->is_churning || !self->nodes[node].is_up)
    return;
  if (ring_chance_below (&self->chance, GOODBYE_IN) == 0)
    ring_node_leave (self, &self->nodes[node]);
  else
    ring_node_crash (self, &self->nodes[node]);
}

static void
come_back (gpointer world,
           guint    node)
{
  RingWorld *self = world;

  if (ring_chance_below (&self->chance, MOVE_IN) == 0)
    ring_node_move (self, &self->nodes[node]);
  ring_node_start (self, &self->nodes[node], BOOTSTRAP_ADDRESSES);
}

void
ring_churn_started (RingWorld *self,
                    RingNode  *node)
{
  if (!self->is_churning)
    return;
  ring_world_call (self, ring_chance_exponential (&self->chance, self->settings.session_usec),
                   end_session, node->index);
}

void
ring_churn_gone (RingWorld *self,
                 RingNode  *node)
{
  gint64 away_usec = CLAMP (self->settings.session_usec / 10, AWAY_MIN_USEC, AWAY_MAX_USEC);

  if (!self->is_churning)
    return;
  ring_world_call (self, ring_chance_exponential (&self->chance, away_usec), come_back,
                   node->index);
}

void
ring_churn_begin (RingWorld *self)
{
  g_assert (self->settings.session_usec > 0);

  self->is_churning = TRUE;
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].is_up)
      ring_churn_started (self, &self->nodes[i]);
}
