/* weft-commit-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-commit-request-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-commit-names-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"

/**
 * WeftCommitRequest:
 *
 * The request to make a pending action a revision of its blocks, at most 256.
 *
 * It may carry a digest for each block, which is that of [method@Weft.Pending.digest]: then only
 * what the caller means is committed. It may also carry the revision of each block that the action
 * is to follow, its base. Where a cluster decides, it needs both.
 *
 * And it may say who keeps the blocks from this revision on: so a block moves from one cluster to
 * another.
 *
 * Since: 0.1
 */
struct _WeftCommitRequest
{
  WeftCommitNames *names;
  gint64 rev;
  WeftCommitContent content; /* of the blocks of `names` */
};

static void
clear (WeftCommitRequest *self)
{
  g_clear_pointer (&self->names, g_atomic_rc_box_release);
  weft_commit_content_clear (&self->content);
}

/**
 * weft_commit_request_ref:
 * @self: a request
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_commit_request_unref:
 * @self: (transfer full): a request
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_commit_request_to_string:
 * @self: a request
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_commit_request_equal:
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
 * weft_commit_request_to_json:
 * @self: a request
 *
 * Writes the value as `{"actionId","blockIds":[…],"bases"?:{id:rev},"digests"?:{id:sha256},
 * "cluster"?:{peer id:{"addrs":[…]}},"headerId"?,"tailId","rev"}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftCommitRequest, weft_commit_request, clear)

/* Both last as long as the tape. */
static gboolean
read_ends (const char         **header_id,
           const char         **tail_id,
           const WeftItem      *object,
           const WeftJsonPath  *path,
           GError             **error)
{
  *header_id = NULL;
  if (weft_item_find (object, "headerId") != NULL)
    {
      *header_id = weft_ids_read_block (object, "headerId", path, error);
      if (*header_id == NULL)
        return FALSE;
    }
  *tail_id = weft_ids_read_block (object, "tailId", path, error);

  return *tail_id != NULL;
}

WeftCommitRequest *
weft_commit_request_read (const WeftItem      *item,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autoptr (WeftCommitRequest) self = NULL;
  const WeftItem *object = weft_item_get_object (item, path, error);
  g_autofree const char **block_ids = NULL;
  const char *action_id;
  const char *header_id;
  const char *tail_id;

  if (object == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftCommitRequest);
  action_id = weft_ids_read_action (object, "actionId", path, error);
  if (action_id == NULL)
    return NULL;
  block_ids = weft_ids_borrow_request (object, "blockIds", path, error);
  if (block_ids == NULL)
    return NULL;
  if (!weft_item_require_integer (object, "rev", path, 1, WEFT_REV_MAX, &self->rev, error))
    return NULL;
  weft_commit_content_init (&self->content, block_ids);
  if (!weft_commit_content_read (&self->content, object, path, error))
    return NULL;
  if (!read_ends (&header_id, &tail_id, object, path, error))
    return NULL;
  self->names = weft_commit_names_new (action_id, block_ids, header_id, tail_id);
  weft_commit_content_set_ids (&self->content, self->names->block_ids);

  return g_steal_pointer (&self);
}

/**
 * weft_commit_request_new:
 * @action_id: the id of the pending action
 * @block_ids: (array zero-terminated=1): its blocks, 1 to 256; one that is named again counts
 *   once
 * @rev: the revision that it is to become, at least 1
 * @error: return location for a [error@Weft.Error]
 *
 * Creates the request to commit an action, without digests. The tail is the first block.
 *
 * Returns: (transfer full): the request, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE for more than 256 blocks
 *
 * Since: 0.1
 */
WeftCommitRequest *
weft_commit_request_new (const char          *action_id,
                         const char * const  *block_ids,
                         gint64               rev,
                         GError             **error)
{
  return weft_commit_request_new_full (action_id, block_ids, rev, NULL, NULL, NULL, error);
}

static gboolean
check_end (const char  *id,
           const char  *name,
           GError     **error)
{
  WeftJsonPath path = { NULL, name, 0 };

  return id == NULL || weft_ids_check_block (id, &path, error);
}

/**
 * weft_commit_request_new_full:
 * @action_id: the id of the pending action
 * @block_ids: (array zero-terminated=1): its blocks, 1 to 256; one that is named again counts
 *   once
 * @rev: the revision that it is to become, at least 1
 * @digests: (nullable): what is meant to be committed, `{id:digest}` for some or all of
 *   @block_ids, see [method@Weft.Pending.digest]; it is copied
 * @header_id: (nullable): the header block of the collection, if the action creates it
 * @tail_id: (nullable): the last block of the log of the collection, or %NULL for the first of
 *   @block_ids
 * @error: return location for a [error@Weft.Error]
 *
 * Creates the request to commit an action.
 *
 * Returns: (transfer full): the request, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE for more than 256 blocks
 *
 * Since: 0.1
 */
