/* weft-commit-names.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-commit-names-private.h"

#include <string.h>

static gsize
get_size (const char *text)
{
  return text != NULL ? strlen (text) + 1 : 0;
}

static const char *
put_text (char       **end,
          const char  *text)
{
  gsize size = get_size (text);
  char *copy = *end;

  if (text == NULL)
    return NULL;

  memcpy (copy, text, size);
  *end += size;

  return copy;
}

WeftCommitNames *
weft_commit_names_new (const char        *action_id,
                       const char *const *block_ids,
                       const char        *header_id,
                       const char        *tail_id)
{
  gsize n_ids = g_strv_length ((char **) block_ids);
  gsize size = sizeof (WeftCommitNames) + (n_ids + 1) * sizeof (char *) + get_size (action_id)
               + get_size (header_id) + get_size (tail_id);
  WeftCommitNames *names;
  char *end;

  for (gsize i = 0; i < n_ids; i++)
    size += get_size (block_ids[i]);
  names = g_atomic_rc_box_alloc (size);
  end = (char *) (names->block_ids + n_ids + 1);
  for (gsize i = 0; i < n_ids; i++)
    names->block_ids[i] = put_text (&end, block_ids[i]);
  names->block_ids[n_ids] = NULL;
  names->action_id = put_text (&end, action_id);
  names->header_id = put_text (&end, header_id);
  names->tail_id = tail_id != NULL ? put_text (&end, tail_id) : names->block_ids[0];

  return names;
}
