/* buggy-clients.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "buggy-repo.h"

G_BEGIN_DECLS

/* What some clients of a repo with a bug are told in a world with losses, time-outs and crashes,
 * checked. */
WeftSimHistory *buggy_clients_run (guint64  seed,
                                   BuggyBug bug) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
