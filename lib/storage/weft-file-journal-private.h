/* weft-file-journal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* A journal has two segments, files of a fixed name that are used in turn. */
#define WEFT_FILE_N_SEGMENTS 2
/* The first record is here; a sector, so that a header is written wholly or not at all. */
#define WEFT_FILE_SEGMENT_HEADER_BYTES 4096
/* What a new segment is filled with, so that writing records does not move its end. */
#define WEFT_FILE_SEGMENT_BYTES_MIN (256 * 1024)

typedef struct
{
  guint64 generation;  /* the larger one is the one in use */
  guint64 salt;        /* records of an earlier generation have another */
  guint64 first_seq;   /* what older segments hold from here on never happened */
  guint64 applied_seq; /* up to here everything is in the files */
  guint64 bytes;       /* the file is at least as long */
} WeftFileSegmentHeader;

typedef struct
{
  guint64 seq;
  guint32 index; /* within what was written and synced together */
  gsize length;  /* with this header */
} WeftFileRecordHeader;

typedef struct _WeftFileSegment WeftFileSegment;

const char      *weft_file_segment_get_path  (guint                   slot);
WeftFileSegment *weft_file_segment_new       (WeftFileLayer          *layer,
                                              guint                   slot,
                                              gsize                   bytes_max,
                                              gint64                 *usage)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_file_segment_free      (WeftFileSegment        *self);
/* Starts a generation; what the segment held is gone. After an error nothing is known, and the
 * file is made anew the next time. */
gboolean         weft_file_segment_begin     (WeftFileSegment        *self,
                                              guint64                 generation,
                                              guint64                 first_seq,
                                              guint64                 applied_seq,
                                              GError                **error);
/* Whether it takes so much more; an empty one takes anything. */
gboolean         weft_file_segment_fits      (WeftFileSegment        *self,
                                              gsize                   length);
gsize            weft_file_segment_get_used  (WeftFileSegment        *self);
/* Fills the header at the beginning of an encoded job. */
void             weft_file_segment_seal      (WeftFileSegment        *self,
                                              GString                *record,
                                              guint64                 seq,
                                              guint32                 index);
/* Makes sealed records durable. After an error the segment cannot be used until it begins again. */
gboolean         weft_file_segment_append    (WeftFileSegment        *self,
                                              GString                *records,
                                              GError                **error);
gboolean         weft_file_segment_is_broken (WeftFileSegment        *self);

/* Reading, for recovery. `data` is the whole file. */
gboolean         weft_file_segment_parse_header (const guint8               *data,
                                                 gsize                       length,
                                                 WeftFileSegmentHeader      *header,
                                                 GError                    **error);
gboolean         weft_file_segment_parse_record (const guint8                *data,
                                                 gsize                        length,
                                                 gsize                        offset,
                                                 const WeftFileSegmentHeader *header,
                                                 WeftFileRecordHeader        *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileSegment, weft_file_segment_free)

G_END_DECLS
