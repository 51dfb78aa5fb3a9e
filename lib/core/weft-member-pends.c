/* weft-member-pends.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-limits.h"
#include "weft-transforms-private.h"

/* Pends that share a request, each for itself. Only what speaks for nobody to look twice is done:
 * of everything else it is said that it was not, and whoever cares asks for that one in a record,
 * where there are reasons, and a member that is behind may fetch first. */

static gboolean
is_in_time (WeftMemberMachine *self,
            WeftRepoMessage   *message)
{
  gint64 expiration = weft_repo_message_get_expiration (message);

  return expiration == 0
         || (expiration > self->event->real_msec
             && expiration - self->event->real_msec <= WEFT_LIMIT_EXPIRATION_MSEC_MAX);
}

static gboolean
is_valid (WeftMemberMachine *self,
          WeftRepoMessage   *message)
{
  g_autofree char *objection
      = self->facts.validate != NULL ? self->facts.validate (self->facts.data, message) : NULL;

  return objection == NULL;
}

/* Whether the history of all of its blocks says that these peers keep them. */
static gboolean
is_pinned (WeftMemberMachine *self,
           WeftRepoMessage   *message,
           const char        *membership)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (message);
  g_autofree const char **block_ids
      = weft_transforms_list_block_ids (weft_pend_request_get_transforms (pend));

  for (guint i = 0; block_ids[i] != NULL; i++)
    if (weft_member_find_right (self, block_ids[i], membership) != WEFT_MEMBER_RIGHT_PINNED)
      return FALSE;

  return TRUE;
}

static void
answer (WeftMemberMachine *self,
        WeftMemberCall    *call,
        GPtrArray         *done)
{
  guint n_messages = weft_cluster_request_get_messages (call->request)->len;
  g_autoptr (GPtrArray) results = g_ptr_array_sized_new (n_messages);
  guint n_done = 0;

  for (guint i = 0; i < n_messages; i++)
    {
      gboolean was_asked = (call->asked & (1u << i)) != 0;

      g_ptr_array_add (results, was_asked ? g_ptr_array_index (done, n_done++) : NULL);
      if (g_ptr_array_index (results, i) == NULL)
        weft_member_count (self, "member/reject/pend");
    }
  weft_member_answer (self, call, weft_cluster_answer_new_pended (results), NULL, 0);
}

void
weft_member_examine_pends (WeftMemberMachine *self,
                           WeftMemberCall    *call)
{
  GPtrArray *messages = weft_cluster_request_get_messages (call->request);
  const char *membership = weft_cluster_request_get_membership (call->request);
  g_autoptr (GPtrArray) asked
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_repo_message_unref);
  WeftMemberEffect *effect;

  G_STATIC_ASSERT (WEFT_LIMIT_GROUP_MAX <= 8 * sizeof call->asked);

  for (guint i = 0; i < messages->len; i++)
    {
      WeftRepoMessage *message = g_ptr_array_index (messages, i);

      if (!is_in_time (self, message) || !is_pinned (self, message, membership)
          || !is_valid (self, message))
        continue;
      call->asked |= 1u << i;
      g_ptr_array_add (asked, weft_repo_message_ref (message));
    }
  if (asked->len == 0)
    {
      answer (self, call, NULL);
      return;
    }

  call->place = WEFT_MEMBER_PLACE_EXECUTE;
  effect = weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_PEND_EACH);
  effect->token = call->token;
  effect->messages = g_steal_pointer (&asked);
}

void
weft_member_step_pended_each (WeftMemberMachine *self)
{
  WeftMemberCall *call = weft_member_find_call (self, self->event->token);

  if (call == NULL || call->place != WEFT_MEMBER_PLACE_EXECUTE)
    return;

  call->place = WEFT_MEMBER_PLACE_NEW;
  if (self->event->error != NULL)
    weft_member_answer_error (self, call, WEFT_ERROR_UNAVAILABLE, self->event->error->message);
  else
    answer (self, call, self->event->results);
}
