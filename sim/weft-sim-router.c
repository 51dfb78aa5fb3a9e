/* weft-sim-router.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-router-private.h"

#include "weft-sim-client-private.h"

/* A repo made of several nodes: each message goes to the node that the deployment picks for its
 * blocks. A get whose blocks are at several is asked there, and the answers become one. */
struct _WeftSimRouter
{
  GObject parent_instance;

  WeftSimDeployment *deployment; /* unowned */
  GPtrArray *remotes;            /* (element-type WeftRemoteRepo) */
  WeftSimPrng *prng;             /* unowned */
};

/* A get in parts. */
typedef struct
{
  WeftSimRouter *router;
  WeftRepoMessage *message;
  guint n_open;
  GPtrArray *replies; /* (element-type WeftRepoReply) */
  GError *error;      /* the first */
  WeftRepoDoneFunc done;
  gpointer user_data;
} Gathering;

static void repo_iface_init (WeftRepoInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimRouter, weft_sim_router, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, repo_iface_init))

static void
gathering_free (Gathering *self)
{
  g_object_unref (self->router);
  weft_repo_message_unref (self->message);
  g_ptr_array_unref (self->replies);
  g_clear_error (&self->error);
  g_free (self);
}

static WeftGetBlockResult *
find_part (Gathering  *self,
           const char *block_id)
{
  for (guint i = 0; i < self->replies->len; i++)
    {
      WeftGetResult *result = weft_repo_reply_get_get (self->replies->pdata[i]);
      WeftGetBlockResult *found = weft_get_result_lookup (result, block_id);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static WeftRepoReply *
join (Gathering *self)
{
  WeftBlockGets *gets = weft_repo_message_get_get (self->message);
  const char * const *block_ids = weft_block_gets_get_block_ids (gets);
  g_autoptr(GPtrArray) found_ids = g_ptr_array_new ();
  g_autoptr(GPtrArray) results = g_ptr_array_new ();
  g_autoptr(WeftGetResult) result = NULL;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftGetBlockResult *found = find_part (self, block_ids[i]);

      if (found == NULL)
        continue;
      g_ptr_array_add (found_ids, (char *) block_ids[i]);
      g_ptr_array_add (results, found);
    }
  g_ptr_array_add (found_ids, NULL);
  result = weft_get_result_new ((const char * const *) found_ids->pdata, results, NULL);
  g_assert (result != NULL);

  return weft_repo_reply_new_get (result);
}

static void
part_cb (WeftRepo      *repo,
         WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  Gathering *self = user_data;
  g_autoptr(WeftRepoReply) joined = NULL;

  if (reply != NULL)
    g_ptr_array_add (self->replies, weft_repo_reply_ref (reply));
  else if (self->error == NULL)
    self->error = g_error_copy (error);
  self->n_open--;
  if (self->n_open > 0)
    return;

  if (self->error == NULL)
    joined = join (self);
  self->done (WEFT_REPO (self->router), joined, self->error, self->user_data);
  gathering_free (self);
}

static guint
pick_node (WeftSimRouter *self,
           const char    *block_id)
{
  return weft_sim_deployment_pick_node (self->deployment, weft_sim_client_parse_block (block_id),
                                        self->prng);
}

static void
ask_part (WeftSimRouter *self,
          Gathering     *gathering,
          GPtrArray     *block_ids,
          guint          node,
          GCancellable  *cancellable)
{
  WeftBlockGets *whole = weft_repo_message_get_get (gathering->message);
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  g_ptr_array_add (block_ids, NULL);
  gets = weft_block_gets_new ((const char * const *) block_ids->pdata,
                              weft_block_gets_get_context (whole), NULL);
  g_assert (gets != NULL);
  message = weft_repo_message_new_get (gets, weft_repo_message_get_expiration (gathering->message));
  gathering->n_open++;
  weft_repo_perform (self->remotes->pdata[node], message, cancellable, part_cb, gathering);
}

/* Each part has the blocks that go to one node. */
static void
ask_in_parts (WeftSimRouter    *self,
              WeftRepoMessage  *message,
              char            **block_ids,
              const guint      *nodes,
              GCancellable     *cancellable,
              WeftRepoDoneFunc  done,
              gpointer          user_data)
{
  Gathering *gathering = g_new0 (Gathering, 1);

  gathering->router = g_object_ref (self);
  gathering->message = weft_repo_message_ref (message);
  gathering->replies = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_repo_reply_unref);
  gathering->done = done;
  gathering->user_data = user_data;
  for (guint node = 0; node < self->remotes->len; node++)
    {
      g_autoptr(GPtrArray) part = g_ptr_array_new ();

      for (guint i = 0; block_ids[i] != NULL; i++)
        if (nodes[i] == node)
          g_ptr_array_add (part, block_ids[i]);
      if (part->len > 0)
        ask_part (self, gathering, part, node, cancellable);
    }
}

static void
weft_sim_router_perform (WeftRepo         *repo,
                         WeftRepoMessage  *message,
                         GCancellable     *cancellable,
                         WeftRepoDoneFunc  done,
                         gpointer          user_data)
{
  WeftSimRouter *self = WEFT_SIM_ROUTER (repo);
  g_auto(GStrv) block_ids = weft_repo_message_get_block_ids (message);
  guint n_blocks = g_strv_length (block_ids);
  g_autofree guint *nodes = g_new0 (guint, MAX (n_blocks, 1));
  gboolean is_get = weft_repo_message_get_operation (message) == WEFT_REPO_OPERATION_GET;
  gboolean is_scattered = FALSE;

  /* What is no get goes to one node: a deployment says which blocks a write may join. */
  for (guint i = 0; i < n_blocks; i++)
    {
      nodes[i] = i == 0 || is_get ? pick_node (self, block_ids[i]) : nodes[0];
      is_scattered = is_scattered || nodes[i] != nodes[0];
    }
  if (is_scattered)
    ask_in_parts (self, message, block_ids, nodes, cancellable, done, user_data);
  else
    weft_repo_perform (self->remotes->pdata[nodes[0]], message, cancellable, done, user_data);
}

static void
repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = weft_sim_router_perform;
}

static void
weft_sim_router_finalize (GObject *object)
{
  g_ptr_array_unref (WEFT_SIM_ROUTER (object)->remotes);

  G_OBJECT_CLASS (weft_sim_router_parent_class)->finalize (object);
}

static void
weft_sim_router_class_init (WeftSimRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_router_finalize;
}

static void
weft_sim_router_init (WeftSimRouter *self)
{
}

WeftSimRouter *
weft_sim_router_new (WeftSimDeployment *deployment,
                     GPtrArray         *remotes,
                     WeftSimPrng       *prng)
{
  WeftSimRouter *self = g_object_new (WEFT_TYPE_SIM_ROUTER, NULL);

  self->deployment = deployment;
  self->remotes = g_ptr_array_ref (remotes);
  self->prng = prng;

  return self;
}
