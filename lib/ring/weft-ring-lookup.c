/* weft-ring-lookup.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-machine-internal-private.h"

#define DEADLINE_USEC (8 * G_TIME_SPAN_SECOND)
#define PATHS_MAX 16
#define WIDTH_MAX 32
/* How many of the nearest have to answer at least. */
#define QUORUM 3
#define QUORUM_OF_PATH 2
#define QUORUM_OF_SELF 2
#define PARALLEL 3
/* Once the way is found, those at its end are asked together. */
#define PARALLEL_AT_END 6
#define SEEDS 8
#define HOPS_MIN 8

typedef enum
{
  SEEN_NEW,
  SEEN_ASKED,
  SEEN_ANSWERED,
  SEEN_FAILED,
} SeenState;

/* A peer that a lookup heard of. */
typedef struct
{
  WeftRingPoint distance;
  WeftRingContact *contact;
  WeftRingContact *newer; /* nullable: of a later life, heard of while this one was asked */
  guint8 state;
  guint8 depth;
  guint8 path;
  guint8 is_after; /* the key, clockwise */
} Seen;

struct _WeftRingLookup
{
  guint64 serial;
  guint64 token;
  gboolean is_self; /* looks for ourselves: nobody waits for it */
  guint boot;       /* the address that it begins at, and 1; 0: elsewhere */
  WeftRingPoint key;
  guint width;
  guint n_paths;
  guint quorum;
  guint depth_max;
  guint n_open;
  guint n_answered;
  gint64 deadline_usec;
  GArray *seen; /* (element-type Seen), nearest first */
};

static void
seen_clear (Seen *seen)
{
  g_clear_pointer (&seen->contact, weft_ring_contact_unref);
  g_clear_pointer (&seen->newer, weft_ring_contact_unref);
}

static Seen *
get_seen (WeftRingLookup *lookup,
          guint           index)
{
  return &g_array_index (lookup->seen, Seen, index);
}

void
weft_ring_lookup_free (WeftRingLookup *lookup)
{
  g_array_unref (lookup->seen);
  g_free (lookup);
}

static Seen *
find_seen (WeftRingLookup  *lookup,
           WeftRingContact *contact)
{
  for (guint i = 0; i < lookup->seen->len; i++)
    {
      Seen *seen = get_seen (lookup, i);

      if (seen->contact == contact ||
          weft_peer_id_equal (weft_ring_contact_get_peer_id (seen->contact),
                              weft_ring_contact_get_peer_id (contact)))
        return seen;
    }

  return NULL;
}

static WeftRingLookup *
find_lookup (WeftRingMachine *self,
             guint64          serial)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      WeftRingLookup *lookup = self->lookups->pdata[i];

      if (lookup->serial == serial)
        return lookup;
    }

  return NULL;
}

static void
add_seen (WeftRingLookup  *lookup,
          WeftRingContact *contact,
          guint            depth,
          guint            path,
          SeenState        state)
{
  Seen seen = { .state = state, .depth = MIN (depth, G_MAXUINT8), .path = path };
  guint at = lookup->seen->len;
  WeftRingPoint way;

  way = weft_ring_point_clockwise (&lookup->key, weft_ring_contact_get_point (contact));
  seen.is_after = way.words[0] >> 63 == 0;
  seen.distance = weft_ring_point_distance (weft_ring_contact_get_point (contact), &lookup->key);
  while (at > 0 &&
         weft_ring_point_compare (&seen.distance, &get_seen (lookup, at - 1)->distance) < 0)
    at--;
  if (at >= RING_SEEN_MAX)
    return;
  if (lookup->seen->len == RING_SEEN_MAX)
    {
      /* The farthest gives way, unless its answer is awaited. */
      if (get_seen (lookup, RING_SEEN_MAX - 1)->state == SEEN_ASKED)
        return;
      g_array_set_size (lookup->seen, RING_SEEN_MAX - 1);
    }
  seen.contact = weft_ring_contact_ref (contact);
  g_array_insert_val (lookup->seen, at, seen);
}

