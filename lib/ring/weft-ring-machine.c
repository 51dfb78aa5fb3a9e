/* weft-ring-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

#define CAPACITY 2048
#define SIDE 8
#define PERIOD_USEC (1 * G_TIME_SPAN_SECOND)
/* How long what others measured is worth something. */
#define REPORT_USEC (2 * G_TIME_SPAN_MINUTE)

static void
clear_contact (gpointer data)
{
  weft_ring_contact_unref (*(WeftRingContact **) data);
}

static void
clear_case (gpointer data)
{
  weft_ring_contact_unref (((WeftRingCase *) data)->contact);
}

static void
clear_candidate (gpointer data)
{
  weft_ring_contact_unref (((WeftRingCandidate *) data)->contact);
}

static void
clear_boot (gpointer data)
{
  WeftRingBoot *boot = data;

  g_clear_pointer (&boot->contact, weft_ring_contact_unref);
  g_free (boot->address);
}

static GArray *
array_new (gsize          size,
           GDestroyNotify clear)
{
  GArray *array = g_array_new (FALSE, TRUE, size);

  if (clear != NULL)
    g_array_set_clear_func (array, clear);

  return array;
}

static void
make_arrays (WeftRingMachine *self)
{
  self->ops = array_new (sizeof (WeftRingOp), NULL);
  self->cases = array_new (sizeof (WeftRingCase), clear_case);
  self->candidates = array_new (sizeof (WeftRingCandidate), clear_candidate);
  self->tombstones = array_new (sizeof (WeftRingTombstone), NULL);
  /* The contact is its first member. */
  self->lost = array_new (sizeof (WeftRingLost), clear_contact);
  self->reports = array_new (sizeof (WeftRingReport), NULL);
  self->boots = array_new (sizeof (WeftRingBoot), clear_boot);
  self->lookups = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_lookup_free);
}

WeftRingMachine *
weft_ring_machine_new (const WeftRingConfig *config)
{
  WeftRingMachine *self = g_new0 (WeftRingMachine, 1);

  g_assert (config->network != NULL);
  g_assert (config->sign != NULL);
  g_assert (config->verify != NULL);
  g_assert (config->neighbours_per_side <= RING_SIDE_MAX);

  self->peer_id = weft_peer_id_ref (config->peer_id);
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; config->addresses != NULL && i < config->addresses->len; i++)
    g_ptr_array_add (self->addresses, g_strdup (config->addresses->pdata[i]));
  self->metadata = config->metadata != NULL ? json_node_ref (config->metadata) : NULL;
  self->network = g_strdup (config->network);
  self->is_on_ring = config->is_on_ring;
  self->capacity = config->table_capacity != 0 ? config->table_capacity : CAPACITY;
  self->n_side = config->neighbours_per_side != 0 ? config->neighbours_per_side : SIDE;
  self->period_usec = config->probe_period_usec != 0 ? config->probe_period_usec : PERIOD_USEC;
  self->sign = config->sign;
  self->sign_data = config->sign_data;
  self->verify = config->verify;
  self->verify_data = config->verify_data;

  self->own = weft_ring_contact_new (self->peer_id, self->addresses, config->incarnation,
                                     self->metadata, self->network, self->sign, self->sign_data);
  self->table = weft_ring_table_new (weft_ring_contact_get_point (self->own), self->capacity,
                                     self->n_side);
  self->partition = weft_ring_partition_new ();
  weft_ring_turnover_init (&self->turnover);
  make_arrays (self);
  self->near.is_stale = TRUE;
  self->version = weft_ring_table_get_version (self->table);
  self->tick_usec = G_MAXINT64;
  self->size = 1;

  return self;
}

void
weft_ring_machine_free (WeftRingMachine *self)
{
  for (guint i = 0; i < self->ops->len; i++)
    weft_ring_op_clear (&g_array_index (self->ops, WeftRingOp, i));
  g_clear_pointer (&self->ops, g_array_unref);
  g_clear_pointer (&self->cases, g_array_unref);
  g_clear_pointer (&self->candidates, g_array_unref);
  g_clear_pointer (&self->tombstones, g_array_unref);
  g_clear_pointer (&self->lost, g_array_unref);
  g_clear_pointer (&self->reports, g_array_unref);
  g_clear_pointer (&self->boots, g_array_unref);
  g_clear_pointer (&self->lookups, g_ptr_array_unref);
  g_clear_pointer (&self->goodbyes, g_ptr_array_unref);
  g_clear_pointer (&self->goodbye, weft_ring_message_unref);
  g_clear_pointer (&self->buckets, g_free);
  g_clear_pointer (&self->partition, weft_ring_partition_free);
  g_clear_pointer (&self->table, weft_ring_table_free);
  g_clear_pointer (&self->own, weft_ring_contact_unref);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->metadata, json_node_unref);
  g_clear_pointer (&self->network, g_free);
  g_free (self);
}

/* splitmix64, from the chance of the step. */
guint64
weft_ring_draw (WeftRingMachine *self)
{
  guint64 value = self->chance += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return value ^ (value >> 31);
}

double
weft_ring_draw_fraction (WeftRingMachine *self)
{
  return (double) (weft_ring_draw (self) >> 11) * 0x1p-53;
}

gint64
weft_ring_draw_jitter (WeftRingMachine *self,
                       gint64           usec)
{
  return (gint64) ((double) usec * (0.85 + 0.3 * weft_ring_draw_fraction (self)));
}

void
weft_ring_count (WeftRingMachine *self,
                 const char      *counter)
{
  weft_ring_effects_add (self->effects, WEFT_RING_EFFECT_COUNT)->counter = counter;
}

