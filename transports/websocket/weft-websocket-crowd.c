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
  GPtrArray *members; /* (element-type WeftWebsocketMember) (owned), oldest first */
};

struct _WeftWebsocketMember
{
  char *address;
  gpointer owner;
  gboolean is_arrival;
};

static void
member_free (gpointer data)
{
  WeftWebsocketMember *member = data;

  g_free (member->address);
  g_free (member);
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
    .members = g_ptr_array_new_with_free_func (member_free),
  };

  return self;
}

void
weft_websocket_crowd_free (WeftWebsocketCrowd *self)
{
  g_assert (self->members->len == 0);

  g_ptr_array_unref (self->members);
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

static guint
count (WeftWebsocketCrowd *self,
       const char         *address,
       gboolean            arrivals_only)
{
  guint n = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      WeftWebsocketMember *member = g_ptr_array_index (self->members, i);

      n += (address == NULL || g_str_equal (member->address, address))
           && (member->is_arrival || !arrivals_only);
    }

  return n;
}

/* The oldest arrival from @address, or from the address with most arrivals. */
static WeftWebsocketMember *
choose_victim (WeftWebsocketCrowd *self,
               const char         *address)
{
  WeftWebsocketMember *victim = NULL;
  guint n_most = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      WeftWebsocketMember *member = g_ptr_array_index (self->members, i);
      guint n;

      if (!member->is_arrival || (address && !g_str_equal (member->address, address)))
        continue;
      n = count (self, member->address, TRUE);
      if (n > n_most)
        {
          victim = member;
          n_most = n;
        }
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
  WeftWebsocketMember *member = NULL;

  *victim = NULL;
  if (count (self, address, FALSE) == self->per_address_max)
    {
      member = choose_victim (self, address);
      if (!member)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                       "expected at most %u connections from one address, got more",
                       self->per_address_max);
          return FALSE;
        }
    }
  else if (self->members->len == self->total_max
           || count (self, NULL, TRUE) == self->arrivals_max)
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

  g_assert (self->members->len < self->total_max);

  *member = (WeftWebsocketMember) { g_strdup (address), owner, TRUE };
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
}

void
weft_websocket_crowd_leave (WeftWebsocketCrowd  *self,
                            WeftWebsocketMember *member)
{
  gboolean was_here = g_ptr_array_remove (self->members, member);

  g_assert (was_here);
}

guint
weft_websocket_crowd_get_size (WeftWebsocketCrowd *self)
{
  return self->members->len;
}
