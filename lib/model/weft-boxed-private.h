/* weft-boxed-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include "weft-json-private.h"

/* Every value of the model is an atomic reference-counted box that never changes. Here is what
 * is the same for all of them. clear (self) releases the members. Two values are equal when
 * their JSON is: there is no second notion of equality that could drift from what is hashed. */
#define WEFT_DEFINE_BOXED(TypeName, type_name, clear)                              \
  WEFT_DEFINE_BOXED_REFS (TypeName, type_name, clear)                              \
                                                                                   \
  gboolean                                                                         \
  type_name##_equal (TypeName *a,                                                  \
                     TypeName *b)                                                  \
  {                                                                                \
    g_autoptr (JsonNode) a_json = NULL;                                            \
    g_autoptr (JsonNode) b_json = NULL;                                            \
                                                                                   \
    g_return_val_if_fail (a != NULL, FALSE);                                       \
    g_return_val_if_fail (b != NULL, FALSE);                                       \
                                                                                   \
    if (a == b)                                                                    \
      return TRUE;                                                                 \
                                                                                   \
    a_json = type_name##_to_json (a);                                              \
    b_json = type_name##_to_json (b);                                              \
    return weft_json_equal (a_json, b_json);                                       \
  }

/* For what writes its canonical text with type_name_append(): a tree is made for whoever asks. */
#define WEFT_DEFINE_BOXED_TEXT(TypeName, type_name, clear)                         \
  WEFT_DEFINE_BOXED_COUNT (TypeName, type_name, clear)                             \
                                                                                   \
  char *                                                                           \
  type_name##_to_string (TypeName *self)                                           \
  {                                                                                \
    GString *text;                                                                 \
                                                                                   \
    g_return_val_if_fail (self != NULL, NULL);                                     \
                                                                                   \
    text = g_string_sized_new (512);                                               \
    type_name##_append (self, text);                                               \
    return g_string_free (text, FALSE);                                            \
  }                                                                                \
                                                                                   \
  JsonNode *                                                                       \
  type_name##_to_json (TypeName *self)                                             \
  {                                                                                \
    g_autofree char *text = type_name##_to_string (self);                          \
                                                                                   \
    return text != NULL ? weft_json_parse_own (text, strlen (text)) : NULL;        \
  }                                                                                \
                                                                                   \
  gboolean                                                                         \
  type_name##_equal (TypeName *a,                                                  \
                     TypeName *b)                                                  \
  {                                                                                \
    g_autofree char *a_text = NULL;                                                \
    g_autofree char *b_text = NULL;                                                \
                                                                                   \
    g_return_val_if_fail (a != NULL, FALSE);                                       \
    g_return_val_if_fail (b != NULL, FALSE);                                       \
                                                                                   \
    if (a == b)                                                                    \
      return TRUE;                                                                 \
                                                                                   \
    a_text = type_name##_to_string (a);                                            \
    b_text = type_name##_to_string (b);                                            \
    return strcmp (a_text, b_text) == 0;                                           \
  }

/* Reads what weft_X_to_string() writes with weft_X_read(), which has to be declared before. */
#define WEFT_DEFINE_BOXED_FROM_STRING(TypeName, type_name)                         \
  TypeName *                                                                       \
  type_name##_from_string (const char  *text,                                      \
                           GError     **error)                                     \
  {                                                                                \
    g_autoptr (WeftTape) tape = NULL;                                              \
                                                                                   \
    g_return_val_if_fail (text != NULL, NULL);                                     \
    g_return_val_if_fail (error == NULL || *error == NULL, NULL);                  \
                                                                                   \
    tape = weft_tape_read_text (text, strlen (text), NULL, error);                 \
    if (tape == NULL)                                                              \
      return NULL;                                                                 \
                                                                                   \
    return type_name##_read (weft_tape_get_root (tape), NULL, error);              \
  }

/* Without equality, for what is so small that it is compared all the time. */
#define WEFT_DEFINE_BOXED_REFS(TypeName, type_name, clear)                         \
  WEFT_DEFINE_BOXED_COUNT (TypeName, type_name, clear)                             \
                                                                                   \
  char *                                                                           \
  type_name##_to_string (TypeName *self)                                           \
  {                                                                                \
    GString *text;                                                                 \
                                                                                   \
    g_return_val_if_fail (self != NULL, NULL);                                     \
                                                                                   \
    text = g_string_sized_new (128);                                               \
    type_name##_append (self, text);                                               \
    return g_string_free (text, FALSE);                                            \
  }

#define WEFT_DEFINE_BOXED_COUNT(TypeName, type_name, clear)                        \
  G_DEFINE_BOXED_TYPE (TypeName, type_name, type_name##_ref, type_name##_unref)    \
                                                                                   \
  TypeName *                                                                       \
  type_name##_ref (TypeName *self)                                                 \
  {                                                                                \
    g_return_val_if_fail (self != NULL, NULL);                                     \
                                                                                   \
    return g_atomic_rc_box_acquire (self);                                         \
  }                                                                                \
                                                                                   \
  void                                                                             \
  type_name##_unref (TypeName *self)                                               \
  {                                                                                \
    g_return_if_fail (self != NULL);                                               \
                                                                                   \
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);                   \
  }
