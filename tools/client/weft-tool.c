/* weft-tool.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-address.h"
#include "weft-node-settings.h"
#include "weft-print.h"
#include "weft-tool.h"

#include <weft-websocket.h>

#define DEFAULT_NODE WEFT_NODE_ADDRESS_DEFAULT
#define DEFAULT_NETWORK "main"
#define NODE_PROTOCOL "/db-p2p/node/1.0.0"

void
weft_tool_clear (WeftTool *self)
{
  g_clear_object (&self->repo);
  if (self->transport != NULL)
    weft_transport_close (self->transport);
  g_clear_object (&self->transport);
  g_clear_object (&self->random);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->address, weft_multiaddr_unref);
  g_clear_pointer (&self->node, g_free);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->key, g_free);
}

/* The key that was named, or one that lives as long as this process. */
WeftIdentity *
weft_tool_get_identity (WeftTool  *self,
                        GError   **error)
{
  if (self->key != NULL)
    return weft_identity_load (self->key, error);

  return weft_identity_new (self->random);
}

/* Of the command line, else of the environment, else what is usual. */
static const char *
choose (const char *given,
        const char *variable,
        const char *usual)
{
  if (given == NULL)
    given = g_getenv (variable);

  return given != NULL ? given : usual;
}

static const char *
get_network (WeftTool *self)
{
  return choose (self->network, "WEFT_NETWORK", DEFAULT_NETWORK);
}

gboolean
weft_tool_find_node (WeftTool  *self,
                     GError   **error)
{
  self->address = weft_node_address_parse (choose (self->node, "WEFT_NODE", DEFAULT_NODE), FALSE,
                                           error);
  if (self->address == NULL)
    {
      g_prefix_error (error, "%s: ", self->node != NULL ? "--node" : "WEFT_NODE");
      return FALSE;
    }
  if (weft_node_settings_check_network (get_network (self), error))
    return TRUE;

  g_prefix_error (error, "%s: ", self->network != NULL ? "--network" : "WEFT_NETWORK");
  return FALSE;
}

gboolean
weft_tool_connect (WeftTool  *self,
                   GError   **error)
{
  g_autoptr(WeftIdentity) identity = NULL;
  g_auto(WeftAwait) await = { NULL };

  self->clock = weft_system_clock_new ();
  self->random = weft_system_random_new ();

  identity = weft_tool_get_identity (self, error);
  if (identity == NULL)
    return FALSE;

  weft_websocket_transport_register ();
  self->transport = weft_transport_new_for_address (self->address, identity, get_network (self),
                                                    WEFT_PEER_ROLE_CLIENT, self->clock,
                                                    self->random, error);
  if (self->transport == NULL)
    return FALSE;
  self->repo = weft_remote_repo_new (self->transport, self->address);

  weft_remote_repo_connect_async (self->repo, NULL, weft_await_cb, &await);
  return weft_remote_repo_connect_finish (self->repo, weft_await (&await), error);
}

JsonNode *
weft_tool_ask_node (WeftTool    *self,
                    const char  *name,
                    GError     **error)
{
  g_autoptr(GPtrArray) peers = weft_transport_list_peers (self->transport);
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr(JsonNode) body = NULL;
  g_autoptr(JsonNode) reply = NULL;
  g_auto(WeftAwait) await = { NULL };

  if (peers->len == 0)
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the node went away");
      return NULL;
    }

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);
  weft_transport_request_async (self->transport,
                                weft_peer_get_peer_id (g_ptr_array_index (peers, 0)),
                                NODE_PROTOCOL, body, WEFT_LIMIT_REPLY_USEC, NULL, weft_await_cb,
                                &await);
  reply = weft_transport_request_finish (self->transport, weft_await (&await), error);
  if (reply != NULL && !JSON_NODE_HOLDS_OBJECT (reply))
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                           "expected an object from the node, got something else");
      return NULL;
    }

  return g_steal_pointer (&reply);
}

static WeftExit
exit_for_error (const GError *error)
{
  if (error->domain != WEFT_ERROR)
    return WEFT_EXIT_FAILED;

  switch ((WeftError) error->code)
    {
    case WEFT_ERROR_NOT_FOUND:
      return WEFT_EXIT_NOT_FOUND;

    case WEFT_ERROR_UNAVAILABLE:
    case WEFT_ERROR_TIMED_OUT:
    case WEFT_ERROR_CLOSED:
    case WEFT_ERROR_EXHAUSTED:
      return WEFT_EXIT_UNAVAILABLE;

    case WEFT_ERROR_FAILED:
    case WEFT_ERROR_INVALID:
    case WEFT_ERROR_INDETERMINATE:
    case WEFT_ERROR_REFUSED:
    case WEFT_ERROR_CORRUPT:
    case WEFT_ERROR_TOO_LARGE:
    case WEFT_ERROR_PROTOCOL:
    case WEFT_ERROR_EXISTS:
    case WEFT_ERROR_MISSING_BASE:
    default:
      return WEFT_EXIT_FAILED;
    }
}

/* Reports an error, as `{"error":{"code","message"}}` where JSON was asked for, and says what to
 * exit with. Takes the error. */
WeftExit
weft_tool_fail (WeftTool *self,
                GError   *error)
{
  g_autoptr(GError) owned = error;
  WeftExit code = exit_for_error (error);

  if (self->json)
    {
      JsonObject *inner = json_object_new ();
      JsonObject *outer = json_object_new ();
      g_autoptr(JsonNode) node = NULL;

      json_object_set_string_member (inner, "code",
                                     error->domain == WEFT_ERROR ? weft_error_to_name (error->code)
                                                                 : "failed");
      json_object_set_string_member (inner, "message", error->message);
      json_object_set_object_member (outer, "error", inner);
      node = json_node_init_object (json_node_alloc (), outer);
      json_object_unref (outer);
      weft_print_json (node);
    }
  g_printerr ("weft: %s\n", error->message);

  return code;
}

/* Says what is wrong with the command line. */
WeftExit
weft_tool_usage (WeftTool   *self,
                 const char *format,
                 ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  return weft_tool_refuse (self, g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INVALID, message));
}

WeftExit
weft_tool_refuse (WeftTool *self,
                  GError   *error)
{
  weft_tool_fail (self, error);
  g_printerr ("Try “weft %s%s--help”.\n", self->verb != NULL ? self->verb : "",
              self->verb != NULL ? " " : "");

  return WEFT_EXIT_USAGE;
}

/* The callback of the asynchronous call that is waited for; its data is the WeftAwait. */
void
weft_await_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  WeftAwait *await = user_data;

  g_assert (await->result == NULL);
  await->result = g_object_ref (result);
}

GAsyncResult *
weft_await (WeftAwait *await)
{
  while (await->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return await->result;
}

void
weft_await_clear (WeftAwait *await)
{
  g_clear_object (&await->result);
}
