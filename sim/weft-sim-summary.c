/* weft-sim-summary.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-summary-private.h"

#include "weft-sim-gist-private.h"

/* Envelopes, and what is asked in them; what the bodies are about is worked out in
 * weft-sim-gist-kinds.c. */

struct _WeftSimTalk
{
  GTree *asked; /* (element-type guint64 WeftSimGist), by side and id of the request */
};

static void
free_gist (gpointer gist)
{
  weft_sim_gist_free (gist);
}

static void
tell_error (JsonNode   *error,
            JsonObject *line,
            GString    *words)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (error) ? json_node_get_object (error) : NULL;
  const char *code = weft_sim_json_get_text (object, "code");
  const char *text = weft_sim_json_get_text (object, "message");

  g_string_append_printf (words, ": %s", code != NULL ? code : "failed");
  if (text != NULL)
    g_string_append_printf (words, ", %s", text);
  json_object_set_string_member (line, "result", code != NULL ? code : "failed");
}

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

  self->asked = g_tree_new_full (compare_keys, NULL, g_free, free_gist);

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
  const char *protocol = weft_sim_json_get_text (envelope, "to");
  gint64 id = weft_sim_json_get_integer (envelope, "id", 0);
  g_autoptr(WeftSimGist) gist = NULL;

  gist = weft_sim_gist_read (protocol != NULL ? protocol : "",
                             json_object_get_member (envelope, "body"));
  g_string_append (words, id > 0 ? "request " : "message ");
  weft_sim_gist_tell (gist, line, words);
  weft_sim_gist_tell_rev (gist, line, words);
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
  gint64 id = weft_sim_json_get_integer (envelope, "re", 0);
  guint64 key = make_key (1 - side, id);
  WeftSimGist *asked = g_tree_lookup (self->asked, &key);
  JsonNode *error = json_object_get_member (envelope, "error");

  json_object_set_string_member (line, "envelope", error != NULL ? "error" : "reply");
  json_object_set_int_member (line, "request", id);
  g_string_append (words, error != NULL ? "error " : "reply ");
  if (asked != NULL)
    weft_sim_gist_tell (asked, line, words);
  if (error != NULL)
    tell_error (error, line, words);
  else if (asked != NULL)
    weft_sim_gist_tell_answer (asked, json_object_get_member (envelope, "body"), line, words);
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
                                weft_sim_json_get_integer (envelope, "cancel", 0));
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
  g_autoptr(WeftSimGist) gist = weft_sim_gist_read ("/db-p2p/repo/1.0.0", body);
  g_autoptr(GString) words = g_string_new (NULL);

  weft_sim_gist_tell (gist, line, words);
  weft_sim_gist_tell_rev (gist, line, words);
}

void
weft_sim_summarize_answer (const char *verb,
                           JsonNode   *body,
                           JsonObject *line)
{
  g_autoptr(WeftSimGist) asked = weft_sim_gist_new ();
  g_autoptr(GString) words = g_string_new (NULL);

  asked->service = g_strdup ("repo");
  asked->verb = g_strdup (verb);
  if (g_str_equal (verb, "get"))
    weft_sim_gist_add_blocks (asked, body);
  weft_sim_gist_tell_answer (asked, body, line, words);
}
