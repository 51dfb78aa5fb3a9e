/* weft-sim-story.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-story.h"
#include "weft-sim-words.h"

#include <string.h>

typedef struct
{
  const WeftSimStory *story;
  WeftSimTale *tale;
  gint64 from_usec;   /* what happened before is left out */
  gint64 until_usec;
  guint n_left_out;
  WeftSimStoryFunc func;
  gpointer user_data;
} Telling;

static gboolean
has_action (const WeftSimTaleLine *line,
            const char            *action)
{
  const char *found = weft_sim_tale_line_get_text (line, "action");

  return found != NULL && g_str_has_prefix (found, action);
}

static gboolean
has_actor (Telling               *self,
           const WeftSimTaleLine *line,
           const char            *name)
{
  static const char *const members[] = { "actor", "from", "to" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      guint64 actor = (guint64) weft_sim_tale_line_get_number (line, members[i]);

      if (json_object_has_member (line->object, members[i]) &&
          g_str_equal (weft_sim_tale_name_actor (self->tale, actor), name))
        return TRUE;
    }

  return FALSE;
}

/* What failed without a block being named: something that did not end well. */
static gboolean
is_unhappy (Telling               *self,
            const WeftSimTaleLine *line)
{
  WeftSimTaleOperation *operation = weft_sim_tale_get_operation (self->tale, line);

  if (operation == NULL)
    return FALSE;

  return operation->end == NULL ||
         g_strcmp0 (weft_sim_tale_line_get_text (operation->end, "outcome"), "success") != 0;
}

static gboolean
is_about_failure (Telling               *self,
                  const WeftSimTaleLine *line)
{
  GPtrArray *blocks = self->tale->failure_blocks;

  for (guint i = 0; i < blocks->len; i++)
    if (weft_sim_tale_line_has_block (line, blocks->pdata[i]))
      return TRUE;

  return blocks->len == 0 && is_unhappy (self, line);
}

/* Whether a message or an operation is what the story is about. */
static gboolean
is_about (Telling               *self,
          const WeftSimTaleLine *line)
{
  const WeftSimStory *story = self->story;

  if (story->block != NULL && !weft_sim_tale_line_has_block (line, story->block))
    return FALSE;
  if (story->action != NULL && !has_action (line, story->action))
    return FALSE;
  if (story->client != NULL && !has_actor (self, line, story->client))
    return FALSE;

  return !story->is_failure || is_about_failure (self, line);
}

/* Between nodes a message is all there is to tell; a client's is told by what it does, unless
 * something happens to it. */
static gboolean
is_notable (Telling                  *self,
            const WeftSimTaleMessage *message)
{
  static const char *const envelopes[] = { "request", "reply", "error", "message", NULL };
  const WeftSimTaleLine *send = message->send;
  const char *envelope = weft_sim_tale_line_get_text (send, "envelope");
  guint64 from = (guint64) weft_sim_tale_line_get_number (send, "from");
  guint64 to = (guint64) weft_sim_tale_line_get_number (send, "to");

  if (envelope == NULL || !g_strv_contains (envelopes, envelope))
    return FALSE;
  if (!g_str_has_prefix (weft_sim_tale_name_actor (self->tale, from), "client") &&
      !g_str_has_prefix (weft_sim_tale_name_actor (self->tale, to), "client"))
    return TRUE;

  return message->fate == NULL || weft_sim_tale_line_is (message->fate, "lose") ||
         message->stall != NULL || weft_sim_tale_line_get_number (send, "losses") > 0 ||
         json_object_has_member (send->object, "corrupted") ||
         message->fate->at_usec - send->at_usec >= 250 * G_TIME_SPAN_MILLISECOND;
}

static gboolean
is_told (Telling               *self,
         const WeftSimTaleLine *line)
{
  if (weft_sim_tale_line_is (line, "send") || weft_sim_tale_line_is (line, "receive") ||
      weft_sim_tale_line_is (line, "lose") || weft_sim_tale_line_is (line, "stall"))
    {
      WeftSimTaleMessage *message = weft_sim_tale_get_message (self->tale, line);

      return message != NULL && is_about (self, message->send) && is_notable (self, message);
    }
  if (weft_sim_tale_line_is (line, "begin") || weft_sim_tale_line_is (line, "end"))
    {
      WeftSimTaleOperation *operation = weft_sim_tale_get_operation (self->tale, line);

      return operation != NULL && is_about (self, operation->begin);
    }
  if (weft_sim_tale_line_is (line, "dial"))
    return self->story->client != NULL && has_actor (self, line, self->story->client);

  return FALSE;
}

