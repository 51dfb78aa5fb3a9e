/* weft-batch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-batch-private.h"

#include "weft-ids-private.h"
#include "weft-limits.h"

/* Mostly enough for what changes with one block, and its names. */
#define STEPS_MOSTLY 8
#define NAMES_BYTES 512

/* A step, whose names are the batch's and whose JSON belongs to what is stored. */
typedef struct
{
  WeftBatchOperation operation;
  WeftStored *stored; /* (nullable) */
} Step;

struct _WeftBatch
{
  gatomicrefcount ref_count;
  gboolean is_frozen;
  gboolean is_patient;
  GArray *steps;       /* (element-type Step) */
  GStringChunk *names; /* of their blocks and keys */
};

G_DEFINE_BOXED_TYPE (WeftBatch, weft_batch, weft_batch_ref, weft_batch_unref)

static void
step_clear (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->stored, weft_stored_unref);
}

static const char *
keep (WeftBatch  *self,
      const char *name)
{
  return name != NULL ? g_string_chunk_insert (self->names, name) : NULL;
}

/* Takes @stored, copies the names. */
static Step *
add (WeftBatch    *self,
     WeftBatchKind kind,
     const char   *block_id,
     const char   *key,
     gint64        rev,
     WeftStored   *stored)
{
  const Step step = {
    .operation = {
      .kind = kind, .block_id = keep (self, block_id), .key = keep (self, key), .rev = rev,
    },
    .stored = stored,
  };

  g_array_append_val (self->steps, step);

  return &g_array_index (self->steps, Step, self->steps->len - 1);
}

static WeftStored *
store_json (JsonNode *json)
{
  json_node_seal (json);

  return weft_stored_new (json);
}

static gboolean
is_writable (WeftBatch *self)
{
  return self != NULL && !self->is_frozen;
}

void
weft_batch_set_patient (WeftBatch *self)
{
  self->is_patient = TRUE;
}

gboolean
weft_batch_is_patient (WeftBatch *self)
{
  return self->is_patient;
}

static gboolean
is_block_id (const char *id)
{
  return id != NULL && weft_ids_check_block (id, NULL, NULL);
}

static gboolean
is_action_id (const char *id)
{
  return id != NULL && weft_ids_check_action (id, NULL, NULL);
}

static gboolean
is_name (const char *name)
{
  return name != NULL && weft_ids_check_name (name, NULL, NULL);
}

/**
 * weft_batch_new:
 *
 * Makes a batch without any change.
 *
 * Returns: (transfer full): a new batch
 *
 * Since: 0.1
 */
WeftBatch *
weft_batch_new (void)
{
  WeftBatch *self = g_new0 (WeftBatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->steps = g_array_sized_new (FALSE, FALSE, sizeof (Step), STEPS_MOSTLY);
  g_array_set_clear_func (self->steps, step_clear);
  self->names = g_string_chunk_new (NAMES_BYTES);

  return self;
}

/**
 * weft_batch_ref:
 * @self: a batch
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WeftBatch *
weft_batch_ref (WeftBatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * weft_batch_unref:
 * @self: (transfer full): a batch
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
weft_batch_unref (WeftBatch *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->steps, g_array_unref);
  g_string_chunk_free (self->names);
  g_free (self);
}

/**
 * weft_batch_put_metadata:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @metadata: what to know of it
 *
 * Adds a step that replaces the metadata of a block.
 *
 * Since: 0.1
 */
void
weft_batch_put_metadata (WeftBatch         *self,
                         const char        *block_id,
                         WeftBlockMetadata *metadata)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (metadata != NULL);

  add (self, WEFT_BATCH_PUT_METADATA, block_id, NULL, 0,
       weft_stored_new_value (&weft_stored_metadata, metadata));
}

/**
 * weft_batch_put_revision:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @rev: a revision, from 1
 * @action_id: the action that made it
 *
 * Adds a step that says which action made a revision of a block.
 *
 * Since: 0.1
 */
void
weft_batch_put_revision (WeftBatch  *self,
                         const char *block_id,
                         gint64      rev,
                         const char *action_id)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (rev >= 1 && rev <= WEFT_REV_MAX);
  g_return_if_fail (is_action_id (action_id));

  add (self, WEFT_BATCH_PUT_REVISION, block_id, action_id, rev, NULL);
}

