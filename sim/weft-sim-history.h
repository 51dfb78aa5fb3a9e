/* weft-sim-history.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

G_BEGIN_DECLS

/**
 * WeftSimOutcome:
 * @WEFT_SIM_OUTCOME_SUCCESS: it was told to have happened
 * @WEFT_SIM_OUTCOME_FAILURE: it was told not to have happened, and never to happen
 * @WEFT_SIM_OUTCOME_UNKNOWN: nobody can say, as after a time-out
 * @WEFT_SIM_OUTCOME_REFUSED: neither it nor any attempt before it was done, or ever will be
 *
 * What became of an attempt to write.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_OUTCOME_SUCCESS,
  WEFT_SIM_OUTCOME_FAILURE,
  WEFT_SIM_OUTCOME_UNKNOWN,
  WEFT_SIM_OUTCOME_REFUSED,
} WeftSimOutcome;

/**
 * WeftSimViolation:
 * @WEFT_SIM_VIOLATION_NONE: all is well
 * @WEFT_SIM_VIOLATION_CONTENT: a revision was not what its write had proposed, or was two things
 * @WEFT_SIM_VIOLATION_PHANTOM: something was seen that nobody had begun to write
 * @WEFT_SIM_VIOLATION_REGRESS: a read answered less than was known before it began
 * @WEFT_SIM_VIOLATION_NOT_ABOVE: a write came at or below what was known before it began
 * @WEFT_SIM_VIOLATION_TWICE: one action became two revisions
 * @WEFT_SIM_VIOLATION_FAILED_SEEN: a write that had failed was seen
 * @WEFT_SIM_VIOLATION_LOST_UPDATE: a write went over a revision it was not built on
 * @WEFT_SIM_VIOLATION_TORN: an action was on some of its blocks and not on others
 * @WEFT_SIM_VIOLATION_LOST: a revision that had been told of is gone
 * @WEFT_SIM_VIOLATION_ORDER: several operations have no order that all of them agree with
 * @WEFT_SIM_VIOLATION_FORGOTTEN: what was promised to wait for a commit was gone
 *
 * How a history is wrong.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_VIOLATION_NONE,
  WEFT_SIM_VIOLATION_CONTENT,
  WEFT_SIM_VIOLATION_PHANTOM,
  WEFT_SIM_VIOLATION_REGRESS,
  WEFT_SIM_VIOLATION_NOT_ABOVE,
  WEFT_SIM_VIOLATION_TWICE,
  WEFT_SIM_VIOLATION_FAILED_SEEN,
  WEFT_SIM_VIOLATION_LOST_UPDATE,
  WEFT_SIM_VIOLATION_TORN,
  WEFT_SIM_VIOLATION_LOST,
  WEFT_SIM_VIOLATION_ORDER,
  WEFT_SIM_VIOLATION_FORGOTTEN,
} WeftSimViolation;

/**
 * WeftSimNamed:
 * @WEFT_SIM_NAMED_BLOCK: a block
 * @WEFT_SIM_NAMED_ACTION: an action
 * @WEFT_SIM_NAMED_CLIENT: a client
 *
 * What a history knows by number, and people by name.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_NAMED_BLOCK,
  WEFT_SIM_NAMED_ACTION,
  WEFT_SIM_NAMED_CLIENT,
} WeftSimNamed;

/**
 * WeftSimNameFunc:
 * @what: what is to be named
 * @number: its number
 * @user_data: what was given to [method@WeftSim.History.set_names]
 *
 * Asked for a name when a violation is put into words.
 *
 * Returns: (transfer full) (nullable): the name, or %NULL to leave it at the number
 *
 * Since: 0.1
 */
typedef char *(*WeftSimNameFunc) (WeftSimNamed what,
                                  guint64      number,
                                  gpointer     user_data);

/**
 * WeftSimChange:
 * @block: the number of the block
 * @base: the revision of the block it is built on, 0 for none, -1 when it does not say
 * @value: a number that stands for what the block becomes, 0 when it is deleted
 *
 * What a write proposes for one block. A value is any digest of the content by which it can be
 * told from that of other writes.
 *
 * Since: 0.1
 */
typedef struct
{
  guint block;
  gint64 base;
  guint64 value;
} WeftSimChange;

/**
 * WeftSimSighting:
 * @block: the number of the block
 * @rev: the revision that was seen, 0 when there was none yet
 * @action: the action that was named as having made it, 0 when there was none yet
 * @value: what stands for the content, as in [struct@WeftSim.Change]; 0 for absent
 *
 * What was seen of a block.
 *
 * Since: 0.1
 */
typedef struct
{
  guint block;
  gint64 rev;
  guint64 action;
  guint64 value;
} WeftSimSighting;

#define WEFT_TYPE_SIM_HISTORY (weft_sim_history_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimHistory, weft_sim_history, WEFT, SIM_HISTORY, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimHistory   *weft_sim_history_new              (void) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void              weft_sim_history_set_names        (WeftSimHistory        *self,
                                                     WeftSimNameFunc        func,
                                                     gpointer               user_data,
                                                     GDestroyNotify         destroy);
/* Operations */
WEFT_AVAILABLE_IN_ALL
guint64           weft_sim_history_begin_read       (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint                  client,
                                                     guint                  block);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_end_read         (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint64                operation,
                                                     const WeftSimSighting *sighting);
WEFT_AVAILABLE_IN_ALL
void              weft_sim_history_drop_read        (WeftSimHistory        *self,
                                                     guint64                operation);
WEFT_AVAILABLE_IN_ALL
guint64           weft_sim_history_begin_write      (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint                  client,
                                                     guint64                action,
                                                     const WeftSimChange   *changes,
                                                     guint                  n_changes);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_see_stale        (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint64                operation,
                                                     const WeftSimSighting *sighting);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_end_write        (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint64                operation,
                                                     WeftSimOutcome         outcome,
                                                     gint64                 rev);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_see_past         (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint                  client,
                                                     const WeftSimSighting *sighting);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_see_forgotten    (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     guint                  client,
                                                     guint64                action,
                                                     gint64                 told_usec);
/* Sweeps */
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_check_order      (WeftSimHistory        *self);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_sim_history_check_logs       (WeftSimHistory        *self,
                                                     gint64                 now_usec,
                                                     const WeftSimSighting *revisions,
                                                     guint                  n_revisions);
/* The verdict */
WEFT_AVAILABLE_IN_ALL
WeftSimViolation  weft_sim_history_get_violation    (WeftSimHistory        *self);
WEFT_AVAILABLE_IN_ALL
const char       *weft_sim_history_get_words        (WeftSimHistory        *self);
WEFT_AVAILABLE_IN_ALL
guint64           weft_sim_history_get_n_violations (WeftSimHistory        *self);
WEFT_AVAILABLE_IN_ALL
guint64           weft_sim_history_get_n_operations (WeftSimHistory        *self);

G_END_DECLS
