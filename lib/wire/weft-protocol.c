/* weft-protocol.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-protocol-private.h"

#include "weft-limits.h"

#include <string.h>

#define FIRST_VERSION "/1.0.0"

/* The services whose messages carry blocks. A name tells both sides the same limit, so neither
 * needs the other's settings. */
static const char *const block_services[] = { "cluster", "repo", "sync" };

/* A name is printable ASCII without quotes and backslashes, so it needs no escaping in JSON. */
gboolean
weft_protocol_is_valid (const char *protocol)
{
  gsize length;

  g_assert (protocol != NULL);

  length = strlen (protocol);
  if (protocol[0] != '/' || length < 2 || length > WEFT_LIMIT_NAME_BYTES_MAX)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (protocol[i]) || protocol[i] == '"' || protocol[i] == '\\')
      return FALSE;

  return TRUE;
}

/* How large a frame to or from a protocol may be: `/any/prefix/SERVICE/VERSION` decides by the
 * service. */
gsize
weft_protocol_get_bytes_max (const char *protocol)
{
  const char *version;
  const char *service;

  g_assert (protocol != NULL);

  version = strrchr (protocol, '/');
  if (version == NULL)
    return WEFT_LIMIT_CONTROL_BYTES_MAX;
  service = version;
  while (service > protocol && service[-1] != '/')
    service--;

  for (guint i = 0; i < G_N_ELEMENTS (block_services); i++)
    if ((gsize) (version - service) == strlen (block_services[i]) &&
        strncmp (service, block_services[i], version - service) == 0)
      return WEFT_LIMIT_MESSAGE_BYTES_MAX;

  return WEFT_LIMIT_CONTROL_BYTES_MAX;
}

/* What comes behind the beginning of a text that begins so. */
static const char *
skip (const char *text,
      const char *beginning)
{
  gsize length = strlen (beginning);

  return text != NULL && strncmp (text, beginning, length) == 0 ? text + length : NULL;
}

gboolean
weft_protocol_is (const char *protocol,
                  const char *prefix,
                  const char *service)
{
  const char *rest = skip (skip (skip (protocol, prefix), "/"), service);

  return rest != NULL && g_str_equal (rest, FIRST_VERSION);
}

/* The protocol of a service in its first version. */
char *
weft_protocol_make_name (const char *prefix,
                         const char *service)
{
  g_assert (prefix != NULL);
  g_assert (service != NULL);

  return g_strconcat (prefix, "/", service, FIRST_VERSION, NULL);
}
