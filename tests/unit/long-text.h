/* long-text.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text @count times, between two others: what is at a limit, and one past it. */
char *long_text_new (const char *begin,
                     const char *text,
                     guint       count,
                     const char *end) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
