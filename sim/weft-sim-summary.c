/* weft-sim-summary.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-summary-private.h"

#include <string.h>

/* What a message is about, for people who look at a trace. Requests need nothing special: whatever
 * service they go to, its name, the verb, and the members that name blocks, an action and a
 * revision are found in them. What an answer means depends on the question; the table below says
 * how to tell of it, and is the one place to add a line to for a new kind of message. */

/* Of blocks in words; all of them are in the line. */
#define BLOCKS_TOLD_MAX 3
#define ACTION_CHARS_TOLD 6
#define DEPTH_MAX 6

typedef struct
{
  char *service;     /* "repo" of /db-p2p/repo/1.0.0 */
  char *verb;        /* "commit" */
  GPtrArray *blocks; /* (element-type utf8) */
  char *action;
  gint64 rev;        /* -1 when none is named */
} Gist;

struct _WeftSimTalk
{
  GTree *asked; /* (element-type guint64 Gist), by side and id of the request */
};

/* Adds to `line` what a body says, and to `words` the same for people. */
typedef void (*TellFunc) (const Gist *asked,
                          JsonObject *body,
                          JsonObject *line,
                          GString    *words);

static void tell_found   (const Gist *asked, JsonObject *body, JsonObject *line, GString *words);
static void tell_success (const Gist *asked, JsonObject *body, JsonObject *line, GString *words);
static void tell_archive (const Gist *asked, JsonObject *body, JsonObject *line, GString *words);
static void tell_any     (const Gist *asked, JsonObject *body, JsonObject *line, GString *words);

/* How answers are told; the first line that fits counts, and a NULL fits everything. */
static const struct
{
  const char *service;
  const char *verb;
  TellFunc answer;
} answers[] = {
  { "repo", "get", tell_found },
  { "repo", "pend", tell_success },
  { "repo", "commit", tell_success },
  { "sync", "archive", tell_archive },
  { NULL, NULL, tell_any },
};

/* Gists */

static Gist *
gist_new (void)
{
  Gist *self = g_new0 (Gist, 1);

  self->blocks = g_ptr_array_new_with_free_func (g_free);
  self->rev = -1;

  return self;
}

static void
gist_free (gpointer data)
{
  Gist *self = data;

  g_free (self->service);
  g_free (self->verb);
  g_free (self->action);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gist, gist_free)

static const char *
get_text (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

static gint64
get_integer (JsonNode *node,
             gint64    fallback)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return fallback;

  return json_node_get_int (node);
}

static JsonObject *
get_object (JsonObject *object,
            const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
add_block (Gist       *self,
           const char *block)
{
  if (block != NULL &&
      !g_ptr_array_find_with_equal_func (self->blocks, block, g_str_equal, NULL))
    g_ptr_array_add (self->blocks, g_strdup (block));
}

/* Members that name blocks, in an array, as names of members, or as a text. */
static gboolean
is_of_blocks (const char *name)
{
  static const char *const names[] = {
    "blockIds", "blockId", "inserts", "updates", "deletes", "bases", "digests", NULL,
  };

  return g_strv_contains (names, name);
}

static void
add_blocks (Gist     *self,
            JsonNode *node)
{
  add_block (self, get_text (node));
  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      add_block (self, get_text (json_array_get_element (json_node_get_array (node), i)));
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr(GList) names = json_object_get_members (json_node_get_object (node));

      for (GList *name = names; name != NULL; name = name->next)
        add_block (self, name->data);
    }
}

static void
gather (Gist     *self,
        JsonNode *node,
        guint     depth)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (depth == DEPTH_MAX)
    return;
  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      gather (self, json_array_get_element (json_node_get_array (node), i), depth + 1);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      if (is_of_blocks (name))
        add_blocks (self, value);
      else if (g_str_equal (name, "actionId") && self->action == NULL)
        self->action = g_strdup (get_text (value));
      else if (g_str_equal (name, "rev") && self->rev < 0)
        self->rev = get_integer (value, -1);
      else
        gather (self, value, depth + 1);
    }
}

