/* weft-repo-random.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Thousands of requests against a repo and against a model of it, by the seed of the test run.
 */

#include <string.h>

#include "weft-repo-asker.h"
#include "weft-repo-fixture.h"
#include "weft-repo-model.h"

#define REQUESTS        4000
#define REQUESTS_AT_ONCE 4
#define ACTIONS_RECENT  12
#define PENDINGS_MAX    6
#define RESTARTS_EVERY  150

/* An action that was pended, so that it can be committed, repeated or cancelled. */
typedef struct
{
  char action_id[16];
  WeftModelChange changes[WEFT_REPO_MODEL_BLOCKS];
  guint n_changes;
  guint blocks;
  gint64 rev; /* at which it was last committed, or 0 */
  gint64 asked_rev;
  gboolean is_put; /* at once, on all its blocks */
} Known;

typedef struct
{
  WeftRepo *repo;
  WeftRepoModel *model;
  Known known[ACTIONS_RECENT];
  guint n_known;
  guint n_actions;
  gint64 last_rev;
  WeftAsked *asked[REQUESTS_AT_ONCE];
  char *expected[REQUESTS_AT_ONCE];
  char *operation[REQUESTS_AT_ONCE];
  guint n_asked;
} Random;

static guint
pick (guint n)
{
  return g_test_rand_int_range (0, n);
}

/* Asks now, compares later. Takes over both. */
static void
ask (Random *self,
     char   *operation,
     char   *expected)
{
  self->asked[self->n_asked] = weft_ask (self->repo, operation);
  self->expected[self->n_asked] = expected;
  self->operation[self->n_asked++] = operation;
}

/* The reasons are for people. */
static char *
without_reasons (const char *answer)
{
  g_autoptr (GRegex) regex
      = g_regex_new ("\"unavailable\":\"[^\"]*\"", G_REGEX_OPTIMIZE, 0, NULL);

  return g_regex_replace_literal (regex, answer, -1, 0, "\"unavailable\":\"…\"", 0, NULL);
}

static void
compare (Random *self)
{
  for (guint i = 0; i < self->n_asked; i++)
    {
      g_autofree char *operation = self->operation[i];
      g_autofree char *expected = self->expected[i];
      g_autofree char *canonical = weft_canonical (expected);
      g_autofree char *answer = weft_asked_finish (self->asked[i]);
      g_autofree char *comparable = without_reasons (answer);

      if (strcmp (comparable, canonical) != 0)
        g_test_message ("asked: %s", operation);
      g_assert_cmpstr (comparable, ==, canonical);
    }
  self->n_asked = 0;
}

static char *
list_ids (guint blocks)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    if (blocks & (1u << i))
      g_string_append_printf (ids, "%s'b%u'", ids->len > 0 ? "," : "", i);

  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static guint
pick_blocks (void)
{
  guint blocks = 1u << pick (WEFT_REPO_MODEL_BLOCKS);

  return pick (2) == 0 ? blocks : blocks | 1u << pick (WEFT_REPO_MODEL_BLOCKS);
}

/* Mostly a base that is right, or none. */
static gint64
pick_base (Random *self,
           guint   block)
{
  gint64 latest = weft_repo_model_get_latest (self->model, block);

  switch (pick (8))
    {
    case 0:
      return pick (latest + 2);
    case 1:
    case 2:
      return latest;
    default:
      return -1;
    }
}

/* The operation is "pend" or "put". */
static char *
write_change (const Known *known,
              const char  *operation,
              gint64       rev,
              char         policy)
{
  g_autofree char *transforms = weft_model_changes_to_text (known->changes, known->n_changes);
  g_autoptr (GString) bases = g_string_new (NULL);
  g_autofree char *rev_text
      = rev > 0 ? g_strdup_printf ("'rev':%" G_GINT64_FORMAT ",", rev) : g_strdup ("");

  for (guint i = 0; i < known->n_changes; i++)
    if (known->changes[i].base >= 0)
      g_string_append_printf (bases, "%s'b%u':%" G_GINT64_FORMAT, bases->len > 0 ? "," : "",
                              known->changes[i].block, known->changes[i].base);

  return g_strdup_printf ("{'%s':{'actionId':'%s','policy':'%c',%s'bases':{%s},'transforms':%s}}",
                          operation, known->action_id, policy, rev_text, bases->str, transforms);
}