WeftCommitRequest *
weft_commit_request_new_full (const char          *action_id,
                              const char * const  *block_ids,
                              gint64               rev,
                              JsonObject          *digests,
                              const char          *header_id,
                              const char          *tail_id,
                              GError             **error)
{
  g_autoptr (WeftCommitRequest) self = NULL;
  g_auto (GStrv) ids = NULL;
  WeftJsonPath path = { NULL, "actionId", 0 };

  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (block_ids != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weft_ids_check_action (action_id, &path, error))
    return NULL;
  path.name = "rev";
  if (!weft_ids_check_rev (rev, 1, &path, error))
    return NULL;
  if (!check_end (header_id, "headerId", error) || !check_end (tail_id, "tailId", error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftCommitRequest);
  path.name = "blockIds";
  ids = weft_ids_dup_request (block_ids, &path, error);
  if (ids == NULL)
    return NULL;
  self->names = weft_commit_names_new (action_id, (const char *const *) ids, header_id, tail_id);
  weft_commit_content_init (&self->content, self->names->block_ids);
  if (digests != NULL && !weft_commit_content_set_digests (&self->content, digests, error))
    return NULL;
  self->rev = rev;

  return g_steal_pointer (&self);
}

/* All but what the content says. */
static WeftCommitRequest *
copy_ends (WeftCommitRequest *self)
{
  WeftCommitRequest *copy = g_atomic_rc_box_new0 (WeftCommitRequest);

  copy->names = g_atomic_rc_box_acquire (self->names);
  weft_commit_content_init (&copy->content, copy->names->block_ids);
  copy->rev = self->rev;

  return copy;
}

/**
 * weft_commit_request_with_content:
 * @self: a request
 * @bases: (nullable): the revision that each block is to follow, `{id:rev}` for some or all of its
 *   blocks, zero if there is to be no block; it is copied
 * @digests: (nullable): what is meant to be committed, `{id:digest}` for some or all of its blocks,
 *   see [method@Weft.Pending.digest]; it is copied
 * @error: return location for a [error@Weft.Error]
 *
 * Says what is meant to be committed, and after what, in place of what the request says. Who keeps
 * the blocks stays as it is.
 *
 * Returns: (transfer full): another request, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftCommitRequest *
weft_commit_request_with_content (WeftCommitRequest  *self,
                                  JsonObject         *bases,
                                  JsonObject         *digests,
                                  GError            **error)
{
  g_autoptr (WeftCommitRequest) request = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  request = copy_ends (self);
  if (bases != NULL && !weft_commit_content_set_bases (&request->content, bases, error))
    return NULL;
  if (digests != NULL && !weft_commit_content_set_digests (&request->content, digests, error))
    return NULL;
  if (!weft_commit_content_set_cluster (&request->content, self->content.cluster, error))
    return NULL;

  return g_steal_pointer (&request);
}

static void
set_block (WeftCommitRequest     *self,
           const WeftCommitBlock *said)
{
  WeftCommitBlock *block = weft_commit_content_find (&self->content, said->block_id);

  g_assert (block != NULL);

  block->base = said->base;
  memcpy (block->digest, said->digest, sizeof block->digest);
}

WeftCommitRequest *
weft_commit_request_with_blocks (WeftCommitRequest     *self,
                                 const WeftCommitBlock *blocks,
                                 guint                  n_blocks)
{
  WeftCommitRequest *request = copy_ends (self);

  weft_commit_content_copy (&request->content, &self->content);
  for (guint i = 0; i < n_blocks; i++)
    {
      g_assert (weft_sha256_base64url_is_valid (blocks[i].digest));
      set_block (request, &blocks[i]);
    }

  return request;
}

WeftCommitRequest *
weft_commit_request_new_of_pend (WeftPendRequest       *pend,
                                 const char *const     *block_ids,
                                 gint64                 rev,
                                 const WeftCommitBlock *blocks,
                                 GError               **error)
{
  const WeftJsonPath path = { NULL, "rev", 0 };
  WeftCommitRequest *self;

  if (!weft_ids_check_rev (rev, 1, &path, error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftCommitRequest);
  self->names = weft_commit_names_new (weft_pend_request_get_action_id (pend), block_ids, NULL,
                                       NULL);
  weft_commit_content_init (&self->content, self->names->block_ids);
  self->rev = rev;
  for (guint i = 0; block_ids[i] != NULL; i++)
    set_block (self, &blocks[i]);

  return self;
}

/**
 * weft_commit_request_with_cluster:
 * @self: a request
 * @peers: (nullable) (element-type WeftClusterPeer): who keeps the blocks from this revision on, 1
 *   to 64 of them in any order, each once; or %NULL for those who keep them now
 * @error: return location for a [error@Weft.Error]
 *
 * Says who is to keep the blocks, in place of what the request says: with it the commit moves them.
 *
 * Returns: (transfer full): another request, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftCommitRequest *
weft_commit_request_with_cluster (WeftCommitRequest  *self,
                                  GPtrArray          *peers,
                                  GError            **error)
{
  g_autoptr (WeftCommitRequest) request = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  request = copy_ends (self);
  weft_commit_content_copy (&request->content, &self->content);

  return weft_commit_content_set_cluster (&request->content, peers, error)
             ? g_steal_pointer (&request) : NULL;
}

/**
 * weft_commit_request_get_action_id:
 * @self: a request
 *
 * Gets the action to commit.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_commit_request_get_action_id (WeftCommitRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->names->action_id;
}

/**
 * weft_commit_request_get_block_ids:
 * @self: a request
 *
 * Gets the blocks to commit it on, each once.
 *
 * Returns: (transfer none) (array zero-terminated=1): their ids
 *
 * Since: 0.1
 */
const char * const *
weft_commit_request_get_block_ids (WeftCommitRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->names->block_ids;
}

/**
 * weft_commit_request_get_rev:
 * @self: a request
 *
 * Gets the revision that the action is to become.
 *
 * Returns: the revision, at least 1
 *
 * Since: 0.1
 */
gint64
weft_commit_request_get_rev (WeftCommitRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

gboolean
weft_commit_request_has_block (WeftCommitRequest *self,
                               const char        *block_id)
{
  return weft_commit_content_find (&self->content, block_id) != NULL;
}

/**
 * weft_commit_request_get_base:
 * @self: a request
 * @block_id: the id of a block
 *
 * Gets the revision of a block that the action is to follow.
 *
 * Returns: the revision, zero if there is to be no block, or -1 if the request does not say
 *
 * Since: 0.1
 */
gint64
weft_commit_request_get_base (WeftCommitRequest *self,
                              const char        *block_id)
{
  const WeftCommitBlock *block;

  g_return_val_if_fail (self != NULL, -1);
  g_return_val_if_fail (block_id != NULL, -1);

  block = weft_commit_content_find (&self->content, block_id);
  return block != NULL ? block->base : -1;
}

/**
 * weft_commit_request_get_digest:
 * @self: a request
 * @block_id: the id of a block
 *
 * Gets the digest of what is meant to be committed on a block.
 *
 * Returns: (transfer none) (nullable): the digest, or %NULL if the request does not say
 *
 * Since: 0.1
 */
const char *
weft_commit_request_get_digest (WeftCommitRequest *self,
                                const char        *block_id)
{
  const WeftCommitBlock *block;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  block = weft_commit_content_find (&self->content, block_id);
  return block != NULL && block->digest[0] != '\0' ? block->digest : NULL;
}

/**
 * weft_commit_request_get_cluster:
 * @self: a request
 *
 * Gets who keeps the blocks from this revision on.
 *
 * Returns: (transfer none) (nullable) (element-type WeftClusterPeer): the peers, sorted by peer id,
 *   or %NULL if they stay where they are
 *
 * Since: 0.1
 */
GPtrArray *
weft_commit_request_get_cluster (WeftCommitRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->content.cluster;
}

const char *
weft_commit_request_get_membership (WeftCommitRequest *self)
{
  return self->content.membership;
}

/**
 * weft_commit_request_get_header_id:
 * @self: a request
 *
 * Gets the header block of the collection, if the action creates it.
 *
 * Returns: (transfer none) (nullable): its id, or %NULL
 *
 * Since: 0.1
 */
const char *
weft_commit_request_get_header_id (WeftCommitRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->names->header_id;
}

/**
 * weft_commit_request_get_tail_id:
 * @self: a request
 *
 * Gets the block whose commit decides races between actions on a collection.
 *
 * Returns: (transfer none): its id
 *
 * Since: 0.1
 */
const char *
weft_commit_request_get_tail_id (WeftCommitRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->names->tail_id;
}

/**
 * weft_commit_request_from_json:
 * @json: `{"actionId","blockIds":[…],"bases"?:{id:rev},"digests"?:{id:sha256},
 *   "cluster"?:{peer id:{"addrs":[…]}},"headerId"?,"tailId","rev"}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a request. Members it does not know are ignored. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftCommitRequest *
weft_commit_request_from_json (JsonNode  *json,
                               GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_commit_request_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_commit_request_append (WeftCommitRequest *self,
                            GString           *text)
{
  gsize start = text->len;

  weft_members_append_string (text, "actionId", self->names->action_id);
  weft_commit_content_append_bases (&self->content, text);
  weft_members_append_name (text, "blockIds");
  weft_ids_append (self->names->block_ids, text);
  weft_commit_content_append_cluster (&self->content, text);
  weft_commit_content_append_digests (&self->content, text);
  if (self->names->header_id != NULL)
    weft_members_append_string (text, "headerId", self->names->header_id);
  weft_members_append_integer (text, "rev", self->rev);
  weft_members_append_string (text, "tailId", self->names->tail_id);
  weft_members_close (text, start);
}
