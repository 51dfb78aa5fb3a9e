/* weft-sim-gist-kinds.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-gist-private.h"

/* What a message is about, for people who look at a trace, and for filters. Most requests need
 * nothing special: whatever service they go to, its name, the verb, and the members that name
 * blocks, an action and a revision are found in them. What an answer means depends on the question.
 * The table below says how to tell of both, and is the one place to add a line to for a new kind of
 * message. */

/* Of blocks that were found, in words; all of them are in the line. */
#define BLOCKS_TOLD_MAX 3
/* Of requests that share a message. */
#define REQUESTS_TOLD_MAX 3

/* Questions */

static void
ask_any (WeftSimGist *self,
         JsonObject  *body)
{
  self->verb = g_strdup (weft_sim_gist_find_verb (body));
}

/* Requests of a cluster: several share a message, and what an update asks for follows from what its
 * record carries. */

static gboolean
has_members (JsonObject *object,
             const char *name)
{
  JsonObject *found = weft_sim_json_object (object, name);

  return found != NULL && json_object_get_size (found) > 0;
}

/* In full or brief. */
static JsonObject *
get_record (JsonObject *request)
{
  JsonObject *update = weft_sim_json_object (request, "update");

  return update != NULL ? update : weft_sim_json_object (request, "brief");
}

static const char *
name_phase (JsonObject *request)
{
  JsonObject *record = get_record (request);

  if (record == NULL)
    return request != NULL ? weft_sim_gist_find_verb (request) : "nothing";
  if (has_members (record, "commits"))
    return "decided";

  return has_members (record, "promises") ? "lock" : "vote";
}

/* Above the first, which says nothing. */
static void
tell_ballot (JsonObject *request,
             GString    *words)
{
  JsonObject *update = get_record (request);
  JsonObject *prepare = weft_sim_json_object (request, "prepare");
  JsonArray *ballot = weft_sim_json_array (update != NULL ? update : prepare, "ballot");
  gint64 number = 0;

  if (ballot != NULL && json_array_get_length (ballot) > 0)
    number = weft_sim_json_integer (json_array_get_element (ballot, 0), 0);
  if (number > 0)
    g_string_append_printf (words, " ballot %" G_GINT64_FORMAT, number);
}

static void
tell_request (JsonNode *node,
              GString  *words)
{
  JsonObject *request = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *record = get_record (request);
  JsonObject *message = weft_sim_json_object (record, "message");
  const char *hash = record != NULL
    ? weft_sim_json_text (json_object_get_member (record, "messageHash")) : NULL;
  g_autoptr(WeftSimGist) gist = weft_sim_gist_new ();

  weft_sim_gist_gather (gist, node, 0);
  g_string_append (words, name_phase (request));
  if (message != NULL)
    g_string_append_printf (words, " %s", weft_sim_gist_find_verb (message));
  else if (hash != NULL)
    g_string_append_printf (words, " record %.6s", hash);
  weft_sim_gist_tell_blocks (gist, words);
  weft_sim_gist_tell_action (gist, words);
  if (gist->rev >= 0)
    g_string_append_printf (words, " rev %" G_GINT64_FORMAT, gist->rev);
  tell_ballot (request, words);
}

static void
ask_cluster (WeftSimGist *self,
             JsonObject  *body)
{
  JsonArray *requests = weft_sim_json_array (body, "requests");
  guint length = requests != NULL ? json_array_get_length (requests) : 0;
  g_autoptr(GString) words = g_string_new (NULL);

  if (length == 0)
    {
      ask_any (self, body);
      return;
    }

  self->verb = g_strdup (name_phase (weft_sim_json_element (requests, 0)));
  for (guint i = 0; i < MIN (length, REQUESTS_TOLD_MAX); i++)
    {
      g_string_append (words, i > 0 ? "; " : "");
      tell_request (json_array_get_element (requests, i), words);
    }
  if (length > REQUESTS_TOLD_MAX)
    g_string_append_printf (words, "; and %u more", length - REQUESTS_TOLD_MAX);
  self->words = g_string_free (g_steal_pointer (&words), FALSE);
}

/* Answers */

static void
set_result (JsonObject *line,
            const char *result)
{
  json_object_set_string_member (line, "result", result);
}

static void
tell_any (const WeftSimGist *asked,
          JsonObject        *body,
          JsonObject        *line,
          GString           *words)
{
  const char *result = "done";

  if (json_object_has_member (body, "redirect"))
    result = "redirect";
  g_string_append_printf (words, " %s", result);
  set_result (line, result);
}

