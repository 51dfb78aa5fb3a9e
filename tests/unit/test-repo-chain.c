/* test-repo-chain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Several revisions of one block that are decided together: each is judged on what those before it
 * make, and applied on that. */

#include "config.h"

#include <string.h>

#include "decided-repo.h"
#include "weft-pending-private.h"
#include "weft-repo-message-private.h"
#include "weft-storage-private.h"
#include "weft-tip-private.h"

#define CLUSTER "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define SOON (g_get_real_time () / 1000 + 60000)

#define NEW "{'inserts':{'b':{'header':{'id':'b','type':'t','collectionId':'c'},'n':[0]}}}"
/* Adds to the list, which has to be one by then. */
#define ADD_TO "{'updates':{'b':[['n',%d,0,[%d]]]}}"
#define SET_TO(n) "{'updates':{'b':[['n',null,null," n "]]}}"
#define LIST(values) \
  "{'b':{'block':{'header':{'id':'b','type':'t','collectionId':'c'},'n':" values "}"

/* Puts of the block, from a base on. */
typedef struct
{
  GPtrArray *pends; /* (element-type WeftPendRequest) */
  WeftRepoMessage *message;
} Chain;

static void
chain_clear (Chain *chain)
{
  g_clear_pointer (&chain->pends, g_ptr_array_unref);
  g_clear_pointer (&chain->message, weft_repo_message_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Chain, chain_clear)

static JsonNode *
parse (const char *text)
{
  g_autofree char *canonical = weft_canonical (text);
  g_autoptr (GError) error = NULL;
  JsonNode *json = weft_json_parse (canonical, -1, &error);

  g_assert_no_error (error);
  return json;
}

static WeftPendRequest *
make_pend (const char *action_id,
           gint64      base,
           const char *transforms)
{
  g_autofree char *text
      = g_strdup_printf ("{'actionId':'%s','bases':{'b':%d},'policy':'c','transforms':%s}",
                         action_id, (int) base, transforms);
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;
  WeftPendRequest *pend = weft_pend_request_from_json (json, &error);

  g_assert_no_error (error);
  return pend;
}

static WeftCommitRequest *
make_commit (WeftPendRequest *pend)
{
  g_autoptr (WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (pend), "b");
  gint64 base = weft_pend_request_get_base (pend, "b");
  g_autoptr (WeftPending) pending = weft_pending_new (transform, base, 0);
  g_autofree char *text = g_strdup_printf (
      "{'actionId':'%s','bases':{'b':%d},'blockIds':['b'],'digests':{'b':'%s'},'rev':%d,"
      "'tailId':'b'}",
      weft_pend_request_get_action_id (pend), (int) base, weft_pending_get_digest (pending),
      (int) base + 1);
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;
  WeftCommitRequest *commit = weft_commit_request_from_json (json, &error);

  g_assert_no_error (error);
  g_assert_nonnull (weft_commit_request_get_digest (commit, "b"));
  return commit;
}

/* Of actions p1, p2... with these transforms. */
static void
chain_init (Chain             *self,
            const char        *prefix,
            gint64             base,
            const char *const *transforms)
{
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);

  self->pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  for (guint i = 0; transforms[i] != NULL; i++)
    {
      g_autofree char *action_id = g_strdup_printf ("%s%u", prefix, i + 1);
      WeftPendRequest *pend = make_pend (action_id, base + i, transforms[i]);

      g_ptr_array_add (self->pends, pend);
      g_ptr_array_add (commits, make_commit (pend));
    }
  self->message = weft_repo_message_new_commits (commits, 0);
}

/* One of them alone, at another base. */
static void
chain_init_alone (Chain      *self,
                  const char *action_id,
                  gint64      base,
                  const char *transforms)
{
  WeftPendRequest *pend = make_pend (action_id, base, transforms);
  g_autoptr (WeftCommitRequest) commit = make_commit (pend);

  self->pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  g_ptr_array_add (self->pends, pend);
  self->message = weft_repo_message_new_commit (commit, 0);
}

