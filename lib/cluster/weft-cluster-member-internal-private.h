/* weft-cluster-member-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-answer-queue-private.h"
#include "weft-cluster-member-private.h"
#include "weft-cluster-waiters-private.h"
#include "weft-member-machine-private.h"
#include "weft-member-outcome-private.h"

G_BEGIN_DECLS

struct _WeftClusterMember
{
  GObject parent_instance;

  WeftClusterParts *parts;
  WeftMemberHooks hooks;
  WeftMemberMachine *machine; /* (nullable): while what was promised could not be read */
  WeftMemberEffects effects;  /* of the step that it makes; its room is kept for the next */
  guint generation;      /* of the machine: what an older one wanted is of no interest */
  gint64 unread_usec;    /* how long to wait before that is tried again */
  gboolean is_stepping;
  gboolean is_closed;

  guint64 last_token;
  WeftClusterWaiters *waiters;
  WeftAnswerQueue *answers;
  GQueue outcomes;       /* (element-type WeftMemberOutcome) (owned): told by the flush alarm */
  GQueue pended;         /* the same, told when all that a step wants was performed */
  WeftMemberOutcome *telling; /* (unowned) (nullable): of these, the one that is told */
  GQueue asked;          /* (element-type Asked) (owned): by this node itself, not looked at yet */
  guint64 asked_id;      /* an alarm for the next turn of the loop; 0 when none is set */
  guint64 flush_id;      /* an alarm that is due at once; 0 when none is set */
  guint64 alarm_id;      /* 0 when none is set */
  gint64 alarm_usec;
  gint64 machine_usec;   /* when the machine wants its next step, or to be built */
};

/* weft-cluster-member-step.c: one event, and what the machine wants for it, in order. */
void weft_cluster_member_step        (WeftClusterMember *self,
                                      WeftMemberEvent   *event);
/* Builds the machine from the storage, now or, when that cannot be read, later. */
void weft_cluster_member_build       (WeftClusterMember *self);
void weft_cluster_member_finish      (WeftClusterMember *self,
                                      guint64            token,
                                      WeftClusterAnswer *answer,
                                      const GError      *error);
/* What is gathered leaves when the turn of the loop is over. */
void weft_cluster_member_flush_later (WeftClusterMember *self);
void weft_cluster_member_arm         (WeftClusterMember *self);

G_END_DECLS
