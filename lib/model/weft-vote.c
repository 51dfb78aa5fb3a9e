/* weft-vote.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-vote-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-message-hash-private.h"

struct _WeftVote
{
  WeftVoteType type;
  char *reason;
  char *with;
  WeftBallot *above;
  JsonNode *detail;
  WeftSignature *signature;
  JsonNode *json; /* NULL until somebody asked for it */ /* of all of it */
};

static const char *const type_names[] = {
  [WEFT_VOTE_APPROVE] = "approve",
  [WEFT_VOTE_REJECT] = "reject",
  [WEFT_VOTE_CONFLICT] = "conflict",
};

static const char *const member_names[] = {
  "type", "signature", "path", "reason", "with", "above", "detail", NULL,
};

static void
clear (WeftVote *self)
{
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->with, g_free);
  g_clear_pointer (&self->above, weft_ballot_unref);
  g_clear_pointer (&self->detail, json_node_unref);
  g_clear_pointer (&self->signature, weft_signature_unref);
  g_clear_pointer (&self->json, json_node_unref);
}

WEFT_DEFINE_BOXED (WeftVote, weft_vote, clear)

/* Without the signature. */
static JsonObject *
content_to_json (WeftVote *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type_names[self->type]);
  if (self->reason != NULL)
    json_object_set_string_member (object, "reason", self->reason);
  if (self->with != NULL)
    json_object_set_string_member (object, "with", self->with);
  if (self->above != NULL)
    json_object_set_member (object, "above", weft_ballot_to_json (self->above));
  if (self->detail != NULL)
    json_object_set_member (object, "detail", json_node_ref (self->detail));

  return object;
}

WeftVote *
weft_vote_new (WeftVoteType type,
               const char  *reason,
               const char  *with,
               WeftBallot  *above,
               JsonNode    *detail)
{
  WeftVote *self;

  g_assert ((guint) type < G_N_ELEMENTS (type_names));
  g_assert (reason == NULL || weft_ids_is_word (reason));
  g_assert (with == NULL || weft_message_hash_is_valid (with));

  self = g_atomic_rc_box_new0 (WeftVote);
  self->type = type;
  self->reason = g_strdup (reason);
  self->with = g_strdup (with);
  self->above = above != NULL ? weft_ballot_ref (above) : NULL;
  self->detail = detail != NULL ? weft_content_freeze (detail) : NULL;

  return self;
}

WeftVote *
weft_vote_new_signed (WeftVote      *vote,
                      WeftSignature *signature)
{
  WeftVote *self;

  g_assert (vote != NULL);
  g_assert (signature != NULL);

  self = g_atomic_rc_box_new0 (WeftVote);
  self->type = vote->type;
  self->reason = g_strdup (vote->reason);
  self->with = g_strdup (vote->with);
  self->above = vote->above != NULL ? weft_ballot_ref (vote->above) : NULL;
  self->detail = vote->detail != NULL ? json_node_ref (vote->detail) : NULL;
  self->signature = weft_signature_ref (signature);

  return self;
}

WeftVoteType
weft_vote_get_vote_type (WeftVote *self)
{
  g_assert (self != NULL);

  return self->type;
}

const char *
weft_vote_get_reason (WeftVote *self)
{
  g_assert (self != NULL);

  return self->reason;
}

const char *
weft_vote_get_with (WeftVote *self)
{
  g_assert (self != NULL);

  return self->with;
}

WeftBallot *
weft_vote_get_above (WeftVote *self)
{
  g_assert (self != NULL);

  return self->above;
}

JsonNode *
weft_vote_get_detail (WeftVote *self)
{
  g_assert (self != NULL);

  return self->detail;
}

WeftSignature *
weft_vote_get_signature (WeftVote *self)
{
  g_assert (self != NULL);

  return self->signature;
}

/* All approvals have one content. */
static gboolean
is_plain_approval (WeftVote *self)
{
  return self->type == WEFT_VOTE_APPROVE && self->reason == NULL && self->with == NULL
         && self->above == NULL && self->detail == NULL;
}

