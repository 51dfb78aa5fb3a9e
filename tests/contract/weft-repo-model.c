/* weft-repo-model.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-repo-model.h"

#include <string.h>
#include <weft.h>

typedef struct
{
  char *action_id;
  gint64 rev; /* 0 while it is pending */
  WeftModelChange change;
} Action;

typedef struct
{
  GPtrArray *revisions; /* (element-type Action), oldest first */
  GPtrArray *pendings;  /* (element-type Action), by action id */
} Block;

#define UNAVAILABLE "{'state':{},'unavailable':'…'"

/* A block as it is at some revision. */
typedef struct
{
  gboolean exists;
  guint number;
  GString *list; /* the newest number first */
} Content;

struct _WeftRepoModel
{
  Block blocks[WEFT_REPO_MODEL_BLOCKS];
  GString *events;
};

static void
action_free (gpointer data)
{
  Action *action = data;

  g_free (action->action_id);
  g_free (action);
}

static Action *
action_new (const char            *action_id,
            const WeftModelChange *change)
{
  Action *action = g_new0 (Action, 1);

  action->action_id = g_strdup (action_id);
  action->change = *change;

  return action;
}

/* Those that are pending have none, and go by their ids. */
static int
compare_revisions (gconstpointer a,
                   gconstpointer b)
{
  const Action *left = *(const Action **) a;
  const Action *right = *(const Action **) b;
  int order;

  if (left->rev != right->rev)
    return left->rev < right->rev ? -1 : 1;

  order = strcmp (left->action_id, right->action_id);

  return order != 0 ? order : (int) left->change.block - (int) right->change.block;
}

WeftRepoModel *
weft_repo_model_new (void)
{
  WeftRepoModel *self = g_new0 (WeftRepoModel, 1);

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      self->blocks[i].revisions = g_ptr_array_new_with_free_func (action_free);
      self->blocks[i].pendings = g_ptr_array_new_with_free_func (action_free);
    }
  self->events = g_string_new (NULL);

  return self;
}

void
weft_repo_model_free (WeftRepoModel *self)
{
  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      g_ptr_array_unref (self->blocks[i].revisions);
      g_ptr_array_unref (self->blocks[i].pendings);
    }
  g_string_free (self->events, TRUE);
  g_free (self);
}

static Action *
find_action (GPtrArray  *actions,
             const char *action_id)
{
  for (guint i = 0; i < actions->len; i++)
    {
      Action *action = g_ptr_array_index (actions, i);

      if (g_str_equal (action->action_id, action_id))
        return action;
    }

  return NULL;
}

gint64
weft_repo_model_get_latest (WeftRepoModel *self,
                            guint          block)
{
  GPtrArray *revisions = self->blocks[block].revisions;

  return revisions->len > 0
           ? ((Action *) g_ptr_array_index (revisions, revisions->len - 1))->rev : 0;
}

guint
weft_repo_model_n_pendings (WeftRepoModel *self,
                            guint          block)
{
  return self->blocks[block].pendings->len;
}

/* FALSE for an update of nothing. */
static gboolean
apply (Content               *content,
       const WeftModelChange *change)
{
  g_autofree char *rest = NULL;

  if (change->kind == WEFT_MODEL_UPDATE && !content->exists)
    return FALSE;

  rest = change->kind == WEFT_MODEL_UPDATE ? g_strconcat (",", content->list->str, NULL) : NULL;
  content->exists = change->kind != WEFT_MODEL_DELETE;
  content->number = change->number;
  g_string_printf (content->list, "%u%s", change->number, rest != NULL ? rest : "");

  return TRUE;
}

/* The block at a revision, or latest for 0; returns which one that is. */
static gint64
replay (WeftRepoModel *self,
        guint          block,
        gint64         rev,
        Content       *content)
{
  GPtrArray *revisions = self->blocks[block].revisions;
  gint64 found = 0;

  content->exists = FALSE;
  for (guint i = 0; i < revisions->len; i++)
    {
      Action *action = g_ptr_array_index (revisions, i);

      if (rev > 0 && action->rev > rev)
        break;
      g_assert_true (apply (content, &action->change));
      found = action->rev;
    }

  return found;
}

static gboolean
is_same_action (GPtrArray *actions,
                guint      a,
                guint      b)
{
  Action *left = g_ptr_array_index (actions, a);
  Action *right = g_ptr_array_index (actions, b);

  return left->rev == right->rev && g_str_equal (left->action_id, right->action_id);
}