static void
send_pend (Random      *self,
           const Known *known,
           gint64       rev,
           char         policy)
{
  ask (self, write_change (known, "pend", rev, policy),
       weft_repo_model_pend (self->model, known->action_id, known->changes, known->n_changes, rev,
                             policy));
}

/* What a put of something new comes to: a pend and a commit, or nothing. */
static char *
expect_put (Random *self,
            Known  *known,
            gint64  rev,
            char    policy)
{
  gint64 made_rev = rev;
  g_autofree char *pended = NULL;
  g_autofree char *committed = NULL;

  for (guint i = 0; i < known->n_changes; i++)
    {
      const WeftModelChange *change = &known->changes[i];
      gint64 base = change->base >= 0 ? change->base
                                      : weft_repo_model_get_latest (self->model, change->block);

      if (rev > 0 && change->base >= rev)
        return g_strdup ("error invalid");
      if (rev == 0)
        made_rev = MAX (made_rev, base + 1);
    }

  pended = weft_repo_model_pend (self->model, known->action_id, known->changes, known->n_changes,
                                 rev, policy);
  if (!g_str_has_prefix (pended, "{'success':true"))
    return g_steal_pointer (&pended);
  committed = weft_repo_model_commit (self->model, known->action_id, known->blocks, made_rev);
  if (!g_str_equal (committed, "{'success':true}"))
    {
      weft_repo_model_cancel (self->model, known->action_id, known->blocks);
      return g_steal_pointer (&committed);
    }

  known->is_put = TRUE;
  known->rev = made_rev;
  self->last_rev = MAX (self->last_rev, made_rev);

  return g_strdup_printf ("{'success':true,'rev':%" G_GINT64_FORMAT "}", made_rev);
}

static void
put_again (Random      *self,
           const Known *known)
{
  ask (self, write_change (known, "put", known->asked_rev, 'c'),
       g_strdup_printf ("{'success':true,'rev':%" G_GINT64_FORMAT "}", known->rev));
}

/* Half of it is put, half is pended. */
static void
change_something (Random *self)
{
  char policy = "ccccfr"[pick (6)];
  Known *known = &self->known[self->n_actions % ACTIONS_RECENT];
  guint blocks = pick_blocks ();
  gint64 rev = pick (4) == 0 ? 1 + pick (self->last_rev + 2) : 0;

  *known = (Known) { .blocks = blocks };
  g_snprintf (known->action_id, sizeof known->action_id, "a%u", self->n_actions++);
  self->n_known = MIN (self->n_known + 1, ACTIONS_RECENT);

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      WeftModelChange *change = &known->changes[known->n_changes];
      gboolean is_there = weft_repo_model_get_latest (self->model, i) > 0;

      if (!(blocks & (1u << i)))
        continue;
      change->block = i;
      change->number = self->n_actions;
      change->base = pick_base (self, i);
      change->kind = pick (10) == 0 ? WEFT_MODEL_DELETE
                     : is_there == (pick (12) > 0) ? WEFT_MODEL_UPDATE : WEFT_MODEL_INSERT;
      /* A deleted block comes back by an insert that names its revision. */
      if (change->kind == WEFT_MODEL_INSERT && is_there)
        rev = self->last_rev + 1;
      known->n_changes++;
    }
  known->asked_rev = rev;
  if (pick (2) == 0)
    ask (self, write_change (known, "put", rev, policy), expect_put (self, known, rev, policy));
  else
    send_pend (self, known, rev, policy);
}

static void
commit_known (Random *self,
              Known  *known)
{
  guint blocks = pick (8) > 0 ? known->blocks : pick_blocks ();
  gint64 rev = self->last_rev + 1;
  g_autofree char *ids = list_ids (blocks);
  char *expected;

  if (known->rev > 0 && pick (3) > 0)
    rev = known->rev;
  else if (pick (8) == 0)
    rev = 1 + pick (self->last_rev + 3);
  expected = weft_repo_model_commit (self->model, known->action_id, blocks, rev);
  if (g_str_equal (expected, "{'success':true}"))
    {
      known->rev = rev;
      self->last_rev = MAX (self->last_rev, rev);
    }
  ask (self,
       g_strdup_printf ("{'commit':{'actionId':'%s','blockIds':[%s],'tailId':'b0','rev':%"
                        G_GINT64_FORMAT "}}", known->action_id, ids, rev), expected);
}

