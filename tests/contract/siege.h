/* siege.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "contract-node.h"
#include "raw-peer.h"

G_BEGIN_DECLS

/* The network of a siege, and where its node serves WebSocket. */
#define SIEGE_NETWORK "siege"
#define SIEGE_PATH "/weft/siege"

/* A node under attack, and an honest peer of it that asks all the time and counts the answers. */
typedef struct
{
  const WeftTransportContract *contract;
  ContractNode *node;
  ContractNode *honest;
  guint16 port;
  GPtrArray *attackers; /* (element-type RawPeer) (owned) */

  guint n_asked;
  guint n_answered;
  guint n_failed;
  guint n_in_flight;
  gboolean is_over;

  gint64 worst_gap_usec; /* the longest that one turn of the main loop took */
  gsize rss_start;
  gsize rss_worst;
} Siege;

typedef void (*SiegeFunc) (Siege *siege);

Siege   *siege_new     (const WeftTransportContract *contract);
void     siege_end     (Siege                       *siege);
RawPeer *siege_add     (Siege                       *siege,
                        guint                        source);
RawPeer *siege_add_upgraded (Siege                  *siege,
                             guint                   source);
RawPeer *siege_add_proved   (Siege                  *siege,
                             guint                   source);
void     siege_turn    (Siege                       *siege);
void     siege_run     (Siege                       *siege,
                        guint                        msec,
                        SiegeFunc                    step);

/* Turns the loop until something is so; the test's time-out ends it otherwise. */
#define siege_run_until(siege, condition)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    while (!(condition))                                                                           \
      siege_turn (siege);                                                                          \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
