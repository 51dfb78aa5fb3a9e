/* weft-sim-raw-write.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A write as somebody does it who speaks the protocol without our writer: it reads, and pends and
 * commits one block, or cancels what it has pended, or puts the block, on what it read or on
 * whatever is the latest. It asks again with the same action while it is not told what became of
 * it, and may send a commit or put twice at once.
 */

#include "weft-sim-client-private.h"

#define ACTION_CHARS 16
#define EXPIRATION_MSEC (60 * 1000)
/* How many of the writes are puts, and how many of those do not say what they follow. */
#define PUTS 0.5
#define BLIND_PUTS 0.5
/* Of puts that are all to be blind: how many make no sense. */
#define BAD_PUTS 0.05
/* And how many who have pended think better of it. */
#define CHANGED_MINDS 0.2

typedef struct
{
  WeftSimClient *client;
  char *block_id;
  guint key;
  WeftRepoMessage *pend;   /* (nullable): before the change */
  WeftRepoMessage *change; /* a commit or a put */
  guint n_attempts; /* of the present step */
  guint n_waiting;  /* changes without an answer */
  gboolean is_over; /* some change was told what became of the write */
  GError *error;    /* why it is not known, or did not happen */
} RawWrite;

static void send_pend   (RawWrite *self);
static void send_cancel (RawWrite *self);
static void send_change (RawWrite *self);

/* Takes over the error. */
static void
finish (RawWrite *self,
        GError   *error)
{
  WeftSimClient *client = self->client;

  g_clear_error (&self->error);
  g_clear_pointer (&self->pend, weft_repo_message_unref);
  g_clear_pointer (&self->change, weft_repo_message_unref);
  g_free (self->block_id);
  g_free (self);
  weft_sim_client_end (client, error);
  g_clear_error (&error);
}

static gboolean
is_unknown (const GError *error)
{
  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
}

static WeftCommitResult *
get_result (WeftRepoReply *reply)
{
  return weft_repo_reply_get_operation (reply) == WEFT_REPO_OPERATION_PUT
           ? weft_repo_reply_get_put (reply) : weft_repo_reply_get_commit (reply);
}

static void
take_answer (RawWrite      *self,
             WeftRepoReply *reply,
             const GError  *error)
{

  if (error != NULL)
    {
      g_clear_error (&self->error);
      self->error = g_error_copy (error);
      return;
    }
  self->is_over = TRUE;
  g_clear_error (&self->error);
  if (!weft_commit_result_is_success (get_result (reply)))
    self->error = g_error_new (WEFT_ERROR, WEFT_ERROR_EXISTS, "somebody else was first");
}

static void
change_cb (WeftRepo      *repo,
           WeftRepoReply *reply,
           const GError  *error,
           gpointer       user_data)
{
  RawWrite *self = user_data;

  if (!self->is_over)
    take_answer (self, reply, error);
  self->n_waiting--;
  if (self->n_waiting > 0)
    return;
  if (!self->is_over && is_unknown (self->error) &&
      self->n_attempts < self->client->options->n_attempts)
    send_change (self);
  else if (self->is_over && self->error != NULL && self->pend != NULL)
    send_cancel (self);
  else
    finish (self, g_steal_pointer (&self->error));
}

static void
cancel_cb (WeftRepo      *repo,
           WeftRepoReply *reply,
           const GError  *error,
           gpointer       user_data)
{
  RawWrite *self = user_data;

  finish (self, g_steal_pointer (&self->error));
}

static void
send_cancel (RawWrite *self)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (self->pend);
  const char *const block_ids[] = { self->block_id, NULL };
  g_autoptr(WeftActionBlocks) action
    = weft_action_blocks_new (weft_pend_request_get_action_id (pend), block_ids, NULL);
  g_autoptr(WeftRepoMessage) message = NULL;

  g_assert (action != NULL);
  message = weft_repo_message_new_cancel (action, 0);
  weft_repo_perform (self->client->repo, message, NULL, cancel_cb, self);
}

static void
send_change (RawWrite *self)
{
  WeftSimClient *client = self->client;

  self->n_attempts++;
  self->n_waiting = weft_sim_prng_chance (client->prng, client->options->duplicates) ? 2 : 1;
  for (guint n_left = self->n_waiting; n_left > 0; n_left--)
    weft_repo_perform (client->repo, self->change, NULL, change_cb, self);
}

static void
pend_cb (WeftRepo      *repo,
         WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  RawWrite *self = user_data;

  if (error != NULL && is_unknown (error) && self->n_attempts < self->client->options->n_attempts)
    {
      send_pend (self);
      return;
    }
  if (error != NULL)
    {
      finish (self, g_error_copy (error));
      return;
    }
  if (!weft_pend_result_is_success (weft_repo_reply_get_pend (reply)))
    {
      finish (self, g_error_new (WEFT_ERROR, WEFT_ERROR_EXISTS, "the pend came too late"));
      return;
    }

  self->n_attempts = 0;
  if (weft_sim_prng_chance (self->client->prng, CHANGED_MINDS))
    send_cancel (self);
  else
    send_change (self);
}

