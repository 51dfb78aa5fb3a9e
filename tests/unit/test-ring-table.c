/* test-ring-table.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-table-private.h"

#define N_CONTACTS 400
#define N_TABLES 600
#define PER_SIDE 4

/* Made once: contacts are shared between tables anyway. */
static WeftRingContact *contacts[N_CONTACTS];

static GBytes *
sign (GBytes  *text,
      gpointer data)
{
  static const guint8 signature[64] = { 1 };

  return g_bytes_new_static (signature, sizeof signature);
}

static WeftPeerId *
draw_peer_id (void)
{
  for (;;)
    {
      guint8 key[32];
      WeftPeerId *peer_id;

      for (guint i = 0; i < sizeof key; i++)
        key[i] = g_test_rand_int_range (0, 256);
      peer_id = weft_peer_id_new_from_public_key (key, sizeof key, NULL);
      if (peer_id != NULL)
        return peer_id;
    }
}

static WeftRingContact *
make_contact (WeftPeerId *peer_id,
              guint64     incarnation)
{
  g_autoptr(GPtrArray) addresses = g_ptr_array_new ();

  return weft_ring_contact_new (peer_id, addresses, incarnation, NULL, "test", sign, NULL);
}

static void
make_contacts (void)
{
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      g_autoptr(WeftPeerId) peer_id = draw_peer_id ();

      contacts[i] = make_contact (peer_id, 1);
    }
}

static void
free_contacts (void)
{
  for (guint i = 0; i < N_CONTACTS; i++)
    weft_ring_contact_unref (contacts[i]);
}

static WeftRingPoint
draw_point (void)
{
  WeftRingPoint point;

  weft_ring_point_from_fraction (&point, g_test_rand_double ());

  return point;
}

/* Where someone may well ask: anywhere, or just where a peer is. */
static WeftRingPoint
draw_key (void)
{
  if (g_test_rand_bit ())
    return draw_point ();

  return *weft_ring_contact_get_point (contacts[g_test_rand_int_range (0, N_CONTACTS)]);
}

/* A table of peers from @from on, and the same as a plain list. */
static WeftRingTable *
make_table (WeftRingContact *own,
            guint            from,
            guint            n,
            GPtrArray       *list)
{
  WeftRingTable *table = weft_ring_table_new (weft_ring_contact_get_point (own), 4 * PER_SIDE + 40,
                                              PER_SIDE);

  for (guint i = 0; i < n; i++)
    {
      WeftRingContact *contact = contacts[(from + i) % N_CONTACTS];

      g_assert_nonnull (weft_ring_table_add (table, contact, i));
      g_ptr_array_add (list, contact);
    }
  weft_ring_table_check (table);

  return table;
}

static const WeftRingPoint *asked;

static int
compare_clockwise (gconstpointer a,
                   gconstpointer b)
{
  WeftRingContact *left = *(WeftRingContact *const *) a;
  WeftRingContact *right = *(WeftRingContact *const *) b;
  WeftRingPoint left_way = weft_ring_point_clockwise (asked, weft_ring_contact_get_point (left));
  WeftRingPoint right_way = weft_ring_point_clockwise (asked, weft_ring_contact_get_point (right));

  return weft_ring_point_compare (&left_way, &right_way);
}

static int
compare_distance (gconstpointer a,
                  gconstpointer b)
{
  WeftRingContact *left = *(WeftRingContact *const *) a;
  WeftRingContact *right = *(WeftRingContact *const *) b;
  WeftRingPoint left_way = weft_ring_point_distance (asked, weft_ring_contact_get_point (left));
  WeftRingPoint right_way = weft_ring_point_distance (asked, weft_ring_contact_get_point (right));

  return weft_ring_point_compare (&left_way, &right_way);
}

