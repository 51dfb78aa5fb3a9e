/* weft-sim-twins.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-twins-private.h"

#include "weft-sim-network-private.h"
#include "weft-sim-node-private.h"

#define TWINS 2

/**
 * WeftSimTwins:
 *
 * Two machines with one identity and one address, of which each other host sees one.
 *
 * Both run the same unchanged program, each with a disk and a fate of its own. To the others they
 * are one node: one that tells this peer one thing and that peer another, votes twice, forgets
 * what it said when it is shown from the other side. So a program that keeps every rule makes a
 * peer that keeps none, and no lie has to be thought up. What the others make of it is what is
 * tested.
 *
 * Each host sees the first twin until [method@WeftSim.Twins.show] says otherwise. The twins do not
 * see each other.
 *
 * Since: 0.1
 */
struct _WeftSimTwins
{
  GObject parent_instance;

  WeftSimNetwork *network; /* (owned) */
  WeftSimNode *nodes[TWINS];
  GArray *shown;           /* (element-type guint), by number of the host */
};

G_DEFINE_FINAL_TYPE (WeftSimTwins, weft_sim_twins, G_TYPE_OBJECT)

static void
weft_sim_twins_dispose (GObject *object)
{
  WeftSimTwins *self = WEFT_SIM_TWINS (object);

  if (self->network != NULL)
    g_ptr_array_remove (self->network->twins, self);
  for (guint i = 0; i < TWINS; i++)
    g_clear_object (&self->nodes[i]);
  g_clear_object (&self->network);

  G_OBJECT_CLASS (weft_sim_twins_parent_class)->dispose (object);
}

static void
weft_sim_twins_finalize (GObject *object)
{
  g_array_unref (WEFT_SIM_TWINS (object)->shown);

  G_OBJECT_CLASS (weft_sim_twins_parent_class)->finalize (object);
}

static void
weft_sim_twins_class_init (WeftSimTwinsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_sim_twins_dispose;
  object_class->finalize = weft_sim_twins_finalize;
}

static void
weft_sim_twins_init (WeftSimTwins *self)
{
  self->shown = g_array_new (FALSE, TRUE, sizeof (guint));
}

/**
 * weft_sim_twins_new:
 * @world: the world
 * @name: what to call them; the second has an apostrophe behind it
 * @role: whether they are nodes that serve others, or clients
 *
 * Adds two machines with one identity to a world. Both are down.
 *
 * Returns: (transfer full): new twins
 *
 * Since: 0.1
 */
WeftSimTwins *
weft_sim_twins_new (WeftSimWorld *world,
                    const char   *name,
                    WeftPeerRole  role)
{
  g_autofree char *other = NULL;
  WeftSimTwins *self;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (world), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  other = g_strconcat (name, "'", NULL);
  self = g_object_new (WEFT_TYPE_SIM_TWINS, NULL);
  self->network = g_object_ref (weft_sim_network_get (world));
  self->nodes[0] = weft_sim_node_new (world, name, role);
  self->nodes[1] = weft_sim_node_new_like (self->nodes[0], other);
  g_ptr_array_add (self->network->twins, self);

  return self;
}

/**
 * weft_sim_twins_get_node:
 * @self: twins
 * @which: 0 or 1
 *
 * Gets one of them, to be started, killed and given a disk as any other node.
 *
 * Returns: (transfer none): the node
 *
 * Since: 0.1
 */
WeftSimNode *
weft_sim_twins_get_node (WeftSimTwins *self,
                         guint         which)
{
  g_return_val_if_fail (WEFT_IS_SIM_TWINS (self), NULL);
  g_return_val_if_fail (which < TWINS, NULL);

  return self->nodes[which];
}

/**
 * weft_sim_twins_show:
 * @self: twins
 * @host: another host
 * @which: which of them it is to see, 0 or 1
 *
 * Says which twin another host sees from now on. Its connections to the other twin are reset.
 *
 * Since: 0.1
 */
void
weft_sim_twins_show (WeftSimTwins *self,
                     guint         host,
                     guint         which)
{
  g_return_if_fail (WEFT_IS_SIM_TWINS (self));
  g_return_if_fail (which < TWINS);

  if (weft_sim_twins_get_shown (self, host) == which)
    return;
  if (host >= self->shown->len)
    g_array_set_size (self->shown, host + 1);
  g_array_index (self->shown, guint, host) = which;
  weft_sim_network_reset (self->network, self->nodes[1 - which]->actor, host);
  weft_sim_network_retry_all (self->network);
}

/**
 * weft_sim_twins_get_shown:
 * @self: twins
 * @host: another host
 *
 * Gets which twin another host sees.
 *
 * Returns: 0 or 1
 *
 * Since: 0.1
 */
guint
weft_sim_twins_get_shown (WeftSimTwins *self,
                          guint         host)
{
  g_return_val_if_fail (WEFT_IS_SIM_TWINS (self), 0);

  return host < self->shown->len ? g_array_index (self->shown, guint, host) : 0;
}

/* Which of the twins a host is; as many as there are when it is none. */
static guint
find_twin (WeftSimTwins *self,
           guint         host)
{
  guint which = 0;

  while (which < TWINS && self->nodes[which]->actor != host)
    which++;

  return which;
}

static gboolean
is_hidden (WeftSimTwins *self,
           guint         host,
           guint         viewer)
{
  guint which = find_twin (self, host);

  if (which == TWINS)
    return FALSE;

  return find_twin (self, viewer) != TWINS || weft_sim_twins_get_shown (self, viewer) != which;
}

gboolean
weft_sim_twins_hide (WeftSimNetwork *network,
                     guint           from,
                     guint           to)
{
  for (guint i = 0; i < network->twins->len && from != to; i++)
    if (is_hidden (network->twins->pdata[i], from, to) ||
        is_hidden (network->twins->pdata[i], to, from))
      return TRUE;

  return FALSE;
}

gboolean
weft_sim_twins_are (WeftSimNetwork *network,
                    guint           a,
                    guint           b)
{
  for (guint i = 0; i < network->twins->len; i++)
    if (find_twin (network->twins->pdata[i], a) + find_twin (network->twins->pdata[i], b) == 1)
      return TRUE;

  return FALSE;
}
