/* weft-cluster-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-request-private.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-parts-private.h"

/**
 * WeftClusterRequest:
 *
 * What one member of a cluster asks another: to vote on a record, to lock it or to apply it, to
 * prepare a ballot, or what it knows of some blocks.
 *
 * Since: 0.1
 */
struct _WeftClusterRequest
{
  WeftClusterRequestKind kind;
  WeftClusterRecord *record;
  WeftPrepare *prepare;
  char **block_ids;
};

static const char *const kind_names[] = { "update", "prepare", "latest" };
static const char *const latest_names[] = { "blockIds", NULL };

static void
clear (WeftClusterRequest *self)
{
  g_clear_pointer (&self->record, weft_cluster_record_unref);
  g_clear_pointer (&self->prepare, weft_prepare_unref);
  g_clear_pointer (&self->block_ids, g_strfreev);
}

/**
 * weft_cluster_request_ref:
 * @self: a request
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_cluster_request_unref:
 * @self: (transfer full): a request
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_cluster_request_to_string:
 * @self: a request
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_cluster_request_to_json:
 * @self: a request
 *
 * Writes the value as `{"update":Record}` or
 * `{"prepare":{"slots","peers","membership","policy","ballot"}}` or `{"latest":{"blockIds":[…]}}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
/**
 * weft_cluster_request_equal:
 * @a: a request
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftClusterRequest, weft_cluster_request, clear)

/**
 * weft_cluster_request_new_update:
 * @record: a record, whose votes say what it asks for
 *
 * Asks to vote on a record, to lock it or to apply it.
 *
 * Returns: (transfer full): the request
 *
 * Since: 0.1
 */
WeftClusterRequest *
weft_cluster_request_new_update (WeftClusterRecord *record)
{
  WeftClusterRequest *self;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_atomic_rc_box_new0 (WeftClusterRequest);
  self->kind = WEFT_CLUSTER_UPDATE;
  self->record = weft_cluster_record_ref (record);

  return self;
}

WeftClusterRequest *
weft_cluster_request_new_prepare (WeftPrepare *prepare)
{
  WeftClusterRequest *self;

  g_assert (prepare != NULL);

  self = g_atomic_rc_box_new0 (WeftClusterRequest);
  self->kind = WEFT_CLUSTER_PREPARE;
  self->prepare = weft_prepare_ref (prepare);

  return self;
}

/**
 * weft_cluster_request_new_latest:
 * @block_ids: (array zero-terminated=1): some blocks, 1 to 256; one that is named again counts once
 * @error: return location for a [error@Weft.Error]
 *
 * Asks what is known of some blocks.
 *
 * Returns: (transfer full): the request, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE for more than 256 blocks
 *
 * Since: 0.1
 */
WeftClusterRequest *
weft_cluster_request_new_latest (const char *const *block_ids,
                                 GError           **error)
{
  const WeftJsonPath path = { NULL, "blockIds", 0 };
  WeftClusterRequest *self;
  char **ids;

  g_return_val_if_fail (block_ids != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  ids = weft_ids_dup_request (block_ids, &path, error);
  if (ids == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (WeftClusterRequest);
  self->kind = WEFT_CLUSTER_LATEST;
  self->block_ids = ids;

  return self;
}

/**
 * weft_cluster_request_get_kind:
 * @self: a request
 *
 * Gets what is asked for.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
WeftClusterRequestKind
weft_cluster_request_get_kind (WeftClusterRequest *self)
{
  g_return_val_if_fail (self != NULL, WEFT_CLUSTER_UPDATE);

  return self->kind;
}

/**
 * weft_cluster_request_get_record:
 * @self: a request
 *
 * Gets the record of %WEFT_CLUSTER_UPDATE.
 *
 * Returns: (transfer none) (nullable): the record, or %NULL for another kind
 *
 * Since: 0.1
 */
WeftClusterRecord *
weft_cluster_request_get_record (WeftClusterRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record;
}

WeftPrepare *
weft_cluster_request_get_prepare (WeftClusterRequest *self)
{
  g_assert (self != NULL);

  return self->prepare;
}

/**
 * weft_cluster_request_get_block_ids:
 * @self: a request
 *
 * Gets the blocks of %WEFT_CLUSTER_LATEST.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): their ids, each once, or %NULL for
 *   another kind
 *
 * Since: 0.1
 */
const char *const *
weft_cluster_request_get_block_ids (WeftClusterRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->block_ids;
}

static gboolean
read_kind (WeftClusterRequest *self,
           const WeftItem     *object,
           GError            **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (object->length == 1 && g_str_equal (weft_item_first (object)->name, kind_names[i]))
      {
        self->kind = i;
        return TRUE;
      }

  weft_json_set_error (error, NULL, "expected one of update, prepare and latest");
  return FALSE;
}

static gboolean
read_member (WeftClusterRequest *self,
             const WeftItem     *item,
             GError            **error)
{
  const WeftJsonPath path = { NULL, item->name, 0 };

  switch (self->kind)
    {
    case WEFT_CLUSTER_UPDATE:
      self->record = weft_cluster_record_read (item, &path, error);
      return self->record != NULL;

    case WEFT_CLUSTER_PREPARE:
      self->prepare = weft_prepare_read (item, &path, error);
      return self->prepare != NULL;

    case WEFT_CLUSTER_LATEST:
      if (weft_item_get_object (item, &path, error) != NULL
          && weft_item_check_members (item, latest_names, &path, error))
        self->block_ids = weft_ids_read_request (item, "blockIds", &path, error);
      return self->block_ids != NULL;

    default:
      g_assert_not_reached ();
    }
}

WeftClusterRequest *
weft_cluster_request_read (const WeftItem *item,
                           GError        **error)
{
  g_autoptr (WeftClusterRequest) self = g_atomic_rc_box_new0 (WeftClusterRequest);
  const WeftItem *object = weft_item_get_object (item, NULL, error);

  if (object == NULL || !read_kind (self, object, error)
      || !read_member (self, weft_item_first (object), error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_cluster_request_from_json:
 * @json: `{"update":Record}` or `{"prepare":{"slots","peers","membership","policy","ballot"}}` or
 *   `{"latest":{"blockIds":[…]}}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a request. There are no members but these. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, with
 *   %WEFT_ERROR_REFUSED for a record of another version, or with %WEFT_ERROR_TOO_LARGE if it is
 *   over a limit
 *
 * Since: 0.1
 */
WeftClusterRequest *
weft_cluster_request_from_json (JsonNode *json,
                                GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_cluster_request_read (weft_tape_get_root (tape), error) : NULL;
}

void
weft_cluster_request_append (WeftClusterRequest *self,
                             GString            *text)
{
  g_assert (self != NULL);

  g_string_append_printf (text, "{\"%s\":", kind_names[self->kind]);
  switch (self->kind)
    {
    case WEFT_CLUSTER_UPDATE:
      weft_cluster_record_append (self->record, text);
      break;

    case WEFT_CLUSTER_PREPARE:
      weft_prepare_append (self->prepare, text);
      break;

    case WEFT_CLUSTER_LATEST:
      g_string_append (text, "{\"blockIds\":");
      weft_ids_append ((const char *const *) self->block_ids, text);
      g_string_append_c (text, '}');
      break;

    default:
      g_assert_not_reached ();
    }
  g_string_append_c (text, '}');
}
