/* weft-writer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block-turns-private.h"
#include "weft-clock.h"
#include "weft-random.h"
#include "weft-writer.h"

G_BEGIN_DECLS

struct _WeftWriter
{
  GObject parent_instance;

  WeftRepo *repo;
  WeftClock *clock;
  WeftRandom *random;
  WeftBlockTurns *turns; /* writes of the same blocks would only make each other start again */
};

/* One write under way; owned by its task, which every callback below holds. */
typedef struct
{
  GPtrArray *wanted;   /* (element-type WeftBlock), or NULL to edit or delete */
  WeftEditFunc edit;   /* (nullable): what says what the one block shall be */
  gpointer edit_data;
  GDestroyNotify edit_data_free; /* (nullable) */
  GStrv block_ids;     /* as asked for */
  char *first_id;      /* (nullable): the action id of the first attempt */
  char *action_id;     /* of the current attempt */
  GStrv changed_ids;   /* of the current attempt */
  gint64 rev;          /* of the current attempt */
  WeftRepoMessage *put; /* (nullable): of the current attempt */
  guint attempt;
  WeftTurn *turn;      /* (nullable): until it has an outcome */
  GError *last_error;  /* why the last attempt did not succeed */
} WeftWrite;

void weft_write_free  (WeftWrite *write);
/* Takes the task, whose data it is: it is begun when its turn has come. */
void weft_write_begin (GTask     *task);

G_END_DECLS