/* The cohort by the book: sort all that are not excluded, then take from both ends by turns. */
static GPtrArray *
compute_cohort (GPtrArray           *list,
                const WeftRingPoint *point,
                guint                width,
                WeftRingContact     *own,
                GPtrArray           *excluded)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  GPtrArray *cohort = g_ptr_array_new ();

  for (guint i = 0; i < list->len + (own != NULL); i++)
    {
      WeftRingContact *contact = i < list->len ? g_ptr_array_index (list, i) : own;

      if (!g_ptr_array_find_with_equal_func (excluded, weft_ring_contact_get_peer_id (contact),
                                             (GEqualFunc) weft_peer_id_equal, NULL))
        g_ptr_array_add (sorted, contact);
    }
  asked = point;
  g_ptr_array_sort (sorted, compare_clockwise);

  for (guint i = 0; i < MIN (width, sorted->len); i++)
    g_ptr_array_add (cohort, g_ptr_array_index (sorted, i % 2 == 0 ? i / 2
                                                                   : sorted->len - 1 - i / 2));

  return cohort;
}

static void
assert_same (GPtrArray *found,
             GPtrArray *expected)
{
  g_assert_cmpuint (found->len, ==, expected->len);
  for (guint i = 0; i < found->len; i++)
    g_assert_true (g_ptr_array_index (found, i) == g_ptr_array_index (expected, i));
}

static void
test_cohort (void)
{
  g_test_summary ("Cohorts are those of the book, for any table, key, width and exclusions, with "
                  "ourselves and without; a narrower one is the beginning of a wider one.");

  for (guint run = 0; run < N_TABLES; run++)
    {
      guint from = g_test_rand_int_range (0, N_CONTACTS);
      guint n = g_test_rand_int_range (0, 41);
      WeftRingContact *own = contacts[(from + n) % N_CONTACTS];
      g_autoptr(GPtrArray) list = g_ptr_array_new ();
      g_autoptr(GPtrArray) excluded = g_ptr_array_new ();
      g_autoptr(WeftRingTable) table = make_table (own, from, n, list);
      WeftRingContact *asking = run % 3 == 0 ? NULL : own;
      WeftRingPoint key = draw_key ();
      g_autoptr(GPtrArray) widest = NULL;

      for (guint i = 0; i < n / 4; i++)
        g_ptr_array_add (excluded, weft_ring_contact_get_peer_id (
                                       contacts[g_test_rand_int_range (0, N_CONTACTS)]));
      if (run % 5 == 0)
        g_ptr_array_add (excluded, weft_ring_contact_get_peer_id (own));

      widest = weft_ring_table_get_cohort (table, &key, n + 2, asking, excluded);
      for (guint width = 0; width <= n + 2; width++)
        {
          g_autoptr(GPtrArray) cohort
              = weft_ring_table_get_cohort (table, &key, width, asking, excluded);
          g_autoptr(GPtrArray) expected = compute_cohort (list, &key, width, asking, excluded);

          assert_same (cohort, expected);
          for (guint i = 0; i < cohort->len; i++)
            g_assert_true (g_ptr_array_index (cohort, i) == g_ptr_array_index (widest, i));
        }
    }
}

static void
test_views (void)
{
  g_test_summary ("Each member of a small network sees the same cohort, though each is missing "
                  "from its own table.");

  for (guint run = 0; run < 50; run++)
    {
      guint from = g_test_rand_int_range (0, N_CONTACTS);
      guint n = g_test_rand_int_range (2, 20);
      WeftRingPoint key = draw_key ();
      g_autoptr(GPtrArray) first = NULL;

      for (guint i = 0; i < n; i++)
        {
          WeftRingContact *own = contacts[(from + i) % N_CONTACTS];
          g_autoptr(WeftRingTable) table
              = weft_ring_table_new (weft_ring_contact_get_point (own), 100, PER_SIDE);
          g_autoptr(GPtrArray) cohort = NULL;

          for (guint j = 0; j < n; j++)
            g_assert_true ((weft_ring_table_add (table, contacts[(from + j) % N_CONTACTS], 0)
                            != NULL) == (i != j));
          cohort = weft_ring_table_get_cohort (table, &key, 7, own, NULL);
          if (first == NULL)
            first = g_ptr_array_ref (cohort);
          assert_same (cohort, first);
        }
    }
}

