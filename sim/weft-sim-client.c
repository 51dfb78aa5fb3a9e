/* weft-sim-client.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-client-private.h"

#include <string.h>

#include "weft-sim-keys.h"
#include "weft-sim-prng-private.h"
#include "weft-sim-random.h"
#include "weft-sim-recorder-private.h"
#include "weft-sim-router-private.h"
#include "weft-sim-trace-private.h"
#include "weft-sim-transport.h"

#define BLOCK_TYPE "item"
#define COLLECTION "simulated"

#define BLOCK_PREFIX "item-"

char *
weft_sim_client_name_block (guint key)
{
  return g_strdup_printf (BLOCK_PREFIX "%u", key);
}

guint
weft_sim_client_parse_block (const char *block_id)
{
  g_assert (g_str_has_prefix (block_id, BLOCK_PREFIX));

  return (guint) g_ascii_strtoull (block_id + strlen (BLOCK_PREFIX), NULL, 10);
}

static void
add_remote (WeftSimClient *self,
            WeftSimHost   *host)
{
  g_ptr_array_add (self->remotes,
                   g_object_new (WEFT_TYPE_REMOTE_REPO, "transport", self->transport,
                                 "address", weft_sim_node_get_address (host->node),
                                 "clock", self->clock, "random", self->random,
                                 "timeout", self->options->timeout_usec, NULL));
}

WeftSimClient *
weft_sim_client_new (guint                         index,
                     const WeftSimWorkloadOptions *options,
                     WeftSimWorld                 *world,
                     WeftSimDeployment            *deployment,
                     WeftSimHistory               *history,
                     WeftSimNames                 *names)
{
  WeftSimClient *self = g_new0 (WeftSimClient, 1);
  g_autofree char *name = g_strdup_printf ("client-%u", index);
  g_autoptr(WeftSimRouter) router = NULL;
  g_autoptr(WeftIdentity) identity = NULL;

  self->index = index;
  self->options = options;
  self->world = g_object_ref (world);
  self->actor = weft_sim_world_add_actor (world, name);
  self->prng = weft_sim_world_get_stream (world, name);
  self->clock = weft_sim_clock_new (world, self->actor);
  self->random = WEFT_RANDOM (weft_sim_random_new (weft_sim_world_get_seed (world), name));
  identity = weft_sim_keys_make_identity (weft_sim_keys_get (world), self->random);
  weft_sim_trace_peer (world, self->actor, identity);
  self->transport = WEFT_TRANSPORT (weft_sim_transport_new (identity, "sim",
                                                            WEFT_PEER_ROLE_CLIENT, self->clock,
                                                            self->random));
  self->deployment = deployment;
  self->remotes = g_ptr_array_new_with_free_func (g_object_unref);
  if (deployment->edges->len > 0)
    add_remote (self, deployment->edges->pdata[index]);
  for (guint i = 0; deployment->edges->len == 0 && i < deployment->hosts->len; i++)
    add_remote (self, deployment->hosts->pdata[i]);
  router = weft_sim_router_new (deployment, self->remotes, self->prng);
  self->repo = WEFT_REPO (weft_sim_recorder_new (WEFT_REPO (router), world, history, names,
                                                 self->actor, &self->operation, index));
  if (options->has_promises)
    weft_sim_recorder_expect_promises (WEFT_SIM_RECORDER (self->repo));
  self->writer = weft_writer_new (self->repo, WEFT_CLOCK (self->clock), self->random);

  return self;
}

void
weft_sim_client_free (WeftSimClient *self)
{
  g_object_unref (self->writer);
  g_object_unref (self->repo);
  g_ptr_array_unref (self->remotes);
  g_object_unref (self->transport);
  g_object_unref (self->random);
  g_object_unref (self->clock);
  g_object_unref (self->world);
  g_clear_pointer (&self->written, g_ptr_array_unref);
  g_free (self);
}

void
weft_sim_client_close (WeftSimClient *self)
{
  weft_sim_clock_run_out (self->clock);
  weft_transport_close (self->transport);
}

static void
begin (WeftSimClient         *self,
       const char            *what,
       WeftSimClientDoneFunc  done,
       gpointer               user_data)
{
  g_assert (self->done == NULL);

  self->operation = weft_sim_trace_operation (self->world, self->actor, what, 0);
  self->done = done;
  self->user_data = user_data;
}

void
weft_sim_client_end (WeftSimClient *self,
                     const GError  *error)
{
  WeftSimClientDoneFunc done = g_steal_pointer (&self->done);

  g_assert (done != NULL);

  if (error != NULL)
    weft_sim_world_note (self->world, self->actor, "failed", error->message);
  weft_sim_trace_done (self->world, self->operation, NULL, error);
  self->operation = 0;
  done (self, error, self->user_data);
}

/* Of characters that JSON has no other way to write. */
static void
append_value (WeftSimClient *self,
              GString       *text)
{
  gsize start = text->len;
  gsize n_chars;

  g_string_append_printf (text, "%u-%" G_GUINT64_FORMAT " ", self->index, self->n_values++);
  n_chars = text->len - start;
  if (n_chars >= self->options->value_bytes)
    return;
  g_string_set_size (text, start + self->options->value_bytes);
  weft_sim_prng_spell (self->prng, text->str + start + n_chars,
                       self->options->value_bytes - n_chars);
}

