/* weft-link-machine-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-link-incoming-private.h"
#include "weft-link-machine-private.h"
#include "weft-link-outgoing-private.h"

G_BEGIN_DECLS

/* The state that weft-link-machine.c and weft-link-handshake.c share. */
struct _WeftLinkMachine
{
  WeftPeerId *peer_id;
  WeftPeerId *expected_peer_id;
  char *network;
  char *agent;
  gboolean is_client;
  gboolean is_dialer;
  char **protocols;
  GPtrArray *addresses; /* (element-type WeftMultiaddr) */
  WeftHelloLimits limits;

  WeftLinkState state;
  WeftHello *own;
  WeftHello *other;
  GBytes *binding;
  gboolean is_proof_sent;
  gboolean is_proof_received; /* and perhaps still being verified */
  gboolean is_proof_good;
  gint64 handshake_deadline_usec;

  WeftLinkOutgoing outgoing;
  WeftLinkIncoming incoming;

  gint64 heard_usec;
  gint64 next_ping_usec;
  guint pings_missed;
  gboolean is_doubted; /* since a reply was overdue or another link was lost, until a word comes */
  gint64 last_ping;
  gint64 probe; /* the number of the ping whose pong is an ALIVE, or -1 */
  gint64 pings_since_usec;
  guint n_pings; /* from the other side since then */

  gboolean is_draining;
  gboolean is_bye_sent;
  gboolean is_bye_received;
  gint64 drain_deadline_usec;
};

void weft_link_machine_start           (WeftLinkMachine     *self,
                                        const WeftLinkEvent *event,
                                        WeftLinkEffects     *effects);
void weft_link_machine_signed          (WeftLinkMachine     *self,
                                        const WeftLinkEvent *event,
                                        WeftLinkEffects     *effects);
void weft_link_machine_verified        (WeftLinkMachine     *self,
                                        const WeftLinkEvent *event,
                                        WeftLinkEffects     *effects);
void weft_link_machine_handshake_frame (WeftLinkMachine     *self,
                                        const WeftLinkEvent *event,
                                        WeftLinkEffects     *effects);
/* The other side said something, whatever it was. */
void weft_link_machine_hear            (WeftLinkMachine     *self,
                                        gint64               now_usec);
/* Ends the link; the error is for people and for the requests that were in flight. */
void weft_link_machine_end             (WeftLinkMachine     *self,
                                        WeftLinkReason       reason,
                                        const char          *text,
                                        WeftLinkEffects     *effects);

G_END_DECLS
