/* weft-commit-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-commit-content-private.h"

#include <string.h>

#include "weft-cluster-peer-private.h"
#include "weft-ids-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-message-hash-private.h"

static int
compare_blocks (const void *a,
                const void *b)
{
  return strcmp (((const WeftCommitBlock *) a)->block_id, ((const WeftCommitBlock *) b)->block_id);
}

void
weft_commit_content_init (WeftCommitContent *self,
                          const char *const *block_ids)
{
  g_assert (self->blocks == NULL);

  self->n_blocks = g_strv_length ((char **) block_ids);
  self->blocks = g_new0 (WeftCommitBlock, self->n_blocks);
  for (guint i = 0; i < self->n_blocks; i++)
    {
      self->blocks[i].block_id = block_ids[i];
      self->blocks[i].base = -1;
    }
  qsort (self->blocks, self->n_blocks, sizeof *self->blocks, compare_blocks);
}

void
weft_commit_content_set_ids (WeftCommitContent *self,
                             const char *const *block_ids)
{
  for (guint i = 0; block_ids[i] != NULL; i++)
    weft_commit_content_find (self, block_ids[i])->block_id = block_ids[i];
}

void
weft_commit_content_copy (WeftCommitContent       *self,
                          const WeftCommitContent *content)
{
  g_assert (self->n_blocks == content->n_blocks);
  g_assert (self->cluster == NULL);

  for (guint i = 0; i < self->n_blocks; i++)
    {
      const char *block_id = self->blocks[i].block_id;

      self->blocks[i] = content->blocks[i];
      self->blocks[i].block_id = block_id;
    }
  if (content->cluster != NULL)
    self->cluster = g_ptr_array_ref (content->cluster);
  self->membership = g_strdup (content->membership);
}

void
weft_commit_content_clear (WeftCommitContent *self)
{
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->cluster, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_free);
}

WeftCommitBlock *
weft_commit_content_find (const WeftCommitContent *self,
                          const char              *block_id)
{
  WeftCommitBlock wanted = { .block_id = block_id };

  return bsearch (&wanted, self->blocks, self->n_blocks, sizeof wanted, compare_blocks);
}

static WeftCommitBlock *
require_block (const WeftCommitContent *self,
               const char              *block_id,
               const WeftJsonPath      *path,
               GError                 **error)
{
  WeftCommitBlock *block = weft_commit_content_find (self, block_id);

  if (block == NULL)
    weft_json_set_error (error, path, "expected a block of blockIds");
  return block;
}

static gboolean
read_bases (WeftCommitContent  *self,
            const WeftItem     *bases,
            const WeftJsonPath *path,
            GError            **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *member;

  if (weft_item_get_object (bases, path, error) == NULL)
    return FALSE;

  for (member = weft_item_first (bases); member != NULL; member = weft_item_next (bases, member))
    {
      WeftCommitBlock *block;
      gint64 base;

      here.name = member->name;
      if (!weft_item_get_integer (member, &here, 0, WEFT_REV_MAX, &base, error))
        return FALSE;
      block = require_block (self, member->name, &here, error);
      if (block == NULL)
        return FALSE;
      block->base = base;
    }

  return TRUE;
}

static gboolean
read_digests (WeftCommitContent  *self,
              const WeftItem     *digests,
              const WeftJsonPath *path,
              GError            **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *member;

  if (weft_item_get_object (digests, path, error) == NULL)
    return FALSE;

  for (member = weft_item_first (digests); member != NULL;
       member = weft_item_next (digests, member))
    {
      WeftCommitBlock *block;
      const char *digest;

      here.name = member->name;
      digest = weft_item_get_string (member, &here, error);
      if (digest == NULL)
        return FALSE;
      if (!weft_sha256_base64url_is_valid (digest))
        {
          weft_json_set_error (error, &here, "expected a SHA-256 in base64url");
          return FALSE;
        }
      block = require_block (self, member->name, &here, error);
      if (block == NULL)
        return FALSE;
      memcpy (block->digest, digest, sizeof block->digest);
    }

  return TRUE;
}

/* A tape of what an application gave. */
static WeftTape *
read_object (JsonObject  *object,
             GError     **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return weft_tape_new_from_node (node, error);
}

