/* link-pair.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-identity.h"
#include "weft-link-machine-private.h"

G_BEGIN_DECLS

/* Two link machines and the frames between them, for tests: side 0 dials, side 1 listens. What
 * each step does is narrated, and frames travel when the test says so. */
typedef struct
{
  WeftIdentity *identities[2];
  WeftLinkMachine *machines[2];
  GQueue frames[2]; /* (element-type GBytes): on their way to side 0 or 1 */
  gboolean is_cut[2]; /* the side's channel was closed */
  gint64 deadlines_usec[2];
  gint64 now_usec;
  gsize channel_bytes[2];
  const char *bindings[2];
  GString *transcript;

  /* What the last step handed out. */
  gint64 request_id;
  /* (element-type gint64): delivered and not answered, for those who answer later */
  GArray *delivered[2];
  guint n_completed[2];
  char *ended[2]; /* why, once the side's link is over */
  GByteArray *outcomes[2]; /* by request id: how often it was completed */
} LinkPair;

typedef struct
{
  const char *networks[2];
  WeftPeerId *expected; /* by side 0 */
  WeftHelloLimits limits[2];
  gboolean is_same_peer;
  const char *bindings[2];
} LinkPairOptions;

LinkPair *link_pair_new      (const LinkPairOptions *options);
void      link_pair_free     (LinkPair              *pair);
void      link_pair_start    (LinkPair              *pair);
void      link_pair_open     (LinkPair              *pair);
void      link_pair_step     (LinkPair              *pair,
                              guint                  side,
                              WeftLinkEvent         *event);
gint64    link_pair_request  (LinkPair              *pair,
                              guint                  side,
                              const char            *protocol,
                              const char            *body,
                              gint64                 timeout_usec);
void      link_pair_reply    (LinkPair              *pair,
                              guint                  side,
                              gint64                 id,
                              const char            *body);
void      link_pair_type     (LinkPair              *pair,
                              guint                  side,
                              WeftLinkEventType      type);
void      link_pair_frame    (LinkPair              *pair,
                              guint                  side,
                              const char            *text);
gboolean  link_pair_deliver  (LinkPair              *pair,
                              guint                  side);
void      link_pair_settle   (LinkPair              *pair);
void      link_pair_wait     (LinkPair              *pair,
                              gint64                 usec);
/* Compares and empties the transcript. */
void      link_pair_expect   (LinkPair              *pair,
                              const char            *transcript);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LinkPair, link_pair_free)

G_END_DECLS
