/* weft-ring-limit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* An honest peer asks a few times a second, and in bursts when the neighbourhood changes. */
#define PEER_RATE 20.0f
#define PEER_BURST 60.0f
/* Of strangers together. Who is in the table has its own room. */
#define ALL_RATE 500.0f
#define ALL_BURST 1000.0f
/* Probes that notes cause: all neighbours at once, and more when they go one after the other. */
#define NOTE_RATE 8.0f
#define NOTE_BURST 64.0f

static gboolean
take (WeftRingBucket *bucket,
      float           rate,
      float           burst,
      gint64          now_usec)
{
  gint64 passed = now_usec - bucket->filled_usec;

  if (passed > 0)
    {
      bucket->tokens = MIN (burst, bucket->tokens + rate * (float) passed / G_USEC_PER_SEC);
      bucket->filled_usec = now_usec;
    }
  if (bucket->tokens < 1)
    return FALSE;
  bucket->tokens -= 1;

  return TRUE;
}

/* The bucket of a peer, or that of one who was not heard for the longest time: the newcomer gets
 * what is left in it, so that to change names fills no bucket. */
static WeftRingBucket *
find_bucket (WeftRingMachine *self,
             WeftPeerId      *peer_id)
{
  guint64 salted = weft_peer_id_hash (peer_id) ^ self->salt;
  guint32 hash = salted * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32;
  WeftRingBucket *set;
  WeftRingBucket *oldest;

  if (self->buckets == NULL)
    {
      self->buckets = g_new0 (WeftRingBucket, RING_BUCKETS);
      for (guint i = 0; i < RING_BUCKETS; i++)
        self->buckets[i].tokens = PEER_BURST;
    }
  set = &self->buckets[hash % (RING_BUCKETS / RING_BUCKET_WAYS) * RING_BUCKET_WAYS];
  oldest = set;
  for (guint i = 0; i < RING_BUCKET_WAYS; i++)
    {
      if (set[i].hash == hash)
        return &set[i];
      if (set[i].filled_usec < oldest->filled_usec)
        oldest = &set[i];
    }
  oldest->hash = hash;

  return oldest;
}

gboolean
weft_ring_limit (WeftRingMachine *self,
                 WeftPeerId      *peer_id,
                 gboolean         is_known)
{
  if (!take (find_bucket (self, peer_id), PEER_RATE, PEER_BURST, self->now_usec))
    return FALSE;

  return is_known || take (&self->all_bucket, ALL_RATE, ALL_BURST, self->now_usec);
}

gboolean
weft_ring_limit_notes (WeftRingMachine *self)
{
  return take (&self->note_bucket, NOTE_RATE, NOTE_BURST, self->now_usec);
}
