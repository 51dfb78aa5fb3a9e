/* weft-writer.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-clock.h"
#include "weft-random.h"
#include "weft-repo.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_WRITER (weft_writer_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftWriter, weft_writer, WEFT, WRITER, GObject)

/**
 * WeftEditFunc:
 * @writer: the writer
 * @block_id: the id of the block
 * @current: (nullable): the latest revision, or %NULL where there is no such block
 * @user_data: (closure): what was given with the function
 * @error: return location for an error
 *
 * Says what a block shall be, given what it is.
 *
 * It is called anew for each attempt, as what there is may be something else by then: what it
 * does besides may be for nothing.
 *
 * Returns: (transfer full) (nullable): what the block shall be, a reference of @current to leave it
 *   alone; or %NULL with @error set, which is the outcome then, and nothing is written
 *
 * Since: 0.1
 */
typedef WeftBlock * (*WeftEditFunc) (WeftWriter  *writer,
                                     const char  *block_id,
                                     WeftBlock   *current,
                                     gpointer     user_data,
                                     GError     **error);

WEFT_AVAILABLE_IN_ALL
WeftWriter    *weft_writer_new           (WeftRepo             *repo,
                                          WeftClock            *clock,
                                          WeftRandom           *random) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepo      *weft_writer_get_repo      (WeftWriter           *self);
WEFT_AVAILABLE_IN_ALL
void           weft_writer_put_async     (WeftWriter           *self,
                                          WeftBlock * const    *blocks,
                                          gsize                 n_blocks,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
WEFT_AVAILABLE_IN_ALL
gboolean       weft_writer_put_finish    (WeftWriter           *self,
                                          GAsyncResult         *result,
                                          guint                *n_changed,
                                          WeftActionRev       **committed,
                                          GError              **error);
WEFT_AVAILABLE_IN_ALL
void           weft_writer_edit_async    (WeftWriter           *self,
                                          const char           *block_id,
                                          WeftEditFunc          edit,
                                          gpointer              edit_data,
                                          GDestroyNotify        edit_data_free,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
WEFT_AVAILABLE_IN_ALL
gboolean       weft_writer_edit_finish   (WeftWriter           *self,
                                          GAsyncResult         *result,
                                          guint                *n_changed,
                                          WeftActionRev       **committed,
                                          GError              **error);
WEFT_AVAILABLE_IN_ALL
void           weft_writer_delete_async  (WeftWriter           *self,
                                          const char * const   *block_ids,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
WEFT_AVAILABLE_IN_ALL
gboolean       weft_writer_delete_finish (WeftWriter           *self,
                                          GAsyncResult         *result,
                                          guint                *n_changed,
                                          WeftActionRev       **committed,
                                          GError              **error);

G_END_DECLS
