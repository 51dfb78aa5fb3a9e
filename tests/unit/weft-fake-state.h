/* weft-fake-state.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-fake-disk.h"

G_BEGIN_DECLS

/* What is on a fake disk at one moment: names, and what is behind them. */
typedef struct _FakeState FakeState;

/* One thing that was done to a disk. */
typedef struct
{
  FakeKind kind;
  char *path;
  char *from;        /* of a rename */
  int inode;
  guint64 offset;    /* of a write, or the number of a mark */
  GBytes *data;      /* of a write */
  gboolean is_lost;  /* a failed sync made the kernel forget it */
  guint synced_by;   /* the index of what made it durable, or a large number */
} FakeAction;

FakeState *fake_state_new        (void);
FakeState *fake_state_copy       (FakeState         *self);
void       fake_state_free       (FakeState         *self);
void       fake_action_free      (FakeAction        *action);
/* Does an action; of a write only the sectors that `sectors` has a TRUE for, or all for NULL. */
void       fake_state_apply      (FakeState         *self,
                                  const FakeAction  *action,
                                  const gboolean    *sectors,
                                  guint              n_sectors);
/* The inode, or 0. */
int        fake_state_find       (FakeState         *self,
                                  const char        *path,
                                  gboolean          *is_dir);
gboolean   fake_state_has_parent (FakeState         *self,
                                  const char        *path);
gsize      fake_state_get_size   (FakeState         *self,
                                  int                inode);
GBytes    *fake_state_read       (FakeState         *self,
                                  int                inode);
/* The names in a folder; NULL when it is not there. */
GPtrArray *fake_state_list       (FakeState         *self,
                                  const char        *path);
gboolean   fake_state_flip       (FakeState         *self,
                                  const char        *path,
                                  gsize              offset);
gboolean   fake_state_cut        (FakeState         *self,
                                  const char        *path,
                                  gsize              length);
gboolean   fake_state_remove     (FakeState         *self,
                                  const char        *path);

/* What was written to an inode and not synced never will be. */
void       fake_log_forget       (GPtrArray         *log,
                                  int                inode);
/* Finds out what made what durable; before fake_log_crash(). */
void       fake_log_index        (GPtrArray         *log);
FakeState *fake_log_crash        (FakeState         *first,
                                  GPtrArray         *log,
                                  guint              n_done,
                                  FakeCrash          crash,
                                  guint              choice);

G_END_DECLS
