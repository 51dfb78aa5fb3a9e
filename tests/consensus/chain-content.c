/* chain-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the members of the explorer vote for can always be applied. Here it is the contents that a
 * chain is made of, and the repo of a member that judges them.
 */

#include "config.h"

#include "chain-content.h"

#include "weft-json.h"
#include "weft-memory-storage.h"
#include "weft-pending-private.h"
#include "weft-repo-message-private.h"
#include "weft-storage-repo-private.h"
#include "weft-system-clock.h"

#define LENGTH_MAX 5

/* What makes sense depends on what is there: nothing, a list of some length, or a word. */
static const char *const contents[] = {
  ("{\"deletes\":[],\"inserts\":{\"b\":{\"header\":{\"collectionId\":\"c\",\"id\":\"b\","
   "\"type\":\"t\"},\"n\":[]}},\"updates\":{}}"),
  "{\"deletes\":[],\"inserts\":{},\"updates\":{\"b\":[[\"n\",0,0,[1]]]}}",
  "{\"deletes\":[],\"inserts\":{},\"updates\":{\"b\":[[\"n\",1,0,[2]]]}}",
  "{\"deletes\":[],\"inserts\":{},\"updates\":{\"b\":[[\"n\",null,null,\"word\"]]}}",
  "{\"deletes\":[],\"inserts\":{},\"updates\":{\"b\":[[\"n\",null,null,[3]]]}}",
};

static WeftPendRequest *
make_pend (guint       index,
           const char *transforms)
{
  g_autofree char *text
      = g_strdup_printf ("{\"actionId\":\"A%u\",\"bases\":{\"b\":%u},\"policy\":\"c\","
                         "\"transforms\":%s}", index, index, transforms);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, &error);
  WeftPendRequest *pend;

  g_assert_no_error (error);
  pend = weft_pend_request_from_json (json, &error);
  g_assert_no_error (error);

  return pend;
}

static WeftCommitRequest *
make_commit (WeftPendRequest *pend,
             guint            index)
{
  const char *ids[] = { "b", NULL };
  g_autoptr (WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (pend), "b");
  g_autoptr (WeftPending) pending = weft_pending_new (transform, index, 0);
  g_autoptr (JsonObject) bases = json_object_new ();
  g_autoptr (JsonObject) digests = json_object_new ();
  g_autoptr (WeftCommitRequest) bare
      = weft_commit_request_new (weft_pend_request_get_action_id (pend), ids, index + 1, NULL);

  json_object_set_int_member (bases, "b", index);
  json_object_set_string_member (digests, "b", weft_pending_get_digest (pending));

  return weft_commit_request_with_content (bare, bases, digests, NULL);
}

/* One after the other, as they will be. */
static gboolean
can_apply (GPtrArray *pends)
{
  g_autoptr (WeftBlock) block = NULL;

  for (guint i = 0; i < pends->len; i++)
    {
      g_autoptr (WeftTransform) transform
          = weft_transforms_lookup (weft_pend_request_get_transforms (pends->pdata[i]), "b");
      g_autoptr (WeftBlock) before = g_steal_pointer (&block);

      if (!weft_transform_apply (transform, before, &block, NULL))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_taken (WeftRepoMessage *message,
          GPtrArray       *pends)
{
  g_autoptr (WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr (WeftClock) clock = weft_system_clock_new ();
  g_autoptr (WeftStorageRepo) repo = weft_storage_repo_new (storage, clock);
  g_autoptr (WeftPendResult) stale = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good = weft_storage_repo_pend_at_once (repo, message, pends, 0, &stale, &error);

  while (g_main_context_iteration (NULL, FALSE))
    ;

  return is_good;
}

gboolean
chain_content_explore (guint64   seed,
                       char    **story)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed ((guint32) seed);
  g_autoptr (GPtrArray) pends
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);
  g_autoptr (WeftRepoMessage) message = NULL;
  guint length = (guint) g_rand_int_range (chance, 2, LENGTH_MAX + 1);
  gboolean is_right;

  for (guint i = 0; i < length; i++)
    {
      guint drawn = i == 0 ? 0 : (guint) g_rand_int_range (chance, 1, G_N_ELEMENTS (contents));

      g_ptr_array_add (pends, make_pend (i, contents[drawn]));
      g_ptr_array_add (commits, make_commit (pends->pdata[i], i));
    }
  message = weft_repo_message_new_commits (commits, 0);
  is_right = can_apply (pends);
  if (is_taken (message, pends) == is_right)
    return TRUE;

  *story = g_strdup_printf ("a chain of %u is %s", length,
                            is_right ? "refused" : "taken, and cannot be applied");

  return FALSE;
}
