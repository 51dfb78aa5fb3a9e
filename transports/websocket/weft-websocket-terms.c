/* weft-websocket-terms.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-terms-private.h"

WeftWebsocketTerms *
weft_websocket_terms_new (WeftClock  *clock,
                          WeftRandom *random,
                          const char *network)
{
  WeftWebsocketTerms *self = g_rc_box_new0 (WeftWebsocketTerms);
  g_autofree char *escaped = g_uri_escape_string (network, NULL, FALSE);

  self->clock = g_object_ref (clock);
  self->random = g_object_ref (random);
  self->path = g_strconcat ("/weft/", escaped, NULL);
  self->turnstile = weft_websocket_turnstile_new (WEFT_LIMIT_TLS_HANDSHAKES_MAX);
  self->pool = weft_websocket_pool_new (WEFT_WEBSOCKET_UNFINISHED_BYTES_MAX);

  return self;
}

WeftWebsocketTerms *
weft_websocket_terms_ref (WeftWebsocketTerms *self)
{
  return g_rc_box_acquire (self);
}

static void
terms_clear (gpointer data)
{
  WeftWebsocketTerms *self = data;

  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->turnstile, weft_websocket_turnstile_free);
  g_clear_pointer (&self->pool, weft_websocket_pool_unref);
  g_free (self->path);
}

void
weft_websocket_terms_unref (WeftWebsocketTerms *self)
{
  g_rc_box_release_full (self, terms_clear);
}
