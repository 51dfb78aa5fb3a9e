/* weft-sim-link.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-delay.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_LINK (weft_sim_link_get_type ())

/**
 * WeftSimLink:
 * @delay: how long a message is under way
 * @bytes_per_second: how much can be sent, or 0 for any amount
 * @loss: how likely it is that a message is lost and has to be sent again, from 0 to 1
 * @corruption: how likely it is that one bit of a message changes, from 0 to 1
 * @reset: how likely it is that sending a message breaks the connection, from 0 to 1
 * @late_reset: how likely it is that a message breaks the connection when it has arrived
 * @drop: how likely it is that a message is swallowed, and the connection goes on
 * @hold: how likely it is that a message is held up
 * @hold_usec: for how long; what is on other connections overtakes it
 * @queue_bytes: how much can wait for a narrow way, or 0 for any amount; what does not fit has to
 *   be sent again
 *
 * What the way from one host to another is like. The way back has its own.
 *
 * Connections are like those of TCP: what was sent arrives whole and in order, or the connection
 * ends. A loss is seen as a delay, which doubles when the message is lost again; a message that is
 * lost eight times breaks the connection.
 *
 * TCP duplicates nothing and drops nothing. What is duplicated is what somebody sends again who was
 * not told that it arrived: @late_reset makes that happen. And what swallows messages is no network
 * but a proxy, say: when a way that did so is changed, the connections on which something is
 * missing break.
 *
 * Since: 0.1
 */
typedef struct
{
  WeftSimDelay delay;
  guint64 bytes_per_second;
  double loss;
  double corruption;
  double reset;
  double late_reset;
  double drop;
  double hold;
  gint64 hold_usec;
  guint64 queue_bytes;
} WeftSimLink;

WEFT_AVAILABLE_IN_ALL
GType        weft_sim_link_get_type (void);
WEFT_AVAILABLE_IN_ALL
void         weft_sim_link_init     (WeftSimLink       *self);
WEFT_AVAILABLE_IN_ALL
WeftSimLink *weft_sim_link_copy     (const WeftSimLink *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void         weft_sim_link_free     (WeftSimLink       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimLink, weft_sim_link_free)

G_END_DECLS