/* Which revision of each block was found: 0 for none, and nothing for what cannot be read. */
static void
tell_found (const WeftSimGist *asked,
            JsonObject        *body,
            JsonObject        *line,
            GString           *words)
{
  JsonObject *revisions = json_object_new ();

  for (guint i = 0; i < asked->blocks->len; i++)
    {
      const char *block = asked->blocks->pdata[i];
      JsonObject *found = weft_sim_json_object (body, block);
      JsonObject *latest = weft_sim_json_object (weft_sim_json_object (found, "state"), "latest");
      gint64 rev = weft_sim_json_get_integer (latest, "rev", 0);
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
tell_success (const WeftSimGist *asked,
              JsonObject        *body,
              JsonObject        *line,
              GString           *words)
{
  JsonObject *stale_at = weft_sim_json_object (body, "staleAt");
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
      if (json_object_has_member (body, "rev"))
        {
          gint64 rev = weft_sim_json_get_integer (body, "rev", 0);

          g_string_append_printf (words, ", rev %" G_GINT64_FORMAT, rev);
          json_object_set_int_member (line, "rev", rev);
        }
      return;
    }

  g_string_append (words, " stale");
  set_result (line, "stale");
  if (stale_at != NULL && json_object_has_member (stale_at, "rev"))
    {
      gint64 rev = weft_sim_json_get_integer (stale_at, "rev", 0);

      g_string_append_printf (words, ", rev %" G_GINT64_FORMAT " is there", rev);
      json_object_set_int_member (line, "staleAt", rev);
    }
}

static void
tell_archive (const WeftSimGist *asked,
              JsonObject        *body,
              JsonObject        *line,
              GString           *words)
{
  JsonObject *archive = weft_sim_json_object (body, "archive");
  JsonObject *revisions = weft_sim_json_object (archive, "revisions");
  guint n_revisions = revisions != NULL ? json_object_get_size (revisions) : 0;

  g_string_append_printf (words, " %u revisions", n_revisions);
  set_result (line, "found");
}

/* What a member says: the type of its vote, or what it has instead of one. */
static const char *
name_answer (JsonObject *answer)
{
  static const char *const votes[] = { "promise", "commit" };

  for (guint i = 0; answer != NULL && i < G_N_ELEMENTS (votes); i++)
    {
      JsonObject *vote = weft_sim_json_object (answer, votes[i]);
      const char *type = weft_sim_json_get_text (vote, "type");

      if (type != NULL)
        return type;
      if (weft_sim_json_get_text (answer, votes[i]) != NULL)
        return "approve";
    }
  if (weft_sim_json_object (answer, "error") != NULL)
    {
      JsonObject *error = weft_sim_json_object (answer, "error");
      const char *code = weft_sim_json_get_text (error, "code");

      return code != NULL ? code : "failed";
    }
  if (answer != NULL && json_object_has_member (answer, "applied"))
    return "applied";

  return answer != NULL ? weft_sim_gist_find_verb (answer) : "nothing";
}

static void
tell_answers (const WeftSimGist *asked,
              JsonObject        *body,
              JsonObject        *line,
              GString           *words)
{
  JsonArray *answers = weft_sim_json_array (body, "answers");
  guint length = answers != NULL ? json_array_get_length (answers) : 0;

  if (length == 0)
    {
      tell_any (asked, body, line, words);
      return;
    }
  set_result (line, name_answer (weft_sim_json_element (answers, 0)));
  for (guint i = 0; i < MIN (length, REQUESTS_TOLD_MAX); i++)
    g_string_append_printf (words, "%s %s", i > 0 ? ";" : "",
                            name_answer (weft_sim_json_element (answers, i)));
  if (length > REQUESTS_TOLD_MAX)
    g_string_append_printf (words, "; and %u more", length - REQUESTS_TOLD_MAX);
}

/* Kinds */

/* Fills in the verb, and the words if need be. */
typedef void (*AskFunc)  (WeftSimGist       *self,
                          JsonObject        *body);
/* Adds to `line` what a body says, and to `words` the same for people. */
typedef void (*TellFunc) (const WeftSimGist *asked,
                          JsonObject        *body,
                          JsonObject        *line,
                          GString           *words);

/* How requests and their answers are told; the first line that fits counts, and a NULL fits
 * everything. A request is looked up by its service alone. */
static const struct
{
  const char *service;
  const char *verb;
  AskFunc ask;
  TellFunc answer;
} kinds[] = {
  { "repo", "get", ask_any, tell_found },
  { "repo", "put", ask_any, tell_success },
  { "repo", "pend", ask_any, tell_success },
  { "repo", "commit", ask_any, tell_success },
  { "sync", "archive", ask_any, tell_archive },
  { "cluster", NULL, ask_cluster, tell_answers },
  { NULL, NULL, ask_any, tell_any },
};

WeftSimGist *
weft_sim_gist_read (const char *protocol,
                    JsonNode   *body)
{
  WeftSimGist *self = weft_sim_gist_new ();
  g_auto(GStrv) parts = g_strsplit (protocol, "/", 4);
  guint i = 0;

  /* "", the prefix, the service, the version. */
  self->service = g_strdup (g_strv_length (parts) == 4 ? parts[2] : protocol);
  if (body == NULL || !JSON_NODE_HOLDS_OBJECT (body))
    return self;

  weft_sim_gist_gather (self, body, 0);
  while (kinds[i].service != NULL && !g_str_equal (kinds[i].service, self->service))
    i++;
  kinds[i].ask (self, json_node_get_object (body));

  return self;
}

void
weft_sim_gist_tell (const WeftSimGist *self,
                    JsonObject        *line,
                    GString           *words)
{
  g_string_append (words, self->service);
  if (self->words != NULL)
    g_string_append_printf (words, " %s", self->words);
  else if (self->verb != NULL)
    {
      g_string_append_printf (words, " %s", self->verb);
      weft_sim_gist_tell_blocks (self, words);
      weft_sim_gist_tell_action (self, words);
    }
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
    json_object_set_string_member (line, "action", self->action);
}

void
weft_sim_gist_tell_answer (const WeftSimGist *asked,
                           JsonNode          *body,
                           JsonObject        *line,
                           GString           *words)
{
  guint i = 0;

  g_string_append_c (words, ':');
  if (body == NULL || !JSON_NODE_HOLDS_OBJECT (body))
    return;
  while ((kinds[i].service != NULL && !g_str_equal (kinds[i].service, asked->service)) ||
         (kinds[i].verb != NULL && g_strcmp0 (kinds[i].verb, asked->verb) != 0))
    i++;
  kinds[i].answer (asked, json_node_get_object (body), line, words);
}
