/* weft-remote-repo-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-remote-call-private.h"
#include "weft-remote-repo.h"

G_BEGIN_DECLS

/* The class is in weft-remote-repo.c, what it adds to a repo in weft-remote-queries.c. */
WeftRemoteParty *weft_remote_repo_get_party (WeftRemoteRepo *self);

G_END_DECLS
