/* weft-poll.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-poll-private.h"

#include "weft-error.h"

static void
member_clear (WeftPollMember *member)
{
  g_clear_pointer (&member->peer_id, weft_peer_id_unref);
  g_clear_pointer (&member->answer, weft_cluster_answer_unref);
  g_clear_error (&member->error);
}

void
weft_poll_init (WeftPoll *self)
{
  *self = (WeftPoll) { .deadline_usec = G_MAXINT64 };
  self->members = g_array_new (FALSE, TRUE, sizeof (WeftPollMember));
  g_array_set_clear_func (self->members, (GDestroyNotify) member_clear);
}

void
weft_poll_clear (WeftPoll *self)
{
  g_clear_pointer (&self->request, weft_cluster_request_unref);
  g_clear_pointer (&self->members, g_array_unref);
}

void
weft_poll_begin (WeftPoll           *self,
                 WeftClusterRequest *request,
                 GPtrArray          *peers,
                 gint64              deadline_usec)
{
  g_assert (request != NULL);
  g_assert (peers->len > 0);

  weft_cluster_request_ref (request);
  g_clear_pointer (&self->request, weft_cluster_request_unref);
  self->request = request;
  self->deadline_usec = deadline_usec;
  g_array_set_size (self->members, 0);
  g_array_set_size (self->members, peers->len);
  for (guint i = 0; i < peers->len; i++)
    weft_poll_get_member (self, i)->peer_id =
        weft_peer_id_ref (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)));
}

guint
weft_poll_get_size (WeftPoll *self)
{
  return self->members->len;
}

WeftPollMember *
weft_poll_get_member (WeftPoll *self,
                      guint     index)
{
  g_assert (index < self->members->len);

  return &g_array_index (self->members, WeftPollMember, index);
}

WeftPollMember *
weft_poll_find (WeftPoll *self,
                guint64   request_id)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      WeftPollMember *member = weft_poll_get_member (self, i);

      if (member->state != WEFT_POLL_NOT_ASKED && member->request_id == request_id)
        return member;
    }

  return NULL;
}

WeftPollMember *
weft_poll_find_peer (WeftPoll   *self,
                     WeftPeerId *peer_id)
{
  for (guint i = 0; i < self->members->len; i++)
    if (weft_peer_id_equal (weft_poll_get_member (self, i)->peer_id, peer_id))
      return weft_poll_get_member (self, i);

  return NULL;
}

guint64
weft_poll_ask (WeftPoll       *self,
               WeftPollMember *member)
{
  g_assert (member->state == WEFT_POLL_NOT_ASKED || member->state == WEFT_POLL_WAITING);

  member->state = WEFT_POLL_WAITING;
  member->request_id = ++self->last_request_id;

  return member->request_id;
}

/* Even after its time was up: then it is as good as in time. */
void
weft_poll_answer (WeftPollMember    *member,
                  WeftClusterAnswer *answer)
{
  g_assert (member->state == WEFT_POLL_WAITING || member->state == WEFT_POLL_FAILED);
  g_assert (member->answer == NULL);

  member->state = WEFT_POLL_ANSWERED;
  member->answer = weft_cluster_answer_ref (answer);
  g_clear_error (&member->error);
}

/* All that is asked may be asked twice, so it does not matter whether it arrived. */
static gboolean
is_cut_off (const GError *error,
            gboolean      was_sent)
{
  if (g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT))
    return FALSE;

  return !was_sent || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CLOSED) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
}

gboolean
weft_poll_fail (WeftPollMember *member,
                const GError   *error,
                gboolean        was_sent)
{
  g_assert (error != NULL);

  if (member->state != WEFT_POLL_WAITING)
    return FALSE;
  if (!member->is_retried && is_cut_off (error, was_sent))
    {
      member->is_retried = TRUE;
      return TRUE;
    }

  member->state = WEFT_POLL_FAILED;
  member->error = g_error_copy (error);
  return FALSE;
}

void
weft_poll_expire (WeftPoll *self,
                  gint64    now_usec)
{
  if (now_usec < self->deadline_usec)
    return;

  for (guint i = 0; i < self->members->len; i++)
    {
      WeftPollMember *member = weft_poll_get_member (self, i);

      if (member->state != WEFT_POLL_WAITING)
        continue;
      member->state = WEFT_POLL_FAILED;
      member->error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "no answer in time");
    }
}

gint64
weft_poll_get_deadline (WeftPoll *self)
{
  return weft_poll_get_waiting (self) > 0 ? self->deadline_usec : G_MAXINT64;
}

static guint
count_state (WeftPoll      *self,
             WeftPollState  state)
{
  guint n = 0;

  for (guint i = 0; i < self->members->len; i++)
    n += weft_poll_get_member (self, i)->state == state;

  return n;
}

guint
weft_poll_get_waiting (WeftPoll *self)
{
  return count_state (self, WEFT_POLL_WAITING);
}

guint
weft_poll_get_answered (WeftPoll *self)
{
  return count_state (self, WEFT_POLL_ANSWERED);
}

guint
weft_poll_count (WeftPoll *self,
                 guint     verdict)
{
  guint n = 0;

  for (guint i = 0; i < self->members->len; i++)
    n += weft_poll_get_member (self, i)->verdict == verdict;

  return n;
}

void
weft_poll_check (WeftPoll *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      WeftPollMember *member = weft_poll_get_member (self, i);

      g_assert (member->request_id <= self->last_request_id);
      g_assert ((member->state == WEFT_POLL_NOT_ASKED) == (member->request_id == 0));
      g_assert ((member->state == WEFT_POLL_ANSWERED) == (member->answer != NULL));
      g_assert ((member->state == WEFT_POLL_FAILED) == (member->error != NULL));
      g_assert (member->verdict == 0 || member->state == WEFT_POLL_ANSWERED);
    }
}
