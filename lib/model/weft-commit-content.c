/* weft-commit-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-commit-content-private.h"

#include "weft-cluster-peer-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"

void
weft_commit_content_clear (WeftCommitContent *self)
{
  g_clear_pointer (&self->bases, json_node_unref);
  g_clear_pointer (&self->digests, json_node_unref);
  g_clear_pointer (&self->cluster, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_free);
}

void
weft_commit_content_copy (WeftCommitContent       *self,
                          const WeftCommitContent *content)
{
  g_assert (self->bases == NULL && self->digests == NULL);
  g_assert (self->cluster == NULL);

  if (content->bases != NULL)
    self->bases = json_node_ref (content->bases);
  if (content->digests != NULL)
    self->digests = json_node_ref (content->digests);
  if (content->cluster != NULL)
    self->cluster = g_ptr_array_ref (content->cluster);
  self->membership = g_strdup (content->membership);
}

static gboolean
check_block (const char         *block_id,
             const char *const  *block_ids,
             const WeftJsonPath *path,
             GError            **error)
{
  if (g_strv_contains (block_ids, block_id))
    return TRUE;

  weft_json_set_error (error, path, "expected a block of blockIds");
  return FALSE;
}

/* A copy, so that it holds nothing but what was checked. */
gboolean
weft_commit_content_set_bases (WeftCommitContent  *self,
                               JsonObject         *bases,
                               const char *const  *block_ids,
                               const WeftJsonPath *path,
                               GError            **error)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  WeftJsonPath here = { path, NULL, 0 };
  JsonObjectIter iter;
  JsonNode *member;
  gint64 base;

  json_object_iter_init_ordered (&iter, bases);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      if (!weft_json_get_integer (member, &here, 0, WEFT_REV_MAX, &base, error)
          || !check_block (here.name, block_ids, &here, error))
        return FALSE;
      json_object_set_int_member (copy, here.name, base);
    }

  g_clear_pointer (&self->bases, json_node_unref);
  if (json_object_get_size (copy) > 0)
    self->bases = weft_content_seal_object (g_steal_pointer (&copy));
  return TRUE;
}

/* The same. */
gboolean
weft_commit_content_set_digests (WeftCommitContent  *self,
                                 JsonObject         *digests,
                                 const char *const  *block_ids,
                                 const WeftJsonPath *path,
                                 GError            **error)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  WeftJsonPath here = { path, NULL, 0 };
  JsonObjectIter iter;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, digests);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    {
      const char *digest = weft_json_get_string (member, &here, error);

      if (digest == NULL)
        return FALSE;
      if (!weft_sha256_base64url_is_valid (digest))
        {
          weft_json_set_error (error, &here, "expected a SHA-256 in base64url");
          return FALSE;
        }
      if (!check_block (here.name, block_ids, &here, error))
        return FALSE;
      json_object_set_string_member (copy, here.name, digest);
    }

  g_clear_pointer (&self->digests, json_node_unref);
  if (json_object_get_size (copy) > 0)
    self->digests = weft_content_seal_object (g_steal_pointer (&copy));
  return TRUE;
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

/* The object that is a member, %NULL where it is absent or wrong. */
static JsonObject *
get_object (JsonObject    *object,
            WeftJsonPath  *here,
            GError       **error)
{
  JsonNode *member = json_object_get_member (object, here->name);

  return member != NULL ? weft_json_get_object (member, here, error) : NULL;
}

gboolean
weft_commit_content_parse (WeftCommitContent  *self,
                           JsonObject         *object,
                           const char *const  *block_ids,
                           const WeftJsonPath *path,
                           GError            **error)
{
  g_autoptr (GError) local_error = NULL;
  WeftJsonPath bases_path = { path, "bases", 0 };
  WeftJsonPath digests_path = { path, "digests", 0 };
  WeftJsonPath cluster_path = { path, "cluster", 0 };
  JsonObject *bases = get_object (object, &bases_path, &local_error);
  JsonObject *digests
      = local_error == NULL ? get_object (object, &digests_path, &local_error) : NULL;

  if (local_error == NULL && bases != NULL)
    weft_commit_content_set_bases (self, bases, block_ids, &bases_path, &local_error);
  if (local_error == NULL && digests != NULL)
    weft_commit_content_set_digests (self, digests, block_ids, &digests_path, &local_error);
  if (local_error == NULL && json_object_has_member (object, "cluster"))
    {
      GPtrArray *peers = weft_cluster_peers_parse_map (json_object_get_member (object, "cluster"),
                                                       &cluster_path, &local_error);

      if (peers != NULL)
        take_cluster (self, peers);
    }
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

void
weft_commit_content_write (const WeftCommitContent *self,
                           JsonObject              *object)
{
  if (self->bases != NULL)
    json_object_set_member (object, "bases", json_node_ref (self->bases));
  if (self->digests != NULL)
    json_object_set_member (object, "digests", json_node_ref (self->digests));
  if (self->cluster != NULL)
    json_object_set_member (object, "cluster", weft_cluster_peers_to_json (self->cluster));
}
