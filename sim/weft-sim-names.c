/* weft-sim-names.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-names-private.h"

#include <string.h>

#include "weft-sim-hash-private.h"
#include "weft-sim-history-private.h"

/* Actions by which nodes change who keeps a block, and nothing in it. */
#define MOVE_PREFIX "move-"
/* Enough to tell apart what is drawn. */
#define RECENT_BYTES 16

static void
proposal_free (gpointer proposal)
{
  if (proposal != NULL)
    g_array_unref (proposal);
}

WeftSimNames *
weft_sim_names_new (void)
{
  WeftSimNames *self = g_new0 (WeftSimNames, 1);

  g_ref_count_init (&self->ref_count);
  self->blocks = g_hash_table_new (g_str_hash, g_str_equal);
  self->actions = g_hash_table_new (g_str_hash, g_str_equal);
  self->block_ids = g_ptr_array_new_with_free_func (g_free);
  self->action_ids = g_ptr_array_new_with_free_func (g_free);
  self->proposals = g_ptr_array_new_with_free_func (proposal_free);
  /* Action 0 is no action. */
  g_ptr_array_add (self->action_ids, NULL);
  g_ptr_array_add (self->proposals, NULL);

  return self;
}

WeftSimNames *
weft_sim_names_ref (WeftSimNames *self)
{
  g_ref_count_inc (&self->ref_count);

  return self;
}

void
weft_sim_names_unref (WeftSimNames *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_hash_table_unref (self->blocks);
  g_hash_table_unref (self->actions);
  g_ptr_array_unref (self->block_ids);
  g_ptr_array_unref (self->action_ids);
  g_ptr_array_unref (self->proposals);
  g_free (self);
}

static guint
number (GHashTable *numbers,
        GPtrArray  *ids,
        const char *id)
{
  gpointer found = NULL;
  char *copy;

  if (g_hash_table_lookup_extended (numbers, id, NULL, &found))
    return GPOINTER_TO_UINT (found);

  copy = g_strdup (id);
  g_hash_table_insert (numbers, copy, GUINT_TO_POINTER (ids->len));
  g_ptr_array_add (ids, copy);

  return ids->len - 1;
}

guint
weft_sim_names_number_block (WeftSimNames *self,
                             const char   *block_id)
{
  return number (self->blocks, self->block_ids, block_id);
}

guint64
weft_sim_names_number_action (WeftSimNames *self,
                              const char   *action_id)
{
  gsize length = strlen (action_id);
  guint64 hash = weft_sim_hash_bytes (0, action_id, MIN (length, RECENT_BYTES));
  guint *recent = &self->recent[hash % WEFT_SIM_NAMES_RECENT];

  if (*recent != 0 && g_str_equal (self->action_ids->pdata[*recent], action_id))
    return *recent;

  *recent = number (self->actions, self->action_ids, action_id);
  if (*recent == self->proposals->len)
    g_ptr_array_add (self->proposals, NULL);

  return *recent;
}

gboolean
weft_sim_names_is_move (const char *action_id)
{
  return g_str_has_prefix (action_id, MOVE_PREFIX);
}

guint64
weft_sim_names_number_revision (WeftSimNames   *self,
                                WeftSimHistory *history,
                                const char     *block_id,
                                const char     *action_id,
                                guint64         value)
{
  g_autofree char *move = NULL;
  guint64 action;

  if (!weft_sim_names_is_move (action_id))
    return weft_sim_names_number_action (self, action_id);

  /* Nobody tells which other blocks it moves, so of each it is an action of its own. */
  move = g_strdup_printf ("%s of %s", action_id, block_id);
  action = weft_sim_names_number_action (self, move);
  weft_sim_history_expect_move (history, action, weft_sim_names_number_block (self, block_id),
                                value);

  return action;
}

void
weft_sim_names_propose (WeftSimNames *self,
                        guint64       action,
                        GArray       *changes)
{
  g_assert (action > 0);
  g_assert (action < self->proposals->len);

  if (self->proposals->pdata[action] == NULL)
    self->proposals->pdata[action] = changes;
  else
    g_array_unref (changes);
}

GArray *
weft_sim_names_get_proposal (WeftSimNames *self,
                             guint64       action)
{
  g_assert (action < self->proposals->len);

  return self->proposals->pdata[action];
}

char *
weft_sim_names_name (WeftSimNamed what,
                     guint64      position,
                     gpointer     user_data)
{
  WeftSimNames *self = user_data;

  if (what == WEFT_SIM_NAMED_BLOCK && position < self->block_ids->len)
    return g_strdup_printf ("“%s”", (const char *) self->block_ids->pdata[position]);
  if (what == WEFT_SIM_NAMED_ACTION && position > 0 && position < self->action_ids->len)
    return g_strdup (self->action_ids->pdata[position]);

  return NULL;
}

guint64
weft_sim_names_digest (WeftBlock *block)
{
  g_autofree char *text = block != NULL ? weft_block_to_string (block) : NULL;

  return text != NULL ? weft_sim_hash_bytes (0, text, strlen (text)) | 1 : 0;
}
