/* weft-envelope-draft.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-envelope-draft-private.h"

#include "weft-envelope-private.h"
#include "weft-json-private.h"
#include "weft-text-private.h"

#include <string.h>

/* The longest head: {"id":9007199254740991,"deadline":9007199254740991, */
#define HEAD_BYTES_MAX 64
#define ID "{\"id\":"
#define DEADLINE ",\"deadline\":"

WeftEnvelopeDraft *
weft_envelope_draft_new (const char *to,
                         JsonNode   *body,
                         const char *body_text,
                         GError    **error)
{
  g_autoptr (WeftEnvelopeDraft) self = g_new0 (WeftEnvelopeDraft, 1);

  g_assert (to != NULL);
  g_assert (body_text != NULL || JSON_NODE_HOLDS_OBJECT (body));

  if (body_text != NULL && !weft_envelope_check_text (body_text, error))
    return NULL;
  self->text = g_string_sized_new (256 + (body_text != NULL ? strlen (body_text) : 0));
  g_string_set_size (self->text, HEAD_BYTES_MAX);
  memset (self->text->str, ' ', HEAD_BYTES_MAX);
  weft_text_append (self->text, "\"to\":\"");
  weft_text_append (self->text, to);
  weft_text_append (self->text, "\",\"body\":");
  if (body_text != NULL)
    weft_text_append (self->text, body_text);
  else if (!weft_json_try_append (self->text, body, error))
    return NULL;
  g_string_append_c (self->text, '}');

  return g_steal_pointer (&self);
}

/* Writes the digits of a number before `end`; returns the first. */
static char *
write_digits (char   *end,
              gint64  number)
{
  g_assert (number >= 0);

  do
    *--end = (char) ('0' + number % 10);
  while ((number /= 10) > 0);

  return end;
}

static char *
write_text (char       *end,
            const char *text,
            gsize       length)
{
  return memcpy (end - length, text, length);
}

/* Written from its end, behind which the rest of the frame is; returns its length. */
static gsize
write_head (char   head[HEAD_BYTES_MAX],
            gint64 id,
            gint64 deadline_msec)
{
  char *end = head + HEAD_BYTES_MAX;
  char *at;

  g_assert (id >= 0);

  if (id == 0)
    at = write_text (end, "{", 1);
  else
    {
      at = write_text (end, ",", 1);
      at = write_digits (at, deadline_msec);
      at = write_text (at, DEADLINE, strlen (DEADLINE));
      at = write_digits (at, id);
      at = write_text (at, ID, strlen (ID));
    }
  g_assert (at > head);

  return (gsize) (end - at);
}

/* The size of the frame that weft_envelope_draft_finish() would make. */
gsize
weft_envelope_draft_get_size (WeftEnvelopeDraft *self,
                              gint64             id,
                              gint64             deadline_msec)
{
  char head[HEAD_BYTES_MAX];

  return self->text->len - HEAD_BYTES_MAX + write_head (head, id, deadline_msec);
}

GBytes *
weft_envelope_draft_finish (WeftEnvelopeDraft *self,
                            gint64             id,
                            gint64             deadline_msec)
{
  gsize start = HEAD_BYTES_MAX - write_head (self->text->str, id, deadline_msec);
  g_autoptr (GBytes) whole = NULL;
  gsize size;

  whole = g_string_free_to_bytes (g_steal_pointer (&self->text));
  g_free (self);
  size = g_bytes_get_size (whole);

  return g_bytes_new_from_bytes (whole, start, size - start);
}

void
weft_envelope_draft_free (WeftEnvelopeDraft *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_free (self);
}
