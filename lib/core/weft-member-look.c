/* weft-member-look.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-internal-private.h"

#include "weft-bug-private.h"

/* What is true of a block is true for all of a step. A record is looked at from many sides, which
 * all ask the same of the same slots in the same order. */

/* Who asks for more than so many has other costs. */
#define LOOKS_MAX 64

typedef struct
{
  WeftSlot *slot; /* that it is held keeps another from having its address */
  gint64 latest;
  char *cluster;
  gboolean has_cluster;
} WeftMemberLook;

static void
look_clear (gpointer data)
{
  WeftMemberLook *look = data;

  g_clear_pointer (&look->slot, weft_slot_unref);
  g_clear_pointer (&look->cluster, g_free);
}

void
weft_member_looks_init (WeftMemberMachine *self)
{
  self->looks = g_array_new (FALSE, TRUE, sizeof (WeftMemberLook));
  g_array_set_clear_func (self->looks, look_clear);
}

void
weft_member_looks_clear (WeftMemberMachine *self)
{
  g_array_set_size (self->looks, 0);
  self->next_look = 0;
  g_clear_pointer (&self->found_at, weft_slot_unref);
  g_clear_pointer (&self->found, weft_cluster_record_unref);
}

static WeftMemberLook *
find_look (WeftMemberMachine *self,
           WeftSlot          *slot)
{
  guint n_looks = self->looks->len;
  guint index = self->next_look;

  for (guint i = 0; i < n_looks; i++)
    {
      WeftMemberLook *look;

      if (index >= n_looks)
        index = 0;
      look = &g_array_index (self->looks, WeftMemberLook, index++);
      if (look->slot != slot)
        continue;
      self->next_look = index;
      return look;
    }

  return NULL;
}

/* The last one makes room where there are too many. */
static WeftMemberLook *
ensure_look (WeftMemberMachine *self,
             WeftSlot          *slot)
{
  WeftMemberLook *look = find_look (self, slot);
  const char *block_id = weft_slot_get_block_id (slot);

  if (look != NULL)
    return look;

  if (self->looks->len == LOOKS_MAX)
    g_array_set_size (self->looks, LOOKS_MAX - 1);
  g_array_set_size (self->looks, self->looks->len + 1);
  self->next_look = self->looks->len;
  look = &g_array_index (self->looks, WeftMemberLook, self->looks->len - 1);
  look->slot = weft_slot_ref (slot);
  look->has_cluster = self->facts.read_head != NULL && !WEFT_BUG (PIN_IGNORED);
  look->latest = look->has_cluster
                     ? self->facts.read_head (self->facts.data, block_id, &look->cluster)
                     : self->facts.read_latest (self->facts.data, block_id, NULL);

  return look;
}

gint64
weft_member_get_latest (WeftMemberMachine *self,
                        WeftSlot          *slot)
{
  return ensure_look (self, slot)->latest;
}

const char *
weft_member_get_cluster (WeftMemberMachine *self,
                         WeftSlot          *slot)
{
  WeftMemberLook *look = ensure_look (self, slot);

  if (!look->has_cluster)
    look->cluster = weft_member_read_cluster (self, weft_slot_get_block_id (slot));
  look->has_cluster = TRUE;

  return look->cluster;
}
