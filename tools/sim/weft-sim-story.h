/* weft-sim-story.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-tale.h"

G_BEGIN_DECLS

/* What of a tale is told; members that are not set leave nothing out. */
typedef struct
{
  const char *block;
  const char *action;      /* or how its id begins */
  const char *client;      /* the name of the actor */
  gboolean is_failure;     /* what the failure is about */
} WeftSimStory;

/* Gives each sentence, in order of time; `event` is 0 outside of events. */
typedef void (*WeftSimStoryFunc) (gint64      at_usec,
                                  guint64     event,
                                  const char *text,
                                  gpointer    user_data);

/* Returns how many lines about the same were left out because they come before what is told. */
guint weft_sim_story_tell (const WeftSimStory *self,
                           WeftSimTale        *tale,
                           WeftSimStoryFunc    func,
                           gpointer            user_data);

G_END_DECLS
