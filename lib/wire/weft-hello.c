/* weft-hello.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-hello-private.h"

#include "weft-error.h"
#include "weft-handshake-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"

#include <string.h>

/* The only kind of channel binding that TLS 1.3 has (RFC 9266). */
#define BINDING_KIND "tls-exporter"

/* Of who says nothing of it; part of the protocol, whatever this program allows others. */
#define REQUESTS_DEFAULT 64

static const WeftHelloLimits default_limits = {
  .requests = REQUESTS_DEFAULT,
  .bytes = WEFT_LIMIT_PEER_QUEUED_BYTES_MAX,
  .message = WEFT_LIMIT_MESSAGE_BYTES_MAX,
};

static char *
build_text (const WeftHello *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (GString) text = g_string_sized_new (1024);
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, WEFT_HELLO_VERSION);
  json_builder_set_member_name (builder, "peerId");
  json_builder_add_string_value (builder, weft_peer_id_get_text (self->peer_id));
  json_builder_set_member_name (builder, "nonce");
  json_builder_add_string_value (builder, self->nonce);
  json_builder_set_member_name (builder, "network");
  json_builder_add_string_value (builder, self->network);
  json_builder_set_member_name (builder, "agent");
  json_builder_add_string_value (builder, self->agent);
  json_builder_set_member_name (builder, "role");
  json_builder_add_string_value (builder, self->is_client ? "client" : "peer");

  json_builder_set_member_name (builder, "protocols");
  json_builder_begin_array (builder);
  for (guint i = 0; self->protocols[i] != NULL; i++)
    json_builder_add_string_value (builder, self->protocols[i]);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "addrs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->addresses->len; i++)
    {
      g_autofree char *address = weft_multiaddr_to_string (g_ptr_array_index (self->addresses, i));

      json_builder_add_string_value (builder, address);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "limits");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "requests");
  json_builder_add_int_value (builder, self->limits.requests);
  json_builder_set_member_name (builder, "bytes");
  json_builder_add_int_value (builder, self->limits.bytes);
  json_builder_set_member_name (builder, "message");
  json_builder_add_int_value (builder, self->limits.message);
  json_builder_end_object (builder);

  if (self->has_binding)
    {
      json_builder_set_member_name (builder, "binding");
      json_builder_add_string_value (builder, BINDING_KIND);
    }
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  weft_json_append (text, root);

  return g_ref_string_new_len (text->str, (gssize) text->len);
}

/* What this node says. Addresses past WEFT_LIMIT_PEER_ADDRESSES_MAX are left out. */
WeftHello *
weft_hello_new (WeftPeerId            *peer_id,
                GBytes                *nonce,
                const char            *network,
                const char            *agent,
                gboolean               is_client,
                const char *const     *protocols,
                GPtrArray             *addresses,
                const WeftHelloLimits *limits,
                gboolean               has_binding)
{
  static const char *const none[] = { NULL };
  WeftHello *self = g_new0 (WeftHello, 1);

  g_assert (g_bytes_get_size (nonce) == WEFT_HANDSHAKE_NONCE_BYTES);

  self->peer_id = weft_peer_id_ref (peer_id);
  self->nonce = weft_base64url_encode (nonce);
  self->network = g_strdup (network);
  self->agent = g_strdup (agent);
  self->is_client = is_client;
  self->protocols = g_strdupv ((char **) (protocols != NULL ? protocols : none));
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    if (i < WEFT_LIMIT_PEER_ADDRESSES_MAX)
      g_ptr_array_add (self->addresses, weft_multiaddr_ref (g_ptr_array_index (addresses, i)));
  self->limits = limits != NULL ? *limits : default_limits;
  self->has_binding = has_binding;
  self->text = build_text (self);

  return self;
}

static gboolean
parse_peer (WeftHello          *self,
            const WeftItem     *object,
            const WeftJsonPath *path,
            GError            **error)
{
  g_autoptr (GBytes) nonce = NULL;
  const char *text;

  text = weft_item_require_string (object, "peerId", path, error);
  if (text == NULL)
    return FALSE;
  self->peer_id = weft_peer_id_parse (text, error);
  if (self->peer_id == NULL)
    {
      g_prefix_error (error, "hello.peerId: ");
      return FALSE;
    }

  text = weft_item_require_string (object, "nonce", path, error);
  if (text == NULL)
    return FALSE;
  nonce = weft_base64url_decode (text, WEFT_HANDSHAKE_NONCE_BYTES);
  if (nonce == NULL)
    {
      weft_json_set_error (error, path, "expected a nonce of 32 bytes in base64url");
      return FALSE;
    }
  self->nonce = g_strdup (text);

  return TRUE;
}

static gboolean
parse_words (WeftHello          *self,
             const WeftItem     *object,
             const WeftJsonPath *path,
             GError            **error)
{
  const char *network;
  const char *agent = "";
  const char *role = "peer";
  const char *binding = NULL;

  network = weft_item_require_string (object, "network", path, error);
  if (network == NULL ||
      !weft_item_optional_string (object, "agent", path, &agent, error) ||
      !weft_item_optional_string (object, "role", path, &role, error) ||
      !weft_item_optional_string (object, "binding", path, &binding, error))
    return FALSE;
  agent = agent != NULL ? agent : "";
  role = role != NULL ? role : "peer";

  if (strlen (network) > WEFT_LIMIT_NAME_BYTES_MAX || strlen (agent) > WEFT_LIMIT_NAME_BYTES_MAX)
    {
      weft_json_set_error (error, path, "expected network and agent of at most %d bytes",
                           WEFT_LIMIT_NAME_BYTES_MAX);
      return FALSE;
    }
  if (!g_str_equal (role, "peer") && !g_str_equal (role, "client"))
    {
      weft_json_set_error (error, path, "expected the role “peer” or “client”");
      return FALSE;
    }
  self->network = g_strdup (network);
  self->agent = g_strdup (agent);
  self->is_client = g_str_equal (role, "client");
  self->has_binding = g_strcmp0 (binding, BINDING_KIND) == 0;

  return TRUE;
}

