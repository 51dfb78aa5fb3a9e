/* weft-envelope-draft.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-envelope-draft-private.h"

#include "weft-json-private.h"

#include <string.h>

/* The longest head: {"id":9007199254740991,"deadline":9007199254740991, */
#define HEAD_BYTES_MAX 64

WeftEnvelopeDraft *
weft_envelope_draft_new (const char *to,
                         JsonNode   *body,
                         GError    **error)
{
  g_autoptr (WeftEnvelopeDraft) self = g_new0 (WeftEnvelopeDraft, 1);

  g_assert (to != NULL);
  g_assert (JSON_NODE_HOLDS_OBJECT (body));

  self->text = g_string_sized_new (256);
  g_string_set_size (self->text, HEAD_BYTES_MAX);
  memset (self->text->str, ' ', HEAD_BYTES_MAX);
  g_string_append_printf (self->text, "\"to\":\"%s\",\"body\":", to);
  if (!weft_json_try_append (self->text, body, error))
    return NULL;
  g_string_append_c (self->text, '}');

  return g_steal_pointer (&self);
}

static gsize
write_head (char   head[HEAD_BYTES_MAX],
            gint64 id,
            gint64 deadline_msec)
{
  int length;

  g_assert (id >= 0);

  if (id == 0)
    length = g_snprintf (head, HEAD_BYTES_MAX, "{");
  else
    length = g_snprintf (head, HEAD_BYTES_MAX,
                         "{\"id\":%" G_GINT64_FORMAT ",\"deadline\":%" G_GINT64_FORMAT ",", id,
                         deadline_msec);
  g_assert (length < HEAD_BYTES_MAX);

  return length;
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
  char head[HEAD_BYTES_MAX];
  gsize length = write_head (head, id, deadline_msec);
  gsize start = HEAD_BYTES_MAX - length;
  g_autoptr (GBytes) whole = NULL;
  gsize size;

  memcpy (self->text->str + start, head, length);
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
