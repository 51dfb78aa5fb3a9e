/* weft-identity-file.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weft-ed25519-private.h"
#include "weft-error.h"
#include "weft-identity-file-private.h"
#include "weft-limits.h"

#define DER_PREFIX_LENGTH 16
#define DER_LENGTH (DER_PREFIX_LENGTH + WEFT_IDENTITY_SEED_LENGTH)
#define PEM_BYTES_MAX 128

/* What RFC 8410 puts before the seed: version 0, the algorithm 1.3.101.112, and two octet
 * strings. */
static const guint8 der_prefix[DER_PREFIX_LENGTH] = {
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
};

/* Memory that held a key is cleared before others may get it. */
typedef struct
{
  guint8 data[WEFT_LIMIT_KEY_FILE_BYTES_MAX + 1];
  gsize length;
} Secret;

static void
secret_clear (Secret *secret)
{
  gnutls_memset (secret, 0, sizeof *secret);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Secret, secret_clear)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)

static WeftError
code_from_errno (int number)
{
  switch (number)
    {
    case ENOENT:
    case ENOTDIR:
      return WEFT_ERROR_NOT_FOUND;
    case EEXIST:
      return WEFT_ERROR_EXISTS;
    case EACCES:
    case EPERM:
      return WEFT_ERROR_REFUSED;
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EIO:
      return WEFT_ERROR_UNAVAILABLE;
    default:
      return WEFT_ERROR_FAILED;
    }
}

static gboolean
fail_errno (GError    **error,
            const char *doing,
            const char *path)
{
  int number = errno;

  g_set_error (error, WEFT_ERROR, code_from_errno (number), "%s key file %s: %s", doing, path,
               g_strerror (number));

  return FALSE;
}

G_GNUC_PRINTF (4, 5)
static gboolean
fail (GError    **error,
      WeftError   code,
      const char *path,
      const char *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WEFT_ERROR, code, "key file %s: %s", path, message);

  return FALSE;
}

static void
encode_der (const guint8 seed[WEFT_IDENTITY_SEED_LENGTH],
            Secret      *der)
{
  memcpy (der->data, der_prefix, DER_PREFIX_LENGTH);
  memcpy (der->data + DER_PREFIX_LENGTH, seed, WEFT_IDENTITY_SEED_LENGTH);
  der->length = DER_LENGTH;
}

static void
encode_pem (const guint8 seed[WEFT_IDENTITY_SEED_LENGTH],
            Secret      *pem)
{
  g_auto(Secret) der = { .length = 0 };
  gnutls_datum_t der_datum = { der.data, DER_LENGTH };
  gnutls_datum_t pem_datum = { NULL, 0 };
  int result;

  encode_der (seed, &der);
  result = gnutls_pem_base64_encode2 ("PRIVATE KEY", &der_datum, &pem_datum);
  g_assert (result == GNUTLS_E_SUCCESS);
  g_assert (pem_datum.size <= PEM_BYTES_MAX);

  memcpy (pem->data, pem_datum.data, pem_datum.size);
  pem->length = pem_datum.size;
  gnutls_memset (pem_datum.data, 0, pem_datum.size);
  gnutls_free (pem_datum.data);
}

/* The two halves of an imported Ed25519 key. */
static void
export_halves (gnutls_x509_privkey_t key,
               guint8                public_key[WEFT_IDENTITY_SEED_LENGTH],
               guint8                seed[WEFT_IDENTITY_SEED_LENGTH])
{
  gnutls_datum_t x = { NULL, 0 };
  gnutls_datum_t y = { NULL, 0 };
  gnutls_datum_t k = { NULL, 0 };
  gnutls_ecc_curve_t curve;
  int result = gnutls_x509_privkey_export_ecc_raw (key, &curve, &x, &y, &k);

  g_assert (result == GNUTLS_E_SUCCESS);
  g_assert (curve == GNUTLS_ECC_CURVE_ED25519);
  g_assert (x.size == WEFT_IDENTITY_SEED_LENGTH);
  g_assert (k.size == WEFT_IDENTITY_SEED_LENGTH);

  memcpy (public_key, x.data, x.size);
  memcpy (seed, k.data, k.size);
  gnutls_memset (k.data, 0, k.size);
  gnutls_free (x.data);
  gnutls_free (y.data);
  gnutls_free (k.data);
}