static WeftRingLookup *
lookup_new (WeftRingMachine     *self,
            const WeftRingPoint *key,
            guint                width,
            guint                n_paths)
{
  WeftRingLookup *lookup = g_new0 (WeftRingLookup, 1);

  lookup->serial = ++self->serial;
  lookup->key = *key;
  lookup->width = CLAMP (width, 1, WIDTH_MAX);
  lookup->n_paths = CLAMP (n_paths, 1, PATHS_MAX);
  lookup->quorum = QUORUM;
  lookup->depth_max = MAX (HOPS_MIN, 2 * (guint) ceil (log2 (MAX (self->size, 2))) + 4);
  lookup->deadline_usec = self->now_usec + DEADLINE_USEC;
  lookup->seen = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_array_set_clear_func (lookup->seen, (GDestroyNotify) seen_clear);
  g_ptr_array_add (self->lookups, lookup);

  return lookup;
}

static void
ask (WeftRingMachine *self,
     WeftRingLookup  *lookup,
     Seen            *seen)
{
  WeftRingMessage *message;

  if (!weft_ring_contact_verify (seen->contact, self->network, self->verify, self->verify_data))
    {
      weft_ring_count (self, "ring-forged-contact");
      seen->state = SEEN_FAILED;
      return;
    }
  message = weft_ring_message_new (WEFT_RING_LOOKUP);
  message->key = lookup->key;
  message->has_key = TRUE;
  message->count = lookup->is_self ? 4 : CLAMP (lookup->width + 2, 8, 20);
  if (weft_ring_send (self, RING_OP_LOOKUP, lookup->serial, seen->contact, NULL, message,
                      weft_ring_get_timeout (self, seen->contact)))
    {
      seen->state = SEEN_ASKED;
      lookup->n_open++;
    }
  else
    seen->state = SEEN_FAILED;
}

/* Asks one that has to answer; FALSE where enough are asked at once. */
static gboolean
see_to (WeftRingMachine *self,
        WeftRingLookup  *lookup,
        Seen            *seen,
        guint           *n_open,
        guint            parallel)
{
  if (seen->state == SEEN_NEW)
    {
      if (*n_open >= parallel)
        return FALSE;
      ask (self, lookup, seen);
    }
  *n_open += seen->state == SEEN_ASKED;

  return TRUE;
}

/* Asks those of the nearest two of a path who were not; TRUE when these answered. */
static gboolean
advance_path (WeftRingMachine *self,
              WeftRingLookup  *lookup,
              guint            path)
{
  guint n_open = 0;
  guint n = 0;

  for (guint i = 0; i < lookup->seen->len && n < QUORUM_OF_PATH; i++)
    {
      Seen *seen = get_seen (lookup, i);

      if (seen->path != path || seen->state == SEEN_FAILED || seen->depth > lookup->depth_max)
        continue;
      see_to (self, lookup, seen, &n_open, QUORUM_OF_PATH);
      n += seen->state != SEEN_FAILED;
    }

  return n_open == 0;
}

/* The same for all that may be of the answer: the nearest, or half of the width on each side. */
static gboolean
advance_all (WeftRingMachine *self,
             WeftRingLookup  *lookup)
{
  gboolean is_at_end = lookup->seen->len > 0 && get_seen (lookup, 0)->state == SEEN_ANSWERED;
  guint parallel = is_at_end ? PARALLEL_AT_END : PARALLEL;
  guint side_max = lookup->width > 1 ? (lookup->width + 1) / 2 : lookup->quorum;
  guint n_sides[2] = { 0, 0 };
  guint n_open = 0;

  for (guint i = 0; i < lookup->seen->len; i++)
    {
      Seen *seen = get_seen (lookup, i);
      gboolean is_after = lookup->width > 1 && seen->is_after;

      if (n_sides[is_after] >= side_max || seen->state == SEEN_FAILED ||
          seen->depth > lookup->depth_max)
        continue;
      if (!see_to (self, lookup, seen, &n_open, parallel))
        return FALSE;
      n_sides[is_after] += seen->state != SEEN_FAILED;
    }

  return n_open == 0;
}