/* What surrounds a story: faults, the lives of nodes, and what was found. */
static gboolean
is_frame (const WeftSimTaleLine *line)
{
  static const char *const told_elsewhere[] = { "failed", "fault", "heal", NULL };
  const char *note = weft_sim_tale_line_get_text (line, "note");

  if (weft_sim_tale_line_is (line, "note"))
    return !g_strv_contains (told_elsewhere, note);

  return weft_sim_tale_line_is (line, "fault") || weft_sim_tale_line_is (line, "heal") ||
         weft_sim_tale_line_is (line, "violation") || weft_sim_tale_line_is (line, "verdict");
}

static void
tell (Telling               *self,
      const WeftSimTaleLine *line)
{
  g_autofree char *text = weft_sim_words_tell (self->tale, line);

  if (text != NULL)
    self->func (line->at_usec, line->during, text, self->user_data);
}

/* A failure is told from the first operation on that it names; without one, from when everything
 * should have worked again. */
static void
set_failure_span (Telling *self)
{
  WeftSimTale *tale = self->tale;
  gint64 from_usec = G_MAXINT64;

  for (guint i = 0; i < tale->failure_operations->len; i++)
    {
      guint64 number = g_array_index (tale->failure_operations, guint64, i);
      WeftSimTaleOperation *operation = g_hash_table_lookup (tale->operations, &number);
      gint64 within = weft_sim_tale_line_get_number (operation->begin, "within");
      WeftSimTaleOperation *whole = g_hash_table_lookup (tale->operations, &within);

      if (whole != NULL)
        operation = whole;
      from_usec = MIN (from_usec, operation->begin->at_usec);
    }
  if (from_usec == G_MAXINT64)
    {
      from_usec = 0;
      for (guint i = 0; tale->failure_blocks->len == 0 && i < tale->lines->len; i++)
        {
          const WeftSimTaleLine *line = &g_array_index (tale->lines, WeftSimTaleLine, i);

          if (weft_sim_tale_line_is (line, "heal"))
            from_usec = line->at_usec;
        }
    }
  self->from_usec = from_usec;
  if (tale->violation != NULL)
    self->until_usec = tale->violation->at_usec;
}

/* When what is told begins and ends; nothing else of the frame is of interest. */
static void
find_span (Telling *self,
           gint64  *first_usec,
           gint64  *last_usec)
{
  *first_usec = G_MAXINT64;
  *last_usec = 0;
  for (guint i = 0; i < self->tale->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (self->tale->lines, WeftSimTaleLine, i);

      if (line->at_usec < self->from_usec || line->at_usec > self->until_usec ||
          !is_told (self, line))
        continue;
      *first_usec = MIN (*first_usec, line->at_usec);
      *last_usec = MAX (*last_usec, line->at_usec);
    }
}

/* A fault that began before and lasts is a part of the story. */
static void
tell_frame (Telling               *self,
            const WeftSimTaleLine *line,
            gint64                 first_usec,
            gint64                 last_usec)
{
  gint64 until_usec = line->at_usec;

  if (weft_sim_tale_line_is (line, "fault"))
    until_usec = weft_sim_words_find_heal (self->tale, line);
  if (weft_sim_tale_line_is (line, "verdict") ||
      (until_usec >= first_usec && line->at_usec <= last_usec))
    tell (self, line);
}

guint
weft_sim_story_tell (const WeftSimStory *story,
                     WeftSimTale        *tale,
                     WeftSimStoryFunc    func,
                     gpointer            user_data)
{
  Telling self = { story, tale, .until_usec = G_MAXINT64, .func = func, .user_data = user_data };
  gint64 first_usec;
  gint64 last_usec;

  if (story->is_failure)
    set_failure_span (&self);
  find_span (&self, &first_usec, &last_usec);
  for (guint i = 0; i < tale->lines->len; i++)
    {
      const WeftSimTaleLine *line = &g_array_index (tale->lines, WeftSimTaleLine, i);

      if (is_frame (line))
        tell_frame (&self, line, first_usec, last_usec);
      else if (!is_told (&self, line) || line->at_usec > self.until_usec ||
               (story->is_failure && tale->violation != NULL && line > tale->violation))
        continue;
      else if (line->at_usec < self.from_usec)
        self.n_left_out++;
      else
        tell (&self, line);
    }

  return self.n_left_out;
}
