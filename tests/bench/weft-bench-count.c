/* weft-bench-count.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bench-count.h"

#include <malloc.h>
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
/* What really allocates: that of the programs, which the bench is linked as. */
#ifdef WITH_TCMALLOC
#define ALLOCATOR(name) tc_##name
#else
#define ALLOCATOR(name) __libc_##name
#endif

extern void *ALLOCATOR (malloc)  (size_t size);
extern void *ALLOCATOR (calloc)  (size_t n_items,
                                  size_t size);
extern void *ALLOCATOR (realloc) (void  *data,
                                  size_t size);

/* The loader asks the executable first for what any library calls, so these are called by all. */
void *
malloc (size_t size)
{
  n_allocations++;

  return ALLOCATOR (malloc) (size);
}

void *
calloc (size_t n_items,
        size_t size)
{
  n_allocations++;

  return ALLOCATOR (calloc) (n_items, size);
}

void *
realloc (void   *data,
         size_t  size)
{
  n_allocations++;

  return ALLOCATOR (realloc) (data, size);
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

#ifdef WITH_TCMALLOC
extern int MallocExtension_GetNumericProperty (const char *property,
                                               size_t     *value);
#endif

gsize
weft_bench_count_get_bytes (void)
{
  size_t n_bytes = 0;

#ifdef WITH_TCMALLOC
  MallocExtension_GetNumericProperty ("generic.current_allocated_bytes", &n_bytes);
#else
  n_bytes = mallinfo2 ().uordblks;
#endif

  return n_bytes;
}
