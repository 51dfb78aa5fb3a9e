/* weft-websocket-certificate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-certificate-private.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* Nobody reads more than the key from the certificate, but TLS libraries insist on the rest. */
#define SERIAL_BYTES 16
#define BACKDATED_SECONDS (24 * 60 * 60)
#define VALID_SECONDS (10LL * 365 * 24 * 60 * 60)

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)

static gboolean
check (int      code,
       GError **error)
{
  if (code >= 0)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED,
               "expected to make a TLS certificate, got \"%s\"", gnutls_strerror (code));

  return FALSE;
}

static gboolean
describe (gnutls_x509_crt_t      certificate,
          gnutls_x509_privkey_t  key,
          WeftClock             *clock,
          WeftRandom            *random,
          GError               **error)
{
  gint64 now = weft_clock_get_real (clock) / G_TIME_SPAN_SECOND;
  guint8 serial[SERIAL_BYTES];

  weft_random_fill (random, serial, sizeof serial);
  serial[0] &= 0x7f;
  serial[0] |= 0x40;

  return check (gnutls_x509_crt_set_version (certificate, 3), error)
         && check (gnutls_x509_crt_set_key (certificate, key), error)
         && check (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial), error)
         && check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                                  "weft", strlen ("weft")), error)
         && check (gnutls_x509_crt_set_activation_time (certificate, now - BACKDATED_SECONDS),
                   error)
         && check (gnutls_x509_crt_set_expiration_time (certificate, now + VALID_SECONDS), error)
         && check (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0),
                   error);
}

/* Makes a certificate that says nothing about us: who we are is proved by our identity, over this
 * connection's channel binding. P-256, because browsers know no certificates with Ed25519. */
GTlsCertificate *
weft_websocket_certificate_new (WeftClock   *clock,
                                WeftRandom  *random,
                                GError     **error)
{
  g_auto(gnutls_x509_privkey_t) key = NULL;
  g_auto(gnutls_x509_crt_t) certificate = NULL;
  gnutls_datum_t key_pem = { NULL, 0 };
  gnutls_datum_t certificate_pem = { NULL, 0 };
  g_autofree char *pem = NULL;

  if (!check (gnutls_x509_privkey_init (&key), error)
      || !check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                               GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                               0), error)
      || !check (gnutls_x509_crt_init (&certificate), error)
      || !describe (certificate, key, clock, random, error)
      || !check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL,
                                                    GNUTLS_PKCS_PLAIN, &key_pem), error))
    return NULL;
  if (!check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem), error))
    {
      gnutls_free (key_pem.data);
      return NULL;
    }

  pem = g_strdup_printf ("%.*s%.*s", (int) certificate_pem.size, (char *) certificate_pem.data,
                         (int) key_pem.size, (char *) key_pem.data);
  gnutls_memset (key_pem.data, 0, key_pem.size);
  gnutls_free (key_pem.data);
  gnutls_free (certificate_pem.data);

  return g_tls_certificate_new_from_pem (pem, -1, error);
}

/* Without a database from the start: GTls would read all certificate authorities of the system for
 * each connection, on this thread, which takes a twentieth of a second and serves nobody here. And
 * without waiting for a farewell, which may never come. */
GIOStream *
weft_websocket_new_tls_server (GIOStream        *base,
                               GTlsCertificate  *certificate,
                               GError          **error)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, error,
                         "base-io-stream", base,
                         "certificate", certificate,
                         "database", NULL,
                         "require-close-notify", FALSE,
                         NULL);
}

GIOStream *
weft_websocket_new_tls_client (GIOStream           *base,
                               GSocketConnectable  *name,
                               GError             **error)
{
  GType type = g_tls_backend_get_client_connection_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, error,
                         "base-io-stream", base,
                         "server-identity", name,
                         "database", NULL,
                         "require-close-notify", FALSE,
                         NULL);
}

/**
 * weft_websocket_get_tls_binding:
 * @stream: a connection after its handshake
 *
 * Checks that a TLS connection is one we accept. GTls has no way to ask for a lowest version
 * before, and skips its certificate check when a session is resumed, so this is the place.
 *
 * Returns: (transfer full) (nullable): what binds an identity to this connection
 */
GBytes *
weft_websocket_get_tls_binding (GIOStream  *stream,
                                GError    **error)
{
  GTlsConnection *connection = G_TLS_CONNECTION (stream);
  g_autoptr(GByteArray) binding = g_byte_array_new ();

  if (g_tls_connection_get_protocol_version (connection) != G_TLS_PROTOCOL_VERSION_TLS_1_3)
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                           "expected TLS 1.3, got an older version");
      return NULL;
    }
  if (!g_tls_connection_get_channel_binding_data (connection,
                                                  G_TLS_CHANNEL_BINDING_TLS_EXPORTER,
                                                  binding, error))
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&binding));
}
