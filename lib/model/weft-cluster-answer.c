/* weft-cluster-answer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-answer-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-error.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"
#include "weft-text-private.h"

/**
 * WeftClusterAnswer:
 *
 * What one member of a cluster answers another: a promise, a commit, that it has applied what was
 * decided, what was decided before, what it voted for and locked, what is pending, or what went
 * wrong.
 *
 * Since: 0.1
 */
struct _WeftClusterAnswer
{
  WeftClusterAnswerKind kind;
  WeftVote *vote;
  WeftClusterRecord *record;
  WeftPrepared *prepared;
  WeftBallot *ballot;
  GPtrArray *states; /* (element-type WeftBlockState) */
  GPtrArray *results; /* (element-type WeftPendResult), some may be NULL */
  GError *error;
};

static const char *const kind_names[] = {
  [WEFT_CLUSTER_ANSWER_PROMISE] = "promise",
  [WEFT_CLUSTER_ANSWER_COMMIT] = "commit",
  [WEFT_CLUSTER_ANSWER_APPLIED] = "applied",
  [WEFT_CLUSTER_ANSWER_DECIDED] = "decided",
  [WEFT_CLUSTER_ANSWER_PREPARED] = "prepared",
  [WEFT_CLUSTER_ANSWER_CONFLICT] = "conflict",
  [WEFT_CLUSTER_ANSWER_STATES] = "states",
  [WEFT_CLUSTER_ANSWER_PENDED] = "pended",
  [WEFT_CLUSTER_ANSWER_ERROR] = "error",
};

static const char *const error_names[] = { "code", "message", NULL };

static void
clear (WeftClusterAnswer *self)
{
  g_clear_pointer (&self->vote, weft_vote_unref);
  g_clear_pointer (&self->record, weft_cluster_record_unref);
  g_clear_pointer (&self->prepared, weft_prepared_unref);
  g_clear_pointer (&self->ballot, weft_ballot_unref);
  g_clear_pointer (&self->states, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_error (&self->error);
}

/**
 * weft_cluster_answer_ref:
 * @self: an answer
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_cluster_answer_unref:
 * @self: (transfer full): an answer
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_cluster_answer_to_string:
 * @self: an answer
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_cluster_answer_to_json:
 * @self: an answer
 *
 * Writes the value as one of `{"promise":Vote}`, `{"commit":Vote}`, `{"applied":true}`,
 * `{"decided":Record}`, `{"prepared":Prepared}`, `{"conflict":Ballot}`, `{"states":[…]}`,
 * `{"pended":[…]}` and `{"error":{"code","message"}}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
/**
 * weft_cluster_answer_equal:
 * @a: an answer
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftClusterAnswer, weft_cluster_answer, clear)

static WeftClusterAnswer *
new_answer (WeftClusterAnswerKind kind)
{
  WeftClusterAnswer *self = g_atomic_rc_box_new0 (WeftClusterAnswer);

  self->kind = kind;
  return self;
}

WeftClusterAnswer *
weft_cluster_answer_new_vote (WeftClusterAnswerKind kind,
                              WeftVote             *vote)
{
  WeftClusterAnswer *self = new_answer (kind);

  g_assert (kind == WEFT_CLUSTER_ANSWER_PROMISE || kind == WEFT_CLUSTER_ANSWER_COMMIT);

  self->vote = weft_vote_ref (vote);
  return self;
}

WeftClusterAnswer *
weft_cluster_answer_new_applied (void)
{
  return new_answer (WEFT_CLUSTER_ANSWER_APPLIED);
}

WeftClusterAnswer *
weft_cluster_answer_new_decided (WeftClusterRecord *certificate)
{
  WeftClusterAnswer *self = new_answer (WEFT_CLUSTER_ANSWER_DECIDED);

  self->record = weft_cluster_record_ref (certificate);
  return self;
}

WeftClusterAnswer *
weft_cluster_answer_new_prepared (WeftPrepared *prepared)
{
  WeftClusterAnswer *self = new_answer (WEFT_CLUSTER_ANSWER_PREPARED);

  self->prepared = weft_prepared_ref (prepared);
  return self;
}

WeftClusterAnswer *
weft_cluster_answer_new_conflict (WeftBallot *above)
{
  WeftClusterAnswer *self = new_answer (WEFT_CLUSTER_ANSWER_CONFLICT);

  self->ballot = weft_ballot_ref (above);
  return self;
}

WeftClusterAnswer *
weft_cluster_answer_new_states (GPtrArray *states)
{
  WeftClusterAnswer *self = new_answer (WEFT_CLUSTER_ANSWER_STATES);

  g_assert (states->len >= 1);
  g_assert (states->len <= WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX);

  self->states = states;
  return self;
}

static void
result_free (gpointer result)
{
  if (result != NULL)
    weft_pend_result_unref (result);
}

static GPtrArray *
results_new (guint n_results)
{
  return g_ptr_array_new_full (n_results, result_free);
}

WeftClusterAnswer *
weft_cluster_answer_new_pended (GPtrArray *results)
{
  WeftClusterAnswer *self = new_answer (WEFT_CLUSTER_ANSWER_PENDED);

  g_assert (results->len >= 1 && results->len <= WEFT_LIMIT_GROUP_MAX);

  self->results = results_new (results->len);
  for (guint i = 0; i < results->len; i++)
    {
      WeftPendResult *result = g_ptr_array_index (results, i);

      g_assert (result == NULL || weft_pend_result_is_success (result));
      g_ptr_array_add (self->results, result != NULL ? weft_pend_result_ref (result) : NULL);
    }
  return self;
}

/* Text for a person: valid, and not too long. */
static char *
shorten (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);

  if (strlen (valid) <= WEFT_LIMIT_ERROR_TEXT_BYTES_MAX)
    return g_steal_pointer (&valid);

  *g_utf8_find_prev_char (valid, valid + WEFT_LIMIT_ERROR_TEXT_BYTES_MAX + 1) = '\0';
  return g_steal_pointer (&valid);
}

