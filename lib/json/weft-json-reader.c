/* weft-json-reader.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From text to nodes, by way of a tape.
 */

#include "config.h"

#include "weft-json-private.h"

#include <string.h>

#include "weft-limits.h"
#include "weft-tape-private.h"

static JsonNode *
make_node (WeftTape *tape,
           gboolean  unsealed)
{
  const WeftItem *root = weft_tape_get_root (tape);

  return unsealed ? weft_item_make_node (root) : weft_item_to_node (root);
}

JsonNode *
weft_json_parse_with_limits (const char            *text,
                             gsize                  length,
                             const WeftJsonLimits  *limits,
                             GError               **error)
{
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, length, limits, error);

  return tape != NULL ? make_node (tape, limits->unsealed) : NULL;
}

JsonNode *
weft_json_parse_own (const char *text,
                     gsize       length)
{
  g_autoptr (WeftTape) tape = weft_tape_read_own (text, length);

  return make_node (tape, FALSE);
}

static void
take_member (const WeftItem *item,
             WeftJsonMember *member)
{
  member->name = item->name;
  switch (item->kind)
    {
    case WEFT_ITEM_STRING:
      member->kind = WEFT_JSON_MEMBER_STRING;
      member->string = item->string;
      return;
    case WEFT_ITEM_INTEGER:
      member->kind = WEFT_JSON_MEMBER_INTEGER;
      member->integer = item->integer;
      return;
    case WEFT_ITEM_NULL:
    case WEFT_ITEM_BOOLEAN:
    case WEFT_ITEM_REAL:
    case WEFT_ITEM_ARRAY:
    case WEFT_ITEM_OBJECT:
    default:
      member->kind = WEFT_JSON_MEMBER_NODE;
      member->node = weft_item_to_node (item);
      return;
    }
}

gboolean
weft_json_parse_members (const char           *text,
                         gsize                 length,
                         const WeftJsonLimits *limits,
                         guint                 n_members_max,
                         WeftJsonMembersFunc   func,
                         gpointer              user_data)
{
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, length, limits, NULL);
  const WeftItem *root = tape != NULL ? weft_tape_get_root (tape) : NULL;
  g_autofree WeftJsonMember *members = NULL;
  guint n_members = 0;
  gboolean is_taken;

  if (root == NULL || root->kind != WEFT_ITEM_OBJECT || root->length > n_members_max)
    return FALSE;

  members = g_new (WeftJsonMember, root->length);
  for (const WeftItem *item = weft_item_first (root); item != NULL;
       item = weft_item_next (root, item))
    take_member (item, &members[n_members++]);
  is_taken = func (members, n_members, user_data);
  for (guint i = 0; i < n_members; i++)
    if (members[i].kind == WEFT_JSON_MEMBER_NODE)
      g_clear_pointer (&members[i].node, json_node_unref);
  return is_taken;
}

/**
 * weft_json_parse:
 * @text: (array length=length) (element-type guint8): JSON text
 * @length: the length of @text in bytes, or -1 if it ends with a NUL
 * @error: return location for an error
 *
 * Reads one JSON document, strictly: RFC 8259 text in valid UTF-8 without a byte order mark, with
 * nothing behind it. Refused are also duplicate member names, lone surrogates, NUL characters,
 * and numbers that a double cannot carry or that print as an integer beyond ±(2^53-1). A number
 * with an integral value becomes an integer node however it is spelled.
 *
 * Sets %WEFT_ERROR_INVALID, with line and column and what was expected there, or
 * %WEFT_ERROR_TOO_LARGE for text of more than 8 MiB, nesting deeper than 64 levels, or more than
 * 1,048,576 values.
 *
 * Returns: (transfer full): the document, sealed; %NULL on error
 *
 * Since: 0.1
 */
JsonNode *
weft_json_parse (const char  *text,
                 gssize       length,
                 GError     **error)
{
  const WeftJsonLimits limits = {
    .bytes_max = WEFT_LIMIT_MESSAGE_BYTES_MAX,
    .depth_max = WEFT_LIMIT_JSON_DEPTH_MAX,
    .nodes_max = WEFT_LIMIT_JSON_NODES_MAX,
  };

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (length >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_json_parse_with_limits (text, length < 0 ? strlen (text) : (gsize) length,
                                      &limits, error);
}

/**
 * weft_json_parse_bytes:
 * @bytes: JSON text
 * @error: return location for an error
 *
 * Reads one JSON document as [func@json_parse] does.
 *
 * Returns: (transfer full): the document, sealed; %NULL on error
 *
 * Since: 0.1
 */
JsonNode *
weft_json_parse_bytes (GBytes  *bytes,
                       GError **error)
{
  gsize length;
  const char *text;

  g_return_val_if_fail (bytes != NULL, NULL);

  text = g_bytes_get_data (bytes, &length);
  return weft_json_parse (text, (gssize) length, error);
}
