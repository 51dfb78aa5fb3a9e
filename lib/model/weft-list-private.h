/* weft-list-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"

G_BEGIN_DECLS

/* What a list has to know about the values in it. */
typedef struct
{
  gpointer (*parse) (JsonNode *json, const WeftJsonPath *path, GError **error);
  JsonNode *(*to_json) (gpointer value);
  gpointer (*ref) (gpointer value);
  GDestroyNotify unref;
} WeftListType;

#define WEFT_LIST_TYPE(type_name)                                                         \
  {                                                                                       \
    .parse = (gpointer (*) (JsonNode *, const WeftJsonPath *, GError **)) type_name##_parse, \
    .to_json = (JsonNode *(*) (gpointer)) type_name##_to_json,                            \
    .ref = (gpointer (*) (gpointer)) type_name##_ref,                                     \
    .unref = (GDestroyNotify) type_name##_unref                                           \
  }

/* A list with references of its own; NULL is an empty list. */
GPtrArray *weft_list_copy    (const WeftListType  *type,
                              GPtrArray           *values) G_GNUC_WARN_UNUSED_RESULT;
/* A member that is an array of values; an absent one is an empty list. */
GPtrArray *weft_list_parse   (const WeftListType  *type,
                              JsonObject          *object,
                              const char          *name,
                              const WeftJsonPath  *path,
                              GError             **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode  *weft_list_to_json (const WeftListType  *type,
                              GPtrArray           *values) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
