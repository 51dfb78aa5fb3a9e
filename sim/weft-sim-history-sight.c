/* weft-sim-history-sight.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-hash-private.h"
#include "weft-sim-history-private.h"

/* What every sighting is held against, whoever made it: which write it is of, and whether that
 * write may have become that revision. */

/* How far an answer may lie behind the latest revision before it is looked up. */
#define STEPS_BACK_MAX 16

/* Eight numbers that follow each other share a line of the cache in an index. */
static guint32
hash_number (guint64 seed,
             guint64 number)
{
  return (guint32) weft_sim_hash_mix (seed, number >> 3) << 3 | (guint32) (number & 7);
}

static guint32
hash_rev (guint  block,
          gint64 rev)
{
  return hash_number (block, (guint64) rev);
}

static void
index_part (WeftSimHistory *self,
            guint           number)
{
  const WeftSimPart *part = weft_sim_history_get_part (self, number);

  weft_sim_index_add (&self->revs, hash_rev (part->block, part->rev), number);
}

static guint
find_indexed (WeftSimHistory *self,
              guint           block,
              gint64          rev)
{
  guint32 hash = hash_rev (block, rev);
  guint32 position = hash;
  guint32 item;

  while (weft_sim_index_next (&self->revs, hash, &position, &item))
    {
      const WeftSimPart *part = weft_sim_history_get_part (self, item);

      if (part->block == block && part->rev == rev)
        return item;
    }

  return WEFT_SIM_HISTORY_NONE;
}

guint
weft_sim_history_find_part (WeftSimHistory *self,
                            guint           block,
                            gint64          rev)
{
  const WeftSimHistoryBlock *known = &g_array_index (self->blocks, WeftSimHistoryBlock, block);
  guint number = known->tip;

  /* Nearly always it is the latest or a new one, and else one that was overtaken just now. */
  if (rev >= known->floor)
    return rev == known->floor ? known->tip : WEFT_SIM_HISTORY_NONE;
  for (guint i = 0; i < STEPS_BACK_MAX; i++)
    {
      const WeftSimPart *part = weft_sim_history_get_part (self, number);

      if (part->rev == rev)
        return number;
      /* It never was the tip, or it is none. */
      if (part->rev < rev || part->before == WEFT_SIM_HISTORY_NONE)
        return find_indexed (self, block, rev);
      number = part->before;
    }

  for (guint i = 0; i < self->tips->len; i++)
    index_part (self, g_array_index (self->tips, guint, i));
  g_array_set_size (self->tips, 0);

  return find_indexed (self, block, rev);
}

/* What becomes the tip is found without the index for a while. That is far away from all else, so
 * it gets such parts only when somebody asks for one of long ago. */
static void
note_rev (WeftSimHistory *self,
          guint           number)
{
  WeftSimPart *part = weft_sim_history_get_part (self, number);
  const WeftSimHistoryBlock *block = &g_array_index (self->blocks, WeftSimHistoryBlock,
                                                     part->block);

  if (part->rev < block->floor)
    {
      index_part (self, number);
      return;
    }
  part->before = block->tip;
  g_array_append_val (self->tips, number);
}

static guint32
hash_action (guint64 action)
{
  return hash_number (0, action);
}

/* Writes are in the order of their actions. */
static guint
find_ordered (WeftSimHistory *self,
              guint64         action)
{
  guint64 back = self->highest_action - action;
  guint low = 0;
  guint high = self->writes.len;

  /* Those who count their actions are spared the search. */
  if (back < high && weft_sim_history_get_write (self, high - 1 - back)->action == action)
    return high - 1 - back;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (weft_sim_history_get_write (self, middle)->action < action)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < self->writes.len && weft_sim_history_get_write (self, low)->action == action)
    return low;

  return WEFT_SIM_HISTORY_NONE;
}

guint
weft_sim_history_find_write (WeftSimHistory *self,
                             guint64         action)
{
  guint32 hash = hash_action (action);
  guint32 position = hash;
  guint32 item;

  if (action > self->highest_action)
    return WEFT_SIM_HISTORY_NONE;
  if (!self->is_unordered)
    return find_ordered (self, action);

  while (weft_sim_index_next (&self->actions, hash, &position, &item))
    if (weft_sim_history_get_write (self, item)->action == action)
      return item;

  return WEFT_SIM_HISTORY_NONE;
}

static void
index_action (WeftSimHistory *self,
              guint           write)
{
  weft_sim_index_add (&self->actions,
                      hash_action (weft_sim_history_get_write (self, write)->action), write);
}

