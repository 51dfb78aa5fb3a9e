/* weft-versioned-internal-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block-cache-private.h"
#include "weft-versioned-private.h"

G_BEGIN_DECLS

struct _WeftVersioned
{
  WeftStorage *storage;  /* (owned) */
  WeftBlockCache *cache; /* (owned) */
};

G_END_DECLS
