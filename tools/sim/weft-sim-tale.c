/* weft-sim-tale.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-tale.h"

#include <string.h>

/* A tale is held in memory: so many lines are about a gigabyte. */
#define LINES_MAX 500000

static void
line_clear (gpointer data)
{
  WeftSimTaleLine *line = data;

  json_node_unref (line->node);
}

static void
event_free (gpointer data)
{
  WeftSimTaleEvent *event = data;

  g_array_unref (event->causes);
  g_array_unref (event->effects);
  g_free (event);
}

void
weft_sim_tale_free (WeftSimTale *self)
{
  g_free (self->path);
  g_free (self->build);
  g_clear_object (&self->scenario);
  g_array_unref (self->lines);
  g_ptr_array_unref (self->actors);
  g_ptr_array_unref (self->peers);
  g_hash_table_unref (self->events);
  g_hash_table_unref (self->messages);
  g_hash_table_unref (self->operations);
  g_ptr_array_unref (self->failure_blocks);
  g_array_unref (self->failure_operations);
  g_free (self);
}

static WeftSimTale *
tale_new (const char *path)
{
  WeftSimTale *self = g_new0 (WeftSimTale, 1);

  self->path = g_strdup (path);
  self->lines = g_array_new (FALSE, FALSE, sizeof (WeftSimTaleLine));
  g_array_set_clear_func (self->lines, line_clear);
  self->actors = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->actors, g_strdup ("world"));
  self->peers = g_ptr_array_new_with_free_func (g_free);
  self->events = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, event_free);
  self->messages = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->operations = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->failure_blocks = g_ptr_array_new_with_free_func (g_free);
  self->failure_operations = g_array_new (FALSE, FALSE, sizeof (guint64));

  return self;
}

/* Lines */

const char *
weft_sim_tale_line_get_text (const WeftSimTaleLine *line,
                             const char            *name)
{
  return json_object_get_string_member_with_default (line->object, name, NULL);
}

gint64
weft_sim_tale_line_get_number (const WeftSimTaleLine *line,
                               const char            *name)
{
  return json_object_get_int_member_with_default (line->object, name, 0);
}

gboolean
weft_sim_tale_line_is (const WeftSimTaleLine *line,
                       const char            *record)
{
  return g_str_equal (line->record, record);
}

gboolean
weft_sim_tale_line_has_block (const WeftSimTaleLine *line,
                              const char            *block)
{
  JsonNode *node = json_object_get_member (line->object, "blocks");
  JsonArray *blocks = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                    : NULL;

  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    if (g_strcmp0 (json_array_get_string_element (blocks, i), block) == 0)
      return TRUE;

  return FALSE;
}

const char *
weft_sim_tale_name_actor (WeftSimTale *self,
                          guint64      actor)
{
  const char *name = actor < self->actors->len ? self->actors->pdata[actor] : NULL;

  return name != NULL ? name : "somebody";
}

char *
weft_sim_tale_name_peers (WeftSimTale *self,
                          const char  *text)
{
  g_autoptr(GString) named = g_string_new (text);

  for (guint i = 0; i < self->peers->len; i++)
    if (self->peers->pdata[i] != NULL)
      g_string_replace (named, self->peers->pdata[i], weft_sim_tale_name_actor (self, i), 0);

  return g_string_free (g_steal_pointer (&named), FALSE);
}

static gpointer
find (GHashTable            *table,
      const WeftSimTaleLine *line,
      const char            *name)
{
  gint64 number = weft_sim_tale_line_get_number (line, name);

  return g_hash_table_lookup (table, &number);
}

WeftSimTaleMessage *
weft_sim_tale_get_message (WeftSimTale           *self,
                           const WeftSimTaleLine *line)
{
  return find (self->messages, line, "message");
}

WeftSimTaleOperation *
weft_sim_tale_get_operation (WeftSimTale           *self,
                             const WeftSimTaleLine *line)
{
  return find (self->operations, line, "operation");
}

/* Reading */

