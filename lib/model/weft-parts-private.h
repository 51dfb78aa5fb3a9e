/* weft-parts-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ids-private.h"
#include "weft-json-string-private.h"
#include "weft-parse-private.h"
#include "weft-repo-reply.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* Parts of values that are read from trees still. */

static inline const char *
weft_ids_read_block (const WeftItem     *object,
                     const char         *name,
                     const WeftJsonPath *path,
                     GError            **error)
{
  const WeftJsonPath here = { path, name, 0 };
  const char *id = weft_item_require_string (object, name, path, error);

  return id != NULL && weft_ids_check_block (id, &here, error) ? id : NULL;
}

static inline char **
weft_ids_read_request (const WeftItem     *object,
                       const char         *name,
                       const WeftJsonPath *path,
                       GError            **error)
{
  g_autoptr (JsonNode) node = weft_item_to_node (object);

  return weft_ids_parse_request (json_node_get_object (node), name, path, error);
}

static inline void
weft_ids_append (const char *const *ids,
                 GString           *text)
{
  g_autoptr (JsonNode) node = weft_ids_to_json (ids);

  weft_json_append (text, node);
}

static inline WeftActionRev *
weft_action_rev_read (const WeftItem     *item,
                      const WeftJsonPath *path,
                      GError            **error)
{
  g_autoptr (JsonNode) node = weft_item_to_node (item);

  return weft_action_rev_parse (node, path, error);
}

static inline WeftRepoMessage *
weft_repo_message_read (const WeftItem     *item,
                        const WeftJsonPath *path,
                        GError            **error)
{
  g_autoptr (JsonNode) node = weft_item_to_node (item);

  return weft_repo_message_parse (node, path, error);
}

static inline void
weft_repo_message_append (WeftRepoMessage *self,
                          GString         *text)
{
  g_autoptr (JsonNode) node = weft_repo_message_to_json (self);

  weft_json_append (text, node);
}

static inline WeftStaleFailure *
weft_stale_failure_read (const WeftItem     *item,
                         const WeftJsonPath *path,
                         GError            **error)
{
  g_autoptr (JsonNode) node = weft_item_to_node (item);

  return weft_stale_failure_parse (node, path, error);
}

static inline WeftRepoReply *
weft_repo_reply_read (const WeftItem   *item,
                      WeftRepoOperation operation,
                      GError          **error)
{
  g_autoptr (JsonNode) node = weft_item_to_node (item);

  return weft_repo_reply_from_json (node, operation, error);
}

G_END_DECLS
