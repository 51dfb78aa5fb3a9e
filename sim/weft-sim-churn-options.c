/* weft-sim-churn-options.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-churn-options-private.h"

#define FOR_GOOD "for good"
#define SESSION_USEC_MIN G_TIME_SPAN_SECOND
#define DURATION_USEC_MAX (24 * G_TIME_SPAN_HOUR)
#define AWAY_USEC (30 * G_TIME_SPAN_SECOND)

static void
read_away (WeftSimChurnOptions *self,
           const WeftSimPlace  *place)
{
  WeftSimPlace at = weft_sim_place_member (place, "away");

  self->is_for_good = at.node != NULL && JSON_NODE_HOLDS_VALUE (at.node)
                      && json_node_get_value_type (at.node) == G_TYPE_STRING
                      && g_str_equal (json_node_get_string (at.node), FOR_GOOD);
  if (!self->is_for_good)
    self->away_usec = weft_sim_place_get_durations (place, "away", 0, DURATION_USEC_MAX,
                                                    AWAY_USEC);
}

static void
read_one_by_one (WeftSimChurnOptions *self,
                 const WeftSimPlace  *place,
                 guint                n_keys)
{
  static const char * const names[] = { "cluster", "every", "goodbyes", "from", "until", NULL };

  self->kind = WEFT_SIM_CHURN_ONE_BY_ONE;
  if (!weft_sim_place_is_object (place, names))
    return;
  weft_sim_place_require (place, "every");
  self->key = (guint) weft_sim_place_get_integer (place, "cluster", 0, n_keys - 1, 0);
  self->every_usec = weft_sim_place_get_duration (place, "every", SESSION_USEC_MIN,
                                                  DURATION_USEC_MAX, SESSION_USEC_MIN);
}

static void
read_sessions (WeftSimChurnOptions *self,
               const WeftSimPlace  *place,
               guint                n_nodes)
{
  static const char * const names[] = {
    "session", "away", "goodbyes", "spare", "from", "until", NULL,
  };

  self->kind = WEFT_SIM_CHURN_SESSIONS;
  if (!weft_sim_place_is_object (place, names))
    return;
  weft_sim_place_require (place, "session");
  self->session_usec = weft_sim_place_get_duration (place, "session", SESSION_USEC_MIN,
                                                    DURATION_USEC_MAX, SESSION_USEC_MIN);
  read_away (self, place);
  self->n_spared = (guint) weft_sim_place_get_integer (place, "spare", 0, n_nodes, 0);
}

void
weft_sim_churn_options_read (WeftSimChurnOptions *self,
                             const WeftSimPlace  *place,
                             guint                n_nodes,
                             guint                n_keys,
                             gint64               duration_usec)
{
  if (weft_sim_place_member (place, "cluster").node != NULL)
    read_one_by_one (self, place, n_keys);
  else
    read_sessions (self, place, n_nodes);
  self->goodbyes = weft_sim_place_get_number (place, "goodbyes", 0, 1, 0);
  self->from_usec = weft_sim_place_get_duration (place, "from", 0, duration_usec, 0);
  self->until_usec = weft_sim_place_get_duration (place, "until", self->from_usec, duration_usec,
                                                  duration_usec);
}
