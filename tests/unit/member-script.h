/* member-script.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads bytes as events for a member among peers who say anything, with faults and crashes, and
 * aborts when an answer rests on what is not durable or breaks a promise of before. */
void member_script_run (const guint8 *data,
                        gsize         size);

G_END_DECLS