static gboolean
read_lines (WeftSimTale       *self,
            WeftSimTraceFile  *file,
            GError           **error)
{
  const char *text;
  gsize length = 0;

  while ((text = weft_sim_trace_file_next (file, &length)) != NULL)
    {
      WeftSimTaleLine line = { .node = weft_json_parse (text, (gssize) length, NULL) };

      /* The last line of a run that died. */
      if (line.node == NULL && file->is_cut && file->position > file->length)
        break;
      if (line.node == NULL || !JSON_NODE_HOLDS_OBJECT (line.node))
        {
          g_clear_pointer (&line.node, json_node_unref);
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                       "%s: line %" G_GUINT64_FORMAT ": expected a JSON object", file->path,
                       file->n_lines);
          return FALSE;
        }
      if (self->lines->len == LINES_MAX)
        {
          g_clear_pointer (&line.node, json_node_unref);
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                       "%s: expected at most %d lines; make the scenario shorter", file->path,
                       LINES_MAX);
          return FALSE;
        }
      line.object = json_node_get_object (line.node);
      line.record = json_object_get_string_member_with_default (line.object, "record", "");
      line.at_usec = weft_sim_tale_line_get_number (&line, "at");
      line.during = (guint64) weft_sim_tale_line_get_number (&line, "during");
      if (line.during == 0)
        line.during = (guint64) weft_sim_tale_line_get_number (&line, "event");
      g_array_append_val (self->lines, line);
    }

  return TRUE;
}

static void
add_cause (WeftSimTale *self,
           guint64      effect,
           guint64      cause)
{
  WeftSimTaleEvent *before = g_hash_table_lookup (self->events, &cause);
  WeftSimTaleEvent *after = g_hash_table_lookup (self->events, &effect);

  if (before == NULL || after == NULL || before == after)
    return;
  g_array_append_val (after->causes, cause);
  g_array_append_val (before->effects, effect);
}

static void
take_event (WeftSimTale           *self,
            const WeftSimTaleLine *line)
{
  WeftSimTaleEvent *event = g_new0 (WeftSimTaleEvent, 1);

  event->number = line->during;
  event->actor = (guint) weft_sim_tale_line_get_number (line, "actor");
  event->is_start = g_strcmp0 (weft_sim_tale_line_get_text (line, "kind"), "workload") == 0;
  event->causes = g_array_new (FALSE, FALSE, sizeof (guint64));
  event->effects = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_hash_table_replace (self->events, &event->number, event);
  if (json_object_has_member (line->object, "cause"))
    add_cause (self, event->number, (guint64) weft_sim_tale_line_get_number (line, "cause"));
}

/* A reply goes back to its request, also when what answers is a disk that works for several. */
static void
take_send (WeftSimTale           *self,
           GHashTable            *requests,
           const WeftSimTaleLine *line)
{
  WeftSimTaleMessage *message = g_new0 (WeftSimTaleMessage, 1);
  const char *envelope = weft_sim_tale_line_get_text (line, "envelope");
  gint64 from = weft_sim_tale_line_get_number (line, "from");
  gint64 to = weft_sim_tale_line_get_number (line, "to");
  gboolean is_request = g_strcmp0 (envelope, "request") == 0;
  g_autofree char *key = NULL;
  WeftSimTaleMessage *request;

  message->number = (guint64) weft_sim_tale_line_get_number (line, "message");
  message->send = line;
  g_hash_table_replace (self->messages, &message->number, message);
  if (!is_request && g_strcmp0 (envelope, "reply") != 0 && g_strcmp0 (envelope, "error") != 0)
    return;

  key = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                         weft_sim_tale_line_get_number (line, "connection"),
                         is_request ? from : to, weft_sim_tale_line_get_number (line, "request"));
  if (is_request)
    {
      g_hash_table_replace (requests, g_steal_pointer (&key), message);
      return;
    }
  request = g_hash_table_lookup (requests, key);
  if (request != NULL && request->fate != NULL)
    add_cause (self, line->during, request->fate->during);
}

static void
take_fate (WeftSimTale           *self,
           const WeftSimTaleLine *line)
{
  WeftSimTaleMessage *message = weft_sim_tale_get_message (self, line);

  if (message == NULL)
    return;
  if (!weft_sim_tale_line_is (line, "stall"))
    message->fate = line;
  else if (message->stall == NULL)
    message->stall = line;
}

