/* test-identity.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weft-error.h"
#include "weft-identity.h"
#include "weft-limits.h"
#include "weft-system-random.h"
#include "weft-test-bytes.h"

/* The key of the example in RFC 8410, section 10.3, as a file. */
static const char example_seed[]
  = "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842";
static const char example_key[]
  = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
static const char example_file[]
  = "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer user_data)
{
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("weft-identity-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "key.pem", NULL);
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr(GDir) directory = g_dir_open (fixture->directory, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (directory) != NULL)
    n_files++;

  return n_files;
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer user_data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static WeftIdentity *
identity_from_hex (const char *hex)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) seed = weft_test_bytes (hex);
  WeftIdentity *identity = weft_identity_new_from_seed (seed, &error);

  g_assert_no_error (error);

  return identity;
}

static void
write_file (Fixture    *fixture,
            const char *content,
            gssize      length,
            int         mode)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (fixture->path, content, length, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (fixture->path, mode), ==, 0);
}

/* Each message names the file; what comes before and after it is compared. */
static void
assert_load_fails (Fixture    *fixture,
                   WeftError   code,
                   const char *before,
                   const char *after)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *message = g_strconcat (before, fixture->path, after, NULL);

  g_assert_null (weft_identity_load (fixture->path, &error));
  g_assert_error (error, WEFT_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_identity_vectors (void)
{
  /* Seed, public key, message and signature of the first three tests of RFC 8032. */
  static const char *const vectors[][4] = {
    { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b46bd25bf5f0595bbe24655141438e7a100b" },
    { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
      "1d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
      "c6594a7c15e9716ed28dc027beceea1ec40a" },
  };

  g_test_summary ("A seed has the key, and makes the signatures, that the standard says.");

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(WeftIdentity) identity = identity_from_hex (vectors[i][0]);
      g_autoptr(GBytes) key = weft_test_bytes (vectors[i][1]);
      g_autoptr(GBytes) message = weft_test_bytes (vectors[i][2]);
      g_autoptr(GBytes) expected = weft_test_bytes (vectors[i][3]);
      g_autoptr(GBytes) signature = weft_identity_sign (identity, message);
      WeftPeerId *peer_id = weft_identity_get_peer_id (identity);

      g_assert_cmpmem (weft_peer_id_get_public_key (peer_id, NULL), 32,
                       g_bytes_get_data (key, NULL), g_bytes_get_size (key));
      g_assert_true (g_bytes_equal (signature, expected));
      g_assert_true (weft_peer_id_verify (peer_id, message, signature));
    }
}

static void
test_identity_new (void)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) one = weft_identity_new (random);
  g_autoptr(WeftIdentity) two = weft_identity_new (random);
  g_autoptr(GBytes) message = g_bytes_new_static ("hello", 5);
  g_autoptr(GBytes) signature = weft_identity_sign (one, message);
  g_autoptr(GBytes) again = weft_identity_sign (one, message);
  g_autoptr(GBytes) short_seed = g_bytes_new_static ("hello", 5);
  g_autoptr(GError) error = NULL;

  g_test_summary ("Each new key is another, and what one signs the other did not.");

  g_assert_false (weft_peer_id_equal (weft_identity_get_peer_id (one),
                                      weft_identity_get_peer_id (two)));
  g_assert_true (g_bytes_equal (signature, again));
  g_assert_true (weft_peer_id_verify (weft_identity_get_peer_id (one), message, signature));
  g_assert_false (weft_peer_id_verify (weft_identity_get_peer_id (two), message, signature));

  g_assert_null (weft_identity_new_from_seed (short_seed, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected a seed of 32 bytes, got 5 bytes");
}

static void
test_identity_file (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_autoptr(WeftIdentity) identity = identity_from_hex (example_seed);
  g_autoptr(WeftIdentity) loaded = NULL;
  g_autoptr(GBytes) key = weft_test_bytes (example_key);
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;
  GStatBuf status;

  g_test_summary ("A key file is the one that RFC 8410 shows, for its owner alone.");

  g_assert_true (weft_identity_save (identity, fixture->path, FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, example_file);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (count_files (fixture), ==, 1);

  loaded = weft_identity_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (weft_peer_id_get_public_key (weft_identity_get_peer_id (loaded), NULL), 32,
                   g_bytes_get_data (key, NULL), 32);
}

static void
test_identity_overwrite (Fixture      *fixture,
                         gconstpointer user_data)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) first = identity_from_hex (example_seed);
  g_autoptr(WeftIdentity) second = weft_identity_new (random);
  g_autoptr(WeftIdentity) loaded = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *message
    = g_strdup_printf ("key file %s: it exists, and is not overwritten", fixture->path);
  g_autofree char *content = NULL;

  g_test_summary ("A key is never lost to another, unless that is what was asked for.");

  g_assert_true (weft_identity_save (first, fixture->path, FALSE, NULL));
  g_assert_false (weft_identity_save (second, fixture->path, FALSE, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  g_assert_cmpstr (error->message, ==, message);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, example_file);
  g_assert_cmpuint (count_files (fixture), ==, 1);

  g_assert_true (weft_identity_save (second, fixture->path, TRUE, &error));
  g_assert_no_error (error);
  loaded = weft_identity_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (weft_peer_id_equal (weft_identity_get_peer_id (loaded),
                                     weft_identity_get_peer_id (second)));
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_identity_no_place (Fixture      *fixture,
                        gconstpointer user_data)
{
  g_autoptr(WeftIdentity) identity = identity_from_hex (example_seed);
  g_autofree char *path = g_build_filename (fixture->directory, "no", "key.pem", NULL);
  g_autofree char *message
    = g_strdup_printf ("cannot create key file %s: No such file or directory", path);
  g_autoptr(GError) error = NULL;

  g_test_summary ("Where nothing can be created, the error names the file.");

  g_assert_false (weft_identity_save (identity, path, FALSE, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, message);
  g_clear_error (&error);

  /* A directory of that name is not replaced either. */
  g_assert_false (weft_identity_save (identity, fixture->directory, TRUE, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, fixture->directory));
  g_assert_cmpuint (count_files (fixture), ==, 0);

  assert_load_fails (fixture, WEFT_ERROR_NOT_FOUND, "cannot open key file ",
                     ": No such file or directory");
}

static void
test_identity_open_to_others (Fixture      *fixture,
                              gconstpointer user_data)
{
  static const int modes[] = { 0640, 0604, 0620, 0601 };

  g_test_summary ("A file that others may touch is refused, with how to mend it.");

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *after
        = g_strdup_printf (": others than its owner have access to it (mode %04o); if nobody has "
                           "read it, mend it with: chmod 600 %s",
                           modes[i], fixture->path);

      write_file (fixture, example_file, -1, modes[i]);
      assert_load_fails (fixture, WEFT_ERROR_REFUSED, "key file ", after);
    }
}

static void
test_identity_other_files (Fixture      *fixture,
                           gconstpointer user_data)
{
  static const char encrypted[]
    = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4C\n-----END ENCRYPTED PRIVATE KEY-----\n";

  g_test_summary ("A file that holds something else is refused, and the error names it.");

  write_file (fixture, encrypted, -1, 0600);
  assert_load_fails (fixture, WEFT_ERROR_INVALID, "key file ",
                     ": expected a key without a password, got one");
  write_file (fixture, "", -1, 0600);
  assert_load_fails (fixture, WEFT_ERROR_INVALID, "key file ",
                     ": expected an Ed25519 key in PEM (BEGIN PRIVATE KEY), got what is none");
  write_file (fixture, example_file, 60, 0600);
  assert_load_fails (fixture, WEFT_ERROR_INVALID, "key file ",
                     ": expected an Ed25519 key in PEM (BEGIN PRIVATE KEY), got what is none");

  g_unlink (fixture->path);
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  assert_load_fails (fixture, WEFT_ERROR_INVALID, "key file ", ": expected a regular file");
}

static void
test_identity_other_keys (Fixture      *fixture,
                          gconstpointer user_data)
{
  /* A key for P-256, and one of the second version of PKCS#8 whose public half is another's. */
  static const char elliptic[]
    = "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOKBMOfrT2WTvnOke\n"
      "i/qHL3/PgpSblc8sd5YeiAfxLE6hRANCAAQhysFbQXZLSOEHovEYB4FCpAS92zoa\n"
      "LZlDsCtIxmOd8TktiL9BHbEv9I+qu14n1DJ2xws0KHmWiimPZZj6RPHt\n"
      "-----END PRIVATE KEY-----\n";
  static const char foreign[]
    = "-----BEGIN PRIVATE KEY-----\n"
      "MFECAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      "gSEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
      "-----END PRIVATE KEY-----\n";

  g_test_summary ("A key of another type, or with the public half of another, is refused.");

  write_file (fixture, elliptic, -1, 0600);
  assert_load_fails (fixture, WEFT_ERROR_INVALID, "key file ",
                     ": expected an Ed25519 key, got one for EC/ECDSA");
  write_file (fixture, foreign, -1, 0600);
  assert_load_fails (fixture, WEFT_ERROR_INVALID, "key file ",
                     ": expected an Ed25519 key in PEM (BEGIN PRIVATE KEY), got what is none");
}

static void
test_identity_size (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_autofree char *padding
    = g_strnfill (WEFT_LIMIT_KEY_FILE_BYTES_MAX - strlen (example_file), '\n');
  g_autofree char *largest = g_strconcat (padding, example_file, NULL);
  g_autofree char *larger = g_strconcat ("\n", largest, NULL);
  g_autoptr(WeftIdentity) identity = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("4096 bytes are read, 4097 are not.");

  write_file (fixture, largest, -1, 0600);
  identity = weft_identity_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (identity);
  write_file (fixture, larger, -1, 0600);
  assert_load_fails (fixture, WEFT_ERROR_TOO_LARGE, "key file ",
                     ": expected at most 4096 bytes, got 4097");
}

static void
test_identity_link (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_autofree char *target = g_build_filename (fixture->directory, "target.pem", NULL);
  g_autoptr(WeftIdentity) identity = identity_from_hex (example_seed);
  g_autoptr(WeftIdentity) loaded = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A symbolic link is followed for reading, and is in the way of a new file.");

  g_assert_true (weft_identity_save (identity, target, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (symlink (target, fixture->path), ==, 0);
  loaded = weft_identity_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (loaded);

  g_assert_cmpint (g_unlink (target), ==, 0);
  g_assert_false (weft_identity_save (identity, fixture->path, FALSE, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/identity/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  g_test_add_func ("/identity/vectors", test_identity_vectors);
  g_test_add_func ("/identity/new", test_identity_new);
  ADD ("file", test_identity_file);
  ADD ("overwrite", test_identity_overwrite);
  ADD ("no-place", test_identity_no_place);
  ADD ("open-to-others", test_identity_open_to_others);
  ADD ("other-files", test_identity_other_files);
  ADD ("other-keys", test_identity_other_keys);
  ADD ("size", test_identity_size);
  ADD ("link", test_identity_link);

  return g_test_run ();
}
