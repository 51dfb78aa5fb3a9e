/* weft-cluster-mover.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-mover-private.h"

#include "weft-cluster-move-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-mover-machine-private.h"

/* How many blocks are looked at in one turn, and how often: slowly as long as nobody comes or goes,
 * since others may have moved a block here that is on its way on. */
#define SLICE 128
#define SLOW_USEC (1 * G_TIME_SPAN_SECOND)
#define FAST_USEC (100 * G_TIME_SPAN_MILLISECOND)

struct _WeftClusterMover
{
  guint ref_count;
  WeftCoordinatorRepo *repo; /* (unowned): it closes this before it goes */
  WeftMoverMachine *machine;
  char *after;               /* (nullable): the block that was looked at last */
  GPtrArray *neighbours;     /* (nullable): when it was looked from the beginning */
  gboolean is_fast;          /* until all were looked at once */
  gint64 look_usec;
  gint64 machine_usec;
  guint64 alarm_id;          /* 0 when none is set */
  guint64 n_moved;           /* blocks */
  guint64 n_failed;          /* moves */
  char *last_failure;        /* (nullable) */
  gboolean is_closed;
};

/* A move under way. */
typedef struct
{
  WeftClusterMover *mover;
  guint64 id;
  guint n_blocks;
} Flight;

/* What is found out once for all blocks of a slice, when one needs it. */
typedef struct
{
  GPtrArray *connected; /* (nullable) (element-type WeftPeer) */
  gboolean was_checked;
  gboolean may_move;
} Slice;

static void step (WeftClusterMover *self,
                  WeftMoverEvent   *event);
static void arm (WeftClusterMover *self);

static void
moved_cb (const GError *error,
          gpointer      user_data)
{
  g_autofree Flight *flight = user_data;
  WeftClusterMover *self = flight->mover;
  WeftMoverEvent event = {
    .type = WEFT_MOVER_EVENT_MOVED, .id = flight->id, .is_moved = error == NULL,
  };

  if (!self->is_closed)
    {
      weft_cluster_parts_count (self->repo->parts, error == NULL ? "moves" : "moves-failed");
      if (error == NULL)
        {
          self->n_moved += flight->n_blocks;
        }
      else
        {
          self->n_failed++;
          g_free (self->last_failure);
          self->last_failure = g_strdup (error->message);
          g_debug ("a move failed: %s", error->message);
        }
      step (self, &event);
      arm (self);
    }
  weft_cluster_mover_unref (self);
}

static void
step (WeftClusterMover *self,
      WeftMoverEvent   *event)
{
  WeftClusterParts *parts = self->repo->parts;
  g_auto(WeftMoverEffects) effects;

  weft_mover_effects_init (&effects);
  event->now_usec = weft_cluster_parts_get_now (parts);
  event->chance = weft_cluster_parts_get_chance (parts);
  weft_mover_machine_step (self->machine, event, &effects);
  self->machine_usec = effects.deadline_usec;
  for (guint i = 0; i < effects.moves->len; i++)
    {
      const WeftMove *move = &g_array_index (effects.moves, WeftMove, i);
      Flight *flight = g_new0 (Flight, 1);

      self->ref_count++;
      flight->mover = self;
      flight->id = move->id;
      flight->n_blocks = move->block_ids->len - 1;
      weft_cluster_move (self->repo, (const char * const *) move->block_ids->pdata, move->target,
                         moved_cb, flight);
    }
}

static gboolean
is_among (GPtrArray  *peers,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), peer_id))
      return TRUE;

  return FALSE;
}

static gboolean
is_connected (Slice      *slice,
              WeftPeerId *peer_id)
{
  for (guint i = 0; i < slice->connected->len; i++)
    if (weft_peer_id_equal (weft_peer_get_peer_id (g_ptr_array_index (slice->connected, i)),
                            peer_id))
      return TRUE;

  return FALSE;
}

/* How many of those who keep a block and live come before this node. */
static guint
count_before (WeftClusterMover *self,
              Slice            *slice,
              GPtrArray        *pin,
              GPtrArray        *target)
{
  WeftPeerId *own = self->repo->parts->peer_id;
  guint n = 0;

  if (slice->connected == NULL)
    slice->connected = weft_transport_list_peers (self->repo->transport);
  for (guint i = 0; i < pin->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (pin, i));

      if (weft_peer_id_compare (peer_id, own) < 0
          && (is_among (target, peer_id) || is_connected (slice, peer_id)))
        n++;
    }

  return n;
}

/* In a network that seems to be cut nothing is moved. */
static gboolean
may_move (WeftClusterMover *self,
          Slice            *slice,
          GPtrArray        *target)
{
  if (!slice->was_checked)
    slice->may_move = weft_key_network_check_change (self->repo->key_network, target, NULL);
  slice->was_checked = TRUE;

  return slice->may_move;
}

