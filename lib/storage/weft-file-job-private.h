/* weft-file-job-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch.h"
#include "weft-file-item-private.h"
#include "weft-stored-private.h"

G_BEGIN_DECLS

/* One item of a batch. What it points to lives as long as the job. */
typedef struct
{
  WeftFileKind kind;
  WeftFileDo verb;
  const char *block_id; /* "" for the node */
  const char *key;      /* "" for metadata */
  WeftStored *value;    /* of a put; NULL for one that is moved */
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
  WeftBatch *batch;      /* what it is made of, or NULL */
  gboolean is_cleaning;  /* no batch of the owner's */
  guint32 drop_segment;  /* 0, or what to drop: such a job does nothing else */
  GStringChunk *strings; /* that are not the batch's; NULL when there are none */
  GPtrArray *values;     /* (element-type WeftStored) the same */
  GArray *operations;    /* (element-type WeftFileOperation) */
  guint32 segment;       /* where it is */
  guint32 offset;
  gsize text_length;
  GError *error;
} WeftFileJob;

/* Keeps a reference on `batch`, which may be NULL. */
WeftFileJob       *weft_file_job_new       (WeftBatch         *batch) G_GNUC_WARN_UNUSED_RESULT;
void               weft_file_job_free      (WeftFileJob       *self);
/* Keeps what is given here for as long as the job lives: it is the batch's, or was kept with what
 * follows. The result is good until the next is added. */
WeftFileOperation *weft_file_job_add       (WeftFileJob       *self,
                                            WeftFileKind       kind,
                                            WeftFileDo         verb,
                                            const char        *block_id,
                                            const char        *key,
                                            WeftStored        *value);
const char        *weft_file_job_keep_string (WeftFileJob     *self,
                                              const char      *string);
/* Takes a reference. */
void               weft_file_job_keep_value  (WeftFileJob     *self,
                                              WeftStored      *value);
/* Appends a record of the log, with room for its header. */
void               weft_file_job_encode    (WeftFileJob       *self,
                                            GString           *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileJob, weft_file_job_free)

G_END_DECLS
