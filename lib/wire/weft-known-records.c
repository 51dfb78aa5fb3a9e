/* weft-known-records.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-known-records-private.h"

/* A commit of one block is asked about three times within a second or two. */
#define RECORDS_MAX 2048
#define PEERS_MAX 256
/* What is remembered has to be small, as a group of commits of a block each is; what is larger is
 * told in full each time. */
#define MESSAGE_BYTES_MAX 8192
#define PEERS_BYTES_MAX 16384

/* Names and what they are of; the oldest is forgotten. */
typedef struct
{
  GHashTable *values; /* (element-type utf8 gpointer) (owned) */
  GQueue names;       /* (element-type utf8) (owned by values), the oldest first */
  guint n_max;
} Memory;

struct _WeftKnownRecords
{
  Memory records; /* (element-type WeftRecordCore), by message hash */
  Memory peers;   /* (element-type WeftRecordCore), by sender and membership */
};

struct _WeftToldRecords
{
  Memory records; /* (element-type utf8), by message hash */
  Memory peers;   /* (element-type WeftRecordCore), by membership */
};

static void
memory_init (Memory         *self,
             guint           n_max,
             GDestroyNotify  free_value)
{
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_value);
  g_queue_init (&self->names);
  self->n_max = n_max;
}

static void
memory_clear (Memory *self)
{
  g_queue_clear (&self->names);
  g_hash_table_unref (self->values);
}

static void
memory_add (Memory     *self,
            const char *name,
            gpointer    value)
{
  char *copy;

  if (g_hash_table_contains (self->values, name))
    {
      g_hash_table_insert (self->values, g_strdup (name), value);
      return;
    }

  if (g_hash_table_size (self->values) == self->n_max)
    g_hash_table_remove (self->values, g_queue_pop_head (&self->names));
  copy = g_strdup (name);
  g_hash_table_insert (self->values, copy, value);
  g_queue_push_tail (&self->names, copy);
}

WeftKnownRecords *
weft_known_records_new (void)
{
  WeftKnownRecords *self = g_new0 (WeftKnownRecords, 1);

  memory_init (&self->records, RECORDS_MAX, (GDestroyNotify) weft_record_core_unref);
  memory_init (&self->peers, PEERS_MAX, (GDestroyNotify) weft_record_core_unref);

  return self;
}

void
weft_known_records_free (WeftKnownRecords *self)
{
  memory_clear (&self->records);
  memory_clear (&self->peers);
  g_free (self);
}

/* A pend or a cancel is asked about once. Both sides say the same. */
static gboolean
is_remembered (WeftRecordCore *core)
{
  return core->slots->len > 0 && core->message_length <= MESSAGE_BYTES_MAX;
}

static gboolean
are_peers_remembered (WeftRecordCore *core)
{
  return g_ref_string_length (core->deciders_text) <= PEERS_BYTES_MAX;
}

/* Addresses are what the sender says, so its peers are kept apart from those of others. */
static char *
make_peers_name (WeftPeerId *sender,
                 const char *membership)
{
  return g_strconcat (weft_peer_id_get_text (sender), " ", membership, NULL);
}

static void
remember (WeftKnownRecords *self,
          WeftPeerId       *sender,
          WeftRecordCore   *core,
          gboolean          has_peers)
{
  if (is_remembered (core))
    memory_add (&self->records, core->message_hash, weft_record_core_ref (core));
  if (has_peers && are_peers_remembered (core))
    {
      g_autofree char *name = make_peers_name (sender, core->membership);

      memory_add (&self->peers, name, weft_record_core_new_peers (core));
    }
}

static const char *
get_text (const WeftItem *object,
          const char     *name)
{
  const WeftItem *member = weft_item_find (object, name);

  return member != NULL && member->kind == WEFT_ITEM_STRING ? member->string : NULL;
}

/* What is not there or no text is found by nobody, so it is unknown. */
static WeftRecordCore *
find_core (WeftKnownRecords *self,
           WeftPeerId       *sender,
           const WeftItem   *brief)
{
  const char *text;
  g_autofree char *name = NULL;

  if (weft_item_find (brief, "message") == NULL)
    {
      text = get_text (brief, "messageHash");
      return text != NULL ? g_hash_table_lookup (self->records.values, text) : NULL;
    }

  text = get_text (brief, "membership");
  if (text == NULL)
    return NULL;
  name = make_peers_name (sender, text);

  return g_hash_table_lookup (self->peers.values, name);
}

