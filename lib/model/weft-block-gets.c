/* weft-block-gets.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-gets.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftBlockGets:
 *
 * The request to read blocks, at most 256 of them.
 *
 * Since: 0.1
 */
struct _WeftBlockGets
{
  char **block_ids;
  WeftActionContext *context; /* or NULL */
  WeftConsistency consistency;
};

static const char *const consistencies[] = {
  [WEFT_CONSISTENCY_DEFAULT] = NULL,
  [WEFT_CONSISTENCY_LOCAL] = "local",
  [WEFT_CONSISTENCY_QUORUM] = "quorum",
};

static void
clear (WeftBlockGets *self)
{
  g_clear_pointer (&self->block_ids, g_strfreev);
  g_clear_pointer (&self->context, weft_action_context_unref);
}

/**
 * weft_block_gets_ref:
 * @self: a request
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_block_gets_unref:
 * @self: (transfer full): a request
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_block_gets_to_string:
 * @self: a request
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_block_gets_equal:
 * @a: a request
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_block_gets_to_json:
 * @self: a request
 *
 * Writes the value as `{"blockIds":[…], "context"?:ActionContext,"consistency"?}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftBlockGets, weft_block_gets, clear)

/* Takes the ids over. */
static WeftBlockGets *
new_checked (char              **block_ids,
             WeftActionContext  *context)
{
  WeftBlockGets *self = g_atomic_rc_box_new0 (WeftBlockGets);

  self->block_ids = block_ids;
  self->context = context != NULL ? weft_action_context_ref (context) : NULL;

  return self;
}

static gboolean
read_consistency (const WeftItem      *object,
                  WeftConsistency     *consistency,
                  const WeftJsonPath  *path,
                  GError             **error)
{
  WeftJsonPath here = { path, "consistency", 0 };
  const char *word = NULL;

  *consistency = WEFT_CONSISTENCY_DEFAULT;
  if (!weft_item_optional_string (object, "consistency", path, &word, error))
    return FALSE;
  if (word == NULL)
    return TRUE;

  for (guint i = WEFT_CONSISTENCY_LOCAL; i < G_N_ELEMENTS (consistencies); i++)
    if (g_str_equal (word, consistencies[i]))
      {
        *consistency = i;
        return TRUE;
      }

  weft_json_set_error (error, &here, "expected local or quorum");
  return FALSE;
}

WeftBlockGets *
weft_block_gets_read (const WeftItem      *item,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  g_autoptr (WeftActionContext) context = NULL;
  g_auto (GStrv) block_ids = NULL;
  WeftJsonPath here = { path, "context", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  WeftConsistency consistency;
  WeftBlockGets *self;
  const WeftItem *member;

  if (object == NULL || !read_consistency (object, &consistency, path, error))
    return NULL;
  block_ids = weft_ids_read_request (object, "blockIds", path, error);
  if (block_ids == NULL)
    return NULL;
  member = weft_item_find (object, "context");
  if (member != NULL)
    {
      context = weft_action_context_read (member, &here, error);
      if (context == NULL)
        return NULL;
    }

  self = new_checked (g_steal_pointer (&block_ids), context);
  self->consistency = consistency;

  return self;
}

/**
 * weft_block_gets_new:
 * @block_ids: (array zero-terminated=1): the blocks to read, 1 to 256; one that is named again
 *   counts once
 * @context: (nullable): what the reader knows, or %NULL to read the latest revision
 * @error: return location for a [error@Weft.Error]
 *
 * Creates the request to read blocks.
 *
 * Returns: (transfer full): the request, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE for more than 256 blocks
 *
 * Since: 0.1
 */
WeftBlockGets *
weft_block_gets_new (const char * const  *block_ids,
                     WeftActionContext   *context,
                     GError             **error)
{
  WeftJsonPath path = { NULL, "blockIds", 0 };
  char **ids;

  g_return_val_if_fail (block_ids != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  ids = weft_ids_dup_request (block_ids, &path, error);
  return ids != NULL ? new_checked (ids, context) : NULL;
}

/**
 * weft_block_gets_get_block_ids:
 * @self: a request
 *
 * Gets the blocks to read, each once, in the order in which they were asked for.
 *
 * Returns: (transfer none) (array zero-terminated=1): the ids
 *
 * Since: 0.1
 */
const char * const *
weft_block_gets_get_block_ids (WeftBlockGets *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->block_ids;
}

/**
 * weft_block_gets_get_context:
 * @self: a request
 *
 * Gets what the reader knows.
 *
 * Returns: (transfer none) (nullable): the context, or %NULL to read the latest revision
 *
 * Since: 0.1
 */
WeftActionContext *
weft_block_gets_get_context (WeftBlockGets *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->context;
}

/**
 * weft_block_gets_get_consistency:
 * @self: a request
 *
 * Gets how much whoever answers has to know of others.
 *
 * Returns: the consistency
 *
 * Since: 0.1
 */
WeftConsistency
weft_block_gets_get_consistency (WeftBlockGets *self)
{
  g_return_val_if_fail (self != NULL, WEFT_CONSISTENCY_DEFAULT);

  return self->consistency;
}

/**
 * weft_block_gets_with_consistency:
 * @self: a request
 * @consistency: how much whoever answers has to know of others
 *
 * Creates the same request with another consistency.
 *
 * Returns: (transfer full): the request
 *
 * Since: 0.1
 */
WeftBlockGets *
weft_block_gets_with_consistency (WeftBlockGets   *self,
                                  WeftConsistency  consistency)
{
  WeftBlockGets *result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (consistency <= WEFT_CONSISTENCY_QUORUM, NULL);

  result = new_checked (g_strdupv (self->block_ids), self->context);
  result->consistency = consistency;

  return result;
}

/**
 * weft_block_gets_from_json:
 * @json: `{"blockIds":[…], "context"?:ActionContext,"consistency"?}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a request. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftBlockGets *
weft_block_gets_from_json (JsonNode  *json,
                           GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_block_gets_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_block_gets_append (WeftBlockGets *self,
                        GString       *text)
{
  gsize start = text->len;

  weft_members_append_name (text, "blockIds");
  weft_ids_append ((const char * const *) self->block_ids, text);
  if (self->consistency != WEFT_CONSISTENCY_DEFAULT)
    weft_members_append_string (text, "consistency", consistencies[self->consistency]);
  if (self->context != NULL)
    {
      weft_members_append_name (text, "context");
      weft_action_context_append (self->context, text);
    }
  weft_members_close (text, start);
}
