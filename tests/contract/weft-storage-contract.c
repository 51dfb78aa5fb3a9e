/* weft-storage-contract.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-storage-fixture.h"

#include <string.h>
#include <unistd.h>

/* The numbers are those of the points of the contract, as WeftStorage has them. */

/* 1 */

static void
test_atomic (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending ("other", "lost");
  g_autoptr (JsonNode) value = json_node_init_int (json_node_alloc (), 1);
  g_autoptr (JsonNode) read = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A batch whose last step cannot be done leaves nothing of the others.");

  fixture_pend (fixture, "block", "kept", "1");
  weft_batch_put_pending (batch, "other", "lost", pending);
  weft_batch_delete_pending (batch, "block", "kept");
  weft_batch_put_value (batch, "value", value);
  weft_batch_promote_pending (batch, "block", "absent");
  g_assert_false (weft_storage_contract_write (fixture->storage, batch, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
  g_clear_error (&error);

  fixture_reopen (fixture);
  assert_pendings (fixture, "block", "kept");
  assert_pendings (fixture, "other", "");
  assert_blocks (fixture, NULL, 0, "block");
  read = weft_storage_read_value (fixture->storage, "value", &error);
  g_assert_no_error (error);
  g_assert_null (read);
}

/* 2 and 3 */

static void
note_done (WeftStorage  *storage,
           const GError *error,
           gpointer      user_data)
{
  GString *transcript = user_data;

  g_string_append (transcript, error == NULL ? "+" : "-");
}

static void
submit_pend (Fixture    *fixture,
             const char *action_id)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending ("block", action_id);

  weft_batch_put_pending (batch, "block", action_id, pending);
  weft_storage_submit (fixture->storage, batch, note_done, fixture->transcript);
}

static void
submit_promote (Fixture    *fixture,
                const char *action_id)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_batch_promote_pending (batch, "block", action_id);
  weft_storage_submit (fixture->storage, batch, note_done, fixture->transcript);
}