/* Where the newest actions begin that one answer tells of. */
static guint
find_told (GPtrArray *missed)
{
  guint n_actions = 0;

  for (guint i = missed->len; i > 0; i--)
    {
      if (i == missed->len || !is_same_action (missed, i - 1, i))
        n_actions++;
      if (n_actions > WEFT_LIMIT_MISSING_ACTIONS_MAX)
        return i;
    }

  return 0;
}

/* All that happened to the blocks from `first` on, by revision and then by action. */
static GPtrArray *
list_missed (WeftRepoModel *self,
             const gint64  *first)
{
  GPtrArray *missed = g_ptr_array_new ();

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    for (guint j = 0; first[i] > 0 && j < self->blocks[i].revisions->len; j++)
      {
        Action *action = g_ptr_array_index (self->blocks[i].revisions, j);

        if (action->rev >= first[i])
          g_ptr_array_add (missed, action);
      }
  g_ptr_array_sort (missed, compare_revisions);

  return missed;
}

/* The revisions that a request lacks from `first` on in each block, 0 for none. */
static char *
tell_stale (WeftRepoModel *self,
            const gint64  *first)
{
  g_autoptr (GPtrArray) missed = list_missed (self, first);
  g_autoptr (GString) missing = g_string_new (NULL);
  gint64 stale_rev = 0;
  guint stale_block = 0;

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    if (first[i] > 0 && weft_repo_model_get_latest (self, i) > stale_rev)
      {
        stale_block = i;
        stale_rev = weft_repo_model_get_latest (self, i);
      }

  for (guint i = find_told (missed); i < missed->len;)
    {
      Action *action = g_ptr_array_index (missed, i);
      guint begin = i;
      g_autofree char *transforms = NULL;
      WeftModelChange changes[WEFT_REPO_MODEL_BLOCKS];
      guint n_changes = 0;

      for (; i < missed->len && is_same_action (missed, begin, i); i++)
        changes[n_changes++] = ((Action *) g_ptr_array_index (missed, i))->change;
      transforms = weft_model_changes_to_text (changes, n_changes);
      g_string_append_printf (missing,
                              "%s{'actionId':'%s','rev':%" G_GINT64_FORMAT ",'transforms':%s}",
                              missing->len > 0 ? "," : ",'missing':[", action->action_id,
                              action->rev, transforms);
    }
  g_string_append (missing, missing->len > 0 ? "]" : "");

  return g_strdup_printf ("{'success':false,'reason':'block b%u is at revision %" G_GINT64_FORMAT
                          "','staleAt':{'blockId':'b%u','rev':%" G_GINT64_FORMAT "}%s}",
                          stale_block, stale_rev, stale_block, stale_rev, missing->str);
}

/* Those pending beside the action, with what they do if that is wanted. */
static char *
tell_others (WeftRepoModel         *self,
             const char            *action_id,
             const WeftModelChange *changes,
             guint                  n_changes,
             gboolean               only_new,
             gboolean               with_transforms)
{
  g_autoptr (GString) others = g_string_new (NULL);

  for (guint i = 0; i < n_changes; i++)
    {
      Block *block = &self->blocks[changes[i].block];

      if (only_new && (find_action (block->pendings, action_id) != NULL
                       || find_action (block->revisions, action_id) != NULL))
        continue;
      for (guint j = 0; j < block->pendings->len; j++)
        {
          Action *other = g_ptr_array_index (block->pendings, j);

          if (g_str_equal (other->action_id, action_id))
            continue;
          g_string_append_printf (others, "%s{'blockId':'b%u','actionId':'%s'",
                                  others->len > 0 ? "," : "", changes[i].block, other->action_id);
          if (with_transforms)
            {
              g_string_append (others, ",'transform':");
              weft_model_change_append (&other->change, others);
            }
          g_string_append_c (others, '}');
        }
    }

  return g_string_free (g_steal_pointer (&others), FALSE);
}

/* What the change makes the request lack, if anything; FALSE for another content of the id. */
static gboolean
judge_pend (WeftRepoModel         *self,
            const char            *action_id,
            const WeftModelChange *change,
            gint64                 rev,
            gint64                *first)
{
  Block *block = &self->blocks[change->block];
  Action *pending = find_action (block->pendings, action_id);
  gint64 latest = weft_repo_model_get_latest (self, change->block);

  if (pending != NULL)
    return pending->change.kind == change->kind
           && (change->kind == WEFT_MODEL_DELETE || pending->change.number == change->number)
           && (change->base < 0 || change->base == pending->change.base);
  if (find_action (block->revisions, action_id) != NULL || latest == 0)
    return TRUE;

  if (change->base >= 0 && change->base != latest)
    *first = change->base + 1;
  else if (rev > 0 ? latest >= rev : change->kind == WEFT_MODEL_INSERT)
    *first = MAX (rev, 1);

  return TRUE;
}

