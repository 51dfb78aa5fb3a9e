/* weft-sim-history-words.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-history-private.h"

/* How what happened is told to people: each operation with its number, its client and its times,
 * so that it can be found in a trace. */

static char *
name_time (gint64 usec)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%06d s", usec / G_USEC_PER_SEC,
                          (int) (usec % G_USEC_PER_SEC));
}

char *
weft_sim_history_name (WeftSimHistory *self,
                       WeftSimNamed    what,
                       guint64         number)
{
  static const char *const words[] = { "block", "action", "client" };
  g_autofree char *name = NULL;

  if (what == WEFT_SIM_NAMED_CLIENT && number == WEFT_SIM_HISTORY_NODES)
    return g_strdup ("the nodes");
  if (self->name_func != NULL)
    name = self->name_func (what, number, self->name_data);
  if (name == NULL)
    return g_strdup_printf ("%s %" G_GUINT64_FORMAT, words[what], number);

  return g_strdup_printf ("%s %s", words[what], name);
}

char *
weft_sim_history_name_rev (WeftSimHistory *self,
                           guint           block,
                           gint64          rev)
{
  g_autofree char *name = weft_sim_history_name (self, WEFT_SIM_NAMED_BLOCK, block);

  return g_strdup_printf ("revision %" G_GINT64_FORMAT " of %s", rev, name);
}

char *
weft_sim_history_name_write (WeftSimHistory     *self,
                             const WeftSimWrite *write)
{
  g_autofree char *action = weft_sim_history_name (self, WEFT_SIM_NAMED_ACTION, write->action);
  g_autofree char *client = weft_sim_history_name (self, WEFT_SIM_NAMED_CLIENT, write->client);
  g_autofree char *began = name_time (write->began_usec);

  return g_strdup_printf ("%s of %s, begun at %s as operation #%" G_GUINT64_FORMAT ",", action,
                          client, began, write->began);
}

char *
weft_sim_history_name_witness (WeftSimHistory       *self,
                               const WeftSimWitness *witness)
{
  static const char *const words[] = { "read", "write", "refused write", "look at the past", "" };
  g_autofree char *client = NULL;
  g_autofree char *began = NULL;
  g_autofree char *ended = name_time (witness->ended_usec);

  if (witness->by == WEFT_SIM_BY_LOG)
    return g_strdup_printf ("the final logs at %s", ended);

  client = weft_sim_history_name (self, WEFT_SIM_NAMED_CLIENT, witness->client);
  began = name_time (witness->began_usec);
  return g_strdup_printf ("%s #%" G_GUINT64_FORMAT " of %s, from %s to %s,", words[witness->by],
                          witness->began, client, began, ended);
}

gboolean
weft_sim_history_report (WeftSimHistory   *self,
                         WeftSimViolation  violation,
                         char             *words)
{
  g_assert (violation != WEFT_SIM_VIOLATION_NONE);

  /* What follows a violation may follow from it. */
  if (self->n_violations++ == 0)
    {
      self->violation = violation;
      self->words = g_steal_pointer (&words);
    }
  g_free (words);

  return FALSE;
}

gboolean
weft_sim_history_report_base (WeftSimHistory     *self,
                              const WeftSimWrite *write,
                              const WeftSimPart  *part,
                              gint64              rev,
                              gint64              between)
{
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *made = weft_sim_history_name_rev (self, part->block, rev);

  return weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_LOST_UPDATE,
    g_strdup_printf ("%s became %s and was built on revision %" G_GINT64_FORMAT
                     ", but revision %" G_GINT64_FORMAT " is in between",
                     name, made, part->base, between));
}

gboolean
weft_sim_history_report_forgotten (WeftSimHistory *self,
                                   gint64          now_usec,
                                   guint           client,
                                   guint64         action,
                                   gint64          told_usec)
{
  g_autofree char *name = weft_sim_history_name (self, WEFT_SIM_NAMED_ACTION, action);
  g_autofree char *who = weft_sim_history_name (self, WEFT_SIM_NAMED_CLIENT, client);
  g_autofree char *told = name_time (told_usec);
  g_autofree char *now = name_time (now_usec);

  return weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_FORGOTTEN,
    g_strdup_printf ("%s was pending, as %s had been told at %s, and by %s it was not", name, who,
                     told, now));
}
