/* weft-lan.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-lan.h"

#include <avahi-client/client.h>
#include <avahi-client/lookup.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-glib/glib-watch.h>
#include <net/if.h>
#include <string.h>

#include "weft-lan-record.h"

/* Services that are looked at at once; of more, those that are left are seen when they change. */
#define RESOLVERS_MAX 32
#define NAME_TAIL 8

struct _WeftLan
{
  char *network;
  char *peer_id;
  guint16 port;
  gboolean is_tls;
  gboolean is_local;
  WeftLanFound found;
  gpointer user_data;

  AvahiGLibPoll *poll;
  AvahiClient *client;
  AvahiEntryGroup *group;
  AvahiServiceBrowser *browser;
  char *name;
  guint n_resolvers;
};

static AvahiStringList *
make_texts (WeftLan *self)
{
  g_auto(GStrv) texts = weft_lan_record_make (self->network, self->peer_id, self->is_tls);

  return avahi_string_list_new_from_array ((const char **) texts, g_strv_length (texts));
}

static void publish (WeftLan *self);

static void
group_cb (AvahiEntryGroup      *group,
          AvahiEntryGroupState  state,
          void                 *user_data)
{
  WeftLan *self = user_data;
  char *other;

  if (state == AVAHI_ENTRY_GROUP_FAILURE)
    g_message ("this node is not announced on the local network: %s",
               avahi_strerror (avahi_client_errno (avahi_entry_group_get_client (group))));
  if (state != AVAHI_ENTRY_GROUP_COLLISION)
    return;

  other = avahi_alternative_service_name (self->name);
  g_free (self->name);
  self->name = g_strdup (other);
  avahi_free (other);
  avahi_entry_group_reset (group);
  publish (self);
}

static void
publish (WeftLan *self)
{
  AvahiIfIndex interface = self->is_local ? (AvahiIfIndex) if_nametoindex ("lo") : AVAHI_IF_UNSPEC;
  AvahiStringList *texts;
  int result;

  if (self->port == 0)
    return;
  /* It calls back at once: before it is known here, nothing is to be done for that. */
  if (self->group == NULL)
    self->group = avahi_entry_group_new (self->client, group_cb, self);
  if (self->group == NULL || !avahi_entry_group_is_empty (self->group))
    return;

  texts = make_texts (self);
  result = avahi_entry_group_add_service_strlst (self->group, interface, AVAHI_PROTO_UNSPEC, 0,
                                                 self->name, WEFT_LAN_SERVICE, NULL, NULL,
                                                 self->port, texts);
  avahi_string_list_free (texts);
  if (result == AVAHI_OK)
    result = avahi_entry_group_commit (self->group);
  if (result != AVAHI_OK)
    g_message ("this node is not announced on the local network: %s", avahi_strerror (result));
}

static char **
list_texts (AvahiStringList *list)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (; list != NULL; list = avahi_string_list_get_next (list))
    {
      /* They end with a zero byte, which is not of their size. */
      const char *text = (const char *) avahi_string_list_get_text (list);

      if (g_utf8_validate (text, avahi_string_list_get_size (list), NULL))
        g_strv_builder_add (builder, text);
    }

  return g_strv_builder_end (builder);
}

static void
take (WeftLan            *self,
      const AvahiAddress *address,
      guint               port,
      AvahiStringList    *list)
{
  g_auto(GStrv) texts = list_texts (list);
  g_autofree char *found = NULL;
  g_autoptr(GError) error = NULL;
  char host[AVAHI_ADDRESS_STR_MAX];

  avahi_address_snprint (host, sizeof host, address);
  found = weft_lan_record_make_address ((const char *const *) texts, host, port, self->network,
                                        self->peer_id, &error);
  if (error != NULL)
    g_info ("a service on the local network is no node: %s", error->message);
  if (found != NULL)
    self->found (found, self->user_data);
}

