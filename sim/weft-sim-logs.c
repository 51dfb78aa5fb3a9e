/* weft-sim-logs.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-logs-private.h"

WeftSimLogs *
weft_sim_logs_new (guint n_nodes,
                   guint n_keys)
{
  WeftSimLogs *self = g_new0 (WeftSimLogs, 1);

  self->n_nodes = n_nodes;
  self->n_keys = n_keys;
  self->logs = g_new0 (GArray *, n_nodes * n_keys);
  for (guint i = 0; i < n_nodes * n_keys; i++)
    self->logs[i] = g_array_new (FALSE, FALSE, sizeof (WeftSimSighting));

  return self;
}

void
weft_sim_logs_free (WeftSimLogs *self)
{
  for (guint i = 0; i < self->n_nodes * self->n_keys; i++)
    g_array_unref (self->logs[i]);
  g_free (self->logs);
  g_free (self);
}

GArray *
weft_sim_logs_peek (const WeftSimLogs *self,
                    guint              node,
                    guint              key)
{
  g_assert (node < self->n_nodes);
  g_assert (key < self->n_keys);

  return self->logs[node * self->n_keys + key];
}

void
weft_sim_logs_add (WeftSimLogs           *self,
                   guint                  node,
                   guint                  key,
                   const WeftSimSighting *sighting)
{
  g_array_append_val (weft_sim_logs_peek (self, node, key), *sighting);
}

/* A log may lack what a node has forgotten of the past, so revisions are looked for. */
static const WeftSimSighting *
find_revision (const WeftSimLogs *self,
               guint              node,
               guint              key,
               gint64             rev)
{
  GArray *log = weft_sim_logs_peek (self, node, key);
  guint low = 0;
  guint high = log->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const WeftSimSighting *sighting = &g_array_index (log, WeftSimSighting, middle);

      if (sighting->rev == rev)
        return sighting;
      if (sighting->rev < rev)
        low = middle + 1;
      else
        high = middle;
    }

  return NULL;
}

static gint64
get_last_rev (GArray *log)
{
  return log->len > 0 ? g_array_index (log, WeftSimSighting, log->len - 1).rev : 0;
}

static gboolean
is_same (const WeftSimSighting *a,
         const WeftSimSighting *b)
{
  return a->action == b->action && a->value == b->value;
}

/* Whether it is the first of the nodes that have it, and enough of them do. */
static gboolean
is_kept (const WeftSimLogs     *self,
         guint                  node,
         guint                  key,
         const WeftSimSighting *sighting,
         guint                  n_least)
{
  guint n_found = 0;

  for (guint other = 0; other < self->n_nodes; other++)
    {
      const WeftSimSighting *found = find_revision (self, other, key, sighting->rev);

      if (found == NULL || !is_same (found, sighting))
        continue;
      if (other < node)
        return FALSE;
      n_found++;
    }

  return n_found >= n_least;
}

GArray *
weft_sim_logs_collect (const WeftSimLogs *self,
                       guint              n_least)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (WeftSimSighting));

  for (guint key = 0; key < self->n_keys; key++)
    for (guint node = 0; node < self->n_nodes; node++)
      {
        GArray *log = weft_sim_logs_peek (self, node, key);

        for (guint i = 0; i < log->len; i++)
          {
            const WeftSimSighting *sighting = &g_array_index (log, WeftSimSighting, i);

            if (is_kept (self, node, key, sighting, n_least))
              g_array_append_val (kept, *sighting);
          }
      }

  return kept;
}

char *
weft_sim_logs_find_fork (const WeftSimLogs *self)
{
  for (guint key = 0; key < self->n_keys; key++)
    for (guint node = 0; node < self->n_nodes; node++)
      {
        GArray *log = weft_sim_logs_peek (self, node, key);

        for (guint i = 0; i < log->len; i++)
          {
            const WeftSimSighting *mine = &g_array_index (log, WeftSimSighting, i);

            for (guint other = node + 1; other < self->n_nodes; other++)
              {
                const WeftSimSighting *theirs = find_revision (self, other, key, mine->rev);

                if (theirs != NULL && !is_same (mine, theirs))
                  return g_strdup_printf ("nodes %u and %u have different revisions %"
                                          G_GINT64_FORMAT " of block %u", node, other, mine->rev,
                                          mine->block);
              }
          }
      }

  return NULL;
}

char *
weft_sim_logs_find_key_difference (const WeftSimLogs *self,
                                   guint              key,
                                   const gboolean    *is_member)
{
  gint64 first_rev = -1;
  guint first = 0;

  for (guint node = 0; node < self->n_nodes; node++)
    {
      gint64 rev = get_last_rev (weft_sim_logs_peek (self, node, key));

      if (!is_member[node])
        continue;
      if (first_rev < 0)
        {
          first_rev = rev;
          first = node;
        }
      if (rev != first_rev)
        return g_strdup_printf ("of block number %u node %u has all up to revision %"
                                G_GINT64_FORMAT " and node %u up to %" G_GINT64_FORMAT,
                                key, first, first_rev, node, rev);
    }

  return NULL;
}

char *
weft_sim_logs_find_difference (const WeftSimLogs *self,
                               const gboolean    *is_member)
{
  for (guint key = 0; key < self->n_keys; key++)
    {
      char *words = weft_sim_logs_find_key_difference (self, key, is_member);

      if (words != NULL)
        return words;
    }

  return NULL;
}
