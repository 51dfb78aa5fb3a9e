/* weft-vote.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-vote-private.h"

#include "weft-boxed-private.h"
#include "weft-ids-private.h"
#include "weft-message-hash-private.h"
#include "weft-text-private.h"

struct _WeftVote
{
  WeftVoteType type;
  char *reason;
  char *with;
  WeftBallot *above;
  char *detail; /* canonical text, a GRefString */
  WeftSignature *signature;
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
  g_clear_pointer (&self->detail, g_ref_string_release);
  g_clear_pointer (&self->signature, weft_signature_unref);
}

WEFT_DEFINE_BOXED_TEXT (WeftVote, weft_vote, clear)

/* What nobody has signed yet is the same for all. */
static WeftVote *
new_plain_approval (void)
{
  static WeftVote *plain;

  if (g_once_init_enter (&plain))
    {
      WeftVote *vote = g_atomic_rc_box_new0 (WeftVote);

      vote->type = WEFT_VOTE_APPROVE;
      g_once_init_leave (&plain, vote);
    }

  return weft_vote_ref (plain);
}

WeftVote *
weft_vote_new (WeftVoteType type,
               const char  *reason,
               const char  *with,
               WeftBallot  *above,
               const char  *detail)
{
  WeftVote *self;

  g_assert ((guint) type < G_N_ELEMENTS (type_names));
  g_assert (reason == NULL || weft_ids_is_word (reason));
  g_assert (with == NULL || weft_message_hash_is_valid (with));

  if (type == WEFT_VOTE_APPROVE && reason == NULL && with == NULL && above == NULL
      && detail == NULL)
    return new_plain_approval ();

  self = g_atomic_rc_box_new0 (WeftVote);
  self->type = type;
  self->reason = g_strdup (reason);
  self->with = g_strdup (with);
  self->above = above != NULL ? weft_ballot_ref (above) : NULL;
  self->detail = detail != NULL ? g_ref_string_new (detail) : NULL;

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
  self->detail = vote->detail != NULL ? g_ref_string_acquire (vote->detail) : NULL;
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

const char *
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

gboolean
weft_vote_is_plain_approval (WeftVote *self)
{
  return self->type == WEFT_VOTE_APPROVE && self->reason == NULL && self->with == NULL
         && self->above == NULL && self->detail == NULL;
}

static void
append_word (GString    *text,
             const char *name,
             const char *word)
{
  if (word == NULL)
    return;

  weft_text_append_len (text, ",\"", 2);
  weft_text_append (text, name);
  weft_text_append_len (text, "\":\"", 3);
  weft_text_append (text, word);
  g_string_append_c (text, '"');
}

/* The canonical text of {"above"?,"detail"?,"path"?,"reason"?,"signature"?,"type","with"?}: each
 * begins with its comma. A reason is a word, and the hash of a message has nothing to escape
 * either. */
static void
append_members (WeftVote      *self,
                WeftSignature *signature,
                GString       *text)
{
  gsize start = text->len;

  if (self->above != NULL)
    {
      weft_text_append (text, ",\"above\":");
      weft_ballot_append (self->above, text);
    }
  if (self->detail != NULL)
    {
      weft_text_append (text, ",\"detail\":");
      weft_text_append_len (text, self->detail, g_ref_string_length (self->detail));
    }
  if (signature != NULL)
    weft_signature_append_path (signature, text);
  append_word (text, "reason", self->reason);
  if (signature != NULL)
    weft_signature_append_bytes (signature, text);
  append_word (text, "type", type_names[self->type]);
  append_word (text, "with", self->with);
  text->str[start] = '{';
  g_string_append_c (text, '}');
}

static char *
make_digest (WeftVote *self)
{
  g_autoptr (GString) text = g_string_sized_new (512);

  append_members (self, NULL, text);

  return weft_sha256_base64url (text->str, text->len);
}

static const char *
get_approval_digest (void)
{
  static gsize digest;

  if (g_once_init_enter (&digest))
    {
      g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);

      g_once_init_leave (&digest, (gsize) make_digest (vote));
    }

  return (const char *) digest;
}

void
weft_vote_append_digest (WeftVote *self,
                         GString  *text)
{
  g_autofree char *digest = NULL;

  g_assert (self != NULL);

  if (!weft_vote_is_plain_approval (self))
    digest = make_digest (self);
  weft_text_append (text, digest != NULL ? digest : get_approval_digest ());
}

static gboolean
read_type (WeftVote           *self,
           const WeftItem     *object,
           const WeftJsonPath *path,
           GError            **error)
{
  const WeftJsonPath here = { path, "type", 0 };
  const char *name = weft_item_require_string (object, "type", path, error);

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
read_reasons (WeftVote           *self,
              const WeftItem     *object,
              const WeftJsonPath *path,
              GError            **error)
{
  const WeftJsonPath reason_path = { path, "reason", 0 };
  const WeftJsonPath with_path = { path, "with", 0 };
  const WeftJsonPath above_path = { path, "above", 0 };
  const WeftItem *above = weft_item_find (object, "above");
  const char *reason;
  const char *with;

  if (!weft_item_optional_string (object, "reason", path, &reason, error) ||
      !weft_item_optional_string (object, "with", path, &with, error))
    return FALSE;
  if (reason != NULL && !weft_ids_is_word (reason))
    {
      weft_json_set_error (error, &reason_path, "expected a word of small letters");
      return FALSE;
    }
  if (with != NULL && !weft_message_hash_check (with, &with_path, error))
    return FALSE;
  if (above != NULL)
    {
      self->above = weft_ballot_read (above, &above_path, error);
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
read_approval (const WeftItem     *item,
               const WeftJsonPath *path,
               GError            **error)
{
  WeftSignature *signature = weft_signature_parse_text (item->string);
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
  self->signature = signature;

  return self;
}

WeftVote *
weft_vote_read (const WeftItem     *item,
                const WeftJsonPath *path,
                GError            **error)
{
  const WeftJsonPath detail_path = { path, "detail", 0 };
  g_autoptr (WeftVote) self = NULL;
  const WeftItem *object;
  const WeftItem *detail;

  if (item->kind == WEFT_ITEM_STRING)
    return read_approval (item, path, error);

  object = weft_item_get_object (item, path, error);
  if (object == NULL || !weft_item_check_members (object, member_names, path, error))
    return NULL;

  self = g_atomic_rc_box_new0 (WeftVote);
  if (!read_type (self, object, path, error) || !read_reasons (self, object, path, error))
    return NULL;
  detail = weft_item_find (object, "detail");
  if (detail != NULL && detail->kind == WEFT_ITEM_NULL)
    {
      weft_json_set_error (error, &detail_path, "expected a value, got null");
      return NULL;
    }
  self->detail = detail != NULL ? weft_item_to_text (detail) : NULL;
  if (weft_vote_is_plain_approval (self))
    {
      weft_json_set_error (error, path, "expected an approval without detail as one text");
      return NULL;
    }
  self->signature = weft_signature_read (object, path, error);

  return self->signature != NULL ? g_steal_pointer (&self) : NULL;
}

WeftVote *
weft_vote_from_json (JsonNode *json,
                     GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_assert (json != NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_vote_read (weft_tape_get_root (tape), NULL, error) : NULL;
}

void
weft_vote_append (WeftVote *self,
                  GString  *text)
{
  g_assert (self != NULL);

  if (self->signature == NULL || !weft_vote_is_plain_approval (self))
    {
      append_members (self, self->signature, text);
      return;
    }

  g_string_append_c (text, '"');
  weft_signature_append_text (self->signature, text);
  g_string_append_c (text, '"');
}