static const char *
get_approval_digest (void)
{
  static gsize digest;

  if (g_once_init_enter (&digest))
    {
      g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);

      g_autoptr (JsonNode) json = weft_content_seal_object (content_to_json (vote));

      g_once_init_leave (&digest, (gsize) weft_json_digest (json));
    }

  return (const char *) digest;
}

/* The members up to `path`, and those behind it; each begins with its comma. A reason is a word,
 * and the hash of a message has nothing to escape either. */
static void
append_first (WeftVote *self,
              GString  *text)
{
  if (self->above != NULL)
    {
      g_string_append (text, ",\"above\":");
      weft_ballot_append (self->above, text);
    }
  if (self->detail != NULL)
    {
      g_string_append (text, ",\"detail\":");
      weft_json_append (text, self->detail);
    }
}

static void
append_word (GString    *text,
             const char *name,
             const char *word)
{
  if (word == NULL)
    return;

  g_string_append_len (text, ",\"", 2);
  g_string_append (text, name);
  g_string_append_len (text, "\":\"", 3);
  g_string_append (text, word);
  g_string_append_c (text, '"');
}

/* The canonical text of {"above"?,"detail"?,"path"?,"reason"?,"signature"?,"type","with"?}. */
static void
append_members (WeftVote *self,
                gboolean  with_signature,
                GString  *text)
{
  gsize start = text->len;
  g_autofree char *signature = NULL;
  g_autofree char *path = NULL;

  if (with_signature && self->signature != NULL)
    weft_signature_encode (self->signature, &signature, &path);
  append_first (self, text);
  append_word (text, "path", path);
  append_word (text, "reason", self->reason);
  append_word (text, "signature", signature);
  append_word (text, "type", type_names[self->type]);
  append_word (text, "with", self->with);
  text->str[start] = '{';
  g_string_append_c (text, '}');
}

char *
weft_vote_make_digest (WeftVote *self)
{
  g_autoptr (GString) text = NULL;

  g_assert (self != NULL);

  if (is_plain_approval (self))
    return g_strdup (get_approval_digest ());

  text = g_string_sized_new (512);
  append_members (self, FALSE, text);

  return weft_sha256_base64url (text->str, text->len);
}

static gboolean
parse_type (WeftVote           *self,
            JsonObject         *object,
            const WeftJsonPath *path,
            GError            **error)
{
  const WeftJsonPath here = { path, "type", 0 };
  const char *name = weft_json_require_string (object, "type", path, error);

  if (name == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_str_equal (type_names[i], name))
      {
        self->type = i;
        return TRUE;
      }

  weft_json_set_error (error, &here, "expected one of “approve”, “reject” and “conflict”");
  return FALSE;
}

/* Why it is not an approval. */
static gboolean
parse_reasons (WeftVote           *self,
               JsonObject         *object,
               const WeftJsonPath *path,
               GError            **error)
{
  const WeftJsonPath reason_path = { path, "reason", 0 };
  const WeftJsonPath with_path = { path, "with", 0 };
  const WeftJsonPath above_path = { path, "above", 0 };
  const char *reason;
  const char *with;

  if (!weft_json_optional_string (object, "reason", path, &reason, error) ||
      !weft_json_optional_string (object, "with", path, &with, error))
    return FALSE;
  if (reason != NULL && !weft_ids_is_word (reason))
    {
      weft_json_set_error (error, &reason_path, "expected a word of small letters");
      return FALSE;
    }
  if (with != NULL && !weft_message_hash_check (with, &with_path, error))
    return FALSE;
  if (json_object_has_member (object, "above"))
    {
      self->above = weft_ballot_parse (json_object_get_member (object, "above"), &above_path,
                                       error);
      if (self->above == NULL)
        return FALSE;
    }
  if (self->type == WEFT_VOTE_APPROVE && (reason != NULL || with != NULL || self->above != NULL))
    {
      weft_json_set_error (error, path, "expected an approval without reason, with and above");
      return FALSE;
    }

  self->reason = g_strdup (reason);
  self->with = g_strdup (with);
  return TRUE;
}

