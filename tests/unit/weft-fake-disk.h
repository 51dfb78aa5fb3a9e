/* weft-fake-disk.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* A disk in memory that remembers everything that was done to it, and what of that was synced, so
 * that it can be asked how it would look had the power failed at any moment. */
typedef struct _FakeDisk FakeDisk;

typedef enum
{
  FAKE_CREATE,
  FAKE_WRITE,
  FAKE_SYNC,
  FAKE_RENAME,
  FAKE_UNLINK,
  FAKE_SYNC_DIR,
  FAKE_READ, /* of a part; never in the log */
  FAKE_MARK, /* something that the test wants to know the moment of */
} FakeKind;

/* What happens to what was not synced when the power fails. */
typedef enum
{
  FAKE_CRASH_ALL,    /* all of it got there */
  FAKE_CRASH_NONE,   /* none of it */
  FAKE_CRASH_TORN,   /* all, but of the last write only some sectors, as `choice` says */
  FAKE_CRASH_BUT,    /* all but one thing, `choice` from the last */
  FAKE_CRASH_ONLY,   /* only one thing, `choice` from the last */
  FAKE_CRASH_RANDOM, /* some, with `choice` as the seed */
} FakeCrash;

FakeDisk      *fake_disk_new         (void);
void           fake_disk_free        (FakeDisk     *self);
/* A layer on the disk; it can be freed before it. */
WeftFileLayer *fake_disk_get_layer   (FakeDisk     *self);
void           fake_disk_mark        (FakeDisk     *self,
                                      guint         mark);
guint          fake_disk_get_length  (FakeDisk     *self);
FakeKind       fake_disk_get_kind    (FakeDisk     *self,
                                      guint         index);
guint          fake_disk_get_mark    (FakeDisk     *self,
                                      guint         index);
char          *fake_disk_describe    (FakeDisk     *self,
                                      guint         index);
/* The disk as it would be after the power failed when `n_done` things were done, or NULL when such
 * a crash is not possible or looks like another. */
FakeDisk      *fake_disk_crash       (FakeDisk     *self,
                                      guint         n_done,
                                      FakeCrash     crash,
                                      guint         choice);

/* Ends the process that uses the disk when so many more things were done: its layers do nothing
 * any more. What it wrote and did not sync is there for the next, until the power fails. */
void           fake_disk_kill        (FakeDisk     *self,
                                      guint         n_before);
/* Makes everything fail that needs more room. */
void           fake_disk_set_full    (FakeDisk     *self,
                                      gboolean      is_full);
/* Lets so many syncs, writes or reads pass and then fails one, or all from there on. */
void           fake_disk_fail        (FakeDisk     *self,
                                      FakeKind      kind,
                                      guint         n_before,
                                      gboolean      is_lasting);
/* Changes a file behind everybody's back: flips a bit of a byte, or cuts it to a length, or takes
 * it away. FALSE when there is none. */
gboolean       fake_disk_flip        (FakeDisk     *self,
                                      const char   *path,
                                      gsize         offset);
gboolean       fake_disk_cut         (FakeDisk     *self,
                                      const char   *path,
                                      gsize         length);
gboolean       fake_disk_remove      (FakeDisk     *self,
                                      const char   *path);
gsize          fake_disk_get_size    (FakeDisk     *self,
                                      const char   *path);
/* Where the last byte is that is not zero, and one more. */
gsize          fake_disk_get_used    (FakeDisk     *self,
                                      const char   *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeDisk, fake_disk_free)

G_END_DECLS