JsonNode *
weft_sim_client_draw_value (WeftSimClient *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  append_value (self, text);

  return json_node_init_string (json_node_alloc (), text->str);
}

WeftBlock *
weft_sim_client_make_block (WeftSimClient *self,
                            guint          key)
{
  g_autoptr(GString) text = g_string_sized_new (128 + self->options->value_bytes);
  WeftBlock *block;

  g_string_append_printf (text, "{\"header\":{\"collectionId\":\"" COLLECTION "\",\"id\":\""
                          BLOCK_PREFIX "%u\",\"type\":\"" BLOCK_TYPE "\"},\"value\":\"", key);
  append_value (self, text);
  g_string_append (text, "\"}");
  block = weft_block_from_string (text->str, NULL);
  g_assert (block != NULL);

  return block;
}

GError *
weft_sim_client_find_unavailable (WeftRepoReply *reply)
{
  WeftGetResult *result = weft_repo_reply_get_get (reply);
  const char * const *block_ids = weft_get_result_get_block_ids (result);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      const char *reason = weft_get_block_result_get_unavailable (
        weft_get_result_lookup (result, block_ids[i]));

      if (reason != NULL)
        return g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "block “%s” cannot be shown: %s",
                            block_ids[i], reason);
    }

  return NULL;
}

static void
read_cb (WeftRepo      *repo,
         WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  g_autoptr(GError) unavailable = NULL;

  if (reply != NULL)
    unavailable = weft_sim_client_find_unavailable (reply);
  weft_sim_client_end (user_data, reply != NULL ? unavailable : error);
}

static void
read_keys (WeftSimClient *self,
           guint          first,
           guint          n_keys)
{
  g_auto(GStrv) block_ids = g_new0 (char *, n_keys + 1);
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  for (guint i = 0; i < n_keys; i++)
    block_ids[i] = weft_sim_client_name_block ((first + i) % self->options->n_keys);
  gets = weft_block_gets_new ((const char * const *) block_ids, NULL, NULL);
  g_assert (gets != NULL);
  message = weft_repo_message_new_get (gets, 0);
  weft_repo_perform (self->repo, message, NULL, read_cb, self);
}

void
weft_sim_client_read (WeftSimClient         *self,
                      guint                  first,
                      guint                  n_keys,
                      WeftSimClientDoneFunc  done,
                      gpointer               user_data)
{
  g_assert (n_keys <= self->options->n_keys);

  begin (self, n_keys == self->options->n_keys ? "read all" : "read many", done, user_data);
  read_keys (self, first, n_keys);
}

/* A block as it was, at some revision from the first to the one before the last that was read. */
static void
read_past (WeftSimClient *self,
           guint          key)
{
  g_autofree char *block_id = weft_sim_client_name_block (key);
  const char *const block_ids[] = { block_id, NULL };
  gint64 rev = weft_sim_recorder_get_rev (WEFT_SIM_RECORDER (self->repo), block_id);
  g_autoptr(WeftActionContext) context = NULL;
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  if (rev > 1)
    rev = 1 + weft_sim_prng_below (self->prng, (guint32) MIN (rev - 1, G_MAXINT32));
  if (rev > 0)
    context = weft_action_context_new (NULL, rev, NULL, NULL);
  gets = weft_block_gets_new (block_ids, context, NULL);
  g_assert (gets != NULL);
  message = weft_repo_message_new_get (gets, 0);
  weft_repo_perform (self->repo, message, NULL, read_cb, self);
}

