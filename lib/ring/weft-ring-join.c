/* weft-ring-join.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* Who begins looks for its own place through each bootstrap address apart, and compares: whoever is
 * at one of them may lead it astray, into a ring where nobody else is. */

#define BOOT_USEC (1 * G_TIME_SPAN_SECOND)
#define BOOT_TIMEOUT_USEC (3 * G_TIME_SPAN_SECOND)
/* As many ways as have to agree, where there are so many. */
#define PATHS_MIN 3
/* An address where nobody is that often is not waited for. */
#define TRIES_MAX 2
/* Rings that are honest become one within this. */
#define DIFFER_USEC (10 * G_TIME_SPAN_SECOND)
#define AGAIN_USEC (1500 * G_TIME_SPAN_MILLISECOND)

static WeftRingBoot *
get_boot (WeftRingMachine *self,
          guint            index)
{
  g_assert (index < self->boots->len);

  return &g_array_index (self->boots, WeftRingBoot, index);
}

void
weft_ring_boot (WeftRingMachine *self,
                const char      *address)
{
  WeftRingBoot boot = { .next_usec = self->now_usec };

  for (guint i = 0; i < self->boots->len; i++)
    {
      WeftRingBoot *known = get_boot (self, i);

      if (g_str_equal (known->address, address))
        {
          known->is_done = FALSE;
          known->n_tries = 0;
          known->next_usec = self->now_usec;
          return;
        }
    }
  if (self->boots->len >= RING_BOOTS_MAX)
    {
      weft_ring_count (self, "ring-busy");
      return;
    }
  boot.address = g_strdup (address);
  g_array_append_val (self->boots, boot);
}

/* Looks for our own place from there on, and nowhere else. */
static void
look (WeftRingMachine *self,
      guint            index)
{
  WeftRingBoot *boot = get_boot (self, index);
  g_autoptr (WeftRingContact) contact = weft_ring_contact_ref (boot->contact);

  boot->look_usec = self->now_usec + weft_ring_draw_jitter (self, AGAIN_USEC);
  boot->is_looking = TRUE;
  weft_ring_path_lookup (self, contact, index);
}

void
weft_ring_boot_done (WeftRingMachine *self,
                     guint            index,
                     WeftRingContact *contact,
                     gboolean         is_reached)
{
  WeftRingBoot *boot = get_boot (self, index);

  boot->is_open = FALSE;
  boot->is_done = is_reached;
  boot->next_usec = self->now_usec +
                    weft_ring_draw_jitter (self, BOOT_USEC << MIN (boot->n_tries, 5));
  if (!is_reached)
    return;
  /* One that is on no ring itself knows others, but is no way of its own. */
  if (contact == NULL || self->is_joined)
    {
      weft_ring_self_lookup (self, contact);
      return;
    }
  g_clear_pointer (&boot->contact, weft_ring_contact_unref);
  boot->contact = weft_ring_contact_ref (contact);
  if (!boot->is_looking)
    look (self, index);
}

void
weft_ring_join_note_path (WeftRingMachine *self,
                          guint            index,
                          const guint64   *nearest,
                          guint            n_nearest)
{
  WeftRingBoot *boot = get_boot (self, index);

  g_assert (n_nearest <= RING_PATH_NEAREST);

  boot->is_looking = FALSE;
  boot->n_nearest = n_nearest;
  for (guint i = 0; i < n_nearest; i++)
    boot->nearest[i] = nearest[i];
  if (n_nearest > 0 && self->paths_usec == 0)
    self->paths_usec = MAX (self->now_usec, 1);
}

static gboolean
has_found (const WeftRingBoot *boot,
           guint64             prefix)
{
  for (guint i = 0; i < boot->n_nearest; i++)
    if (boot->nearest[i] == prefix)
      return TRUE;

  return FALSE;
}

/* Each knows whom the other found nearest. */
static gboolean
agree (const WeftRingBoot *one,
       const WeftRingBoot *other)
{
  return one->n_nearest > 0 && other->n_nearest > 0 && has_found (one, other->nearest[0]) &&
         has_found (other, one->nearest[0]);
}

static guint
count_agreeing (WeftRingMachine *self,
                guint            index)
{
  guint n = 0;

  for (guint i = 0; i < self->boots->len; i++)
    n += agree (get_boot (self, index), get_boot (self, i));

  return n;
}

gboolean
weft_ring_join_is_found (WeftRingMachine *self)
{
  gboolean is_waiting = FALSE;
  guint n_paths = 0;
  guint n_agreeing = 0;

  for (guint i = 0; i < self->boots->len; i++)
    {
      const WeftRingBoot *boot = get_boot (self, i);

      n_paths += boot->n_nearest > 0;
      is_waiting |= boot->n_nearest == 0 &&
                    (boot->is_looking || (!boot->is_done && boot->n_tries < TRIES_MAX) ||
                     (boot->is_open && boot->n_tries <= TRIES_MAX));
      n_agreeing = MAX (n_agreeing, count_agreeing (self, i));
    }
  /* Whom it knew in an earlier life has to do. */
  if (n_paths == 0)
    return !is_waiting;
  if (n_agreeing >= PATHS_MIN && 2 * n_agreeing > self->boots->len)
    return TRUE;
  if (is_waiting)
    return FALSE;
  if (n_agreeing == n_paths)
    return TRUE;

  /* Most of them are believed, when the others had the time to find them. */
  return 2 * n_agreeing > n_paths && self->now_usec - self->paths_usec >= DIFFER_USEC;
}

gboolean
weft_ring_join_do_paths_differ (WeftRingMachine *self)
{
  for (guint i = 0; i < self->boots->len; i++)
    for (guint j = 0; j < i; j++)
      if (get_boot (self, i)->n_nearest > 0 && get_boot (self, j)->n_nearest > 0 &&
          !agree (get_boot (self, i), get_boot (self, j)))
        return TRUE;

  return FALSE;
}

static void
ask (WeftRingMachine *self,
     guint            index)
{
  WeftRingBoot *boot = get_boot (self, index);
  WeftRingMessage *message = weft_ring_message_new (WEFT_RING_NEIGHBOURS);

  message->key = *weft_ring_contact_get_point (self->own);
  message->has_key = TRUE;
  message->count = 16;
  boot->is_open = weft_ring_send (self, RING_OP_BOOT, index, NULL, boot->address, message,
                                  BOOT_TIMEOUT_USEC);
  boot->n_tries++;
}

void
weft_ring_join_step (WeftRingMachine *self)
{
  gboolean is_alone = weft_ring_table_get_size (self->table) == 0;

  for (guint i = 0; i < self->boots->len; i++)
    {
      WeftRingBoot *boot = get_boot (self, i);

      if (!boot->is_open && boot->next_usec <= self->now_usec && (!boot->is_done || is_alone))
        ask (self, i);
      else if (!self->is_joined && boot->contact != NULL && !boot->is_looking &&
               boot->look_usec <= self->now_usec)
        look (self, i);
    }
}
