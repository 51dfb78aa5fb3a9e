/* weft-cluster-pends.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-pends-private.h"

#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-list-private.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-transforms-private.h"

static const WeftListType message_type = WEFT_LIST_TYPE (weft_repo_message);
static const char *const names[] = { "membership", "messages", NULL };

GPtrArray *
weft_cluster_pends_copy (GPtrArray *messages)
{
  return weft_list_copy (&message_type, messages);
}

/* The blocks of the messages so far. */
typedef struct
{
  const char *ids[WEFT_LIMIT_PEND_BLOCKS_MAX]; /* of the messages */
  guint n_ids;
} Taken;

static gboolean
take_block (Taken              *taken,
            const char         *block_id,
            const WeftJsonPath *path,
            GError            **error)
{
  if (taken->n_ids == G_N_ELEMENTS (taken->ids))
    {
      weft_json_set_error (error, path, "expected at most %d blocks in all",
                           WEFT_LIMIT_PEND_BLOCKS_MAX);
      return FALSE;
    }
  for (guint i = 0; i < taken->n_ids; i++)
    if (g_str_equal (taken->ids[i], block_id))
      {
        weft_json_set_error (error, path, "expected different blocks, got %s twice", block_id);
        return FALSE;
      }
  taken->ids[taken->n_ids++] = block_id;

  return TRUE;
}

/* What is stored together must not be in each other's way. */
static gboolean
check_message (GPtrArray          *messages,
               guint               index,
               Taken              *taken,
               const WeftJsonPath *path,
               GError            **error)
{
  WeftPendRequest *pend = weft_repo_message_get_pend (g_ptr_array_index (messages, index));
  g_autofree const char **block_ids = NULL;

  if (pend == NULL)
    {
      weft_json_set_error (error, path, "expected nothing but pends");
      return FALSE;
    }
  for (guint i = 0; i < index; i++)
    {
      WeftPendRequest *other = weft_repo_message_get_pend (g_ptr_array_index (messages, i));

      if (!g_str_equal (weft_pend_request_get_action_id (pend),
                        weft_pend_request_get_action_id (other)))
        continue;
      weft_json_set_error (error, path, "expected different actions, got %s twice",
                           weft_pend_request_get_action_id (pend));
      return FALSE;
    }

  block_ids = weft_transforms_list_block_ids (weft_pend_request_get_transforms (pend));
  for (guint i = 0; block_ids[i] != NULL; i++)
    if (!take_block (taken, block_ids[i], path, error))
      return FALSE;

  return TRUE;
}

static gboolean
read_membership (const WeftItem     *object,
                 char              **membership,
                 const WeftJsonPath *parent,
                 GError            **error)
{
  const WeftJsonPath path = { parent, "membership", 0 };
  const char *text = weft_item_require_string (object, "membership", parent, error);

  if (text == NULL)
    return FALSE;
  if (!weft_sha256_base64url_is_valid (text))
    {
      weft_json_set_error (error, &path, "expected a SHA-256 as base64url");
      return FALSE;
    }
  *membership = g_strdup (text);

  return TRUE;
}

static const WeftItem *
get_array (const WeftItem     *object,
           const WeftJsonPath *parent,
           GError            **error)
{
  const WeftJsonPath path = { parent, "messages", 0 };
  const WeftItem *member = weft_item_require_member (object, "messages", parent, error);
  const WeftItem *array = member != NULL ? weft_item_get_array (member, &path, error) : NULL;

  if (array == NULL || (array->length > 0 && array->length <= WEFT_LIMIT_GROUP_MAX))
    return array;

  weft_json_set_error (error, &path, "expected 1 to %d messages, got %u", WEFT_LIMIT_GROUP_MAX,
                       array->length);
  return NULL;
}

GPtrArray *
weft_cluster_pends_read (const WeftItem      *item,
                         char               **membership,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  const WeftJsonPath messages_path = { path, "messages", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  g_autoptr (GPtrArray) messages = NULL;
  g_autofree char *hash = NULL;
  Taken taken = { .n_ids = 0 };

  if (object == NULL || !weft_item_check_members (object, names, path, error)
      || !read_membership (object, &hash, path, error) || get_array (object, path, error) == NULL)
    return NULL;
  messages = weft_list_read (&message_type, object, "messages", path, error);
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    if (!check_message (messages, i, &taken, &messages_path, error))
      return NULL;
  if (messages != NULL)
    *membership = g_steal_pointer (&hash);

  return g_steal_pointer (&messages);
}

void
weft_cluster_pends_append (const char *membership,
                           GPtrArray  *messages,
                           GString    *text)
{
  g_string_append (text, "{\"membership\":\"");
  g_string_append (text, membership);
  g_string_append (text, "\",\"messages\":");
  weft_list_append (&message_type, messages, text);
  g_string_append_c (text, '}');
}
