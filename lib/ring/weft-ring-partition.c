/* weft-ring-partition.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-mark-private.h"
#include "weft-ring-partition-private.h"

/* Time is cut into slices; those of the last half minute are kept apart, and what is older melts
 * into one memory that forgets half in two minutes. A cut shows in the first before the second has
 * got used to it. */
#define SLICE_USEC (2 * G_USEC_PER_SEC)
#define N_SLICES 16
#define MEMORY_HALF_SLICES 60.0
/* How many slices the memory needs before anything can be compared with it. */
#define MEMORY_MIN 5.0
#define SIZE_SLICES 3
#define CONTACT_SLICES 10

/* Halves are ln (2) apart; neither noise nor a network that shrinks slowly must be. */
#define FALL_MIN 0.45
#define FALL_SLOW 0.25
#define NOISE_FACTOR 3.0
#define FAILURES_MIN 3
#define REACHED_MIN 5
#define SHARE_MIN 0.15
#define SHARE_FACTOR 1.5

/* The logarithm of how much likelier a cut makes what was seen: alone, one false alarm in e^30
 * contacts; where the size fell as well, less will do. */
#define LIKELIHOOD_ALONE 30.0
#define LIKELIHOOD_WITH_FALL 6.0
#define LIKELIHOOD_MAX 60.0
#define SHARE_MIN_EXPECTED 0.03
#define SHARE_MAX_EXPECTED 0.4

#define SELF_LOOKUPS_MAX 4
#define SELF_LOOKUPS_WITH_FAILURES 2

#define HELD_USEC (10 * G_TIME_SPAN_MINUTE)
/* In a network that is cut the size is lower by then, whatever was measured before. */
#define USED_USEC (150 * G_TIME_SPAN_SECOND)
#define HEALED_SHARE 0.8

typedef struct
{
  float log_size; /* sum */
  float noise;    /* sum */
  guint16 n_sizes;
  guint16 n_reached;
  guint16 n_failed;
  guint16 n_left;
} Slice;

struct _WeftRingPartition
{
  Slice slices[N_SLICES];
  gint64 slice; /* the number of the newest; -1 before the first */
  float log_size;
  float size_weight;
  float n_reached;
  float n_failed;
  float likelihood;
  guint n_lost_lookups; /* in a row */
  const char *reason;   /* nullable: suspected, and why */
  float log_size_before;
  gint64 begun_usec;    /* when it was first suspected */
  gint64 ended_usec;    /* when the last suspicion was given up as all looked well again */
  guint n_reached_since; /* it begun: most of that the memory does not get to know */
  guint n_failed_since;
  gint64 evidence_usec;
};

static void
melt (WeftRingPartition *self,
      const Slice       *slice)
{
  const float keep = exp2 (-1 / MEMORY_HALF_SLICES);

  /* While the network is cut, that is not what it is like. */
  if (self->reason != NULL)
    return;

  self->n_reached = keep * self->n_reached + slice->n_reached;
  self->n_failed = keep * self->n_failed + slice->n_failed;
  if (slice->n_sizes == 0)
    return;
  self->size_weight = keep * self->size_weight + 1;
  self->log_size += (slice->log_size / slice->n_sizes - self->log_size) / self->size_weight;
}

static Slice *
get_slice (WeftRingPartition *self,
           gint64             number)
{
  return &self->slices[number % N_SLICES];
}

/* Makes the slice of now the newest. */
static Slice *
advance (WeftRingPartition *self,
         gint64             now_usec)
{
  gint64 number = MAX (now_usec, 0) / SLICE_USEC;

  /* After a long sleep the first few are enough to melt them all. */
  if (self->slice < 0)
    self->slice = number;
  for (guint i = 0; self->slice < number && i < N_SLICES; i++)
    {
      Slice *oldest = get_slice (self, ++self->slice);

      melt (self, oldest);
      *oldest = (Slice) { 0 };
    }
  self->slice = MAX (self->slice, number);

  return get_slice (self, self->slice);
}

static Slice
sum_newest (WeftRingPartition *self,
            guint              n)
{
  Slice sum = { 0 };

  for (guint i = 0; i < n && (gint64) i <= self->slice; i++)
    {
      const Slice *slice = get_slice (self, self->slice - i);

      sum.log_size += slice->log_size;
      sum.noise += slice->noise;
      sum.n_sizes += slice->n_sizes;
      sum.n_reached += slice->n_reached;
      sum.n_failed += slice->n_failed;
      sum.n_left += slice->n_left;
    }

  return sum;
}

