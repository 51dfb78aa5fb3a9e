/* weft-pend-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-pend-request.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parse-private.h"

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
  JsonNode *bases; /* an object {block id: revision}, or NULL */
  WeftPendPolicy policy;
  JsonNode *transaction; /* or NULL */
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
  g_clear_pointer (&self->bases, json_node_unref);
  g_clear_pointer (&self->transaction, json_node_unref);
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
WEFT_DEFINE_BOXED (WeftPendRequest, weft_pend_request, clear)

/* A copy, so that it holds nothing but what was checked. */
static gboolean
take_bases (WeftPendRequest     *self,
            JsonObject          *bases,
            const WeftJsonPath  *path,
            GError             **error)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  WeftJsonPath here = { path, NULL, 0 };
  JsonObjectIter iter;
  JsonNode *member;
  gint64 base;

  json_object_iter_init_ordered (&iter, bases);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      if (!weft_transforms_contains (self->transforms, here.name))
        {
          weft_json_set_error (error, &here, "expected a block that the transforms change");
          return FALSE;
        }
      if (!weft_json_get_integer (member, &here, 0, WEFT_REV_MAX, &base, error))
        return FALSE;
      json_object_set_int_member (copy, here.name, base);
    }

  if (json_object_get_size (copy) > 0)
    self->bases = weft_content_seal_object (g_steal_pointer (&copy));
  return TRUE;
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
parse_transforms (WeftPendRequest     *self,
                  JsonObject          *object,
                  const WeftJsonPath  *path,
                  GError             **error)
{
  g_autoptr (WeftTransforms) transforms = NULL;
  WeftJsonPath here = { path, "transforms", 0 };
  WeftJsonPath bases_path = { path, "bases", 0 };
  JsonNode *member = weft_json_require_member (object, "transforms", path, error);
  JsonObject *bases;

  if (member == NULL)
    return FALSE;
  transforms = weft_transforms_parse (member, &here, error);
  if (transforms == NULL || !take_transforms (self, transforms, &here, error))
    return FALSE;

  member = json_object_get_member (object, "bases");
  if (member == NULL)
    return TRUE;
  bases = weft_json_get_object (member, &bases_path, error);

  return bases != NULL && take_bases (self, bases, &bases_path, error);
}

static gboolean
parse_policy (WeftPendRequest     *self,
              JsonObject          *object,
              const WeftJsonPath  *path,
              GError             **error)
{
  WeftJsonPath here = { path, "policy", 0 };
  const char *letter;

  if (!weft_json_optional_string (object, "policy", path, &letter, error))
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
parse_transaction (WeftPendRequest     *self,
                   JsonObject          *object,
                   const WeftJsonPath  *path,
                   GError             **error)
{
  WeftJsonPath here = { path, "transaction", 0 };
  JsonNode *member = json_object_get_member (object, "transaction");
  const char *operations_hash;
  gsize bytes_bound;

  if (!weft_json_optional_string (object, "operationsHash", path, &operations_hash, error))
    return FALSE;
  self->operations_hash = g_strdup (operations_hash);
  if (member == NULL)
    return TRUE;
  self->transaction = weft_content_take (member, &here, &bytes_bound, error);

  return self->transaction != NULL;
}

WeftPendRequest *
weft_pend_request_parse (JsonNode            *json,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  g_autoptr (WeftPendRequest) self = NULL;
  JsonObject *object = weft_json_get_object (json, path, error);
  const char *action_id;

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftPendRequest);
  action_id = weft_ids_get_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  self->action_id = g_strdup (action_id);
  if (!weft_json_optional_integer (object, "rev", path, 1, WEFT_REV_MAX, 0, &self->rev, error))
    return NULL;
  if (!parse_policy (self, object, path, error))
    return NULL;
  if (!parse_transforms (self, object, path, error))
    return NULL;
  if (!parse_transaction (self, object, path, error))
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
  path.name = "bases";
  if (bases != NULL && !take_bases (self, bases, &path, error))
    return NULL;

  return g_steal_pointer (&self);
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
  JsonNode *base;

  g_return_val_if_fail (self != NULL, WEFT_BASE_UNKNOWN);
  g_return_val_if_fail (block_id != NULL, WEFT_BASE_UNKNOWN);

  if (self->bases == NULL)
    return WEFT_BASE_UNKNOWN;

  base = json_object_get_member (json_node_get_object (self->bases), block_id);
  return base != NULL ? json_node_get_int (base) : WEFT_BASE_UNKNOWN;
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

  return self->bases != NULL ? json_node_get_object (self->bases) : NULL;
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

  return self->transaction;
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
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_pend_request_parse (json, NULL, error);
}

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
JsonNode *
weft_pend_request_to_json (WeftPendRequest *self)
{
  JsonObject *object;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_object_new ();
  json_object_set_string_member (object, "actionId", self->action_id);
  if (self->rev > 0)
    json_object_set_int_member (object, "rev", self->rev);
  json_object_set_member (object, "transforms", weft_transforms_to_json (self->transforms));
  if (self->bases != NULL)
    json_object_set_member (object, "bases", json_node_ref (self->bases));
  json_object_set_string_member (object, "policy", policy_letters[self->policy]);
  if (self->transaction != NULL)
    json_object_set_member (object, "transaction", json_node_ref (self->transaction));
  if (self->operations_hash != NULL)
    json_object_set_string_member (object, "operationsHash", self->operations_hash);

  return weft_content_seal_object (object);
}