/* So many that each add their revision to the list. */
static void
chain_init_adding (Chain      *self,
                   const char *prefix,
                   gint64      base,
                   guint       n)
{
  g_auto (GStrv) transforms = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    transforms[i] = base + i == 0 ? g_strdup (NEW)
                                  : g_strdup_printf (ADD_TO, (int) (base + i), (int) (base + i));
  chain_init (self, prefix, base, (const char *const *) transforms);
}

static void
pend (DecidedRepo *fixture,
      Chain       *chain)
{
  g_autoptr (WeftPendResult) stale = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good = weft_storage_repo_pend_at_once (fixture->repo, chain->message, chain->pends,
                                                     SOON, &stale, &error);

  g_assert_no_error (error);
  g_assert_null (stale);
  g_assert_true (is_good);
  while (weft_submissions_get_n_batches (fixture->repo->submissions) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
refuse_pend (DecidedRepo *fixture,
             Chain       *chain,
             int          code)
{
  g_autoptr (WeftPendResult) stale = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (weft_storage_repo_pend_at_once (fixture->repo, chain->message, chain->pends,
                                                  SOON, &stale, &error));
  g_assert_error (error, WEFT_ERROR, code);
}

static GPtrArray *
list_commits (WeftRepoMessage *message)
{
  GPtrArray *commits = g_ptr_array_new ();

  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    g_ptr_array_add (commits, weft_repo_message_get_commit_at (message, i));

  return commits;
}

static void
apply (DecidedRepo *fixture,
       Chain       *chain)
{
  g_autoptr (GPtrArray) commits = list_commits (chain->message);
  g_autoptr (GError) error = NULL;
  gboolean is_applied = decided_repo_apply (fixture, commits, CLUSTER, &error);

  g_assert_no_error (error);
  g_assert_true (is_applied);
}

static void
pend_and_apply (DecidedRepo *fixture,
                const char  *prefix,
                gint64       base,
                guint        n)
{
  g_auto (Chain) chain = { NULL };

  chain_init_adding (&chain, prefix, base, n);
  pend (fixture, &chain);
  apply (fixture, &chain);
}

static gboolean
is_pending (DecidedRepo *fixture,
            const char  *action_id,
            gint64       base)
{
  g_autoptr (WeftPending) pending
      = weft_storage_read_pending (fixture->storage, "b", action_id, NULL);

  return pending != NULL && weft_pending_get_base (pending) == base;
}

static void
test_new (DecidedRepo   *fixture,
          gconstpointer  data)
{
  g_auto (Chain) chain = { NULL };

  g_test_summary ("A block can begin with a chain; each revision is told of by itself.");

  chain_init_adding (&chain, "p", 0, 3);
  pend (fixture, &chain);
  g_assert_true (is_pending (fixture, "p3", 2));
  g_assert_true (weft_storage_repo_check_chain (fixture->repo, chain.message, NULL));
  apply (fixture, &chain);
  g_assert_true (decided_repo_is_marked (fixture));
  weft_listener_expect (fixture->listener, "c [b] p1@1; c [b] p2@2; c [b] p3@3");
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"),
               LIST ("[0,1,2]") ",'materializedRev':3,'state':{'latest':" REV ("p3", "3") "}}}");
  weft_expect (WEFT_REPO (fixture->repo), GET_AT ("'b'", "2"),
               LIST ("[0,1]") ",'materializedRev':2,'state':{'latest':" REV ("p3", "3") "}}}");
}

static void
test_long (DecidedRepo   *fixture,
           gconstpointer  data)
{
  g_autoptr (GString) expected = g_string_new ("[0");
  g_autofree char *text = NULL;

  g_test_summary ("However long a history of chains is, it is as one of single revisions, also for "
                  "who has nothing in memory.");

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("c%u-", i);

      pend_and_apply (fixture, prefix, 16 * i, 16);
    }
  for (guint i = 1; i < 128; i++)
    g_string_append_printf (expected, ",%u", i);
  text = g_strdup_printf (LIST ("%s]") ",'materializedRev':128,'state':{'latest':"
                          REV ("c7-16", "128") "}}}", expected->str);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"), text);
  weft_versioned_forget_all (fixture->repo->versioned);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"), text);
  weft_expect (WEFT_REPO (fixture->repo), GET_AT ("'b'", "5"),
               LIST ("[0,1,2,3,4]") ",'materializedRev':5,'state':{'latest':"
               REV ("c7-16", "128") "}}}");
}

