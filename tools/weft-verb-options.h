/* weft-verb-options.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the help of a verb shows, and the options it has besides the common ones. */
typedef struct
{
  const char *arguments;
  const char *summary;
  const char *description;
  const GOptionEntry *options; /* NULL-terminated, or NULL */
} WeftVerbHelp;

gboolean weft_verb_options_parse (const WeftVerbHelp  *help,
                                  const GOptionEntry  *common,
                                  gboolean             flags[2],
                                  char              ***arguments,
                                  GError             **error);

G_END_DECLS
