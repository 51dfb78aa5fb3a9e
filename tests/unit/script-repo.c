/* script-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "script-repo.h"

#include "weft-error.h"
#include "weft-json.h"

typedef struct
{
  ScriptRepo *repo;
  WeftRepoOperation operation;
  const char *answer;
  WeftRepoDoneFunc done;
  gpointer user_data;
} Answer;

static void
answer_cb (gpointer user_data)
{
  Answer *answer = user_data;
  WeftRepo *repo = WEFT_REPO (answer->repo);
  g_autoptr(JsonNode) json = weft_json_parse (answer->answer, -1, NULL);
  g_autoptr(WeftRepoReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (json == NULL)
    error = g_error_new (WEFT_ERROR, weft_error_from_name (answer->answer), "as scripted");
  else
    reply = weft_repo_reply_from_json (json, answer->operation, &error);
  g_assert_true (json == NULL || reply != NULL);
  answer->done (repo, reply, error, answer->user_data);
}

static void
note (ScriptRepo      *self,
      WeftRepoMessage *message)
{
  WeftPendRequest *put = weft_repo_message_get_put (message);
  g_auto(GStrv) ids = weft_repo_message_get_block_ids (message);
  g_autofree char *joined = g_strjoinv (",", ids);

  if (put != NULL)
    {
      const char *action_id = weft_pend_request_get_action_id (put);
      g_autofree char *text = weft_transforms_to_string (weft_pend_request_get_transforms (put));
      gboolean is_again = g_strcmp0 (action_id, self->last_id) == 0;

      g_string_append_printf (self->asked, "put%s rev %d base %d %s\n", is_again ? " again" : "",
                              (int) weft_pend_request_get_rev (put),
                              (int) weft_pend_request_get_base (put, ids[0]), text);
      g_free (self->last_id);
      self->last_id = g_strdup (action_id);
    }
  else
    {
      g_assert_nonnull (weft_repo_message_get_get (message));
      g_string_append_printf (self->asked, "get %s\n", joined);
    }
}

static void
script_repo_perform (WeftRepo         *repo,
                     WeftRepoMessage  *message,
                     GCancellable     *cancellable,
                     WeftRepoDoneFunc  done,
                     gpointer          user_data)
{
  ScriptRepo *self = SCRIPT_REPO (repo);
  Answer *answer = g_new0 (Answer, 1);

  note (self, message);
  g_assert_nonnull (*self->answers);
  *answer = (Answer) { self, weft_repo_message_get_operation (message), *self->answers++, done,
                       user_data };
  weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock), answer_cb, answer,
                        g_free);
}

static void
repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = script_repo_perform;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ScriptRepo, script_repo, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, repo_iface_init))

static void
script_repo_finalize (GObject *object)
{
  g_string_free (SCRIPT_REPO (object)->asked, TRUE);
  g_free (SCRIPT_REPO (object)->last_id);
  G_OBJECT_CLASS (script_repo_parent_class)->finalize (object);
}

static void
script_repo_class_init (ScriptRepoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = script_repo_finalize;
}

static void
script_repo_init (ScriptRepo *self)
{
  self->asked = g_string_new (NULL);
}

ScriptRepo *
script_repo_new (WeftClock *clock)
{
  ScriptRepo *self = g_object_new (SCRIPT_TYPE_REPO, NULL);

  self->clock = clock;

  return self;
}