static void
say_found (WeftRingMachine *self,
           guint64          token,
           GPtrArray       *contacts,
           guint            n_hops,
           gboolean         is_sure)
{
  WeftRingEffect *effect = weft_ring_effects_add (self->effects, WEFT_RING_EFFECT_FOUND);

  effect->token = token;
  effect->contacts = contacts;
  effect->count = n_hops;
  effect->is_sure = is_sure;
}

static void
finish_self (WeftRingMachine *self,
             WeftRingLookup  *lookup)
{
  guint64 nearest[RING_PATH_NEAREST];
  guint n = 0;

  weft_ring_partition_note_self_lookup (self->partition, lookup->n_answered > 0, self->now_usec);
  for (guint i = 0; lookup->n_answered > 0 && i < lookup->seen->len && n < RING_PATH_NEAREST; i++)
    if (get_seen (lookup, i)->state != SEEN_FAILED)
      nearest[n++] = weft_ring_contact_get_point (get_seen (lookup, i)->contact)->words[0];
  if (lookup->boot > 0)
    weft_ring_join_note_path (self, lookup->boot - 1, nearest, n);
  if (lookup->n_answered > 0 && !self->is_joined && weft_ring_join_is_found (self))
    {
      self->is_joined = TRUE;
      self->near.is_stale = TRUE;
    }
  g_ptr_array_remove (self->lookups, lookup);
}

static void
finish (WeftRingMachine *self,
        WeftRingLookup  *lookup,
        gboolean         is_sure)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GPtrArray *chosen;
  Seen *first;

  if (lookup->is_self)
    {
      finish_self (self, lookup);
      return;
    }
  for (guint i = 0; i < lookup->seen->len; i++)
    if (get_seen (lookup, i)->state == SEEN_ANSWERED ||
        (is_sure && get_seen (lookup, i)->state == SEEN_NEW))
      g_ptr_array_add (sorted, get_seen (lookup, i)->contact);
  weft_ring_insert_own (self, &lookup->key, sorted);
  chosen = weft_ring_select_around (&lookup->key, sorted, lookup->width);
  first = chosen->len > 0 ? find_seen (lookup, chosen->pdata[0]) : NULL;
  say_found (self, lookup->token, chosen, first != NULL ? first->depth : 0, is_sure);
  g_ptr_array_remove (self->lookups, lookup);
}

/* Asks on, or ends. */
static void
advance (WeftRingMachine *self,
         WeftRingLookup  *lookup)
{
  gboolean is_done = TRUE;

  if (lookup->n_paths > 1)
    for (guint i = 0; i < lookup->n_paths; i++)
      is_done &= advance_path (self, lookup, i);
  /* What one path found is checked by asking it, whoever told of it. */
  if (is_done)
    is_done = advance_all (self, lookup);
  if (is_done || lookup->n_open == 0)
    finish (self, lookup, is_done && lookup->n_answered > 0);
}

/* From the table, as it is. */
static void
find_here (WeftRingMachine     *self,
           const WeftRingEvent *event,
           guint                width)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autofree WeftRingEntry **entries = g_new (WeftRingEntry *, 3 * width + 8);
  guint n = weft_ring_table_get_nearest (self->table, &event->key, entries, 3 * width + 8);

  for (guint i = 0; i < n; i++)
    if (entries[i]->liveness == WEFT_RING_ALIVE)
      g_ptr_array_add (sorted, entries[i]->contact);
  weft_ring_insert_own (self, &event->key, sorted);
  say_found (self, event->token, weft_ring_select_around (&event->key, sorted, width), 0, FALSE);
}

