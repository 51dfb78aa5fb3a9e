/* weft-websocket-crowd.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-crowd-private.h"

#include <weft.h>

/* Who is connected, and who may come in.
 *
 * A connection is an arrival until it has said who is there. Refusing newcomers when there are many
 * arrivals would let a few idle ones keep everybody out, so the newcomer takes the place of the
 * oldest arrival instead: an honest one is through in milliseconds, long before its turn to be
 * dropped comes, and it comes last to those who share their address with nobody. */
struct _WeftWebsocketCrowd
{
  guint total_max;
  guint per_address_max;
  guint arrivals_max;
  guint n_arrivals;
  GPtrArray *members;    /* (element-type WeftWebsocketMember) (owned), oldest first */
  GHashTable *addresses; /* (element-type utf8 Address) (owned), of those who have members */
};

typedef struct
{
  char *name;
  guint n_members;
  guint n_arrivals;
} Address;

struct _WeftWebsocketMember
{
  Address *address;
  gpointer owner;
  gboolean is_arrival;
};

static void
address_free (gpointer data)
{
  Address *address = data;

  g_free (address->name);
  g_free (address);
}

WeftWebsocketCrowd *
weft_websocket_crowd_new (guint total_max,
                          guint per_address_max,
                          guint arrivals_max)
{
  WeftWebsocketCrowd *self = g_new (WeftWebsocketCrowd, 1);

  g_assert (total_max > 0);
  g_assert (per_address_max > 0);
  g_assert (arrivals_max > 0);

  *self = (WeftWebsocketCrowd) {
    .total_max = total_max,
    .per_address_max = per_address_max,
    .arrivals_max = arrivals_max,
    .members = g_ptr_array_new_with_free_func (g_free),
    .addresses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, address_free),
  };

  return self;
}

void
weft_websocket_crowd_free (WeftWebsocketCrowd *self)
{
  g_assert (self->members->len == 0);

  g_assert (self->n_arrivals == 0);

  g_ptr_array_unref (self->members);
  g_hash_table_unref (self->addresses);
  g_free (self);
}

/* What counts as one address: whoever has one IPv6 address has the 2^64 around it too. */
char *
weft_websocket_crowd_name_address (GSocketAddress *address)
{
  GInetAddress *inet;
  const guint8 *bytes;
  static const guint8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("local");

  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  bytes = g_inet_address_to_bytes (inet);
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    return g_inet_address_to_string (inet);
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);

  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}

/* The oldest arrival from @address, or from the address with most arrivals. */
static WeftWebsocketMember *
choose_victim (WeftWebsocketCrowd *self,
               Address            *address)
{
  WeftWebsocketMember *victim = NULL;

  for (guint i = 0; i < self->members->len; i++)
    {
      WeftWebsocketMember *member = g_ptr_array_index (self->members, i);

      if (!member->is_arrival || (address && member->address != address))
        continue;
      if (!victim || member->address->n_arrivals > victim->address->n_arrivals)
        victim = member;
    }

  return victim;
}

/**
 * weft_websocket_crowd_make_room:
 * @address: where somebody new comes from
 * @victim: (out) (nullable): the owner of the arrival that must leave first
 *
 * Returns: %FALSE with %WEFT_ERROR_REFUSED when nobody can leave for the new one
 */
gboolean
weft_websocket_crowd_make_room (WeftWebsocketCrowd  *self,
                                const char          *address,
                                gpointer            *victim,
                                GError             **error)
{
  Address *known = g_hash_table_lookup (self->addresses, address);
  WeftWebsocketMember *member = NULL;

  *victim = NULL;
  if (known && known->n_members == self->per_address_max)
    {
      member = choose_victim (self, known);
      if (!member)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                       "expected at most %u connections from one address, got more",
                       self->per_address_max);
          return FALSE;
        }
    }
  else if (self->members->len == self->total_max
           || self->n_arrivals == self->arrivals_max)
    {
      member = choose_victim (self, NULL);
      if (!member)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                       "expected at most %u connections, got more", self->total_max);
          return FALSE;
        }
    }
  if (member)
    *victim = member->owner;

  return TRUE;
}

/* Lets somebody in as an arrival; weft_websocket_crowd_make_room() said that there is room. */
WeftWebsocketMember *
weft_websocket_crowd_admit (WeftWebsocketCrowd *self,
                            const char         *address,
                            gpointer            owner)
{
  WeftWebsocketMember *member = g_new (WeftWebsocketMember, 1);
  Address *known = g_hash_table_lookup (self->addresses, address);

  g_assert (self->members->len < self->total_max);
  g_assert (self->n_arrivals < self->arrivals_max);

  if (!known)
    {
      known = g_new (Address, 1);
      *known = (Address) { g_strdup (address), 0, 0 };
      g_hash_table_insert (self->addresses, known->name, known);
    }
  known->n_members++;
  known->n_arrivals++;
  self->n_arrivals++;
  *member = (WeftWebsocketMember) { known, owner, TRUE };
  g_ptr_array_add (self->members, member);

  return member;
}

/* The arrival has said who it is. */
void
weft_websocket_crowd_settle (WeftWebsocketCrowd  *self,
                             WeftWebsocketMember *member)
{
  g_assert (member->is_arrival);

  member->is_arrival = FALSE;
  member->address->n_arrivals--;
  self->n_arrivals--;
}

void
weft_websocket_crowd_leave (WeftWebsocketCrowd  *self,
                            WeftWebsocketMember *member)
{
  Address *address = member->address;
  gboolean was_here;

  if (member->is_arrival)
    weft_websocket_crowd_settle (self, member);
  was_here = g_ptr_array_remove (self->members, member);
  g_assert (was_here);

  if (--address->n_members == 0)
    g_hash_table_remove (self->addresses, address->name);
}

guint
weft_websocket_crowd_get_size (WeftWebsocketCrowd *self)
{
  return self->members->len;
}
