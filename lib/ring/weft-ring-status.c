/* weft-ring-status.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-content-private.h"
#include "weft-ring-machine-internal-private.h"

static int
compare_heard (gconstpointer a,
               gconstpointer b)
{
  const WeftRingEntry *left = *(WeftRingEntry *const *) a;
  const WeftRingEntry *right = *(WeftRingEntry *const *) b;

  return (left->heard_usec < right->heard_usec) - (left->heard_usec > right->heard_usec);
}

/* The neighbours, then those who were heard from last. */
GPtrArray *
weft_ring_machine_export (WeftRingMachine *self,
                          guint            max)
{
  GPtrArray *contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  WeftRingEntry *sides[2 * RING_SIDE_MAX];
  guint n;

  n = weft_ring_table_get_successors (self->table, sides, self->n_side);
  n += weft_ring_table_get_predecessors (self->table, sides + n, self->n_side);
  for (guint i = 0; i < n && contacts->len < max; i++)
    if (!g_ptr_array_find (contacts, sides[i]->contact, NULL))
      g_ptr_array_add (contacts, weft_ring_contact_ref (sides[i]->contact));
  for (guint i = 0; i < weft_ring_table_get_size (self->table); i++)
    g_ptr_array_add (entries, weft_ring_table_get (self->table, i));
  g_ptr_array_sort (entries, compare_heard);
  for (guint i = 0; i < entries->len && contacts->len < max; i++)
    {
      const WeftRingEntry *entry = entries->pdata[i];

      if (!g_ptr_array_find (contacts, entry->contact, NULL))
        g_ptr_array_add (contacts, weft_ring_contact_ref (entry->contact));
    }

  return contacts;
}

static JsonArray *
side_to_json (WeftRingEntry **entries,
              guint           n,
              gint64          now_usec)
{
  JsonArray *array = json_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = json_object_new ();
      WeftPeerId *peer_id = weft_ring_contact_get_peer_id (entries[i]->contact);

      json_object_set_string_member (object, "id", weft_peer_id_get_text (peer_id));
      json_object_set_int_member (object, "heardMsec", (now_usec - entries[i]->heard_usec) / 1000);
      json_object_set_int_member (object, "rttMsec", (gint64) entries[i]->rtt_mean / 1000);
      json_array_add_object_element (array, object);
    }

  return array;
}

JsonNode *
weft_ring_machine_to_json (WeftRingMachine *self,
                           gint64           now_usec)
{
  JsonObject *object = json_object_new ();
  WeftRingEntry *entries[RING_SIDE_MAX];
  WeftRingEstimate estimate = weft_ring_machine_get_estimate (self, now_usec);
  const char *reason = NULL;
  guint n;

  json_object_set_string_member (object, "id", weft_peer_id_get_text (self->peer_id));
  json_object_set_int_member (object, "incarnation", weft_ring_contact_get_incarnation (self->own));
  json_object_set_boolean_member (object, "joined", self->is_joined);
  json_object_set_boolean_member (object, "pathsDiffer", weft_ring_machine_do_paths_differ (self));
  json_object_set_boolean_member (object, "leaving", self->is_leaving);
  json_object_set_double_member (object, "size", estimate.size);
  json_object_set_double_member (object, "confidence", estimate.confidence);
  json_object_set_boolean_member (object, "exact", estimate.is_exact);
  json_object_set_boolean_member (object, "cut",
                                  weft_ring_machine_is_partitioned (self, now_usec, &reason));
  if (reason != NULL)
    json_object_set_string_member (object, "why", reason);
  json_object_set_int_member (object, "table", weft_ring_table_get_size (self->table));
  json_object_set_int_member (object, "quarantine", self->candidates->len);
  json_object_set_int_member (object, "tombstones", self->tombstones->len);
  json_object_set_int_member (object, "lost", self->lost->len);
  json_object_set_int_member (object, "health", self->health);
  n = weft_ring_table_get_successors (self->table, entries, self->n_side);
  json_object_set_array_member (object, "after", side_to_json (entries, n, now_usec));
  n = weft_ring_table_get_predecessors (self->table, entries, self->n_side);
  json_object_set_array_member (object, "before", side_to_json (entries, n, now_usec));

  return weft_content_seal_object (object);
}

