/* weft-writer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-writer-private.h"

/**
 * WeftWriter:
 *
 * Writes blocks to a [iface@Weft.Repo] without a thought for actions, bases and revisions.
 *
 * A write reads what is there, works out the smallest change that makes the blocks what was asked
 * for, and puts it, all blocks together or none: two requests. When somebody else changed one of
 * the blocks in between, it starts again from what they wrote, a bounded number of times, with
 * growing, jittered pauses. Blocks that already are as asked for are left alone.
 *
 * Several writes may be under way at once; those of one writer to the same block are made in
 * turn, in the order in which they were asked for. A writer belongs to the thread of its repo.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WeftWriter, weft_writer, G_TYPE_OBJECT)

static gboolean
finish (WeftWriter     *self,
        GAsyncResult   *result,
        guint          *n_changed,
        WeftActionRev **committed,
        GError        **error)
{
  WeftWrite *write = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) task_error = NULL;
  g_autoptr(WeftActionRev) action_rev = g_task_propagate_pointer (G_TASK (result), &task_error);

  if (n_changed != NULL)
    *n_changed = action_rev != NULL ? g_strv_length (write->changed_ids) : 0;
  if (committed != NULL)
    *committed = g_steal_pointer (&action_rev);
  if (task_error != NULL)
    g_propagate_error (error, g_steal_pointer (&task_error));
  else
    return TRUE;

  return FALSE;
}

static void
weft_writer_dispose (GObject *object)
{
  WeftWriter *self = WEFT_WRITER (object);

  g_clear_object (&self->repo);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);

  G_OBJECT_CLASS (weft_writer_parent_class)->dispose (object);
}

static void
weft_writer_finalize (GObject *object)
{
  WeftWriter *self = WEFT_WRITER (object);

  weft_block_turns_free (self->turns);

  G_OBJECT_CLASS (weft_writer_parent_class)->finalize (object);
}

static void
weft_writer_class_init (WeftWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weft_writer_dispose;
  G_OBJECT_CLASS (klass)->finalize = weft_writer_finalize;
}

static void
weft_writer_init (WeftWriter *self)
{
  self->turns = weft_block_turns_new ();
}

/**
 * weft_writer_new:
 * @repo: where to write
 * @clock: what measures the pauses between attempts
 * @random: what action ids and jitter are drawn from
 *
 * Creates a writer.
 *
 * Returns: (transfer full): a new writer
 *
 * Since: 0.1
 */
WeftWriter *
weft_writer_new (WeftRepo   *repo,
                 WeftClock  *clock,
                 WeftRandom *random)
{
  WeftWriter *self;

  g_return_val_if_fail (WEFT_IS_REPO (repo), NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  self = g_object_new (WEFT_TYPE_WRITER, NULL);
  self->repo = g_object_ref (repo);
  self->clock = g_object_ref (clock);
  self->random = g_object_ref (random);

  return self;
}

/**
 * weft_writer_get_repo:
 * @self: a writer
 *
 * Gets the repo that is written to.
 *
 * Returns: (transfer none): the repo
 *
 * Since: 0.1
 */
WeftRepo *
weft_writer_get_repo (WeftWriter *self)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), NULL);

  return self->repo;
}

/* A block cannot become two things at once. */
static gboolean
check_blocks (WeftBlock * const  *blocks,
              gsize               n_blocks,
              GError            **error)
{
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < n_blocks; i++)
    if (!g_hash_table_add (ids, (gpointer) weft_block_get_id (blocks[i])))
      {
        g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                     "expected blocks with ids of their own, got “%s” a second time",
                     weft_block_get_id (blocks[i]));
        return FALSE;
      }

  return TRUE;
}

/**
 * weft_writer_put_async:
 * @self: a writer
 * @blocks: (array length=n_blocks): what the blocks shall be, each with another id
 * @n_blocks: how many they are, from 1 to 256
 * @cancellable: (nullable): stops waiting; what was sent may still take effect
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Makes blocks what they are in @blocks, all of them or none.
 *
 * A block that does not exist, or was deleted, is inserted; of one that exists, only the attributes
 * that differ are set or unset. What others wrote meanwhile is overwritten, as @blocks say all of
 * what the blocks shall be; who wants to change something of what there is, whatever that is, uses
 * [method@Weft.Writer.edit_async].
 *
 * Since: 0.1
 */