/* Of what the newest 32 revisions keep whole. */
static guint
count_kept (DecidedRepo *fixture,
            gint64       latest)
{
  guint n_kept = 0;

  for (gint64 rev = 1; rev <= latest; rev++)
    {
      g_autofree char *action_id
          = weft_storage_read_revision (fixture->storage, "b", rev, NULL);
      g_autoptr (WeftBlock) block
          = weft_storage_read_materialized (fixture->storage, "b", action_id, NULL);

      n_kept += block != NULL;
    }

  return n_kept;
}

static void
test_kept (DecidedRepo   *fixture,
           gconstpointer  data)
{
  g_test_summary ("A chain leaves behind what single revisions leave behind.");

  pend_and_apply (fixture, "a", 0, 1);
  pend_and_apply (fixture, "b", 1, 16);
  g_assert_cmpuint (count_kept (fixture, 17), ==, 1);
  pend_and_apply (fixture, "c", 17, 16);
  pend_and_apply (fixture, "d", 33, 16);
  g_assert_cmpuint (count_kept (fixture, 49), ==, 2);
}

static void
test_content (DecidedRepo   *fixture,
              gconstpointer  data)
{
  const char *add = "{'updates':{'b':[['n',1,0,[8]]]}}";
  const char *bad[] = { SET_TO ("7"), add, NULL };
  const char *good[] = { SET_TO ("7"), SET_TO ("[7]"), add, NULL };
  g_auto (Chain) on_latest = { NULL };
  g_auto (Chain) fitting = { NULL };
  g_auto (Chain) unfitting = { NULL };

  g_test_summary ("A follower is judged on what comes before it, not on the latest.");

  pend_and_apply (fixture, "p", 0, 1);
  chain_init (&unfitting, "q", 1, bad);
  refuse_pend (fixture, &unfitting, WEFT_ERROR_INVALID);
  g_assert_false (is_pending (fixture, "q1", 1));

  chain_init (&fitting, "r", 1, good);
  pend (fixture, &fitting);
  apply (fixture, &fitting);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"),
               LIST ("[7,8]") ",'materializedRev':4,'state':{'latest':" REV ("r3", "4") "}}}");
  chain_init (&on_latest, "s", 4, bad + 1);
  pend (fixture, &on_latest);
  apply (fixture, &on_latest);
}

static void
test_gap (DecidedRepo   *fixture,
          gconstpointer  data)
{
  g_auto (Chain) chain = { NULL };
  g_auto (Chain) head = { NULL };
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (WeftPendResult) stale = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Nothing is pended ahead of what is here, unless all between are pending and to "
                  "be committed with it.");

  pend_and_apply (fixture, "p", 0, 2);
  chain_init_adding (&chain, "q", 2, 3);
  chain_init_adding (&head, "q", 2, 1);
  all = g_ptr_array_ref (chain.pends);
  chain.pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  g_ptr_array_add (chain.pends, weft_pend_request_ref (g_ptr_array_index (all, 2)));
  g_assert_false (weft_storage_repo_pend_at_once (fixture->repo, chain.message, chain.pends, SOON,
                                                  &stale, &error));
  g_assert_false (is_pending (fixture, "q3", 4));
  g_clear_error (&error);
  g_clear_pointer (&stale, weft_pend_result_unref);

  g_test_message ("The head is pending, the others come.");
  pend (fixture, &head);
  g_ptr_array_insert (chain.pends, 0, weft_pend_request_ref (g_ptr_array_index (all, 1)));
  pend (fixture, &chain);
  apply (fixture, &chain);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"),
               LIST ("[0,1,2,3,4]") ",'materializedRev':5,'state':{'latest':"
               REV ("q3", "5") "}}}");
}

static gboolean
holds_none (gpointer    data,
            const char *block_id,
            const char *action_id)
{
  return FALSE;
}

