/* weft-cluster-teller.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-teller-private.h"

#include "weft-batch-private.h"

#include "weft-cluster-answer-private.h"
#include "weft-cluster-record-private.h"
#include "weft-deadline-private.h"
#include "weft-json.h"

#define FIRST_USEC (250 * G_TIME_SPAN_MILLISECOND)
#define LAST_USEC (30 * G_TIME_SPAN_SECOND)
/* Past it a member that is away learns the rest by itself: what comes next shows it that it is
 * behind, and it fetches. */
#define TOLD_MAX 4096
/* On their way to members at a time; the rest waits for the next turn. */
#define FLIGHTS_MAX 64

/* A certificate and who does not have it yet. */
typedef struct
{
  WeftDeadline deadline;
  WeftClusterRecord *certificate;
  char *key;
  GPtrArray *peer_ids; /* (element-type WeftPeerId) (owned) */
  gint64 pause_usec;
  guint n_flights;
} Told;

struct _WeftClusterTeller
{
  guint ref_count;
  WeftClusterParts *parts;
  WeftFindClusterFunc find;
  gpointer data;
  GTree *told;          /* (element-type Told) (owned), by id */
  WeftDeadlines *deadlines; /* of what is told */
  gint64 last_id;
  guint n_flights;
  guint64 alarm_id;     /* 0 when none is set */
  gint64 alarm_usec;
  gboolean is_closed;
};

typedef struct
{
  WeftClusterTeller *teller;
  gint64 id;
  WeftPeerId *peer_id;
} Flight;

static void arm (WeftClusterTeller *self);

static void
told_free (gpointer data)
{
  Told *told = data;

  weft_deadline_clear (&told->deadline);
  weft_cluster_record_unref (told->certificate);
  g_ptr_array_unref (told->peer_ids);
  g_free (told->key);
  g_free (told);
}

static void
flight_free (Flight *flight)
{
  weft_peer_id_unref (flight->peer_id);
  weft_cluster_teller_unref (flight->teller);
  g_free (flight);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flight, flight_free)

static void
ignore_cb (WeftStorage  *storage,
           const GError *error,
           gpointer      user_data)
{
  WeftClusterParts *parts = user_data;

  /* It is told all the same; only after a restart nobody would know. */
  if (error != NULL)
    weft_cluster_parts_count (parts, "tells-not-kept");
  weft_cluster_parts_unref (parts);
}

static void
submit (WeftClusterTeller *self,
        WeftBatch         *batch)
{
  weft_batch_set_patient (batch);
  weft_storage_submit (self->parts->storage, batch, ignore_cb,
                       weft_cluster_parts_ref (self->parts));
}

/* {"tell":Record,"to":[id…]}, as a GRefString. */
static char *
to_text (Told *told)
{
  g_autoptr(GString) text = g_string_new ("{\"tell\":");

  weft_cluster_record_append (told->certificate, text);
  for (guint i = 0; i < told->peer_ids->len; i++)
    {
      g_string_append (text, i == 0 ? ",\"to\":[\"" : ",\"");
      g_string_append (text, weft_peer_id_get_text (g_ptr_array_index (told->peer_ids, i)));
      g_string_append_c (text, '"');
    }
  g_string_append_len (text, "]}", 2);

  return g_ref_string_new_len (text->str, (gssize) text->len);
}

/* Who has it is written down only when all have: to be told twice does no harm. */
static void
keep (WeftClusterTeller *self,
      Told              *told)
{
  g_autoptr(WeftBatch) batch = weft_batch_new ();
  char *text;

  if (told->peer_ids->len == 0)
    {
      weft_batch_delete_record (batch, told->key);
    }
  else
    {
      text = to_text (told);
      weft_batch_put_record_text (batch, told->key, text, FALSE);
      g_ref_string_release (text);
    }
  submit (self, batch);
}