void
weft_ring_lookup_start (WeftRingMachine     *self,
                        const WeftRingEvent *event)
{
  WeftRingEntry *entries[3 * SEEDS * PATHS_MAX];
  WeftRingLookup *lookup;
  guint width = CLAMP (event->count, 1, WIDTH_MAX);
  guint n_wanted;
  guint depth;
  guint n_seeds = 0;
  guint n;

  if (self->is_leaving || self->lookups->len >= RING_LOOKUPS_MAX)
    {
      weft_ring_count (self, "ring-busy");
      find_here (self, event, width);
      return;
    }
  lookup = lookup_new (self, &event->key, width, MAX (event->paths, 1));
  lookup->token = event->token;
  n_wanted = lookup->n_paths > 1 ? 2 * lookup->n_paths : SEEDS;
  /* Whom we watch ourselves is no way off, though it is asked like others. */
  depth = weft_ring_covers (self, &event->key, 1) ? 0 : 1;
  n = weft_ring_table_get_nearest (self->table, &event->key, entries, 2 * n_wanted);
  for (guint i = 0; i < n && n_seeds < n_wanted; i++)
    if (entries[i]->liveness == WEFT_RING_ALIVE && entries[i]->failures_in_row == 0)
      {
        add_seen (lookup, entries[i]->contact, depth, n_seeds % lookup->n_paths, SEEN_NEW);
        n_seeds++;
      }
  advance (self, lookup);
}

void
weft_ring_self_lookup (WeftRingMachine *self,
                       WeftRingContact *through)
{
  WeftRingEntry *entries[SEEDS];
  WeftRingLookup *lookup;
  guint n_self = 0;
  guint n;

  if (self->is_leaving)
    return;
  for (guint i = 0; i < self->lookups->len; i++)
    {
      WeftRingLookup *other = self->lookups->pdata[i];

      n_self += other->is_self && other->boot == 0;
    }
  if (n_self >= 4)
    return;

  lookup = lookup_new (self, weft_ring_contact_get_point (self->own), 1, 1);
  lookup->is_self = TRUE;
  lookup->quorum = QUORUM_OF_SELF;
  if (through != NULL)
    {
      add_seen (lookup, through, 1, 0, SEEN_NEW);
      ask (self, lookup, get_seen (lookup, 0));
    }
  else
    {
      n = weft_ring_table_get_nearest (self->table, &lookup->key, entries, SEEDS);
      for (guint i = 0; i < n; i++)
        add_seen (lookup, entries[i]->contact, 1, 0, SEEN_NEW);
    }
  advance (self, lookup);
}

void
weft_ring_path_lookup (WeftRingMachine *self,
                       WeftRingContact *through,
                       guint            boot)
{
  /* Half of them on each side have to answer: who joins knows who is next to it. */
  WeftRingLookup *lookup = lookup_new (self, weft_ring_contact_get_point (self->own),
                                       RING_PATH_NEAREST, 1);

  lookup->is_self = TRUE;
  lookup->boot = boot + 1;
  add_seen (lookup, through, 1, 0, SEEN_NEW);
  ask (self, lookup, get_seen (lookup, 0));
  advance (self, lookup);
}

void
weft_ring_lookup_withdraw (WeftRingMachine *self,
                           guint64          token)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      WeftRingLookup *lookup = self->lookups->pdata[i];

      if (!lookup->is_self && lookup->token == token)
        {
          g_ptr_array_remove_index_fast (self->lookups, i);
          return;
        }
    }
}

/* Those that we watch ourselves need not say that they are there. But a way is found by those that
 * are on it: who told of some that are gone, and of one that we know, would be its end. */
static SeenState
judge (WeftRingMachine *self,
       WeftRingLookup  *lookup,
       WeftRingContact *contact)
{
  WeftRingEntry *entry;

  if (!lookup->is_self || lookup->boot > 0)
    return SEEN_NEW;
  entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (contact));

  return entry != NULL && entry->liveness == WEFT_RING_ALIVE ? SEEN_ANSWERED : SEEN_NEW;
}

