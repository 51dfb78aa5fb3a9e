/* weft-sim-html.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-tale.h"

G_BEGIN_DECLS

/* Which part of a tale is drawn or told. */
typedef struct
{
  gint64 from_usec;
  gint64 until_usec;
  gboolean is_cone;      /* only what is in the cone of the tale */
} WeftSimExtent;

gboolean weft_sim_extent_has  (const WeftSimExtent    *self,
                               WeftSimTale            *tale,
                               const WeftSimTaleLine  *line);
/* A page by itself that shows a tale; `reproduce` is the command that does the run again. */
char    *weft_sim_html_format (WeftSimTale            *tale,
                               const WeftSimExtent    *extent,
                               const char             *reproduce) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
