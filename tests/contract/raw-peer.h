/* raw-peer.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A peer that speaks bytes: what an attacker writes, and what is answered. Nothing blocks. */
typedef struct
{
  GSocket *socket;
  GByteArray *got;
  gboolean is_ended; /* the other side has closed */
  gboolean is_deaf;  /* reads nothing */
  gsize at;          /* for whoever sends the same again and again */
} RawPeer;

RawPeer    *raw_peer_new            (guint16      port,
                                     const char  *source);
void        raw_peer_free           (RawPeer     *self);
gssize      raw_peer_send           (RawPeer     *self,
                                     const void  *data,
                                     gsize        length);
void        raw_peer_send_text      (RawPeer     *self,
                                     const char  *text);
void        raw_peer_pump           (RawPeer     *self);
gboolean    raw_peer_got            (RawPeer     *self,
                                     const char  *text);
void        raw_peer_take_head      (RawPeer     *self);
GBytes     *raw_peer_take_frame     (RawPeer     *self,
                                     guint8      *first_byte) G_GNUC_WARN_UNUSED_RESULT;
char       *raw_peer_write_upgrade  (const char  *path,
                                     const char  *extra) G_GNUC_WARN_UNUSED_RESULT;
void        raw_peer_append_frame   (GByteArray  *to,
                                     guint8       first_byte,
                                     const void  *payload,
                                     gsize        length);
void        raw_peer_send_frame     (RawPeer     *self,
                                     guint8       first_byte,
                                     const void  *payload,
                                     gsize        length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawPeer, raw_peer_free)

G_END_DECLS