/* A body has one member that says what it wants, or operations of which the first does. */
static const char *
find_verb (JsonObject *body)
{
  JsonNode *operations = json_object_get_member (body, "operations");
  g_autoptr(GList) names = json_object_get_members (body);
  JsonNode *first = NULL;

  if (operations != NULL && JSON_NODE_HOLDS_ARRAY (operations) &&
      json_array_get_length (json_node_get_array (operations)) > 0)
    first = json_array_get_element (json_node_get_array (operations), 0);
  if (first != NULL && JSON_NODE_HOLDS_OBJECT (first))
    {
      g_autoptr(GList) verbs = json_object_get_members (json_node_get_object (first));

      return verbs != NULL ? verbs->data : "nothing";
    }
  if (json_object_has_member (body, "blockId"))
    return "archive";
  for (GList *name = names; name != NULL; name = name->next)
    if (JSON_NODE_HOLDS_OBJECT (json_object_get_member (body, name->data)))
      return name->data;

  return names != NULL ? names->data : "nothing";
}

static Gist *
gist_read (const char *protocol,
           JsonNode   *body)
{
  Gist *self = gist_new ();
  g_auto(GStrv) parts = g_strsplit (protocol, "/", 4);

  /* "", the prefix, the service, the version. */
  self->service = g_strdup (g_strv_length (parts) == 4 ? parts[2] : protocol);
  if (body != NULL && JSON_NODE_HOLDS_OBJECT (body))
    {
      self->verb = g_strdup (find_verb (json_node_get_object (body)));
      gather (self, body, 0);
    }

  return self;
}

/* Words */

static void
tell_blocks (const Gist *self,
             GString    *words)
{
  for (guint i = 0; i < MIN (self->blocks->len, BLOCKS_TOLD_MAX); i++)
    g_string_append_printf (words, "%s%s", i == 0 ? " " : ", ",
                            (const char *) self->blocks->pdata[i]);
  if (self->blocks->len > BLOCKS_TOLD_MAX)
    g_string_append_printf (words, " and %u more", self->blocks->len - BLOCKS_TOLD_MAX);
}

static void
tell_gist (const Gist *self,
           JsonObject *line,
           GString    *words)
{
  g_string_append_printf (words, "%s%s%s", self->service, self->verb != NULL ? " " : "",
                          self->verb != NULL ? self->verb : "");
  tell_blocks (self, words);
  json_object_set_string_member (line, "service", self->service);
  if (self->verb != NULL)
    json_object_set_string_member (line, "verb", self->verb);
  if (self->blocks->len > 0)
    {
      JsonArray *blocks = json_array_new ();

      for (guint i = 0; i < self->blocks->len; i++)
        json_array_add_string_element (blocks, self->blocks->pdata[i]);
      json_object_set_array_member (line, "blocks", blocks);
    }
  if (self->action != NULL)
    {
      g_string_append_printf (words, " action %.*s", ACTION_CHARS_TOLD, self->action);
      json_object_set_string_member (line, "action", self->action);
    }
}

static void
tell_rev (const Gist *self,
          JsonObject *line,
          GString    *words)
{
  if (self->rev < 0)
    return;
  g_string_append_printf (words, " rev %" G_GINT64_FORMAT, self->rev);
  json_object_set_int_member (line, "rev", self->rev);
}

/* Answers */

static void
set_result (JsonObject *line,
            const char *result)
{
  json_object_set_string_member (line, "result", result);
}

/* Which revision of each block was found: 0 for none, and nothing for what cannot be read. */
static void
tell_found (const Gist *asked,
            JsonObject *body,
            JsonObject *line,
            GString    *words)
{
  JsonObject *revisions = json_object_new ();

  for (guint i = 0; i < asked->blocks->len; i++)
    {
      const char *block = asked->blocks->pdata[i];
      JsonObject *found = get_object (body, block);
      JsonObject *latest = get_object (get_object (found, "state"), "latest");
      gint64 rev = latest != NULL ? get_integer (json_object_get_member (latest, "rev"), 0) : 0;
      gboolean is_there = found != NULL && !json_object_has_member (found, "unavailable");

      if (is_there)
        json_object_set_int_member (revisions, block, rev);
      if (i >= BLOCKS_TOLD_MAX)
        continue;
      if (!is_there)
        g_string_append (words, " unavailable");
      else if (rev == 0)
        g_string_append (words, " none");
      else
        g_string_append_printf (words, " rev %" G_GINT64_FORMAT, rev);
    }
  json_object_set_object_member (line, "revisions", revisions);
  set_result (line, "found");
}

