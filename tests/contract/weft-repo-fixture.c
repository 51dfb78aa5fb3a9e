/* weft-repo-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-repo-fixture.h"

#include "weft-remove-all.h"

static void
set_up (WeftRepoFixture *fixture,
        gconstpointer    data)
{
  g_autoptr (GError) error = NULL;

  fixture->factory = data;
  fixture->directory = g_dir_make_tmp ("weft-repo-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->repo = fixture->factory->open (fixture->directory, &fixture->state);
}

static void
tear_down (WeftRepoFixture *fixture,
           gconstpointer    data)
{
  fixture->factory->close (g_steal_pointer (&fixture->repo), fixture->state);
  weft_remove_all (fixture->directory);
  g_free (fixture->directory);
}

gboolean
weft_repo_fixture_reopen (WeftRepoFixture *self)
{
  if (!self->factory->is_durable)
    return FALSE;

  self->factory->close (g_steal_pointer (&self->repo), self->state);
  self->repo = self->factory->open (self->directory, &self->state);

  return TRUE;
}

void
weft_repo_fixture_add_tests (const WeftRepoFactory *factory,
                             const WeftRepoTest    *tests,
                             guint                  n_tests)
{
  for (guint i = 0; i < n_tests; i++)
    {
      g_autofree char *path = g_strdup_printf ("/repo/%s/%s", factory->name, tests[i].name);

      g_test_add (path, WeftRepoFixture, factory, set_up, tests[i].test, tear_down);
    }
}
