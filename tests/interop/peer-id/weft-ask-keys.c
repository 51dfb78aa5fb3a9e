/* weft-ask-keys.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Answers questions about keys and addresses, one a line, for a program in another language:
 *
 *   id TEXT                      ok TEXT KEY
 *   verify ID MESSAGE SIGNATURE  yes | no
 *   make SEED                    ok ID
 *   sign SEED MESSAGE            ok SIGNATURE
 *   address TEXT                 ok CANONICAL
 *
 * or "error REASON". Bytes are in hex; "-" stands for none. */

#include <stdio.h>
#include <string.h>
#include <weft.h>

static GBytes *
bytes_from_hex (const char *hex)
{
  gsize length = strcmp (hex, "-") == 0 ? 0 : strlen (hex) / 2;
  guint8 *data = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    data[i] = g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]);

  return g_bytes_new_take (data, length);
}

static char *
hex_from_data (const guint8 *data,
               gsize         length)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", data[i]);

  return g_string_free (hex, FALSE);
}

static char *
answer_id (const char *text,
           GError    **error)
{
  g_autoptr(WeftPeerId) peer_id = weft_peer_id_parse (text, error);
  g_autofree char *key = NULL;
  const guint8 *data;
  gsize length;

  if (peer_id == NULL)
    return NULL;
  data = weft_peer_id_get_public_key (peer_id, &length);
  key = hex_from_data (data, length);

  return g_strdup_printf ("ok %s %s", weft_peer_id_get_text (peer_id), key);
}

static char *
answer_verify (const char *text,
               const char *message_hex,
               const char *signature_hex,
               GError    **error)
{
  g_autoptr(WeftPeerId) peer_id = weft_peer_id_parse (text, error);
  g_autoptr(GBytes) message = bytes_from_hex (message_hex);
  g_autoptr(GBytes) signature = bytes_from_hex (signature_hex);

  if (peer_id == NULL)
    return NULL;

  return g_strdup (weft_peer_id_verify (peer_id, message, signature) ? "yes" : "no");
}

static char *
answer_make (const char *seed_hex,
             GError    **error)
{
  g_autoptr(GBytes) seed = bytes_from_hex (seed_hex);
  g_autoptr(WeftIdentity) identity = weft_identity_new_from_seed (seed, error);

  if (identity == NULL)
    return NULL;

  return g_strdup_printf ("ok %s", weft_peer_id_get_text (weft_identity_get_peer_id (identity)));
}

static char *
answer_sign (const char *seed_hex,
             const char *message_hex,
             GError    **error)
{
  g_autoptr(GBytes) seed = bytes_from_hex (seed_hex);
  g_autoptr(GBytes) message = bytes_from_hex (message_hex);
  g_autoptr(WeftIdentity) identity = weft_identity_new_from_seed (seed, error);
  g_autoptr(GBytes) signature = NULL;
  g_autofree char *hex = NULL;

  if (identity == NULL)
    return NULL;
  signature = weft_identity_sign (identity, message);
  hex = hex_from_data (g_bytes_get_data (signature, NULL), g_bytes_get_size (signature));

  return g_strdup_printf ("ok %s", hex);
}

static char *
answer_address (const char *text,
                GError    **error)
{
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (text, error);
  g_autofree char *canonical = NULL;

  if (address == NULL)
    return NULL;
  canonical = weft_multiaddr_to_string (address);

  return g_strdup_printf ("ok %s", canonical);
}

static char *
answer (const char *line,
        GError    **error)
{
  g_auto(GStrv) words = g_strsplit (line, " ", -1);
  guint n_words = g_strv_length (words);

  /* An address is the rest of the line: what is no address may well hold spaces. */
  if (g_str_has_prefix (line, "address "))
    return answer_address (line + strlen ("address "), error);
  if (n_words == 2 && strcmp (words[0], "id") == 0)
    return answer_id (words[1], error);
  if (n_words == 4 && strcmp (words[0], "verify") == 0)
    return answer_verify (words[1], words[2], words[3], error);
  if (n_words == 2 && strcmp (words[0], "make") == 0)
    return answer_make (words[1], error);
  if (n_words == 3 && strcmp (words[0], "sign") == 0)
    return answer_sign (words[1], words[2], error);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected a question, got “%s”", line);
  return NULL;
}

int
main (int    argc,
      char **argv)
{
  char line[16384];

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = NULL;

      line[strcspn (line, "\n")] = '\0';
      text = answer (line, &error);
      if (text != NULL)
        puts (text);
      else
        printf ("error %s\n", error->message);
    }

  return 0;
}
