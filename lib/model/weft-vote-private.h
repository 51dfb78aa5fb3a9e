/* weft-vote-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ballot-private.h"
#include "weft-signature-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_VOTE_APPROVE,
  WEFT_VOTE_REJECT,
  WEFT_VOTE_CONFLICT,
} WeftVoteType;

/* A member's answer to a record: a promise or a commit. JSON, with the members of its signature:
 * base64url of signature and path for an approval without detail, else
 * `{"type":"approve"|"reject"|"conflict","signature","path"?,"reason"?,"with"?,"above"?,
 * "detail"?}`. An approval has no more than a detail.
 * `reason` is a word (see data/docs/consensus.md), `with` the hash of the message that holds the
 * slot, `above` the ballot to go above, `detail` what the repo answered, as canonical text. */
typedef struct _WeftVote WeftVote;

GType          weft_vote_get_type      (void);
WeftVote      *weft_vote_new           (WeftVoteType        type,
                                        const char         *reason,
                                        const char         *with,
                                        WeftBallot         *above,
                                        const char         *detail) G_GNUC_WARN_UNUSED_RESULT;
WeftVote      *weft_vote_new_signed    (WeftVote           *vote,
                                        WeftSignature      *signature) G_GNUC_WARN_UNUSED_RESULT;
WeftVoteType   weft_vote_get_vote_type (WeftVote           *self);
const char    *weft_vote_get_reason    (WeftVote           *self); /* nullable, as all below */
const char    *weft_vote_get_with      (WeftVote           *self);
WeftBallot    *weft_vote_get_above     (WeftVote           *self);
const char    *weft_vote_get_detail    (WeftVote           *self);
WeftSignature *weft_vote_get_signature (WeftVote           *self);
/* Appends the base64url SHA-256 of the canonical JSON of all but the signature. */
/* Says nothing but that; all such votes on one thing sign the same. */
gboolean       weft_vote_is_plain_approval (WeftVote        *self);
void           weft_vote_append_digest (WeftVote           *self,
                                        GString            *text);
WeftVote      *weft_vote_ref           (WeftVote           *self);
void           weft_vote_unref         (WeftVote           *self);
WeftVote      *weft_vote_read          (const WeftItem     *item,
                                        const WeftJsonPath *path,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WeftVote      *weft_vote_from_json     (JsonNode           *json,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_vote_to_json(). */
void           weft_vote_append        (WeftVote           *self,
                                        GString            *text);
JsonNode      *weft_vote_to_json       (WeftVote           *self) G_GNUC_WARN_UNUSED_RESULT;
char          *weft_vote_to_string     (WeftVote           *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean       weft_vote_equal         (WeftVote           *a,
                                        WeftVote           *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftVote, weft_vote_unref)

G_END_DECLS
