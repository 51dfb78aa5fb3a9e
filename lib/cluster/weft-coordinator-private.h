/* weft-coordinator-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-log-private.h"
#include "weft-cluster-member-private.h"
#include "weft-cluster-teller-private.h"
#include "weft-coordinator-repo.h"
#include "weft-proposal-machine-private.h"
#include "weft-quorum-read-private.h"

G_BEGIN_DECLS

typedef struct _WeftClusterMover WeftClusterMover;
typedef struct _WeftCoordinatorGroups WeftCoordinatorGroups;
typedef struct _WeftCoordinatorPends WeftCoordinatorPends;
typedef struct _WeftCoordinatorRivals WeftCoordinatorRivals;
typedef struct _WeftCoordinatorTurns WeftCoordinatorTurns;
typedef struct _WeftClusterSettler WeftClusterSettler;

/* The class is in weft-coordinator-repo.c; what it does for one request in
 * weft-coordinator-change.c and weft-coordinator-get.c. */
struct _WeftCoordinatorRepo
{
  GObject parent_instance;

  /* What it is made of. */
  WeftStorageRepo *storage_repo;
  WeftKeyNetwork *key_network;
  WeftTransport *transport;
  WeftIdentity *identity;
  char *network;
  char *prefix;
  WeftRandom *random;
  WeftVerifier *verifier;
  guint cluster_min;
  WeftConsistency consistency;

  /* What works for it. */
  WeftClusterParts *parts;
  WeftClusterMember *member;
  GTree *remotes;        /* (element-type WeftPeerId WeftRemoteCluster) (owned) */
  WeftClusterTeller *teller;
  WeftClusterSettler *settler;
  WeftClusterMover *mover; /* (nullable): unless blocks are to stay where they are */
  WeftClusterLog *log;
  WeftCoordinatorTurns *turns;
  WeftCoordinatorRivals *rivals;
  WeftCoordinatorGroups *groups;
  WeftCoordinatorPends *pends;
  WeftRecordCore *deciders; /* (owned) (nullable): of the last record that was proposed */
  GHashTable *confirmed; /* (element-type utf8 gint64): when what is here was the latest */
  GPtrArray *liars;      /* (element-type WeftLiar) (owned), few */
  GQueue drives;         /* (element-type WeftDrive) (unowned): what runs */
  gint64 round_trip_usec;

  GQueue answered;       /* (element-type WeftCoordinatorRequest) (owned): told by the alarm */
  GQueue to_recover;     /* (element-type WeftClusterRecord) (owned): to be begun by it */
  guint64 later_id;      /* 0 when none is set */
  gboolean is_closed;
};

/* A peer that provably lied. */
typedef struct
{
  WeftPeerId *peer_id;
  char *reason;
  JsonNode *proof; /* (nullable) */
  gint64 at_msec;
} WeftLiar;

/* One request on its way. It ends with exactly one answer. */
typedef struct
{
  WeftCoordinatorRepo *repo; /* (owned) */
  WeftRepoMessage *message;  /* (owned) */
  char **block_ids;
  WeftRepoDoneFunc done;
  gpointer user_data;
  gint64 deadline_usec;      /* monotonic */
  GCancellable *cancellable; /* (owned) (nullable): by who does not wait any more */
  guint n_found;             /* of how many blocks it is known who keeps them */
  /* (nullable) (element-type WeftClusterPeer): of all of its blocks, when these are pinned and the
   * key network says the same. For what follows at once. */
  GPtrArray *keepers;
  WeftRepoReply *reply;      /* (nullable) */
  GError *error;             /* (nullable) */
} WeftCoordinatorRequest;

/* Both take over the request, and the reply or error, and tell it later. */
void weft_coordinator_request_answer (WeftCoordinatorRequest *request,
                                      WeftRepoReply          *reply);
void weft_coordinator_request_fail   (WeftCoordinatorRequest *request,
                                      GError                 *error);
/* Finds out who keeps the blocks, then performs it. */
void weft_coordinator_begin          (WeftCoordinatorRequest *request);
void weft_coordinator_perform_change (WeftCoordinatorRequest *request);
void weft_coordinator_perform_get    (WeftCoordinatorRequest *request);

/* In weft-coordinator-begin.c. Who keeps a block: as its history says, or, where it is not here, as
 * the key network does. */
GPtrArray   *weft_coordinator_list_keepers (WeftCoordinatorRepo *self,
                                            const char          *block_id,
                                            gboolean            *is_pinned)
    G_GNUC_WARN_UNUSED_RESULT;
/* Who should keep a block, and then who did until a short time ago. */
GPtrArray   *weft_coordinator_list_near    (WeftCoordinatorRepo *self,
                                            const char          *block_id)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether this node is one of them, or should be: then it works on the block itself. */
gboolean     weft_coordinator_is_near      (WeftCoordinatorRepo *self,
                                            const char          *block_id,
                                            GPtrArray           *keepers);
/* The same, for who has no use for the list. */
gboolean     weft_coordinator_works_on     (WeftCoordinatorRepo *self,
                                            const char          *block_id);