static void
take_operation (WeftSimTale           *self,
                const WeftSimTaleLine *line)
{
  WeftSimTaleOperation *operation = weft_sim_tale_get_operation (self, line);

  if (operation != NULL)
    {
      operation->end = line;
      return;
    }
  operation = g_new0 (WeftSimTaleOperation, 1);
  operation->number = (guint64) weft_sim_tale_line_get_number (line, "operation");
  operation->begin = line;
  g_hash_table_replace (self->operations, &operation->number, operation);
}

static void
take_actor (WeftSimTale           *self,
            const WeftSimTaleLine *line)
{
  gint64 actor = weft_sim_tale_line_get_number (line, "actor");
  const char *name = weft_sim_tale_line_get_text (line, "name");

  if (actor == self->actors->len)
    g_ptr_array_add (self->actors, g_strdup (name));
}

static void
take_peer (WeftSimTale           *self,
           const WeftSimTaleLine *line)
{
  gint64 actor = weft_sim_tale_line_get_number (line, "actor");

  if (actor <= 0 || actor >= self->actors->len)
    return;
  if (self->peers->len <= actor)
    g_ptr_array_set_size (self->peers, (gint) actor + 1);
  g_free (self->peers->pdata[actor]);
  self->peers->pdata[actor] = g_strdup (weft_sim_tale_line_get_text (line, "peer"));
}

static void
take_lines (WeftSimTale *self)
{
  g_autoptr(GHashTable) requests = NULL;

  requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (self->lines, WeftSimTaleLine, i);

      if (weft_sim_tale_line_is (line, "event"))
        take_event (self, line);
      else if (weft_sim_tale_line_is (line, "send"))
        take_send (self, requests, line);
      else if (weft_sim_tale_line_is (line, "receive") || weft_sim_tale_line_is (line, "lose") ||
               weft_sim_tale_line_is (line, "stall"))
        take_fate (self, line);
      else if (weft_sim_tale_line_is (line, "begin") || weft_sim_tale_line_is (line, "end"))
        take_operation (self, line);
      else if (weft_sim_tale_line_is (line, "actor"))
        take_actor (self, line);
      else if (weft_sim_tale_line_is (line, "peer"))
        take_peer (self, line);
      else if (weft_sim_tale_line_is (line, "verdict"))
        self->verdict = line;
      else if (weft_sim_tale_line_is (line, "violation") && self->violation == NULL)
        self->violation = line;
    }
}

/* What the failure is about */

const char *
weft_sim_tale_get_reason (WeftSimTale *self)
{
  const char *reason = NULL;

  if (self->verdict != NULL)
    reason = weft_sim_tale_line_get_text (self->verdict, "reason");
  if (reason == NULL && self->violation != NULL)
    reason = weft_sim_tale_line_get_text (self->violation, "text");

  return reason;
}

/* "read #911 of client 2, from 8.732141 s to …": words name an operation by client and time. */
static gboolean
is_named (WeftSimTale           *self,
          const WeftSimTaleLine *begin,
          const char            *reason)
{
  const char *name
    = weft_sim_tale_name_actor (self, (guint64) weft_sim_tale_line_get_number (begin, "actor"));
  const char *action = weft_sim_tale_line_get_text (begin, "action");
  const char *number = strrchr (name, '-');
  g_autofree char *by_time = NULL;
  const char *found;

  if (action != NULL && strstr (reason, action) != NULL &&
      (g_strcmp0 (weft_sim_tale_line_get_text (begin, "verb"), "commit") == 0 ||
       g_strcmp0 (weft_sim_tale_line_get_text (begin, "verb"), "put") == 0))
    return TRUE;
  if (number == NULL || !json_object_has_member (begin->object, "within"))
    return FALSE;
  by_time = g_strdup_printf ("client %s, from %" G_GINT64_FORMAT ".%06d s", number + 1,
                             begin->at_usec / G_USEC_PER_SEC,
                             (int) (begin->at_usec % G_USEC_PER_SEC));
  found = strstr (reason, by_time);

  return found != NULL;
}

