/* script-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "script-transport.h"
#include "weft-error-private.h"
#include "weft-json.h"

typedef struct
{
  guint64 id;
  WeftDialFunc dialled;   /* NULL for a request */
  WeftReplyFunc replied;  /* NULL for a dial */
  gpointer user_data;
} Open;

struct _ScriptTransport
{
  GObject parent_instance;

  GString *notes;
  GArray *open;       /* Open, the oldest first */
  guint64 last_id;
  gint64 timeout_usec; /* of the last request */
  GPtrArray *peers;   /* WeftPeer */
  GPtrArray *named;   /* WeftPeerId */
  GPtrArray *names;   /* char *, beside the ids */
  GPtrArray *listens; /* WeftMultiaddr */
  char *refused;
};

static void transport_iface_init (WeftTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScriptTransport, script_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_TRANSPORT, transport_iface_init))

static void G_GNUC_PRINTF (2, 3)
note (ScriptTransport *self,
      const char      *format,
      ...)
{
  va_list args;

  if (self->notes->len > 0)
    g_string_append (self->notes, "; ");
  va_start (args, format);
  g_string_append_vprintf (self->notes, format, args);
  va_end (args);
}

static const char *
get_name (ScriptTransport *self,
          WeftPeerId      *peer_id)
{
  for (guint i = 0; i < self->named->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (self->named, i), peer_id))
      return g_ptr_array_index (self->names, i);

  return weft_peer_id_get_text (peer_id);
}

static gboolean
transport_listen (WeftTransport  *transport,
                  WeftMultiaddr  *address,
                  GError        **error)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (transport);
  g_autofree char *text = weft_multiaddr_to_string (address);

  if (g_strcmp0 (text, self->refused) == 0)
    {
      note (self, "refuse %s", text);
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS, "somebody listens there");
      return FALSE;
    }

  note (self, "listen %s", text);
  g_ptr_array_add (self->listens, weft_multiaddr_ref (address));
  return TRUE;
}

static GPtrArray *
transport_list_addresses (WeftTransport *transport)
{
  return g_ptr_array_ref (SCRIPT_TRANSPORT (transport)->listens);
}

static void
transport_dial (WeftTransport *transport,
                WeftMultiaddr *address,
                gint64         timeout_usec,
                WeftDialFunc   done,
                gpointer       user_data)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (transport);
  Open open = { ++self->last_id, done, NULL, user_data };
  g_autofree char *text = weft_multiaddr_to_string (address);
  const char *end = g_strrstr (text, "/p2p/");

  note (self, "dial %.*s", end != NULL ? (int) (end - text) : (int) strlen (text), text);
  g_array_append_val (self->open, open);
}

static guint64
transport_request (WeftTransport *transport,
                   WeftPeerId    *peer_id,
                   const char    *protocol,
                   JsonNode      *body,
                   gint64         timeout_usec,
                   WeftReplyFunc  done,
                   gpointer       user_data)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (transport);
  Open open = { ++self->last_id, NULL, done, user_data };
  g_autofree char *text = weft_json_to_string (body);

  self->timeout_usec = timeout_usec;
  note (self, "ask %s %s %s", get_name (self, peer_id), protocol, text);
  g_array_append_val (self->open, open);

  return open.id;
}

static void
transport_cancel (WeftTransport *transport,
                  guint64        request_id)
{
  note (SCRIPT_TRANSPORT (transport), "cancel");
}

static void
transport_set_handler (WeftTransport      *transport,
                       const char * const *protocols,
                       WeftRequestFunc     handler,
                       gpointer            user_data,
                       GDestroyNotify      destroy)
{
  g_autofree char *text = NULL;

  text = protocols != NULL ? g_strjoinv (" ", (char **) protocols) : g_strdup ("nothing");
  note (SCRIPT_TRANSPORT (transport), "serve %s", text);
}

static GPtrArray *
transport_list_peers (WeftTransport *transport)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (transport);
  GPtrArray *peers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->peers->len; i++)
    g_ptr_array_add (peers, g_object_ref (g_ptr_array_index (self->peers, i)));

  return peers;
}

static GVariant *
transport_get_counters (WeftTransport *transport)
{
  return g_variant_new_parsed ("{'dials': uint64 3}");
}

static void
transport_close (WeftTransport *transport)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (transport);

  note (self, "close");
  while (self->peers->len > 0)
    script_transport_went (self,
                           weft_peer_get_peer_id (g_ptr_array_index (self->peers, 0)));
}

static void
transport_iface_init (WeftTransportInterface *iface)
{
  iface->listen = transport_listen;
  iface->list_addresses = transport_list_addresses;
  iface->dial = transport_dial;
  iface->request = transport_request;
  iface->cancel = transport_cancel;
  iface->set_handler = transport_set_handler;
  iface->list_peers = transport_list_peers;
  iface->get_counters = transport_get_counters;
  iface->close = transport_close;
}