static void
send_pend (RawWrite *self)
{
  self->n_attempts++;
  weft_repo_perform (self->client->repo, self->pend, NULL, pend_cb, self);
}

/* There is no such list in the block. */
static WeftOperation *
make_bad_update (RawWrite *self)
{
  g_autoptr(JsonArray) items = json_array_new ();

  return weft_operation_new_splice ("value", 1, 1, items, NULL);
}

/* A block that is there is changed, one that is not is inserted. */
static WeftTransform *
make_transform (RawWrite  *self,
                WeftBlock *found,
                gboolean   is_bad)
{
  g_autoptr(WeftBlock) insert = NULL;
  g_autoptr(GPtrArray) updates = NULL;

  if (found == NULL)
    insert = weft_sim_client_make_block (self->client, self->key);
  else
    {
      g_autoptr(JsonNode) value = weft_sim_client_draw_value (self->client);

      updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
      g_ptr_array_add (updates, is_bad ? make_bad_update (self)
                                       : weft_operation_new_set ("value", value, NULL));
    }

  return weft_transform_new (insert, updates, FALSE);
}

static void
prepare (RawWrite           *self,
         WeftGetBlockResult *found)
{
  WeftSimClient *client = self->client;
  WeftActionRev *latest = weft_get_block_result_get_latest (found);
  gint64 base = latest != NULL ? weft_action_rev_get_rev (latest) : 0;
  g_autoptr(WeftTransform) transform = NULL;
  g_autoptr(WeftTransforms) transforms = NULL;
  g_autoptr(JsonObject) bases = json_object_new ();
  g_autofree char *action_id = weft_random_new_id (client->random, ACTION_CHARS);
  const char *const block_ids[] = { self->block_id, NULL };
  WeftBlock *block = weft_get_block_result_get_block (found);
  gboolean is_put = weft_sim_prng_chance (client->prng, PUTS);
  gboolean is_blind = is_put && weft_sim_prng_chance (client->prng, BLIND_PUTS) && block != NULL;
  gboolean is_bad;
  gint64 expiration_msec = weft_clock_get_real (WEFT_CLOCK (client->clock)) / 1000 +
                           EXPIRATION_MSEC;
  g_autoptr(WeftPendRequest) pend = NULL;
  g_autoptr(WeftCommitRequest) commit = NULL;

  if (client->options->blind > 0 && block != NULL)
    is_put = is_blind = weft_sim_prng_chance (client->prng, client->options->blind);
  is_bad = client->options->blind > 0 && is_blind
           && weft_sim_prng_chance (client->prng, BAD_PUTS);
  transform = make_transform (self, block, is_bad);
  transforms = weft_transforms_new_for_block (self->block_id, transform, NULL);
  g_assert (transforms != NULL);
  if (!is_blind)
    json_object_set_int_member (bases, self->block_id, base);
  pend = weft_pend_request_new (action_id, is_blind ? 0 : base + 1, transforms, bases,
                                WEFT_PEND_POLICY_CONTINUE, NULL);
  g_assert (pend != NULL);
  if (is_put)
    {
      self->change = weft_repo_message_new_put (pend, expiration_msec);
      return;
    }

  self->pend = weft_repo_message_new_pend (pend, expiration_msec);
  commit = weft_commit_request_new (action_id, block_ids, base + 1, NULL);
  g_assert (commit != NULL);
  self->change = weft_repo_message_new_commit (commit, expiration_msec);
}

static void
read_cb (WeftRepo      *repo,
         WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  RawWrite *self = user_data;
  WeftGetBlockResult *found = NULL;

  if (reply != NULL)
    found = weft_get_result_lookup (weft_repo_reply_get_get (reply), self->block_id);
  if (found == NULL || weft_get_block_result_get_unavailable (found) != NULL)
    {
      finish (self, error != NULL ? g_error_copy (error)
                                  : weft_sim_client_find_unavailable (reply));
      return;
    }

  prepare (self, found);
  if (self->pend != NULL)
    send_pend (self);
  else
    send_change (self);
}

void
weft_sim_client_write_raw (WeftSimClient *self,
                           guint          key)
{
  RawWrite *write = g_new0 (RawWrite, 1);
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  write->client = self;
  write->key = key;
  write->block_id = weft_sim_client_name_block (key);
  gets = weft_block_gets_new ((const char *const[]) { write->block_id, NULL }, NULL, NULL);
  g_assert (gets != NULL);
  message = weft_repo_message_new_get (gets, 0);
  weft_repo_perform (self->repo, message, NULL, read_cb, write);
}
