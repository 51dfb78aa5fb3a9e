/* weft-pend-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-pend-request-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-transforms-private.h"

/**
 * WeftPendRequest:
 *
 * The request to store an action as pending on all its blocks, at most 256.
 *
 * Because revisions count for a whole collection and an update depends on what it is applied to,
 * each block carries the revision its change was made against, its base.
 *
 * Since: 0.1
 */
struct _WeftPendRequest
{
  char *action_id;
  gint64 rev; /* or zero */
  WeftTransforms *transforms;
  gint64 *bases;         /* of the blocks of transforms, in their order, or NULL */
  JsonNode *bases_node;  /* or NULL until somebody asks */
  WeftPendPolicy policy;
  WeftContent transaction; /* or empty */
  char *operations_hash; /* or NULL */
};

static const char *const policy_letters[] = {
  [WEFT_PEND_POLICY_CONTINUE] = "c",
  [WEFT_PEND_POLICY_FAIL] = "f",
  [WEFT_PEND_POLICY_RETURN] = "r",
};

static void
clear (WeftPendRequest *self)
{
  g_clear_pointer (&self->action_id, g_free);
  g_clear_pointer (&self->transforms, weft_transforms_unref);
  g_clear_pointer (&self->bases, g_free);
  g_clear_pointer (&self->bases_node, json_node_unref);
  weft_content_clear (&self->transaction);
  g_clear_pointer (&self->operations_hash, g_free);
}

/**
 * weft_pend_request_ref:
 * @self: a request
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_pend_request_unref:
 * @self: (transfer full): a request
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_pend_request_to_string:
 * @self: a request
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_pend_request_equal:
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
 * weft_pend_request_to_json:
 * @self: a request
 *
 * Writes the value as `{"actionId","rev"?,"transforms","bases"?:{id:rev},"policy":"c"|"f"|"r",
 * "transaction"?,"operationsHash"?}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftPendRequest, weft_pend_request, clear)

static guint
count_blocks (WeftPendRequest *self)
{
  return self->transforms->changes->len;
}

static void
init_bases (WeftPendRequest *self)
{
  self->bases = g_new (gint64, count_blocks (self));
  for (guint i = 0; i < count_blocks (self); i++)
    self->bases[i] = WEFT_BASE_UNKNOWN;
}

static gboolean
read_bases (WeftPendRequest     *self,
            const WeftItem      *bases,
            const WeftJsonPath  *path,
            GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *member;
  guint index;

  if (weft_item_get_object (bases, path, error) == NULL)
    return FALSE;
  if (bases->length == 0)
    return TRUE;

  init_bases (self);
  for (member = weft_item_first (bases); member != NULL; member = weft_item_next (bases, member))
    {
      here.name = member->name;
      if (!weft_transforms_find (self->transforms, member->name, &index))
        {
          weft_json_set_error (error, &here, "expected a block that the transforms change");
          return FALSE;
        }
      if (!weft_item_get_integer (member, &here, 0, WEFT_REV_MAX, &self->bases[index], error))
        return FALSE;
    }

  return TRUE;
}

/* What an application gave. */
static gboolean
set_bases (WeftPendRequest  *self,
           JsonObject       *bases,
           GError          **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), bases);
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (node, error);
  WeftJsonPath path = { NULL, "bases", 0 };

  return tape != NULL && read_bases (self, weft_tape_get_root (tape), &path, error);
}

static gboolean
take_transforms (WeftPendRequest     *self,
                 WeftTransforms      *transforms,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  if (!weft_ids_check_count (weft_transforms_get_n_blocks (transforms), path, error))
    return FALSE;

  self->transforms = weft_transforms_ref (transforms);
  return TRUE;
}

static gboolean
read_transforms (WeftPendRequest     *self,
                 const WeftItem      *object,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  g_autoptr (WeftTransforms) transforms = NULL;
  WeftJsonPath here = { path, "transforms", 0 };
  const WeftItem *member = weft_item_require_member (object, "transforms", path, error);

  if (member == NULL)
    return FALSE;
  transforms = weft_transforms_read (member, &here, error);
  if (transforms == NULL || !take_transforms (self, transforms, &here, error))
    return FALSE;

  member = weft_item_find (object, "bases");
  here.name = "bases";
  return member == NULL || read_bases (self, member, &here, error);
}

static gboolean
read_policy (WeftPendRequest     *self,
             const WeftItem      *object,
             const WeftJsonPath  *path,
             GError             **error)
{
  WeftJsonPath here = { path, "policy", 0 };
  const char *letter;

  if (!weft_item_optional_string (object, "policy", path, &letter, error))
    return FALSE;
  if (letter == NULL)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (policy_letters); i++)
    if (g_str_equal (policy_letters[i], letter))
      {
        self->policy = i;
        return TRUE;
      }

  weft_json_set_error (error, &here, "expected one of \"c\", \"f\" and \"r\"");
  return FALSE;
}

