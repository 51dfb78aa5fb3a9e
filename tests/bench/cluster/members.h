/* members.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The processes of one cluster on loopback, each with a folder of its own below one that is
 * removed in the end. */
typedef struct
{
  char *folder;
  guint n_members;
  GSubprocess **processes;
  guint16 *ports;
  char **ids; /* weft: peer ids */
} Members;

Members *members_start_weft (const char *program,
                             const char *parent,
                             guint       n_members);
Members *members_start_etcd (const char *program,
                             const char *parent,
                             guint       n_members);
/* Ends them, and waits until they have. */
void     members_free       (Members    *self);
/* Of all members, in seconds, since they started. */
double   members_cpu_time   (Members    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Members, members_free)

G_END_DECLS
