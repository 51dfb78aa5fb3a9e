/* weft-log.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which log messages a program writes. Standard output is kept for the program's own answers, so
 * everything logged goes to standard error, or to the journal with all its fields when standard
 * error is the journal. */

#include "config.h"

#include "weft-log.h"
#include "weft-nearest.h"

#include <stdio.h>
#include <unistd.h>
#include <weft.h>

static const char *const level_names[] = {
  [WEFT_LOG_ERROR] = "error",
  [WEFT_LOG_WARNING] = "warning",
  [WEFT_LOG_MESSAGE] = "message",
  [WEFT_LOG_INFO] = "info",
  [WEFT_LOG_DEBUG] = "debug",
  NULL,
};

/* The least urgent of GLib's levels that each of ours lets through. */
static const GLogLevelFlags thresholds[] = {
  [WEFT_LOG_ERROR] = G_LOG_LEVEL_CRITICAL,
  [WEFT_LOG_WARNING] = G_LOG_LEVEL_WARNING,
  [WEFT_LOG_MESSAGE] = G_LOG_LEVEL_MESSAGE,
  [WEFT_LOG_INFO] = G_LOG_LEVEL_INFO,
  [WEFT_LOG_DEBUG] = G_LOG_LEVEL_DEBUG,
};

/* Read by whichever thread logs. */
static int current_level = WEFT_LOG_MESSAGE;

static GLogWriterOutput
write_cb (GLogLevelFlags   log_level,
          const GLogField *fields,
          gsize            n_fields,
          gpointer         user_data)
{
  GLogLevelFlags urgency = log_level & G_LOG_LEVEL_MASK;

  if (urgency > thresholds[g_atomic_int_get (&current_level)])
    return G_LOG_WRITER_HANDLED;

  if (g_log_writer_is_journald (fileno (stderr)) &&
      g_log_writer_journald (log_level, fields, n_fields, user_data) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;

  return g_log_writer_standard_streams (log_level, fields, n_fields, user_data);
}

/* To be called once, before anything is logged. */
void
weft_log_install (WeftLogLevel level)
{
  weft_log_set_level (level);
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_cb, NULL, NULL);
}

void
weft_log_set_level (WeftLogLevel level)
{
  g_return_if_fail (level <= WEFT_LOG_DEBUG);

  g_atomic_int_set (&current_level, level);
}

WeftLogLevel
weft_log_get_level (void)
{
  return g_atomic_int_get (&current_level);
}

/* One step more talkative; after the last comes the first. */
WeftLogLevel
weft_log_next_level (WeftLogLevel level)
{
  return level == WEFT_LOG_DEBUG ? WEFT_LOG_ERROR : level + 1;
}

const char *
weft_log_level_name (WeftLogLevel level)
{
  g_return_val_if_fail (level <= WEFT_LOG_DEBUG, NULL);

  return level_names[level];
}

gboolean
weft_log_level_parse (const char    *name,
                      WeftLogLevel  *level,
                      GError       **error)
{
  g_autofree char *hint = NULL;

  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (level != NULL, FALSE);

  for (guint i = 0; level_names[i] != NULL; i++)
    if (g_str_equal (level_names[i], name))
      {
        *level = i;
        return TRUE;
      }

  hint = weft_nearest_hint (name, level_names);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected error, warning, message, info or debug, got “%s”%s", name, hint);
  return FALSE;
}