static void
tell_success (const Gist *asked,
              JsonObject *body,
              JsonObject *line,
              GString    *words)
{
  JsonObject *stale_at = get_object (body, "staleAt");
  JsonNode *success = json_object_get_member (body, "success");

  if (success == NULL)
    {
      tell_any (asked, body, line, words);
      return;
    }
  if (JSON_NODE_HOLDS_VALUE (success) && json_node_get_boolean (success))
    {
      g_string_append (words, " success");
      set_result (line, "success");
      return;
    }

  g_string_append (words, " stale");
  set_result (line, "stale");
  if (stale_at != NULL && json_object_has_member (stale_at, "rev"))
    {
      gint64 rev = get_integer (json_object_get_member (stale_at, "rev"), 0);

      g_string_append_printf (words, ", rev %" G_GINT64_FORMAT " is there", rev);
      json_object_set_int_member (line, "staleAt", rev);
    }
}

static void
tell_archive (const Gist *asked,
              JsonObject *body,
              JsonObject *line,
              GString    *words)
{
  JsonObject *revisions = get_object (get_object (body, "archive"), "revisions");
  guint n_revisions = revisions != NULL ? json_object_get_size (revisions) : 0;

  g_string_append_printf (words, " %u revisions", n_revisions);
  set_result (line, "found");
}

static void
tell_any (const Gist *asked,
          JsonObject *body,
          JsonObject *line,
          GString    *words)
{
  const char *result = "done";

  if (json_object_has_member (body, "redirect"))
    result = "redirect";
  g_string_append_printf (words, " %s", result);
  set_result (line, result);
}

static void
tell_answer (const Gist *asked,
             JsonNode   *body,
             JsonObject *line,
             GString    *words)
{
  guint i = 0;

  g_string_append_c (words, ':');
  if (body == NULL || !JSON_NODE_HOLDS_OBJECT (body))
    return;
  while ((answers[i].service != NULL && !g_str_equal (answers[i].service, asked->service)) ||
         (answers[i].verb != NULL && g_strcmp0 (answers[i].verb, asked->verb) != 0))
    i++;
  answers[i].answer (asked, json_node_get_object (body), line, words);
}

static void
tell_error (JsonNode   *error,
            JsonObject *line,
            GString    *words)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (error) ? json_node_get_object (error) : NULL;
  const char *code = object != NULL ? get_text (json_object_get_member (object, "code")) : NULL;
  const char *text = object != NULL ? get_text (json_object_get_member (object, "message")) : NULL;

  g_string_append_printf (words, ": %s", code != NULL ? code : "failed");
  if (text != NULL)
    g_string_append_printf (words, ", %s", text);
  set_result (line, code != NULL ? code : "failed");
}

/* Envelopes */

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return (left > right) - (left < right);
}

WeftSimTalk *
weft_sim_talk_new (void)
{
  WeftSimTalk *self = g_new0 (WeftSimTalk, 1);

  self->asked = g_tree_new_full (compare_keys, NULL, g_free, gist_free);

  return self;
}

void
weft_sim_talk_free (WeftSimTalk *self)
{
  g_tree_unref (self->asked);
  g_free (self);
}

static guint64
make_key (guint  side,
          gint64 id)
{
  return (guint64) side << 63 | (guint64) id;
}

