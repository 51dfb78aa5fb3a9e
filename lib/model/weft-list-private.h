/* weft-list-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What a list has to know about the values in it. */
typedef struct
{
  gpointer (*read) (const WeftItem *item, const WeftJsonPath *path, GError **error);
  void (*append) (gpointer value, GString *text);
  gpointer (*ref) (gpointer value);
  GDestroyNotify unref;
} WeftListType;

#define WEFT_LIST_TYPE(type_name)                                                              \
  {                                                                                            \
    .read = (gpointer (*) (const WeftItem *, const WeftJsonPath *, GError **)) type_name##_read, \
    .append = (void (*) (gpointer, GString *)) type_name##_append,                             \
    .ref = (gpointer (*) (gpointer)) type_name##_ref,                                          \
    .unref = (GDestroyNotify) type_name##_unref                                                \
  }

/* A list with references of its own; NULL is an empty list. */
GPtrArray *weft_list_copy   (const WeftListType  *type,
                             GPtrArray           *values) G_GNUC_WARN_UNUSED_RESULT;
/* A member that is an array of values; an absent one is an empty list. */
GPtrArray *weft_list_read   (const WeftListType  *type,
                             const WeftItem      *object,
                             const char          *name,
                             const WeftJsonPath  *path,
                             GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends its canonical text. */
void       weft_list_append (const WeftListType  *type,
                             GPtrArray           *values,
                             GString             *text);

G_END_DECLS
