/* weft-record-core-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-peer-private.h"
#include "weft-repo-message.h"
#include "weft-slot-private.h"

G_BEGIN_DECLS

/* What does not change while a record goes through its ballots and collects its votes: what the
 * hash of its message is of, and the addresses. Shared by all the versions of the record. */
typedef struct
{
  WeftRepoMessage *message;
  char *message_hash;
  GPtrArray *peers;       /* (element-type WeftClusterPeer), sorted */
  char *membership;       /* a GRefString */
  double super_majority;
  /* Canonical text of what is hashed, with the message as it came: members that nobody knows here
   * are hashed too. `message_length` is that of `membership` and `message`, behind the brace. */
  char *text;
  gsize message_length;
  char *deciders_text;    /* of `peers` and `policy`, which are in order; a GRefString */
  GPtrArray *slots;       /* (element-type WeftSlot), sorted */
  guint promises_needed;
  guint commits_needed;
  /* What approvals of the first ballot sign, of promises and of commits: WeftRecordLeaf, or NULL
   * until somebody asks. */
  gpointer leaves[2];
} WeftRecordCore;

/* The leaf of the text of a vote in one network. */
typedef struct
{
  guint8 hash[WEFT_SHA256_BYTES];
  char network[];
} WeftRecordLeaf;

/* What `known` knows of the peers is shared, if they are those. */
WeftRecordCore *weft_record_core_new   (WeftRepoMessage    *message,
                                        GPtrArray          *peers,
                                        double              super_majority,
                                        WeftRecordCore     *known,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* With `known`, a core of the same membership, `peers` and `policy` are those, if both are not
 * there. */
WeftRecordCore *weft_record_core_read  (const WeftItem     *object,
                                        WeftRecordCore     *known,
                                        const WeftJsonPath *path,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of the peers and the policy alone; there is no message in it. */
WeftRecordCore *weft_record_core_new_peers (WeftRecordCore *self) G_GNUC_WARN_UNUSED_RESULT;
/* (nullable): what was set for this network. From any thread; what is set stays. */
const guint8   *weft_record_core_get_leaf (WeftRecordCore *self,
                                           guint           purpose,
                                           const char     *network);
void            weft_record_core_set_leaf (WeftRecordCore *self,
                                           guint           purpose,
                                           const char     *network,
                                           const guint8    hash[WEFT_SHA256_BYTES]);
/* Appends the members `membership` and `message`. */
void            weft_record_core_append_message (WeftRecordCore *self,
                                                 GString        *text);
/* Appends the canonical text of the members from `membership` to `policy`. */
void            weft_record_core_append (WeftRecordCore    *self,
                                         GString           *text);
WeftRecordCore *weft_record_core_ref   (WeftRecordCore     *self);
void            weft_record_core_unref (WeftRecordCore     *self);

/* The members `peers`, `membership`, which is a GRefString, and `policy` of records and of what
 * prepares a ballot. */
GPtrArray      *weft_record_core_read_deciders (const WeftItem     *object,
                                                char              **membership,
                                                double             *super_majority,
                                                const WeftJsonPath *path,
                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of a policy. */
void            weft_record_core_append_policy (double              super_majority,
                                                GString            *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRecordCore, weft_record_core_unref)

G_END_DECLS