static void
test_nearest (void)
{
  g_test_summary ("The nearest to a place are the first of all, sorted by distance.");

  for (guint run = 0; run < N_TABLES; run++)
    {
      guint from = g_test_rand_int_range (0, N_CONTACTS);
      guint n = g_test_rand_int_range (0, 41);
      g_autoptr(GPtrArray) list = g_ptr_array_new ();
      g_autoptr(WeftRingTable) table
          = make_table (contacts[(from + n) % N_CONTACTS], from, n, list);
      WeftRingPoint key = draw_key ();
      WeftRingEntry *nearest[50];
      guint wanted = g_test_rand_int_range (0, 50);

      asked = &key;
      g_ptr_array_sort (list, compare_distance);
      g_assert_cmpuint (weft_ring_table_get_nearest (table, &key, nearest, wanted), ==,
                        MIN (wanted, n));
      for (guint i = 0; i < MIN (wanted, n); i++)
        g_assert_true (nearest[i]->contact == g_ptr_array_index (list, i));
    }
}

/* Those are listed of whom it is said one by one, in the order of the ring. */
static void
check_neighbours (WeftRingTable *table,
                  GPtrArray     *clockwise)
{
  g_autoptr(GPtrArray) listed = weft_ring_table_list_neighbours (table);
  guint n = 0;

  for (guint i = 0; i < clockwise->len; i++)
    {
      WeftRingContact *contact = g_ptr_array_index (clockwise, i);

      if (!weft_ring_table_is_neighbour (table, weft_ring_contact_get_peer_id (contact)))
        continue;
      g_assert_cmpuint (n, <, listed->len);
      g_assert_true (g_ptr_array_index (listed, n++) == contact);
    }
  g_assert_cmpuint (n, ==, listed->len);
}

static void
test_sides (void)
{
  g_test_summary ("Successors and predecessors are in the order of the ring, without suspects, who "
                  "are still protected where they are between neighbours.");

  for (guint run = 0; run < N_TABLES; run++)
    {
      guint from = g_test_rand_int_range (0, N_CONTACTS);
      guint n = g_test_rand_int_range (0, 41);
      WeftRingContact *own = contacts[(from + n) % N_CONTACTS];
      g_autoptr(GPtrArray) list = g_ptr_array_new ();
      g_autoptr(GPtrArray) alive = g_ptr_array_new ();
      g_autoptr(WeftRingTable) table = make_table (own, from, n, list);
      WeftRingEntry *found[PER_SIDE];
      guint n_found;

      asked = weft_ring_contact_get_point (own);
      g_ptr_array_sort (list, compare_clockwise);
      for (guint i = 0; i < n; i++)
        {
          WeftRingContact *contact = g_ptr_array_index (list, i);

          if (g_test_rand_int_range (0, 4) != 0)
            g_ptr_array_add (alive, contact);
          else
            weft_ring_table_find (table, weft_ring_contact_get_peer_id (contact))->liveness
                = WEFT_RING_SUSPECT;
        }

      n_found = weft_ring_table_get_successors (table, found, PER_SIDE);
      g_assert_cmpuint (n_found, ==, MIN (PER_SIDE, alive->len));
      for (guint i = 0; i < n_found; i++)
        {
          g_assert_true (found[i]->contact == g_ptr_array_index (alive, i));
          g_assert_true (weft_ring_table_is_neighbour (
              table, weft_ring_contact_get_peer_id (found[i]->contact)));
        }
      n_found = weft_ring_table_get_predecessors (table, found, PER_SIDE);
      g_assert_cmpuint (n_found, ==, MIN (PER_SIDE, alive->len));
      for (guint i = 0; i < n_found; i++)
        g_assert_true (found[i]->contact == g_ptr_array_index (alive, alive->len - 1 - i));
      if (n > 0)
        g_assert_true (weft_ring_table_is_neighbour (
            table, weft_ring_contact_get_peer_id (g_ptr_array_index (list, 0))));
      if (alive->len > 2 * PER_SIDE)
        g_assert_false (weft_ring_table_is_neighbour (
            table, weft_ring_contact_get_peer_id (g_ptr_array_index (alive, PER_SIDE))));
      check_neighbours (table, list);
    }
}

