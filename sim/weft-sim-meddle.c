/* weft-sim-meddle.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages of somebody who is not honest. Nobody can do this to the messages of others, as their
 * connections are encrypted; so it happens where a message leaves its sender, who knows all its
 * keys.
 */

#include "weft-sim-meddle-private.h"

#include "weft-sim-network-private.h"

#include <string.h>

/* Of one kind of message, for whoever repeats what was said before. */
#define PAST_MAX 16

typedef struct
{
  guint from;
  guint to;
  WeftSimMeddling meddling;
  WeftSimFilter filter;
  double chance;
} Rule;

struct _WeftSimMeddler
{
  WeftSimWorld *world; /* unowned */
  WeftSimPrng *prng;   /* of the world */
  GArray *rules;       /* (element-type Rule) */
  GTree *past;         /* (element-type utf8 GPtrArray of JsonNode): bodies, by kind */
};

static int
compare_words (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

static WeftSimMeddler *
get_meddler (WeftSimNetwork *network)
{
  WeftSimMeddler *self = network->meddler;

  if (self != NULL)
    return self;

  self = g_new0 (WeftSimMeddler, 1);
  self->world = network->world;
  self->prng = weft_sim_world_get_stream (network->world, "meddling");
  self->rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  self->past = g_tree_new_full (compare_words, NULL, g_free, (GDestroyNotify) g_ptr_array_unref);
  network->meddler = self;

  return self;
}

void
weft_sim_meddler_free (WeftSimMeddler *self)
{
  g_array_unref (self->rules);
  g_tree_unref (self->past);
  g_free (self);
}

/* Adds what a message says to the past of its kind, and gives something that was said before. */
static JsonNode *
exchange (WeftSimMeddler *self,
          guint           from,
          JsonObject     *summary,
          JsonNode       *body)
{
  g_autofree char *kind = g_strdup_printf (
    "%u/%s/%s/%s", from, json_object_get_string_member_with_default (summary, "service", ""),
    json_object_get_string_member_with_default (summary, "verb", ""),
    json_object_get_string_member_with_default (summary, "envelope", ""));
  GPtrArray *past = g_tree_lookup (self->past, kind);
  JsonNode *earlier = NULL;

  if (past == NULL)
    {
      past = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
      g_tree_insert (self->past, g_steal_pointer (&kind), past);
    }
  if (past->len > 0)
    earlier = json_node_copy (past->pdata[weft_sim_prng_below (self->prng, past->len)]);
  if (past->len == PAST_MAX)
    g_ptr_array_remove_index (past, 0);
  g_ptr_array_add (past, json_node_copy (body));

  return earlier;
}

static guint
count_values (JsonNode *node)
{
  guint n_values = 0;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr(GList) values = json_object_get_values (json_node_get_object (node));

      for (GList *at = values; at != NULL; at = at->next)
        n_values += count_values (at->data);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      n_values += count_values (json_array_get_element (json_node_get_array (node), i));
  else if (JSON_NODE_HOLDS_VALUE (node))
    n_values = 1;

  return n_values;
}

/* Another number, the other truth, or a text with one letter changed. */
static void
change_value (WeftSimMeddler *self,
              JsonNode       *node)
{
  GType type = json_node_get_value_type (node);
  g_autofree char *text = NULL;
  gsize length;

  if (type == G_TYPE_INT64)
    json_node_set_int (node, json_node_get_int (node) + 1);
  else if (type == G_TYPE_DOUBLE)
    json_node_set_double (node, json_node_get_double (node) / 2);
  else if (type == G_TYPE_BOOLEAN)
    json_node_set_boolean (node, !json_node_get_boolean (node));
  else
    {
      text = json_node_dup_string (node);
      length = strlen (text);
      if (length > 0 && g_str_is_ascii (text))
        {
          char *letter = &text[weft_sim_prng_below (self->prng, length)];

          *letter = *letter == 'x' ? 'y' : 'x';
        }
      json_node_set_string (node, length > 0 ? text : "x");
    }
}

/* Changes the value that so many others come before. Returns how many are left to be passed by. */
static int
forge_value (WeftSimMeddler *self,
             JsonNode       *node,
             int             n_before)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr(GList) values = json_object_get_values (json_node_get_object (node));

      for (GList *at = values; at != NULL && n_before >= 0; at = at->next)
        n_before = forge_value (self, at->data, n_before);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)) && n_before >= 0; i++)
      n_before = forge_value (self, json_array_get_element (json_node_get_array (node), i),
                              n_before);
  else if (JSON_NODE_HOLDS_VALUE (node))
    {
      if (n_before == 0)
        change_value (self, node);
      n_before--;
    }

  return n_before;
}