/* It came back, with other addresses perhaps. */
static void
renew (Seen            *seen,
       WeftRingContact *contact)
{
  if (weft_ring_contact_get_incarnation (seen->contact) >=
        weft_ring_contact_get_incarnation (contact) || seen->state == SEEN_ANSWERED)
    return;
  if (seen->state == SEEN_ASKED)
    {
      g_clear_pointer (&seen->newer, weft_ring_contact_unref);
      seen->newer = weft_ring_contact_ref (contact);
      return;
    }
  weft_ring_contact_unref (seen->contact);
  seen->contact = weft_ring_contact_ref (contact);
  seen->state = SEEN_NEW;
}

void
weft_ring_lookup_replied (WeftRingMachine       *self,
                          guint64                serial,
                          WeftRingContact       *contact,
                          const WeftRingMessage *reply)
{
  WeftRingLookup *lookup = find_lookup (self, serial);
  Seen *seen = lookup != NULL ? find_seen (lookup, contact) : NULL;
  guint depth;
  guint path;

  if (seen == NULL || seen->state != SEEN_ASKED)
    return;
  seen->state = SEEN_ANSWERED;
  lookup->n_open--;
  lookup->n_answered++;
  depth = seen->depth;
  path = seen->path;
  for (guint i = 0; reply->contacts != NULL && i < reply->contacts->len; i++)
    {
      WeftRingContact *other = reply->contacts->pdata[i];

      if (weft_ring_point_compare (weft_ring_contact_get_point (other),
                                   weft_ring_contact_get_point (self->own)) == 0)
        continue;
      seen = find_seen (lookup, other);
      if (seen == NULL)
        add_seen (lookup, other, depth + 1, path, judge (self, lookup, other));
      else
        renew (seen, other);
    }
  advance (self, lookup);
}

void
weft_ring_lookup_failed (WeftRingMachine *self,
                         guint64          serial,
                         WeftRingContact *contact)
{
  WeftRingLookup *lookup = find_lookup (self, serial);
  Seen *seen = lookup != NULL ? find_seen (lookup, contact) : NULL;

  if (seen == NULL || seen->state != SEEN_ASKED)
    return;
  seen->state = SEEN_FAILED;
  lookup->n_open--;
  if (seen->newer != NULL)
    {
      g_autoptr (WeftRingContact) newer = g_steal_pointer (&seen->newer);

      renew (seen, newer);
    }
  advance (self, lookup);
}

void
weft_ring_lookups_step (WeftRingMachine *self)
{
  for (guint i = self->lookups->len; i-- > 0;)
    {
      WeftRingLookup *lookup = self->lookups->pdata[i];

      if (lookup->deadline_usec <= self->now_usec)
        finish (self, lookup, FALSE);
    }
}

void
weft_ring_lookups_end (WeftRingMachine *self)
{
  while (self->lookups->len > 0)
    finish (self, self->lookups->pdata[self->lookups->len - 1], FALSE);
}

gint64
weft_ring_lookups_get_deadline (WeftRingMachine *self)
{
  gint64 deadline_usec = G_MAXINT64;

  for (guint i = 0; i < self->lookups->len; i++)
    deadline_usec = MIN (deadline_usec,
                         ((WeftRingLookup *) self->lookups->pdata[i])->deadline_usec);

  return deadline_usec;
}

void
weft_ring_lookups_check (WeftRingMachine *self)
{
  g_assert (self->lookups->len <= RING_LOOKUPS_MAX + 4 + RING_BOOTS_MAX);
  for (guint i = 0; i < self->lookups->len; i++)
    {
      WeftRingLookup *lookup = self->lookups->pdata[i];
      guint n_open = 0;

      g_assert (lookup->seen->len <= RING_SEEN_MAX);
      for (guint j = 0; j < lookup->seen->len; j++)
        {
          n_open += get_seen (lookup, j)->state == SEEN_ASKED;
          g_assert (j == 0 || weft_ring_point_compare (&get_seen (lookup, j - 1)->distance,
                                                       &get_seen (lookup, j)->distance) <= 0);
        }
      g_assert (n_open == lookup->n_open);
    }
}