static WeftClusterRequest *
read_brief (WeftKnownRecords *self,
            WeftPeerId       *sender,
            const WeftItem   *request,
            GError          **error)
{
  const WeftJsonPath path = { NULL, "brief", 0 };
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (GPtrArray) pends = NULL;
  const WeftItem *object
      = weft_item_get_object (weft_item_find (request, "brief"), &path, error);
  WeftRecordCore *core = object != NULL ? find_core (self, sender, object) : NULL;

  if (core == NULL)
    return NULL;
  record = weft_cluster_record_read_brief (object, core, &path, error);
  if (record == NULL)
    return NULL;
  if (weft_item_find (object, "message") != NULL)
    remember (self, sender, weft_cluster_record_get_core (record), FALSE);

  return weft_cluster_request_read_pends (request, &pends, error)
             ? weft_cluster_request_new_update_with (record, pends) : NULL;
}

static gboolean
is_word (const WeftItem *item,
         const char     *word)
{
  return item->kind == WEFT_ITEM_OBJECT && item->length == 1
         && g_str_equal (weft_item_first (item)->name, word);
}

static gboolean
is_brief (const WeftItem *item)
{
  return is_word (item, "brief")
         || (item->kind == WEFT_ITEM_OBJECT && item->length == 2
             && weft_item_find (item, "brief") != NULL && weft_item_find (item, "pends") != NULL);
}

WeftClusterRequest *
weft_known_records_read (WeftKnownRecords *self,
                         WeftPeerId       *sender,
                         const WeftItem   *item,
                         GError          **error)
{
  WeftClusterRequest *request;
  WeftClusterRecord *record;

  if (is_brief (item))
    return read_brief (self, sender, item, error);

  request = weft_cluster_request_read (item, error);
  record = request != NULL ? weft_cluster_request_get_record (request) : NULL;
  if (record != NULL)
    remember (self, sender, weft_cluster_record_get_core (record), TRUE);

  return request;
}

gboolean
weft_known_records_is_unknown (const WeftItem *answer)
{
  return is_word (answer, "unknown");
}

gboolean
weft_known_records_is_later (const WeftItem *answer)
{
  return is_word (answer, "later");
}

WeftToldRecords *
weft_told_records_new (void)
{
  WeftToldRecords *self = g_new0 (WeftToldRecords, 1);

  /* Fewer than are known there: who tells more than one peer can remember is told so. */
  memory_init (&self->records, RECORDS_MAX / 2, NULL);
  memory_init (&self->peers, PEERS_MAX / 2, (GDestroyNotify) weft_record_core_unref);

  return self;
}

void
weft_told_records_free (WeftToldRecords *self)
{
  memory_clear (&self->records);
  memory_clear (&self->peers);
  g_free (self);
}

static gboolean
knows_peers (WeftToldRecords *self,
             WeftRecordCore  *core)
{
  WeftRecordCore *told = g_hash_table_lookup (self->peers.values, core->membership);

  return told != NULL
         && (told->deciders_text == core->deciders_text
             || g_str_equal (told->deciders_text, core->deciders_text));
}

char *
weft_told_records_write (WeftToldRecords    *self,
                         WeftClusterRequest *request,
                         gboolean           *is_brief)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);
  WeftRecordCore *core = record != NULL ? weft_cluster_record_get_core (record) : NULL;

  *is_brief = record != NULL && weft_cluster_record_may_be_brief (record);
  if (*is_brief && g_hash_table_contains (self->records.values, core->message_hash))
    return weft_cluster_request_get_text (request, WEFT_CLUSTER_TEXT_HASH);
  if (*is_brief && knows_peers (self, core))
    {
      if (is_remembered (core))
        memory_add (&self->records, core->message_hash, NULL);
      return weft_cluster_request_get_text (request, WEFT_CLUSTER_TEXT_MESSAGE);
    }

  *is_brief = FALSE;
  return weft_told_records_write_again (self, request);
}

char *
weft_told_records_write_again (WeftToldRecords    *self,
                               WeftClusterRequest *request)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);

  if (record != NULL)
    {
      WeftRecordCore *core = weft_cluster_record_get_core (record);

      if (is_remembered (core))
        memory_add (&self->records, core->message_hash, NULL);
      if (are_peers_remembered (core))
        memory_add (&self->peers, core->membership, weft_record_core_new_peers (core));
    }

  return weft_cluster_request_get_text (request, WEFT_CLUSTER_TEXT_FULL);
}
