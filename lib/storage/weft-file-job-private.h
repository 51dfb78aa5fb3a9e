/* weft-file-job-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-item-private.h"
#include "weft-stored-private.h"

G_BEGIN_DECLS

/* One item of a batch. The strings live as long as the job. */
typedef struct
{
  WeftFileKind kind;
  WeftFileDo verb;
  const char *block_id; /* "" for the node */
  const char *key;      /* "" for metadata */
  WeftStored *value;    /* of a put, until it is encoded; NULL for one that is moved */
  GBytes *bytes;        /* what `text` points into, or NULL */
  const char *text;     /* of one that is moved */
  guint32 text_length;
  guint32 text_checksum;
  gpointer entry;       /* the owner's: what is put, */
  gpointer source;      /* and what it is made of, when it has no text of its own */
  guint32 offset;       /* in the text of the job, once that is encoded */
  guint32 length;
} WeftFileOperation;

/* A batch on its way to the log. The owner's thread fills it and hands it over; the storage's
 * thread encodes it, and hands it back when it is durable or failed. */
typedef struct
{
  guint64 number;        /* counts what the owner handed over */
  guint epoch;           /* grows when the owner has heard of a failure */
  gboolean is_cleaning;  /* no batch of the owner's */
  guint32 drop_segment;  /* 0, or what to drop: such a job does nothing else */
  GStringChunk *strings;
  const char *last_block_id; /* that was added, for the next is often the same */
  GArray *operations;    /* (element-type WeftFileOperation) */
  GString *text;         /* a record of the log, until it is durable */
  guint32 segment;       /* where it is */
  guint32 offset;
  gsize text_length;
  GError *error;
} WeftFileJob;

WeftFileJob       *weft_file_job_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void               weft_file_job_free      (WeftFileJob       *self);
/* Keeps a reference on `value`. The result is good until the next is added. */
WeftFileOperation *weft_file_job_add       (WeftFileJob       *self,
                                            WeftFileKind       kind,
                                            WeftFileDo         verb,
                                            const char        *block_id,
                                            const char        *key,
                                            WeftStored        *value);
/* Makes `text`, with room for the header of a record. */
void               weft_file_job_encode    (WeftFileJob       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileJob, weft_file_job_free)

G_END_DECLS
