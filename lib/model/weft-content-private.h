/* weft-content-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-error.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* Content of any kind: its canonical text, or a tree. Whatever came is kept; a tree is made of the
 * text when somebody asks for one, in any thread. */
typedef struct
{
  char *text;     /* a GRefString, or NULL */
  JsonNode *node; /* immutable, or NULL */
} WeftContent;

/* Takes a GRefString over. */
void      weft_content_init_text     (WeftContent         *self,
                                      char                *text);
/* `node` is immutable and valid. */
void      weft_content_init_node     (WeftContent         *self,
                                      JsonNode            *node);
/* Checks what becomes a block, a part of one or a part of signed content, and keeps it. */
gboolean  weft_content_read          (WeftContent         *self,
                                      const WeftItem      *item,
                                      const WeftJsonPath  *path,
                                      GError             **error);
void      weft_content_copy          (WeftContent         *self,
                                      WeftContent         *content);
void      weft_content_clear         (WeftContent         *self);
gboolean  weft_content_is_set        (const WeftContent   *self);
/* Immutable; lasts as long as the content. */
JsonNode *weft_content_get_node      (WeftContent         *self);
/* (nullable): NULL only of a tree that is not valid. */
WeftTape *weft_content_open          (const WeftContent   *self) G_GNUC_WARN_UNUSED_RESULT;
gsize     weft_content_get_length    (const WeftContent   *self);
void      weft_content_append        (const WeftContent   *self,
                                      GString             *text);
/* That the canonical text is no longer than a block may be. */
gboolean  weft_content_check_bytes   (gsize                bytes,
                                      const WeftJsonPath  *path,
                                      GError             **error);

/* Sets an error of any code, with the path in front. */
void      weft_content_set_error     (GError             **error,
                                      WeftError            code,
                                      const WeftJsonPath  *path,
                                      const char          *format,
                                      ...) G_GNUC_PRINTF (4, 5);
/* An immutable node with the content of a valid one: the node itself if it is immutable, else a
 * copy, so that nobody outside can change it later. */
JsonNode *weft_content_freeze        (JsonNode            *node) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a container over into an immutable node. */
JsonNode *weft_content_seal_object   (JsonObject          *object) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *weft_content_seal_array    (JsonArray           *array) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
