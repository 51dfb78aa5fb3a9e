/* weft-sim-fence-python.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Programs in Python. Whether there is an interpreter shows when its functions are looked for by
 * name, so nothing here is built against one. */

#include <dlfcn.h>
#include <gmodule.h>

#include "weft-sim-fence-gate-private.h"
#include "weft-sim-fence-python-private.h"

#define GUARD_PATH "/org/weft/sim/fence/weft_sim_fence.py"
/* Py_file_input: a text of many statements. */
#define PYTHON_FILE_INPUT 257

/* The frame of this text comes from the one that the program is in; frames of the guard tell
 * nobody anything. */
static const char tell_text[] =
  "import sys, traceback\n"
  "weft_frame = sys._getframe().f_back\n"
  "while weft_frame and weft_frame.f_globals.get('__name__') == 'weft_sim_fence':\n"
  "  weft_frame = weft_frame.f_back\n"
  "if weft_frame:\n"
  "  print('In Python, most recent call last:', file=sys.stderr)\n"
  "  traceback.print_stack(weft_frame)\n"
  "  sys.stderr.flush()\n";

/* What of the interpreter is used: the same in all of its versions. */
typedef struct
{
  int (*is_initialized) (void);
  int (*has_lock) (void);
  int (*take_lock) (void);
  void (*give_lock) (int state);
  int (*run) (const char *text);
  void *(*compile) (const char *text, const char *file, int start);
  void *(*make_module) (const char *name, void *code);
  void (*print_error) (void);
} Python;

static gboolean
find_python (Python *python)
{
  *python = (Python) {
    .is_initialized = dlsym (RTLD_DEFAULT, "Py_IsInitialized"),
    .has_lock = dlsym (RTLD_DEFAULT, "PyGILState_Check"),
    .take_lock = dlsym (RTLD_DEFAULT, "PyGILState_Ensure"),
    .give_lock = dlsym (RTLD_DEFAULT, "PyGILState_Release"),
    .run = dlsym (RTLD_DEFAULT, "PyRun_SimpleString"),
    .compile = dlsym (RTLD_DEFAULT, "Py_CompileString"),
    .make_module = dlsym (RTLD_DEFAULT, "PyImport_ExecCodeModule"),
    .print_error = dlsym (RTLD_DEFAULT, "PyErr_Print"),
  };

  return python->is_initialized != NULL && python->has_lock != NULL && python->take_lock != NULL
         && python->give_lock != NULL && python->run != NULL && python->compile != NULL
         && python->make_module != NULL && python->print_error != NULL
         && python->is_initialized () != 0;
}

void
weft_sim_fence_python_tell (void)
{
  Python python;

  if (!find_python (&python))
    return;

  python.take_lock ();
  python.run (tell_text);
}

gboolean
weft_sim_fence_is_python (gconstpointer address)
{
  Python python;

  return find_python (&python)
         && weft_sim_fence_is_same_code (address, (gconstpointer) python.is_initialized);
}

/* Whatever a program does in Python, it holds the lock of the interpreter while it does. */
gboolean
weft_sim_fence_python_is_waiting (void)
{
  Python python;

  return find_python (&python) && python.has_lock () == 0;
}

/* Some things of Python reach no function of the system, so its own functions are guarded. */
static void
guard_python (void)
{
  g_autoptr(GBytes) text = NULL;
  Python python;
  void *code;
  int state;

  if (!find_python (&python))
    return;

  text = g_resources_lookup_data (GUARD_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (text != NULL);
  state = python.take_lock ();
  /* What a resource holds ends with a zero that does not count. */
  code = python.compile (g_bytes_get_data (text, NULL), "weft_sim_fence.py", PYTHON_FILE_INPUT);
  if (code == NULL || python.make_module ("weft_sim_fence", code) == NULL)
    {
      python.print_error ();
      g_error ("the functions of Python itself could not be guarded");
    }
  python.give_lock (state);
}

/* A library that was loaded later is asked for its functions by name, and the loader does not look
 * for one before it: this is how a program in another language gets at those of GLib. It learns of
 * the worlds here, too, so this is when it is known that there will be some. */
WEFT_SIM_FENCE_GATE gboolean
g_module_symbol (GModule     *module,
                 const gchar *name,
                 gpointer    *symbol)
{
  static gboolean (*real) (GModule *, const gchar *, gpointer *);
  static gboolean is_guarded;

  if (real == NULL)
    real = weft_sim_fence_find ("g_module_symbol");
  if (!real (module, name, symbol))
    return FALSE;

  if (*symbol != NULL && dlsym (RTLD_NEXT, name) == *symbol)
    *symbol = dlsym (RTLD_DEFAULT, name);
  if (!is_guarded && g_str_equal (name, "weft_sim_world_get_type"))
    {
      is_guarded = TRUE;
      guard_python ();
    }

  return TRUE;
}
