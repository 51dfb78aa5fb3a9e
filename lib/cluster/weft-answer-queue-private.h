/* weft-answer-queue-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-answer-private.h"
#include "weft-cluster-parts-private.h"

G_BEGIN_DECLS

/* The answers of a member that leave at the end of a turn of the loop, with one signature for all
 * that have to be signed. */
typedef struct _WeftAnswerQueue WeftAnswerQueue;

typedef void (*WeftAnswerFunc) (guint64            token,
                                WeftClusterAnswer *answer,
                                gpointer           user_data);

/* `ready` is called when there is an answer that was not there at once. */
WeftAnswerQueue *weft_answer_queue_new   (WeftClusterParts  *parts,
                                          void             (*ready) (gpointer user_data),
                                          gpointer           user_data) G_GNUC_WARN_UNUSED_RESULT;
void             weft_answer_queue_free  (WeftAnswerQueue   *self);
/* `text` is what has to be signed for it, or NULL. What is told of blocks may rest on what somebody
 * else than the member is writing, so it leaves when that is durable. */
void             weft_answer_queue_add   (WeftAnswerQueue   *self,
                                          guint64            token,
                                          WeftClusterAnswer *answer,
                                          GBytes            *text);
/* Signs and hands over all answers, in the order they came. */
void             weft_answer_queue_flush (WeftAnswerQueue   *self,
                                          WeftAnswerFunc     leave,
                                          gpointer           user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftAnswerQueue, weft_answer_queue_free)

G_END_DECLS
