/* test-sim-keys.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Simulated signatures: nobody can forge one, and nothing else about a run depends on them. */

#include <string.h>

#include "weft-sim-siphash-private.h"
#include <weft-sim.h>

#define TRIES 10000
#define TEXT_BYTES_MAX 400

static void
test_siphash (void)
{
  /* From the tables of the authors: the key is 00 01 … 0f, the text 00 01 … as long as told. */
  static const struct
  {
    gsize length;
    guint8 hash[16];
  } vectors[] = {
    { 0, { 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
           0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93 } },
    { 1, { 0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44,
           0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45 } },
  };
  WeftSimSiphash key = {
    G_GUINT64_CONSTANT (0x0706050403020100), G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908),
  };
  guint8 text[1] = { 0 };

  g_test_summary ("The hash below is the one it is said to be");

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      WeftSimSiphash hash = weft_sim_siphash (key, text, vectors[i].length);
      guint64 words[2] = { GUINT64_TO_LE (hash.low), GUINT64_TO_LE (hash.high) };

      g_assert_cmpmem (words, sizeof words, vectors[i].hash, sizeof vectors[i].hash);
    }
}

/* One way to make what nobody signed, from what somebody did. */
typedef enum
{
  FORGE_GUESSED,
  FORGE_BIT_OF_SIGNATURE,
  FORGE_BIT_OF_TEXT,
  FORGE_OTHER_TEXT,
  FORGE_OTHER_SIGNER,
  FORGE_OTHER_WORLD,
  FORGE_SHORTER_TEXT,
  FORGE_LONGER_TEXT,
  FORGE_HALVES_SWAPPED,
  FORGE_PART_OF_ANOTHER,
  FORGE_LENGTH,
  N_FORGERIES,
} Forgery;

typedef struct
{
  WeftSimPrng *prng;
  WeftVerifier *verifier;
  WeftIdentity *signer;
  WeftIdentity *other;     /* of the same world */
  WeftIdentity *stranger;  /* with the same name, of another world */
} Forger;

typedef struct
{
  guint8 text[TEXT_BYTES_MAX + 1];
  gsize length;
  guint8 signature[65];
  gsize signature_length;
} Letter;

static void
sign (WeftIdentity *signer,
      Letter       *letter)
{
  g_autoptr(GBytes) bytes = g_bytes_new (letter->text, letter->length);
  g_autoptr(GBytes) signature = weft_identity_sign (signer, bytes);

  g_assert_cmpuint (g_bytes_get_size (signature), ==, 64);
  memcpy (letter->signature, g_bytes_get_data (signature, NULL), 64);
  letter->signature_length = 64;
}

static gboolean
is_believed (Forger       *forger,
             const Letter *letter)
{
  return weft_verifier_verify (forger->verifier, weft_identity_get_peer_id (forger->signer),
                               letter->text, letter->length, letter->signature,
                               letter->signature_length);
}

static void
flip_bit (Forger *forger,
          guint8 *data,
          gsize   length)
{
  data[weft_sim_prng_below (forger->prng, length)] ^= 1 << weft_sim_prng_below (forger->prng, 8);
}

static void
draw_text (Forger *forger,
           Letter *letter)
{
  letter->length = 1 + weft_sim_prng_below (forger->prng, TEXT_BYTES_MAX - 1);
  weft_sim_prng_fill (forger->prng, letter->text, letter->length);
}

