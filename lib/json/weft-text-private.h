/* weft-text-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Texts are written in many short pieces, each of which g_string_append_len() would take for one
 * that may be NULL, negative in length or part of the text itself. */

/* Makes the text longer; returns where the new bytes are, which are to be written. */
static inline char *
weft_text_extend (GString *text,
                  gsize    length)
{
  gsize start = text->len;

  if (G_LIKELY (length < text->allocated_len - start))
    {
      text->len += length;
      text->str[text->len] = '\0';
    }
  else
    {
      g_string_set_size (text, start + length);
    }

  return text->str + start;
}

/* Appends bytes that are not in the text itself. */
static inline void
weft_text_append_len (GString    *text,
                      const char *bytes,
                      gsize       length)
{
  memcpy (weft_text_extend (text, length), bytes, length);
}

/* Inline, so that the length of what is written here is known. */
static inline void
weft_text_append (GString    *text,
                  const char *string)
{
  weft_text_append_len (text, string, strlen (string));
}

G_END_DECLS
