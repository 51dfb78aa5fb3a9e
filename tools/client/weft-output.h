/* weft-output.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a verb writes much: standard output, or a file that nobody sees a part of. */
typedef struct
{
  GOutputStream *stream;
  char *path;
  char *beside; /* the name until it is whole */
  int fd;       /* of that */
} WeftOutput;

/* Standard output for NULL and “-”. */
gboolean weft_output_open   (WeftOutput  *self,
                             const char  *path,
                             GError     **error);
/* All is written: the file gets its name. Without this it stays what it was. */
gboolean weft_output_finish (WeftOutput  *self,
                             GError     **error);
void     weft_output_clear  (WeftOutput  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftOutput, weft_output_clear)

G_END_DECLS
