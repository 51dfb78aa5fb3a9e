/* weft-undo-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How to give everything back that was taken so far. Each resource registers its undo at once,
 * before the next one is taken, so a failure at any point unwinds exactly what is there. */
typedef struct _WeftUndo WeftUndo;

/* Gives one resource back, whatever happens; an error says what was lost by it. */
typedef gboolean (*WeftUndoFunc) (gpointer   user_data,
                                  GError   **error);

WeftUndo *weft_undo_new    (void) G_GNUC_WARN_UNUSED_RESULT;
void      weft_undo_push   (WeftUndo      *self,
                            const char    *name,
                            WeftUndoFunc   undo,
                            gpointer       user_data);
gboolean  weft_undo_unwind (WeftUndo      *self,
                            GError       **error);
void      weft_undo_free   (WeftUndo      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftUndo, weft_undo_free)

G_END_DECLS
