/* weft-sim-trace-file.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* A trace in a file, line by line. It is mapped, so its size does not matter. */
typedef struct
{
  char *path;
  GMappedFile *file;
  const char *text;
  gsize length;
  gsize position;       /* of the next line */
  guint64 n_lines;      /* that were taken */
  char *build;          /* what wrote it */
  WeftSimScenario *scenario;
  guint64 seed;
  gboolean is_cut;      /* it ends before a verdict: the run died, or the end is lost */
} WeftSimTraceFile;

/* Fails when it is no trace, of a format that is not known, or was changed after it was written. */
WeftSimTraceFile *weft_sim_trace_file_open   (const char        *path,
                                              GError           **error) G_GNUC_WARN_UNUSED_RESULT;
void              weft_sim_trace_file_free   (WeftSimTraceFile  *self);
/* The next line, not terminated; NULL at the end. */
const char       *weft_sim_trace_file_next   (WeftSimTraceFile  *self,
                                              gsize             *length);
/* Sets an error that says that it was cut, for whoever needs all of it. */
gboolean          weft_sim_trace_file_is_whole (WeftSimTraceFile  *self,
                                                GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimTraceFile, weft_sim_trace_file_free)

G_END_DECLS
