/* weft-file-segment-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* The first record is here; a sector, so that a header is written wholly or not at all. */
#define WEFT_FILE_SEGMENT_HEADER_BYTES 512
/* What a new segment is filled with, so that writing records does not move its end. */
#define WEFT_FILE_SEGMENT_BYTES_MIN (256 * 1024)
/* A record, that is a batch, begins with so many bytes of its own, at a multiple of eight. */
#define WEFT_FILE_RECORD_HEADER_BYTES 32
#define WEFT_FILE_RECORD_ALIGNMENT 8

typedef struct
{
  guint32 number;
  guint64 salt;      /* records of any other segment have another */
  guint64 first_seq; /* what older segments hold from here on never happened */
  guint64 bytes;     /* the file is at least as long */
} WeftFileSegmentHeader;

typedef struct
{
  guint64 seq;
  guint32 index; /* within what was written and synced together */
  gsize length;  /* with this header */
} WeftFileRecordHeader;

/* A file of the log that is being written. */
typedef struct _WeftFileSegment WeftFileSegment;

char            *weft_file_segment_make_path (guint32                       number)
    G_GNUC_WARN_UNUSED_RESULT;
/* Makes the file, and its name durable; one of that name is replaced. */
WeftFileSegment *weft_file_segment_create    (WeftFileLayer                *layer,
                                              guint32                       number,
                                              guint64                       first_seq,
                                              gsize                         bytes_max,
                                              GError                      **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Goes on with one after `used` bytes; from there on it is all zeros. */
WeftFileSegment *weft_file_segment_resume    (WeftFileLayer                *layer,
                                              const WeftFileSegmentHeader  *header,
                                              gsize                         used,
                                              gsize                         bytes_max,
                                              GError                      **error)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_file_segment_free      (WeftFileSegment              *self);
const WeftFileSegmentHeader *weft_file_segment_get_header (WeftFileSegment *self);
/* Whether it takes so much more; an empty one takes anything. */
gboolean         weft_file_segment_fits      (WeftFileSegment              *self,
                                              gsize                         length);
gsize            weft_file_segment_get_used  (WeftFileSegment              *self);
/* Fills the header at the beginning of an encoded job. */
void             weft_file_segment_seal      (WeftFileSegment              *self,
                                              char                         *record,
                                              gsize                         length,
                                              guint64                       seq,
                                              guint32                       index);
/* Makes sealed records durable. After an error the segment cannot be used any more. */
gboolean         weft_file_segment_append    (WeftFileSegment              *self,
                                              const char                   *records,
                                              gsize                         length,
                                              GError                      **error);

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
/* The same for one whose content is damaged, as far as its header can be believed. */
gboolean         weft_file_segment_guess_record (const guint8                *data,
                                                 gsize                        length,
                                                 gsize                        offset,
                                                 const WeftFileSegmentHeader *header,
                                                 WeftFileRecordHeader        *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileSegment, weft_file_segment_free)

G_END_DECLS
