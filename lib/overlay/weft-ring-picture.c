/* weft-ring-picture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The ring as JSON, from which tools draw. */

#include "config.h"

#include "weft-ring-key-network-private.h"

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder,
             const char  *name,
             gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_number (JsonBuilder *builder,
            const char  *name,
            double       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_contact (JsonBuilder     *builder,
             WeftRingContact *contact)
{
  GPtrArray *addresses = weft_ring_contact_get_addresses (contact);

  add_string (builder, "id", weft_peer_id_get_text (weft_ring_contact_get_peer_id (contact)));
  add_number (builder, "place",
              weft_ring_point_to_fraction (weft_ring_contact_get_point (contact)));
  json_builder_set_member_name (builder, "addrs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < addresses->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (addresses, i));
  json_builder_end_array (builder);
}

static void
add_entry (WeftRingKeyNetwork *self,
           JsonBuilder        *builder,
           WeftRingTable      *table,
           WeftRingEntry      *entry)
{
  WeftPeerId *peer_id = weft_ring_contact_get_peer_id (entry->contact);

  json_builder_begin_object (builder);
  add_contact (builder, entry->contact);
  add_string (builder, "state", entry->liveness == WEFT_RING_ALIVE ? "alive" : "suspect");
  add_boolean (builder, "neighbour", weft_ring_table_is_neighbour (table, peer_id));
  add_boolean (builder, "connected",
               weft_ring_connector_is_connected (self->connector, peer_id));
  if (entry->rtt_mean > 0)
    add_number (builder, "rttMs", entry->rtt_mean / 1000);
  json_builder_end_object (builder);
}

JsonNode *
weft_ring_picture_make (WeftRingKeyNetwork *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  if (self->machine != NULL)
    {
      WeftRingTable *table = weft_ring_machine_get_table (self->machine);

      json_builder_set_member_name (builder, "own");
      json_builder_begin_object (builder);
      add_contact (builder, weft_ring_machine_get_own (self->machine));
      add_boolean (builder, "keeper", self->is_keeper);
      json_builder_end_object (builder);

      json_builder_set_member_name (builder, "peers");
      json_builder_begin_array (builder);
      for (guint i = 0; i < weft_ring_table_get_size (table); i++)
        add_entry (self, builder, table, weft_ring_table_get (table, i));
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