gboolean
weft_commit_content_set_bases (WeftCommitContent  *self,
                               JsonObject         *bases,
                               GError            **error)
{
  g_autoptr (WeftTape) tape = read_object (bases, error);
  WeftJsonPath path = { NULL, "bases", 0 };

  return tape != NULL && read_bases (self, weft_tape_get_root (tape), &path, error);
}

gboolean
weft_commit_content_set_digests (WeftCommitContent  *self,
                                 JsonObject         *digests,
                                 GError            **error)
{
  g_autoptr (WeftTape) tape = read_object (digests, error);
  WeftJsonPath path = { NULL, "digests", 0 };

  return tape != NULL && read_digests (self, weft_tape_get_root (tape), &path, error);
}

static void
take_cluster (WeftCommitContent *self,
              GPtrArray         *peers)
{
  self->cluster = peers;
  self->membership = weft_message_hash_of_membership (peers);
}

gboolean
weft_commit_content_set_cluster (WeftCommitContent  *self,
                                 GPtrArray          *peers,
                                 GError            **error)
{
  GPtrArray *copy = NULL;

  if (peers != NULL)
    {
      copy = weft_cluster_peers_copy (peers, error);
      if (copy == NULL)
        return FALSE;
    }

  g_clear_pointer (&self->cluster, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_free);
  if (copy != NULL)
    take_cluster (self, copy);
  return TRUE;
}

gboolean
weft_commit_content_read (WeftCommitContent   *self,
                          const WeftItem      *object,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  WeftJsonPath here = { path, "bases", 0 };
  const WeftItem *bases = weft_item_find (object, "bases");
  const WeftItem *digests = weft_item_find (object, "digests");
  const WeftItem *cluster = weft_item_find (object, "cluster");
  GPtrArray *peers;

  if (bases != NULL && !read_bases (self, bases, &here, error))
    return FALSE;
  here.name = "digests";
  if (digests != NULL && !read_digests (self, digests, &here, error))
    return FALSE;
  if (cluster == NULL)
    return TRUE;

  here.name = "cluster";
  peers = weft_cluster_peers_read_map (cluster, &here, error);
  if (peers != NULL)
    take_cluster (self, peers);

  return peers != NULL;
}

static void
append_base (gpointer  value,
             GString  *text)
{
  weft_json_append_integer (text, ((const WeftCommitBlock *) value)->base);
}

static void
append_digest (gpointer  value,
               GString  *text)
{
  weft_json_append_string (text, ((const WeftCommitBlock *) value)->digest);
}

static gboolean
has_base (const WeftCommitBlock *block)
{
  return block->base >= 0;
}

static gboolean
has_digest (const WeftCommitBlock *block)
{
  return block->digest[0] != '\0';
}

/* The map of those blocks of which something is said. */
static void
append_map (const WeftCommitContent  *self,
            const char               *name,
            gboolean                (*is_in) (const WeftCommitBlock *block),
            WeftMemberFunc            append,
            GString                  *text)
{
  WeftMember on_stack[WEFT_MEMBERS_ON_STACK];
  g_autofree WeftMember *on_heap
      = self->n_blocks > WEFT_MEMBERS_ON_STACK ? g_new (WeftMember, self->n_blocks) : NULL;
  WeftMember *members = on_heap != NULL ? on_heap : on_stack;
  guint n_members = 0;

  for (guint i = 0; i < self->n_blocks; i++)
    if (is_in (&self->blocks[i]))
      members[n_members++] = (WeftMember) { self->blocks[i].block_id, &self->blocks[i] };
  if (n_members == 0)
    return;

  weft_members_append_name (text, name);
  weft_members_append_map (text, members, n_members, append);
}

void
weft_commit_content_append_bases (const WeftCommitContent *self,
                                  GString                 *text)
{
  append_map (self, "bases", has_base, append_base, text);
}

void
weft_commit_content_append_cluster (const WeftCommitContent *self,
                                    GString                 *text)
{
  if (self->cluster == NULL)
    return;

  weft_members_append_name (text, "cluster");
  weft_cluster_peers_append (self->cluster, text);
}

void
weft_commit_content_append_digests (const WeftCommitContent *self,
                                    GString                 *text)
{
  append_map (self, "digests", has_digest, append_digest, text);
}