/* The share of contacts that fails when all is well. */
static double
get_expected_share (WeftRingPartition *self)
{
  return CLAMP ((self->n_failed + 1) / (self->n_failed + self->n_reached + 20),
                SHARE_MIN_EXPECTED, SHARE_MAX_EXPECTED);
}

/* Of how much the logarithm of the size fell; 0 where that may be noise. */
static double
get_fall (WeftRingPartition *self)
{
  Slice now = sum_newest (self, SIZE_SLICES);
  double fall;

  if (now.n_sizes == 0 || self->size_weight < MEMORY_MIN)
    return 0;
  fall = self->log_size - now.log_size / now.n_sizes;

  return fall > MAX (FALL_MIN, FALL_SLOW + NOISE_FACTOR * now.noise / now.n_sizes) ? fall : 0;
}

static const char *
find_evidence (WeftRingPartition *self)
{
  Slice now = sum_newest (self, CONTACT_SLICES);
  double share = now.n_failed / (double) MAX (now.n_failed + now.n_reached, 1);
  gboolean is_failing
      = now.n_failed >= FAILURES_MIN && now.n_failed > now.n_left
        && share >= MAX (SHARE_MIN, SHARE_FACTOR * get_expected_share (self));

  if (is_failing && self->likelihood >= LIKELIHOOD_WITH_FALL && get_fall (self) > 0)
    return "the network is much smaller than it was, and peers cannot be reached";
  if (is_failing && self->likelihood >= LIKELIHOOD_ALONE)
    return "many more peers than usual cannot be reached";
  if (self->n_lost_lookups >= SELF_LOOKUPS_MAX
      || (is_failing && self->n_lost_lookups >= SELF_LOOKUPS_WITH_FAILURES))
    return "others do not find this node where it is";

  return NULL;
}

/* A fall that goodbyes explain is what the network is like now. */
static void
excuse (WeftRingPartition *self)
{
  Slice contacts = sum_newest (self, N_SLICES);
  Slice sizes = sum_newest (self, SIZE_SLICES);

  if (contacts.n_left > 0 && contacts.n_left >= contacts.n_failed && get_fall (self) > 0)
    self->log_size = sizes.log_size / sizes.n_sizes;
}

static gboolean
is_healed (WeftRingPartition *self)
{
  Slice now = sum_newest (self, SIZE_SLICES);
  Slice contacts = sum_newest (self, CONTACT_SLICES);

  /* Who was suspicious before it knew what is usual goes by what it can reach. */
  if (self->size_weight < MEMORY_MIN)
    return contacts.n_reached >= REACHED_MIN
           && contacts.n_failed < SHARE_MIN * (contacts.n_failed + contacts.n_reached);

  return now.n_sizes > 0
         && now.log_size / now.n_sizes >= self->log_size_before + log (HEALED_SHARE);
}

/* Time alone proves nothing: who is left when nothing new speaks for a cut has to be most of those
 * who were there. Who never knew how many there were cannot tell. */
static gboolean
is_most (WeftRingPartition *self)
{
  Slice now = sum_newest (self, SIZE_SLICES);

  if (self->size_weight < MEMORY_MIN)
    return TRUE;

  return now.n_sizes > 0 &&
         weft_ring_mark_is_most (exp (self->log_size_before), exp (now.log_size / now.n_sizes),
                                 now.noise <= 0);
}

/* Where peers have begun to come and go faster, many of them cannot be reached from now on: what is
 * usual is not learnt while a cut is suspected, which would then never end. But the network would
 * have become smaller. */
static gboolean
is_only_churn (WeftRingPartition *self,
               gint64             now_usec)
{
  Slice all = sum_newest (self, N_SLICES);

  return self->n_lost_lookups == 0 && now_usec - self->begun_usec >= USED_USEC
         && self->size_weight >= MEMORY_MIN && all.n_sizes > 0
         && all.log_size / all.n_sizes >= self->log_size_before + log (HEALED_SHARE)
         && is_healed (self);
}

/* By all that was seen since, as the last half minute alone may be better than usual by chance, and
 * then all would begin again. */
