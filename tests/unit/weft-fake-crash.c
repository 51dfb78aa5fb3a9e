/* weft-fake-crash.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-fake-state.h"

/* What a crash leaves of what was done to a disk. A sync of a file makes its content durable, that
 * of a folder the names in it, and nothing else does. */

#define SECTOR_BYTES 512

static gboolean
is_name (const FakeAction *action)
{
  return action->kind == FAKE_CREATE || action->kind == FAKE_RENAME
         || action->kind == FAKE_UNLINK;
}

static gboolean
is_in (const char *path,
       const char *folder)
{
  gsize length = strlen (folder);

  if (g_str_equal (folder, "."))
    return strchr (path, '/') == NULL;

  return g_str_has_prefix (path, folder) && path[length] == '/'
         && strchr (path + length + 1, '/') == NULL;
}

static gboolean
is_synced_by (const FakeAction *action,
              const FakeAction *sync)
{
  if (action->is_lost)
    return FALSE;
  if (sync->kind == FAKE_SYNC)
    return action->kind == FAKE_WRITE && action->inode == sync->inode;

  return sync->kind == FAKE_SYNC_DIR && is_name (action) && is_in (action->path, sync->path);
}

void
fake_log_forget (GPtrArray *log,
                 int        inode)
{
  for (guint i = log->len; i > 0; i--)
    {
      FakeAction *action = g_ptr_array_index (log, i - 1);

      if (action->kind == FAKE_SYNC && action->inode == inode)
        break;
      if (action->kind == FAKE_WRITE && action->inode == inode)
        action->is_lost = TRUE;
    }
}

void
fake_log_index (GPtrArray *log)
{
  for (guint i = 0; i < log->len; i++)
    {
      FakeAction *action = g_ptr_array_index (log, i);

      action->synced_by = G_MAXUINT;
      for (guint j = i + 1; j < log->len && action->synced_by == G_MAXUINT; j++)
        if (is_synced_by (action, g_ptr_array_index (log, j)))
          action->synced_by = j;
    }
}

/* The index of what is not synced and changes something, `choice` from the last. */
static gboolean
find_unsynced (GPtrArray *log,
               guint      n_done,
               guint      choice,
               guint     *index)
{
  for (guint i = n_done; i > 0; i--)
    {
      const FakeAction *action = g_ptr_array_index (log, i - 1);

      if (action->synced_by < n_done || (action->kind != FAKE_WRITE && !is_name (action)))
        continue;
      if (choice-- == 0)
        {
          *index = i - 1;
          return TRUE;
        }
    }

  return FALSE;
}

/* The sectors of a write that got there: the first, all but the last, all but the first, every
 * second one, or none but the last. */
static gboolean *
choose_sectors (const FakeAction *action,
                guint             choice,
                guint            *n_sectors)
{
  guint64 end = action->offset + g_bytes_get_size (action->data);
  guint n = (guint) ((end + SECTOR_BYTES - 1) / SECTOR_BYTES - action->offset / SECTOR_BYTES);
  gboolean *sectors;

  if (choice > 4 || n < 2)
    return NULL;
  sectors = g_new0 (gboolean, n);
  for (guint i = 0; i < n; i++)
    {
      const gboolean is_there[] = { i == 0, i + 1 < n, i > 0, i % 2 == 0, i + 1 == n };

      sectors[i] = is_there[choice];
    }
  *n_sectors = n;

  return sectors;
}

FakeState *
fake_log_crash (FakeState *first,
                GPtrArray *log,
                guint      n_done,
                FakeCrash  crash,
                guint      choice)
{
  g_autofree gboolean *sectors = NULL;
  g_autoptr (GRand) chance = g_rand_new_with_seed (choice * 7919 + n_done);
  guint n_sectors = 0;
  guint special = 0;
  FakeState *state;

  if (crash != FAKE_CRASH_ALL && !find_unsynced (log, n_done, 0, &special))
    return NULL;
  if ((crash == FAKE_CRASH_BUT || crash == FAKE_CRASH_ONLY)
      && !find_unsynced (log, n_done, choice, &special))
    return NULL;
  if (crash == FAKE_CRASH_TORN)
    {
      const FakeAction *action = g_ptr_array_index (log, special);

      if (special + 1 != n_done || action->kind != FAKE_WRITE)
        return NULL;
      sectors = choose_sectors (action, choice, &n_sectors);
      if (sectors == NULL)
        return NULL;
    }

  state = fake_state_copy (first);
  for (guint i = 0; i < n_done; i++)
    {
      const FakeAction *action = g_ptr_array_index (log, i);
      const gboolean is_there[] = {
        [FAKE_CRASH_ALL] = TRUE,
        [FAKE_CRASH_NONE] = FALSE,
        [FAKE_CRASH_TORN] = TRUE,
        [FAKE_CRASH_BUT] = i != special,
        [FAKE_CRASH_ONLY] = i == special,
        [FAKE_CRASH_RANDOM] = g_rand_boolean (chance),
      };

      if (action->synced_by < n_done || is_there[crash])
        fake_state_apply (state, action, i == special ? sectors : NULL, n_sectors);
    }

  return state;
}
