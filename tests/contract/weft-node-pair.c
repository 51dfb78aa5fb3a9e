/* weft-node-pair.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-node-pair.h"

static WeftTransport *
make_loopback (const char   *network,
               WeftPeerRole  role)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  return WEFT_TRANSPORT (weft_loopback_transport_new (identity, network, role, clock, random));
}

const WeftNodePairKind weft_node_pair_loopback = { "/memory/0", make_loopback };

void
weft_test_await_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  GAsyncResult **where = user_data;

  g_assert_null (*where);
  *where = g_object_ref (result);
}

GAsyncResult *
weft_test_await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

void
weft_test_settle (GObject *object)
{
  while (g_atomic_int_get (&object->ref_count) > 1)
    g_main_context_iteration (NULL, TRUE);
}

void
weft_test_start_node (WeftNode *node)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  weft_node_start_async (node, NULL, weft_test_await_cb, &result);
  weft_node_start_finish (node, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

void
weft_test_stop_node (WeftNode *node)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  weft_node_stop_async (node, NULL, weft_test_await_cb, &result);
  weft_node_stop_finish (node, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

static WeftStorage *
open_storage (const char *directory)
{
  g_autoptr(WeftStorage) storage = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  if (directory == NULL)
    return weft_memory_storage_new ();

  path = g_build_filename (directory, "storage", NULL);
  storage = weft_file_storage_open (path, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&storage);
}

WeftNodePair *
weft_node_pair_new (const WeftNodePairKind *kind,
                    const char             *directory)
{
  const char *const listen[] = { kind->listen, NULL };
  g_autoptr(WeftTransport) transport = kind->make ("test", WEFT_PEER_ROLE_PEER);
  g_autoptr(WeftStorage) storage = open_storage (directory);
  g_autoptr(GPtrArray) addresses = NULL;
  WeftNodePair *self = g_new0 (WeftNodePair, 1);

  self->node = weft_node_new (transport, storage, listen);
  weft_test_start_node (self->node);

  addresses = weft_node_list_addresses (self->node);
  g_assert_cmpuint (addresses->len, ==, 1);
  self->client = kind->make ("test", WEFT_PEER_ROLE_CLIENT);
  self->repo = weft_remote_repo_new (self->client, g_ptr_array_index (addresses, 0));

  return self;
}

void
weft_node_pair_free (WeftNodePair *self)
{
  weft_test_stop_node (self->node);
  weft_transport_close (self->client);

  weft_test_settle (G_OBJECT (self->repo));
  g_assert_finalize_object (self->repo);
  weft_test_settle (G_OBJECT (self->node));
  g_assert_finalize_object (self->node);
  weft_test_settle (G_OBJECT (self->client));
  g_assert_finalize_object (self->client);
  g_free (self);
}