static void
resolver_cb (AvahiServiceResolver   *resolver,
             AvahiIfIndex            interface,
             AvahiProtocol           protocol,
             AvahiResolverEvent      event,
             const char             *name,
             const char             *type,
             const char             *domain,
             const char             *host_name,
             const AvahiAddress     *address,
             uint16_t                port,
             AvahiStringList        *texts,
             AvahiLookupResultFlags  flags,
             void                   *user_data)
{
  WeftLan *self = user_data;

  self->n_resolvers--;
  if (event == AVAHI_RESOLVER_FOUND)
    take (self, address, port, texts);
  avahi_service_resolver_free (resolver);
}

static void
browser_cb (AvahiServiceBrowser    *browser,
            AvahiIfIndex            interface,
            AvahiProtocol           protocol,
            AvahiBrowserEvent       event,
            const char             *name,
            const char             *type,
            const char             *domain,
            AvahiLookupResultFlags  flags,
            void                   *user_data)
{
  WeftLan *self = user_data;

  if (event == AVAHI_BROWSER_FAILURE)
    g_message ("nodes on the local network are not found: %s",
               avahi_strerror (avahi_client_errno (self->client)));
  if (event != AVAHI_BROWSER_NEW || self->n_resolvers >= RESOLVERS_MAX)
    return;
  /* It frees itself when it has called back; what is left goes with the client. */
  if (avahi_service_resolver_new (self->client, interface, protocol, name, type, domain,
                                  AVAHI_PROTO_UNSPEC, 0, resolver_cb, self) != NULL)
    self->n_resolvers++;
}

static void connect_client (WeftLan *self);

static void
client_cb (AvahiClient      *client,
           AvahiClientState  state,
           void             *user_data)
{
  WeftLan *self = user_data;

  /* The first time it is called, its maker has not returned yet. */
  self->client = client;
  if (state == AVAHI_CLIENT_S_RUNNING)
    {
      publish (self);
      if (self->browser == NULL)
        self->browser = avahi_service_browser_new (client, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC,
                                                   WEFT_LAN_SERVICE, NULL, 0, browser_cb, self);
    }
  else if (state == AVAHI_CLIENT_S_COLLISION || state == AVAHI_CLIENT_S_REGISTERING)
    {
      if (self->group != NULL)
        avahi_entry_group_reset (self->group);
    }
  else if (state == AVAHI_CLIENT_FAILURE)
    {
      g_message ("the Avahi daemon went: %s", avahi_strerror (avahi_client_errno (client)));
      if (avahi_client_errno (client) == AVAHI_ERR_DISCONNECTED)
        connect_client (self);
    }
}

/* A new client, which waits for the daemon; all that belonged to the old one goes with it. */
static void
connect_client (WeftLan *self)
{
  AvahiClient *old = g_steal_pointer (&self->client);
  int failure = AVAHI_OK;

  self->group = NULL;
  self->browser = NULL;
  self->n_resolvers = 0;
  if (old != NULL)
    avahi_client_free (old);
  if (avahi_client_new (avahi_glib_poll_get (self->poll), AVAHI_CLIENT_NO_FAIL, client_cb, self,
                        &failure) == NULL)
    {
      self->client = NULL;
      g_message ("nodes on the local network are not found: %s", avahi_strerror (failure));
    }
}

WeftLan *
weft_lan_new (const char    *network,
              const char    *peer_id,
              guint16        port,
              gboolean       is_tls,
              gboolean       is_local,
              WeftLanFound   found,
              gpointer       user_data,
              GError       **error)
{
  WeftLan *self = g_new0 (WeftLan, 1);
  gsize length = strlen (peer_id);

  self->network = g_strdup (network);
  self->peer_id = g_strdup (peer_id);
  self->port = port;
  self->is_tls = is_tls;
  self->is_local = is_local;
  self->found = found;
  self->user_data = user_data;
  self->name = g_strconcat ("weft ", peer_id + length - MIN (length, NAME_TAIL), NULL);
  self->poll = avahi_glib_poll_new (NULL, G_PRIORITY_DEFAULT);
  connect_client (self);

  return self;
}

void
weft_lan_free (WeftLan *self)
{
  if (self->client != NULL)
    avahi_client_free (self->client);
  avahi_glib_poll_free (self->poll);
  g_free (self->network);
  g_free (self->peer_id);
  g_free (self->name);
  g_free (self);
}