char *
weft_repo_model_pend (WeftRepoModel         *self,
                      const char            *action_id,
                      const WeftModelChange *changes,
                      guint                  n_changes,
                      gint64                 rev,
                      char                   policy)
{
  gint64 first[WEFT_REPO_MODEL_BLOCKS] = { 0 };
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autofree char *rivals = tell_others (self, action_id, changes, n_changes, TRUE, policy == 'r');
  g_autofree char *others = tell_others (self, action_id, changes, n_changes, FALSE, FALSE);

  for (guint i = 0; i < n_changes; i++)
    if (!judge_pend (self, action_id, &changes[i], rev, &first[changes[i].block]))
      return g_strdup ("error exists");
  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    if (first[i] > 0)
      return tell_stale (self, first);
  if (policy != 'c' && *rivals != '\0')
    return g_strdup_printf ("{'success':false,'reason':'other actions are pending',"
                            "'pending':[%s]}", rivals);

  for (guint i = 0; i < n_changes; i++)
    {
      Block *block = &self->blocks[changes[i].block];
      Action *action;

      g_string_append_printf (ids, "%s'b%u'", ids->len > 0 ? "," : "", changes[i].block);
      if (find_action (block->pendings, action_id) != NULL
          || find_action (block->revisions, action_id) != NULL)
        continue;
      action = action_new (action_id, &changes[i]);
      if (action->change.base < 0)
        action->change.base = weft_repo_model_get_latest (self, changes[i].block);
      g_ptr_array_add (block->pendings, action);
      g_ptr_array_sort (block->pendings, compare_revisions);
    }

  return g_strdup_printf ("{'success':true,'pending':[%s],'blockIds':[%s]}", others, ids->str);
}

/* Whether a pending could become a revision. */
static gboolean
fits (WeftRepoModel *self,
      guint          block,
      Action        *pending)
{
  g_autoptr (GString) list = g_string_new (NULL);
  Content content = { FALSE, 0, list };

  return replay (self, block, 0, &content) == pending->change.base
         && (content.exists || pending->change.kind != WEFT_MODEL_UPDATE);
}

static void
land (WeftRepoModel *self,
      const char    *action_id,
      guint          blocks,
      gint64         rev)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  gboolean has_collection = FALSE;

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      Block *block = &self->blocks[i];
      Action *pending = find_action (block->pendings, action_id);
      g_autoptr (GString) list = g_string_new (NULL);
      Content content = { FALSE, 0, list };

      if (!(blocks & (1u << i)) || pending == NULL)
        continue;
      replay (self, i, 0, &content);
      has_collection |= content.exists || pending->change.kind == WEFT_MODEL_INSERT;
      g_ptr_array_add (block->revisions, action_new (action_id, &pending->change));
      ((Action *) g_ptr_array_index (block->revisions, block->revisions->len - 1))->rev = rev;
      g_ptr_array_remove (block->pendings, pending);
      g_string_append_printf (ids, "%sb%u", ids->len > 0 ? "," : "", i);
    }
  if (ids->len > 0)
    g_string_append_printf (self->events, "%s%s [%s] %s@%" G_GINT64_FORMAT,
                            self->events->len > 0 ? "; " : "", has_collection ? "c" : "",
                            ids->str, action_id, rev);
}

char *
weft_repo_model_commit (WeftRepoModel *self,
                        const char    *action_id,
                        guint          blocks,
                        gint64         rev)
{
  gint64 first[WEFT_REPO_MODEL_BLOCKS] = { 0 };
  gboolean is_stale = FALSE;
  const char *error = NULL;

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      Action *committed = find_action (self->blocks[i].revisions, action_id);
      Action *pending = find_action (self->blocks[i].pendings, action_id);
      gint64 latest = weft_repo_model_get_latest (self, i);

      if (!(blocks & (1u << i)) || (committed != NULL && committed->rev == rev))
        continue;
      if (latest > 0 && pending != NULL && latest > pending->change.base)
        first[i] = pending->change.base + 1;
      else if (latest > 0 && latest >= rev)
        first[i] = rev;
      is_stale |= first[i] > 0;

      if (pending == NULL)
        error = "error not-found";
      else if (error == NULL && pending->change.base >= rev)
        error = "error invalid";
      else if (error == NULL && !fits (self, i, pending))
        error = "error missing-base";
    }
  if (is_stale)
    return tell_stale (self, first);
  if (error != NULL)
    return g_strdup (error);

  land (self, action_id, blocks, rev);

  return g_strdup ("{'success':true}");
}

