/* weft-json-expect-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"

G_BEGIN_DECLS

/* Errors of typed access, whether to nodes or to items. `found` is what was there instead, as in
 * "a string", or NULL for nothing. */
void      weft_json_expect_type      (const char          *expected,
                                      const char          *found,
                                      const WeftJsonPath  *path,
                                      GError             **error);
void      weft_json_expect_integer   (gint64               min,
                                      gint64               max,
                                      const char          *found,
                                      const WeftJsonPath  *path,
                                      GError             **error);
/* Sets `value` to an integer that is in range. */
gboolean  weft_json_expect_range     (gint64               integer,
                                      gint64               min,
                                      gint64               max,
                                      const WeftJsonPath  *path,
                                      gint64              *value,
                                      GError             **error);
/* The object at `path` has a member that nobody knows. */
void      weft_json_expect_no_member (const char          *name,
                                      const WeftJsonPath  *path,
                                      GError             **error);

G_END_DECLS
