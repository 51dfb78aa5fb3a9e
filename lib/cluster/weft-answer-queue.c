/* weft-answer-queue.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-answer-queue-private.h"

typedef struct
{
  guint64 token;
  WeftClusterAnswer *answer;
  GBytes *text; /* (nullable) */
} Answer;

struct _WeftAnswerQueue
{
  WeftClusterParts *parts;
  GPtrArray *answers; /* (element-type Answer) (owned) */
};

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->answer, weft_cluster_answer_unref);
  g_clear_pointer (&answer->text, g_bytes_unref);
  g_free (answer);
}

WeftAnswerQueue *
weft_answer_queue_new (WeftClusterParts *parts)
{
  WeftAnswerQueue *self = g_new0 (WeftAnswerQueue, 1);

  self->parts = weft_cluster_parts_ref (parts);
  self->answers = g_ptr_array_new_with_free_func (answer_free);

  return self;
}

void
weft_answer_queue_free (WeftAnswerQueue *self)
{
  g_ptr_array_unref (self->answers);
  weft_cluster_parts_unref (self->parts);
  g_free (self);
}

void
weft_answer_queue_add (WeftAnswerQueue   *self,
                       guint64            token,
                       WeftClusterAnswer *answer,
                       GBytes            *text)
{
  Answer *added = g_new0 (Answer, 1);

  added->token = token;
  added->answer = weft_cluster_answer_ref (answer);
  added->text = text != NULL ? g_bytes_ref (text) : NULL;
  g_ptr_array_add (self->answers, added);
}

static WeftClusterAnswer *
sign_answer (Answer        *answer,
             WeftSignature *signature)
{
  WeftClusterAnswerKind kind = weft_cluster_answer_get_kind (answer->answer);
  g_autoptr(WeftPrepared) prepared = NULL;
  g_autoptr(WeftVote) vote = NULL;

  if (kind == WEFT_CLUSTER_ANSWER_PREPARED)
    {
      prepared = weft_prepared_new_signed (weft_cluster_answer_get_prepared (answer->answer),
                                           signature);
      return weft_cluster_answer_new_prepared (prepared);
    }

  vote = weft_vote_new_signed (weft_cluster_answer_get_vote (answer->answer), signature);
  return weft_cluster_answer_new_vote (kind, vote);
}

/* One signature for all that leaves together. */
static void
sign_answers (WeftAnswerQueue *self,
              GPtrArray       *answers)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new ();
  g_autoptr(GPtrArray) paths = NULL;
  g_autoptr(GBytes) root = NULL;
  g_autoptr(GBytes) text = NULL;
  g_autoptr(GBytes) signed_root = NULL;
  guint n_signed = 0;

  for (guint i = 0; i < answers->len; i++)
    if (((Answer *) g_ptr_array_index (answers, i))->text != NULL)
      g_ptr_array_add (texts, ((Answer *) g_ptr_array_index (answers, i))->text);
  if (texts->len == 0)
    return;

  paths = weft_signature_plan (texts, &root);
  text = weft_root_text_new (root);
  signed_root = weft_cluster_parts_sign (self->parts, text);

  for (guint i = 0; i < answers->len; i++)
    {
      Answer *answer = g_ptr_array_index (answers, i);
      g_autoptr(WeftSignature) signature = NULL;
      g_autoptr(WeftClusterAnswer) unsigned_answer = NULL;

      if (answer->text == NULL)
        continue;
      signature = weft_signature_new (signed_root, g_ptr_array_index (paths, n_signed++));
      unsigned_answer = g_steal_pointer (&answer->answer);
      answer->answer = unsigned_answer;
      answer->answer = sign_answer (answer, signature);
    }
}

void
weft_answer_queue_flush (WeftAnswerQueue *self,
                         WeftAnswerFunc   leave,
                         gpointer         user_data)
{
  g_autoptr(GPtrArray) answers = self->answers;

  /* What is added from within leaves the next time. */
  self->answers = g_ptr_array_new_with_free_func (answer_free);
  sign_answers (self, answers);
  for (guint i = 0; i < answers->len; i++)
    {
      Answer *answer = g_ptr_array_index (answers, i);

      leave (answer->token, answer->answer, user_data);
    }
}