void
weft_repo_model_cancel (WeftRepoModel *self,
                        const char    *action_id,
                        guint          blocks)
{
  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      Action *pending = find_action (self->blocks[i].pendings, action_id);

      if ((blocks & (1u << i)) && pending != NULL)
        g_ptr_array_remove (self->blocks[i].pendings, pending);
    }
}

/* Which blocks a promotion would take, and which it finds to be behind. */
static guint
promote (WeftRepoModel *self,
         guint          blocks,
         gint64         rev,
         const char    *action_id,
         gint64         committed_rev)
{
  guint fitting = 0, behind = 0;

  for (guint i = 0; action_id != NULL && i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      Action *pending = find_action (self->blocks[i].pendings, action_id);

      if (!(blocks & (1u << i)) || pending == NULL
          || weft_repo_model_get_latest (self, i) >= committed_rev)
        continue;
      if (fits (self, i, pending))
        fitting |= 1u << i;
      else if (rev == 0 || committed_rev <= rev)
        behind |= 1u << i;
    }
  if (fitting != 0)
    land (self, action_id, fitting, committed_rev);

  return behind;
}

static void
append_state (WeftRepoModel *self,
              GString       *text,
              guint          block)
{
  GPtrArray *revisions = self->blocks[block].revisions;
  GPtrArray *pendings = self->blocks[block].pendings;

  g_string_append (text, "'state':{");
  if (revisions->len > 0)
    {
      Action *latest = g_ptr_array_index (revisions, revisions->len - 1);

      g_string_append_printf (text, "'latest':{'actionId':'%s','rev':%" G_GINT64_FORMAT "}",
                              latest->action_id, latest->rev);
    }
  for (guint i = 0; i < pendings->len; i++)
    g_string_append_printf (text, "%s'%s'%s",
                            i > 0 ? "," : revisions->len > 0 ? ",'pendings':[" : "'pendings':[",
                            ((Action *) g_ptr_array_index (pendings, i))->action_id,
                            i + 1 == pendings->len ? "]" : "");
  g_string_append_c (text, '}');
}

static void
append_answer (WeftRepoModel *self,
               GString       *text,
               guint          block,
               gint64         rev,
               const char    *action_id)
{
  g_autoptr (GString) list = g_string_new (NULL);
  Content content = { FALSE, 0, list };
  gint64 found = replay (self, block, rev, &content);
  Action *pending
      = action_id != NULL ? find_action (self->blocks[block].pendings, action_id) : NULL;

  if (pending != NULL
      && ((pending->change.kind == WEFT_MODEL_UPDATE && pending->change.base != found)
          || !apply (&content, &pending->change)))
    {
      g_string_append (text, UNAVAILABLE "}");
      return;
    }

  g_string_append_c (text, '{');
  if (content.exists)
    {
      g_string_append (text, "'block':");
      weft_model_append_block (text, block, content.number, content.list->str);
      g_string_append_c (text, ',');
    }
  if (found > 0)
    g_string_append_printf (text, "'materializedRev':%" G_GINT64_FORMAT ",", found);
  append_state (self, text, block);
  g_string_append_c (text, '}');
}

char *
weft_repo_model_get (WeftRepoModel *self,
                     guint          blocks,
                     gint64         rev,
                     const char    *committed_id,
                     gint64         committed_rev,
                     const char    *action_id)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint behind = promote (self, blocks, rev, committed_id, committed_rev);
  gboolean is_pending = action_id == NULL || behind != 0;

  for (guint i = 0; i < WEFT_REPO_MODEL_BLOCKS; i++)
    {
      if (!(blocks & (1u << i)))
        continue;
      is_pending |= action_id != NULL
                    && find_action (self->blocks[i].pendings, action_id) != NULL;
      g_string_append_printf (text, "%s'b%u':", text->len > 0 ? "," : "{", i);
      if (behind & (1u << i))
        g_string_append_printf (text, UNAVAILABLE ",'claimedRev':%" G_GINT64_FORMAT "}",
                                committed_rev);
      else
        append_answer (self, text, i, rev, action_id);
    }
  g_string_append_c (text, '}');

  return is_pending ? g_string_free (g_steal_pointer (&text), FALSE)
                    : g_strdup ("error not-found");
}

char *
weft_repo_model_take_events (WeftRepoModel *self)
{
  char *events = g_strdup (self->events->str);

  g_string_truncate (self->events, 0);

  return events;
}
