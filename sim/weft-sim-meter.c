/* weft-sim-meter.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-meter-private.h"

#include <string.h>

/* A reason is a few words; what is longer tells of one case only. */
#define REASON_CHARS_MAX 400
/* From this length on, a word without a space is an id. */
#define ID_CHARS_MIN 20

static int
compare_words (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

static WeftSimOutage *
make_outages (guint n_keys)
{
  WeftSimOutage *outages = g_new0 (WeftSimOutage, n_keys);

  for (guint i = 0; i < n_keys; i++)
    outages[i].since_usec = -1;

  return outages;
}

WeftSimMeter *
weft_sim_meter_new (guint  n_keys,
                    gint64 now_usec)
{
  WeftSimMeter *self = g_new0 (WeftSimMeter, 1);

  self->n_keys = n_keys;
  self->begun_usec = now_usec;
  self->ended_usec = now_usec;
  self->reading = make_outages (n_keys);
  self->writing = make_outages (n_keys);
  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    {
      self->kinds[i].reasons = g_tree_new_full (compare_words, NULL, g_free, g_free);
      self->kinds[i].latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
    }

  return self;
}

void
weft_sim_meter_free (WeftSimMeter *self)
{
  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    {
      g_tree_unref (self->kinds[i].reasons);
      g_array_unref (self->kinds[i].latencies);
    }
  g_free (self->reading);
  g_free (self->writing);
  g_free (self);
}

static gboolean
is_part_of_word (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_';
}

/* Numbers and ids become #. */
static char *
generalise (const char *message)
{
  GString *text = g_string_new (NULL);

  for (const char *at = message; *at != '\0' && text->len < REASON_CHARS_MAX;)
    {
      gsize length = 0;
      gboolean has_digit = FALSE;

      for (; is_part_of_word (at[length]); length++)
        has_digit = has_digit || g_ascii_isdigit (at[length]);
      if (length == 0)
        g_string_append_c (text, *at++);
      else if (has_digit || length >= ID_CHARS_MIN)
        g_string_append_c (text, '#');
      else
        g_string_append_len (text, at, (gssize) length);
      at += length;
    }
  /* Not within a character of several bytes. */
  while (!g_utf8_validate (text->str, -1, NULL))
    g_string_truncate (text, text->len - 1);

  return g_string_free (text, FALSE);
}

/* What several members said is told once, whoever said it first. */
static char *
unite (const char *message)
{
  g_auto(GStrv) parts = g_strsplit (message, "; ", -1);
  g_autoptr(GTree) told = g_tree_new_full (compare_words, NULL, NULL, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    g_tree_insert (told, parts[i], parts[i]);
  for (GTreeNode *node = g_tree_node_first (told); node != NULL; node = g_tree_node_next (node))
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "",
                            (const char *) g_tree_node_key (node));

  return g_string_free (text, FALSE);
}

char *
weft_sim_meter_reason (const GError *error)
{
  g_autofree char *general = generalise (error->message);
  g_autofree char *text = unite (general);

  if (error->domain != WEFT_ERROR)
    return g_steal_pointer (&text);

  return g_strdup_printf ("%s: %s", weft_error_to_name (error->code), text);
}

static void
count_reason (WeftSimMeterKind *kind,
              const GError     *error)
{
  char *reason = weft_sim_meter_reason (error);
  guint64 *counter = g_tree_lookup (kind->reasons, reason);

  if (counter != NULL)
    {
      ++*counter;
      g_free (reason);
      return;
    }

  counter = g_new (guint64, 1);
  *counter = 1;
  g_tree_insert (kind->reasons, reason, counter);
}

static void
close_outage (WeftSimOutage *outage,
              gint64         now_usec)
{
  gint64 lasted_usec;

  if (outage->since_usec < 0)
    return;
  lasted_usec = now_usec - outage->since_usec;
  outage->total_usec += lasted_usec;
  outage->longest_usec = MAX (outage->longest_usec, lasted_usec);
  outage->since_usec = -1;
}

void
weft_sim_meter_add (WeftSimMeter *self,
                    WeftSimWork   work,
                    guint         key,
                    gint64        begun_usec,
                    gint64        ended_usec,
                    const GError *error)
{
  WeftSimMeterKind *kind = &self->kinds[work];
  WeftSimOutage *outage = work == WEFT_SIM_WORK_READ ? &self->reading[key] : &self->writing[key];
  gint64 latency_usec = ended_usec - begun_usec;

  g_assert (key < self->n_keys);

  if (error != NULL)
    count_reason (kind, error);
  if (error != NULL && g_error_matches (error, WEFT_ERROR, WEFT_ERROR_EXISTS))
    {
      kind->n_stale++;
      return;
    }
  if (error != NULL)
    kind->n_refused++;
  else
    {
      kind->n_succeeded++;
      g_array_append_val (kind->latencies, latency_usec);
    }
  /* A revision of the past does not change: any copy will do. */
  if (work == WEFT_SIM_WORK_PAST)
    return;
  if (error == NULL)
    close_outage (outage, ended_usec);
  else if (outage->since_usec < 0 && !self->is_over)
    outage->since_usec = begun_usec;
}

void
weft_sim_meter_end (WeftSimMeter *self,
                    gint64        now_usec)
{
  for (guint i = 0; i < self->n_keys; i++)
    {
      close_outage (&self->reading[i], now_usec);
      close_outage (&self->writing[i], now_usec);
    }
  self->ended_usec = now_usec;
  self->is_over = TRUE;
}
