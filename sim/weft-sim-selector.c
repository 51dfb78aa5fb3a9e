/* weft-sim-selector.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-selector-private.h"

#include <string.h>

/* Besides `node-0` and `client-0`, and so on. */
static const struct
{
  const char *word;
  WeftSimPick pick;
  gboolean is_of_clients;
} words[] = {
  { "any", WEFT_SIM_PICK_ANY, FALSE },
  { "each", WEFT_SIM_PICK_EACH, FALSE },
  { "majority", WEFT_SIM_PICK_MAJORITY, FALSE },
  { "minority", WEFT_SIM_PICK_MINORITY, FALSE },
  { "clients", WEFT_SIM_PICK_CLIENTS, TRUE },
  { "all", WEFT_SIM_PICK_ALL, TRUE },
};

/* A number behind a word and a hyphen, such as in `node-2`. */
static gboolean
parse_numbered (const char *text,
                const char *word,
                guint64    *number)
{
  gsize length = strlen (word);

  return g_str_has_prefix (text, word) && text[length] == '-' &&
         g_ascii_string_to_unsigned (text + length + 1, 10, 0, G_MAXUINT32, number, NULL);
}

static void
check_index (const WeftSimPlace *place,
             const char         *what,
             guint64             index,
             guint               length)
{
  if (index >= length)
    weft_sim_place_set_error (place, "expected a %s from 0 to %u, got %" G_GUINT64_FORMAT, what,
                              length - 1, index);
}

static WeftSimSelector
read_word (const WeftSimPlace *place,
           const char         *text,
           guint               n_nodes,
           guint               n_clients,
           WeftSimPick         fallback)
{
  const char *choices[G_N_ELEMENTS (words) + 1] = { NULL };
  guint64 index = 0;

  if (parse_numbered (text, "node", &index))
    {
      check_index (place, "node", index, n_nodes);
      return (WeftSimSelector) { WEFT_SIM_PICK_NODE, (guint) index };
    }
  if (n_clients > 0 && parse_numbered (text, "client", &index))
    {
      check_index (place, "client", index, n_clients);
      return (WeftSimSelector) { WEFT_SIM_PICK_CLIENT, (guint) index };
    }
  for (guint i = 0, n_choices = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (words[i].is_of_clients && n_clients == 0)
        continue;
      choices[n_choices++] = words[i].word;
    }
  index = weft_sim_place_read_choice (place, choices, G_N_ELEMENTS (words));
  if (index == G_N_ELEMENTS (words))
    return (WeftSimSelector) { fallback, 0 };
  if (words[index].pick == WEFT_SIM_PICK_MINORITY && n_nodes < WEFT_SIM_NODES_FOR_MINORITY)
    weft_sim_place_set_error (place, "a minority is there with %u nodes or more, got %u",
                              WEFT_SIM_NODES_FOR_MINORITY, n_nodes);

  return (WeftSimSelector) { words[index].pick, 0 };
}

WeftSimSelector
weft_sim_selector_read (const WeftSimPlace *place,
                        const char         *name,
                        guint               n_nodes,
                        guint               n_clients,
                        WeftSimPick         fallback)
{
  WeftSimPlace at = weft_sim_place_member (place, name);
  const char *text;

  if (at.node == NULL)
    return (WeftSimSelector) { fallback, 0 };
  if (JSON_NODE_HOLDS_VALUE (at.node) && json_node_get_value_type (at.node) == G_TYPE_INT64)
    return (WeftSimSelector) {
      .pick = WEFT_SIM_PICK_NODE,
      .index = weft_sim_place_get_integer (place, name, 0, n_nodes - 1, 0),
    };
  text = weft_sim_place_get_string (place, name);
  if (text == NULL)
    return (WeftSimSelector) { fallback, 0 };

  return read_word (&at, text, n_nodes, n_clients, fallback);
}

/* So many nodes, whichever. */
static void
draw_nodes (WeftSimParty *party,
            guint         n_wanted,
            guint         n_nodes,
            WeftSimPrng  *prng)
{
  for (guint i = 0; i < n_nodes && n_wanted > 0; i++)
    {
      /* Each node has the same chance when those before it are known. */
      if (n_wanted < n_nodes - i && weft_sim_prng_below (prng, n_nodes - i) >= n_wanted)
        continue;
      weft_sim_party_add_node (party, i);
      n_wanted--;
    }
}

WeftSimParty
weft_sim_selector_draw (const WeftSimSelector *self,
                        guint                  n_nodes,
                        WeftSimPrng           *prng)
{
  WeftSimParty party = { .client = WEFT_SIM_PARTY_NO_CLIENT };

  g_assert (n_nodes > 0);
  g_assert (n_nodes <= WEFT_SIM_NODES_MAX);

  switch (self->pick)
    {
    case WEFT_SIM_PICK_NODE:
      weft_sim_party_add_node (&party, self->index);
      break;

    case WEFT_SIM_PICK_ANY:
      draw_nodes (&party, 1, n_nodes, prng);
      break;

    case WEFT_SIM_PICK_EACH:
      weft_sim_party_add_all (&party, n_nodes);
      break;

    case WEFT_SIM_PICK_MAJORITY:
      draw_nodes (&party, n_nodes / 2 + 1, n_nodes, prng);
      break;

    case WEFT_SIM_PICK_MINORITY:
      draw_nodes (&party, (n_nodes - 1) / 2, n_nodes, prng);
      break;

    case WEFT_SIM_PICK_CLIENT:
      party.client = (int) self->index;
      break;

    case WEFT_SIM_PICK_CLIENTS:
      party.client = WEFT_SIM_PARTY_CLIENTS;
      break;

    case WEFT_SIM_PICK_ALL:
      weft_sim_party_add_all (&party, n_nodes);
      party.client = WEFT_SIM_PARTY_CLIENTS;
      break;
    }

  return party;
}

void
weft_sim_party_add_node (WeftSimParty *self,
                         guint         node)
{
  g_assert (node < WEFT_SIM_NODES_MAX);

  self->nodes[node / 64] |= G_GUINT64_CONSTANT (1) << node % 64;
}

void
weft_sim_party_add_nodes (WeftSimParty       *self,
                          const WeftSimParty *other)
{
  for (guint i = 0; i < WEFT_SIM_PARTY_WORDS; i++)
    self->nodes[i] |= other->nodes[i];
}

void
weft_sim_party_add_all (WeftSimParty *self,
                        guint         n_nodes)
{
  for (guint i = 0; i < n_nodes; i++)
    weft_sim_party_add_node (self, i);
}

gboolean
weft_sim_party_has_node (const WeftSimParty *self,
                         guint               node)
{
  return (self->nodes[node / 64] >> node % 64 & 1) != 0;
}

gboolean
weft_sim_party_has_client (const WeftSimParty *self,
                           guint               client)
{
  return self->client == WEFT_SIM_PARTY_CLIENTS || self->client == (int) client;
}
