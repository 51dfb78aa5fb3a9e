/* weft-lan-none.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-lan.h"

/* Where Avahi was not there when Weft was built. */

WeftLan *
weft_lan_new (const char    *network,
              const char    *peer_id,
              guint16        port,
              gboolean       is_tls,
              gboolean       is_local,
              WeftLanFound   found,
              gpointer       user_data,
              GError       **error)
{
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "expected Avahi for finding nodes on the local network (--lan); this weft-node was "
               "built without it");

  return NULL;
}

void
weft_lan_free (WeftLan *self)
{
  g_assert_not_reached ();
}