static void
cancel_known (Random      *self,
              const Known *known)
{
  g_autofree char *ids = list_ids (known->blocks);

  weft_repo_model_cancel (self->model, known->action_id, known->blocks);
  ask (self,
       g_strdup_printf ("{'cancel':{'actionRef':{'actionId':'%s','blockIds':[%s]}}}",
                        known->action_id, ids), g_strdup ("{}"));
}

static void
get_some (Random      *self,
          const Known *known)
{
  guint blocks = pick_blocks () | (known != NULL && pick (2) == 0 ? known->blocks : 0);
  gint64 rev = pick (3) == 0 ? 0 : pick (self->last_rev + 2);
  const char *action_id = known != NULL && pick (3) == 0 ? known->action_id : NULL;
  const char *committed_id = known != NULL && pick (6) == 0 ? known->action_id : NULL;
  gint64 committed_rev = self->last_rev + 1;
  g_autofree char *ids = list_ids (blocks);
  g_autofree char *action
      = action_id != NULL ? g_strdup_printf (",'actionId':'%s'", action_id) : g_strdup ("");
  g_autofree char *committed = g_strdup ("");
  g_autofree char *context = NULL;

  if (committed_id != NULL)
    {
      g_free (committed);
      committed = g_strdup_printf ("{'actionId':'%s','rev':%" G_GINT64_FORMAT "}", committed_id,
                                   committed_rev);
      self->last_rev = committed_rev;
    }
  context = g_strdup_printf (",'context':{'committed':[%s],'rev':%" G_GINT64_FORMAT "%s}",
                             committed, rev, action);
  if (rev == 0 && action_id == NULL && committed_id == NULL)
    *context = '\0';
  ask (self, g_strdup_printf ("{'get':{'blockIds':[%s]%s}}", ids, context),
       weft_repo_model_get (self->model, blocks, rev, committed_id, committed_rev, action_id));
}

static void
step (Random *self)
{
  Known *known = self->n_known > 0 ? &self->known[pick (self->n_known)] : NULL;
  guint choice = pick (100);

  /* Rivals that came to nothing must not pile up. */
  for (guint i = 0; known != NULL && i < known->n_changes; i++)
    if (weft_repo_model_n_pendings (self->model, known->changes[i].block) >= PENDINGS_MAX)
      choice = 99;

  if (known == NULL || choice < 40)
    change_something (self);
  else if (known->is_put && choice < 60)
    put_again (self, known);
  else if (choice < 60)
    commit_known (self, known);
  else if (choice < 65)
    send_pend (self, known, 0, "cfr"[pick (3)]);
  else if (choice < 90)
    get_some (self, known);
  else
    cancel_known (self, known);
}

static void
test_random (WeftRepoFixture *fixture,
             gconstpointer    data)
{
  Random random = { .repo = fixture->repo, .model = weft_repo_model_new () };
  g_autoptr (WeftListener) listener = weft_listener_new (fixture->repo);

  g_test_summary ("Whatever is asked in whatever order, several requests at once, restarts in "
                  "between: every answer is that of the model");

  for (guint i = 0; i < REQUESTS; i++)
    {
      step (&random);
      if (random.n_asked == REQUESTS_AT_ONCE || pick (3) == 0)
        {
          g_autofree char *events = weft_repo_model_take_events (random.model);

          compare (&random);
          if (fixture->factory->has_events)
            weft_listener_expect (listener, events);
        }
      if (i % RESTARTS_EVERY == 0 && fixture->factory->is_durable && random.n_asked == 0)
        {
          g_clear_pointer (&listener, weft_listener_free);
          weft_repo_fixture_reopen (fixture);
          random.repo = fixture->repo;
          listener = weft_listener_new (fixture->repo);
        }
    }
  compare (&random);
  weft_repo_model_free (random.model);
}

void
weft_repo_contract_add_random (const WeftRepoFactory *factory)
{
  static const WeftRepoTest tests[] = {
    { "random", test_random },
  };

  /* The model answers in the order of the questions. */
  if (factory->is_shared)
    return;

  weft_repo_fixture_add_tests (factory, tests, G_N_ELEMENTS (tests));
}