/* An optional member that is an array of at most `n_max` items. */
static gboolean
get_list (const WeftItem     *object,
          const char         *name,
          guint               n_max,
          const WeftJsonPath *path,
          const WeftItem    **array,
          GError            **error)
{
  const WeftItem *member = weft_item_find (object, name);

  *array = NULL;
  if (member == NULL)
    return TRUE;
  *array = weft_item_get_array (member, path, error);
  if (*array == NULL)
    return FALSE;
  if ((*array)->length > n_max)
    {
      weft_json_set_error (error, path, "expected at most %u items, got %u", n_max,
                           (*array)->length);
      return FALSE;
    }

  return TRUE;
}

static gboolean
parse_lists (WeftHello          *self,
             const WeftItem     *object,
             const WeftJsonPath *path,
             GError            **error)
{
  const WeftJsonPath protocols_path = { path, "protocols", 0 };
  const WeftJsonPath addresses_path = { path, "addrs", 0 };
  g_autoptr (GStrvBuilder) protocols = g_strv_builder_new ();
  const WeftItem *array;
  const WeftItem *element;

  if (!get_list (object, "protocols", WEFT_LIMIT_PROTOCOLS_MAX, &protocols_path, &array, error))
    return FALSE;
  element = array != NULL ? weft_item_first (array) : NULL;
  for (guint i = 0; element != NULL; element = weft_item_next (array, element), i++)
    {
      const WeftJsonPath element_path = { &protocols_path, NULL, i };
      const char *name = weft_item_get_string (element, &element_path, error);

      if (name == NULL)
        return FALSE;
      if (!weft_protocol_is_valid (name))
        {
          weft_json_set_error (error, &element_path,
                               "expected a protocol such as /db-p2p/repo/1.0.0");
          return FALSE;
        }
      g_strv_builder_add (protocols, name);
    }
  self->protocols = g_strv_builder_end (protocols);

  if (!get_list (object, "addrs", WEFT_LIMIT_PEER_ADDRESSES_MAX, &addresses_path, &array, error))
    return FALSE;
  element = array != NULL ? weft_item_first (array) : NULL;
  for (guint i = 0; element != NULL; element = weft_item_next (array, element), i++)
    {
      const WeftJsonPath element_path = { &addresses_path, NULL, i };
      const char *text = weft_item_get_string (element, &element_path, error);
      WeftMultiaddr *address;

      if (text == NULL)
        return FALSE;
      /* A kind of address from the future is no reason to refuse a peer. */
      address = weft_multiaddr_parse (text, NULL);
      if (address != NULL)
        g_ptr_array_add (self->addresses, address);
    }

  return TRUE;
}

static gboolean
parse_limits (WeftHello          *self,
              const WeftItem     *object,
              const WeftJsonPath *parent,
              GError            **error)
{
  const WeftJsonPath path = { parent, "limits", 0 };
  const WeftItem *member = weft_item_find (object, "limits");
  const WeftItem *limits;

  self->limits = default_limits;
  if (member == NULL)
    return TRUE;
  limits = weft_item_get_object (member, &path, error);

  return limits != NULL &&
         weft_item_optional_integer (limits, "requests", &path, 0, WEFT_LIMIT_INTEGER_MAX,
                                     default_limits.requests, &self->limits.requests, error) &&
         weft_item_optional_integer (limits, "bytes", &path, 0, WEFT_LIMIT_INTEGER_MAX,
                                     default_limits.bytes, &self->limits.bytes, error) &&
         weft_item_optional_integer (limits, "message", &path, 0, WEFT_LIMIT_INTEGER_MAX,
                                     default_limits.message, &self->limits.message, error);
}

/* Reads what the other side says. An unknown version is WEFT_ERROR_REFUSED and looked at first,
 * since all else may have changed with it; anything else wrong is WEFT_ERROR_INVALID. */
WeftHello *
weft_hello_read (const WeftItem *item,
                 GError        **error)
{
  const WeftJsonPath path = { NULL, "hello", 0 };
  g_autoptr (WeftHello) self = g_new0 (WeftHello, 1);
  const WeftItem *object;
  gint64 version;

  g_assert (item != NULL);

  object = weft_item_get_object (item, &path, error);
  if (object == NULL ||
      !weft_item_require_integer (object, "version", &path, 0, WEFT_LIMIT_INTEGER_MAX, &version,
                                  error))
    return NULL;
  if (version != WEFT_HELLO_VERSION)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                   "protocol version %d was expected, got %" G_GINT64_FORMAT, WEFT_HELLO_VERSION,
                   version);
      return NULL;
    }

  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  self->text = weft_item_to_text (item);
  if (!parse_peer (self, object, &path, error) ||
      !parse_words (self, object, &path, error) ||
      !parse_lists (self, object, &path, error) ||
      !parse_limits (self, object, &path, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
weft_hello_free (WeftHello *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->nonce, g_free);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->agent, g_free);
  g_clear_pointer (&self->protocols, g_strfreev);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->text, g_ref_string_release);
  g_free (self);
}