static void
test_model (void)
{
  g_autoptr(GHashTable) model = g_hash_table_new (NULL, NULL);
  g_autoptr(WeftRingTable) table
      = weft_ring_table_new (weft_ring_contact_get_point (contacts[0]), N_CONTACTS, PER_SIDE);
  guint64 version = weft_ring_table_get_version (table);

  g_test_summary ("Through many additions and removals it holds what a set would hold.");

  for (guint i = 0; i < 5000; i++)
    {
      WeftRingContact *contact = contacts[g_test_rand_int_range (1, N_CONTACTS)];
      WeftPeerId *peer_id = weft_ring_contact_get_peer_id (contact);
      gboolean is_there = g_hash_table_contains (model, contact);

      g_assert_true ((weft_ring_table_find (table, peer_id) != NULL) == is_there);
      if (g_test_rand_bit ())
        {
          g_assert_true (weft_ring_table_add (table, contact, i)->contact == contact);
          g_hash_table_add (model, contact);
          g_assert_true ((weft_ring_table_get_version (table) == version) == is_there);
        }
      else
        {
          g_assert_true (weft_ring_table_remove (table, peer_id) == is_there);
          g_hash_table_remove (model, contact);
          g_assert_true ((weft_ring_table_get_version (table) != version) == is_there);
        }
      version = weft_ring_table_get_version (table);
      g_assert_cmpuint (weft_ring_table_get_size (table), ==, g_hash_table_size (model));
      weft_ring_table_check (table);
    }
}

static void
test_lives (void)
{
  g_autoptr(WeftRingTable) table
      = weft_ring_table_new (weft_ring_contact_get_point (contacts[0]), 100, PER_SIDE);
  WeftPeerId *peer_id = weft_ring_contact_get_peer_id (contacts[1]);
  g_autoptr(WeftRingContact) later = make_contact (peer_id, 2);
  WeftRingEntry *entry = weft_ring_table_add (table, contacts[1], 5);
  guint64 version = weft_ring_table_get_version (table);

  g_test_summary ("A later life replaces an earlier one, never the other way round; what is known "
                  "of the peer stays; we are never in our own table.");

  weft_ring_entry_note_reply (entry, 1000, 6);
  entry = weft_ring_table_add (table, later, 7);
  g_assert_true (entry->contact == later);
  g_assert_cmpint (entry->heard_usec, ==, 7);
  g_assert_cmpuint (entry->successes, ==, 1);
  g_assert_cmpuint (weft_ring_table_get_version (table), >, version);
  version = weft_ring_table_get_version (table);

  entry = weft_ring_table_add (table, contacts[1], 8);
  g_assert_true (entry->contact == later);
  g_assert_cmpuint (weft_ring_table_get_version (table), ==, version);
  g_assert_cmpuint (weft_ring_table_get_size (table), ==, 1);

  g_assert_null (weft_ring_table_add (table, contacts[0], 9));
  g_assert_cmpuint (weft_ring_table_get_size (table), ==, 1);
}

static void
test_full (void)
{
  const guint capacity = 64;
  const WeftRingPoint *own = weft_ring_contact_get_point (contacts[0]);
  g_autoptr(WeftRingTable) table = weft_ring_table_new (own, capacity, PER_SIDE);
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  guint octaves[2][256] = { 0 };
  guint n_far = 0;

  g_test_summary ("A full table keeps the nearest of all it met, and far peers of each octave.");

  for (guint i = 1; i < N_CONTACTS; i++)
    {
      WeftRingEntry *entry = weft_ring_table_add (table, contacts[i], i);

      g_ptr_array_add (list, contacts[i]);
      if (entry != NULL)
        weft_ring_entry_note_reply (entry, 1000, i);
      g_assert_cmpuint (weft_ring_table_get_size (table), ==, MIN (i, capacity));
      weft_ring_table_check (table);
    }

  asked = own;
  g_ptr_array_sort (list, compare_clockwise);
  for (guint i = 0; i < PER_SIDE; i++)
    {
      g_assert_nonnull (weft_ring_table_find (
          table, weft_ring_contact_get_peer_id (g_ptr_array_index (list, i))));
      g_assert_nonnull (weft_ring_table_find (
          table, weft_ring_contact_get_peer_id (g_ptr_array_index (list, list->len - 1 - i))));
    }

  for (guint i = 0; i < capacity; i++)
    {
      const WeftRingPoint *point
          = weft_ring_contact_get_point (weft_ring_table_get (table, i)->contact);
      WeftRingPoint way = weft_ring_point_clockwise (own, point);
      WeftRingPoint distance = weft_ring_point_distance (own, point);

      octaves[way.words[0] >> 63][weft_ring_point_get_octave (&distance)]++;
    }
  /* About 400 / 4 peers in the farthest octave of each side, 64 - 8 far ones to share. */
  for (guint octave = 252; octave <= 254; octave++)
    {
      g_assert_cmpuint (octaves[0][octave], >=, 3);
      g_assert_cmpuint (octaves[1][octave], >=, 3);
      n_far += octaves[0][octave] + octaves[1][octave];
    }
  g_assert_cmpuint (n_far, <=, 56);
}

