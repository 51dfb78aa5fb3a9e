/* member-store.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-store.h"

#include <string.h>

#include "weft-cluster-record-brief-private.h"
#include "weft-json-private.h"

/* "block/rev" to an action id, "block/action" to what is pending, a key to a record, a block to the
 * hash of who keeps it. */
struct _RigState
{
  GTree *revisions;
  GTree *pendings;
  GTree *records;
  GTree *pins;
};

typedef struct
{
  JsonNode *json;
  gboolean is_resolved;
} RigRecord;

typedef struct
{
  gint64 base;
  char *digest;
} RigPending;

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return strcmp (a, b);
}

static void
record_free (gpointer data)
{
  RigRecord *record = data;

  json_node_unref (record->json);
  g_free (record);
}

static void
pending_free (gpointer data)
{
  RigPending *pending = data;

  g_free (pending->digest);
  g_free (pending);
}

RigState *
rig_state_new (void)
{
  RigState *self = g_new0 (RigState, 1);

  self->revisions = g_tree_new_full (compare, NULL, g_free, g_free);
  self->pendings = g_tree_new_full (compare, NULL, g_free, pending_free);
  self->records = g_tree_new_full (compare, NULL, g_free, record_free);
  self->pins = g_tree_new_full (compare, NULL, g_free, g_free);

  return self;
}

void
rig_state_free (RigState *self)
{
  g_tree_unref (self->revisions);
  g_tree_unref (self->pendings);
  g_tree_unref (self->records);
  g_tree_unref (self->pins);
  g_free (self);
}

RigState *
rig_state_copy (RigState *self)
{
  RigState *copy = rig_state_new ();
  GTreeNode *node;

  for (node = g_tree_node_first (self->revisions); node != NULL; node = g_tree_node_next (node))
    g_tree_insert (copy->revisions, g_strdup (g_tree_node_key (node)),
                   g_strdup (g_tree_node_value (node)));
  for (node = g_tree_node_first (self->pendings); node != NULL; node = g_tree_node_next (node))
    {
      RigPending *pending = g_memdup2 (g_tree_node_value (node), sizeof *pending);

      pending->digest = g_strdup (pending->digest);
      g_tree_insert (copy->pendings, g_strdup (g_tree_node_key (node)), pending);
    }
  for (node = g_tree_node_first (self->pins); node != NULL; node = g_tree_node_next (node))
    rig_state_pin (copy, g_tree_node_key (node), g_tree_node_value (node));
  for (node = g_tree_node_first (self->records); node != NULL; node = g_tree_node_next (node))
    {
      RigRecord *record = g_tree_node_value (node);

      rig_state_write (copy, g_tree_node_key (node), record->json, record->is_resolved);
    }

  return copy;
}

static char *
make_revision_key (const char *block_id,
                   gint64      rev)
{
  return g_strdup_printf ("%s/%020" G_GINT64_FORMAT, block_id, rev);
}

void
rig_state_add_revision (RigState   *self,
                        const char *block_id,
                        gint64      rev,
                        const char *action_id)
{
  g_tree_insert (self->revisions, make_revision_key (block_id, rev), g_strdup (action_id));
}

void
rig_state_pin (RigState   *self,
               const char *block_id,
               const char *cluster)
{
  g_tree_insert (self->pins, g_strdup (block_id), g_strdup (cluster));
}

const char *
rig_state_get_pin (RigState   *self,
                   const char *block_id)
{
  return g_tree_lookup (self->pins, block_id);
}

void
rig_state_add_content (RigState   *self,
                       const char *block_id,
                       const char *action_id,
                       gint64      base,
                       const char *digest)
{
  RigPending *pending = g_new0 (RigPending, 1);

  pending->base = base;
  pending->digest = g_strdup (digest);
  g_tree_insert (self->pendings, g_strdup_printf ("%s/%s", block_id, action_id), pending);
}

/* As the fixture makes them; the content of an action that is called "forged-…" is another's. */
void
rig_state_add_pending (RigState   *self,
                       const char *block_id,
                       const char *action_id,
                       gint64      base)
{
  g_autofree char *digest = g_str_has_prefix (action_id, "forged")
                                ? g_strdup ("another")
                                : weft_sha256_base64url (action_id, strlen (action_id));

  rig_state_add_content (self, block_id, action_id, base, digest);
}

void
rig_state_drop_pending (RigState   *self,
                        const char *block_id,
                        const char *action_id)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", block_id, action_id);

  g_tree_remove (self->pendings, key);
}

gint64
rig_state_get_latest (RigState   *self,
                      const char *block_id)
{
  g_autofree char *end = g_strdup_printf ("%s0", block_id); /* the character after the slash */
  g_autofree char *prefix = g_strdup_printf ("%s/", block_id);
  GTreeNode *node = g_tree_lower_bound (self->revisions, end);

  node = node != NULL ? g_tree_node_previous (node) : g_tree_node_last (self->revisions);
  if (node == NULL || !g_str_has_prefix (g_tree_node_key (node), prefix))
    return 0;

  return g_ascii_strtoll ((const char *) g_tree_node_key (node) + strlen (prefix), NULL, 10);
}