static gboolean
read_transaction (WeftPendRequest     *self,
                  const WeftItem      *object,
                  const WeftJsonPath  *path,
                  GError             **error)
{
  WeftJsonPath here = { path, "transaction", 0 };
  const WeftItem *member = weft_item_find (object, "transaction");
  const char *operations_hash;

  if (!weft_item_optional_string (object, "operationsHash", path, &operations_hash, error))
    return FALSE;
  self->operations_hash = g_strdup (operations_hash);

  return member == NULL || weft_content_read (&self->transaction, member, &here, error);
}

WeftPendRequest *
weft_pend_request_read (const WeftItem      *item,
                        const WeftJsonPath  *path,
                        GError             **error)
{
  g_autoptr (WeftPendRequest) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *action_id;

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftPendRequest);
  action_id = weft_ids_read_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  self->action_id = g_strdup (action_id);
  if (!weft_item_optional_integer (object, "rev", path, 1, WEFT_REV_MAX, 0, &self->rev, error))
    return NULL;
  if (!read_policy (self, object, path, error)
      || !read_transforms (self, object, path, error)
      || !read_transaction (self, object, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_pend_request_new:
 * @action_id: the id of the action
 * @rev: the revision the action is meant to become, or zero to leave that open
 * @transforms: what the action changes, 1 to 256 blocks
 * @bases: (nullable): the revision that each change was made against, `{id:rev}`, zero if there
 *   was no block; it is copied; a block that is not named here has the base %WEFT_BASE_UNKNOWN
 * @policy: what to do when other actions are pending
 * @error: return location for a [error@Weft.Error]
 *
 * Creates the request to store an action as pending.
 *
 * Returns: (transfer full): the request, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE for more than 256 blocks
 *
 * Since: 0.1
 */
WeftPendRequest *
weft_pend_request_new (const char      *action_id,
                       gint64           rev,
                       WeftTransforms  *transforms,
                       JsonObject      *bases,
                       WeftPendPolicy   policy,
                       GError         **error)
{
  g_autoptr (WeftPendRequest) self = NULL;
  WeftJsonPath path = { NULL, "actionId", 0 };

  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (transforms != NULL, NULL);
  g_return_val_if_fail ((guint) policy < G_N_ELEMENTS (policy_letters), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_action (action_id, &path, error))
    return NULL;
  path.name = "rev";
  if (!weft_ids_check_rev (rev, 0, &path, error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftPendRequest);
  self->action_id = g_strdup (action_id);
  self->rev = rev;
  self->policy = policy;
  path.name = "transforms";
  if (!take_transforms (self, transforms, &path, error))
    return NULL;
  if (bases != NULL && !set_bases (self, bases, error))
    return NULL;

  return g_steal_pointer (&self);
}

WeftPendRequest *
weft_pend_request_with_bases (WeftPendRequest    *self,
                              const char * const *block_ids,
                              const gint64       *bases)
{
  WeftPendRequest *copy = g_atomic_rc_box_new0 (WeftPendRequest);

  copy->action_id = g_strdup (self->action_id);
  copy->rev = self->rev;
  copy->transforms = weft_transforms_ref (self->transforms);
  copy->policy = self->policy;
  weft_content_copy (&copy->transaction, &self->transaction);
  copy->operations_hash = g_strdup (self->operations_hash);
  init_bases (copy);
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      guint index = 0;

      g_assert (weft_transforms_find (copy->transforms, block_ids[i], &index));
      copy->bases[index] = bases[i];
    }

  return copy;
}

/**
 * weft_pend_request_get_action_id:
 * @self: a request
 *
 * Gets the action that becomes pending.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_pend_request_get_action_id (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->action_id;
}

/**
 * weft_pend_request_get_rev:
 * @self: a request
 *
 * Gets the revision that the action is meant to become.
 *
 * Returns: the revision, or zero if that is open
 *
 * Since: 0.1
 */
gint64
weft_pend_request_get_rev (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

/**
 * weft_pend_request_get_transforms:
 * @self: a request
 *
 * Gets what the action changes.
 *
 * Returns: (transfer none): the transforms
 *
 * Since: 0.1
 */
WeftTransforms *
weft_pend_request_get_transforms (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transforms;
}

/**
 * weft_pend_request_get_base:
 * @self: a request
 * @block_id: the id of a block
 *
 * Gets the revision that the change of a block was made against.
 *
 * Returns: the revision, zero if there was no block, or %WEFT_BASE_UNKNOWN if the request does
 *   not say
 *
 * Since: 0.1
 */
gint64
weft_pend_request_get_base (WeftPendRequest *self,
                            const char      *block_id)
{
  guint index;

  g_return_val_if_fail (self != NULL, WEFT_BASE_UNKNOWN);
  g_return_val_if_fail (block_id != NULL, WEFT_BASE_UNKNOWN);

  if (self->bases == NULL || !weft_transforms_find (self->transforms, block_id, &index))
    return WEFT_BASE_UNKNOWN;

  return self->bases[index];
}

static void
append_base (gpointer  value,
             GString  *text)
{
  weft_json_append_integer (text, *(const gint64 *) value);
}

/* The map of those blocks whose base is known. */
static void
append_bases (WeftPendRequest *self,
              GString         *text)
{
  const WeftChange *changes = (const WeftChange *) (void *) self->transforms->changes->data;
  g_autofree WeftMember *members = g_new (WeftMember, count_blocks (self));
  guint n_members = 0;

  for (guint i = 0; i < count_blocks (self); i++)
    if (self->bases[i] != WEFT_BASE_UNKNOWN)
      members[n_members++] = (WeftMember) { changes[i].block_id, &self->bases[i] };
  weft_members_append_map (text, members, n_members, append_base);
}

static JsonNode *
get_bases_node (WeftPendRequest *self)
{
  JsonNode *node = g_atomic_pointer_get (&self->bases_node);
  g_autoptr (GString) text = NULL;

  if (node != NULL)
    return node;

  text = g_string_new (NULL);
  append_bases (self, text);
  node = weft_json_parse_own (text->str, text->len);
  if (g_atomic_pointer_compare_and_exchange (&self->bases_node, NULL, node))
    return node;

  json_node_unref (node);
  return g_atomic_pointer_get (&self->bases_node);
}

/**
 * weft_pend_request_get_bases:
 * @self: a request
 *
 * Gets the bases that the request names.
 *
 * Returns: (transfer none) (nullable): `{id:rev}`, immutable, or %NULL if it names none
 *
 * Since: 0.1
 */
JsonObject *
weft_pend_request_get_bases (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->bases == NULL)
    return NULL;

  return json_node_get_object (get_bases_node (self));
}

/**
 * weft_pend_request_get_policy:
 * @self: a request
 *
 * Gets what to do when other actions are pending.
 *
 * Returns: the policy
 *
 * Since: 0.1
 */
WeftPendPolicy
weft_pend_request_get_policy (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, WEFT_PEND_POLICY_CONTINUE);

  return self->policy;
}

/**
 * weft_pend_request_get_transaction:
 * @self: a request
 *
 * Gets the transaction that the action is a part of, for those who validate it.
 *
 * Returns: (transfer none) (nullable): the transaction, immutable, or %NULL for none
 *
 * Since: 0.1
 */
JsonNode *
weft_pend_request_get_transaction (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return weft_content_is_set (&self->transaction) ? weft_content_get_node (&self->transaction)
                                                  : NULL;
}

/**
 * weft_pend_request_get_operations_hash:
 * @self: a request
 *
 * Gets the hash of the operations of the transaction.
 *
 * Returns: (transfer none) (nullable): the hash, or %NULL for none
 *
 * Since: 0.1
 */
const char *
weft_pend_request_get_operations_hash (WeftPendRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->operations_hash;
}

/**
 * weft_pend_request_from_json:
 * @json: `{"actionId","rev"?,"transforms","bases"?:{id:rev},"policy"?:"c"|"f"|"r",
 *   "transaction"?,"operationsHash"?}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a request. The policy is `c` if there is none. Members it does not know are ignored. An
 * error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftPendRequest *
weft_pend_request_from_json (JsonNode  *json,
                             GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_pend_request_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_pend_request_append (WeftPendRequest *self,
                          GString         *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->action_id);
  if (self->bases != NULL)
    {
      weft_members_append_name (text, "bases");
      append_bases (self, text);
    }
  if (self->operations_hash != NULL)
    weft_members_append_string (text, "operationsHash", self->operations_hash);
  weft_members_append_string (text, "policy", policy_letters[self->policy]);
  if (self->rev > 0)
    weft_members_append_integer (text, "rev", self->rev);
  if (weft_content_is_set (&self->transaction))
    {
      weft_members_append_name (text, "transaction");
      weft_content_append (&self->transaction, text);
    }
  weft_members_append_name (text, "transforms");
  weft_transforms_append (self->transforms, text);
  weft_members_close (text, start);
}
