/* weft-tape-order.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finding members by name. Most objects have a few; those that have many, which a peer may have
 * made so, get an order when they are read, so that no look and no check for a name that is there
 * twice takes longer than the logarithm of how many they are.
 */

#include "config.h"

#include <string.h>

#include "weft-json-names-private.h"
#include "weft-tape-memory-private.h"

/* Members with the same name stay as they come. */
static int
compare_offsets (const void *a,
                 const void *b,
                 void       *object)
{
  const WeftItem *left = (const WeftItem *) object + *(const guint32 *) a;
  const WeftItem *right = (const WeftItem *) object + *(const guint32 *) b;
  int order = weft_json_names_compare (left->name, right->name);

  if (order != 0)
    return order;
  return left < right ? -1 : left > right;
}

static const WeftItem *
find_repeated_in_order (const WeftItem *object,
                        const guint32  *order)
{
  guint32 first = G_MAXUINT32;

  for (guint i = 1; i < object->length; i++)
    if (order[i] < first && g_str_equal (object[order[i - 1]].name, object[order[i]].name))
      first = order[i];
  return first < G_MAXUINT32 ? object + first : NULL;
}

static const WeftItem *
find_repeated (const WeftItem *object)
{
  const char *names[WEFT_TAPE_MEMBERS_SEARCHED_MAX];
  guint n_names = 0;

  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    {
      for (guint i = 0; i < n_names; i++)
        if (g_str_equal (names[i], member->name))
          return member;
      names[n_names++] = member->name;
    }
  return NULL;
}

const WeftItem *
weft_tape_order_members (WeftTape *self,
                         WeftItem *object,
                         gboolean  is_sorted)
{
  WeftTapeOrder *order;
  guint n_members = 0;

  object->is_sorted = is_sorted != FALSE;
  if (object->length <= WEFT_TAPE_MEMBERS_SEARCHED_MAX)
    return is_sorted ? NULL : find_repeated (object);

  order = g_malloc (sizeof *order + object->length * sizeof (guint32));
  order->next = self->orders;
  self->orders = order;
  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    order->offsets[n_members++] = (guint32) (member - object);
  g_assert (n_members == object->length);
  object->order = order->offsets;
  if (is_sorted)
    return NULL;

  g_qsort_with_data (order->offsets, (gint) n_members, sizeof (guint32), compare_offsets, object);
  return find_repeated_in_order (object, order->offsets);
}

static const WeftItem *
find_in_order (const WeftItem *object,
               const char     *name)
{
  guint from = 0;
  guint to = object->length;

  while (from < to)
    {
      guint middle = from + (to - from) / 2;
      const WeftItem *member = object + object->order[middle];
      int order = weft_json_names_compare (name, member->name);

      if (order == 0)
        return member;
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }
  return NULL;
}

const WeftItem *
weft_item_find (const WeftItem *object,
                const char     *name)
{
  g_assert (object->kind == WEFT_ITEM_OBJECT);

  if (object->order != NULL)
    return find_in_order (object, name);
  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    if (member->name[0] == name[0] && strcmp (member->name, name) == 0)
      return member;
  return NULL;
}

/* For a few members nothing is better than moving each to its place. */
static void
sort_few (const WeftItem **members,
          guint            n_members)
{
  for (guint i = 1; i < n_members; i++)
    {
      const WeftItem *member = members[i];
      guint j = i;

      for (; j > 0 && weft_json_names_compare (members[j - 1]->name, member->name) > 0; j--)
        members[j] = members[j - 1];
      members[j] = member;
    }
}

const WeftItem **
weft_item_sort (const WeftItem *object)
{
  const WeftItem **members = g_new (const WeftItem *, object->length);
  guint n_members = 0;

  g_assert (object->kind == WEFT_ITEM_OBJECT);

  if (object->order != NULL)
    {
      for (guint i = 0; i < object->length; i++)
        members[i] = object + object->order[i];
      return members;
    }
  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    members[n_members++] = member;
  if (!object->is_sorted)
    sort_few (members, n_members);
  return members;
}