/* Of the write that was added last. */
void
weft_sim_history_index_write (WeftSimHistory *self,
                              guint           write)
{
  guint64 action = weft_sim_history_get_write (self, write)->action;

  if (self->is_unordered)
    index_action (self, write);
  else if (action < self->highest_action)
    {
      self->is_unordered = TRUE;
      for (guint i = 0; i <= write; i++)
        index_action (self, i);
    }
  self->highest_action = MAX (self->highest_action, action);
}

static guint
find_block_part (WeftSimHistory     *self,
                 const WeftSimWrite *write,
                 guint               block)
{
  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    if (weft_sim_history_get_part (self, i)->block == block)
      return i;

  return WEFT_SIM_HISTORY_NONE;
}

static gboolean
report_two_actions (WeftSimHistory     *self,
                    const WeftSimWrite *write,
                    guint               block,
                    gint64              rev)
{
  guint part = weft_sim_history_find_part (self, block, rev);
  const WeftSimWrite *other
      = weft_sim_history_get_write (self, weft_sim_history_get_part (self, part)->write);
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *other_name = weft_sim_history_name_write (self, other);
  g_autofree char *witness = weft_sim_history_name_witness (self, &other->seen);
  g_autofree char *where = weft_sim_history_name_rev (self, block, rev);

  return weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_CONTENT,
    g_strdup_printf ("%s is %s but also %s which %s had shown", where, name, other_name, witness));
}

static gboolean
report_twice (WeftSimHistory       *self,
              const WeftSimWrite   *write,
              guint                 block,
              gint64                rev,
              const WeftSimWitness *witness)
{
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *where = weft_sim_history_name_rev (self, block, rev);
  g_autofree char *who = weft_sim_history_name_witness (self, witness);
  g_autofree char *first = weft_sim_history_name_witness (self, &write->seen);

  return weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_TWICE,
    g_strdup_printf ("%s is %s to %s but was revision %" G_GINT64_FORMAT " to %s", name, where,
                     who, write->rev, first));
}

static gboolean
report_not_above (WeftSimHistory     *self,
                  const WeftSimWrite *write,
                  const WeftSimPart  *part,
                  gint64              rev)
{
  guint top = weft_sim_history_find_part (self, part->block, part->floor);
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *where = weft_sim_history_name_rev (self, part->block, rev);
  g_autofree char *who = NULL;

  if (top == WEFT_SIM_HISTORY_NONE || rev <= part->base)
    return weft_sim_history_report (
      self, WEFT_SIM_VIOLATION_NOT_ABOVE,
      g_strdup_printf ("%s became %s, not above revision %" G_GINT64_FORMAT
                       " on which it was built", name, where, part->base));

  who = weft_sim_history_name_witness (
    self, &weft_sim_history_get_write (self, weft_sim_history_get_part (self, top)->write)->seen);
  return weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_NOT_ABOVE,
    g_strdup_printf ("%s became %s, but %s had shown revision %" G_GINT64_FORMAT " before",
                     name, where, who, part->floor));
}

/* Whether a part may become a revision. */
static gboolean
check_part (WeftSimHistory     *self,
            const WeftSimWrite *write,
            const WeftSimPart  *part,
            gint64              rev)
{
  gint64 floor = g_array_index (self->blocks, WeftSimHistoryBlock, part->block).floor;

  if (weft_sim_history_find_part (self, part->block, rev) != WEFT_SIM_HISTORY_NONE)
    return report_two_actions (self, write, part->block, rev);
  if (rev <= part->floor || rev <= part->base)
    return report_not_above (self, write, part, rev);
  if (part->base >= 0 && floor > part->base && floor < rev)
    return weft_sim_history_report_base (self, write, part, rev, floor);

  return TRUE;
}

/* From now on the write is this revision. */
static gboolean
bind_write (WeftSimHistory       *self,
            WeftSimWrite         *write,
            guint                 block,
            gint64                rev,
            const WeftSimWitness *witness)
{
  guint end = write->first_part + write->n_parts;

  if (write->rev != 0)
    return write->rev == rev || report_twice (self, write, block, rev, witness);

  for (guint i = write->first_part; i < end; i++)
    if (!check_part (self, write, weft_sim_history_get_part (self, i), rev))
      return FALSE;

  write->rev = rev;
  for (guint i = write->first_part; i < end; i++)
    {
      WeftSimPart *part = weft_sim_history_get_part (self, i);

      part->rev = rev;
      note_rev (self, i);
    }

  return TRUE;
}