static gboolean
find_peer (GPtrArray  *peer_ids,
           WeftPeerId *peer_id,
           guint      *index)
{
  return g_ptr_array_find_with_equal_func (peer_ids, peer_id, (GEqualFunc) weft_peer_id_equal,
                                           index);
}

static gboolean
is_acknowledged (WeftClusterAnswer *answer)
{
  WeftClusterAnswerKind kind
      = answer != NULL ? weft_cluster_answer_get_kind (answer) : WEFT_CLUSTER_ANSWER_ERROR;

  return kind == WEFT_CLUSTER_ANSWER_APPLIED || kind == WEFT_CLUSTER_ANSWER_DECIDED;
}

static void
answered_cb (WeftCluster       *cluster,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  g_autoptr(Flight) flight = user_data;
  WeftClusterTeller *self = flight->teller;
  Told *told = g_tree_lookup (self->told, &flight->id);
  guint index;

  self->n_flights--;
  if (self->is_closed || told == NULL)
    return;

  told->n_flights--;
  if (is_acknowledged (answer) && find_peer (told->peer_ids, flight->peer_id, &index))
    g_ptr_array_remove_index (told->peer_ids, index);
  if (told->peer_ids->len == 0)
    {
      keep (self, told);
      g_tree_remove (self->told, &flight->id);
    }
  else if (told->n_flights == 0)
    {
      weft_deadline_set (&told->deadline, self->deadlines,
                         weft_cluster_parts_get_now (self->parts) + told->pause_usec);
      told->pause_usec = MIN (2 * told->pause_usec, LAST_USEC);
    }
  arm (self);
}

static void
tell (WeftClusterTeller *self,
      Told              *told)
{
  g_autoptr(WeftClusterRequest) update = weft_cluster_request_new_update (told->certificate);

  for (guint i = 0; i < told->peer_ids->len; i++)
    {
      Flight *flight = g_new0 (Flight, 1);

      self->ref_count++;
      flight->teller = self;
      flight->id = told->deadline.id;
      flight->peer_id = weft_peer_id_ref (g_ptr_array_index (told->peer_ids, i));
      self->n_flights++;
      told->n_flights++;
      weft_cluster_parts_count (self->parts, "tells-sent");
      weft_cluster_perform (self->find (self->data, flight->peer_id), update, 0, answered_cb,
                            flight);
    }
}

static void
alarm_cb (gpointer user_data)
{
  WeftClusterTeller *self = user_data;
  gint64 now_usec = weft_cluster_parts_get_now (self->parts);
  WeftDeadline *first;

  self->alarm_id = 0;
  while (self->n_flights < FLIGHTS_MAX
         && (first = weft_deadline_get_first (self->deadlines)) != NULL
         && first->usec <= now_usec)
    {
      Told *told = g_tree_lookup (self->told, &first->id);

      weft_deadline_clear (&told->deadline);
      tell (self, told);
    }
  arm (self);
}

static void
arm (WeftClusterTeller *self)
{
  gint64 next_usec = weft_deadline_get_next (self->deadlines);

  /* Whoever answers makes room. */
  if (self->n_flights >= FLIGHTS_MAX)
    next_usec = G_MAXINT64;
  if (self->alarm_id != 0 && self->alarm_usec == next_usec)
    return;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->alarm_id = 0;
  self->alarm_usec = next_usec;
  if (next_usec != G_MAXINT64 && !self->is_closed)
    self->alarm_id = weft_clock_add_alarm (self->parts->clock, next_usec, alarm_cb, self, NULL);
}

static char *
make_key (WeftClusterRecord *certificate)
{
  g_autofree char *name
      = g_strconcat ("tell", weft_cluster_record_get_message_hash (certificate), NULL);
  g_autoptr(JsonNode) json = json_node_init_string (json_node_alloc (), name);

  return weft_json_digest (json);
}