const char *
rig_state_get_revision (RigState   *self,
                        const char *block_id,
                        gint64      rev)
{
  g_autofree char *key = make_revision_key (block_id, rev);

  return g_tree_lookup (self->revisions, key);
}

gint64
rig_state_get_pending (RigState   *self,
                       const char *block_id,
                       const char *action_id)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", block_id, action_id);
  RigPending *pending = g_tree_lookup (self->pendings, key);

  return pending != NULL ? pending->base : -1;
}

const char *
rig_state_get_digest (RigState   *self,
                      const char *block_id,
                      const char *action_id)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", block_id, action_id);
  RigPending *pending = g_tree_lookup (self->pendings, key);

  return pending != NULL ? pending->digest : NULL;
}

void
rig_state_write (RigState   *self,
                 const char *key,
                 JsonNode   *json,
                 gboolean    is_resolved)
{
  RigRecord *record = g_tree_lookup (self->records, key);

  /* A proof is for ever. */
  g_assert_true (record == NULL || !record->is_resolved || (json != NULL && is_resolved));

  if (json == NULL)
    {
      g_tree_remove (self->records, key);
      return;
    }

  record = g_new0 (RigRecord, 1);
  record->json = json_node_ref (json);
  record->is_resolved = is_resolved;
  g_tree_insert (self->records, g_strdup (key), record);
}

JsonNode *
rig_state_read (RigState   *self,
                const char *key)
{
  RigRecord *record = g_tree_lookup (self->records, key);

  return record != NULL ? json_node_ref (record->json) : NULL;
}

GPtrArray *
rig_state_list_open (RigState *self)
{
  GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  for (GTreeNode *node = g_tree_node_first (self->records); node != NULL;
       node = g_tree_node_next (node))
    {
      RigRecord *record = g_tree_node_value (node);

      if (!record->is_resolved)
        g_ptr_array_add (open, json_node_ref (record->json));
    }

  return open;
}

JsonNode *
rig_state_read_slot (RigState *self,
                     WeftSlot *slot)
{
  g_autofree char *key = weft_slot_make_key (slot);

  return rig_state_read (self, key);
}

WeftClusterRecord *
rig_shared_read (JsonNode          *json,
                 WeftClusterRecord *vote)
{
  JsonNode *shared = json_object_get_member (json_node_get_object (json), "shared");
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (shared, NULL);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record;

  g_assert_cmpint (vote != NULL, ==,
                   json_object_has_member (json_node_get_object (json), "of"));
  if (vote != NULL)
    g_assert_cmpstr (weft_item_find (weft_tape_get_root (tape), "messageHash")->string, ==,
                     weft_cluster_record_get_message_hash (vote));
  record = vote != NULL
               ? weft_cluster_record_read_brief (weft_tape_get_root (tape),
                                                 weft_cluster_record_get_core (vote), NULL, &error)
               : weft_cluster_record_from_json (shared, &error);
  g_assert_no_error (error);

  return record;
}

WeftClusterRecord *
rig_state_read_shared (RigState *self,
                       JsonNode *json)
{
  const char *of = json_object_get_string_member_with_default (json_node_get_object (json), "of",
                                                               NULL);
  g_autoptr (JsonNode) other = of != NULL ? rig_state_read (self, of) : NULL;
  g_autoptr (WeftClusterRecord) vote = NULL;

  /* What a lock rests on is there as long as it is. */
  g_assert_true (of == NULL || other != NULL);
  if (other != NULL)
    vote = rig_shared_read (other, NULL);

  return rig_shared_read (json, vote);
}

static WeftClusterRecord *
read_role (RigState *self,
           JsonNode *json,
           gboolean  is_lock)
{
  JsonObject *object = json_node_get_object (json);

  if (!json_object_has_member (object, "shared")
      || g_str_equal (json_object_get_string_member (object, "role"), "lock") != is_lock)
    return NULL;

  return rig_state_read_shared (self, json);
}

WeftClusterRecord *
rig_state_find_shared (RigState *self,
                       WeftSlot *slot,
                       gboolean  is_lock)
{
  g_autoptr (GPtrArray) open = rig_state_list_open (self);
  g_autoptr (WeftClusterRecord) found = NULL;

  for (guint i = 0; i < open->len; i++)
    {
      g_autoptr (WeftClusterRecord) record = read_role (self, g_ptr_array_index (open, i), is_lock);

      if (record == NULL || !weft_cluster_record_has_slot (record, slot)
          || (found != NULL
              && weft_ballot_compare (weft_cluster_record_get_ballot (found),
                                      weft_cluster_record_get_ballot (record))
                     >= 0))
        continue;
      g_clear_pointer (&found, weft_cluster_record_unref);
      found = g_steal_pointer (&record);
    }

  return g_steal_pointer (&found);
}
