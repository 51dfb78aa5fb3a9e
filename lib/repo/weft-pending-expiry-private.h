/* weft-pending-expiry-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When pendings expire, the earliest first. */
typedef struct _WeftPendingExpiry WeftPendingExpiry;

/* About 30 MB when all ids are of the usual length. */
#define WEFT_PENDING_EXPIRY_MAX 100000

WeftPendingExpiry *weft_pending_expiry_new           (guint              pendings_max)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_pending_expiry_free          (WeftPendingExpiry *self);
/* Replaces what was known of that pending. */
void               weft_pending_expiry_insert        (WeftPendingExpiry *self,
                                                      const char        *block_id,
                                                      const char        *action_id,
                                                      gint64             expiration_msec);
void               weft_pending_expiry_remove        (WeftPendingExpiry *self,
                                                      const char        *block_id,
                                                      const char        *action_id);
/* The earliest, or 0 for none. */
gint64             weft_pending_expiry_get_first     (WeftPendingExpiry *self);
/* Takes out one that expired at or before a time. */
gboolean           weft_pending_expiry_take          (WeftPendingExpiry *self,
                                                      gint64             until_msec,
                                                      char             **block_id,
                                                      char             **action_id);
/* Whether some had no room and must be looked for again; asking forgets it. */
gboolean           weft_pending_expiry_take_overflow (WeftPendingExpiry *self);
guint              weft_pending_expiry_get_n         (WeftPendingExpiry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPendingExpiry, weft_pending_expiry_free)

G_END_DECLS