/* The cluster of all of the blocks; NULL when they are of several. */
GPtrArray   *weft_coordinator_find_cluster (WeftCoordinatorRepo *self,
                                            const char * const  *block_ids,
                                            gboolean            *is_pinned,
                                            GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* The member that a peer is. */
WeftCluster *weft_coordinator_get_cluster  (WeftCoordinatorRepo *self,
                                            WeftPeerId          *peer_id);
/* A WeftReportFunc: `data` is the repo. */
void         weft_coordinator_report       (gpointer             data,
                                            WeftPeerId          *peer_id,
                                            const char          *reason,
                                            JsonNode            *proof);
/* A WeftAdoptFunc: `data` is the repo. */
void         weft_coordinator_adopt        (gpointer             data,
                                            WeftBlockArchive    *archive,
                                            WeftSettledFunc      settled,
                                            gpointer             settled_data);
/* That what our own store has of a block is what was decided, and when that was known last; 0 for
 * never. Some are forgotten when there are many. */
void         weft_coordinator_confirm      (WeftCoordinatorRepo *self,
                                            const char          *block_id);
gint64       weft_coordinator_get_as_of    (WeftCoordinatorRepo *self,
                                            const char          *block_id);
/* Finds out what became of a record, once at a time. */
void         weft_coordinator_recover      (WeftCoordinatorRepo *self,
                                            WeftClusterRecord   *record);
void         weft_coordinator_tell         (WeftCoordinatorRepo *self,
                                            WeftClusterRecord   *certificate,
                                            GPtrArray           *peer_ids);

/* A WeftFindClusterFunc: `data` is the repo. */
WeftCluster *weft_coordinator_find_member  (gpointer             data,
                                            WeftPeerId          *peer_id);
WeftMemberHooks weft_coordinator_make_hooks (WeftCoordinatorRepo *self);
/* Tells who waits and begins recoveries, when this turn of the loop is over. */
void         weft_coordinator_run_later    (WeftCoordinatorRepo *self);

/* Something that runs and has to be ended when the repo is closed. Embedded first in what runs. */
typedef struct
{
  WeftCoordinatorRepo *repo; /* (owned) */
  GList link;                /* in the drives of the repo */
  void (*close) (gpointer drive);
  guint64 alarm_id;          /* 0 when none is set */
  gint64 alarm_usec;
  /* When its machine wants its next step. Kept, because what a step does may cause another one. */
  gint64 next_usec;
} WeftDrive;

void weft_drive_begin (WeftDrive           *self,
                       WeftCoordinatorRepo *repo,
                       void               (*close) (gpointer drive));
/* Sets the one alarm of a drive, which is called with the drive; G_MAXINT64 for none. */
void weft_drive_arm   (WeftDrive           *self,
                       gint64               deadline_usec,
                       WeftAlarmFunc        alarm);
void weft_drive_end   (WeftDrive           *self);

/* Told once: `result` is borrowed. */
typedef void (*WeftProposalResultFunc) (const WeftProposalEffect *result,
                                        gpointer                  user_data);

typedef enum
{
  WEFT_PROPOSAL_FRESH,
  WEFT_PROPOSAL_IN_DOUBT, /* it may be decided in another record */
  WEFT_PROPOSAL_GROUP,    /* of several changes, each of which is proposed alone if it fails */
  WEFT_PROPOSAL_RECOVERY, /* of what somebody left behind */
} WeftProposalOrigin;

/* `pends` (nullable) (element-type WeftPendRequest): the content, for members that lack it. */
void weft_proposal_drive_start (WeftCoordinatorRepo    *repo,
                                WeftClusterRecord      *record,
                                WeftProposalOrigin      origin,
                                GPtrArray              *pends,
                                gint64                  deadline_usec,
                                WeftProposalResultFunc  result,
                                gpointer                user_data);

/* Told once: the results (element-type WeftReadResult) are borrowed, NULL when the repo is
 * closed. */
typedef void (*WeftReadResultFunc) (GArray  *results,
                                    gpointer user_data);

/* `is_pinned`: the history of the blocks names the peers. */
void weft_read_drive_start     (WeftCoordinatorRepo    *repo,
                                GPtrArray              *peers,
                                gboolean                is_pinned,
                                const char * const     *block_ids,
                                gint64                  deadline_usec,
                                WeftReadResultFunc      result,
                                gpointer                user_data);

/* The same, of blocks of any clusters, which are asked in turn where the blocks moved on. */
void weft_look_drive_start     (WeftCoordinatorRepo    *repo,
                                const char * const     *block_ids,
                                gint64                  deadline_usec,
                                WeftReadResultFunc      result,
                                gpointer                user_data);

/* Passes a message on to one of the peers, who keep the blocks. */
typedef void (*WeftForwardFunc) (WeftRepoReply *reply,
                                 const GError  *error,
                                 gpointer       user_data);

void weft_forward_start        (WeftClusterParts       *parts,
                                GPtrArray              *peers,
                                WeftRepoMessage        *message,
                                gint64                  deadline_usec,
                                WeftForwardFunc         done,
                                gpointer                user_data);

G_END_DECLS
