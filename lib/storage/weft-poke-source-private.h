/* weft-poke-source-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A source that runs its callback once after each poke, or series of pokes. Any thread may poke;
 * the callback runs in the context the source was attached to, never from within the poke. Who
 * attaches it keeps the context for as long as anybody may poke. */
GSource *weft_poke_source_new    (GSourceFunc   func,
                                  gpointer      user_data) G_GNUC_WARN_UNUSED_RESULT;
void     weft_poke_source_attach (GSource      *source,
                                  GMainContext *context);
void     weft_poke_source_poke   (GSource      *source);

G_END_DECLS
