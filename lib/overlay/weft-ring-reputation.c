/* weft-ring-reputation.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-reputation-private.h"

#define KEPT_USEC (10 * G_TIME_SPAN_MINUTE)
/* Faults, not peers; the oldest is forgotten for a new one. */
#define FAULTS_MAX 1024

typedef struct
{
  WeftPeerId *peer_id;
  guint weight;
  gint64 expires_usec;
} Fault;

struct _WeftRingReputation
{
  GQueue faults; /* (element-type Fault) (owned), the oldest first */
};

static void
fault_free (gpointer data)
{
  Fault *fault = data;

  weft_peer_id_unref (fault->peer_id);
  g_free (fault);
}

static void
expire (WeftRingReputation *self,
        gint64              now_usec)
{
  Fault *oldest;

  while ((oldest = g_queue_peek_head (&self->faults)) != NULL && oldest->expires_usec <= now_usec)
    fault_free (g_queue_pop_head (&self->faults));
}

WeftRingReputation *
weft_ring_reputation_new (void)
{
  WeftRingReputation *self = g_new0 (WeftRingReputation, 1);

  g_queue_init (&self->faults);

  return self;
}

void
weft_ring_reputation_free (WeftRingReputation *self)
{
  g_queue_clear_full (&self->faults, fault_free);
  g_free (self);
}

void
weft_ring_reputation_add (WeftRingReputation *self,
                          WeftPeerId         *peer_id,
                          guint               weight,
                          gint64              now_usec)
{
  Fault *fault = g_new0 (Fault, 1);

  expire (self, now_usec);
  if (g_queue_get_length (&self->faults) == FAULTS_MAX)
    fault_free (g_queue_pop_head (&self->faults));

  fault->peer_id = weft_peer_id_ref (peer_id);
  fault->weight = weight;
  fault->expires_usec = now_usec + KEPT_USEC;
  g_queue_push_tail (&self->faults, fault);
}

gboolean
weft_ring_reputation_is_avoided (WeftRingReputation *self,
                                 WeftPeerId         *peer_id,
                                 gint64              now_usec)
{
  guint score = 0;

  expire (self, now_usec);
  for (GList *item = self->faults.head; item != NULL; item = item->next)
    {
      const Fault *fault = item->data;

      if (weft_peer_id_equal (fault->peer_id, peer_id))
        score += fault->weight;
    }

  return score >= WEFT_RING_REPUTATION_AVOIDED;
}

guint
weft_ring_reputation_count (WeftRingReputation *self,
                            gint64              now_usec)
{
  expire (self, now_usec);

  return g_queue_get_length (&self->faults);
}
