/* weft-commit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-commit-private.h"

#include <string.h>

#include "weft-limits.h"

/**
 * WeftCommit:
 *
 * That an action became a revision on this node: what [signal@Weft.Node::committed] tells, and an
 * item of [method@Weft.Node.get_recent_commits].
 *
 * It does not change, so a list row can bind to its properties once.
 *
 * Since: 0.1
 */
struct _WeftCommit
{
  GObject parent_instance;

  char *collection_id;
  char **block_ids;
  char *action_id;
  gint64 rev;
  gint64 time_usec;
};

enum
{
  PROP_COLLECTION_ID = 1,
  PROP_BLOCK_IDS,
  PROP_ACTION_ID,
  PROP_REV,
  PROP_TIME,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WeftCommit, weft_commit, G_TYPE_OBJECT)

static void
weft_commit_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  WeftCommit *self = WEFT_COMMIT (object);

  switch (property_id)
    {
    case PROP_COLLECTION_ID:
      g_value_set_string (value, self->collection_id);
      break;

    case PROP_BLOCK_IDS:
      g_value_set_boxed (value, self->block_ids);
      break;

    case PROP_ACTION_ID:
      g_value_set_string (value, self->action_id);
      break;

    case PROP_REV:
      g_value_set_int64 (value, self->rev);
      break;

    case PROP_TIME:
      g_value_set_int64 (value, self->time_usec);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_commit_finalize (GObject *object)
{
  WeftCommit *self = WEFT_COMMIT (object);

  g_free (self->collection_id);
  g_strfreev (self->block_ids);
  g_free (self->action_id);

  G_OBJECT_CLASS (weft_commit_parent_class)->finalize (object);
}

static void
weft_commit_class_init (WeftCommitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = weft_commit_get_property;
  object_class->finalize = weft_commit_finalize;

  /**
   * WeftCommit:collection-id: (getter get_collection_id)
   *
   * The collection whose revision it is.
   *
   * Since: 0.1
   */
  properties[PROP_COLLECTION_ID] =
    g_param_spec_string ("collection-id", NULL, NULL, NULL, flags);
  /**
   * WeftCommit:block-ids: (getter get_block_ids)
   *
   * The blocks that changed.
   *
   * Since: 0.1
   */
  properties[PROP_BLOCK_IDS] = g_param_spec_boxed ("block-ids", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WeftCommit:action-id: (getter get_action_id)
   *
   * The action that changed them.
   *
   * Since: 0.1
   */
  properties[PROP_ACTION_ID] = g_param_spec_string ("action-id", NULL, NULL, NULL, flags);
  /**
   * WeftCommit:rev: (getter get_rev)
   *
   * The revision that the action became.
   *
   * Since: 0.1
   */
  properties[PROP_REV] =
    g_param_spec_int64 ("rev", NULL, NULL, 0, WEFT_LIMIT_INTEGER_MAX, 0, flags);
  /**
   * WeftCommit:time: (getter get_time)
   *
   * When it landed on this node, in microseconds since 1970-01-01 UTC.
   *
   * Since: 0.1
   */
  properties[PROP_TIME] =
    g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_commit_init (WeftCommit *self)
{
}

/**
 * weft_commit_new:
 * @collection_id: the collection whose revision it is
 * @block_ids: (array zero-terminated=1): the blocks that changed
 * @action_id: the action that changed them
 * @rev: the revision that the action became
 * @time_usec: when it landed, in microseconds since 1970-01-01 UTC
 *
 * Creates the note of a commit.
 *
 * Returns: (transfer full): a new note
 *
 * Since: 0.1
 */
WeftCommit *
weft_commit_new (const char         *collection_id,
                 const char * const *block_ids,
                 const char         *action_id,
                 gint64              rev,
                 gint64              time_usec)
{
  WeftCommit *self;

  g_return_val_if_fail (collection_id != NULL, NULL);
  g_return_val_if_fail (block_ids != NULL, NULL);
  g_return_val_if_fail (action_id != NULL, NULL);
  g_return_val_if_fail (rev > 0, NULL);

  self = g_object_new (WEFT_TYPE_COMMIT, NULL);
  self->collection_id = g_strdup (collection_id);
  self->block_ids = g_strdupv ((char **) block_ids);
  self->action_id = g_strdup (action_id);
  self->rev = rev;
  self->time_usec = time_usec;

  return self;
}

/**
 * weft_commit_get_collection_id: (get-property collection-id)
 * @self: a commit
 *
 * Gets the collection whose revision it is.
 *
 * Returns: (transfer none): a collection id
 *
 * Since: 0.1
 */
const char *
weft_commit_get_collection_id (WeftCommit *self)
{
  g_return_val_if_fail (WEFT_IS_COMMIT (self), NULL);

  return self->collection_id;
}

/**
 * weft_commit_get_block_ids: (get-property block-ids)
 * @self: a commit
 *
 * Gets the blocks that changed.
 *
 * Returns: (transfer none) (array zero-terminated=1): block ids
 *
 * Since: 0.1
 */
const char * const *
weft_commit_get_block_ids (WeftCommit *self)
{
  g_return_val_if_fail (WEFT_IS_COMMIT (self), NULL);

  return (const char * const *) self->block_ids;
}

/**
 * weft_commit_get_action_id: (get-property action-id)
 * @self: a commit
 *
 * Gets the action that changed the blocks.
 *
 * Returns: (transfer none): an action id
 *
 * Since: 0.1
 */
const char *
weft_commit_get_action_id (WeftCommit *self)
{
  g_return_val_if_fail (WEFT_IS_COMMIT (self), NULL);

  return self->action_id;
}

/**
 * weft_commit_get_rev: (get-property rev)
 * @self: a commit
 *
 * Gets the revision that the action became.
 *
 * Returns: a revision, from 1
 *
 * Since: 0.1
 */
gint64
weft_commit_get_rev (WeftCommit *self)
{
  g_return_val_if_fail (WEFT_IS_COMMIT (self), 0);

  return self->rev;
}

/**
 * weft_commit_get_time: (get-property time)
 * @self: a commit
 *
 * Gets when it landed on this node.
 *
 * Returns: microseconds since 1970-01-01 UTC
 *
 * Since: 0.1
 */
gint64
weft_commit_get_time (WeftCommit *self)
{
  g_return_val_if_fail (WEFT_IS_COMMIT (self), 0);

  return self->time_usec;
}

/* Copies a text to where it ends up, and returns what comes behind it. */
static char *
put_text (char       *at,
          const char *text)
{
  return stpcpy (at, text) + 1;
}

WeftCommitNote *
weft_commit_note_new (const char         *collection_id,
                      const char * const *block_ids,
                      const char         *action_id,
                      gint64              rev,
                      gint64              time_usec)
{
  gsize size = strlen (collection_id) + 1 + strlen (action_id) + 1;
  guint n_block_ids = 0;
  WeftCommitNote *note;
  char *at;

  for (; block_ids[n_block_ids] != NULL; n_block_ids++)
    size += strlen (block_ids[n_block_ids]) + 1;

  note = g_malloc (sizeof *note + size);
  note->link = (GList) { .data = note };
  note->rev = rev;
  note->time_usec = time_usec;
  note->n_block_ids = n_block_ids;
  at = put_text (put_text (note->texts, collection_id), action_id);
  for (guint i = 0; i < n_block_ids; i++)
    at = put_text (at, block_ids[i]);
  g_assert (at == note->texts + size);

  return note;
}

WeftCommit *
weft_commit_note_open (WeftCommitNote *note)
{
  g_autofree const char **block_ids = g_new0 (const char *, (gsize) note->n_block_ids + 1);
  const char *collection_id = note->texts;
  const char *action_id = collection_id + strlen (collection_id) + 1;
  const char *at = action_id + strlen (action_id) + 1;

  for (guint i = 0; i < note->n_block_ids; i++)
    {
      block_ids[i] = at;
      at += strlen (at) + 1;
    }

  return weft_commit_new (collection_id, block_ids, action_id, note->rev, note->time_usec);
}
