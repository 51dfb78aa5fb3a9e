/* weft-sim-fence-gate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "weft-sim-fence-gate-private.h"
#include "weft-sim-fence-python-private.h"

#define FRAMES_MAX 64

typedef struct
{
  guintptr wanted;
  guintptr start;
  guintptr end;
} Module;

/* Where the code of GLib is; found when the fence is put up, and constant after that. */
static Module glib;
/* On the way out the fence must not stop what it calls itself. */
static _Thread_local gboolean is_open;

gboolean
weft_sim_fence_is_closed (void)
{
  return weft_sim_fence_is_up () && !is_open;
}

gboolean
weft_sim_fence_is_glib (gconstpointer address)
{
  return (guintptr) address >= glib.start && (guintptr) address < glib.end;
}

gpointer
weft_sim_fence_find (const char *function)
{
  gpointer found = dlsym (RTLD_NEXT, function);

  if (found == NULL)
    g_error ("there is no function %s behind the fence", function);

  return found;
}

void
weft_sim_fence_breach (const char *function,
                       const char *instead)
{
  void *frames[FRAMES_MAX];
  int n_frames;

  is_open = TRUE;
  g_printerr ("\nweft-sim: %s() was called within an event of a simulated world.\n"
              "The next run with this seed would be another one. Instead, %s.\n"
              "It was called from:\n", function, instead);
  n_frames = backtrace (frames, G_N_ELEMENTS (frames));
  backtrace_symbols_fd (frames, n_frames, STDERR_FILENO);
  weft_sim_fence_python_tell ();
  abort ();
}

static int
look_at_module (struct dl_phdr_info *info,
                size_t               size,
                void                *data)
{
  Module *module = data;

  for (int i = 0; i < info->dlpi_phnum; i++)
    {
      const ElfW(Phdr) *header = &info->dlpi_phdr[i];
      guintptr start = info->dlpi_addr + header->p_vaddr;

      if (header->p_type != PT_LOAD || (header->p_flags & PF_X) == 0)
        continue;
      if (module->wanted < start || module->wanted >= start + header->p_memsz)
        continue;
      module->start = start;
      module->end = start + header->p_memsz;
      return 1;
    }

  return 0;
}

gboolean
weft_sim_fence_is_same_code (gconstpointer address,
                             gconstpointer other)
{
  Module module = { .wanted = (guintptr) other };

  dl_iterate_phdr (look_at_module, &module);

  return (guintptr) address >= module.start && (guintptr) address < module.end;
}

/* A fence that something else stands before would keep nobody from anything. Only another fence
 * may: that of a program that has its own, and was started by one that was given this. */
static void __attribute__ ((constructor))
install (void)
{
  if (dlsym (RTLD_DEFAULT, "weft_sim_fence_breach") != (gpointer) weft_sim_fence_breach)
    return;
  if (dlsym (RTLD_DEFAULT, "clock_gettime") != (gpointer) clock_gettime
      || dlsym (RTLD_DEFAULT, "g_thread_new") == dlsym (RTLD_NEXT, "g_thread_new"))
    g_error ("the fence of simulated worlds has to be in the executable, which exports its "
             "functions (-rdynamic), or in LD_PRELOAD");

  glib.wanted = (guintptr) dlsym (RTLD_NEXT, "g_main_context_new");
  dl_iterate_phdr (look_at_module, &glib);
  g_assert (glib.start != 0);
  weft_sim_fence_install ();
}