static void
script_transport_finalize (GObject *object)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (object);

  g_assert_cmpuint (self->open->len, ==, 0);
  g_string_free (self->notes, TRUE);
  g_array_unref (self->open);
  g_ptr_array_unref (self->peers);
  g_ptr_array_unref (self->named);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->listens);
  g_free (self->refused);

  G_OBJECT_CLASS (script_transport_parent_class)->finalize (object);
}

static void
script_transport_class_init (ScriptTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = script_transport_finalize;
}

static void
script_transport_init (ScriptTransport *self)
{
  self->notes = g_string_new (NULL);
  self->open = g_array_new (FALSE, FALSE, sizeof (Open));
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
  self->named = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->listens = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
}

ScriptTransport *
script_transport_new (void)
{
  return g_object_new (SCRIPT_TYPE_TRANSPORT, NULL);
}

gint64
script_transport_get_timeout (ScriptTransport *self)
{
  return self->timeout_usec;
}

char *
script_transport_take_notes (ScriptTransport *self)
{
  char *notes = g_strdup (self->notes->str);

  g_string_truncate (self->notes, 0);

  return notes;
}

void
script_transport_name_peer (ScriptTransport *self,
                            WeftPeerId      *peer_id,
                            const char      *name)
{
  g_ptr_array_add (self->named, weft_peer_id_ref (peer_id));
  g_ptr_array_add (self->names, g_strdup (name));
}

static Open
take_oldest (ScriptTransport *self)
{
  Open open;

  g_assert_cmpuint (self->open->len, >, 0);
  open = g_array_index (self->open, Open, 0);
  g_array_remove_index (self->open, 0);

  return open;
}

static WeftPeer *
add_peer (ScriptTransport *self,
          WeftPeerId      *peer_id)
{
  static const char *const protocols[] = { "/db-p2p/repo/1.0.0", NULL };
  WeftPeer *peer = weft_peer_new (peer_id, WEFT_PEER_ROLE_PEER, "script/1", protocols, NULL,
                                  TRUE, FALSE, 0);

  g_ptr_array_add (self->peers, peer);

  return peer;
}

void
script_transport_dialled (ScriptTransport *self,
                          WeftPeerId      *peer_id)
{
  Open open = take_oldest (self);
  WeftPeer *peer = add_peer (self, peer_id);

  g_assert_nonnull (open.dialled);
  open.dialled (WEFT_TRANSPORT (self), peer, NULL, open.user_data);
}

void
script_transport_not_dialled (ScriptTransport *self,
                              WeftError        code)
{
  g_autoptr(GError) error = NULL;
  Open open = take_oldest (self);

  g_assert_nonnull (open.dialled);
  /* As a transport does, which names what it dialled. */
  error = g_error_new (WEFT_ERROR, code, "/memory/1: nobody answers");
  open.dialled (WEFT_TRANSPORT (self), NULL, error, open.user_data);
}

void
script_transport_reply (ScriptTransport *self,
                        const char      *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = weft_json_parse (body, -1, &error);
  Open open = take_oldest (self);

  g_assert_no_error (error);
  g_assert_nonnull (open.replied);
  open.replied (WEFT_TRANSPORT (self), node, NULL, open.user_data);
}

/* A code of -1 stands for a cancelled request. */
void
script_transport_put_off (ScriptTransport *self,
                          gint64           wait_usec)
{
  g_autoptr(GError) error = weft_error_new_wait (wait_usec, "too many");
  Open open = take_oldest (self);

  g_assert_nonnull (open.replied);
  open.replied (WEFT_TRANSPORT (self), NULL, error, open.user_data);
}

void
script_transport_fail (ScriptTransport *self,
                       WeftError        code,
                       const char      *message)
{
  g_autoptr(GError) error = NULL;
  Open open = take_oldest (self);

  if ((int) code < 0)
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", message);
  else
    error = g_error_new (WEFT_ERROR, code, "%s", message);
  g_assert_nonnull (open.replied);
  open.replied (WEFT_TRANSPORT (self), NULL, error, open.user_data);
}

void
script_transport_appear (ScriptTransport *self,
                         WeftPeerId      *peer_id)
{
  weft_transport_emit_peer_appeared (WEFT_TRANSPORT (self), add_peer (self, peer_id));
}

void
script_transport_went (ScriptTransport *self,
                       WeftPeerId      *peer_id)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      g_autoptr(WeftPeer) peer = g_object_ref (g_ptr_array_index (self->peers, i));

      if (!weft_peer_id_equal (weft_peer_get_peer_id (peer), peer_id))
        continue;
      g_ptr_array_remove_index (self->peers, i);
      weft_transport_emit_peer_went (WEFT_TRANSPORT (self), peer, NULL);
      return;
    }
}

void
script_transport_refuse (ScriptTransport *self,
                         const char      *address)
{
  g_free (self->refused);
  self->refused = g_strdup (address);
}
