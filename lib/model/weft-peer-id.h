/* weft-peer-id.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_PEER_ID (weft_peer_id_get_type ())

typedef struct _WeftPeerId WeftPeerId;

WEFT_AVAILABLE_IN_ALL
GType         weft_peer_id_get_type            (void);
WEFT_AVAILABLE_IN_ALL
WeftPeerId   *weft_peer_id_new_from_public_key (const guint8 *key,
                                                gsize         key_length,
                                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPeerId   *weft_peer_id_parse               (const char   *text,
                                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char   *weft_peer_id_get_text            (WeftPeerId   *self);
WEFT_AVAILABLE_IN_ALL
const guint8 *weft_peer_id_get_bytes           (WeftPeerId   *self,
                                                gsize        *length);
WEFT_AVAILABLE_IN_ALL
const guint8 *weft_peer_id_get_public_key      (WeftPeerId   *self,
                                                gsize        *length);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_peer_id_verify              (WeftPeerId   *self,
                                                GBytes       *message,
                                                GBytes       *signature);
WEFT_AVAILABLE_IN_ALL
int           weft_peer_id_compare             (WeftPeerId   *a,
                                                WeftPeerId   *b);
WEFT_AVAILABLE_IN_ALL
guint         weft_peer_id_hash                (WeftPeerId   *self);
WEFT_AVAILABLE_IN_ALL
WeftPeerId   *weft_peer_id_ref                 (WeftPeerId   *self);
WEFT_AVAILABLE_IN_ALL
void          weft_peer_id_unref               (WeftPeerId   *self);
WEFT_AVAILABLE_IN_ALL
WeftPeerId   *weft_peer_id_from_json           (JsonNode     *json,
                                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode     *weft_peer_id_to_json             (WeftPeerId   *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char         *weft_peer_id_to_string           (WeftPeerId   *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean      weft_peer_id_equal               (WeftPeerId   *a,
                                                WeftPeerId   *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPeerId, weft_peer_id_unref)

G_END_DECLS
