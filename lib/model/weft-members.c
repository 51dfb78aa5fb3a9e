/* weft-members.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-members-private.h"

#include "weft-json-names-private.h"
#include "weft-json-string-private.h"
#include "weft-text-private.h"

void
weft_members_append_name (GString    *text,
                          const char *name)
{
  gsize length = strlen (name);
  char *at = weft_text_extend (text, length + 4);

  at[0] = ',';
  at[1] = '"';
  memcpy (at + 2, name, length);
  at[length + 2] = '"';
  at[length + 3] = ':';
}

void
weft_members_append_string (GString    *text,
                            const char *name,
                            const char *value)
{
  weft_members_append_name (text, name);
  weft_json_append_string (text, value);
}

void
weft_members_append_integer (GString    *text,
                             const char *name,
                             gint64      value)
{
  weft_members_append_name (text, name);
  weft_json_append_integer (text, value);
}

void
weft_members_close (GString *text,
                    gsize    start)
{
  g_assert (text->len >= start);

  if (text->len == start)
    g_string_append_c (text, '{');
  else
    text->str[start] = '{';
  g_string_append_c (text, '}');
}

static int
compare_members (const void *a,
                 const void *b)
{
  return weft_json_names_compare (((const WeftMember *) a)->name, ((const WeftMember *) b)->name);
}

void
weft_members_append_map (GString        *text,
                         WeftMember     *members,
                         guint           n_members,
                         WeftMemberFunc  append)
{
  gsize start = text->len;

  if (n_members > 1)
    qsort (members, n_members, sizeof *members, compare_members);
  for (guint i = 0; i < n_members; i++)
    {
      g_string_append_c (text, ',');
      weft_json_append_string (text, members[i].name);
      g_string_append_c (text, ':');
      append (members[i].value, text);
    }
  weft_members_close (text, start);
}