static void
start (WeftRingMachine     *self,
       const WeftRingEvent *event)
{
  g_assert (!self->is_started);

  self->is_started = TRUE;
  self->started_usec = self->now_usec;
  self->salt = weft_ring_draw (self);
  self->tick_usec = self->now_usec + weft_ring_draw_jitter (self, PERIOD_USEC / 8);
  self->probe_usec = self->now_usec + weft_ring_draw_jitter (self, self->period_usec);
  self->self_lookup_usec = self->now_usec + PERIOD_USEC / 2;
  self->n_samples = 4;
  for (guint i = 0; event->contacts != NULL && i < event->contacts->len; i++)
    weft_ring_hear (self, event->contacts->pdata[i], NULL, FALSE);
}

static void
handle_lost (WeftRingMachine     *self,
             const WeftRingEvent *event)
{
  WeftRingEntry *entry = weft_ring_table_find (self->table, event->peer_id);

  if (entry != NULL && !self->is_leaving)
    weft_ring_probe (self, entry->contact, FALSE);
}

static void
handle_timeout (WeftRingMachine *self)
{
  weft_ring_lookups_step (self);
  if (self->is_leaving || !self->is_started)
    return;
  weft_ring_cases_step (self);
  weft_ring_upkeep (self);
}

static void
handle (WeftRingMachine     *self,
        const WeftRingEvent *event)
{
  switch (event->type)
    {
    case WEFT_RING_EVENT_START:
      start (self, event);
      break;

    case WEFT_RING_EVENT_BOOTSTRAP:
      weft_ring_boot (self, event->text);
      self->tick_usec = self->is_started ? MIN (self->tick_usec, self->now_usec) : self->tick_usec;
      break;

    case WEFT_RING_EVENT_REQUEST:
      weft_ring_handle_request (self, event);
      break;

    case WEFT_RING_EVENT_REPLY:
      weft_ring_handle_reply (self, event);
      break;

    case WEFT_RING_EVENT_FAILED:
      weft_ring_handle_failed (self, event->id, event->is_full);
      break;

    case WEFT_RING_EVENT_LOOKUP:
      weft_ring_lookup_start (self, event);
      break;

    case WEFT_RING_EVENT_WITHDRAW:
      weft_ring_lookup_withdraw (self, event->token);
      break;

    case WEFT_RING_EVENT_LOST:
      handle_lost (self, event);
      break;

    case WEFT_RING_EVENT_LEAVE:
      weft_ring_leave (self);
      break;

    case WEFT_RING_EVENT_TIMEOUT:
      handle_timeout (self);
      break;

    default:
      g_assert_not_reached ();
    }
}

static gint64
get_deadline (WeftRingMachine *self)
{
  gint64 deadline_usec = weft_ring_lookups_get_deadline (self);

  if (self->is_leaving)
    return deadline_usec;
  for (guint i = 0; i < self->cases->len; i++)
    {
      const WeftRingCase *found = &g_array_index (self->cases, WeftRingCase, i);

      if (found->stage == RING_STAGE_PAUSE)
        deadline_usec = MIN (deadline_usec, found->due_usec);
    }

  return MIN (deadline_usec, self->tick_usec);
}

void
weft_ring_machine_step (WeftRingMachine     *self,
                        const WeftRingEvent *event,
                        WeftRingEffects     *effects)
{
  gboolean was_joined = self->is_joined;
  guint64 version;

  g_assert (self->effects == NULL);
  g_assert (event->now_usec >= self->now_usec);

  self->effects = effects;
  self->now_usec = event->now_usec;
  self->chance = event->chance;
  handle (self, event);
  version = weft_ring_table_get_version (self->table);
  /* Who has joined may rely on a table that it could not rely on before. */
  if (version != self->version || was_joined != self->is_joined)
    {
      self->version = version;
      weft_ring_effects_add (effects, WEFT_RING_EFFECT_CHANGED);
    }
  effects->deadline_usec = get_deadline (self);
  self->effects = NULL;
}

WeftRingContact *
weft_ring_machine_get_own (WeftRingMachine *self)
{
  return self->own;
}

WeftRingTable *
weft_ring_machine_get_table (WeftRingMachine *self)
{
  return self->table;
}

GPtrArray *
weft_ring_machine_get_cohort (WeftRingMachine     *self,
                              const WeftRingPoint *point,
                              guint                width,
                              GPtrArray           *excluded,
                              gboolean            *is_confident)
{
  if (is_confident != NULL)
    *is_confident = weft_ring_covers (self, point, width + (excluded != NULL ? excluded->len : 0));

  return weft_ring_table_get_cohort (self->table, point, width,
                                     self->is_on_ring ? self->own : NULL, excluded);
}

WeftRingEstimate
weft_ring_machine_get_estimate (WeftRingMachine *self,
                                gint64           now_usec)
{
  WeftRingMeasure measures[RING_REPORTS_MAX];
  guint n = 0;

  for (guint i = 0; i < self->reports->len; i++)
    {
      const WeftRingReport *report = &g_array_index (self->reports, WeftRingReport, i);

      if (now_usec - report->heard_usec < REPORT_USEC)
        measures[n++] = report->measure;
    }

  return weft_ring_estimate_pool (&weft_ring_get_near (self)->measure, measures, n);
}

gboolean
weft_ring_machine_is_partitioned (WeftRingMachine *self,
                                  gint64           now_usec,
                                  const char     **reason)
{
  const char *why = weft_ring_partition_get_reason (self->partition, now_usec);

  if (reason != NULL)
    *reason = why;

  return why != NULL;
}

gboolean
weft_ring_machine_is_joined (WeftRingMachine *self)
{
  return self->is_joined;
}

gboolean
weft_ring_machine_do_paths_differ (WeftRingMachine *self)
{
  return !self->is_joined && weft_ring_join_do_paths_differ (self);
}
