/* weft-restorer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block-archive.h"
#include "weft-submissions-private.h"

G_BEGIN_DECLS

/* Told once what came of a restore: an archive, or why there is none. */
typedef void (*WeftRestoreDoneFunc) (WeftBlockArchive *archive,
                                     const GError     *error,
                                     gpointer          user_data);

/* Fetches a revision of a block from others. Calls `done` once, and never from within. */
typedef void (*WeftRestoreFunc)     (const char          *block_id,
                                     gint64               rev,
                                     WeftRestoreDoneFunc  done,
                                     gpointer             done_data,
                                     gpointer             user_data);

/* Checks an archive and stores it; `settled` is told once whether it did. */
typedef void (*WeftRestoreSaveFunc) (WeftBlockArchive    *archive,
                                     WeftSettledFunc      settled,
                                     gpointer             settled_data,
                                     gpointer             user_data);

/* Asks for what is missing, once for each gap of a block however many wait for it. */
typedef struct _WeftRestorer WeftRestorer;

/* What may be asked of others at a time: each answer can be a whole message. */
#define WEFT_RESTORER_ASKED_MAX 64

WeftRestorer *weft_restorer_new      (WeftRestoreSaveFunc  save,
                                      gpointer             user_data) G_GNUC_WARN_UNUSED_RESULT;
void          weft_restorer_free     (WeftRestorer        *self);
void          weft_restorer_set_hook (WeftRestorer        *self,
                                      WeftRestoreFunc      restore,
                                      gpointer             user_data,
                                      GDestroyNotify       destroy);
gboolean      weft_restorer_has_hook (WeftRestorer        *self);
/* FALSE, and no call, without a hook or with too many asked. The gap is named by the first
 * revision that is missing. */
gboolean      weft_restorer_ask      (WeftRestorer        *self,
                                      const char          *block_id,
                                      gint64               gap_start,
                                      gint64               rev,
                                      WeftSettledFunc      settled,
                                      gpointer             user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRestorer, weft_restorer_free)

G_END_DECLS
