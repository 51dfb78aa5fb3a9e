/* weft-coordinator-gather.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-gather-private.h"

#define LINGER_USEC (50 * G_TIME_SPAN_MILLISECOND)

struct _WeftGathering
{
  WeftCoordinatorRepo *repo; /* that has it */
  GPtrArray *ready;          /* (element-type WeftChange) (owned) */
  guint64 alarm_id;          /* 0 when none is set */
  WeftLingersFunc lingers;
  WeftGatheredFunc gathered;
  gpointer user_data;
};

static void
turn_over_cb (gpointer user_data)
{
  WeftGathering *self = user_data;
  g_autoptr(WeftCoordinatorRepo) repo = g_object_ref (self->repo);
  g_autoptr(GPtrArray) ready = g_steal_pointer (&self->ready);

  self->alarm_id = 0;
  self->ready = g_ptr_array_new ();
  self->gathered (repo, ready, self->user_data);
}

/* Before all that is due by now, so that what it sends leaves with the messages of this turn. In a
 * simulation hardly two things happen at the same moment, so there it may take longer. */
static gint64
find_end_of_turn (WeftGathering *self)
{
  if (self->lingers ())
    return weft_cluster_parts_get_now (self->repo->parts) + LINGER_USEC;

  return 0;
}

void
weft_gathering_add (WeftGathering *self,
                    WeftChange    *change)
{
  g_ptr_array_add (self->ready, change);
  if (self->alarm_id == 0)
    self->alarm_id = weft_clock_add_alarm (self->repo->parts->clock, find_end_of_turn (self),
                                           turn_over_cb, self, NULL);
}

WeftGathering *
weft_gathering_new (WeftCoordinatorRepo *repo,
                    WeftLingersFunc      lingers,
                    WeftGatheredFunc     gathered,
                    gpointer             user_data)
{
  WeftGathering *self = g_new0 (WeftGathering, 1);

  self->repo = repo;
  self->ready = g_ptr_array_new ();
  self->lingers = lingers;
  self->gathered = gathered;
  self->user_data = user_data;

  return self;
}

void
weft_gathering_close (WeftGathering *self)
{
  if (self->alarm_id == 0)
    return;

  weft_clock_remove_alarm (self->repo->parts->clock, self->alarm_id);
  turn_over_cb (self);
}

void
weft_gathering_free (WeftGathering *self)
{
  g_assert (self->ready->len == 0);

  g_ptr_array_unref (self->ready);
  g_free (self);
}
