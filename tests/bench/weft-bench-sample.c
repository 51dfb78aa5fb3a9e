/* weft-bench-sample.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bench-sample.h"

#include <execinfo.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#define RANGES_MAX 64
#define FRAMES_MAX 40
/* The handler, and what the system put between it and what was interrupted. */
#define FRAMES_OF_SIGNAL 2
#define INTERVAL_USEC 1000

typedef enum
{
  KIND_LIBRARY,
  KIND_SIMULATOR,
  KIND_JSON,
  KIND_OTHER,
} Kind;

typedef struct
{
  gsize start;
  gsize end;
  Kind kind;
} Range;

static Range ranges[RANGES_MAX];
static guint n_ranges;
static WeftBenchSamples counted;

static Kind
get_kind (const char *name)
{
  if (strstr (name, "libweft-sim") != NULL)
    return KIND_SIMULATOR;
  if (strstr (name, "libweft-1") != NULL)
    return KIND_LIBRARY;
  if (strstr (name, "libjson-glib") != NULL)
    return KIND_JSON;

  return KIND_OTHER;
}

static int
note_object (struct dl_phdr_info *info,
             size_t               size,
             void                *data)
{
  for (guint i = 0; i < info->dlpi_phnum && n_ranges < RANGES_MAX; i++)
    {
      const ElfW(Phdr) *header = &info->dlpi_phdr[i];

      if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0)
        ranges[n_ranges++] = (Range) {
          info->dlpi_addr + header->p_vaddr,
          info->dlpi_addr + header->p_vaddr + header->p_memsz,
          get_kind (info->dlpi_name),
        };
    }

  return 0;
}

static Kind
find_kind (gsize at)
{
  for (guint i = 0; i < n_ranges; i++)
    if (at >= ranges[i].start && at < ranges[i].end)
      return ranges[i].kind;

  return KIND_OTHER;
}

/* What is ours on the stack, from the inside out; what was passed on the way is what it does. */
static void
on_timer (int number)
{
  void *frames[FRAMES_MAX];
  int n_frames = backtrace (frames, FRAMES_MAX);
  WeftBenchOwner owner = WEFT_BENCH_OWNER_OTHER;
  WeftBenchWork work = WEFT_BENCH_WORK_OWN;

  for (int i = FRAMES_OF_SIGNAL; i < n_frames && owner == WEFT_BENCH_OWNER_OTHER; i++)
    {
      Kind kind = find_kind ((gsize) frames[i]);

      if (kind == KIND_LIBRARY)
        owner = WEFT_BENCH_OWNER_LIBRARY;
      else if (kind == KIND_SIMULATOR)
        owner = WEFT_BENCH_OWNER_SIMULATOR;
      else if (kind == KIND_JSON)
        work = WEFT_BENCH_WORK_JSON;
      else if (work == WEFT_BENCH_WORK_OWN)
        work = WEFT_BENCH_WORK_GLIB;
    }
  counted.n[owner][work]++;
  counted.n_total++;
}

static void
set_timer (int interval_usec)
{
  struct itimerval timer = {
    .it_interval.tv_usec = interval_usec,
    .it_value.tv_usec = interval_usec,
  };

  setitimer (ITIMER_PROF, &timer, NULL);
}

void
weft_bench_sample_start (void)
{
  struct sigaction action = { .sa_handler = on_timer, .sa_flags = SA_RESTART };
  void *frames[FRAMES_MAX];

  counted = (WeftBenchSamples) { .n_total = 0 };
  n_ranges = 0;
  dl_iterate_phdr (note_object, NULL);
  /* The first time it loads a library, which is nothing for a handler. */
  backtrace (frames, FRAMES_MAX);
  sigemptyset (&action.sa_mask);
  sigaction (SIGPROF, &action, NULL);
  set_timer (INTERVAL_USEC);
}

void
weft_bench_sample_stop (WeftBenchSamples *samples)
{
  set_timer (0);
  *samples = counted;
}