/* Who begins after this must know of the write, on each of its blocks. */
static void
mark_seen (WeftSimHistory       *self,
           WeftSimWrite         *write,
           const WeftSimWitness *witness)
{
  if (write->seen.ended != WEFT_SIM_HISTORY_NEVER)
    return;

  write->seen = *witness;
  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    {
      guint number = weft_sim_history_get_part (self, i)->block;
      WeftSimHistoryBlock *block = &g_array_index (self->blocks, WeftSimHistoryBlock, number);

      if (write->rev > block->floor)
        {
          block->floor = write->rev;
          block->tip = i;
        }
    }
}

static gboolean
report_sighting (WeftSimHistory        *self,
                 WeftSimViolation       violation,
                 const WeftSimSighting *sighting,
                 const WeftSimWitness  *witness,
                 const char            *but)
{
  g_autofree char *who = weft_sim_history_name_witness (self, witness);
  g_autofree char *where = weft_sim_history_name_rev (self, sighting->block, sighting->rev);
  g_autofree char *action = weft_sim_history_name (self, WEFT_SIM_NAMED_ACTION, sighting->action);

  return weft_sim_history_report (self, violation,
                                  g_strdup_printf ("%s saw %s by %s, %s", who, where, action, but));
}

gboolean
weft_sim_history_report_failed (WeftSimHistory       *self,
                                const WeftSimWrite   *write,
                                const WeftSimWitness *witness)
{
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *who = weft_sim_history_name_witness (self, witness);

  return weft_sim_history_report (self, WEFT_SIM_VIOLATION_FAILED_SEEN,
                                  g_strdup_printf ("%s had failed, but %s saw it", name, who));
}

/* A write's own success is a sighting of all its parts. */
gboolean
weft_sim_history_take_success (WeftSimHistory       *self,
                               WeftSimWrite         *write,
                               gint64                rev,
                               const WeftSimWitness *witness)
{
  guint block = weft_sim_history_get_part (self, write->first_part)->block;

  if (rev <= 0)
    {
      g_autofree char *who = weft_sim_history_name_witness (self, witness);

      return weft_sim_history_report (
        self, WEFT_SIM_VIOLATION_CONTENT,
        g_strdup_printf ("%s succeeded as revision %" G_GINT64_FORMAT ", and the first is 1", who,
                         rev));
    }
  if (!bind_write (self, write, block, rev, witness))
    return FALSE;

  mark_seen (self, write, witness);
  return TRUE;
}

/* The part that a sighting is of, which may not be that revision yet. */
static guint
identify (WeftSimHistory        *self,
          const WeftSimSighting *sighting,
          const WeftSimWitness  *witness)
{
  guint write = weft_sim_history_find_write (self, sighting->action);
  guint part;

  if (write == WEFT_SIM_HISTORY_NONE || sighting->rev < 0)
    {
      report_sighting (self, WEFT_SIM_VIOLATION_PHANTOM, sighting, witness,
                       "which nobody had begun to write");
      return WEFT_SIM_HISTORY_NONE;
    }
  part = find_block_part (self, weft_sim_history_get_write (self, write), sighting->block);
  if (part == WEFT_SIM_HISTORY_NONE)
    report_sighting (self, WEFT_SIM_VIOLATION_PHANTOM, sighting, witness,
                     "which does not change that block");

  return part;
}

/* The first sighting of a write, or one that is wrong. */
static gboolean
see_first (WeftSimHistory        *self,
           WeftSimWrite          *write,
           const WeftSimSighting *sighting,
           const WeftSimWitness  *witness)
{
  if (write->is_failed)
    return weft_sim_history_report_failed (self, write, witness);
  if (!bind_write (self, write, sighting->block, sighting->rev, witness))
    return FALSE;

  mark_seen (self, write, witness);
  return TRUE;
}

guint
weft_sim_history_take (WeftSimHistory        *self,
                       const WeftSimSighting *sighting,
                       const WeftSimWitness  *witness)
{
  guint number = weft_sim_history_find_part (self, sighting->block, sighting->rev);
  const WeftSimPart *part;

  g_assert (sighting->rev != 0);

  /* What is a revision was seen before; if it had failed, that was said then. */
  if (number == WEFT_SIM_HISTORY_NONE ||
      weft_sim_history_get_part (self, number)->action != sighting->action)
    {
      number = identify (self, sighting, witness);
      if (number == WEFT_SIM_HISTORY_NONE)
        return number;
      part = weft_sim_history_get_part (self, number);
      if (!see_first (self, weft_sim_history_get_write (self, part->write), sighting, witness))
        return WEFT_SIM_HISTORY_NONE;
    }

  part = weft_sim_history_get_part (self, number);
  if (part->value != sighting->value)
    {
      report_sighting (self, WEFT_SIM_VIOLATION_CONTENT, sighting, witness,
                       "with another content than was written");
      return WEFT_SIM_HISTORY_NONE;
    }

  return number;
}
