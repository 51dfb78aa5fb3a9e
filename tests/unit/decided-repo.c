/* decided-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "decided-repo.h"

#define MARK "a3cNXwbAh9VMm7u0XhFBjmsgWwXzsTD9aO3VdwTy4Bc"

void
decided_repo_set_up (DecidedRepo   *self,
                     gconstpointer  data)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  self->storage = weft_memory_storage_new ();
  self->repo = weft_storage_repo_new (self->storage, clock);
  self->listener = weft_listener_new (WEFT_REPO (self->repo));
}

void
decided_repo_tear_down (DecidedRepo   *self,
                        gconstpointer  data)
{
  weft_listener_free (self->listener);
  g_assert_finalize_object (self->repo);
  weft_storage_close (self->storage, NULL);
  g_object_unref (self->storage);
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  DecidedRepo *self = user_data;

  g_assert_no_error (error);
  self->n_settled++;
}

static void
mark (WeftBatch *batch,
      gpointer   user_data)
{
  g_autoptr (JsonNode) json = weft_json_parse ("{}", -1, NULL);

  weft_batch_put_record (batch, MARK, json, TRUE);
}

gboolean
decided_repo_apply (DecidedRepo  *self,
                    GPtrArray    *commits,
                    const char   *cluster,
                    GError      **error)
{
  guint n_settled = self->n_settled;

  if (!weft_storage_repo_apply (self->repo, commits, cluster, mark, NULL, settled_cb, self, error))
    return FALSE;
  while (self->n_settled == n_settled)
    g_main_context_iteration (NULL, TRUE);

  return TRUE;
}

gboolean
decided_repo_is_marked (DecidedRepo *self)
{
  g_autoptr (JsonNode) json = weft_storage_read_record (self->storage, MARK, NULL);

  return json != NULL;
}
