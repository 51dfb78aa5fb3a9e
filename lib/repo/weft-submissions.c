/* weft-submissions.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-submissions-private.h"

#include <string.h>

#include "weft-bug-private.h"

typedef struct
{
  WeftSettledFunc settled;
  gpointer user_data;
} Waiter;

/* A batch in flight. Batches are done in the order they were submitted in. */
typedef struct
{
  guint64 number;
  char **block_ids; /* one piece */
  GArray *waiters; /* (element-type Waiter), in the order they came */
} Flight;

struct _WeftSubmissions
{
  WeftStorage *storage;
  GFunc failed;
  gpointer user_data;
  guint64 last_number;
  GQueue flights;     /* (element-type Flight) (owned), the oldest first */
  GHashTable *latest; /* (element-type utf8 Flight): the last one of a block, which has the id */
};

WeftSubmissions *
weft_submissions_new (WeftStorage *storage,
                      GFunc        failed,
                      gpointer     user_data)
{
  WeftSubmissions *self = g_new0 (WeftSubmissions, 1);

  self->storage = g_object_ref (storage);
  self->failed = failed;
  self->user_data = user_data;
  self->latest = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->flights);

  return self;
}

void
weft_submissions_free (WeftSubmissions *self)
{
  /* Each flight calls back into us, so our owner lives as long as the last one. */
  g_assert (g_queue_is_empty (&self->flights));

  g_clear_object (&self->storage);
  g_hash_table_unref (self->latest);
  g_free (self);
}

static void
flight_free (Flight *flight)
{
  g_free (flight->block_ids);
  g_array_unref (flight->waiters);
  g_free (flight);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flight, flight_free)

static char **
dup_ids (const char * const *block_ids)
{
  guint n_ids = g_strv_length ((char **) block_ids);
  gsize size = (n_ids + 1) * sizeof (char *);
  char **copy;
  char *end;

  for (guint i = 0; i < n_ids; i++)
    size += strlen (block_ids[i]) + 1;
  copy = g_malloc (size);
  end = (char *) (copy + n_ids + 1);
  for (guint i = 0; i < n_ids; i++)
    {
      copy[i] = end;
      end = g_stpcpy (end, block_ids[i]) + 1;
    }
  copy[n_ids] = NULL;

  return copy;
}

static void
add_waiter (Flight          *flight,
            WeftSettledFunc  settled,
            gpointer         user_data)
{
  const Waiter waiter = { settled, user_data };

  g_array_append_val (flight->waiters, waiter);
}

static void
batch_done_cb (WeftStorage  *storage,
               const GError *error,
               gpointer      user_data)
{
  WeftSubmissions *self = user_data;
  g_autoptr (Flight) flight = g_queue_pop_head (&self->flights);

  g_assert (flight != NULL);

  /* Whoever asks from now on needs not wait for this one. */
  for (guint i = 0; flight->block_ids[i] != NULL; i++)
    if (g_hash_table_lookup (self->latest, flight->block_ids[i]) == flight)
      g_hash_table_remove (self->latest, flight->block_ids[i]);

  if (error != NULL)
    self->failed ((gpointer) error, self->user_data);

  for (guint i = 0; i < flight->waiters->len; i++)
    {
      const Waiter *waiter = &g_array_index (flight->waiters, Waiter, i);

      waiter->settled (error, waiter->user_data);
    }
}

void
weft_submissions_submit (WeftSubmissions    *self,
                         WeftBatch          *batch,
                         const char * const *block_ids,
                         WeftSettledFunc     settled,
                         gpointer            user_data)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->number = ++self->last_number;
  flight->block_ids = dup_ids (block_ids);
  flight->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  add_waiter (flight, settled, user_data);

  g_queue_push_tail (&self->flights, flight);
  for (guint i = 0; flight->block_ids[i] != NULL; i++)
    g_hash_table_replace (self->latest, flight->block_ids[i], flight);

  weft_storage_submit (self->storage, batch, batch_done_cb, self);
}

gboolean
weft_submissions_wait (WeftSubmissions    *self,
                       const char * const *block_ids,
                       WeftSettledFunc     settled,
                       gpointer            user_data)
{
  Flight *last = NULL;

  if (g_queue_is_empty (&self->flights))
    return FALSE;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      Flight *flight = g_hash_table_lookup (self->latest, block_ids[i]);

      if (flight != NULL
          && (last == NULL || (flight->number > last->number) != WEFT_BUG (OLDEST_BATCH_AWAITED)))
        last = flight;
    }
  if (last == NULL)
    return FALSE;

  add_waiter (last, settled, user_data);

  return TRUE;
}

guint
weft_submissions_get_n_batches (WeftSubmissions *self)
{
  return g_queue_get_length (&self->flights);
}
