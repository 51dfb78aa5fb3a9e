/* weft-sim-trace.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-trace-private.h"

#include <string.h>

#include "weft-sim-build-id.h"
#include "weft-sim-run.h"
#include "weft-sim-scenario-private.h"
#include "weft-sim-summary-private.h"
#include "weft-sim-world-private.h"

/* A line is canonical JSON, so the same run gives the same bytes. The checksum of all lines is in
 * the last one, so that a trace that was cut or changed is not taken for a run that differs. */

gboolean
weft_sim_trace_is_on (WeftSimWorld *world)
{
  return world->trace != NULL;
}

void
weft_sim_trace_write (WeftSimWorld *world,
                      const char   *line)
{
  g_checksum_update (world->trace_checksum, (const guchar *) line, (gssize) strlen (line));
  g_checksum_update (world->trace_checksum, (const guchar *) "\n", 1);
  world->trace (line, world->trace_data);
}

JsonObject *
weft_sim_trace_begin (WeftSimWorld *world,
                      const char   *record)
{
  JsonObject *line = json_object_new ();

  json_object_set_string_member (line, "record", record);
  json_object_set_int_member (line, "at", world->now_usec);
  if (world->current != 0)
    json_object_set_int_member (line, "during", (gint64) world->current);

  return line;
}

void
weft_sim_trace_end (WeftSimWorld *world,
                    JsonObject   *line)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), line);
  g_autofree char *text = weft_json_to_string (node);

  g_assert (text != NULL);
  weft_sim_trace_write (world, text);
  json_object_unref (line);
}

/**
 * weft_sim_get_build:
 *
 * Gets what this library was built from: its version, and the commit where that is known.
 *
 * Returns: (transfer none): the build
 *
 * Since: 0.1
 */
const char *
weft_sim_get_build (void)
{
  return WEFT_SIM_COMMIT[0] != '\0' ? WEFT_SIM_VERSION "-" WEFT_SIM_COMMIT : WEFT_SIM_VERSION;
}

void
weft_sim_trace_header (WeftSimWorld    *world,
                       WeftSimScenario *scenario)
{
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = json_object_new ();
  json_object_set_string_member (line, "record", "header");
  json_object_set_int_member (line, "format", WEFT_SIM_TRACE_FORMAT);
  json_object_set_string_member (line, "build", weft_sim_get_build ());
  json_object_set_string_member (line, "name", weft_sim_scenario_get_name (scenario));
  json_object_set_member (line, "scenario", weft_sim_scenario_to_json (scenario));
  json_object_set_int_member (line, "seed", (gint64) world->seed);
  json_object_set_string_member (line, "signatures",
                                 weft_sim_signatures_names[world->signatures]);
  weft_sim_trace_end (world, line);
}

void
weft_sim_trace_actor (WeftSimWorld *world,
                      guint         actor)
{
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = json_object_new ();
  json_object_set_string_member (line, "record", "actor");
  json_object_set_int_member (line, "actor", actor);
  json_object_set_string_member (line, "name", weft_sim_world_get_actor_name (world, actor));
  weft_sim_trace_end (world, line);
}

void
weft_sim_trace_peer (WeftSimWorld *world,
                     guint         actor,
                     WeftIdentity *identity)
{
  g_autofree char *peer = NULL;
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  peer = weft_peer_id_to_string (weft_identity_get_peer_id (identity));
  line = json_object_new ();
  json_object_set_string_member (line, "record", "peer");
  json_object_set_int_member (line, "actor", actor);
  json_object_set_string_member (line, "peer", peer);
  weft_sim_trace_end (world, line);
}

static void
set_hash (JsonObject *line,
          guint64     hash)
{
  g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", hash);

  json_object_set_string_member (line, "hash", text);
}

void
weft_sim_trace_checkpoint (WeftSimWorld *world)
{
  JsonObject *line = weft_sim_trace_begin (world, "checkpoint");

  json_object_set_int_member (line, "events", (gint64) world->n_events);
  set_hash (line, world->hash);
  weft_sim_trace_end (world, line);
}

void
weft_sim_trace_verdict (WeftSimWorld *world,
                        const char   *verdict,
                        gboolean      is_as_expected,
                        const char   *reason)
{
  g_autoptr(GChecksum) checksum = NULL;
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  /* Asking for its text closes a checksum, and whoever listens may do so for longer. */
  checksum = g_checksum_copy (world->trace_checksum);
  line = weft_sim_trace_begin (world, "verdict");
  json_object_set_string_member (line, "verdict", verdict);
  json_object_set_boolean_member (line, "asExpected", is_as_expected);
  if (reason != NULL)
    json_object_set_string_member (line, "reason", reason);
  json_object_set_int_member (line, "events", (gint64) world->n_events);
  json_object_set_int_member (line, "violations", (gint64) world->n_violations);
  set_hash (line, world->hash);
  json_object_set_string_member (line, "sha256", g_checksum_get_string (checksum));
  weft_sim_trace_end (world, line);
}

/* Messages */