static void
add_blocks (WeftSimTale           *self,
            const WeftSimTaleLine *line,
            const char            *reason)
{
  JsonNode *node = json_object_get_member (line->object, "blocks");
  JsonArray *blocks = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                    : NULL;

  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      const char *block = json_array_get_string_element (blocks, i);
      g_autofree char *quoted = g_strdup_printf ("“%s”", block);

      if (strstr (reason, quoted) != NULL &&
          !g_ptr_array_find_with_equal_func (self->failure_blocks, block, g_str_equal, NULL))
        g_ptr_array_add (self->failure_blocks, g_strdup (block));
    }
}

static void
find_failure (WeftSimTale *self)
{
  const char *reason = weft_sim_tale_get_reason (self);

  if (reason == NULL)
    return;
  for (guint i = 0; i < self->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (self->lines, WeftSimTaleLine, i);
      guint64 operation = (guint64) weft_sim_tale_line_get_number (line, "operation");

      if (weft_sim_tale_line_is (line, "begin"))
        {
          add_blocks (self, line, reason);
          if (is_named (self, line, reason))
            g_array_append_val (self->failure_operations, operation);
        }
      else if (line == self->violation && operation != 0)
        g_array_append_val (self->failure_operations, operation);
    }
}

WeftSimTale *
weft_sim_tale_read (const char  *path,
                    GError     **error)
{
  g_autoptr(WeftSimTraceFile) file = weft_sim_trace_file_open (path, error);
  g_autoptr(WeftSimTale) self = NULL;

  if (file == NULL)
    return NULL;
  self = tale_new (path);
  self->build = g_strdup (file->build);
  self->scenario = g_object_ref (file->scenario);
  self->seed = file->seed;
  self->is_cut = file->is_cut;
  if (!read_lines (self, file, error))
    return NULL;
  take_lines (self);
  find_failure (self);

  return g_steal_pointer (&self);
}

/* Cones */

/* Depth first, with a stack of its own, as chains are long. Where a client began something new, the
 * story begins. */
static void
follow (WeftSimTale *self,
        guint64      event,
        gboolean     is_back)
{
  g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr(GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  g_array_append_val (stack, event);
  while (stack->len > 0)
    {
      guint64 number = g_array_index (stack, guint64, stack->len - 1);
      WeftSimTaleEvent *found = g_hash_table_lookup (self->events, &number);
      GArray *next = is_back ? found->causes : found->effects;

      g_array_set_size (stack, stack->len - 1);
      if (!g_hash_table_add (seen, &found->number))
        continue;
      if (!is_back && found->is_start && number != event)
        continue;
      found->is_in_cone = TRUE;
      if (!is_back || !found->is_start)
        g_array_append_vals (stack, next->data, next->len);
    }
}

gboolean
weft_sim_tale_add_cone (WeftSimTale *self,
                        guint64      event)
{
  if (g_hash_table_lookup (self->events, &event) == NULL)
    return FALSE;
  follow (self, event, TRUE);
  follow (self, event, FALSE);

  return TRUE;
}

gboolean
weft_sim_tale_add_failure_cone (WeftSimTale *self)
{
  gboolean is_found = FALSE;

  for (guint i = 0; i < self->failure_operations->len; i++)
    {
      guint64 number = g_array_index (self->failure_operations, guint64, i);
      WeftSimTaleOperation *operation = g_hash_table_lookup (self->operations, &number);

      is_found |= weft_sim_tale_add_cone (self, operation->begin->during);
      if (operation->end != NULL)
        is_found |= weft_sim_tale_add_cone (self, operation->end->during);
    }
  if (self->violation != NULL)
    is_found |= weft_sim_tale_add_cone (self, self->violation->during);

  return is_found;
}

gboolean
weft_sim_tale_is_in_cone (WeftSimTale           *self,
                          const WeftSimTaleLine *line)
{
  WeftSimTaleEvent *event = g_hash_table_lookup (self->events, &line->during);

  return event != NULL && event->is_in_cone;
}
