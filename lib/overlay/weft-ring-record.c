/* weft-ring-record.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a node on a ring knows again after a restart: whom it knew, how large the network was at its
 * largest, whether it ever saw anybody, and a number for its next life. It is one value of the
 * storage, {"contacts":[…],"incarnation","seenOthers","sizeMax"}. */

#include "config.h"

#include "weft-content-private.h"
#include "weft-ring-key-network-private.h"

#define VALUE_NAME "ring"
#define CONTACTS_MAX 128
#define SAVE_USEC G_TIME_SPAN_MINUTE
/* A size that is that much above what was saved is worth saving at once. */
#define SIZE_STEP 1.2

static gint64
get_integer (JsonObject *object,
             const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

static void
take_contacts (WeftRingKeyNetwork *self,
               JsonObject         *object,
               GPtrArray          *contacts)
{
  JsonNode *node = json_object_get_member (object, "contacts");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                  : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autoptr(GError) error = NULL;
      WeftRingContact *contact
          = weft_ring_contact_from_json (json_array_get_element (array, i), &error);

      if (contact != NULL)
        g_ptr_array_add (contacts, contact);
      else
        g_info ("ring: a contact that was kept is not one: %s", error->message);
    }
}

GPtrArray *
weft_ring_record_load (WeftRingKeyNetwork *self)
{
  GPtrArray *contacts
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) json = NULL;
  gint64 incarnation = weft_clock_get_real (self->clock) / G_TIME_SPAN_MILLISECOND;

  if (self->storage != NULL)
    json = weft_storage_read_value (self->storage, VALUE_NAME, &error);
  if (json != NULL && JSON_NODE_HOLDS_OBJECT (json))
    {
      JsonObject *object = json_node_get_object (json);

      take_contacts (self, object, contacts);
      /* A clock may have been set back. */
      incarnation = MAX (incarnation, get_integer (object, "incarnation") + 1);
      self->has_seen_others
          = json_object_get_boolean_member_with_default (object, "seenOthers", FALSE);
      weft_ring_mark_init (&self->mark, json_object_get_double_member_with_default (object,
                                                                                    "sizeMax", 1));
    }
  if (self->is_forgetting)
    {
      weft_ring_mark_init (&self->mark, 1);
      self->is_forgetting = FALSE;
    }
  self->incarnation = MAX (incarnation, 1);
  self->saved_mark = self->mark.size;

  return contacts;
}

static void
saved_cb (WeftStorage  *storage,
          const GError *error,
          gpointer      user_data)
{
  if (error != NULL)
    g_warning ("ring: what it should know after a restart was not kept: %s", error->message);
}

void
weft_ring_record_save (WeftRingKeyNetwork *self)
{
  g_autoptr(GPtrArray) contacts = NULL;
  g_autoptr(WeftBatch) batch = NULL;
  g_autoptr(JsonNode) json = NULL;
  JsonObject *object;
  JsonArray *array;

  if (self->storage == NULL || self->machine == NULL)
    return;

  contacts = weft_ring_machine_export (self->machine, CONTACTS_MAX);
  /* Whom we knew before is worth more than nobody. */
  if (contacts->len == 0 && self->has_seen_others)
    {
      g_autoptr(JsonNode) old = weft_storage_read_value (self->storage, VALUE_NAME, NULL);

      if (old != NULL && JSON_NODE_HOLDS_OBJECT (old))
        take_contacts (self, json_node_get_object (old), contacts);
    }

  object = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < contacts->len; i++)
    json_array_add_element (array, weft_ring_contact_to_json (g_ptr_array_index (contacts, i)));
  json_object_set_array_member (object, "contacts", array);
  json_object_set_int_member (object, "incarnation",
                              weft_ring_contact_get_incarnation (
                                weft_ring_machine_get_own (self->machine)));
  json_object_set_boolean_member (object, "seenOthers", self->has_seen_others);
  json_object_set_double_member (object, "sizeMax", self->mark.size);
  json = weft_content_seal_object (object);

  batch = weft_batch_new ();
  weft_batch_put_value (batch, VALUE_NAME, json);
  weft_storage_submit (self->storage, batch, saved_cb, NULL);
  self->saved_usec = weft_clock_get_monotonic (self->clock);
  self->saved_mark = self->mark.size;
}

void
weft_ring_record_update (WeftRingKeyNetwork *self)
{
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  WeftRingEstimate estimate;
  gboolean has_seen_others = self->has_seen_others;

  if (self->machine == NULL)
    return;

  estimate = weft_ring_machine_get_estimate (self->machine, now_usec);
  if (weft_ring_table_get_size (weft_ring_machine_get_table (self->machine)) > 0)
    has_seen_others = TRUE;
  /* An estimate of a young node is no mark to be held to later. */
  if (estimate.is_exact || estimate.confidence > 0.8)
    weft_ring_mark_note (&self->mark, estimate.size, estimate.is_exact,
                         weft_ring_machine_is_partitioned (self->machine, now_usec, NULL),
                         now_usec);

  if (has_seen_others == self->has_seen_others
      && self->mark.size <= SIZE_STEP * self->saved_mark
      && now_usec - self->saved_usec < SAVE_USEC)
    return;
  self->has_seen_others = has_seen_others;
  weft_ring_record_save (self);
}