static WeftVote *
parse_approval (JsonNode           *json,
                const WeftJsonPath *path,
                GError            **error)
{
  g_autoptr (WeftSignature) signature = weft_signature_parse_text (json_node_get_string (json));
  WeftVote *self;

  if (signature == NULL)
    {
      weft_json_set_error (error, path, "expected a signature of %d bytes and up to %d steps of "
                           "its path in base64url", WEFT_SIGNATURE_BYTES,
                           WEFT_SIGNATURE_STEPS_MAX);
      return NULL;
    }

  self = g_atomic_rc_box_new0 (WeftVote);
  self->type = WEFT_VOTE_APPROVE;
  self->signature = g_steal_pointer (&signature);
  self->json = weft_content_freeze (json);

  return self;
}

WeftVote *
weft_vote_parse (JsonNode           *json,
                 const WeftJsonPath *path,
                 GError            **error)
{
  const WeftJsonPath detail_path = { path, "detail", 0 };
  g_autoptr (WeftVote) self = NULL;
  JsonObject *object;
  JsonNode *detail;

  if (JSON_NODE_HOLDS_VALUE (json) && json_node_get_value_type (json) == G_TYPE_STRING)
    return parse_approval (json, path, error);

  object = weft_json_get_object (json, path, error);
  if (object == NULL || !weft_json_check_members (object, member_names, path, error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftVote);
  if (!parse_type (self, object, path, error) || !parse_reasons (self, object, path, error))
    return NULL;
  detail = json_object_get_member (object, "detail");
  if (detail != NULL && JSON_NODE_HOLDS_NULL (detail))
    {
      weft_json_set_error (error, &detail_path, "expected a value, got null");
      return NULL;
    }
  self->detail = detail != NULL ? weft_content_freeze (detail) : NULL;
  if (is_plain_approval (self))
    {
      weft_json_set_error (error, path, "expected an approval without detail as one text");
      return NULL;
    }
  self->signature = weft_signature_parse (json, path, error);
  if (self->signature == NULL)
    return NULL;
  self->json = weft_content_freeze (json);

  return g_steal_pointer (&self);
}

WeftVote *
weft_vote_from_json (JsonNode *json,
                     GError  **error)
{
  g_assert (json != NULL);

  return weft_vote_parse (json, NULL, error);
}

static JsonNode *
to_json (WeftVote *self)
{
  g_autofree char *text = NULL;
  JsonObject *object;
  JsonNode *json;

  if (self->signature != NULL && is_plain_approval (self))
    {
      text = weft_signature_to_text (self->signature);
      json = json_node_init_string (json_node_alloc (), text);
      json_node_seal (json);

      return json;
    }

  object = content_to_json (self);
  if (self->signature != NULL)
    weft_signature_write (self->signature, object);

  return weft_content_seal_object (object);
}

void
weft_vote_append (WeftVote *self,
                  GString  *text)
{
  g_autofree char *signature = NULL;

  g_assert (self != NULL);

  if (g_atomic_pointer_get (&self->json) != NULL)
    weft_json_append (text, self->json);
  else if (self->signature != NULL && is_plain_approval (self))
    {
      signature = weft_signature_to_text (self->signature);
      g_string_append_c (text, '"');
      g_string_append (text, signature);
      g_string_append_c (text, '"');
    }
  else
    append_members (self, TRUE, text);
}

JsonNode *
weft_vote_to_json (WeftVote *self)
{
  JsonNode *json;

  g_assert (self != NULL);

  if (g_atomic_pointer_get (&self->json) != NULL)
    return json_node_ref (self->json);

  json = to_json (self);
  if (g_atomic_pointer_compare_and_exchange (&self->json, NULL, json))
    return json_node_ref (json);

  return json;
}