WeftClusterAnswer *
weft_cluster_answer_new_error (const GError *error)
{
  WeftClusterAnswer *self = new_answer (WEFT_CLUSTER_ANSWER_ERROR);
  WeftError code = error->domain == WEFT_ERROR ? (WeftError) error->code : WEFT_ERROR_FAILED;
  g_autofree char *message = shorten (error->message);

  self->error = g_error_new_literal (WEFT_ERROR, code, message);
  return self;
}

WeftClusterAnswerKind
weft_cluster_answer_get_kind (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->kind;
}

WeftVote *
weft_cluster_answer_get_vote (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->vote;
}

WeftClusterRecord *
weft_cluster_answer_get_record (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->record;
}

WeftPrepared *
weft_cluster_answer_get_prepared (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->prepared;
}

WeftBallot *
weft_cluster_answer_get_ballot (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->ballot;
}

GPtrArray *
weft_cluster_answer_get_states (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->states;
}

GPtrArray *
weft_cluster_answer_get_results (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->results;
}

const GError *
weft_cluster_answer_get_error (WeftClusterAnswer *self)
{
  g_assert (self != NULL);

  return self->error;
}

static gboolean
read_error (WeftClusterAnswer  *self,
            const WeftItem     *item,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftItem *object = weft_item_get_object (item, path, error);
  const char *code;
  const char *message;
  g_autoptr (GError) said = NULL;
  g_autoptr (WeftClusterAnswer) shortened = NULL;

  if (object == NULL || !weft_item_check_members (object, error_names, path, error))
    return FALSE;
  code = weft_item_require_string (object, "code", path, error);
  message = code != NULL ? weft_item_require_string (object, "message", path, error) : NULL;
  if (message == NULL)
    return FALSE;

  said = g_error_new_literal (WEFT_ERROR, weft_error_from_name (code), message);
  shortened = weft_cluster_answer_new_error (said);
  self->error = g_steal_pointer (&shortened->error);
  return TRUE;
}

static gboolean
read_applied (const WeftItem     *item,
              const WeftJsonPath *path,
              GError            **error)
{
  if (item->kind == WEFT_ITEM_BOOLEAN && item->boolean)
    return TRUE;

  weft_json_set_error (error, path, "expected true");
  return FALSE;
}

static gboolean
read_result (WeftClusterAnswer  *self,
             const WeftItem     *item,
             const WeftJsonPath *path,
             GError            **error)
{
  static const char *const no_blocks[] = { NULL };
  WeftPendResult *result = NULL;

  if (item->kind == WEFT_ITEM_BOOLEAN)
    {
      result = item->boolean ? weft_pend_result_new (NULL, no_blocks) : NULL;
    }
  else
    {
      result = weft_pend_result_read (item, path, error);
      if (result == NULL)
        return FALSE;
      if (!weft_pend_result_is_success (result))
        {
          weft_pend_result_unref (result);
          weft_json_set_error (error, path, "expected a success, true or false");
          return FALSE;
        }
    }
  g_ptr_array_add (self->results, result);
  return TRUE;
}