/**
 * weft_batch_put_pending:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @action_id: an action that is not committed on that block
 * @pending: what the action would change
 *
 * Adds a step that stores what an action would change in a block.
 *
 * Since: 0.1
 */
void
weft_batch_put_pending (WeftBatch   *self,
                        const char  *block_id,
                        const char  *action_id,
                        WeftPending *pending)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (is_action_id (action_id));
  g_return_if_fail (pending != NULL);

  add (self, WEFT_BATCH_PUT_PENDING, block_id, action_id, 0,
       weft_stored_new_value (&weft_stored_pending, pending));
}

/**
 * weft_batch_delete_pending:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @action_id: an action
 *
 * Adds a step that drops a pending action; one that is absent is fine.
 *
 * Since: 0.1
 */
void
weft_batch_delete_pending (WeftBatch  *self,
                           const char *block_id,
                           const char *action_id)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (is_action_id (action_id));

  add (self, WEFT_BATCH_DELETE_PENDING, block_id, action_id, 0, NULL);
}

/**
 * weft_batch_promote_pending:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @action_id: an action that is pending on that block
 *
 * Adds a step that makes a pending action a committed one. The batch fails with
 * [error@Weft.Error.NOT_FOUND] when it is not pending.
 *
 * Since: 0.1
 */
void
weft_batch_promote_pending (WeftBatch  *self,
                            const char *block_id,
                            const char *action_id)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (is_action_id (action_id));

  add (self, WEFT_BATCH_PROMOTE_PENDING, block_id, action_id, 0, NULL);
}

/**
 * weft_batch_put_action:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @action_id: an action
 * @action: what it changed
 *
 * Adds a step that stores a committed action, as one that was restored from another peer. If it was
 * pending, it no longer is.
 *
 * Since: 0.1
 */
void
weft_batch_put_action (WeftBatch   *self,
                       const char  *block_id,
                       const char  *action_id,
                       WeftPending *action)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (is_action_id (action_id));
  g_return_if_fail (action != NULL);

  add (self, WEFT_BATCH_PUT_ACTION, block_id, action_id, 0,
       weft_stored_new_value (&weft_stored_pending, action));
}

/**
 * weft_batch_put_materialized:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @action_id: the action after which the block is so
 * @block: the block
 *
 * Adds a step that stores a block as an action left it.
 *
 * Since: 0.1
 */
void
weft_batch_put_materialized (WeftBatch  *self,
                             const char *block_id,
                             const char *action_id,
                             WeftBlock  *block)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (is_action_id (action_id));
  g_return_if_fail (block != NULL);

  add (self, WEFT_BATCH_PUT_MATERIALIZED, block_id, action_id, 0,
       weft_stored_new_value (&weft_stored_block, block));
}

/**
 * weft_batch_delete_materialized:
 * @self: a batch that is not frozen
 * @block_id: a block
 * @action_id: an action
 *
 * Adds a step that drops a block as an action left it; one that is absent is fine.
 *
 * Since: 0.1
 */
void
weft_batch_delete_materialized (WeftBatch  *self,
                                const char *block_id,
                                const char *action_id)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_block_id (block_id));
  g_return_if_fail (is_action_id (action_id));

  add (self, WEFT_BATCH_DELETE_MATERIALIZED, block_id, action_id, 0, NULL);
}

/**
 * weft_batch_put_record:
 * @self: a batch that is not frozen
 * @message_hash: the hash of the record's message
 * @record: the record; it is sealed
 * @is_resolved: whether it is decided and carried out
 *
 * Adds a step that stores a cluster record, instead of the one that has the same hash.
 *
 * Since: 0.1
 */
void
weft_batch_put_record (WeftBatch  *self,
                       const char *message_hash,
                       JsonNode   *record,
                       gboolean    is_resolved)
{
  Step *step;

  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_name (message_hash));
  g_return_if_fail (record != NULL);

  step = add (self, WEFT_BATCH_PUT_RECORD, NULL, message_hash, 0, store_json (record));
  step->operation.is_resolved = is_resolved;
}

void
weft_batch_put_record_text (WeftBatch  *self,
                            const char *message_hash,
                            char       *text,
                            gboolean    is_resolved)
{
  Step *step;

  g_assert (is_writable (self));
  g_assert (is_name (message_hash));

  step = add (self, WEFT_BATCH_PUT_RECORD, NULL, message_hash, 0,
              weft_stored_new_text (text));
  step->operation.is_resolved = is_resolved;
}