static void
fixture_wait (Fixture *fixture,
              gsize    n_done)
{
  while (fixture->transcript->len < n_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_visible_at_once (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_test_summary ("What was submitted can be read before it is durable.");

  submit_pend (fixture, "a");
  assert_pendings (fixture, "block", "a");
  assert_blocks (fixture, NULL, 0, "block");
  submit_pend (fixture, "b");
  submit_promote (fixture, "a");
  assert_pendings (fixture, "block", "b");
  g_assert_cmpstr (fixture->transcript->str, ==, "");

  fixture_wait (fixture, 3);
  g_assert_cmpstr (fixture->transcript->str, ==, "+++");
  fixture_reopen (fixture);
  assert_pendings (fixture, "block", "b");
}

static void
append_digit (WeftStorage  *storage,
              const GError *error,
              gpointer      user_data)
{
  gpointer *pair = user_data;

  g_assert_no_error (error);
  g_string_append_c (pair[0], (char) GPOINTER_TO_INT (pair[1]));
  g_free (pair);
}

static void
test_order (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("Batches are done in the order they were submitted, however many wait.");

  for (int i = 0; i < 200; i++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();
      g_autoptr (JsonNode) value = json_node_init_int (json_node_alloc (), i);
      gpointer *pair = g_new (gpointer, 2);

      pair[0] = fixture->transcript;
      pair[1] = GINT_TO_POINTER ('0' + i % 10);
      weft_batch_put_value (batch, "value", value);
      weft_storage_submit (fixture->storage, batch, append_digit, pair);
    }
  fixture_wait (fixture, 200);

  for (gsize i = 0; i < fixture->transcript->len; i++)
    g_assert_cmpint (fixture->transcript->str[i], ==, '0' + (int) (i % 10));
}

static void
test_failure_fails_later (Fixture       *fixture,
                          gconstpointer  user_data)
{
  g_test_summary ("A failed batch takes those with it that were submitted after it; a batch "
                  "that is submitted when it is done is a new beginning.");

  submit_pend (fixture, "a");
  submit_promote (fixture, "absent");
  submit_pend (fixture, "b");
  submit_promote (fixture, "b");
  fixture_wait (fixture, 4);
  g_assert_cmpstr (fixture->transcript->str, ==, "+---");
  assert_pendings (fixture, "block", "a");

  submit_pend (fixture, "c");
  fixture_wait (fixture, 5);
  g_assert_cmpstr (fixture->transcript->str, ==, "+---+");
  fixture_reopen (fixture);
  assert_pendings (fixture, "block", "a c");
}

static void
submit_again (WeftStorage  *storage,
              const GError *error,
              gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_string_append (fixture->transcript, error == NULL ? "+" : "-");
  submit_pend (fixture, "again");
}

static void
test_submit_when_done (Fixture       *fixture,
                       gconstpointer  user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  g_test_summary ("A function that hears of a failure can submit, and that is done last.");

  weft_batch_promote_pending (batch, "block", "absent");
  weft_storage_submit (fixture->storage, batch, submit_again, fixture);
  submit_pend (fixture, "lost");
  fixture_wait (fixture, 3);
  g_assert_cmpstr (fixture->transcript->str, ==, "--+");
  assert_pendings (fixture, "block", "again");
}

static void
test_closed (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (GError) error = NULL;
  guint64 used;

  g_test_summary ("What was submitted before closing is done; later nothing works any more.");

  submit_pend (fixture, "a");
  g_assert_true (weft_storage_close (fixture->storage, &error));
  g_assert_no_error (error);
  g_assert_true (weft_storage_close (fixture->storage, &error));
  g_assert_cmpstr (fixture->transcript->str, ==, "");
  fixture_wait (fixture, 1);
  g_assert_cmpstr (fixture->transcript->str, ==, "+");

  g_assert_false (weft_storage_contract_write (fixture->storage, batch, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_null (weft_storage_list_blocks (fixture->storage, NULL, 0, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (weft_storage_get_usage (fixture->storage, &used, NULL, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
}

/* 11 */

static void
test_one_owner (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *owner = g_strdup (fixture->factory->owner);
  WeftStorage *second;

  g_test_summary ("A store that is open cannot be opened; the message names the owner.");

  if (!fixture->factory->is_durable)
    {
      g_test_skip ("each store in memory is its own");
      return;
    }
  if (owner == NULL)
    owner = g_strdup_printf ("%d", (int) getpid ());
  second = fixture->factory->open (fixture->data, &error);
  g_assert_null (second);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, owner));
  g_assert_nonnull (strstr (error->message, "lock"));
}

#define N_RANDOM_BLOCKS 4
#define N_RANDOM_ACTIONS 6

static void
add_random_step (WeftBatch   *batch,
                 WeftStorage *oracle,
                 GRand       *chance,
                 gint64       rev)
{
  static const char * const blocks[N_RANDOM_BLOCKS] = { "a", "A", "b/../c", "d" };
  static const char * const actions[N_RANDOM_ACTIONS] = { "u", "v", "w", "x", "y", "z" };
  const char *block_id = blocks[g_rand_int_range (chance, 0, N_RANDOM_BLOCKS)];
  const char *action_id = actions[g_rand_int_range (chance, 0, N_RANDOM_ACTIONS)];
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, rev);
  g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, text);
  g_autoptr (WeftBlock) block = weft_storage_contract_block (block_id, text);
  g_autoptr (WeftBlockMetadata) metadata = weft_storage_contract_metadata (action_id, rev);
  g_autoptr (JsonNode) json = json_node_init_string (json_node_alloc (), text);

  switch (g_rand_int_range (chance, 0, 11))
    {
    case 0:
      weft_batch_put_metadata (batch, block_id, metadata);
      break;
    case 1:
      weft_batch_put_revision (batch, block_id, rev, action_id);
      break;
    case 2:
    case 3:
      weft_batch_put_pending (batch, block_id, action_id, pending);
      break;
    case 4:
      weft_batch_delete_pending (batch, block_id, action_id);
      break;
    case 5:
      weft_batch_promote_pending (batch, block_id, action_id);
      break;
    case 6:
      weft_batch_put_action (batch, block_id, action_id, pending);
      break;
    case 7:
      weft_batch_put_materialized (batch, block_id, action_id, block);
      break;
    case 8:
      weft_batch_delete_materialized (batch, block_id, action_id);
      break;
    case 9:
      weft_batch_put_record (batch, action_id, json, g_rand_boolean (chance));
      break;
    default:
      weft_batch_put_value (batch, action_id, json);
      break;
    }
}

static void
test_like_memory (Fixture       *fixture,
                  gconstpointer  user_data)
{
  static const char * const names[] = { "u", "v", "w", "x", "y", "z", NULL };
  g_autoptr (WeftStorage) oracle = weft_memory_storage_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (20110);

  g_test_summary ("Random batches have the same outcome as in memory, and leave the same.");

  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();
      g_autoptr (GError) expected = NULL;
      g_autoptr (GError) error = NULL;

      for (int left = g_rand_int_range (chance, 1, 4); left > 0; left--)
        add_random_step (batch, oracle, chance, i + 1);
      weft_storage_contract_write (oracle, batch, &expected);
      weft_storage_contract_write (fixture->storage, batch, &error);
      g_assert_cmpint (error != NULL ? error->code : -1, ==,
                       expected != NULL ? expected->code : -1);

      if (i % 40 == 39)
        {
          g_autofree char *wanted = NULL;
          g_autofree char *found = NULL;

          fixture_reopen (fixture);
          wanted = weft_storage_contract_dump (oracle, names, names);
          found = weft_storage_contract_dump (fixture->storage, names, names);
          g_assert_cmpstr (found, ==, wanted);
        }
    }
}

void
weft_storage_contract_register (const WeftStorageFactory *factory)
{
  static const struct
  {
    const char *name;
    FixtureTest test;
  } tests[] = {
    { "atomic", test_atomic },
    { "visible-at-once", test_visible_at_once },
    { "order", test_order },
    { "failure-fails-later", test_failure_fails_later },
    { "submit-when-done", test_submit_when_done },
    { "closed", test_closed },
    { "one-owner", test_one_owner },
    { "like-memory", test_like_memory },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/storage/%s/%s", factory->name, tests[i].name);

      g_test_add (path, Fixture, factory, fixture_set_up, tests[i].test, fixture_tear_down);
    }

  weft_storage_contract_register_reads (factory);
}
