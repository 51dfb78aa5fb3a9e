/* weft-node-daemon.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-node-settings.h"

G_BEGIN_DECLS

/* Runs a node until a signal ends it. */
gboolean weft_node_daemon_run (const char        *data_dir,
                               WeftNodeSettings  *settings,
                               GError           **error);

G_END_DECLS