static void
test_worst (void)
{
  const guint capacity = 4 * PER_SIDE + 40;
  g_autoptr(WeftRingTable) table
      = weft_ring_table_new (weft_ring_contact_get_point (contacts[0]), capacity, PER_SIDE);
  guint n_kept = 0;
  guint n_taken = 0;

  g_test_summary ("Proven peers do not give way to newcomers; silent and failing ones do.");

  for (guint i = 1; i < N_CONTACTS; i++)
    {
      WeftRingEntry *entry = weft_ring_table_add (table, contacts[i], 0);

      if (entry != NULL)
        weft_ring_entry_note_reply (entry, 1000, 0);
      if (i > 350 && entry != NULL)
        n_kept++;
    }
  /* Only a new neighbour, or one for a poorer octave, found room by then. */
  g_assert_cmpuint (n_kept, <, 20);

  for (guint i = 0; i < capacity; i++)
    weft_ring_entry_note_failure (weft_ring_table_get (table, i));
  for (guint i = 1; i < N_CONTACTS; i++)
    if (weft_ring_table_find (table, weft_ring_contact_get_peer_id (contacts[i])) == NULL
        && weft_ring_table_add (table, contacts[i], 0) != NULL)
      n_taken++;
  g_assert_cmpuint (n_taken, >, 10);
  weft_ring_table_check (table);
}

static void
test_entry (void)
{
  WeftRingEntry entry = { .liveness = WEFT_RING_SUSPECT };

  g_test_summary ("Round trips make a time-out; counts are halved before they overflow.");

  g_assert_cmpint (weft_ring_entry_get_timeout_usec (&entry), ==, G_USEC_PER_SEC);
  weft_ring_entry_note_failure (&entry);
  g_assert_cmpuint (entry.failures_in_row, ==, 1);
  weft_ring_entry_note_reply (&entry, 100000, 3);
  g_assert_cmpuint (entry.failures_in_row, ==, 0);
  g_assert_cmpint (entry.liveness, ==, WEFT_RING_ALIVE);
  g_assert_cmpint (weft_ring_entry_get_timeout_usec (&entry), ==, 300000);
  for (guint i = 0; i < 100; i++)
    weft_ring_entry_note_reply (&entry, 100000, 3);
  g_assert_cmpint (weft_ring_entry_get_timeout_usec (&entry), ==, 200000);
  weft_ring_entry_note_reply (&entry, -1, 4);
  g_assert_cmpint (entry.heard_usec, ==, 4);

  for (guint i = 0; i < 70000; i++)
    weft_ring_entry_note_reply (&entry, 1000, 5);
  g_assert_cmpuint (entry.successes, >, 30000);
  g_assert_cmpuint (entry.failures, ==, 0);
  for (guint i = 0; i < 300; i++)
    weft_ring_entry_note_failure (&entry);
  g_assert_cmpuint (entry.failures_in_row, ==, 255);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_contacts ();

  g_test_add_func ("/ring/table/cohort", test_cohort);
  g_test_add_func ("/ring/table/views", test_views);
  g_test_add_func ("/ring/table/nearest", test_nearest);
  g_test_add_func ("/ring/table/sides", test_sides);
  g_test_add_func ("/ring/table/model", test_model);
  g_test_add_func ("/ring/table/lives", test_lives);
  g_test_add_func ("/ring/table/full", test_full);
  g_test_add_func ("/ring/table/worst", test_worst);
  g_test_add_func ("/ring/table/entry", test_entry);

  result = g_test_run ();
  free_contacts ();

  return result;
}
