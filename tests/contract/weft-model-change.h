/* weft-model-change.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WEFT_MODEL_INSERT,
  WEFT_MODEL_UPDATE,
  WEFT_MODEL_DELETE,
} WeftModelKind;

/* What an action does to one block; what it writes depends on `number`. */
typedef struct
{
  guint block;
  WeftModelKind kind;
  guint number;
  gint64 base; /* -1 when the request gives none */
} WeftModelChange;

/* As a request has them: Transforms, a Transform, a Block. */
char *weft_model_changes_to_text (const WeftModelChange *changes,
                                  guint                  n_changes) G_GNUC_WARN_UNUSED_RESULT;
void  weft_model_change_append   (const WeftModelChange *self,
                                  GString               *text);
void  weft_model_append_block    (GString               *text,
                                  guint                  block,
                                  guint                  number,
                                  const char            *list);

G_END_DECLS
