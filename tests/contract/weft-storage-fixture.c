/* weft-storage-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-storage-fixture.h"

static void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->storage = fixture->factory->open (fixture->data, &error);
  g_assert_no_error (error);
  g_assert_true (WEFT_IS_STORAGE (fixture->storage));
}

static void
fixture_close (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gboolean is_durable = weft_storage_close (fixture->storage, &error);

  g_assert_no_error (error);
  g_assert_true (is_durable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (g_steal_pointer (&fixture->storage));
}

/* Nothing that was done before may depend on what is in memory. */
void
fixture_reopen (Fixture *fixture)
{
  if (!fixture->factory->is_durable)
    return;
  fixture_close (fixture);
  fixture_open (fixture);
}

void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  fixture->factory = user_data;
  fixture->data = fixture->factory->set_up ();
  fixture->transcript = g_string_new (NULL);
  fixture_open (fixture);
}

void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  fixture_close (fixture);
  fixture->factory->tear_down (fixture->data);
  g_string_free (fixture->transcript, TRUE);
}

void
fixture_write (Fixture   *fixture,
               WeftBatch *batch)
{
  g_autoptr (GError) error = NULL;
  gboolean is_stored = weft_storage_contract_write (fixture->storage, batch, &error);

  g_assert_no_error (error);
  g_assert_true (is_stored);
}

void
fixture_pend (Fixture    *fixture,
              const char *block_id,
              const char *action_id,
              const char *text)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, text);

  weft_batch_put_pending (batch, block_id, action_id, pending);
  fixture_write (fixture, batch);
}

void
fixture_commit (Fixture    *fixture,
                const char *block_id,
                const char *action_id,
                gint64      rev,
                const char *text)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_storage_contract_commit (batch, block_id, action_id, rev, text);
  fixture_write (fixture, batch);
}

void
assert_pendings (Fixture    *fixture,
                 const char *block_id,
                 const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) pendings = weft_storage_list_pendings (fixture->storage, block_id, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_strjoinv (" ", pendings);
  g_assert_cmpstr (text, ==, expected);
}

void
assert_blocks (Fixture    *fixture,
               const char *after,
               guint       max,
               const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = weft_storage_list_blocks (fixture->storage, after, max, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_strjoinv (" ", ids);
  g_assert_cmpstr (text, ==, expected);
}

void
assert_revisions (Fixture    *fixture,
                  gint64      from,
                  gint64      to,
                  guint       max,
                  const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) revisions = NULL;

  revisions = weft_storage_list_revisions (fixture->storage, "block", from, to, max, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < revisions->len; i++)
    {
      WeftActionRev *revision = g_ptr_array_index (revisions, i);

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT ":%s", i > 0 ? " " : "",
                              weft_action_rev_get_rev (revision),
                              weft_action_rev_get_action_id (revision));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

void
assert_block_text (Fixture    *fixture,
                   const char *block_id,
                   const char *action_id,
                   const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (WeftBlock) wanted = NULL;

  block = weft_storage_read_materialized (fixture->storage, block_id, action_id, &error);
  g_assert_no_error (error);
  if (expected == NULL)
    {
      g_assert_null (block);
      return;
    }
  wanted = weft_storage_contract_block (block_id, expected);
  g_assert_nonnull (block);
  g_assert_true (weft_block_equal (block, wanted));
}
