/* weft-ring-contact-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weft-peer-id.h"
#include "weft-ring-point-private.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What a peer says of itself, signed by it, so that others can pass it on: who it is, where it is
 * reached, and which life this is. Its place on the ring is never said, always derived. Immutable
 * and reference-counted, for one thread.
 *
 * {"id","addrs":[...],"incarnation","meta"?:{...},"signature"}; the signature is on the canonical
 * text of ["weft/contact/1",network,{the other members}]. */
typedef struct _WeftRingContact WeftRingContact;

/* Makes a signature of @text, 64 bytes; deterministic. */
typedef GBytes *(*WeftRingSign) (GBytes *text, gpointer data);
/* Whether @signature is @peer_id's on @text. */
typedef gboolean (*WeftRingVerify) (WeftPeerId *peer_id, GBytes *text, GBytes *signature,
                                    gpointer data);

/* What of metadata fits: members that are words, numbers or booleans. */
#define WEFT_RING_METADATA_MEMBERS_MAX 8
#define WEFT_RING_METADATA_STRING_BYTES_MAX 64

/* @addresses: (element-type utf8), canonical, up to WEFT_LIMIT_PEER_ADDRESSES_MAX. @metadata: an
 * object that weft_ring_metadata_check() takes, or NULL. */
WeftRingContact     *weft_ring_contact_new             (WeftPeerId        *peer_id,
                                                        GPtrArray         *addresses,
                                                        guint64            incarnation,
                                                        JsonNode          *metadata,
                                                        const char        *network,
                                                        WeftRingSign       sign,
                                                        gpointer           data)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRingContact     *weft_ring_contact_ref             (WeftRingContact   *self);
void                 weft_ring_contact_unref           (WeftRingContact   *self);
WeftPeerId          *weft_ring_contact_get_peer_id     (WeftRingContact   *self);
const WeftRingPoint *weft_ring_contact_get_point       (WeftRingContact   *self);
/* (element-type utf8) */
GPtrArray           *weft_ring_contact_get_addresses   (WeftRingContact   *self);
guint64              weft_ring_contact_get_incarnation (WeftRingContact   *self);
JsonNode            *weft_ring_contact_get_metadata    (WeftRingContact   *self);
/* Whether it says so itself; remembered once it was found true, for that network. */
gboolean             weft_ring_contact_verify          (WeftRingContact   *self,
                                                        const char        *network,
                                                        WeftRingVerify     verify,
                                                        gpointer           data);
WeftRingContact     *weft_ring_contact_read            (const WeftItem     *item,
                                                        const WeftJsonPath *path,
                                                        GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Appends its canonical text. */
void                 weft_ring_contact_append          (WeftRingContact   *self,
                                                        GString           *text);
/* The same of trees. */
WeftRingContact     *weft_ring_contact_from_json       (JsonNode          *json,
                                                        GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonNode            *weft_ring_contact_to_json         (WeftRingContact   *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* How long its canonical text is about, in bytes. */
gsize                weft_ring_contact_get_weight      (WeftRingContact   *self);
gboolean             weft_ring_metadata_check          (JsonNode           *json,
                                                        const WeftJsonPath *path,
                                                        GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingContact, weft_ring_contact_unref)

G_END_DECLS
