/* weft-block-metadata.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-metadata.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-members-private.h"
#include "weft-parts-private.h"
#include "weft-range-private.h"

/**
 * WeftBlockMetadata:
 *
 * What a store knows of a block: its latest revision, who keeps it from then on, and for which
 * ranges of revisions it can answer.
 *
 * Revisions are counted for a whole collection, so a range covers also those that did not touch
 * the block. Ranges are sorted, never overlap and never touch: `[1,5)` and `[5,8)` are `[1,8)`,
 * while `[1,5)` and `[6,8)` stay apart.
 *
 * Since: 0.1
 */
struct _WeftBlockMetadata
{
  GArray *ranges;        /* WeftRange, shared with others */
  WeftActionRev *latest; /* or NULL */
  char *cluster;         /* or NULL */
};

static void
clear (WeftBlockMetadata *self)
{
  g_clear_pointer (&self->ranges, g_array_unref);
  g_clear_pointer (&self->latest, weft_action_rev_unref);
  g_clear_pointer (&self->cluster, g_ref_string_release);
}

/**
 * weft_block_metadata_ref:
 * @self: metadata
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_block_metadata_unref:
 * @self: (transfer full): metadata
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_block_metadata_to_string:
 * @self: metadata
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_block_metadata_equal:
 * @a: metadata
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_block_metadata_to_json:
 * @self: metadata
 *
 * Writes the value as `{"ranges":[[start] or [start,end)…],"latest"?:ActionRev,
 * "cluster"?:sha256}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftBlockMetadata, weft_block_metadata, clear)

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  const WeftRange *left = a;
  const WeftRange *right = b;

  return left->start < right->start ? -1 : left->start > right->start;
}

/* Sorts the ranges and merges those that overlap or touch. */
static void
normalize (GArray *ranges)
{
  guint kept = 0;

  g_array_sort (ranges, compare_ranges);
  for (guint i = 1; i < ranges->len; i++)
    {
      WeftRange *last = &g_array_index (ranges, WeftRange, kept);
      WeftRange next = g_array_index (ranges, WeftRange, i);

      if (next.start <= last->end)
        last->end = MAX (last->end, next.end);
      else
        g_array_index (ranges, WeftRange, ++kept) = next;
    }
  g_array_set_size (ranges, ranges->len > 0 ? kept + 1 : 0);
}

static WeftBlockMetadata *
copy (WeftBlockMetadata *self)
{
  WeftBlockMetadata *result = g_atomic_rc_box_new0 (WeftBlockMetadata);

  result->ranges = g_array_ref (self->ranges);
  if (self->latest != NULL)
    result->latest = weft_action_rev_ref (self->latest);
  if (self->cluster != NULL)
    result->cluster = g_ref_string_acquire (self->cluster);

  return result;
}

static gboolean
read_ranges (WeftBlockMetadata   *self,
             const WeftItem      *array,
             const WeftJsonPath  *path,
             GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const WeftItem *item;

  if (weft_item_get_array (array, path, error) == NULL)
    return FALSE;

  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    {
      WeftRange range;

      if (!weft_range_read (item, &range, &here, error))
        return FALSE;
      g_array_append_val (self->ranges, range);
      here.index++;
    }
  normalize (self->ranges);

  return TRUE;
}

static gboolean
read_cluster (WeftBlockMetadata   *self,
              const WeftItem      *item,
              const WeftJsonPath  *path,
              GError             **error)
{
  const char *text = weft_item_get_string (item, path, error);

  if (text == NULL)
    return FALSE;
  if (!weft_sha256_base64url_is_valid (text))
    {
      weft_json_set_error (error, path, "expected a SHA-256 in base64url");
      return FALSE;
    }
  self->cluster = g_ref_string_new (text);

  return TRUE;
}

