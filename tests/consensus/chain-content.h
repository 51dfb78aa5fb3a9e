/* chain-content.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a repo takes a chain of a new block if and only if each of its contents can be applied to
 * what those before it make; `story` is what it says that it should not, or NULL. */
gboolean chain_content_explore (guint64   seed,
                                char    **story);

G_END_DECLS
