/* weft-sim-forks.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-forks-private.h"

#include <string.h>

struct _WeftSimForks
{
  WeftSimWorld *world; /* unowned */
  GTree *seen;         /* (element-type Sight), by block and revision */
  char *words;
};

/* What the first said that has the revision. */
typedef struct
{
  char *block_id;
  gint64 rev;
  char *action_id;
  char *who;
} Sight;

static void
sight_free (gpointer data)
{
  Sight *sight = data;

  g_free (sight->block_id);
  g_free (sight->action_id);
  g_free (sight->who);
  g_free (sight);
}

static int
compare_sights (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  const Sight *left = a;
  const Sight *right = b;
  int order = strcmp (left->block_id, right->block_id);

  return order != 0 ? order : (left->rev > right->rev) - (left->rev < right->rev);
}

WeftSimForks *
weft_sim_forks_new (WeftSimWorld *world)
{
  WeftSimForks *self = g_new0 (WeftSimForks, 1);

  self->world = world;
  self->seen = g_tree_new_full (compare_sights, NULL, NULL, sight_free);

  return self;
}

void
weft_sim_forks_free (WeftSimForks *self)
{
  g_tree_unref (self->seen);
  g_free (self->words);
  g_free (self);
}

void
weft_sim_forks_see (WeftSimForks *self,
                    const char   *who,
                    const char   *block_id,
                    gint64        rev,
                    const char   *action_id)
{
  Sight key = { .block_id = (char *) block_id, .rev = rev };
  Sight *first = g_tree_lookup (self->seen, &key);

  if (first == NULL)
    {
      first = g_new (Sight, 1);
      *first = (Sight) { g_strdup (block_id), rev, g_strdup (action_id), g_strdup (who) };
      g_tree_insert (self->seen, first, first);
      weft_sim_world_count (self->world, "revisions-decided", 1);
    }
  else if (self->words == NULL && !g_str_equal (first->action_id, action_id))
    self->words
      = g_strdup_printf ("at %.6f s %s has action %s as revision %" G_GINT64_FORMAT " of block "
                         "“%s”, and %s had %s",
                         weft_sim_world_get_time (self->world) / (double) G_TIME_SPAN_SECOND, who,
                         action_id, rev, block_id, first->who, first->action_id);
}

typedef struct
{
  WeftSimForks *forks;
  char *who;
} Watch;

static void
watch_free (gpointer  data,
            GClosure *closure)
{
  Watch *watch = data;

  g_free (watch->who);
  g_free (watch);
}

static void
committed_cb (WeftNode   *node,
              WeftCommit *commit,
              gpointer    user_data)
{
  Watch *watch = user_data;
  const char *const *block_ids = weft_commit_get_block_ids (commit);

  for (guint i = 0; block_ids[i] != NULL; i++)
    weft_sim_forks_see (watch->forks, watch->who, block_ids[i], weft_commit_get_rev (commit),
                        weft_commit_get_action_id (commit));
}

void
weft_sim_forks_watch (WeftSimForks *self,
                      WeftSimNode  *node)
{
  Watch *watch;

  if (!weft_sim_node_is_up (node) || weft_sim_node_get_node (node) == NULL)
    return;

  watch = g_new (Watch, 1);
  *watch = (Watch) { self, g_strdup (weft_sim_node_get_name (node)) };
  g_signal_connect_data (weft_sim_node_get_node (node), "committed", G_CALLBACK (committed_cb),
                         watch, watch_free, 0);
}

const char *
weft_sim_forks_get_words (WeftSimForks *self)
{
  return self->words;
}
