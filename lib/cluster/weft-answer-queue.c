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
  guint ref_count;
  WeftClusterParts *parts;
  GPtrArray *answers; /* (element-type Answer) (owned) */
  void (*ready) (gpointer user_data); /* (nullable): when nobody wants answers any more */
  gpointer user_data;
};

/* An answer that waits for the storage. */
typedef struct
{
  WeftAnswerQueue *queue;
  guint64 token;
  WeftClusterAnswer *answer;
} Held;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->answer, weft_cluster_answer_unref);
  g_clear_pointer (&answer->text, g_bytes_unref);
  g_free (answer);
}

WeftAnswerQueue *
weft_answer_queue_new (WeftClusterParts *parts,
                       void            (*ready) (gpointer user_data),
                       gpointer          user_data)
{
  WeftAnswerQueue *self = g_new0 (WeftAnswerQueue, 1);

  self->ref_count = 1;
  self->ready = ready;
  self->user_data = user_data;
  self->parts = weft_cluster_parts_ref (parts);
  self->answers = g_ptr_array_new_with_free_func (answer_free);

  return self;
}

static void
unref (WeftAnswerQueue *self)
{
  if (--self->ref_count > 0)
    return;

  g_ptr_array_unref (self->answers);
  weft_cluster_parts_unref (self->parts);
  g_free (self);
}

void
weft_answer_queue_free (WeftAnswerQueue *self)
{
  self->ready = NULL;
  unref (self);
}

static void
add (WeftAnswerQueue   *self,
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

static void
held_free (Held *held)
{
  weft_cluster_answer_unref (held->answer);
  unref (held->queue);
  g_free (held);
}

static void
durable_cb (const GError *error,
            gpointer      user_data)
{
  Held *held = user_data;
  WeftAnswerQueue *self = held->queue;
  g_autoptr(WeftClusterAnswer) failure
      = error != NULL ? weft_cluster_answer_new_error (error) : NULL;

  if (self->ready != NULL)
    {
      add (self, held->token, failure != NULL ? failure : held->answer, NULL);
      self->ready (self->user_data);
    }
  held_free (held);
}

/* Whether it has to wait. */
static gboolean
hold (WeftAnswerQueue   *self,
      guint64            token,
      WeftClusterAnswer *answer)
{
  GPtrArray *states = weft_cluster_answer_get_states (answer);
  g_autofree const char **block_ids = g_new0 (const char *, states->len + 1);
  Held *held = g_new0 (Held, 1);

  for (guint i = 0; i < states->len; i++)
    block_ids[i] = ((WeftBlockState *) g_ptr_array_index (states, i))->block_id;
  held->queue = self;
  self->ref_count++;
  held->token = token;
  held->answer = weft_cluster_answer_ref (answer);
  if (weft_storage_repo_wait (self->parts->repo, block_ids, durable_cb, held))
    return TRUE;

  held_free (held);
  return FALSE;
}

void
weft_answer_queue_add (WeftAnswerQueue   *self,
                       guint64            token,
                       WeftClusterAnswer *answer,
                       GBytes            *text)
{
  if (weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_STATES
      && hold (self, token, answer))
    return;

  add (self, token, answer, text);
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