void
weft_sim_trace_send (WeftSimWorld              *world,
                     WeftSimTalk              **talk,
                     const WeftSimTraceMessage *message)
{
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = weft_sim_trace_begin (world, "send");
  json_object_set_int_member (line, "message", (gint64) message->message);
  json_object_set_int_member (line, "connection", (gint64) message->connection);
  json_object_set_int_member (line, "from", message->from);
  json_object_set_int_member (line, "to", message->to);
  if (message->arrives_usec >= 0)
    json_object_set_int_member (line, "arrives", message->arrives_usec);
  if (message->n_losses > 0)
    json_object_set_int_member (line, "losses", message->n_losses);
  if (message->is_corrupted)
    json_object_set_boolean_member (line, "corrupted", TRUE);
  if (message->bytes != NULL)
    {
      if (*talk == NULL)
        *talk = weft_sim_talk_new ();
      json_object_set_int_member (line, "bytes", (gint64) g_bytes_get_size (message->bytes));
      weft_sim_talk_summarize (*talk, message->side, message->bytes, line);
    }
  else
    {
      g_autofree char *about = g_strdup_printf ("end: %s", message->text);

      json_object_set_string_member (line, "envelope", "end");
      json_object_set_string_member (line, "about", about);
    }
  weft_sim_trace_end (world, line);
}

void
weft_sim_trace_message (WeftSimWorld *world,
                        const char   *record,
                        guint64       message,
                        const char   *why)
{
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = weft_sim_trace_begin (world, record);
  json_object_set_int_member (line, "message", (gint64) message);
  if (why != NULL)
    json_object_set_string_member (line, "why", why);
  weft_sim_trace_end (world, line);
}

void
weft_sim_trace_dial (WeftSimWorld *world,
                     guint         from,
                     guint         to,
                     const char   *what)
{
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = weft_sim_trace_begin (world, "dial");
  json_object_set_int_member (line, "from", from);
  json_object_set_int_member (line, "to", to);
  json_object_set_string_member (line, "what", what);
  weft_sim_trace_end (world, line);
}

/* Operations */

static JsonObject *
begin_operation (WeftSimWorld *world,
                 guint64       operation,
                 guint         actor,
                 guint64       within)
{
  JsonObject *line = weft_sim_trace_begin (world, "begin");

  json_object_set_int_member (line, "operation", (gint64) operation);
  json_object_set_int_member (line, "actor", actor);
  if (within != 0)
    json_object_set_int_member (line, "within", (gint64) within);

  return line;
}

guint64
weft_sim_trace_operation (WeftSimWorld *world,
                          guint         actor,
                          const char   *kind,
                          guint64       within)
{
  guint64 operation = ++world->last_operation;
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return operation;
  line = begin_operation (world, operation, actor, within);
  json_object_set_string_member (line, "verb", kind);
  weft_sim_trace_end (world, line);

  return operation;
}

guint64
weft_sim_trace_ask (WeftSimWorld    *world,
                    guint            actor,
                    WeftRepoMessage *message,
                    guint64          within)
{
  guint64 operation = ++world->last_operation;
  g_autoptr(JsonNode) body = NULL;
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return operation;
  line = begin_operation (world, operation, actor, within);
  body = weft_repo_message_to_json (message);
  weft_sim_summarize_ask (body, line);
  weft_sim_trace_end (world, line);

  return operation;
}

/* Whether a change that was answered so may have been made. */
static gboolean
is_unknown (const GError *error)
{
  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_FAILED);
}

void
weft_sim_trace_done (WeftSimWorld  *world,
                     guint64        operation,
                     WeftRepoReply *reply,
                     const GError  *error)
{
  static const char *const verbs[] = {
    [WEFT_REPO_OPERATION_GET] = "get",
    [WEFT_REPO_OPERATION_PUT] = "put",
    [WEFT_REPO_OPERATION_PEND] = "pend",
    [WEFT_REPO_OPERATION_COMMIT] = "commit",
    [WEFT_REPO_OPERATION_CANCEL] = "cancel",
  };
  const char *outcome = error == NULL ? "success" : is_unknown (error) ? "unknown" : "failure";
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = weft_sim_trace_begin (world, "end");
  json_object_set_int_member (line, "operation", (gint64) operation);
  json_object_set_string_member (line, "outcome", outcome);
  if (error != NULL && error->domain == WEFT_ERROR)
    json_object_set_string_member (line, "code", weft_error_to_name (error->code));
  if (error != NULL)
    json_object_set_string_member (line, "why", error->message);
  if (reply != NULL)
    {
      g_autoptr(JsonNode) body = weft_repo_reply_to_json (reply);

      weft_sim_summarize_answer (verbs[weft_repo_reply_get_operation (reply)], body, line);
      if (g_strcmp0 (json_object_get_string_member_with_default (line, "result", ""), "stale") == 0)
        json_object_set_string_member (line, "outcome", "failure");
    }
  weft_sim_trace_end (world, line);
}

void
weft_sim_trace_violations (WeftSimWorld   *world,
                           WeftSimHistory *history,
                           guint64         operation)
{
  guint64 n_violations = weft_sim_history_get_n_violations (history);
  JsonObject *line;

  if (world->n_violations == n_violations || !weft_sim_trace_is_on (world))
    return;
  line = weft_sim_trace_begin (world, "violation");
  /* Only the first is put into words, as the others may follow from it. */
  if (world->n_violations == 0)
    json_object_set_string_member (line, "text", weft_sim_history_get_words (history));
  world->n_violations = n_violations;
  json_object_set_int_member (line, "violations", (gint64) n_violations);
  if (operation != 0)
    json_object_set_int_member (line, "operation", (gint64) operation);
  weft_sim_trace_end (world, line);
}
