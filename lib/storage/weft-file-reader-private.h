/* weft-file-reader-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-index-private.h"

G_BEGIN_DECLS

/* The reads that take more than finding one entry. */

char      *weft_file_reader_read_revision           (WeftFileIndex  *index,
                                                     WeftFileScope  *scope,
                                                     gint64          rev,
                                                     GError        **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *weft_file_reader_list_revisions          (WeftFileIndex  *index,
                                                     WeftFileScope  *scope,
                                                     gint64          from,
                                                     gint64          to,
                                                     guint           max,
                                                     GError        **error)
    G_GNUC_WARN_UNUSED_RESULT;
char     **weft_file_reader_list_pendings           (WeftFileScope  *scope)
    G_GNUC_WARN_UNUSED_RESULT;
WeftTape  *weft_file_reader_read_record_tape        (WeftFileIndex  *index,
                                                     const char     *message_hash,
                                                     GError        **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonNode  *weft_file_reader_read_record             (WeftFileIndex  *index,
                                                     const char     *message_hash,
                                                     GError        **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *weft_file_reader_list_unresolved_records (WeftFileIndex  *index,
                                                     GError        **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
