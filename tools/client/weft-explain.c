/* weft-explain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-explain.h"

#include <string.h>

/* Enough of a peer id to tell it from others; all of them begin alike. */
#define PEER_PREFIX_LENGTH 8
#define PEER_LENGTH 8

static JsonObject *
get_member (JsonObject *object,
            const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
weft_explain_get_array (JsonObject *object,
                        const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
weft_explain_get_object (JsonArray *array,
                         guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  return object != NULL ? json_object_get_string_member_with_default (object, name, "") : "";
}

static gint64
get_number (JsonObject *object,
            const char *name)
{
  return object != NULL ? json_object_get_int_member_with_default (object, name, 0) : 0;
}

static const char *
shorten (const char *peer_id)
{
  return strlen (peer_id) > PEER_PREFIX_LENGTH + PEER_LENGTH ? peer_id + PEER_PREFIX_LENGTH
                                                             : peer_id;
}

/* One operation of a record and its action: "commit of action a1". */
static char *
describe_one (JsonObject *operation)
{
  static const char *const names[] = { "pend", "commit", "cancel" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      JsonObject *body = get_member (operation, names[i]);
      const char *action_id;

      if (body == NULL)
        continue;
      if (get_member (body, "actionRef") != NULL)
        body = get_member (body, "actionRef");
      action_id = get_text (body, "actionId");
      if (json_object_has_member (body, "rev") && g_str_equal (names[i], "commit"))
        return g_strdup_printf ("commit of action %s as revision %" G_GINT64_FORMAT, action_id,
                                get_number (body, "rev"));
      return g_strdup_printf ("%s of action %s", names[i], action_id);
    }

  return g_strdup ("something");
}

/* What a record is about; commits may share one. */
static char *
describe_operation (JsonObject *record)
{
  JsonArray *operations = weft_explain_get_array (get_member (record, "message"), "operations");
  guint length = operations != NULL ? json_array_get_length (operations) : 0;
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < length; i++)
    {
      g_autofree char *one = describe_one (weft_explain_get_object (operations, i));

      g_string_append_printf (text, "%s%s", i == 0 ? "" : i + 1 < length ? ", " : " and ", one);
    }

  return length > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup ("something");
}

static void
print_answers (JsonObject *answers)
{
  g_autoptr(GList) names = answers != NULL ? json_object_get_members (answers) : NULL;

  for (GList *link = names; link != NULL; link = link->next)
    g_print ("    …%.*s  %s\n", PEER_LENGTH, shorten (link->data), get_text (answers, link->data));
}

static void
print_stages (JsonArray *stages)
{
  if (stages == NULL || json_array_get_length (stages) == 0)
    return;

  g_print ("  stages:");
  for (guint i = 0; i < json_array_get_length (stages); i++)
    {
      JsonObject *stage = weft_explain_get_object (stages, i);

      g_print ("%s %s after %.1f ms", i > 0 ? "," : "", get_text (stage, "stage"),
               (double) get_number (stage, "afterUsec") / 1000);
    }
  g_print ("\n");
}

void
weft_explain_print_proposal (JsonObject *proposal)
{
  JsonObject *machine = get_member (proposal, "proposal");
  g_autofree char *operation = describe_operation (get_member (proposal, "record"));
  g_autoptr(GDateTime) begun
    = g_date_time_new_from_unix_local (get_number (proposal, "startedAt") / 1000);
  g_autofree char *when = begun != NULL ? g_date_time_format (begun, "%F %T") : g_strdup ("?");
  const char *outcome = get_text (proposal, "outcome");
  const char *reason = get_text (proposal, "reason");

  g_print ("%s %s: %s%s%s%s\n", when, operation,
           proposal != NULL
               && json_object_get_boolean_member_with_default (proposal, "recovery", FALSE)
             ? "recovery of what somebody left behind, " : "",
           outcome[0] != '\0' ? outcome : "under way", reason[0] != '\0' ? ": " : "", reason);
  print_stages (weft_explain_get_array (proposal, "stages"));
  if (get_number (machine, "attempts") > 0)
    g_print ("  ballots that had to be prepared: %" G_GINT64_FORMAT "\n",
             get_number (machine, "attempts"));
  g_print ("  what the members said last:\n");
  print_answers (get_member (machine, "answers"));
}

static void
print_open (JsonArray *open)
{
  for (guint i = 0; open != NULL && i < json_array_get_length (open); i++)
    {
      JsonObject *slot = weft_explain_get_object (open, i);
      JsonObject *held = get_member (slot, "lock");

      g_print ("in doubt: what follows revision %" G_GINT64_FORMAT ", %s for %.1f s\n",
               get_number (slot, "base"), held != NULL ? "locked here" : "voted for here",
               (double) get_number (slot, "heldMsec") / 1000);
    }
}

/* Where the block is to go. */
static void
print_target (JsonObject *description)
{
  JsonArray *target = weft_explain_get_array (description, "target");

  if (target == NULL)
    return;
  g_print ("%s:\n", json_object_get_boolean_member_with_default (description, "pinned", FALSE)
                      ? "to be moved to" : "should be kept by");
  for (guint i = 0; i < json_array_get_length (target); i++)
    g_print ("  %s\n", json_array_get_string_element (target, i));
}

void
weft_explain_print_block (const char *block_id,
                          JsonObject *description)
{
  JsonArray *members = weft_explain_get_array (description, "members");
  JsonObject *latest = get_member (description, "latest");
  JsonObject *commits = get_member (get_member (description, "certificate"), "commits");
  JsonArray *open = weft_explain_get_array (description, "open");
  JsonArray *proposals = weft_explain_get_array (description, "proposals");

  g_print ("block “%s”\n", block_id);
  if (latest != NULL)
    g_print ("latest here: revision %" G_GINT64_FORMAT " by action %s\n",
             get_number (latest, "rev"), get_text (latest, "actionId"));
  else
    g_print ("latest here: nothing\n");
  g_print ("kept by %u peers%s:\n", members != NULL ? json_array_get_length (members) : 0,
           json_object_get_boolean_member_with_default (description, "pinned", FALSE)
             ? ", as its history says" : "");
  for (guint i = 0; members != NULL && i < json_array_get_length (members); i++)
    {
      const char *id = json_array_get_string_element (members, i);

      g_print ("  %s%s\n", id,
               commits != NULL && json_object_has_member (commits, id)
                 ? "  signed for the latest revision" : "");
    }
  print_target (description);
  print_open (open);
  if (open == NULL || json_array_get_length (open) == 0)
    g_print ("nothing is in doubt here\n");
  for (guint i = 0; proposals != NULL && i < json_array_get_length (proposals); i++)
    weft_explain_print_proposal (weft_explain_get_object (proposals, i));
}
