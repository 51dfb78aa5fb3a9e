/* weft-load.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-load.h"

#define HOT_BLOCK "bench-hot"

typedef struct
{
  WeftLoad *owner;
  guint index;
  Load *load;
  char *block_id;
  char *action_id;
  gint64 rev; /* of its block: what was committed last, as far as it knows */
  guint64 n_actions;
  guint n_tries; /* of the action that is under way */
} Caller;

struct _WeftLoad
{
  WeftTransport *transport;
  WeftClock *clock;
  WeftRandom *random;
  GPtrArray *repos;   /* (element-type WeftRemoteRepo) */
  GPtrArray *writers; /* (element-type WeftWriter), one for each repo or caller */
  Caller *callers;
  guint n_callers;
  char *filler;
  char *run; /* so that two runs on the same nodes do not meet */
  gboolean is_fresh;
  gboolean is_blind;
  gboolean is_hot;
};

static WeftRepo *
get_repo (Caller *caller)
{
  return g_ptr_array_index (caller->owner->repos, caller->index % caller->owner->repos->len);
}

WeftLoad *
weft_load_new (const guint16 *ports,
               char         **ids,
               guint          n_nodes,
               guint          n_callers,
               gsize          block_bytes)
{
  WeftLoad *self = g_new0 (WeftLoad, 1);
  g_autoptr (WeftIdentity) identity = NULL;

  self->clock = weft_system_clock_new ();
  self->random = weft_system_random_new ();
  identity = weft_identity_new (self->random);
  self->transport = WEFT_TRANSPORT (weft_websocket_transport_new (
      identity, "bench", WEFT_PEER_ROLE_CLIENT, self->clock, self->random));
  self->repos = g_ptr_array_new_with_free_func (g_object_unref);
  self->writers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_nodes; i++)
    {
      g_autofree char *text = g_strdup_printf ("/ip4/127.0.0.1/tcp/%u/ws/p2p/%s", ports[i],
                                               ids[i]);
      g_autoptr (WeftMultiaddr) address = weft_multiaddr_parse (text, NULL);
      WeftRemoteRepo *repo = weft_remote_repo_new (self->transport, address);

      g_ptr_array_add (self->repos, repo);
      g_ptr_array_add (self->writers, weft_writer_new (WEFT_REPO (repo), self->clock,
                                                       self->random));
    }
  self->n_callers = n_callers;
  self->filler = g_strnfill (block_bytes, 'x');
  self->run = weft_random_new_id (self->random, 12);
  self->callers = g_new0 (Caller, n_callers);
  for (guint i = 0; i < n_callers; i++)
    {
      self->callers[i].owner = self;
      self->callers[i].index = i;
    }

  return self;
}

void
weft_load_free (WeftLoad *self)
{
  for (guint i = 0; i < self->n_callers; i++)
    {
      g_free (self->callers[i].block_id);
      g_free (self->callers[i].action_id);
    }
  g_free (self->callers);
  g_ptr_array_unref (self->writers);
  g_ptr_array_unref (self->repos);
  weft_transport_close (self->transport);
  g_object_unref (self->transport);
  g_object_unref (self->clock);
  g_object_unref (self->random);
  g_free (self->filler);
  g_free (self->run);
  g_free (self);
}

void
weft_load_set_fresh (WeftLoad *self,
                     gboolean  is_fresh)
{
  self->is_fresh = is_fresh;
}

void
weft_load_set_blind (WeftLoad *self,
                     gboolean  is_blind)
{
  self->is_blind = is_blind;
}

void
weft_load_set_hot (WeftLoad *self,
                   gboolean  is_hot)
{
  self->is_hot = is_hot;
}

void
weft_load_set_apart (WeftLoad *self)
{
  g_ptr_array_set_size (self->writers, 0);
  for (guint i = 0; i < self->n_callers; i++)
    g_ptr_array_add (self->writers, weft_writer_new (get_repo (&self->callers[i]), self->clock,
                                                     self->random));
}

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftCommitResult) answer
      = weft_repo_commit_finish (WEFT_REPO (source), result, &error);

  if (answer != NULL && !weft_commit_result_is_success (answer))
    g_set_error (&error, WEFT_ERROR, WEFT_ERROR_FAILED, "a commit without a rival was stale");
  caller->rev += error == NULL;
  load_done (caller->load, caller->index, error);
}

static void
pended_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Caller *caller = user_data;
  const char *block_ids[] = { caller->block_id, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftPendResult) answer = weft_repo_pend_finish (WEFT_REPO (source), result, &error);
  g_autoptr (WeftCommitRequest) request = NULL;

  if (answer != NULL && !weft_pend_result_is_success (answer))
    g_set_error (&error, WEFT_ERROR, WEFT_ERROR_FAILED, "a pend without a rival was stale");
  if (error != NULL)
    {
      load_done (caller->load, caller->index, error);
      return;
    }
  request = weft_commit_request_new (caller->action_id, block_ids, caller->rev + 1, &error);
  g_assert_no_error (error);
  weft_repo_commit_async (WEFT_REPO (source), request, NULL, committed_cb, caller);
}