static void
check_ops (WeftRingMachine *self)
{
  guint n_open = 0;
  guint n_tries = 0;

  for (guint i = 0; i < self->ops->len; i++)
    {
      const WeftRingOp *op = &g_array_index (self->ops, WeftRingOp, i);

      n_open += op->id != 0;
      n_tries += op->kind == RING_OP_TRY;
      g_assert ((op->id != 0) == (op->kind != RING_OP_FREE));
      g_assert ((op->kind == RING_OP_HELP) == (op->message != NULL));
    }
  g_assert (n_open == self->n_ops);
  g_assert (n_open <= RING_OPS_MAX);
  g_assert (n_tries == self->n_tries);
}

static void
check_cases (WeftRingMachine *self)
{
  g_assert (self->cases->len <= RING_CASES_MAX);
  for (guint i = 0; i < self->cases->len; i++)
    {
      const WeftRingCase *found = &g_array_index (self->cases, WeftRingCase, i);
      guint n_open = 0;

      for (guint j = 0; j < self->ops->len; j++)
        {
          const WeftRingOp *op = &g_array_index (self->ops, WeftRingOp, j);

          n_open += (op->kind == RING_OP_PROBE || op->kind == RING_OP_INDIRECT) &&
                    op->link == found->serial;
        }
      g_assert (n_open == found->n_open);
      g_assert ((found->stage == RING_STAGE_PAUSE) == (n_open == 0));
    }
}

/* What data/docs/overlay.md says must hold. */
void
weft_ring_machine_check (WeftRingMachine *self)
{
  const WeftRingPoint *own = weft_ring_contact_get_point (self->own);
  guint n_shares;

  weft_ring_table_check (self->table);
  g_assert (weft_ring_table_find_point (self->table, own) == NULL);
  g_assert (weft_ring_table_get_size (self->table) <= self->capacity);
  check_ops (self);
  check_cases (self);
  weft_ring_lookups_check (self);

  n_shares = 0;
  for (guint i = 0; i < RING_SHARES; i++)
    n_shares += self->shares[i];
  g_assert (n_shares == self->candidates->len);
  g_assert (self->candidates->len <= RING_QUARANTINE_MAX);
  for (guint i = 1; i < self->candidates->len; i++)
    g_assert (g_array_index (self->candidates, WeftRingCandidate, i - 1).prefix <
              g_array_index (self->candidates, WeftRingCandidate, i).prefix);
  g_assert (self->tombstones->len <= RING_TOMBSTONES_MAX);
  for (guint i = 1; i < self->tombstones->len; i++)
    g_assert (g_array_index (self->tombstones, WeftRingTombstone, i - 1).prefix <
              g_array_index (self->tombstones, WeftRingTombstone, i).prefix);
  g_assert (self->lost->len <= RING_LOST_MAX);
  for (guint i = 0; i < self->lost->len; i++)
    {
      WeftRingContact *lost = g_array_index (self->lost, WeftRingLost, i).contact;

      g_assert (weft_ring_table_find_point (self->table, weft_ring_contact_get_point (lost)) ==
                NULL);
    }
  g_assert (self->reports->len <= RING_REPORTS_MAX);
  g_assert (self->boots->len <= RING_BOOTS_MAX);
  /* Whoever is in the table is in no tombstone of the same life. */
  for (guint i = 0; i < weft_ring_table_get_size (self->table); i++)
    {
      const WeftRingEntry *entry = weft_ring_table_get (self->table, i);
      const WeftRingTombstone *tombstone = weft_ring_find_tombstone (self, entry->prefix);

      g_assert (tombstone == NULL ||
                tombstone->incarnation != weft_ring_contact_get_incarnation (entry->contact));
    }
}
