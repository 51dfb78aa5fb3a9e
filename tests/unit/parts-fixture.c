/* parts-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "parts-fixture.h"

#include "cluster-fixture.h"
#include "weft-ed25519-verifier.h"
#include "weft-fixed-key-network.h"
#include "weft-json.h"
#include "weft-memory-storage.h"
#include "weft-system-random.h"

#define PEERS_NAMED 8

typedef struct
{
  WeftClusterDoneFunc done;
  gpointer user_data;
} Asked;

struct _ScriptCluster
{
  GObject parent_instance;

  guint n_asked;
  GArray *open; /* Asked, the oldest first */
};

static void cluster_iface_init (WeftClusterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScriptCluster, script_cluster, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLUSTER, cluster_iface_init))

static void
perform (WeftCluster         *cluster,
         WeftClusterRequest  *request,
         gint64               timeout_usec,
         WeftClusterDoneFunc  done,
         gpointer             user_data)
{
  ScriptCluster *self = SCRIPT_CLUSTER (cluster);
  Asked asked = { done, user_data };

  self->n_asked++;
  g_array_append_val (self->open, asked);
}

static void
cluster_iface_init (WeftClusterInterface *iface)
{
  iface->perform = perform;
}

static void
script_cluster_finalize (GObject *object)
{
  ScriptCluster *self = SCRIPT_CLUSTER (object);

  g_assert_cmpuint (self->open->len, ==, 0);
  g_array_unref (self->open);

  G_OBJECT_CLASS (script_cluster_parent_class)->finalize (object);
}

static void
script_cluster_class_init (ScriptClusterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = script_cluster_finalize;
}

static void
script_cluster_init (ScriptCluster *self)
{
  self->open = g_array_new (FALSE, FALSE, sizeof (Asked));
}

ScriptCluster *
script_cluster_new (void)
{
  return g_object_new (SCRIPT_TYPE_CLUSTER, NULL);
}

guint
script_cluster_get_n (ScriptCluster *self)
{
  return self->n_asked;
}

guint
script_cluster_get_open (ScriptCluster *self)
{
  return self->open->len;
}

static Asked
take_oldest (ScriptCluster *self)
{
  Asked asked;

  g_assert_cmpuint (self->open->len, >, 0);
  asked = g_array_index (self->open, Asked, 0);
  g_array_remove_index (self->open, 0);

  return asked;
}

void
script_cluster_answer (ScriptCluster *self,
                       const char    *text)
{
  Asked asked = take_oldest (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, &error);
  g_autoptr (WeftClusterAnswer) answer = NULL;

  g_assert_no_error (error);
  answer = weft_cluster_answer_from_json (json, &error);
  g_assert_no_error (error);
  asked.done (WEFT_CLUSTER (self), answer, NULL, asked.user_data);
}

void
script_cluster_fail (ScriptCluster *self,
                     WeftError      code)
{
  Asked asked = take_oldest (self);
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, code, "it is not there");

  asked.done (WEFT_CLUSTER (self), NULL, error, asked.user_data);
}

static WeftClusterParts *
make_parts (PartsFixture *self)
{
  guint8 seed[32] = { 1 };
  g_autoptr (GBytes) bytes = g_bytes_new (seed, sizeof seed);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftIdentity) identity = weft_identity_new_from_seed (bytes, &error);
  g_autoptr (WeftRandom) random = weft_system_random_new ();
  g_autoptr (WeftVerifier) verifier = weft_ed25519_verifier_new ();
  g_autoptr (WeftFixedKeyNetwork) network = NULL;

  g_assert_no_error (error);
  network = weft_fixed_key_network_new (weft_identity_get_peer_id (identity), 0,
                                        WEFT_CLOCK (self->clock));

  return weft_cluster_parts_new (self->repo, WEFT_KEY_NETWORK (network),
                                 WEFT_TRANSPORT (self->transport), identity, FIXTURE_NETWORK,
                                 "/db-p2p", random, verifier);
}

void
parts_fixture_set_up (PartsFixture  *self,
                      gconstpointer  user_data)
{
  self->clock = manual_clock_new ();
  self->transport = script_transport_new ();
  for (guint i = 0; i < PEERS_NAMED; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      script_transport_name_peer (self->transport, fixture_peer_id (i), name);
    }
  self->storage = weft_memory_storage_new ();
  self->repo = weft_storage_repo_new (self->storage, WEFT_CLOCK (self->clock));
  self->parts = make_parts (self);
}

void
parts_fixture_settle (PartsFixture *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
parts_fixture_tear_down (PartsFixture  *self,
                         gconstpointer  user_data)
{
  parts_fixture_settle (self);
  g_assert_cmpuint (self->parts->ref_count, ==, 1);
  weft_cluster_parts_unref (self->parts);
  g_assert_finalize_object (self->repo);
  g_assert_finalize_object (self->storage);
  g_assert_finalize_object (self->transport);
  g_assert_finalize_object (self->clock);
}

char *
parts_fixture_notes (PartsFixture *self)
{
  return script_transport_take_notes (self->transport);
}

gint64
parts_fixture_now (PartsFixture *self)
{
  return weft_clock_get_monotonic (WEFT_CLOCK (self->clock));
}