static void
test_again (DecidedRepo   *fixture,
            gconstpointer  data)
{
  static const WeftStorageGovernor free_hand = { holds_none, NULL };
  const char *all[] = { SET_TO ("1"), SET_TO ("2"), SET_TO ("3"), NULL };
  const char *rival[] = { SET_TO ("9"), NULL };
  g_auto (Chain) first = { NULL };
  g_auto (Chain) other = { NULL };
  g_auto (Chain) second = { NULL };
  g_auto (Chain) head = { NULL };

  g_test_summary ("What was to come after something else is pended anew where it comes earlier, or "
                  "later; what it was on before is forgotten.");

  weft_storage_repo_set_governor (fixture->repo, &free_hand);
  pend_and_apply (fixture, "p", 0, 1);
  chain_init (&first, "q", 1, all);
  pend (fixture, &first);
  g_assert_true (is_pending (fixture, "q3", 3));

  g_test_message ("Another one comes first.");
  chain_init (&other, "r", 1, rival);
  pend (fixture, &other);
  apply (fixture, &other);
  chain_init (&second, "q", 2, all);
  pend (fixture, &second);
  g_assert_true (is_pending (fixture, "q1", 2));
  g_assert_true (is_pending (fixture, "q2", 3));
  g_assert_true (is_pending (fixture, "q3", 4));

  g_test_message ("The last of them comes alone.");
  chain_init_alone (&head, "q3", 2, all[2]);
  pend (fixture, &head);
  g_assert_true (is_pending (fixture, "q3", 2));
  apply (fixture, &head);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"),
               LIST ("3") ",'materializedRev':3,'state':{'latest':" REV ("q3", "3")
               ",'pendings':['q1','q2']}}}");
  weft_storage_repo_set_governor (fixture->repo, NULL);
}

static gboolean
holds_all (gpointer    data,
           const char *block_id,
           const char *action_id)
{
  return TRUE;
}

static void
test_held (DecidedRepo   *fixture,
           gconstpointer  data)
{
  static const WeftStorageGovernor governor = { holds_all, NULL };
  const char *all[] = { SET_TO ("1"), SET_TO ("2"), NULL };
  const char *other[] = { SET_TO ("9"), NULL };
  g_auto (Chain) chain = { NULL };
  g_auto (Chain) rival = { NULL };
  g_auto (Chain) alone = { NULL };
  g_autoptr (WeftPending) content = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("What a vote is on stays as it is: the same action is not pended for another "
                  "revision, nor fetched for it, but for one that can still be.");

  weft_storage_repo_set_governor (fixture->repo, &governor);
  pend_and_apply (fixture, "p", 0, 1);
  chain_init (&chain, "q", 1, all);
  pend (fixture, &chain);
  chain_init_alone (&alone, "q2", 1, all[1]);
  refuse_pend (fixture, &alone, WEFT_ERROR_EXISTS);
  g_assert_true (is_pending (fixture, "q2", 2));
  content = weft_storage_read_pending (fixture->storage, "b", "q1", NULL);
  {
    g_autoptr (WeftPending) moved
        = weft_pending_new (weft_pending_get_transform (content), 2, 0);

    g_assert_false (weft_storage_repo_put_pending (fixture->repo, "b", "q1", moved, FALSE,
                                                   &error));
    g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  }

  g_test_message ("Another one comes first: what was on the revision before is dead.");
  chain_init (&rival, "r", 1, other);
  pend (fixture, &rival);
  apply (fixture, &rival);
  chain_clear (&chain);
  chain_init (&chain, "q", 2, all);
  refuse_pend (fixture, &chain, WEFT_ERROR_EXISTS);
  g_assert_true (is_pending (fixture, "q1", 1));
  weft_storage_repo_set_governor (fixture->repo, NULL);
}

static char *
object_cb (WeftStorageRepo   *repo,
           WeftCommitRequest *request,
           GPtrArray         *changes,
           gpointer           user_data)
{
  WeftBlockChange *change = g_ptr_array_index (changes, 0);
  g_autofree char *result = weft_block_to_string (weft_block_change_get_result (change));

  g_assert_cmpint (weft_block_change_get_base_rev (change) + 1, ==,
                   weft_commit_request_get_rev (request));

  return strstr (result, "[0,1,2]") != NULL ? g_strdup ("too long") : NULL;
}

