/* weft-sim-atlas.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-atlas.h"

#include <string.h>

/**
 * WeftSimAtlas:
 *
 * Knows what is broken on which disk, and keeps that within bounds.
 *
 * When enough copies of a block are damaged nobody can get it back, and a run that fails then says
 * nothing about the nodes. So whoever wants to damage something claims it here first: of any block
 * only a limited number of disks may have a damaged copy at a time. A run that fails although
 * every fault was claimed has found something.
 *
 * Since: 0.1
 */
struct _WeftSimAtlas
{
  GObject parent_instance;

  guint disks_max;
  GArray *disks; /* (element-type guint): those that lost something of all blocks */
  GTree *blocks; /* (element-type utf8 GArray): the disks that lost something of one block */
};

G_DEFINE_FINAL_TYPE (WeftSimAtlas, weft_sim_atlas, G_TYPE_OBJECT)

static void
weft_sim_atlas_finalize (GObject *object)
{
  WeftSimAtlas *self = WEFT_SIM_ATLAS (object);

  g_array_unref (self->disks);
  g_tree_unref (self->blocks);

  G_OBJECT_CLASS (weft_sim_atlas_parent_class)->finalize (object);
}

static void
weft_sim_atlas_class_init (WeftSimAtlasClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_atlas_finalize;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  return strcmp (a, b);
}

static void
weft_sim_atlas_init (WeftSimAtlas *self)
{
  self->disks = g_array_new (FALSE, FALSE, sizeof (guint));
  self->blocks = g_tree_new_full (compare_ids, NULL, g_free, (GDestroyNotify) g_array_unref);
}

static gboolean
has (const GArray *disks,
     guint         disk)
{
  for (guint i = 0; i < disks->len; i++)
    if (g_array_index (disks, guint, i) == disk)
      return TRUE;

  return FALSE;
}

static void
add (GArray *disks,
     guint   disk)
{
  if (!has (disks, disk))
    g_array_append_val (disks, disk);
}

/* How many disks there are in either, with one more. */
static guint
count (const GArray *disks,
       const GArray *others,
       guint         disk)
{
  guint n_disks = disks->len + !has (disks, disk);

  for (guint i = 0; others != NULL && i < others->len; i++)
    {
      guint other = g_array_index (others, guint, i);

      n_disks += other != disk && !has (disks, other);
    }

  return n_disks;
}

/**
 * weft_sim_atlas_new:
 * @disks_max: on how many disks copies of one block may be damaged at a time
 *
 * Makes an atlas of disks that are all in order.
 *
 * Returns: (transfer full): an atlas
 *
 * Since: 0.1
 */
WeftSimAtlas *
weft_sim_atlas_new (guint disks_max)
{
  WeftSimAtlas *self = g_object_new (WEFT_TYPE_SIM_ATLAS, NULL);

  self->disks_max = disks_max;

  return self;
}

/**
 * weft_sim_atlas_claim_block:
 * @self: an atlas
 * @disk: the number of a disk
 * @block_id: a block
 *
 * Asks whether what a disk has of a block may be damaged, and notes that it is.
 *
 * Returns: %TRUE when it may be, or already is
 *
 * Since: 0.1
 */
gboolean
weft_sim_atlas_claim_block (WeftSimAtlas *self,
                            guint         disk,
                            const char   *block_id)
{
  GArray *disks;

  g_return_val_if_fail (WEFT_IS_SIM_ATLAS (self), FALSE);
  g_return_val_if_fail (block_id != NULL, FALSE);

  disks = g_tree_lookup (self->blocks, block_id);
  if (count (self->disks, disks, disk) > self->disks_max)
    return FALSE;

  if (disks == NULL)
    {
      disks = g_array_new (FALSE, FALSE, sizeof (guint));
      g_tree_insert (self->blocks, g_strdup (block_id), disks);
    }
  add (disks, disk);

  return TRUE;
}

typedef struct
{
  WeftSimAtlas *atlas;
  guint disk;
  gboolean is_allowed;
} Claim;

static gboolean
check_block (gpointer key,
             gpointer value,
             gpointer user_data)
{
  Claim *claim = user_data;

  claim->is_allowed
    = count (claim->atlas->disks, value, claim->disk) <= claim->atlas->disks_max;

  return !claim->is_allowed;
}

/**
 * weft_sim_atlas_claim_disk:
 * @self: an atlas
 * @disk: the number of a disk
 *
 * Asks whether a disk may lose something of all of its blocks, and notes that it does.
 *
 * Returns: %TRUE when it may, or already has
 *
 * Since: 0.1
 */
gboolean
weft_sim_atlas_claim_disk (WeftSimAtlas *self,
                           guint         disk)
{
  Claim claim = { self, disk, TRUE };

  g_return_val_if_fail (WEFT_IS_SIM_ATLAS (self), FALSE);

  if (count (self->disks, NULL, disk) > self->disks_max)
    return FALSE;
  g_tree_foreach (self->blocks, check_block, &claim);
  if (claim.is_allowed)
    add (self->disks, disk);

  return claim.is_allowed;
}

static void
remove_disk (GArray *disks,
             guint   disk)
{
  for (guint i = disks->len; i > 0; i--)
    if (g_array_index (disks, guint, i - 1) == disk)
      g_array_remove_index (disks, i - 1);
}

static gboolean
heal_block (gpointer key,
            gpointer value,
            gpointer user_data)
{
  remove_disk (value, *(guint *) user_data);

  return FALSE;
}

/**
 * weft_sim_atlas_heal:
 * @self: an atlas
 * @disk: the number of a disk
 *
 * Notes that a disk has everything again.
 *
 * Since: 0.1
 */
void
weft_sim_atlas_heal (WeftSimAtlas *self,
                     guint         disk)
{
  g_return_if_fail (WEFT_IS_SIM_ATLAS (self));

  remove_disk (self->disks, disk);
  g_tree_foreach (self->blocks, heal_block, &disk);
}
