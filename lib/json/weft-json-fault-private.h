/* weft-json-fault-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where and why a text was refused. */
typedef struct
{
  const char *text;
  const char *at;
  const char *end;
  const char *expected; /* at that place, or what there is too much of */
  guint limit;          /* 0: something else was there */
  const char *repeated; /* (nullable): the member name that was there before */
} WeftJsonFault;

void weft_json_fault_set_error (const WeftJsonFault  *self,
                                GError              **error);

G_END_DECLS
