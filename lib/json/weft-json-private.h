/* weft-json-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json.h"

G_BEGIN_DECLS

/* What weft_json_parse() takes from weft-limits.h, for callers with tighter ones. */
typedef struct
{
  gsize bytes_max;
  guint depth_max;
  guint nodes_max;
} WeftJsonLimits;

#define WEFT_JSON_NUMBER_CHARS_MAX 32

/* Reads text that was written here, however large it is: it is valid. */
JsonNode *weft_json_parse_own         (const char           *text,
                                       gsize                 length) G_GNUC_WARN_UNUSED_RESULT;

/* Appends the canonical text (RFC 8785) of a valid node. */
void      weft_json_append            (GString              *text,
                                       JsonNode             *node);
/* The same for any node; FALSE with the error of weft_json_validate(), and nothing appended, when
 * that refuses it. */
gboolean  weft_json_try_append        (GString              *text,
                                       JsonNode             *node,
                                       GError              **error);
void      weft_json_append_integer    (GString              *text,
                                       gint64                value);
/* Writes the ES6 text of a finite number, NUL-terminated; returns its length. */
gsize     weft_json_format_double     (double                value,
                                       char                  text[WEFT_JSON_NUMBER_CHARS_MAX]);
#define WEFT_SHA256_BYTES 32
void      weft_sha256                 (const void           *data,
                                       gsize                 length,
                                       guint8                digest[WEFT_SHA256_BYTES]);
/* SHA-256 of bytes as base64url text without padding. */
char     *weft_sha256_base64url       (const void           *data,
                                       gsize                 length) G_GNUC_WARN_UNUSED_RESULT;

gboolean  weft_sha256_base64url_is_valid (const char        *text);

/* A place in a JSON document while from_json() walks it, so that an error can name the member:
 * `operations[0].pend.rev: expected a positive integer`. A path lives on the stack and points
 * to its parent; the text is made only when an error is. The path NULL is the document itself, so
 * its members have the parent NULL. `name` NULL means an array index. */
typedef struct _WeftJsonPath WeftJsonPath;
struct _WeftJsonPath
{
  const WeftJsonPath *parent;
  const char *name;
  guint index;
};

/* `operations[0].pend.rev`, or "" for the document itself. */
char        *weft_json_path_to_string      (const WeftJsonPath  *path) G_GNUC_WARN_UNUSED_RESULT;

/* All set WEFT_ERROR_INVALID with the path in front. What they return belongs to the document.
 * "optional" returns TRUE with the default when the member is absent; null is a wrong type. */
void         weft_json_set_error           (GError             **error,
                                            const WeftJsonPath  *path,
                                            const char          *format,
                                            ...) G_GNUC_PRINTF (3, 4);
JsonObject  *weft_json_get_object          (JsonNode            *node,
                                            const WeftJsonPath  *path,
                                            GError             **error);
JsonArray   *weft_json_get_array           (JsonNode            *node,
                                            const WeftJsonPath  *path,
                                            GError             **error);
const char  *weft_json_get_string          (JsonNode            *node,
                                            const WeftJsonPath  *path,
                                            GError             **error);
gboolean     weft_json_get_integer         (JsonNode            *node,
                                            const WeftJsonPath  *path,
                                            gint64               min,
                                            gint64               max,
                                            gint64              *value,
                                            GError             **error);
/* The member, or NULL with an error (required) or without (optional). */
JsonNode    *weft_json_require_member      (JsonObject          *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            GError             **error);
const char  *weft_json_require_string      (JsonObject          *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            GError             **error);
gboolean     weft_json_optional_string     (JsonObject          *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            const char         **value,
                                            GError             **error);
gboolean     weft_json_require_integer     (JsonObject          *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            gint64               min,
                                            gint64               max,
                                            gint64              *value,
                                            GError             **error);
gboolean     weft_json_optional_integer    (JsonObject          *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            gint64               min,
                                            gint64               max,
                                            gint64               fallback,
                                            gint64              *value,
                                            GError             **error);
/* That there are no members but these, up to a NULL: what is signed, kept and passed on is what was
 * understood. */
gboolean     weft_json_check_members       (JsonObject          *object,
                                            const char *const   *names,
                                            const WeftJsonPath  *path,
                                            GError             **error);
gboolean     weft_json_optional_boolean    (JsonObject          *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            gboolean             fallback,
                                            gboolean            *value,
                                            GError             **error);

G_END_DECLS
