/* faulty-storage.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define FAULTY_TYPE_STORAGE (faulty_storage_get_type ())

/* A storage in memory that a test breaks and mends. What it has outlives that it is closed, as a
 * disk's does. */
G_DECLARE_FINAL_TYPE (FaultyStorage, faulty_storage, FAULTY, STORAGE, GObject)

FaultyStorage *faulty_storage_new            (void) G_GNUC_WARN_UNUSED_RESULT;
/* Reads of metadata: so many pass, then so many fail. */
void           faulty_storage_fail_reads     (FaultyStorage *self,
                                              guint          n_passing,
                                              guint          n_failing);
/* So many batches pass, then all fail until it is mended. */
void           faulty_storage_fail_batches   (FaultyStorage *self,
                                              guint          n_passing);
/* Listing what is unresolved fails so many times. */
void           faulty_storage_fail_lists     (FaultyStorage *self,
                                              guint          n_failing,
                                              WeftError      code);
void           faulty_storage_mend           (FaultyStorage *self);

G_END_DECLS
