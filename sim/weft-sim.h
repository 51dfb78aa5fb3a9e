/* weft-sim.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

#define WEFT_SIM_INSIDE
#include "weft-sim-atlas.h"
#include "weft-sim-clock.h"
#include "weft-sim-delay.h"
#include "weft-sim-disk.h"
#include "weft-sim-enum-types.h"
#include "weft-sim-fence.h"
#include "weft-sim-history.h"
#include "weft-sim-keys.h"
#include "weft-sim-link.h"
#include "weft-sim-meddle.h"
#include "weft-sim-network.h"
#include "weft-sim-node.h"
#include "weft-sim-prng.h"
#include "weft-sim-random.h"
#include "weft-sim-run.h"
#include "weft-sim-scenario.h"
#include "weft-sim-shape.h"
#include "weft-sim-storage.h"
#include "weft-sim-transport.h"
#include "weft-sim-twins.h"
#include "weft-sim-world.h"
#undef WEFT_SIM_INSIDE
