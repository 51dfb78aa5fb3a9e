/* weft-cluster-waiters.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-waiters-private.h"

#include "weft-deadline-private.h"

typedef struct
{
  WeftDeadline deadline; /* its id is the token */
  WeftClusterDoneFunc done;
  gpointer user_data;
} Waiter;

struct _WeftClusterWaiters
{
  GTree *waiters;       /* (element-type Waiter) (owned), by token */
  WeftDeadlines *deadlines; /* of the waiters */
};

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  weft_deadline_clear (&waiter->deadline);
  g_free (waiter);
}

WeftClusterWaiters *
weft_cluster_waiters_new (void)
{
  WeftClusterWaiters *self = g_new0 (WeftClusterWaiters, 1);

  self->waiters = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, waiter_free);
  self->deadlines = weft_deadlines_new ();

  return self;
}

void
weft_cluster_waiters_free (WeftClusterWaiters *self)
{
  g_assert (g_tree_nnodes (self->waiters) == 0);

  g_tree_unref (self->waiters);
  weft_deadlines_free (self->deadlines);
  g_free (self);
}

void
weft_cluster_waiters_add (WeftClusterWaiters  *self,
                          guint64              token,
                          gint64               deadline_usec,
                          WeftClusterDoneFunc  done,
                          gpointer             user_data)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->done = done;
  waiter->user_data = user_data;
  weft_deadline_init (&waiter->deadline, token);
  weft_deadline_set (&waiter->deadline, self->deadlines, deadline_usec);
  g_tree_insert (self->waiters, &waiter->deadline.id, waiter);
}

void
weft_cluster_waiters_finish (WeftClusterWaiters *self,
                             guint64             token,
                             WeftCluster        *cluster,
                             WeftClusterAnswer  *answer,
                             const GError       *error)
{
  gint64 key = token;
  Waiter *waiter = g_tree_lookup (self->waiters, &key);
  WeftClusterDoneFunc done;
  gpointer user_data;

  if (waiter == NULL)
    return;

  /* It may ask again from within. */
  done = waiter->done;
  user_data = waiter->user_data;
  g_tree_remove (self->waiters, &key);
  done (cluster, answer, error, user_data);
}

void
weft_cluster_waiters_drop (WeftClusterWaiters *self,
                           guint64             token)
{
  g_tree_remove (self->waiters, &(gint64) { token });
}

guint64
weft_cluster_waiters_find_late (WeftClusterWaiters *self,
                                gint64              now_usec)
{
  WeftDeadline *first = weft_deadline_get_first (self->deadlines);

  return first != NULL && first->usec <= now_usec ? first->id : 0;
}

gint64
weft_cluster_waiters_get_next (WeftClusterWaiters *self)
{
  return weft_deadline_get_next (self->deadlines);
}