/**
 * weft_batch_delete_record:
 * @self: a batch that is not frozen
 * @message_hash: the hash of a record's message
 *
 * Adds a step that drops a cluster record; one that is absent is fine.
 *
 * Since: 0.1
 */
void
weft_batch_delete_record (WeftBatch  *self,
                          const char *message_hash)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_name (message_hash));

  add (self, WEFT_BATCH_DELETE_RECORD, NULL, message_hash, 0, NULL);
}

/**
 * weft_batch_put_value:
 * @self: a batch that is not frozen
 * @name: the name of a value of the node
 * @value: the value; it is sealed
 *
 * Adds a step that replaces a small value which the node keeps for itself.
 *
 * Since: 0.1
 */
void
weft_batch_put_value (WeftBatch  *self,
                      const char *name,
                      JsonNode   *value)
{
  g_return_if_fail (is_writable (self));
  g_return_if_fail (is_name (name));
  g_return_if_fail (value != NULL);

  add (self, WEFT_BATCH_PUT_VALUE, NULL, name, 0, store_json (value));
}

/**
 * weft_batch_get_n_operations:
 * @self: a batch
 *
 * Gets how many steps there are.
 *
 * Returns: the number of steps
 *
 * Since: 0.1
 */
guint
weft_batch_get_n_operations (WeftBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->steps->len;
}

/**
 * weft_batch_get_operation:
 * @self: a frozen batch
 * @index: which step, from 0
 *
 * Gets a step, in the order in which they were added. It is carried out in that order too.
 *
 * The step and what it points to belong to the batch, and stay as they are while somebody holds a
 * reference to it; any thread may read them.
 *
 * Returns: (transfer none): the step
 *
 * Since: 0.1
 */
const WeftBatchOperation *
weft_batch_get_operation (WeftBatch *self,
                          guint      index)
{
  Step *step;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->is_frozen, NULL);
  g_return_val_if_fail (index < self->steps->len, NULL);

  step = &g_array_index (self->steps, Step, index);
  if (step->stored != NULL)
    g_atomic_pointer_set (&step->operation.json, weft_stored_get_json (step->stored));

  return &step->operation;
}

/**
 * weft_batch_get_step:
 * @self: a frozen batch
 * @index: which step, from 0
 *
 * Gets a step as [method@Weft.Batch.get_operation] does, for storages that keep text: `json` may be
 * %NULL in it, as nothing is made for it. [method@Weft.Batch.append_text] gives what it puts.
 *
 * Returns: (transfer none): the step
 *
 * Since: 0.1
 */
const WeftBatchOperation *
weft_batch_get_step (WeftBatch *self,
                     guint      index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->is_frozen, NULL);
  g_return_val_if_fail (index < self->steps->len, NULL);

  return &g_array_index (self->steps, Step, index).operation;
}

/**
 * weft_batch_append_text:
 * @self: a frozen batch
 * @index: which step, from 0
 * @text: where to append
 *
 * Writes what a step puts, as canonical JSON (RFC 8785): the same as `json` of
 * [method@Weft.Batch.get_operation], without a tree.
 *
 * Returns: %TRUE, or %FALSE for a step that puts nothing, which appends nothing
 *
 * Since: 0.1
 */
gboolean
weft_batch_append_text (WeftBatch *self,
                        guint      index,
                        GString   *text)
{
  WeftStored *stored;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->is_frozen, FALSE);
  g_return_val_if_fail (index < self->steps->len, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  stored = g_array_index (self->steps, Step, index).stored;
  if (stored != NULL)
    weft_stored_append (stored, text);

  return stored != NULL;
}

const WeftBatchOperation *
weft_batch_peek_operation (WeftBatch   *self,
                           guint        index,
                           WeftStored **stored)
{
  Step *step;

  g_assert (self->is_frozen);
  g_assert (index < self->steps->len);

  step = &g_array_index (self->steps, Step, index);
  *stored = step->stored;

  return &step->operation;
}

/**
 * weft_batch_freeze:
 * @self: a batch
 *
 * Makes the batch immutable: from now on nothing can be added. [method@Weft.Storage.submit] does
 * this; it can be done twice.
 *
 * Since: 0.1
 */
void
weft_batch_freeze (WeftBatch *self)
{
  g_return_if_fail (self != NULL);

  self->is_frozen = TRUE;
}