static void
forge (Forger  *forger,
       Forgery  kind,
       Letter  *letter)
{
  Letter another = *letter;

  switch (kind)
    {
    case FORGE_GUESSED:
      weft_sim_prng_fill (forger->prng, letter->signature, 64);
      break;

    case FORGE_BIT_OF_SIGNATURE:
      flip_bit (forger, letter->signature, 64);
      break;

    case FORGE_BIT_OF_TEXT:
      flip_bit (forger, letter->text, letter->length);
      break;

    case FORGE_OTHER_TEXT:
      draw_text (forger, letter);
      break;

    case FORGE_OTHER_SIGNER:
      sign (forger->other, letter);
      break;

    case FORGE_OTHER_WORLD:
      sign (forger->stranger, letter);
      break;

    case FORGE_SHORTER_TEXT:
      letter->length--;
      break;

    case FORGE_LONGER_TEXT:
      letter->text[letter->length++] = 0;
      break;

    case FORGE_HALVES_SWAPPED:
      memcpy (letter->signature, another.signature + 32, 32);
      memcpy (letter->signature + 32, another.signature, 32);
      break;

    case FORGE_PART_OF_ANOTHER:
      draw_text (forger, &another);
      sign (forger->signer, &another);
      memcpy (letter->signature + 16, another.signature + 16, 48);
      break;

    case FORGE_LENGTH:
      letter->signature_length = weft_sim_prng_chance (forger->prng, 0.5)
                                   ? weft_sim_prng_below (forger->prng, 64) : 65;
      break;

    case N_FORGERIES:
    default:
      g_assert_not_reached ();
    }
}

static WeftIdentity *
make_identity (WeftSimWorld *world,
               const char   *stream)
{
  g_autoptr(WeftSimRandom) random = weft_sim_random_new (1, stream);

  return weft_sim_keys_make_identity (weft_sim_keys_get (world), WEFT_RANDOM (random));
}

static void
test_forgery (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
  g_autoptr(WeftSimWorld) other_world = weft_sim_world_new (2);
  g_autoptr(WeftIdentity) signer = make_identity (world, "signer");
  g_autoptr(WeftIdentity) other = make_identity (world, "other");
  g_autoptr(WeftIdentity) stranger = make_identity (other_world, "signer");
  Forger forger = {
    .prng = weft_sim_world_get_stream (world, "forger"),
    .verifier = weft_sim_keys_get_verifier (weft_sim_keys_get (world)),
    .signer = signer,
    .other = other,
    .stranger = stranger,
  };

  g_test_summary ("Of 10,000 forged signatures of each kind none is believed, and of as many "
                  "genuine ones all are");

  g_assert_true (weft_peer_id_equal (weft_identity_get_peer_id (signer),
                                     weft_identity_get_peer_id (stranger)));
  for (Forgery kind = 0; kind < N_FORGERIES; kind++)
    for (guint i = 0; i < TRIES; i++)
      {
        Letter letter;

        draw_text (&forger, &letter);
        sign (signer, &letter);
        g_assert_true (is_believed (&forger, &letter));
        forge (&forger, kind, &letter);
        g_assert_false (is_believed (&forger, &letter));
      }
  g_assert_cmpuint (weft_verifier_get_n_checked (forger.verifier), ==, 2 * TRIES * N_FORGERIES);
}

static void
test_own_key (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
  g_autoptr(WeftSimRandom) random = weft_sim_random_new (1, "own");
  g_autoptr(WeftIdentity) own = weft_identity_new (WEFT_RANDOM (random));
  WeftVerifier *verifier = weft_sim_keys_get_verifier (weft_sim_keys_get (world));
  Forger forger = { .verifier = verifier, .signer = own };
  Letter letter = { "text", 4 };

  g_test_summary ("Who brings a real key is believed too, and nobody else in that name");

  sign (own, &letter);
  g_assert_true (is_believed (&forger, &letter));
  letter.text[0] = 'n';
  g_assert_false (is_believed (&forger, &letter));
}

/* What is drawn after an identity was made. */
static guint64
draw_after_identity (guint64           seed,
                     WeftSimSignatures signatures,
                     char            **peer_id)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (seed);
  g_autoptr(WeftSimRandom) random = weft_sim_random_new (seed, "who");
  g_autoptr(WeftIdentity) identity = NULL;

  weft_sim_world_set_signatures (world, signatures);
  identity = weft_sim_keys_make_identity (weft_sim_keys_get (world), WEFT_RANDOM (random));
  *peer_id = weft_peer_id_to_string (weft_identity_get_peer_id (identity));

  return weft_random_next (WEFT_RANDOM (random));
}

