/* weft-log.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From quiet to talkative. */
typedef enum
{
  WEFT_LOG_ERROR,
  WEFT_LOG_WARNING,
  WEFT_LOG_MESSAGE,
  WEFT_LOG_INFO,
  WEFT_LOG_DEBUG,
} WeftLogLevel;

void         weft_log_install     (WeftLogLevel   level);
void         weft_log_set_level   (WeftLogLevel   level);
WeftLogLevel weft_log_get_level   (void);
WeftLogLevel weft_log_next_level  (WeftLogLevel   level);
const char  *weft_log_level_name  (WeftLogLevel   level);
gboolean     weft_log_level_parse (const char    *name,
                                   WeftLogLevel  *level,
                                   GError       **error);

G_END_DECLS