static void
look_at (WeftClusterMover *self,
         Slice            *slice,
         const char       *block_id)
{
  WeftCoordinatorRepo *repo = self->repo;
  WeftMoverEvent event = { .type = WEFT_MOVER_EVENT_SETTLED, .block_id = block_id };
  g_autoptr(GPtrArray) pin = weft_cluster_pin_find (repo->parts, block_id);
  g_autoptr(GPtrArray) target = NULL;
  gboolean is_confident = FALSE;

  if (pin != NULL && weft_cluster_parts_is_in (repo->parts, pin))
    target = weft_key_network_get_target (repo->key_network, block_id, &is_confident);
  if (target != NULL && is_confident && target->len >= repo->cluster_min
      && !weft_cluster_pin_equal (pin, target) && may_move (self, slice, target))
    {
      event.type = WEFT_MOVER_EVENT_SEEN;
      event.rank = count_before (self, slice, pin, target);
      event.pin = pin;
      event.target = target;
    }
  step (self, &event);
}

static void
look (WeftClusterMover *self)
{
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);
  g_auto(GStrv) block_ids
      = weft_storage_list_blocks (self->repo->parts->storage, self->after, SLICE, NULL);
  guint n_blocks = block_ids != NULL ? g_strv_length (block_ids) : 0;
  Slice slice = { NULL };

  for (guint i = 0; i < n_blocks; i++)
    look_at (self, &slice, block_ids[i]);
  g_clear_pointer (&slice.connected, g_ptr_array_unref);

  g_clear_pointer (&self->after, g_free);
  if (n_blocks == SLICE)
    self->after = g_strdup (block_ids[n_blocks - 1]);
  else
    self->is_fast = FALSE;
  self->look_usec = now_usec + (self->is_fast ? FAST_USEC : SLOW_USEC);
}

/* Whoever came or went may have changed who should keep any of the blocks. */
static void
watch (WeftClusterMover *self)
{
  g_autoptr(GPtrArray) neighbours = weft_key_network_list_peers (self->repo->key_network);

  if (self->neighbours != NULL && weft_cluster_pin_equal (self->neighbours, neighbours))
    return;

  g_clear_pointer (&self->neighbours, g_ptr_array_unref);
  self->neighbours = g_steal_pointer (&neighbours);
  self->is_fast = TRUE;
  g_clear_pointer (&self->after, g_free);
}

static void
alarm_cb (gpointer user_data)
{
  WeftClusterMover *self = user_data;
  gint64 now_usec = weft_cluster_parts_get_now (self->repo->parts);
  WeftMoverEvent event = { .type = WEFT_MOVER_EVENT_TIMEOUT };

  self->alarm_id = 0;
  if (self->look_usec <= now_usec)
    {
      watch (self);
      look (self);
    }
  if (self->machine_usec <= now_usec)
    step (self, &event);
  arm (self);
}

static void
arm (WeftClusterMover *self)
{
  WeftClock *clock = self->repo->parts->clock;

  if (self->alarm_id != 0)
    weft_clock_remove_alarm (clock, self->alarm_id);
  self->alarm_id = weft_clock_add_alarm (clock, MIN (self->look_usec, self->machine_usec),
                                         alarm_cb, self, NULL);
}

WeftClusterMover *
weft_cluster_mover_new (WeftCoordinatorRepo *repo)
{
  WeftClusterMover *self = g_new0 (WeftClusterMover, 1);

  self->ref_count = 1;
  self->repo = repo;
  self->machine = weft_mover_machine_new ();
  self->machine_usec = G_MAXINT64;
  self->look_usec = weft_cluster_parts_get_now (repo->parts) + SLOW_USEC;
  arm (self);

  return self;
}

void
weft_cluster_mover_close (WeftClusterMover *self)
{
  if (self->is_closed)
    return;

  self->is_closed = TRUE;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->repo->parts->clock, self->alarm_id);
  self->alarm_id = 0;
}

void
weft_cluster_mover_unref (WeftClusterMover *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->alarm_id == 0);
  weft_mover_machine_free (self->machine);
  g_clear_pointer (&self->neighbours, g_ptr_array_unref);
  g_free (self->last_failure);
  g_free (self->after);
  g_free (self);
}

JsonNode *
weft_cluster_mover_to_json (WeftClusterMover *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "toMove");
  json_builder_add_int_value (builder, weft_mover_machine_get_waiting (self->machine));
  json_builder_set_member_name (builder, "moving");
  json_builder_add_int_value (builder, weft_mover_machine_get_moving (self->machine));
  json_builder_set_member_name (builder, "moved");
  json_builder_add_int_value (builder, self->n_moved);
  json_builder_set_member_name (builder, "failed");
  json_builder_add_int_value (builder, self->n_failed);
  if (self->last_failure != NULL)
    {
      json_builder_set_member_name (builder, "lastFailure");
      json_builder_add_string_value (builder, self->last_failure);
    }
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
