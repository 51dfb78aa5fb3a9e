/* weft-bench-count.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bench-count.h"

#include <stdlib.h>

#if defined(__has_feature)
#define HAS_FEATURE(feature) __has_feature (feature)
#else
#define HAS_FEATURE(feature) 0
#endif

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !HAS_FEATURE (address_sanitizer)
#define IS_ABLE 1
#else
#define IS_ABLE 0
#endif

static guint64 n_allocations;

#if IS_ABLE
/* The loader asks the executable first for what any library calls, so these are called by all. */
extern void *__libc_malloc  (size_t size);
extern void *__libc_calloc  (size_t n_items,
                             size_t size);
extern void *__libc_realloc (void  *data,
                             size_t size);

void *
malloc (size_t size)
{
  n_allocations++;

  return __libc_malloc (size);
}

void *
calloc (size_t n_items,
        size_t size)
{
  n_allocations++;

  return __libc_calloc (n_items, size);
}

void *
realloc (void   *data,
         size_t  size)
{
  n_allocations++;

  return __libc_realloc (data, size);
}
#endif

gboolean
weft_bench_count_is_able (void)
{
  return IS_ABLE;
}

guint64
weft_bench_count_get (void)
{
  return n_allocations;
}
