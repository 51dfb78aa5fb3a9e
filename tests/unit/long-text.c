/* long-text.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "long-text.h"

char *
long_text_new (const char *begin,
               const char *text,
               guint       count,
               const char *end)
{
  GString *result = g_string_new (begin);

  for (guint i = 0; i < count; i++)
    g_string_append (result, text);
  g_string_append (result, end);

  return g_string_free (result, FALSE);
}
