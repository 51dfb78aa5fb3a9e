/* weft-member-outcome.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-outcome-private.h"

WeftMemberOutcome *
weft_member_outcome_new (WeftClusterMember   *member,
                         guint                generation,
                         WeftMemberEventType  type,
                         guint64              id,
                         guint64              token)
{
  WeftMemberOutcome *self = g_new0 (WeftMemberOutcome, 1);

  self->member = g_object_ref (member);
  self->generation = generation;
  self->type = type;
  self->id = id;
  self->token = token;

  return self;
}

void
weft_member_outcome_free (WeftMemberOutcome *self)
{
  g_clear_pointer (&self->pends, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_free (self->text);
  g_clear_error (&self->error);
  g_clear_object (&self->member);
  g_free (self);
}
