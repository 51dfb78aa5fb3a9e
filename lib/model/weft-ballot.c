/* weft-ballot.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ballot-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-limits.h"
#include "weft-text-private.h"

/* Leaves room to go above whatever a peer may say. */
#define PARSED_NUMBER_MAX (WEFT_LIMIT_INTEGER_MAX - 1)

struct _WeftBallot
{
  gint64 number;
  WeftPeerId *peer_id; /* NULL for the first */
};

static void
clear (WeftBallot *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
}

WEFT_DEFINE_BOXED_REFS (WeftBallot, weft_ballot, clear)

/* They are all the same. */
WeftBallot *
weft_ballot_new_first (void)
{
  static WeftBallot *first;

  if (g_once_init_enter (&first))
    g_once_init_leave (&first, g_atomic_rc_box_new0 (WeftBallot));

  return weft_ballot_ref (first);
}

WeftBallot *
weft_ballot_new (gint64      number,
                 WeftPeerId *peer_id)
{
  WeftBallot *self;

  g_assert (number >= 1);
  g_assert (number <= WEFT_LIMIT_INTEGER_MAX);
  g_assert (peer_id != NULL);

  self = g_atomic_rc_box_new0 (WeftBallot);
  self->number = number;
  self->peer_id = weft_peer_id_ref (peer_id);

  return self;
}

WeftBallot *
weft_ballot_new_above (WeftBallot *self,
                       WeftPeerId *peer_id)
{
  g_assert (self != NULL);

  if (self->number > 0 && weft_peer_id_compare (self->peer_id, peer_id) < 0)
    return weft_ballot_new (self->number, peer_id);

  return weft_ballot_new (self->number + 1, peer_id);
}

gint64
weft_ballot_get_number (WeftBallot *self)
{
  g_assert (self != NULL);

  return self->number;
}

WeftPeerId *
weft_ballot_get_peer_id (WeftBallot *self)
{
  g_assert (self != NULL);

  return self->peer_id;
}

int
weft_ballot_compare (WeftBallot *a,
                     WeftBallot *b)
{
  g_assert (a != NULL);
  g_assert (b != NULL);

  if (a->number != b->number)
    return a->number < b->number ? -1 : 1;
  if (a->number == 0)
    return 0;

  return weft_peer_id_compare (a->peer_id, b->peer_id);
}

gboolean
weft_ballot_equal (WeftBallot *a,
                   WeftBallot *b)
{
  return weft_ballot_compare (a, b) == 0;
}

WeftBallot *
weft_ballot_read (const WeftItem     *item,
                  const WeftJsonPath *path,
                  GError            **error)
{
  const WeftJsonPath number_path = { path, NULL, 0 };
  const WeftJsonPath peer_path = { path, NULL, 1 };
  const WeftItem *array = weft_item_get_array (item, path, error);
  const WeftItem *first;
  g_autoptr (WeftPeerId) peer_id = NULL;
  const char *text;
  gint64 number;

  if (array == NULL)
    return NULL;
  first = weft_item_first (array);
  if (first == NULL)
    {
      weft_json_set_error (error, path, "expected [0] or [number,peer id]");
      return NULL;
    }
  if (!weft_item_get_integer (first, &number_path, 0, PARSED_NUMBER_MAX, &number, error))
    return NULL;
  if (array->length != (number == 0 ? 1 : 2))
    {
      weft_json_set_error (error, path, "expected [0] or [number,peer id]");
      return NULL;
    }
  if (number == 0)
    return weft_ballot_new_first ();

  text = weft_item_get_string (weft_item_next (array, first), &peer_path, error);
  if (text == NULL)
    return NULL;
  peer_id = weft_peer_id_parse (text, NULL);
  if (peer_id == NULL)
    {
      weft_json_set_error (error, &peer_path, "expected a peer id");
      return NULL;
    }

  return weft_ballot_new (number, peer_id);
}

WeftBallot *
weft_ballot_from_json (JsonNode *json,
                       GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_assert (json != NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_ballot_read (weft_tape_get_root (tape), NULL, error) : NULL;
}

void
weft_ballot_append (WeftBallot *self,
                    GString    *text)
{
  g_assert (self != NULL);

  g_string_append_c (text, '[');
  weft_json_append_integer (text, self->number);
  if (self->number > 0)
    {
      weft_text_append_len (text, ",\"", 2);
      weft_text_append (text, weft_peer_id_get_text (self->peer_id));
      g_string_append_c (text, '"');
    }
  g_string_append_c (text, ']');
}

JsonNode *
weft_ballot_to_json (WeftBallot *self)
{
  JsonArray *array;

  g_assert (self != NULL);

  array = json_array_sized_new (2);
  json_array_add_int_element (array, self->number);
  if (self->number > 0)
    json_array_add_string_element (array, weft_peer_id_get_text (self->peer_id));

  return weft_content_seal_array (array);
}