static WeftTransform *
make_transform (Caller *caller)
{
  g_autoptr (JsonNode) value = json_node_init_string (json_node_alloc (), caller->owner->filler);
  g_autoptr (JsonObject) attributes = NULL;
  g_autoptr (GPtrArray) updates = NULL;
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  if (caller->rev > 0)
    {
      updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
      g_ptr_array_add (updates, weft_operation_new_set ("value", value, &error));
      g_assert_no_error (error);
    }
  else
    {
      attributes = json_object_new ();
      json_object_set_member (attributes, "value", g_steal_pointer (&value));
      block = weft_block_new (caller->block_id, "bench", "bench", attributes, &error);
      g_assert_no_error (error);
    }

  return weft_transform_new (block, updates, FALSE);
}

static WeftTransforms *
make_transforms (Caller *caller)
{
  g_autoptr (WeftTransform) transform = make_transform (caller);
  g_autoptr (GError) error = NULL;
  WeftTransforms *transforms
      = weft_transforms_new_for_block (caller->block_id, transform, &error);

  g_assert_no_error (error);

  return transforms;
}

/* The next change of the caller's block, under another action id. */
static WeftPendRequest *
make_request (Caller *caller)
{
  WeftLoad *self = caller->owner;
  g_autoptr (WeftTransforms) transforms = make_transforms (caller);
  g_autoptr (JsonObject) bases = json_object_new ();
  g_autoptr (GError) error = NULL;
  WeftPendRequest *request;

  g_free (caller->action_id);
  caller->action_id = g_strdup_printf ("%s-%u-%" G_GUINT64_FORMAT "~%u", self->run, caller->index,
                                       caller->n_actions, ++caller->n_tries);
  if (!self->is_blind)
    json_object_set_int_member (bases, caller->block_id, caller->rev);
  request = weft_pend_request_new (caller->action_id, self->is_blind ? 0 : caller->rev + 1,
                                   transforms, bases, WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);

  return request;
}

static void
choose_block (Caller *caller)
{
  WeftLoad *self = caller->owner;
  gboolean is_hot = g_strcmp0 (caller->block_id, HOT_BLOCK) == 0;

  caller->n_tries = 0;
  caller->n_actions++;
  if (caller->block_id != NULL && !self->is_fresh && is_hot == self->is_hot)
    return;

  g_free (caller->block_id);
  caller->block_id = self->is_hot ? g_strdup (HOT_BLOCK)
                                  : g_strdup_printf ("%s-%u-%" G_GUINT64_FORMAT, self->run,
                                                     caller->index, caller->n_actions);
  /* That block is there; which revision it has is told to who names another. */
  caller->rev = self->is_hot ? 1 : 0;
}

void
weft_load_commit (Load     *load,
                  guint     index,
                  gpointer  data)
{
  WeftLoad *self = data;
  Caller *caller = &self->callers[index];
  g_autoptr (WeftPendRequest) request = NULL;

  caller->load = load;
  choose_block (caller);
  request = make_request (caller);
  weft_repo_pend_async (get_repo (caller), request, NULL, pended_cb, caller);
}

static void send_put (Caller *caller);

/* Who came too late was told what the latest revision is, and goes on from there. */
static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftCommitResult) answer = weft_repo_put_finish (WEFT_REPO (source), result, &error);

  if (answer != NULL && !weft_commit_result_is_success (answer))
    {
      caller->rev
          = weft_stale_failure_get_stale_rev (weft_commit_result_get_failure (answer));
      if (caller->owner->is_hot && caller->rev > 0)
        {
          send_put (caller);
          return;
        }
      g_set_error (&error, WEFT_ERROR, WEFT_ERROR_FAILED, "a put without a rival was stale");
    }
  else if (answer != NULL)
    caller->rev = weft_commit_result_get_rev (answer);
  load_done (caller->load, caller->index, error);
}

static void
send_put (Caller *caller)
{
  g_autoptr (WeftPendRequest) request = make_request (caller);

  weft_repo_put_async (get_repo (caller), request, NULL, put_cb, caller);
}

void
weft_load_put (Load     *load,
               guint     index,
               gpointer  data)
{
  WeftLoad *self = data;
  Caller *caller = &self->callers[index];

  caller->load = load;
  choose_block (caller);
  send_put (caller);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr (GError) error = NULL;

  weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &error);
  load_done (caller->load, caller->index, error);
}

void
weft_load_write_hot (Load     *load,
                     guint     index,
                     gpointer  data)
{
  WeftLoad *self = data;
  Caller *caller = &self->callers[index];
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  caller->load = load;
  json_object_set_int_member (attributes, "caller", index);
  json_object_set_int_member (attributes, "turn", (gint64) caller->n_actions++);
  json_object_set_string_member (attributes, "value", self->filler);
  block = weft_block_new (HOT_BLOCK, "bench", "bench", attributes, &error);
  g_assert_no_error (error);
  weft_writer_put_async (g_ptr_array_index (self->writers, index % self->writers->len), &block, 1,
                         NULL, written_cb, caller);
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftGetResult) answer = weft_repo_get_finish (WEFT_REPO (source), result, &error);

  load_done (caller->load, caller->index, error);
}

void
weft_load_read_own (Load     *load,
                    guint     index,
                    gpointer  data)
{
  WeftLoad *self = data;
  Caller *caller = &self->callers[index];
  const char *block_ids[] = { caller->block_id ? caller->block_id : HOT_BLOCK, NULL };
  g_autoptr (WeftBlockGets) request = NULL;
  g_autoptr (GError) error = NULL;

  caller->load = load;
  request = weft_block_gets_new (block_ids, NULL, &error);
  g_assert_no_error (error);
  weft_repo_get_async (get_repo (caller), request, NULL, got_cb, caller);
}
