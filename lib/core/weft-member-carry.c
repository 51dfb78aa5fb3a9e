/* weft-member-carry.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"
#include "weft-pending-private.h"

/* Who asks for a vote may send along what it is about. None of it is believed: it is pended as if
 * somebody had asked for that, and the vote is considered again from the start. */

/* (element-type WeftCommitRequest): of which something is missing. What is pending with another
 * content may be what came too late, and was made again. */
static GPtrArray *
list_lacking (WeftClusterRecord *record,
              GArray            *needs)
{
  GPtrArray *lacking = g_ptr_array_sized_new (needs->len);

  for (guint i = 0; i < needs->len; i++)
    {
      WeftSlot *slot = g_array_index (needs, WeftMemberNeed, i).slot;
      WeftCommitRequest *commit = weft_member_get_commit (record, slot);

      if (!g_ptr_array_find (lacking, commit, NULL))
        g_ptr_array_add (lacking, commit);
    }

  return lacking;
}

/* Whether it would be pending with the content that is to be voted on. */
static gboolean
has_content (WeftPendRequest   *pend,
             WeftCommitRequest *commit,
             const char        *block_id)
{
  gint64 base = weft_commit_request_get_base (commit, block_id);
  gint64 pend_base = weft_pend_request_get_base (pend, block_id);
  g_autoptr (WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (pend), block_id);
  g_autoptr (WeftPending) pending = NULL;

  if (transform == NULL || (pend_base != base && pend_base != WEFT_BASE_UNKNOWN))
    return FALSE;
  pending = weft_pending_new (transform, base, 0);

  return WEFT_BUG (CARRIED_BELIEVED)
         || g_strcmp0 (weft_pending_get_digest (pending),
                       weft_commit_request_get_digest (commit, block_id)) == 0;
}

static gboolean
is_meant (WeftPendRequest   *pend,
          WeftCommitRequest *commit)
{
  const char *const *block_ids = weft_commit_request_get_block_ids (commit);
  guint n_blocks = 0;

  if (!g_str_equal (weft_pend_request_get_action_id (pend),
                    weft_commit_request_get_action_id (commit)))
    return FALSE;
  for (; block_ids[n_blocks] != NULL; n_blocks++)
    if (!has_content (pend, commit, block_ids[n_blocks]))
      return FALSE;

  return weft_transforms_get_n_blocks (weft_pend_request_get_transforms (pend)) == n_blocks;
}

static WeftPendRequest *
find_pend (GPtrArray         *pends,
           WeftCommitRequest *commit)
{
  for (guint i = 0; i < pends->len; i++)
    if (is_meant (g_ptr_array_index (pends, i), commit))
      return g_ptr_array_index (pends, i);

  return NULL;
}

/* (element-type WeftPendRequest): what came along and is not pending yet. */
static GPtrArray *
list_missing (WeftMemberCall *call,
              GArray         *needs)
{
  GPtrArray *pends = weft_cluster_request_get_pends (call->request);
  GPtrArray *missing = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  g_autoptr (GPtrArray) lacking
      = list_lacking (weft_cluster_request_get_record (call->request), needs);

  for (guint i = 0; i < lacking->len; i++)
    {
      WeftPendRequest *pend = find_pend (pends, g_ptr_array_index (lacking, i));

      if (pend != NULL)
        g_ptr_array_add (missing, weft_pend_request_ref (pend));
    }

  return missing;
}

/* Without its base a content cannot be judged: who is behind fetches first. */
static gboolean
is_behind (GArray *needs)
{
  for (guint i = 0; i < needs->len; i++)
    if (g_array_index (needs, WeftMemberNeed, i).lack == WEFT_MEMBER_LACK_BASE)
      return TRUE;

  return FALSE;
}

gboolean
weft_member_pend_carried (WeftMemberMachine *self,
                          WeftMemberCall    *call,
                          GArray            *needs)
{
  g_autoptr (GPtrArray) missing = NULL;
  WeftMemberEffect *effect;

  if (call->is_pended || weft_cluster_request_get_pends (call->request) == NULL
      || is_behind (needs))
    return FALSE;
  missing = list_missing (call, needs);
  if (missing->len == 0)
    return FALSE;

  weft_member_stop_waiting (self, call);
  weft_member_count (self, "member/pend-carried");
  call->is_pended = TRUE;
  call->place = WEFT_MEMBER_PLACE_PEND;
  effect = weft_member_effects_add (self->effects, WEFT_MEMBER_EFFECT_PEND);
  effect->token = call->token;
  effect->record = weft_cluster_record_ref (weft_cluster_request_get_record (call->request));
  effect->pends = g_steal_pointer (&missing);

  return TRUE;
}
