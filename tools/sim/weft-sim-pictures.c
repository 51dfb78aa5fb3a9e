/* weft-sim-pictures.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-pictures.h"

#include <stdio.h>

static gboolean
write_text (const char  *path,
            const char  *text,
            GError     **error)
{
  if (!g_str_equal (path, "-"))
    return g_file_set_contents (path, text, -1, error);

  fputs (text, stdout);
  return TRUE;
}

gboolean
weft_sim_pictures_write (const WeftSimPictures  *self,
                         WeftSimTale            *tale,
                         const WeftSimExtent    *extent,
                         const char             *reproduce,
                         GError                **error)
{
  static const WeftSimExtent whole = { .until_usec = G_MAXINT64 };

  if (self->html != NULL)
    {
      g_autofree char *page = NULL;

      page = weft_sim_html_format (tale, extent != NULL ? extent : &whole, reproduce);
      if (!write_text (self->html, page, error))
        return FALSE;
    }
  if (self->mermaid != NULL)
    {
      WeftSimExtent own = extent != NULL ? *extent : whole;
      g_autofree char *text = NULL;

      if (extent == NULL && weft_sim_tale_add_failure_cone (tale))
        own.is_cone = TRUE;
      text = weft_sim_mermaid_format (tale, &own);
      if (!write_text (self->mermaid, text, error))
        return FALSE;
    }

  return TRUE;
}