static void
test_names (void)
{
  g_test_summary ("Names look real, come from the seed, and both kinds draw as much chance");

  for (guint64 seed = 1; seed <= 8; seed++)
    {
      g_autofree char *simulated = NULL;
      g_autofree char *again = NULL;
      g_autofree char *real = NULL;
      guint64 after = draw_after_identity (seed, WEFT_SIM_SIGNATURES_SIMULATED, &simulated);

      draw_after_identity (seed, WEFT_SIM_SIGNATURES_SIMULATED, &again);
      g_assert_cmpstr (simulated, ==, again);
      g_assert_true (g_str_has_prefix (simulated, "12D3KooW"));
      g_assert_cmpuint (draw_after_identity (seed, WEFT_SIM_SIGNATURES_REAL, &real), ==, after);
      g_assert_true (g_str_has_prefix (real, "12D3KooW"));
      g_assert_cmpstr (simulated, !=, real);
    }
}

static void
test_choice (void)
{
  g_test_summary ("Each 16th seed has real signatures, unless somebody chooses");

  for (guint64 seed = 0; seed < 64; seed++)
    {
      g_autoptr(WeftSimWorld) world = weft_sim_world_new (seed);
      WeftSimSignatures usual = weft_sim_world_get_signatures (world);

      g_assert_cmpint (usual, ==, seed % 16 == 0 ? WEFT_SIM_SIGNATURES_REAL
                                                 : WEFT_SIM_SIGNATURES_SIMULATED);
      weft_sim_world_set_signatures (world, !usual);
      g_assert_cmpint (weft_sim_keys_get_signatures (weft_sim_keys_get (world)), ==, !usual);
    }
}

/* A node and a client that reads from it: the hash of that run, and how many signatures each
 * verifier of the world was asked about. */
static guint64
visit (guint64           seed,
       WeftSimSignatures signatures,
       guint64          *n_checked)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (seed);
  g_autoptr(WeftSimNode) server = NULL;
  g_autoptr(WeftSimNode) client = NULL;
  g_autoptr(WeftRemoteRepo) repo = NULL;
  WeftNode *node;
  guint64 hash;

  weft_sim_world_set_signatures (world, signatures);
  server = weft_sim_node_new (world, "server", WEFT_PEER_ROLE_PEER);
  client = weft_sim_node_new (world, "client", WEFT_PEER_ROLE_CLIENT);
  weft_sim_node_start (server, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_node_start (client, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (world, 0);
  node = weft_sim_node_get_node (server);
  g_assert_true (WEFT_IS_ED25519_VERIFIER (weft_node_get_verifier (node))
                 == (signatures == WEFT_SIM_SIGNATURES_REAL));

  repo = weft_sim_node_make_repo (client, server);
  weft_remote_repo_connect_async (repo, NULL, NULL, NULL);
  weft_sim_world_run_for (world, G_TIME_SPAN_SECOND);
  g_assert_cmpuint (g_list_model_get_n_items (weft_node_get_peers (node)), ==, 1);
  *n_checked = weft_verifier_get_n_checked (weft_node_get_verifier (node));
  hash = weft_sim_world_get_hash (world);
  weft_sim_node_kill (client, WEFT_SIM_DEATH_CRASH);
  weft_sim_node_kill (server, WEFT_SIM_DEATH_CRASH);
  weft_sim_world_run_for (world, G_TIME_SPAN_SECOND);

  return hash;
}

static void
test_handshake (void)
{
  guint64 n_checked;
  guint64 simulated = visit (1, WEFT_SIM_SIGNATURES_SIMULATED, &n_checked);

  g_test_summary ("Nodes shake hands with either kind, and the same run has the same hash");

  g_assert_cmpuint (n_checked, ==, 2);
  g_assert_cmpuint (visit (1, WEFT_SIM_SIGNATURES_SIMULATED, &n_checked), ==, simulated);
  g_assert_cmpuint (visit (1, WEFT_SIM_SIGNATURES_REAL, &n_checked), !=, simulated);
  g_assert_cmpuint (n_checked, ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/keys/siphash", test_siphash);
  g_test_add_func ("/sim/keys/forgery", test_forgery);
  g_test_add_func ("/sim/keys/own-key", test_own_key);
  g_test_add_func ("/sim/keys/names", test_names);
  g_test_add_func ("/sim/keys/choice", test_choice);
  g_test_add_func ("/sim/keys/handshake", test_handshake);

  return g_test_run ();
}
