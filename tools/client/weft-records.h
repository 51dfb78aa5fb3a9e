/* weft-records.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Takes the records out of a file one by one: JSON lines, any JSON values after another, an array,
 * or an array that is a member of an object. Only one record is parsed at a time, so that a file
 * of any size costs the memory of its largest record. */
typedef struct
{
  const char *text;
  gsize length;
  gsize offset;
  guint line;
  gboolean in_array;
  gboolean is_first;
} WeftRecords;

gboolean weft_records_begin (WeftRecords  *self,
                             const char   *text,
                             gsize         length,
                             const char   *member,
                             GError      **error);
gboolean weft_records_next  (WeftRecords  *self,
                             JsonNode    **record,
                             guint        *line,
                             GError      **error);

G_END_DECLS
