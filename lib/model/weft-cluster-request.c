/* weft-cluster-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-request-private.h"

#include "weft-boxed-private.h"
#include "weft-cluster-pends-private.h"
#include "weft-cluster-record-brief-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-list-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-text-private.h"

/**
 * WeftClusterRequest:
 *
 * What one member of a cluster asks another: to vote on a record, to lock it or to apply it, to
 * prepare a ballot, what it knows of some blocks, or to pend actions.
 *
 * Since: 0.1
 */
struct _WeftClusterRequest
{
  WeftClusterRequestKind kind;
  WeftClusterRecord *record;
  GPtrArray *pends; /* (element-type WeftPendRequest), or NULL for none */
  WeftPrepare *prepare;
  char **block_ids;
  char *membership;
  GPtrArray *messages; /* (element-type WeftRepoMessage) */
  char *texts[WEFT_CLUSTER_TEXT_HASH + 1]; /* GRefStrings; NULL as long as nobody asked for them */
};

static const char *const kind_names[] = { "update", "prepare", "latest", "pend" };
static const WeftListType pend_type = WEFT_LIST_TYPE (weft_pend_request);
static const char *const latest_names[] = { "blockIds", NULL };

static void
clear (WeftClusterRequest *self)
{
  g_clear_pointer (&self->record, weft_cluster_record_unref);
  g_clear_pointer (&self->pends, g_ptr_array_unref);
  g_clear_pointer (&self->prepare, weft_prepare_unref);
  g_clear_pointer (&self->block_ids, g_strfreev);
  g_clear_pointer (&self->membership, g_free);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_clear_pointer (&self->texts[i], g_ref_string_release);
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
 * Writes the value as `{"update":Record,"pends"?:[PendRequest…]}` or
 * `{"prepare":{"slots","peers","membership","policy","ballot"}}` or `{"latest":{"blockIds":[…]}}`
 * or `{"pend":{"membership","messages":[RepoMessage…]}}`.
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
weft_cluster_request_new_update_with (WeftClusterRecord *record,
                                      GPtrArray         *pends)
{
  WeftClusterRequest *self = weft_cluster_request_new_update (record);

  if (pends == NULL || pends->len == 0)
    return self;

  g_assert (pends->len <= WEFT_LIMIT_GROUP_MAX);
  self->pends = weft_list_copy (&pend_type, pends);

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

WeftClusterRequest *
weft_cluster_request_new_pend (const char *membership,
                               GPtrArray  *messages)
{
  WeftClusterRequest *self;

  g_assert (messages->len >= 1 && messages->len <= WEFT_LIMIT_GROUP_MAX);

  self = g_atomic_rc_box_new0 (WeftClusterRequest);
  self->kind = WEFT_CLUSTER_PEND;
  self->membership = g_strdup (membership);
  self->messages = weft_cluster_pends_copy (messages);

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

gboolean
weft_cluster_request_is_news (WeftClusterRequest *self)
{
  return self->record != NULL && weft_cluster_record_get_n_commits (self->record) > 0;
}

GPtrArray *
weft_cluster_request_get_pends (WeftClusterRequest *self)
{
  g_assert (self != NULL);

  return self->pends;
}

const char *
weft_cluster_request_get_membership (WeftClusterRequest *self)
{
  g_assert (self != NULL);

  return self->membership;
}

GPtrArray *
weft_cluster_request_get_messages (WeftClusterRequest *self)
{
  g_assert (self != NULL);

  return self->messages;
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

/* The one member that says what it is; only an update may have another one. */
static const WeftItem *
read_kind (WeftClusterRequest *self,
           const WeftItem     *object,
           GError            **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    {
      const WeftItem *item = weft_item_find (object, kind_names[i]);

      self->kind = i;
      if (item != NULL
          && (object->length == 1
              || (object->length == 2 && self->kind == WEFT_CLUSTER_UPDATE
                  && weft_item_find (object, "pends") != NULL)))
        return item;
    }

  weft_json_set_error (error, NULL, "expected one of update, prepare, latest and pend");
  return NULL;
}

gboolean
weft_cluster_request_read_pends (const WeftItem *object,
                                 GPtrArray     **pends,
                                 GError        **error)
{
  const WeftJsonPath path = { NULL, "pends", 0 };
  const WeftItem *item = weft_item_find (object, "pends");
  const WeftItem *array;

  *pends = NULL;
  if (item == NULL)
    return TRUE;
  array = weft_item_get_array (item, &path, error);
  if (array == NULL)
    return FALSE;
  if (array->length == 0 || array->length > WEFT_LIMIT_GROUP_MAX)
    {
      weft_json_set_error (error, &path, "expected 1 to %d pends, got %u", WEFT_LIMIT_GROUP_MAX,
                           array->length);
      return FALSE;
    }
  *pends = weft_list_read (&pend_type, object, "pends", NULL, error);

  return *pends != NULL;
}

static gboolean
read_member (WeftClusterRequest *self,
             const WeftItem     *object,
             const WeftItem     *item,
             GError            **error)
{
  const WeftJsonPath path = { NULL, item->name, 0 };

  switch (self->kind)
    {
    case WEFT_CLUSTER_UPDATE:
      self->record = weft_cluster_record_read (item, &path, error);
      return self->record != NULL && weft_cluster_request_read_pends (object, &self->pends, error);

    case WEFT_CLUSTER_PREPARE:
      self->prepare = weft_prepare_read (item, &path, error);
      return self->prepare != NULL;

    case WEFT_CLUSTER_LATEST:
      if (weft_item_get_object (item, &path, error) != NULL
          && weft_item_check_members (item, latest_names, &path, error))
        self->block_ids = weft_ids_read_request (item, "blockIds", &path, error);
      return self->block_ids != NULL;

    case WEFT_CLUSTER_PEND:
      self->messages = weft_cluster_pends_read (item, &self->membership, &path, error);
      return self->messages != NULL;

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
  const WeftItem *member = object != NULL ? read_kind (self, object, error) : NULL;

  if (member == NULL || !read_member (self, object, member, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_cluster_request_from_json:
 * @json: `{"update":Record,"pends"?:[PendRequest…]}` or
 *   `{"prepare":{"slots","peers","membership","policy","ballot"}}` or `{"latest":{"blockIds":[…]}}`
 *   or `{"pend":{"membership","messages":[RepoMessage…]}}`
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
  gsize start = text->len;

  g_assert (self != NULL);

  if (self->pends != NULL)
    {
      weft_members_append_name (text, "pends");
      weft_list_append (&pend_type, self->pends, text);
    }
  weft_members_append_name (text, kind_names[self->kind]);
  switch (self->kind)
    {
    case WEFT_CLUSTER_UPDATE:
      weft_cluster_record_append (self->record, text);
      break;

    case WEFT_CLUSTER_PREPARE:
      weft_prepare_append (self->prepare, text);
      break;

    case WEFT_CLUSTER_LATEST:
      weft_text_append (text, "{\"blockIds\":");
      weft_ids_append ((const char *const *) self->block_ids, text);
      g_string_append_c (text, '}');
      break;

    case WEFT_CLUSTER_PEND:
      weft_cluster_pends_append (self->membership, self->messages, text);
      break;

    default:
      g_assert_not_reached ();
    }
  weft_members_close (text, start);
}

static void
append_brief (WeftClusterRequest *self,
              gboolean            has_message,
              GString            *text)
{
  weft_text_append (text, "{\"brief\":");
  weft_cluster_record_append_brief (self->record, has_message, text);
  if (self->pends != NULL)
    {
      weft_text_append (text, ",\"pends\":");
      weft_list_append (&pend_type, self->pends, text);
    }
  g_string_append_c (text, '}');
}

char *
weft_cluster_request_get_text (WeftClusterRequest *self,
                               WeftClusterTextForm form)
{
  char *known = g_atomic_pointer_get (&self->texts[form]);
  g_autoptr (GString) text = NULL;
  char *made;

  if (known != NULL)
    return known;

  text = g_string_sized_new (2048);
  if (form == WEFT_CLUSTER_TEXT_FULL)
    weft_cluster_request_append (self, text);
  else
    append_brief (self, form == WEFT_CLUSTER_TEXT_MESSAGE, text);
  made = g_ref_string_new_len (text->str, (gssize) text->len);
  if (g_atomic_pointer_compare_and_exchange (&self->texts[form], NULL, made))
    return made;
  g_ref_string_release (made);

  return g_atomic_pointer_get (&self->texts[form]);
}
