/* weft-repo-asker.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-repo-asker.h"

#include <string.h>

struct _WeftAsked
{
  char *operation;
  gboolean is_asking; /* weft_repo_perform() has not returned */
  char *answer;       /* NULL until it comes */
};

static char *
replace_quotes (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

char *
weft_canonical (const char *text)
{
  g_autofree char *json_text = replace_quotes (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (*text != '{')
    return g_strdup (text);

  node = weft_json_parse (json_text, -1, &error);
  g_assert_no_error (error);

  return weft_json_to_string (node);
}

static void
answered_cb (WeftRepo      *repo,
             WeftRepoReply *reply,
             const GError  *error,
             gpointer       user_data)
{
  WeftAsked *self = user_data;

  g_assert_false (self->is_asking);
  g_assert_null (self->answer);
  g_assert_true ((reply == NULL) != (error == NULL));

  if (error != NULL)
    {
      g_test_message ("%s: %s", self->operation, error->message);
      self->answer = error->domain == WEFT_ERROR
                       ? g_strdup_printf ("error %s", weft_error_to_name (error->code))
                       : g_strdup (error->message);
    }
  else
    {
      g_autoptr (JsonNode) json = weft_repo_reply_to_json (reply);

      self->answer = weft_json_to_string (json);
    }
}

WeftAsked *
weft_ask_until (WeftRepo   *repo,
                const char *operation,
                gint64      expiration_msec)
{
  g_autofree char *expiration
      = expiration_msec > 0
          ? g_strdup_printf (",'expiration':%" G_GINT64_FORMAT, expiration_msec) : g_strdup ("");
  g_autofree char *text = g_strdup_printf ("{'operations':[%s]%s}", operation, expiration);
  g_autofree char *json_text = replace_quotes (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (json_text, -1, &error);
  g_autoptr (WeftRepoMessage) message = NULL;
  WeftAsked *self;

  g_assert_no_error (error);
  message = weft_repo_message_from_json (json, &error);
  g_assert_no_error (error);

  self = g_new0 (WeftAsked, 1);
  self->operation = g_strdup (operation);
  self->is_asking = TRUE;
  weft_repo_perform (repo, message, NULL, answered_cb, self);
  self->is_asking = FALSE;

  return self;
}

WeftAsked *
weft_ask (WeftRepo   *repo,
          const char *operation)
{
  return weft_ask_until (repo, operation, 0);
}

gboolean
weft_asked_is_done (WeftAsked *self)
{
  return self->answer != NULL;
}

char *
weft_asked_finish (WeftAsked *self)
{
  char *answer;

  while (self->answer == NULL)
    g_main_context_iteration (NULL, TRUE);

  answer = g_steal_pointer (&self->answer);
  g_free (self->operation);
  g_free (self);

  return answer;
}

void
weft_asked_expect (WeftAsked  *self,
                   const char *expected)
{
  g_autofree char *canonical = weft_canonical (expected);
  g_autofree char *operation = g_strdup (self->operation);
  g_autofree char *answer = weft_asked_finish (self);

  if (strcmp (answer, canonical) != 0)
    g_test_message ("the answer to %s is another", operation);
  g_assert_cmpstr (answer, ==, canonical);
}

void
weft_expect (WeftRepo   *repo,
             const char *operation,
             const char *expected)
{
  weft_asked_expect (weft_ask (repo, operation), expected);
}

struct _WeftListener
{
  WeftRepo *repo;
  gulong handler_id;
  GString *heard;
};

static void
committed_cb (WeftRepo    *repo,
              const char  *collection_id,
              char       **block_ids,
              const char  *action_id,
              gint64       rev,
              gpointer     user_data)
{
  WeftListener *self = user_data;
  g_autofree char *ids = g_strjoinv (",", block_ids);

  g_string_append_printf (self->heard, "%s%s [%s] %s@%" G_GINT64_FORMAT,
                          self->heard->len > 0 ? "; " : "", collection_id, ids, action_id, rev);
}

WeftListener *
weft_listener_new (WeftRepo *repo)
{
  WeftListener *self = g_new0 (WeftListener, 1);

  self->repo = g_object_ref (repo);
  self->heard = g_string_new (NULL);
  self->handler_id = g_signal_connect (repo, "committed", G_CALLBACK (committed_cb), self);

  return self;
}

void
weft_listener_free (WeftListener *self)
{
  g_signal_handler_disconnect (self->repo, self->handler_id);
  g_object_unref (self->repo);
  g_string_free (self->heard, TRUE);
  g_free (self);
}

void
weft_listener_expect (WeftListener *self,
                      const char   *expected)
{
  g_assert_cmpstr (self->heard->str, ==, expected);
  g_string_truncate (self->heard, 0);
}