static void
get_used (WeftRingPartition *self,
          gint64             now_usec)
{
  double share = MEMORY_HALF_SLICES * SLICE_USEC / (now_usec - self->begun_usec);

  self->n_failed = (float) (self->n_failed_since * share);
  self->n_reached = (float) (self->n_reached_since * share);
  self->reason = NULL;
  self->likelihood = 0;
  self->ended_usec = 0;
}

/* What looks well for a moment and comes back is the same suspicion, or nobody would ever get used
 * to what is between usual and bad. */
static void
begin (WeftRingPartition *self,
       gint64             now_usec)
{
  if (self->ended_usec > 0 && now_usec - self->ended_usec < USED_USEC)
    return;

  self->log_size_before = self->log_size;
  self->begun_usec = now_usec;
  self->n_reached_since = 0;
  self->n_failed_since = 0;
}

static void
judge (WeftRingPartition *self,
       gint64             now_usec)
{
  const char *evidence;

  advance (self, now_usec);
  evidence = find_evidence (self);
  if (evidence != NULL && self->reason != NULL && is_only_churn (self, now_usec))
    {
      get_used (self, now_usec);
      return;
    }
  if (evidence == NULL && self->reason == NULL)
    excuse (self);

  if (evidence != NULL)
    {
      if (self->reason == NULL)
        begin (self, now_usec);
      self->reason = evidence;
      self->evidence_usec = now_usec;
    }
  else if (self->reason != NULL && is_healed (self))
    {
      self->reason = NULL;
      self->likelihood = 0;
      self->ended_usec = now_usec;
    }
  else if (self->reason != NULL && now_usec - self->evidence_usec >= HELD_USEC &&
           is_most (self))
    {
      self->reason = NULL;
      self->likelihood = 0;
      /* What it was like before is no measure any more. */
      self->size_weight = 0;
      self->ended_usec = 0;
    }
}

WeftRingPartition *
weft_ring_partition_new (void)
{
  WeftRingPartition *self = g_new0 (WeftRingPartition, 1);

  self->slice = -1;

  return self;
}

void
weft_ring_partition_free (WeftRingPartition *self)
{
  g_free (self);
}

void
weft_ring_partition_note_size (WeftRingPartition *self,
                               double             size,
                               double             confidence,
                               gint64             now_usec)
{
  Slice *slice = advance (self, now_usec);

  g_assert (size >= 1);

  if (slice->n_sizes < G_MAXUINT16)
    {
      slice->log_size += log (size);
      slice->noise += 1 - confidence;
      slice->n_sizes++;
    }
  judge (self, now_usec);
}

void
weft_ring_partition_note_contact (WeftRingPartition *self,
                                  gboolean           is_reached,
                                  gint64             now_usec)
{
  Slice *slice = advance (self, now_usec);
  double usual = get_expected_share (self);
  double cut = usual + (1 - usual) / 2;
  guint16 *count = is_reached ? &slice->n_reached : &slice->n_failed;

  if (*count < G_MAXUINT16)
    (*count)++;
  (*(is_reached ? &self->n_reached_since : &self->n_failed_since))++;
  self->likelihood += is_reached ? log ((1 - cut) / (1 - usual)) : log (cut / usual);
  self->likelihood = CLAMP (self->likelihood, 0, LIKELIHOOD_MAX);
  judge (self, now_usec);
}

void
weft_ring_partition_note_leave (WeftRingPartition *self,
                                gint64             now_usec)
{
  Slice *slice = advance (self, now_usec);

  if (slice->n_left < G_MAXUINT16)
    slice->n_left++;
}

void
weft_ring_partition_note_self_lookup (WeftRingPartition *self,
                                      gboolean           is_found,
                                      gint64             now_usec)
{
  if (is_found)
    self->n_lost_lookups = 0;
  else if (self->n_lost_lookups < SELF_LOOKUPS_MAX)
    self->n_lost_lookups++;
  judge (self, now_usec);
}

gboolean
weft_ring_partition_is_suspected (WeftRingPartition *self,
                                  gint64             now_usec)
{
  return weft_ring_partition_get_reason (self, now_usec) != NULL;
}

const char *
weft_ring_partition_get_reason (WeftRingPartition *self,
                                gint64             now_usec)
{
  judge (self, now_usec);

  return self->reason;
}
