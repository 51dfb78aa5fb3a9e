/* member-pended.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

/* What came along with a request, and is pended when the test says so. */

typedef struct
{
  guint64 token;
  GPtrArray *pends;
} RigPended;

static void
pended_free (gpointer data)
{
  RigPended *pended = data;

  g_ptr_array_unref (pended->pends);
  g_free (pended);
}

void
member_rig_push_pended (MemberRig        *self,
                        WeftMemberEffect *effect)
{
  RigPended *pended = g_new0 (RigPended, 1);

  pended->token = effect->token;
  pended->pends = g_ptr_array_ref (effect->pends);
  g_queue_push_tail (&self->pended, pended);
}

static void
pend (MemberRig       *self,
      WeftPendRequest *request)
{
  WeftTransforms *transforms = weft_pend_request_get_transforms (request);
  g_auto (GStrv) block_ids = weft_transforms_get_block_ids (transforms);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gint64 base = weft_pend_request_get_base (request, block_ids[i]);
      g_autofree char *digest = rig_digest (request, block_ids[i]);

      rig_state_add_content (self->visible, block_ids[i],
                             weft_pend_request_get_action_id (request), base, digest);
    }
}

void
member_rig_forget_pended (MemberRig *self)
{
  g_queue_clear_full (&self->pended, pended_free);
}

void
member_rig_pended (MemberRig    *self,
                   const char   *text,
                   const GError *error)
{
  RigPended *pended = g_queue_pop_head (&self->pended);
  WeftMemberEvent event = {
    .type = WEFT_MEMBER_EVENT_PENDED,
    .token = pended->token,
    .text = text,
    .error = error,
  };

  if (text == NULL && error == NULL)
    {
      for (guint i = 0; i < pended->pends->len; i++)
        pend (self, g_ptr_array_index (pended->pends, i));
      member_rig_push_batch (self, 0, FALSE);
      event.text = "{\"blockIds\":[],\"pending\":[],\"success\":true}";
    }
  pended_free (pended);
  member_rig_step (self, &event);
}
