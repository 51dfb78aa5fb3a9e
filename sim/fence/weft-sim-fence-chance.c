/* weft-sim-fence-chance.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <fcntl.h>
#include <gnutls/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "weft-sim-fence-gate-private.h"

#define INSTEAD "ask the WeftRandom of the node"

WEFT_SIM_FENCE_FORBID (ssize_t, getrandom, (void *data, size_t length, unsigned int flags),
                       (data, length, flags), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, getentropy, (void *data, size_t length), (data, length), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, rand, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (long, random, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (double, drand48, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (long, lrand48, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (long, mrand48, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (guint32, g_random_int, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (gint32, g_random_int_range, (gint32 begin, gint32 end), (begin, end),
                       INSTEAD)
WEFT_SIM_FENCE_FORBID (gdouble, g_random_double, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (gdouble, g_random_double_range, (gdouble begin, gdouble end), (begin, end),
                       INSTEAD)
WEFT_SIM_FENCE_FORBID (GRand *, g_rand_new, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (gchar *, g_uuid_string_random, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, gnutls_rnd, (gnutls_rnd_level_t level, void *data, size_t length),
                       (level, data, length), INSTEAD)

/* The devices that give chance as bytes of a file. */
static void
check_path (const char *function,
            const char *path)
{
  g_autofree char *words = NULL;

  if (!weft_sim_fence_is_closed ())
    return;
  if (g_strcmp0 (path, "/dev/urandom") != 0 && g_strcmp0 (path, "/dev/random") != 0)
    return;

  words = g_strdup_printf ("%s (\"%s\")", function, path);
  weft_sim_fence_breach (words, INSTEAD);
}

/* As variable arguments: open() takes the mode of a file it makes. */
#define GUARD_OPEN(name) \
  WEFT_SIM_FENCE_GATE int \
  name (const char *path, \
        int         flags, \
        ...) \
  { \
    static int (*real) (const char *, int, ...); \
    mode_t mode = 0; \
    check_path (#name, path); \
    if (real == NULL) \
      real = weft_sim_fence_find (#name); \
    if ((flags & (O_CREAT | __O_TMPFILE)) != 0) \
      { \
        va_list arguments; \
        va_start (arguments, flags); \
        mode = va_arg (arguments, mode_t); \
        va_end (arguments); \
      } \
    return real (path, flags, mode); \
  }

#define GUARD_FOPEN(name) \
  WEFT_SIM_FENCE_GATE FILE * \
  name (const char *path, \
        const char *mode) \
  { \
    static FILE *(*real) (const char *, const char *); \
    check_path (#name, path); \
    if (real == NULL) \
      real = weft_sim_fence_find (#name); \
    return real (path, mode); \
  }

GUARD_OPEN (open)
GUARD_OPEN (open64)
GUARD_FOPEN (fopen)
GUARD_FOPEN (fopen64)
