/* weft-sim-pictures.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-mermaid.h"

G_BEGIN_DECLS

/* Where pictures of a run go; "-" is standard output, NULL nowhere. */
typedef struct
{
  const char *html;
  const char *mermaid;
} WeftSimPictures;

/* Of all of it, unless the tale failed: then Mermaid shows what the failure is about. `extent` may
 * be NULL. */
gboolean weft_sim_pictures_write (const WeftSimPictures *self,
                                  WeftSimTale           *tale,
                                  const WeftSimExtent   *extent,
                                  const char            *reproduce,
                                  GError               **error);

G_END_DECLS
