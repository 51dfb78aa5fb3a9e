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
char     *weft_json_path_to_string    (const WeftJsonPath   *path) G_GNUC_WARN_UNUSED_RESULT;

/* Sets WEFT_ERROR_INVALID with the path in front. */
void      weft_json_set_error         (GError              **error,
                                       const WeftJsonPath   *path,
                                       const char           *format,
                                       ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
