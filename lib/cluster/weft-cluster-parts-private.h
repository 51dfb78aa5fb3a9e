/* weft-cluster-parts-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-clock.h"
#include "weft-identity.h"
#include "weft-key-network.h"
#include "weft-known-records-private.h"
#include "weft-random.h"
#include "weft-storage-repo-private.h"
#include "weft-transport.h"
#include "weft-verifier.h"
#include "weft-verify-cache-private.h"

G_BEGIN_DECLS

/* A peer provably lied. */
typedef void (*WeftReportFunc) (gpointer    data,
                                WeftPeerId *peer_id,
                                const char *reason,
                                JsonNode   *proof);

/* What all that works for the clusters of one node shares. It is counted because a request may
 * outlive what asked for it. */
typedef struct
{
  guint ref_count;
  WeftIdentity *identity;
  WeftPeerId *peer_id;        /* of the identity, unowned */
  char *network;
  char *prefix;
  WeftClock *clock;
  WeftRandom *random;
  WeftTransport *transport;
  WeftKeyNetwork *key_network;
  WeftStorageRepo *repo;
  WeftStorage *storage;       /* of the repo, unowned */
  WeftVerifier *verifier;
  GHashTable *own_signatures; /* (element-type GBytes GBytes) (owned): of late, by text */
  WeftVerifyCache *cache;
  WeftVerify verify;          /* through the cache */
  WeftKnownRecords *known;    /* what other members told */
  GHashTable *pins;           /* (element-type utf8 GPtrArray): the peers of memberships */
  double super_majority;
  guint cluster_min;          /* fewer members decide nothing */
  guint64 chance;
  guint n_vouchings;          /* under way */
  gboolean is_settled;        /* neighbours were asked once which blocks this node should keep */
  GTree *counters;            /* (element-type utf8 guint64): static names */
  WeftReportFunc report;      /* (nullable): once nobody listens any more */
  gpointer report_data;
} WeftClusterParts;

WeftClusterParts *weft_cluster_parts_new             (WeftStorageRepo  *repo,
                                                      WeftKeyNetwork   *key_network,
                                                      WeftTransport    *transport,
                                                      WeftIdentity     *identity,
                                                      const char       *network,
                                                      const char       *prefix,
                                                      WeftRandom       *random,
                                                      WeftVerifier     *verifier)
    G_GNUC_WARN_UNUSED_RESULT;
WeftClusterParts *weft_cluster_parts_ref             (WeftClusterParts *self);
void              weft_cluster_parts_unref           (WeftClusterParts *self);
gint64            weft_cluster_parts_get_now         (WeftClusterParts *self);
gint64            weft_cluster_parts_get_real_msec   (WeftClusterParts *self);
/* Something to jitter with: a step of a machine gets some, and few use it, so it is made of few
 * random numbers. Whoever must not guess it takes one of `random`. */
guint32           weft_cluster_parts_get_chance      (WeftClusterParts *self);
/* Signs as this node; what it signed lately needs no verifying. */
GBytes           *weft_cluster_parts_sign            (WeftClusterParts *self,
                                                      GBytes           *text)
    G_GNUC_WARN_UNUSED_RESULT;
/* `counter` is static. */
void              weft_cluster_parts_count           (WeftClusterParts *self,
                                                      const char       *counter);
guint64           weft_cluster_parts_get_count       (WeftClusterParts *self,
                                                      const char       *counter);
/* Somebody sent what is refused. It is counted each time, and logged less and less often, so that
 * whoever sends much of it fills no disk. */
void              weft_cluster_parts_refuse          (WeftClusterParts *self,
                                                      WeftPeerId       *peer_id,
                                                      const char       *counter,
                                                      const GError     *error);
/* `proof` is what shows it. */
void              weft_cluster_parts_report          (WeftClusterParts *self,
                                                      WeftPeerId       *peer_id,
                                                      const char       *reason,
                                                      JsonNode         *proof);
/* {"name":n} */
JsonNode         *weft_cluster_parts_make_counters   (WeftClusterParts *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether these are the right peers for the blocks; else a word that says why not. */
const char       *weft_cluster_parts_admit           (gpointer            data,
                                                      GPtrArray          *peers,
                                                      const char * const *block_ids);
/* The same of where a block is to go. */
const char       *weft_cluster_parts_admit_target    (WeftClusterParts *self,
                                                      GPtrArray        *peers,
                                                      const char       *block_id);
gboolean          weft_cluster_parts_is_in           (WeftClusterParts *self,
                                                      GPtrArray        *peers);
/* Whether a certificate is one, whoever made it. */
gboolean          weft_cluster_parts_check_votes     (WeftClusterParts  *self,
                                                      WeftClusterRecord *certificate,
                                                      GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterParts, weft_cluster_parts_unref)

G_END_DECLS
