/* fuzz-member.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Events for a member in any order, from peers who say anything: what it promised it keeps, and
 * everybody gets an answer.
 */

#include "config.h"

#include "fuzz-target.h"
#include "member-script.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  member_script_run (data, size);

  return 0;
}