/* What a writer says that it has done is held against what is seen of it. */
static void
see_written (WeftSimClient *self,
             WeftActionRev *made)
{
  WeftSimRecorder *recorder = WEFT_SIM_RECORDER (self->repo);

  for (guint i = 0; made != NULL && i < self->written->len; i++)
    {
      WeftBlock *block = self->written->pdata[i];

      weft_sim_recorder_see_written (recorder, weft_block_get_id (block), block, made);
    }
  g_clear_pointer (&self->written, g_ptr_array_unref);
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  WeftSimClient *self = user_data;
  g_autoptr(WeftActionRev) made = NULL;
  g_autoptr(GError) error = NULL;

  weft_writer_put_finish (WEFT_WRITER (source), result, NULL, &made, &error);
  see_written (self, made);
  weft_sim_client_end (self, error);
}

/* Keys that may be written together, next to each other, as many as fit. */
static void
put_keys (WeftSimClient *self,
          guint          first,
          guint          n_keys)
{
  g_autoptr(GPtrArray) blocks = NULL;

  blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  for (guint key = first; key < self->options->n_keys && blocks->len < n_keys; key++)
    if (weft_sim_deployment_may_join (self->deployment, first, key))
      g_ptr_array_add (blocks, weft_sim_client_make_block (self, key));
  weft_writer_put_async (self->writer, (WeftBlock **) blocks->pdata, blocks->len, NULL, put_cb,
                         self);
  g_assert (self->written == NULL);
  self->written = g_steal_pointer (&blocks);
}

void
weft_sim_client_put (WeftSimClient         *self,
                     guint                  key,
                     WeftSimClientDoneFunc  done,
                     gpointer               user_data)
{
  begin (self, "put", done, user_data);
  put_keys (self, key, 1);
}

static void
delete_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  weft_writer_delete_finish (WEFT_WRITER (source), result, NULL, NULL, &error);
  weft_sim_client_end (user_data, error);
}

static void
delete_key (WeftSimClient *self,
            guint          key)
{
  g_autofree char *block_id = weft_sim_client_name_block (key);
  const char *const block_ids[] = { block_id, NULL };

  weft_writer_delete_async (self->writer, block_ids, NULL, delete_cb, self);
}

static WeftSimWork
draw_work (WeftSimClient *self)
{
  const double *mix = self->options->mix;
  double total = 0;
  double at;

  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    total += mix[i];
  at = weft_sim_prng_unit (self->prng) * total;
  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    {
      if (at < mix[i])
        return i;
      at -= mix[i];
    }

  return WEFT_SIM_WORK_READ;
}

void
weft_sim_client_work (WeftSimClient         *self,
                      WeftSimClientDoneFunc  done,
                      gpointer               user_data)
{
  static const char *const names[] = {
    [WEFT_SIM_WORK_READ] = "read",
    [WEFT_SIM_WORK_PUT] = "put",
    [WEFT_SIM_WORK_DELETE] = "delete",
    [WEFT_SIM_WORK_RAW] = "change",
    [WEFT_SIM_WORK_PAST] = "read past",
  };
  guint key = weft_sim_prng_below (self->prng, self->options->n_keys);
  guint n_keys = 1 + weft_sim_prng_below (self->prng, self->options->blocks_max);
  WeftSimWork work = draw_work (self);

  begin (self, names[work], done, user_data);
  self->work = work;
  self->key = key;
  self->begun_usec = weft_sim_world_get_time (self->world);
  switch (work)
    {
    case WEFT_SIM_WORK_READ:
      read_keys (self, key, MIN (n_keys, self->options->n_keys - key));
      break;

    case WEFT_SIM_WORK_PUT:
      put_keys (self, key, n_keys);
      break;

    case WEFT_SIM_WORK_DELETE:
      delete_key (self, key);
      break;

    case WEFT_SIM_WORK_RAW:
      weft_sim_client_write_raw (self, key);
      break;

    case WEFT_SIM_WORK_PAST:
      read_past (self, key);
      break;
    }
}