void
weft_writer_put_async (WeftWriter          *self,
                       WeftBlock * const   *blocks,
                       gsize                n_blocks,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  WeftWrite *write;

  g_return_if_fail (WEFT_IS_WRITER (self));
  g_return_if_fail (blocks != NULL);
  g_return_if_fail (n_blocks > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_writer_put_async);
  write = g_new0 (WeftWrite, 1);
  write->wanted = g_ptr_array_new_full (n_blocks, (GDestroyNotify) weft_block_unref);
  write->block_ids = g_new0 (char *, n_blocks + 1);
  for (gsize i = 0; i < n_blocks; i++)
    {
      g_ptr_array_add (write->wanted, weft_block_ref (blocks[i]));
      write->block_ids[i] = g_strdup (weft_block_get_id (blocks[i]));
    }
  g_task_set_task_data (task, write, (GDestroyNotify) weft_write_free);
  if (!check_blocks (blocks, n_blocks, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  weft_write_begin (g_steal_pointer (&task));
}

/**
 * weft_writer_put_finish:
 * @self: a writer
 * @result: what the callback was given
 * @n_changed: (out) (optional): how many blocks changed
 * @committed: (out) (optional) (nullable) (transfer full): the revision that was made, or %NULL
 *   when all blocks were as asked for
 * @error: return location for an error
 *
 * Finishes [method@Weft.Writer.put_async].
 *
 * Fails with [error@Weft.Error.INVALID] where a block would change its type or collection, or is
 * there twice, with
 * [error@Weft.Error.EXHAUSTED] when others kept being first, with
 * [error@Weft.Error.INDETERMINATE] when the outcome cannot be known, and as the repo does.
 *
 * Returns: whether the blocks are as asked for
 *
 * Since: 0.1
 */
gboolean
weft_writer_put_finish (WeftWriter     *self,
                        GAsyncResult   *result,
                        guint          *n_changed,
                        WeftActionRev **committed,
                        GError        **error)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return finish (self, result, n_changed, committed, error);
}

/**
 * weft_writer_edit_async:
 * @self: a writer
 * @block_id: which block
 * @edit: (scope notified) (closure edit_data) (destroy edit_data_free): says what it shall be
 * @edit_data: data for @edit
 * @edit_data_free: (nullable): frees @edit_data
 * @cancellable: (nullable): stops waiting; what was sent may still take effect
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * Makes of a block what @edit makes of its latest revision, and of no other: when somebody else
 * changed it meanwhile, @edit is called again with what they wrote. So two who add to the same
 * list, or set different attributes, lose nothing of each other's.
 *
 * Since: 0.1
 */
void
weft_writer_edit_async (WeftWriter          *self,
                        const char          *block_id,
                        WeftEditFunc         edit,
                        gpointer             edit_data,
                        GDestroyNotify       edit_data_free,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  WeftWrite *write;

  g_return_if_fail (WEFT_IS_WRITER (self));
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (edit != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_writer_edit_async);
  write = g_new0 (WeftWrite, 1);
  write->edit = edit;
  write->edit_data = edit_data;
  write->edit_data_free = edit_data_free;
  write->block_ids = g_new0 (char *, 2);
  write->block_ids[0] = g_strdup (block_id);
  g_task_set_task_data (task, write, (GDestroyNotify) weft_write_free);

  weft_write_begin (g_steal_pointer (&task));
}

/**
 * weft_writer_edit_finish:
 * @self: a writer
 * @result: what the callback was given
 * @n_changed: (out) (optional): 1 if the block changed, and 0 otherwise
 * @committed: (out) (optional) (nullable) (transfer full): the revision that was made, or %NULL
 *   when the block was left alone
 * @error: return location for an error
 *
 * Finishes [method@Weft.Writer.edit_async], with the errors of [method@Weft.Writer.put_finish] and
 * that of the function.
 *
 * Returns: whether the block is as it shall be
 *
 * Since: 0.1
 */
gboolean
weft_writer_edit_finish (WeftWriter     *self,
                         GAsyncResult   *result,
                         guint          *n_changed,
                         WeftActionRev **committed,
                         GError        **error)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return finish (self, result, n_changed, committed, error);
}

/**
 * weft_writer_delete_async:
 * @self: a writer
 * @block_ids: (array zero-terminated=1): what to delete; from 1 to 256 different ids
 * @cancellable: (nullable): stops waiting; what was sent may still take effect
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Deletes blocks, all of them or none. Earlier revisions stay readable, and a block that is not
 * there is left alone.
 *
 * Since: 0.1
 */
void
weft_writer_delete_async (WeftWriter          *self,
                          const char * const  *block_ids,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  WeftWrite *write;

  g_return_if_fail (WEFT_IS_WRITER (self));
  g_return_if_fail (block_ids != NULL && block_ids[0] != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_writer_delete_async);
  write = g_new0 (WeftWrite, 1);
  write->block_ids = g_strdupv ((char **) block_ids);
  g_task_set_task_data (task, write, (GDestroyNotify) weft_write_free);

  weft_write_begin (g_steal_pointer (&task));
}

/**
 * weft_writer_delete_finish:
 * @self: a writer
 * @result: what the callback was given
 * @n_changed: (out) (optional): how many blocks were deleted
 * @committed: (out) (optional) (nullable) (transfer full): the revision that was made, or %NULL
 *   when none of the blocks was there
 * @error: return location for an error
 *
 * Finishes [method@Weft.Writer.delete_async], with the errors of
 * [method@Weft.Writer.put_finish].
 *
 * Returns: whether the blocks are gone
 *
 * Since: 0.1
 */
gboolean
weft_writer_delete_finish (WeftWriter     *self,
                           GAsyncResult   *result,
                           guint          *n_changed,
                           WeftActionRev **committed,
                           GError        **error)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return finish (self, result, n_changed, committed, error);
}