static void
test_validated (DecidedRepo   *fixture,
                gconstpointer  data)
{
  g_auto (Chain) chain = { NULL };
  g_auto (Chain) shorter = { NULL };
  g_autoptr (GError) error = NULL;

  g_test_summary ("An application judges each of them on what the one before makes.");

  weft_storage_repo_set_commit_validator (fixture->repo, object_cb, NULL, NULL);
  chain_init_adding (&chain, "p", 0, 3);
  chain_init_adding (&shorter, "p", 0, 2);
  pend (fixture, &chain);
  g_assert_true (weft_storage_repo_check_chain (fixture->repo, shorter.message, NULL));
  g_assert_false (weft_storage_repo_check_chain (fixture->repo, chain.message, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "too long");
}

static void
test_put_after (DecidedRepo   *fixture,
                gconstpointer  data)
{
  g_autoptr (WeftPendRequest) first
      = make_pend ("q1", 1, "{'updates':{'b':[['n',null,null,7]]}}");
  g_autoptr (WeftPendRequest) unfit = make_pend ("q2", 2, "{'updates':{'b':[['n',1,0,[8]]]}}");
  g_autoptr (WeftPendRequest) fit = make_pend ("q3", 2, "{'updates':{'b':[['n',null,null,8]]}}");
  g_autoptr (WeftPendRequest) last = make_pend ("q4", 3, "{'updates':{'b':[['n',null,null,9]]}}");
  g_auto (WeftTip) tip = { NULL };
  g_autoptr (GError) error = NULL;

  g_test_summary ("A put that is to come after others makes sense after these.");

  pend_and_apply (fixture, "p", 0, 1);
  g_assert_true (weft_tip_begin (&tip, fixture->repo, "b", &error));
  g_assert_true (weft_tip_check_put (&tip, fixture->repo, first, SOON, &error));
  g_assert_false (weft_tip_check_put (&tip, fixture->repo, unfit, SOON, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (weft_tip_check_put (&tip, fixture->repo, last, SOON, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_MISSING_BASE);
  g_clear_error (&error);
  g_assert_true (weft_tip_check_put (&tip, fixture->repo, fit, SOON, &error));
  g_assert_true (weft_tip_check_put (&tip, fixture->repo, last, SOON, &error));
  g_assert_cmpint (tip.rev, ==, 4);
}

static void
test_unfinished (DecidedRepo   *fixture,
                 gconstpointer  data)
{
  g_auto (Chain) chain = { NULL };
  g_auto (Chain) shorter = { NULL };
  g_autoptr (GPtrArray) commits = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Where one of them is missing none is applied, and what was found of them is "
                  "forgotten.");

  pend_and_apply (fixture, "p", 0, 1);
  chain_init_adding (&chain, "q", 1, 3);
  chain_init_adding (&shorter, "q", 1, 2);
  pend (fixture, &shorter);
  commits = list_commits (chain.message);
  g_assert_false (decided_repo_apply (fixture, commits, CLUSTER, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"),
               LIST ("[0]") ",'materializedRev':1,'state':{'latest':" REV ("p1", "1")
               ",'pendings':['q1','q2']}}}");

  g_test_message ("The first of them is here by the time that the others are applied.");
  pend (fixture, &chain);
  {
    g_auto (Chain) head = { NULL };

    chain_init_adding (&head, "q", 1, 1);
    apply (fixture, &head);
  }
  apply (fixture, &chain);
  weft_expect (WEFT_REPO (fixture->repo), GET ("'b'"),
               LIST ("[0,1,2,3]") ",'materializedRev':4,'state':{'latest':" REV ("q3", "4")
               "}}}");
}

#define ADD(name, function)                                                                      \
  g_test_add ("/repo/chain/" name, DecidedRepo, NULL, decided_repo_set_up, function,             \
              decided_repo_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("new", test_new);
  ADD ("long", test_long);
  ADD ("kept", test_kept);
  ADD ("content", test_content);
  ADD ("gap", test_gap);
  ADD ("again", test_again);
  ADD ("held", test_held);
  ADD ("validated", test_validated);
  ADD ("put-after", test_put_after);
  ADD ("unfinished", test_unfinished);

  return g_test_run ();
}
