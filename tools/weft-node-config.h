/* weft-node-config.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-node-settings.h"

G_BEGIN_DECLS

gboolean weft_node_config_load  (const char        *path,
                                 WeftNodeSettings  *settings,
                                 GError           **error);
gboolean weft_node_config_apply (const char        *text,
                                 gsize              length,
                                 WeftNodeSettings  *settings,
                                 GError           **error);

G_END_DECLS
