/* weft-nearest.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-nearest.h"

#include <string.h>

/* Longer words are cut: the work is quadratic, and nobody mistypes a word of this length. */
#define WORD_BYTES_MAX 64

/* The number of bytes to insert, remove, replace or swap with their neighbour to turn one word
 * into the other. Three rows are kept because a swap looks two rows back. */
static guint
measure_distance (const char *a,
                  const char *b)
{
  gsize a_length = MIN (strlen (a), WORD_BYTES_MAX);
  gsize b_length = MIN (strlen (b), WORD_BYTES_MAX);
  guint rows[3][WORD_BYTES_MAX + 1];

  for (gsize j = 0; j <= b_length; j++)
    rows[0][j] = j;

  for (gsize i = 1; i <= a_length; i++)
    {
      guint *row = rows[i % 3];
      const guint *above = rows[(i + 2) % 3];
      const guint *twice_above = rows[(i + 1) % 3];

      row[0] = i;
      for (gsize j = 1; j <= b_length; j++)
        {
          guint replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
          guint moved = MIN (above[j], row[j - 1]) + 1;

          row[j] = MIN (replaced, moved);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], twice_above[j - 2] + 1);
        }
    }

  return rows[a_length % 3][b_length];
}

/* The candidate that a person who typed `word` most likely meant; the first one of equals. More
 * than half of a word is not mistyped. */
const char *
weft_nearest_word (const char         *word,
                   const char * const *candidates)
{
  const char *nearest = NULL;
  guint distance_min = 0;

  g_return_val_if_fail (word != NULL, NULL);
  g_return_val_if_fail (candidates != NULL, NULL);

  for (gsize i = 0; candidates[i] != NULL; i++)
    {
      guint distance = measure_distance (word, candidates[i]);

      if (2 * distance > MAX (strlen (word), strlen (candidates[i])))
        continue;
      if (nearest == NULL || distance < distance_min)
        {
          distance_min = distance;
          nearest = candidates[i];
        }
    }

  return nearest;
}

char *
weft_nearest_hint (const char         *word,
                   const char * const *candidates)
{
  const char *nearest = weft_nearest_word (word, candidates);

  return nearest != NULL ? g_strdup_printf ("; did you mean “%s”?", nearest) : g_strdup ("");
}
