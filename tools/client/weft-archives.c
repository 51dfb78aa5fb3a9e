/* weft-archives.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-archives.h"

#include <string.h>

/* A node applies them one after the other before it answers; and signatures have to be checked. */
#define REVISIONS_PER_ARCHIVE 64

static WeftBlockArchive *
read_archive (WeftTool    *tool,
              const char  *block_id,
              gint64       rev,
              GError     **error)
{
  g_auto(WeftAwait) await = { NULL };

  weft_remote_repo_read_archive_async (tool->repo, block_id, rev, REVISIONS_PER_ARCHIVE, FALSE,
                                       NULL, weft_await_cb, &await);

  return weft_remote_repo_read_archive_finish (tool->repo, weft_await (&await), error);
}

static gint64
get_first_rev (WeftBlockArchive *archive)
{
  GPtrArray *revisions = weft_block_archive_get_revisions (archive);

  return revisions->len > 0 ? weft_archive_revision_get_rev (g_ptr_array_index (revisions, 0)) : 0;
}

/* Texts of archives (element-type utf8), the newest first, as that is how a node gives them. */
static GPtrArray *
read_all (WeftTool    *tool,
          const char  *block_id,
          GError     **error)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gint64 first_rev = 0;
  gboolean is_whole = FALSE;

  while (!is_whole)
    {
      g_autoptr(GError) local_error = NULL;
      g_autoptr(WeftBlockArchive) archive
          = read_archive (tool, block_id, MAX (first_rev - 1, 0), &local_error);

      if (local_error != NULL)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "block “%s”: ",
                                      block_id);
          return NULL;
        }
      /* It went in between, or was never more than pending. */
      if (archive == NULL && texts->len == 0)
        break;
      if (archive == NULL || get_first_rev (archive) == 0)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                       "block “%s”: the node lacks what came before revision %" G_GINT64_FORMAT,
                       block_id, first_rev);
          return NULL;
        }
      first_rev = get_first_rev (archive);
      is_whole = weft_block_archive_get_range_start (archive) <= 1;
      g_ptr_array_add (texts, weft_block_archive_to_string (archive));
    }

  return g_steal_pointer (&texts);
}

gboolean
weft_archives_write (WeftTool       *tool,
                     const char     *block_id,
                     GOutputStream  *out,
                     GError        **error)
{
  g_autoptr(GPtrArray) texts = read_all (tool, block_id, error);

  if (texts == NULL)
    return FALSE;

  for (guint i = texts->len; i > 0; i--)
    {
      const char *text = g_ptr_array_index (texts, i - 1);

      if (!g_output_stream_write_all (out, text, strlen (text), NULL, NULL, error)
          || !g_output_stream_write_all (out, "\n", 1, NULL, NULL, error))
        return FALSE;
    }

  return TRUE;
}