static void
summarize_request (WeftSimTalk *self,
                   guint        side,
                   JsonObject  *envelope,
                   JsonObject  *line,
                   GString     *words)
{
  const char *protocol = get_text (json_object_get_member (envelope, "to"));
  gint64 id = get_integer (json_object_get_member (envelope, "id"), 0);
  g_autoptr(Gist) gist = NULL;

  gist = gist_read (protocol != NULL ? protocol : "", json_object_get_member (envelope, "body"));
  g_string_append (words, id > 0 ? "request " : "message ");
  tell_gist (gist, line, words);
  tell_rev (gist, line, words);
  json_object_set_string_member (line, "envelope", id > 0 ? "request" : "message");
  json_object_set_string_member (line, "protocol", protocol != NULL ? protocol : "");
  if (id > 0)
    {
      guint64 key = make_key (side, id);

      json_object_set_int_member (line, "request", id);
      g_tree_replace (self->asked, g_memdup2 (&key, sizeof key), g_steal_pointer (&gist));
    }
}

static void
summarize_reply (WeftSimTalk *self,
                 guint        side,
                 JsonObject  *envelope,
                 JsonObject  *line,
                 GString     *words)
{
  gint64 id = get_integer (json_object_get_member (envelope, "re"), 0);
  guint64 key = make_key (1 - side, id);
  Gist *asked = g_tree_lookup (self->asked, &key);
  JsonNode *error = json_object_get_member (envelope, "error");

  json_object_set_string_member (line, "envelope", error != NULL ? "error" : "reply");
  json_object_set_int_member (line, "request", id);
  g_string_append (words, error != NULL ? "error " : "reply ");
  if (asked != NULL)
    tell_gist (asked, line, words);
  if (error != NULL)
    tell_error (error, line, words);
  else if (asked != NULL)
    tell_answer (asked, json_object_get_member (envelope, "body"), line, words);
  g_tree_remove (self->asked, &key);
}

static void
summarize_other (JsonObject *envelope,
                 JsonObject *line,
                 GString    *words)
{
  static const char *const names[] = {
    "hello", "proof", "cancel", "credit", "ping", "pong", "bye",
  };
  guint i = 0;

  while (i < G_N_ELEMENTS (names) && !json_object_has_member (envelope, names[i]))
    i++;
  json_object_set_string_member (line, "envelope",
                                 i < G_N_ELEMENTS (names) ? names[i] : "unknown");
  g_string_append (words, i < G_N_ELEMENTS (names) ? names[i] : "something unknown");
  if (i < G_N_ELEMENTS (names) && g_str_equal (names[i], "cancel"))
    json_object_set_int_member (line, "request",
                                get_integer (json_object_get_member (envelope, "cancel"), 0));
}

void
weft_sim_talk_summarize (WeftSimTalk *self,
                         guint        side,
                         GBytes      *message,
                         JsonObject  *line)
{
  g_autoptr(JsonNode) node = weft_json_parse_bytes (message, NULL);
  JsonObject *envelope;
  g_autoptr(GString) words = g_string_new (NULL);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      json_object_set_string_member (line, "envelope", "unknown");
      json_object_set_string_member (line, "about", "something that is no envelope");
      return;
    }

  envelope = json_node_get_object (node);
  if (json_object_has_member (envelope, "to"))
    summarize_request (self, side, envelope, line, words);
  else if (json_object_has_member (envelope, "re"))
    summarize_reply (self, side, envelope, line, words);
  else
    summarize_other (envelope, line, words);
  json_object_set_string_member (line, "about", words->str);
}

void
weft_sim_summarize_ask (JsonNode   *body,
                        JsonObject *line)
{
  g_autoptr(Gist) gist = gist_read ("/db-p2p/repo/1.0.0", body);
  g_autoptr(GString) words = g_string_new (NULL);

  tell_gist (gist, line, words);
  tell_rev (gist, line, words);
}

void
weft_sim_summarize_answer (const char *verb,
                           JsonNode   *body,
                           JsonObject *line)
{
  g_autoptr(Gist) asked = gist_new ();
  g_autoptr(GString) words = g_string_new (NULL);

  asked->service = g_strdup ("repo");
  asked->verb = g_strdup (verb);
  if (g_str_equal (verb, "get"))
    add_blocks (asked, body);
  tell_answer (asked, body, line, words);
}