static gboolean
read_results (WeftClusterAnswer  *self,
              const WeftItem     *item,
              const WeftJsonPath *path,
              GError            **error)
{
  const WeftItem *array = weft_item_get_array (item, path, error);
  WeftJsonPath element_path = { path, NULL, 0 };

  if (array == NULL)
    return FALSE;
  if (array->length == 0 || array->length > WEFT_LIMIT_GROUP_MAX)
    {
      weft_json_set_error (error, path, "expected 1 to %d results, got %u", WEFT_LIMIT_GROUP_MAX,
                           array->length);
      return FALSE;
    }

  self->results = results_new (array->length);
  for (const WeftItem *element = weft_item_first (array); element != NULL;
       element = weft_item_next (array, element), element_path.index++)
    if (!read_result (self, element, &element_path, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_member (WeftClusterAnswer *self,
             const WeftItem    *item,
             GError           **error)
{
  const WeftJsonPath path = { NULL, item->name, 0 };

  switch (self->kind)
    {
    case WEFT_CLUSTER_ANSWER_PROMISE:
    case WEFT_CLUSTER_ANSWER_COMMIT:
      self->vote = weft_vote_read (item, &path, error);
      return self->vote != NULL;

    case WEFT_CLUSTER_ANSWER_APPLIED:
      return read_applied (item, &path, error);

    case WEFT_CLUSTER_ANSWER_DECIDED:
      self->record = weft_cluster_record_read (item, &path, error);
      return self->record != NULL;

    case WEFT_CLUSTER_ANSWER_PREPARED:
      self->prepared = weft_prepared_read (item, &path, error);
      return self->prepared != NULL;

    case WEFT_CLUSTER_ANSWER_CONFLICT:
      self->ballot = weft_ballot_read (item, &path, error);
      return self->ballot != NULL;

    case WEFT_CLUSTER_ANSWER_STATES:
      self->states = weft_block_states_read (item, &path, error);
      return self->states != NULL;

    case WEFT_CLUSTER_ANSWER_PENDED:
      return read_results (self, item, &path, error);

    case WEFT_CLUSTER_ANSWER_ERROR:
      return read_error (self, item, &path, error);

    default:
      g_assert_not_reached ();
    }
}

WeftClusterAnswer *
weft_cluster_answer_read (const WeftItem *item,
                          GError        **error)
{
  const WeftItem *object = weft_item_get_object (item, NULL, error);
  g_autoptr (WeftClusterAnswer) self = NULL;

  if (object == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    {
      if (object->length != 1 || !g_str_equal (weft_item_first (object)->name, kind_names[i]))
        continue;
      self = new_answer (i);
      return read_member (self, weft_item_first (object), error) ? g_steal_pointer (&self) : NULL;
    }

  weft_json_set_error (error, NULL, "expected one answer");
  return NULL;
}

/**
 * weft_cluster_answer_from_json:
 * @json: one of `{"promise":Vote}`, `{"commit":Vote}`, `{"applied":true}`, `{"decided":Record}`,
 *   `{"prepared":Prepared}`, `{"conflict":Ballot}`, `{"states":[…]}`,
 *   `{"pended":[…]}` and `{"error":{"code","message"}}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an answer. There are no members but these. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, with
 *   %WEFT_ERROR_REFUSED for a record of another version, or with %WEFT_ERROR_TOO_LARGE if it is
 *   over a limit
 *
 * Since: 0.1
 */
WeftClusterAnswer *
weft_cluster_answer_from_json (JsonNode *json,
                               GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_cluster_answer_read (weft_tape_get_root (tape), error) : NULL;
}

static void
append_error (const GError *error,
              GString      *text)
{
  weft_text_append (text, "{\"code\":");
  weft_json_append_string (text, weft_error_to_name (error->code));
  weft_text_append (text, ",\"message\":");
  weft_json_append_string (text, error->message);
  g_string_append_c (text, '}');
}

static void
append_results (GPtrArray *results,
                GString   *text)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < results->len; i++)
    {
      WeftPendResult *result = g_ptr_array_index (results, i);

      if (i > 0)
        g_string_append_c (text, ',');
      if (result == NULL)
        g_string_append (text, "false");
      else if (weft_pend_result_get_pending (result)->len == 0)
        g_string_append (text, "true");
      else
        weft_pend_result_append (result, text);
    }
  g_string_append_c (text, ']');
}

void
weft_cluster_answer_append (WeftClusterAnswer *self,
                            GString           *text)
{
  g_assert (self != NULL);

  weft_text_append_len (text, "{\"", 2);
  weft_text_append (text, kind_names[self->kind]);
  weft_text_append_len (text, "\":", 2);
  switch (self->kind)
    {
    case WEFT_CLUSTER_ANSWER_PROMISE:
    case WEFT_CLUSTER_ANSWER_COMMIT:
      weft_vote_append (self->vote, text);
      break;

    case WEFT_CLUSTER_ANSWER_APPLIED:
      weft_text_append (text, "true");
      break;

    case WEFT_CLUSTER_ANSWER_DECIDED:
      weft_cluster_record_append (self->record, text);
      break;

    case WEFT_CLUSTER_ANSWER_PREPARED:
      weft_prepared_append (self->prepared, text);
      break;

    case WEFT_CLUSTER_ANSWER_CONFLICT:
      weft_ballot_append (self->ballot, text);
      break;

    case WEFT_CLUSTER_ANSWER_STATES:
      weft_block_states_append (self->states, text);
      break;

    case WEFT_CLUSTER_ANSWER_PENDED:
      append_results (self->results, text);
      break;

    case WEFT_CLUSTER_ANSWER_ERROR:
      append_error (self->error, text);
      break;

    default:
      g_assert_not_reached ();
    }
  g_string_append_c (text, '}');
}
