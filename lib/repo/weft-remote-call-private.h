/* weft-remote-call-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-clock.h"
#include "weft-random.h"
#include "weft-remote-route-private.h"
#include "weft-route-cache-private.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What the calls of one remote repo share. It is counted because a call may outlive the repo. */
typedef struct
{
  guint ref_count;
  WeftTransport *transport;
  WeftClock *clock;
  WeftRandom *random;
  char *prefix;
  gint64 timeout_usec;    /* of one attempt */
  WeftRemoteRoute *home;  /* whom to ask unless somebody else is known to coordinate */
  WeftRouteCache *coordinators;
} WeftRemoteParty;

WeftRemoteParty *weft_remote_party_ref   (WeftRemoteParty *self);
void             weft_remote_party_unref (WeftRemoteParty *self);

/* One request to one of the peers, with its attempts and redirects. */
typedef struct
{
  const char *service;    /* repo, sync or node */
  JsonNode *body;         /* immutable; or, instead, */
  char *body_text;        /* its canonical text, a GRefString */
  const char *block_id;   /* NULL when no block decides who coordinates */
  gboolean is_idempotent; /* whether asking again what may have been heard is harmless */
  gint64 expires_usec;    /* monotonic; 0 for never */
  guint attempts_max;     /* 0 for the usual number */
} WeftRemoteRequest;

/* Exactly one of `body`, an object, and `error` is set. `peer` names who answered, or should
 * have. */
typedef void (*WeftRemoteCallFunc) (const WeftItem *body,
                                    const char     *peer,
                                    const GError   *error,
                                    gpointer        user_data);

/* Calls `done` exactly once, and never from within. */
void weft_remote_call_start (WeftRemoteParty         *party,
                             const WeftRemoteRequest *request,
                             GCancellable            *cancellable,
                             WeftRemoteCallFunc       done,
                             gpointer                 user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRemoteParty, weft_remote_party_unref)

G_END_DECLS
