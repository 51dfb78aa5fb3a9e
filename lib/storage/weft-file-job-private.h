/* weft-file-job-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-record-private.h"

G_BEGIN_DECLS

/* What one batch does to files. `path` and the strings of `record` live as long as the job. */
typedef struct
{
  const char *path;
  gboolean is_delete;
  WeftFileRecord *record; /* NULL for a delete, and once it is encoded */
  gsize text_offset;      /* in the text of the job, once that is encoded */
  gsize text_length;
} WeftFileOperation;

/* A batch on its way to the disk. The owner's thread fills it and hands it over; the storage's
 * thread encodes it, and hands it back when it is durable or failed. */
typedef struct
{
  guint64 number;        /* counts what the owner handed over */
  guint epoch;           /* grows when the owner has heard of a failure */
  GStringChunk *strings;
  GArray *operations;    /* (element-type WeftFileOperation) */
  GString *text;         /* a record of the journal */
  GError *error;
} WeftFileJob;

/* A journal record begins with this many bytes of its own. */
#define WEFT_FILE_JOB_HEADER_BYTES 32

WeftFileJob       *weft_file_job_new           (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_file_job_free          (WeftFileJob       *self);
/* `block_id` NULL and `folder` NULL: what belongs to the node. Keeps a reference on `value`. */
WeftFileRecord    *weft_file_job_put           (WeftFileJob       *self,
                                                WeftFileKind       kind,
                                                const char        *block_id,
                                                const char        *folder,
                                                const char        *key,
                                                const char        *name,
                                                JsonNode          *value);
void               weft_file_job_delete        (WeftFileJob       *self,
                                                WeftFileKind       kind,
                                                const char        *folder,
                                                const char        *name);
/* Makes `text`, with room for the header of the journal. */
void               weft_file_job_encode        (WeftFileJob       *self);
/* Reads what encode() wrote, from `*offset` on. `text` NULL is a delete. FALSE: it is damaged. */
gboolean           weft_file_job_decode        (const char        *data,
                                                gsize              length,
                                                gsize             *offset,
                                                char             **path,
                                                const char       **text,
                                                gsize             *text_length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileJob, weft_file_job_free)

G_END_DECLS
