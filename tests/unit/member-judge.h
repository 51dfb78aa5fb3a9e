/* member-judge.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "member-rig.h"

G_BEGIN_DECLS

/* Remembers what a member promised, longer than the member does, and holds it to that. */
typedef struct _MemberJudge MemberJudge;

MemberJudge *member_judge_new    (void);
void         member_judge_free   (MemberJudge       *self);
/* An answer to a request is about to leave; `durable` is what a crash would leave. */
void         member_judge_answer (MemberJudge       *self,
                                  WeftClusterRequest *request,
                                  WeftClusterAnswer  *answer,
                                  RigState           *durable);

G_END_DECLS
