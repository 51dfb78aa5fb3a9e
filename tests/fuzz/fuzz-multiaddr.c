/* fuzz-multiaddr.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An address that is accepted is written and read again as the same, and so are its parts. What is
 * refused has an error that can be printed.
 */

#include "config.h"

#include <string.h>

#include "fuzz-target.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-multiaddr.h"

static void
check_accepted (WeftMultiaddr *address)
{
  g_autofree char *text = weft_multiaddr_to_string (address);
  g_autofree char *text_again = NULL;
  g_autoptr(WeftMultiaddr) again = NULL;
  g_autoptr(WeftMultiaddr) plain = weft_multiaddr_with_peer_id (address, NULL);
  g_autoptr(WeftMultiaddr) named = NULL;
  g_autoptr(GError) error = NULL;
  gboolean is_local = weft_multiaddr_get_host (address) == NULL;

  g_assert_cmpuint (strlen (text), <=, WEFT_LIMIT_ADDRESS_BYTES_MAX);
  again = weft_multiaddr_parse (text, &error);
  g_assert_no_error (error);
  text_again = weft_multiaddr_to_string (again);
  g_assert_cmpstr (text_again, ==, text);
  g_assert_true (weft_multiaddr_equal (address, again));
  g_assert_cmpint (weft_multiaddr_get_scheme (again), ==, weft_multiaddr_get_scheme (address));
  g_assert_cmpstr (weft_multiaddr_get_host (again), ==, weft_multiaddr_get_host (address));
  g_assert_cmpuint (weft_multiaddr_get_port (again), ==, weft_multiaddr_get_port (address));
  g_assert_cmpuint (weft_multiaddr_get_number (again), ==, weft_multiaddr_get_number (address));

  g_assert_cmpint (is_local, ==,
                   weft_multiaddr_get_host_kind (address) == WEFT_MULTIADDR_HOST_KIND_NONE);
  g_assert_null (weft_multiaddr_get_peer_id (plain));
  named = weft_multiaddr_with_peer_id (plain, weft_multiaddr_get_peer_id (address));
  g_assert_true (weft_multiaddr_equal (address, named));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  /* Empty input comes without data. */
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (text, &error);

  if (address != NULL)
    check_accepted (address);
  else
    {
      g_assert_true (error->domain == WEFT_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  return 0;
}