static Told *
add (WeftClusterTeller *self,
     WeftClusterRecord *certificate)
{
  Told *told = g_new0 (Told, 1);

  told->certificate = weft_cluster_record_ref (certificate);
  told->key = make_key (certificate);
  told->peer_ids = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  told->pause_usec = FIRST_USEC;
  weft_deadline_init (&told->deadline, ++self->last_id);
  g_tree_insert (self->told, &told->deadline.id, told);

  return told;
}

void
weft_cluster_teller_add (WeftClusterTeller *self,
                         WeftClusterRecord *certificate,
                         GPtrArray         *peer_ids)
{
  Told *told;

  if (self->is_closed || peer_ids->len == 0)
    return;
  if (g_tree_nnodes (self->told) == TOLD_MAX)
    {
      weft_cluster_parts_count (self->parts, "tells-dropped");
      return;
    }

  told = add (self, certificate);
  for (guint i = 0; i < peer_ids->len; i++)
    g_ptr_array_add (told->peer_ids, weft_peer_id_ref (g_ptr_array_index (peer_ids, i)));
  keep (self, told);
  weft_deadline_set (&told->deadline, self->deadlines,
                     weft_cluster_parts_get_now (self->parts) + told->pause_usec);
  arm (self);
}

static void
restore_peers (Told       *told,
               JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "to");
  JsonArray *array
      = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      WeftPeerId *peer_id = weft_peer_id_from_json (json_array_get_element (array, i), NULL);

      if (peer_id != NULL)
        g_ptr_array_add (told->peer_ids, peer_id);
    }
}

static void
restore (WeftClusterTeller *self)
{
  g_autoptr(GPtrArray) records
      = weft_storage_list_unresolved_records (self->parts->storage, NULL);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      JsonNode *json = g_ptr_array_index (records, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (json) ? json_node_get_object (json) : NULL;
      JsonNode *member = object != NULL ? json_object_get_member (object, "tell") : NULL;
      g_autoptr(WeftClusterRecord) certificate
          = member != NULL ? weft_cluster_record_from_json (member, NULL) : NULL;
      Told *told;

      if (certificate == NULL)
        continue;
      told = add (self, certificate);
      restore_peers (told, object);
      if (told->peer_ids->len == 0)
        g_tree_remove (self->told, &told->deadline.id);
      else
        weft_deadline_set (&told->deadline, self->deadlines,
                           weft_cluster_parts_get_now (self->parts) + told->pause_usec);
    }
}

WeftClusterTeller *
weft_cluster_teller_new (WeftClusterParts    *parts,
                         WeftFindClusterFunc  find,
                         gpointer             data)
{
  WeftClusterTeller *self = g_new0 (WeftClusterTeller, 1);

  self->ref_count = 1;
  self->parts = weft_cluster_parts_ref (parts);
  self->find = find;
  self->data = data;
  self->told = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, told_free);
  self->deadlines = weft_deadlines_new ();
  self->alarm_usec = G_MAXINT64;
  restore (self);
  arm (self);

  return self;
}

void
weft_cluster_teller_close (WeftClusterTeller *self)
{
  self->is_closed = TRUE;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->alarm_id = 0;
}

void
weft_cluster_teller_unref (WeftClusterTeller *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->alarm_id == 0);
  g_tree_unref (self->told);
  weft_deadlines_free (self->deadlines);
  weft_cluster_parts_unref (self->parts);
  g_free (self);
}

void
weft_cluster_teller_hurry (WeftClusterTeller *self,
                           WeftPeerId        *peer_id)
{
  for (GTreeNode *node = g_tree_node_first (self->told); node != NULL;
       node = g_tree_node_next (node))
    {
      Told *told = g_tree_node_value (node);

      if (told->n_flights > 0 || !find_peer (told->peer_ids, peer_id, NULL))
        continue;
      told->pause_usec = FIRST_USEC;
      weft_deadline_set (&told->deadline, self->deadlines,
                         weft_cluster_parts_get_now (self->parts));
    }
  arm (self);
}

guint
weft_cluster_teller_get_n (WeftClusterTeller *self)
{
  return g_tree_nnodes (self->told);
}
