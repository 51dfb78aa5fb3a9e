/* weft-sim-fence-threads.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

#include "weft-sim-fence-gate-private.h"

#define INSTEAD "do it in the event, or in another event of the world"

WEFT_SIM_FENCE_FORBID (int, pthread_create,
                       (pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                        void *(*func) (void *), void *restrict data),
                       (thread, attributes, func, data), INSTEAD)
WEFT_SIM_FENCE_FORBID (GThread *, g_thread_new,
                       (const gchar *name, GThreadFunc func, gpointer data),
                       (name, func, data), INSTEAD)
WEFT_SIM_FENCE_FORBID (GThread *, g_thread_try_new,
                       (const gchar *name, GThreadFunc func, gpointer data, GError **error),
                       (name, func, data, error), INSTEAD)
WEFT_SIM_FENCE_FORBID (GThreadPool *, g_thread_pool_new,
                       (GFunc func, gpointer data, gint n_max, gboolean exclusive, GError **error),
                       (func, data, n_max, exclusive, error), INSTEAD)
WEFT_SIM_FENCE_FORBID (GThreadPool *, g_thread_pool_new_full,
                       (GFunc func, gpointer user_data, GDestroyNotify destroy, gint n_max,
                        gboolean exclusive, GError **error),
                       (func, user_data, destroy, n_max, exclusive, error), INSTEAD)
/* The pool of GTask may have threads that were made before, and hands work to them without a new
 * one. */
WEFT_SIM_FENCE_FORBID (gboolean, g_thread_pool_push,
                       (GThreadPool *pool, gpointer data, GError **error),
                       (pool, data, error), INSTEAD)
WEFT_SIM_FENCE_FORBID (void, g_task_run_in_thread, (GTask *task, GTaskThreadFunc func),
                       (task, func), INSTEAD)
WEFT_SIM_FENCE_FORBID (void, g_task_run_in_thread_sync, (GTask *task, GTaskThreadFunc func),
                       (task, func), INSTEAD)
WEFT_SIM_FENCE_FORBID (void, g_cond_wait, (GCond *condition, GMutex *mutex), (condition, mutex),
                       INSTEAD)
WEFT_SIM_FENCE_FORBID (gboolean, g_cond_wait_until,
                       (GCond *condition, GMutex *mutex, gint64 end_time),
                       (condition, mutex, end_time), INSTEAD)

WEFT_SIM_FENCE_FORBID (pid_t, fork, (void), (), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, system, (const char *command), (command), INSTEAD)
WEFT_SIM_FENCE_FORBID (int, posix_spawn,
                       (pid_t *restrict pid, const char *restrict path,
                        const posix_spawn_file_actions_t *restrict actions,
                        const posix_spawnattr_t *restrict attributes, char *const *arguments,
                        char *const *environment),
                       (pid, path, actions, attributes, arguments, environment), INSTEAD)
