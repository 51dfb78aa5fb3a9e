/* weft-node-options.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-node-settings.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_NODE_RUN,
  WEFT_NODE_INIT,
  WEFT_NODE_PRINT_PEER_ID,
  WEFT_NODE_PRINT_VERSION,
} WeftNodeAction;

/* What a command line asks for. */
typedef struct
{
  WeftNodeAction action;
  char *data_dir;
  WeftNodeSettings *settings;
} WeftNodeOptions;

WeftNodeOptions *weft_node_options_parse (int                *argc,
                                          char             ***argv,
                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void             weft_node_options_free  (WeftNodeOptions    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftNodeOptions, weft_node_options_free)

G_END_DECLS