/* The message with another body; the same when it has none. */
static GBytes *
change_body (WeftSimMeddler  *self,
             guint            from,
             GBytes          *message,
             JsonObject      *summary,
             WeftSimMeddling  meddling)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonObject *envelope;
  JsonNode *body;
  JsonNode *other = NULL;
  guint n_values;
  char *changed;

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL) ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return g_bytes_ref (message);
  envelope = json_node_get_object (json_parser_get_root (parser));
  body = json_object_get_member (envelope, "body");
  if (body == NULL)
    return g_bytes_ref (message);

  n_values = count_values (body);
  if (meddling == WEFT_SIM_MEDDLING_REPLAY)
    other = exchange (self, from, summary, body);
  else if (n_values > 0)
    forge_value (self, body, (int) weft_sim_prng_below (self->prng, n_values));
  if (other != NULL)
    json_object_set_member (envelope, "body", other);
  changed = json_to_string (json_parser_get_root (parser), FALSE);

  return g_bytes_new_take (changed, strlen (changed));
}

/* Half a character would end the connection before anybody looked at the rest. */
static GBytes *
truncate_message (WeftSimMeddler *self,
                  GBytes         *message)
{
  gsize length = g_bytes_get_size (message);
  const char *text = g_bytes_get_data (message, NULL);
  gsize kept = length > 0 ? weft_sim_prng_below (self->prng, length) : 0;

  while (kept > 0 && !g_utf8_validate_len (text, kept, NULL))
    kept--;

  return g_bytes_new_from_bytes (message, 0, kept);
}

static GBytes *
apply (WeftSimMeddler *self,
       const Rule     *rule,
       GBytes         *message,
       JsonObject     *summary)
{
  static const char *const counters[] = {
    "meddling-withhold", "meddling-replay", "meddling-truncate", "meddling-forge",
  };

  weft_sim_world_count (self->world, counters[rule->meddling], 1);
  switch (rule->meddling)
    {
    case WEFT_SIM_MEDDLING_WITHHOLD:
      return NULL;

    case WEFT_SIM_MEDDLING_TRUNCATE:
      return truncate_message (self, message);

    case WEFT_SIM_MEDDLING_REPLAY:
    case WEFT_SIM_MEDDLING_FORGE:
      return change_body (self, rule->from, message, summary, rule->meddling);

    default:
      g_assert_not_reached ();
    }
}

GBytes *
weft_sim_meddler_pass (WeftSimMeddler *self,
                       guint           from,
                       guint           to,
                       GBytes         *message,
                       JsonObject     *summary)
{
  for (guint i = 0; i < self->rules->len; i++)
    {
      const Rule *rule = &g_array_index (self->rules, Rule, i);

      if (rule->from == from && (rule->to == 0 || rule->to == to) &&
          weft_sim_filter_matches (&rule->filter, summary) &&
          weft_sim_prng_chance (self->prng, rule->chance))
        return apply (self, rule, message, summary);
    }

  return g_bytes_ref (message);
}

/**
 * weft_sim_network_meddle:
 * @self: a network
 * @from: the host that is not honest
 * @to: whom it treats so, or 0 for everybody
 * @meddling: what it does
 * @filter: to which messages, as `SERVICE/VERB/ENVELOPE`, with `*` for any
 * @chance: how often, from 0 to 1
 *
 * Lets a host be dishonest in messages of its own. What it does is done to what its program sends,
 * which is unchanged and does not know; the handshake is honest unless the filter names it, so
 * others know who it is that lies. Of several rules that match, the first that chance allows is
 * followed.
 *
 * All chance is drawn from the stream `meddling`; the counters `meddling-withhold` and so on tell
 * how often it happened.
 *
 * Since: 0.1
 */
void
weft_sim_network_meddle (WeftSimNetwork  *self,
                         guint            from,
                         guint            to,
                         WeftSimMeddling  meddling,
                         const char      *filter,
                         double           chance)
{
  Rule rule = { from, to, meddling, { NULL }, chance };

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));
  g_return_if_fail (meddling <= WEFT_SIM_MEDDLING_FORGE);
  g_return_if_fail (filter != NULL);
  g_return_if_fail (weft_sim_filter_parse (&rule.filter, filter));

  self->has_filters = TRUE;
  g_array_append_val (get_meddler (self)->rules, rule);
}

/**
 * weft_sim_network_stop_meddling:
 * @self: a network
 * @from: a host
 *
 * Makes a host honest again.
 *
 * Since: 0.1
 */
void
weft_sim_network_stop_meddling (WeftSimNetwork *self,
                                guint           from)
{
  GArray *rules;

  g_return_if_fail (WEFT_IS_SIM_NETWORK (self));

  if (self->meddler == NULL)
    return;
  rules = self->meddler->rules;
  for (guint i = rules->len; i > 0; i--)
    if (g_array_index (rules, Rule, i - 1).from == from)
      g_array_remove_index (rules, i - 1);
}
