/* weft-ring-absent.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-absent-private.h"

/* Longer than it takes to suspect a cut, and to tell everybody what was decided. */
#define ABSENT_USEC (60 * G_TIME_SPAN_SECOND)
/* All neighbours, and who is near them. */
#define ABSENT_MAX 64
#define KNOWN_MAX 64

struct _WeftRingAbsent
{
  GPtrArray *known;  /* (element-type WeftRingContact) (owned): neighbours, when it looked last */
  GPtrArray *absent; /* (element-type WeftRingContact) (owned) */
  GArray *untils;    /* (element-type gint64): of each that is absent */
  guint64 version;   /* of the table, when it looked last */
};

WeftRingAbsent *
weft_ring_absent_new (void)
{
  WeftRingAbsent *self = g_new0 (WeftRingAbsent, 1);

  self->known = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  self->absent = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  self->untils = g_array_new (FALSE, FALSE, sizeof (gint64));

  return self;
}

void
weft_ring_absent_free (WeftRingAbsent *self)
{
  g_ptr_array_unref (self->known);
  g_ptr_array_unref (self->absent);
  g_array_unref (self->untils);
  g_free (self);
}

void
weft_ring_absent_clear (WeftRingAbsent *self)
{
  g_ptr_array_set_size (self->absent, 0);
  g_array_set_size (self->untils, 0);
}

static gboolean
is_absent (WeftRingAbsent *self,
           WeftPeerId     *peer_id)
{
  for (guint i = 0; i < self->absent->len; i++)
    if (weft_peer_id_equal (
          weft_ring_contact_get_peer_id (g_ptr_array_index (self->absent, i)), peer_id))
      return TRUE;

  return FALSE;
}

static void
add (WeftRingAbsent  *self,
     WeftRingContact *contact,
     gint64           now_usec)
{
  gint64 until_usec = now_usec + ABSENT_USEC;

  if (self->absent->len == ABSENT_MAX
      || is_absent (self, weft_ring_contact_get_peer_id (contact)))
    return;
  g_ptr_array_add (self->absent, weft_ring_contact_ref (contact));
  g_array_append_val (self->untils, until_usec);
}

void
weft_ring_absent_begin (WeftRingAbsent *self,
                        GPtrArray      *contacts,
                        gint64          now_usec)
{
  for (guint i = 0; i < contacts->len; i++)
    add (self, g_ptr_array_index (contacts, i), now_usec);
}

/* Suspects, too: they are the next to go. */
static void
note_known (WeftRingAbsent      *self,
            WeftRingTable       *table,
            const WeftRingPoint *own)
{
  WeftRingEntry *entries[KNOWN_MAX];
  guint n = weft_ring_table_get_nearest (table, own, entries, KNOWN_MAX);

  g_ptr_array_set_size (self->known, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->known, weft_ring_contact_ref (entries[i]->contact));
}

static gboolean
is_over (WeftRingMachine *machine,
         WeftRingTable   *table,
         WeftPeerId      *peer_id)
{
  return weft_ring_table_find (table, peer_id) != NULL
         || weft_ring_machine_has_left (machine, peer_id);
}

gboolean
weft_ring_absent_update (WeftRingAbsent  *self,
                         WeftRingMachine *machine,
                         gboolean         is_cut,
                         gint64           now_usec)
{
  WeftRingTable *table = weft_ring_machine_get_table (machine);
  gboolean is_changed = FALSE;

  if (weft_ring_table_get_version (table) != self->version)
    {
      self->version = weft_ring_table_get_version (table);
      is_changed = TRUE;
      for (guint i = 0; i < self->known->len; i++)
        {
          WeftRingContact *contact = g_ptr_array_index (self->known, i);

          if (!is_over (machine, table, weft_ring_contact_get_peer_id (contact)))
            add (self, contact, now_usec);
        }
      note_known (self, table,
                  weft_ring_contact_get_point (weft_ring_machine_get_own (machine)));
    }

  for (guint i = self->absent->len; i-- > 0;)
    {
      WeftRingContact *contact = g_ptr_array_index (self->absent, i);
      gint64 *until_usec = &g_array_index (self->untils, gint64, i);

      if (is_cut)
        *until_usec = MAX (*until_usec, now_usec + ABSENT_USEC);
      if (*until_usec > now_usec
          && !is_over (machine, table, weft_ring_contact_get_peer_id (contact)))
        continue;
      g_ptr_array_remove_index_fast (self->absent, i);
      g_array_remove_index_fast (self->untils, i);
      is_changed = TRUE;
    }

  return is_changed;
}

GPtrArray *
weft_ring_absent_list (WeftRingAbsent *self)
{
  return self->absent;
}