WeftBlockMetadata *
weft_block_metadata_read (const WeftItem      *item,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autoptr (WeftBlockMetadata) self = NULL;
  WeftJsonPath ranges = { path, "ranges", 0 };
  WeftJsonPath latest = { path, "latest", 0 };
  WeftJsonPath cluster = { path, "cluster", 0 };
  const WeftItem *object = weft_item_get_object (item, path, error);
  const WeftItem *member;

  if (object == NULL)
    return NULL;

  self = weft_block_metadata_new ();
  member = weft_item_require_member (object, "ranges", path, error);
  if (member == NULL || !read_ranges (self, member, &ranges, error))
    return NULL;

  member = weft_item_find (object, "latest");
  if (member != NULL)
    {
      self->latest = weft_action_rev_read (member, &latest, error);
      if (self->latest == NULL)
        return NULL;
    }
  member = weft_item_find (object, "cluster");
  if (member != NULL && !read_cluster (self, member, &cluster, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weft_block_metadata_new:
 *
 * Creates the metadata of a block of which nothing is known: no range and no latest revision.
 *
 * Returns: (transfer full): the metadata
 *
 * Since: 0.1
 */
WeftBlockMetadata *
weft_block_metadata_new (void)
{
  WeftBlockMetadata *self = g_atomic_rc_box_new0 (WeftBlockMetadata);

  self->ranges = g_array_new (FALSE, FALSE, sizeof (WeftRange));

  return self;
}

/**
 * weft_block_metadata_with_latest:
 * @self: metadata, which stays as it is
 * @latest: (nullable): the latest revision, or %NULL for none
 *
 * Makes metadata with another latest revision. The ranges stay the same.
 *
 * Returns: (transfer full): the metadata
 *
 * Since: 0.1
 */
WeftBlockMetadata *
weft_block_metadata_with_latest (WeftBlockMetadata *self,
                                 WeftActionRev     *latest)
{
  WeftBlockMetadata *result;

  g_return_val_if_fail (self != NULL, NULL);

  result = copy (self);
  g_clear_pointer (&result->latest, weft_action_rev_unref);
  if (latest != NULL)
    result->latest = weft_action_rev_ref (latest);

  return result;
}

/**
 * weft_block_metadata_with_range:
 * @self: metadata, which stays as it is
 * @start: the first revision, at least 1
 * @end: the revision after the last, more than @start, or zero for an open range
 *
 * Makes metadata that cover a range of revisions also.
 *
 * Returns: (transfer full): the metadata
 *
 * Since: 0.1
 */
WeftBlockMetadata *
weft_block_metadata_with_range (WeftBlockMetadata *self,
                                gint64             start,
                                gint64             end)
{
  WeftRange range = { start, end == 0 ? WEFT_RANGE_OPEN : end };
  WeftBlockMetadata *result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (start >= 1 && start < WEFT_REV_MAX, NULL);
  g_return_val_if_fail (end == 0 || (end > start && end <= WEFT_REV_MAX), NULL);

  result = copy (self);
  g_array_unref (result->ranges);
  result->ranges = g_array_copy (self->ranges);
  g_array_append_val (result->ranges, range);
  normalize (result->ranges);

  return result;
}

/**
 * weft_block_metadata_with_cluster:
 * @self: metadata, which stays as it is
 * @cluster: (nullable): the hash of who keeps the block from its latest revision on, a SHA-256 in
 *   base64url as that of [method@Weft.ClusterRecord.get_membership], or %NULL if nobody said so
 *
 * Makes metadata of a block that others keep. All else stays the same.
 *
 * Returns: (transfer full): the metadata
 *
 * Since: 0.1
 */
WeftBlockMetadata *
weft_block_metadata_with_cluster (WeftBlockMetadata *self,
                                  const char        *cluster)
{
  WeftBlockMetadata *result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (cluster == NULL || weft_sha256_base64url_is_valid (cluster), NULL);

  if (g_strcmp0 (self->cluster, cluster) == 0)
    return weft_block_metadata_ref (self);

  result = copy (self);
  g_clear_pointer (&result->cluster, g_ref_string_release);
  result->cluster = cluster != NULL ? g_ref_string_new (cluster) : NULL;

  return result;
}

/**
 * weft_block_metadata_get_latest:
 * @self: metadata
 *
 * Gets the latest revision of the block.
 *
 * Returns: (transfer none) (nullable): the revision, or %NULL if none was committed here
 *
 * Since: 0.1
 */
WeftActionRev *
weft_block_metadata_get_latest (WeftBlockMetadata *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->latest;
}

/**
 * weft_block_metadata_get_latest_rev:
 * @self: metadata
 *
 * Gets the number of the latest revision of the block.
 *
 * Returns: the revision, or zero if none was committed here
 *
 * Since: 0.1
 */
gint64
weft_block_metadata_get_latest_rev (WeftBlockMetadata *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->latest != NULL ? weft_action_rev_get_rev (self->latest) : 0;
}

/**
 * weft_block_metadata_get_cluster:
 * @self: metadata
 *
 * Gets who keeps the block from its latest revision on, as its history says: only they decide what
 * comes next.
 *
 * Returns: (transfer none) (nullable): the SHA-256 of the sorted list of the peers in base64url, or
 *   %NULL if no cluster decided the latest revision
 *
 * Since: 0.1
 */
const char *
weft_block_metadata_get_cluster (WeftBlockMetadata *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->cluster;
}

/**
 * weft_block_metadata_get_n_ranges:
 * @self: metadata
 *
 * Counts the ranges.
 *
 * Returns: the number of ranges
 *
 * Since: 0.1
 */
guint
weft_block_metadata_get_n_ranges (WeftBlockMetadata *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->ranges->len;
}

/**
 * weft_block_metadata_get_range:
 * @self: metadata
 * @index: which range, less than [method@Weft.BlockMetadata.get_n_ranges]
 * @start: (out) (optional): return location for the first revision
 * @end: (out) (optional): return location for the revision after the last, or zero if the range
 *   is open
 *
 * Gets one of the ranges, which are sorted.
 *
 * Since: 0.1
 */
void
weft_block_metadata_get_range (WeftBlockMetadata *self,
                               guint              index,
                               gint64            *start,
                               gint64            *end)
{
  const WeftRange *range;

  g_return_if_fail (self != NULL);
  g_return_if_fail (index < self->ranges->len);

  range = &g_array_index (self->ranges, WeftRange, index);
  if (start != NULL)
    *start = range->start;
  if (end != NULL)
    *end = range->end == WEFT_RANGE_OPEN ? 0 : range->end;
}

/**
 * weft_block_metadata_covers:
 * @self: metadata
 * @rev: a revision
 *
 * Tells whether the store can answer for a revision.
 *
 * Returns: whether a range holds it
 *
 * Since: 0.1
 */
gboolean
weft_block_metadata_covers (WeftBlockMetadata *self,
                            gint64             rev)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->ranges->len; i++)
    {
      const WeftRange *range = &g_array_index (self->ranges, WeftRange, i);

      if (rev >= range->start && rev < range->end)
        return TRUE;
    }

  return FALSE;
}

/**
 * weft_block_metadata_from_json:
 * @json: `{"ranges":[[start] or [start,end)…],"latest"?:ActionRev,"cluster"?:sha256}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads metadata. Ranges may come in any order. Members it does not know are ignored. An error
 * names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftBlockMetadata *
weft_block_metadata_from_json (JsonNode  *json,
                               GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_block_metadata_read (weft_tape_get_root (tape), NULL, error);
}

/**
 * weft_block_metadata_from_string:
 * @text: JSON, as weft_block_metadata_to_string() writes it
 * @error: return location for a [error@Weft.Error]
 *
 * Reads metadata from text as weft_block_metadata_from_json() does from a tree, which is not made.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_FROM_STRING (WeftBlockMetadata, weft_block_metadata)

void
weft_block_metadata_append (WeftBlockMetadata *self,
                            GString           *text)
{
  gsize start = text->len;

  if (self->cluster != NULL)
    weft_members_append_string (text, "cluster", self->cluster);
  if (self->latest != NULL)
    {
      weft_members_append_name (text, "latest");
      weft_action_rev_append (self->latest, text);
    }
  weft_members_append_name (text, "ranges");
  g_string_append_c (text, '[');
  for (guint i = 0; i < self->ranges->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      weft_range_append (&g_array_index (self->ranges, WeftRange, i), text);
    }
  g_string_append_c (text, ']');
  weft_members_close (text, start);
}
