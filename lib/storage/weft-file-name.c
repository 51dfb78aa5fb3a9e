/* weft-file-name.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-name-private.h"

#include <gnutls/crypto.h>
#include <string.h>

/* Stands between the beginning and the hash of a long name, and in no other name. */
#define HASH_MARK '~'
#define BEGINNING_BYTES_MAX 120
#define DIGEST_BYTES 32

/* Folders beside those of the blocks. All other names of ours hold a dot, which is escaped. */
static const char * const reserved[] = { "records", "values" };

static gboolean
is_plain (guchar byte)
{
  return g_ascii_islower (byte) || g_ascii_isdigit (byte) || byte == '-' || byte == '_';
}

static gboolean
is_reserved (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (g_str_equal (id, reserved[i]))
      return TRUE;

  return FALSE;
}

static void
append_hash (GString    *name,
             const char *id)
{
  guint8 digest[DIGEST_BYTES];
  int status = gnutls_hash_fast (GNUTLS_DIG_SHA256, id, strlen (id), digest);

  g_assert (status == 0);
  g_string_append_c (name, HASH_MARK);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (name, "%02x", digest[i]);
}

char *
weft_file_name_encode (const char *id)
{
  GString *name = g_string_sized_new (64);
  gsize beginning = 0;

  g_assert (id != NULL);
  g_assert (*id != '\0');

  for (const guchar *byte = (const guchar *) id; *byte != '\0'; byte++)
    {
      /* Nothing but the whole can be reserved, so it is enough to escape the first byte. */
      if (is_plain (*byte) && !(name->len == 0 && is_reserved (id)))
        g_string_append_c (name, (char) *byte);
      else if (g_ascii_isupper (*byte))
        {
          g_string_append_c (name, '+');
          g_string_append_c (name, g_ascii_tolower ((char) *byte));
        }
      else
        {
          g_string_append_c (name, '%');
          g_string_append_c (name, "0123456789abcdef"[*byte >> 4]);
          g_string_append_c (name, "0123456789abcdef"[*byte & 0xf]);
        }
      if (name->len <= BEGINNING_BYTES_MAX)
        beginning = name->len;
    }

  if (name->len > WEFT_FILE_NAME_BYTES_MAX)
    {
      g_string_truncate (name, beginning);
      append_hash (name, id);
    }

  return g_string_free (name, FALSE);
}

gboolean
weft_file_name_is_hashed (const char *name)
{
  return strchr (name, HASH_MARK) != NULL;
}

char *
weft_file_name_decode (const char *name)
{
  g_autoptr (GString) id = g_string_sized_new (64);
  g_autofree char *again = NULL;

  for (const char *at = name; *at != '\0'; at++)
    {
      if (*at == '+' && g_ascii_islower (at[1]))
        {
          g_string_append_c (id, g_ascii_toupper (at[1]));
          at++;
        }
      else if (*at == '%' && g_ascii_isxdigit (at[1]) && g_ascii_isxdigit (at[2]))
        {
          int byte = g_ascii_xdigit_value (at[1]) * 16 + g_ascii_xdigit_value (at[2]);

          if (byte == 0)
            return NULL;
          g_string_append_c (id, (char) byte);
          at += 2;
        }
      else if (is_plain ((guchar) *at))
        g_string_append_c (id, *at);
      else
        return NULL;
    }

  if (id->len == 0 || !g_utf8_validate (id->str, (gssize) id->len, NULL))
    return NULL;

  /* Only the one name that encode() makes stands for the id. */
  again = weft_file_name_encode (id->str);

  return g_str_equal (again, name) ? g_strdup (id->str) : NULL;
}
