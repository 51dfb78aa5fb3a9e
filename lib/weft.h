/* weft.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#define WEFT_INSIDE
#include "weft-action-blocks.h"
#include "weft-action-context.h"
#include "weft-action-pending.h"
#include "weft-action-rev.h"
#include "weft-action-transforms.h"
#include "weft-archive-revision.h"
#include "weft-batch.h"
#include "weft-block-archive.h"
#include "weft-block-gets.h"
#include "weft-block-metadata.h"
#include "weft-block.h"
#include "weft-channel-transport.h"
#include "weft-channel.h"
#include "weft-clock.h"
#include "weft-commit-request.h"
#include "weft-commit-result.h"
#include "weft-commit.h"
#include "weft-enum-types.h"
#include "weft-error.h"
#include "weft-file-storage.h"
#include "weft-get-block-result.h"
#include "weft-get-result.h"
#include "weft-identity.h"
#include "weft-ids.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-memory-storage.h"
#include "weft-multiaddr.h"
#include "weft-operation.h"
#include "weft-peer-id.h"
#include "weft-peer.h"
#include "weft-pend-request.h"
#include "weft-pend-result.h"
#include "weft-pending.h"
#include "weft-random.h"
#include "weft-remote-repo.h"
#include "weft-repo-message.h"
#include "weft-repo-reply.h"
#include "weft-repo.h"
#include "weft-request.h"
#include "weft-ring-key.h"
#include "weft-stale-failure.h"
#include "weft-storage-repo.h"
#include "weft-storage.h"
#include "weft-system-clock.h"
#include "weft-system-random.h"
#include "weft-transform.h"
#include "weft-transforms.h"
#include "weft-transport.h"
#include "weft-version-macros.h"
#include "weft-writer.h"
#undef WEFT_INSIDE