static gboolean
decode_pem (const char   *path,
            const Secret *pem,
            guint8        seed[WEFT_IDENTITY_SEED_LENGTH],
            GError      **error)
{
  g_auto(gnutls_x509_privkey_t) key = NULL;
  gnutls_datum_t datum = { (guint8 *) pem->data, pem->length };
  guint8 stored_key[WEFT_IDENTITY_SEED_LENGTH];
  guint8 derived_key[WEFT_IDENTITY_SEED_LENGTH];
  gnutls_pk_algorithm_t algorithm;
  int result = gnutls_x509_privkey_init (&key);

  g_assert (result == GNUTLS_E_SUCCESS);

  if (memmem (pem->data, pem->length, "ENCRYPTED", strlen ("ENCRYPTED")) != NULL)
    return fail (error, WEFT_ERROR_INVALID, path, "expected a key without a password, got one");
  result = gnutls_x509_privkey_import (key, &datum, GNUTLS_X509_FMT_PEM);
  if (result < 0)
    return fail (error, WEFT_ERROR_INVALID, path,
                 "expected an Ed25519 key in PEM (BEGIN PRIVATE KEY), got what is none");
  algorithm = gnutls_x509_privkey_get_pk_algorithm (key);
  if (algorithm != GNUTLS_PK_EDDSA_ED25519)
    return fail (error, WEFT_ERROR_INVALID, path, "expected an Ed25519 key, got one for %s",
                 gnutls_pk_get_name (algorithm));

  /* A key with the public half of another would make signatures that show the private half. */
  export_halves (key, stored_key, seed);
  weft_ed25519_derive (seed, derived_key);
  if (gnutls_x509_privkey_verify_params (key) < 0
      || memcmp (stored_key, derived_key, sizeof derived_key) != 0)
    return fail (error, WEFT_ERROR_INVALID, path,
                 "expected the two halves of one key, got those of different ones");

  return TRUE;
}

static gboolean
check_file (int         fd,
            const char *path,
            GError    **error)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return fail_errno (error, "cannot read", path);
  if (!S_ISREG (status.st_mode))
    return fail (error, WEFT_ERROR_INVALID, path, "expected a regular file");
  if ((status.st_mode & 077) != 0)
    return fail (error, WEFT_ERROR_REFUSED, path,
                 "others than its owner have access to it (mode %04o); if nobody has read it, "
                 "mend it with: chmod 600 %s",
                 status.st_mode & 07777, path);
  if (status.st_size > WEFT_LIMIT_KEY_FILE_BYTES_MAX)
    return fail (error, WEFT_ERROR_TOO_LARGE, path,
                 "expected at most %d bytes, got %" G_GOFFSET_FORMAT,
                 WEFT_LIMIT_KEY_FILE_BYTES_MAX, (goffset) status.st_size);

  return TRUE;
}

static gboolean
read_all (int         fd,
          const char *path,
          Secret     *content,
          GError    **error)
{
  while (content->length < sizeof content->data)
    {
      gssize n = read (fd, content->data + content->length, sizeof content->data - content->length);

      if (n == 0)
        return TRUE;
      if (n > 0)
        content->length += n;
      else if (errno != EINTR)
        return fail_errno (error, "cannot read", path);
    }

  return fail (error, WEFT_ERROR_TOO_LARGE, path, "expected at most %d bytes, got more",
               WEFT_LIMIT_KEY_FILE_BYTES_MAX);
}

gboolean
weft_identity_file_read (const char *path,
                         guint8      seed[WEFT_IDENTITY_SEED_LENGTH],
                         GError    **error)
{
  g_auto(Secret) content = { .length = 0 };
  /* Opening a pipe without O_NONBLOCK would wait for somebody who writes. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gboolean is_read;

  if (fd < 0)
    return fail_errno (error, "cannot open", path);

  is_read = check_file (fd, path, error) && read_all (fd, path, &content, error);
  close (fd);

  return is_read && decode_pem (path, &content, seed, error);
}

static gboolean
write_all (int           fd,
           const Secret *content)
{
  gsize done = 0;

  while (done < content->length)
    {
      gssize n = write (fd, content->data + done, content->length - done);

      if (n >= 0)
        done += n;
      else if (errno != EINTR)
        return FALSE;
    }

  return TRUE;
}

static gboolean
sync_directory (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_synced;

  if (fd < 0)
    return FALSE;
  is_synced = fsync (fd) == 0;
  close (fd);

  return is_synced;
}

/* A hard link, other than a rename, never replaces what has the name already. */
static gboolean
give_name (const char *temporary,
           const char *path,
           gboolean    overwrite)
{
  return overwrite ? rename (temporary, path) == 0 : link (temporary, path) == 0;
}

gboolean
weft_identity_file_write (const char  *path,
                          const guint8 seed[WEFT_IDENTITY_SEED_LENGTH],
                          gboolean     overwrite,
                          GError     **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  g_auto(Secret) content = { .length = 0 };
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean is_written;

  if (fd < 0)
    return fail_errno (error, "cannot create", path);

  encode_pem (seed, &content);
  is_written = write_all (fd, &content) && fsync (fd) == 0
               && give_name (temporary, path, overwrite) && sync_directory (path);
  if (!is_written && errno == EEXIST)
    fail (error, WEFT_ERROR_EXISTS, path, "it exists, and is not overwritten");
  else if (!is_written)
    fail_errno (error, "cannot create", path);
  close (fd);
  /* After a rename there is none of this name. */
  g_unlink (temporary);

  return is_written;
}
