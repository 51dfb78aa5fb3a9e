/* weft-storage-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage-contract.h"

G_BEGIN_DECLS

/* A store and what the tests of the contract do with it. */

typedef struct
{
  const WeftStorageFactory *factory;
  gpointer data;
  WeftStorage *storage;
  GString *transcript; /* of what was done, in order */
} Fixture;

typedef void (*FixtureTest) (Fixture *fixture, gconstpointer user_data);

void fixture_reopen (Fixture *fixture);
void fixture_set_up (Fixture       *fixture,
                     gconstpointer  user_data);
void fixture_tear_down (Fixture       *fixture,
                        gconstpointer  user_data);
void fixture_write (Fixture   *fixture,
                    WeftBatch *batch);
void fixture_pend (Fixture    *fixture,
                   const char *block_id,
                   const char *action_id,
                   const char *text);
void fixture_commit (Fixture    *fixture,
                     const char *block_id,
                     const char *action_id,
                     gint64      rev,
                     const char *text);
void assert_pendings (Fixture    *fixture,
                      const char *block_id,
                      const char *expected);
void assert_blocks (Fixture    *fixture,
                    const char *after,
                    guint       max,
                    const char *expected);
void assert_revisions (Fixture    *fixture,
                       gint64      from,
                       gint64      to,
                       guint       max,
                       const char *expected);
void assert_block_text (Fixture    *fixture,
                        const char *block_id,
                        const char *action_id,
                        const char *expected);

/* The tests of what is read, which are a file of their own. */
void weft_storage_contract_register_reads (const WeftStorageFactory *factory);

G_END_DECLS
