/* weft-cluster-member-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"
#include "weft-cluster.h"
#include "weft-member-effects-private.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CLUSTER_MEMBER (weft_cluster_member_get_type ())

/* This node as a member of its clusters: the shell of one member machine. It gathers the answers of
 * one turn of the loop and signs them together, and builds the machine from the storage when it
 * starts and after a batch that failed. */
G_DECLARE_FINAL_TYPE (WeftClusterMember, weft_cluster_member, WEFT, CLUSTER_MEMBER, GObject)

/* What the machine wants and the shell leaves to others. None may call the member from within. */
typedef struct
{
  /* Of a FETCH: bring the block up to the revision, or, when that is 0, the content of the record's
   * action on it; then call `settled` once, and not from within. */
  void (*fetch)   (gpointer                data,
                   const WeftMemberEffect *effect,
                   WeftSettledFunc         settled,
                   gpointer                settled_data);
  /* Find out what became of a record that somebody left behind. */
  void (*recover) (gpointer                data,
                   WeftClusterRecord      *record);
  gpointer data;
} WeftMemberHooks;

WeftClusterMember *weft_cluster_member_new         (WeftClusterParts      *parts,
                                                    const WeftMemberHooks *hooks)
    G_GNUC_WARN_UNUSED_RESULT;
/* As weft_cluster_perform(), for a peer. Returns what the request is called below. */
guint64            weft_cluster_member_ask         (WeftClusterMember     *self,
                                                    WeftPeerId            *peer_id,
                                                    WeftClusterRequest    *request,
                                                    gint64                 timeout_usec,
                                                    WeftClusterDoneFunc    done,
                                                    gpointer               user_data);
/* Takes over what was decided, after it was found out that the right peers did: an update with the
 * certificate, which this peer gave. Of commits that were decided together it takes the one that
 * makes this revision of the block. */
void               weft_cluster_member_take        (WeftClusterMember     *self,
                                                    WeftPeerId            *peer_id,
                                                    WeftClusterRequest    *update,
                                                    const char            *block_id,
                                                    gint64                 rev,
                                                    WeftClusterDoneFunc    done,
                                                    gpointer               user_data);
/* Whether the request waits for what is fetched from others. */
gboolean           weft_cluster_member_is_fetching (WeftClusterMember     *self,
                                                    guint64                token);
/* Nobody waits for the answer any more: `done` is not called. */
void               weft_cluster_member_withdraw    (WeftClusterMember     *self,
                                                    guint64                token);
/* Answers whoever waits with CLOSED; nothing is called after that. */
void               weft_cluster_member_close       (WeftClusterMember     *self);
gboolean           weft_cluster_member_is_closed   (WeftClusterMember     *self);
/* The slots that are open here, see weft_member_machine_to_json(); NULL while it is not known what
 * this node promised: until then it answers UNAVAILABLE, and tries to read it again. */
JsonNode          *weft_cluster_member_to_json     (WeftClusterMember     *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
