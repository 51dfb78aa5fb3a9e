/* weft-envelope-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-error.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_ENVELOPE_HELLO,   /* body */
  WEFT_ENVELOPE_PROOF,   /* signature */
  WEFT_ENVELOPE_REQUEST, /* number, to, deadline_msec, body */
  WEFT_ENVELOPE_ONE_WAY, /* to, body */
  WEFT_ENVELOPE_REPLY,   /* number, body */
  WEFT_ENVELOPE_ERROR,   /* number, error */
  WEFT_ENVELOPE_CANCEL,  /* number */
  WEFT_ENVELOPE_CREDIT,  /* number */
  WEFT_ENVELOPE_PING,    /* number */
  WEFT_ENVELOPE_PONG,    /* number */
  WEFT_ENVELOPE_BYE,     /* text */
} WeftEnvelopeKind;

/* One frame from the other side, which it holds as a tape. */
typedef struct
{
  WeftEnvelopeKind kind;
  gint64 number;
  gint64 deadline_msec; /* -1 when absent */
  const char *to;       /* in the tape */
  const WeftItem *body; /* in the tape */
  char *text;
  GBytes *signature;
  GError *error;
  WeftTape *tape;
} WeftEnvelope;

WeftEnvelope *weft_envelope_parse          (GBytes           *frame,
                                            GError          **error) G_GNUC_WARN_UNUSED_RESULT;
/* For frames of somebody who has not proved who it is: shallow and short. */
WeftEnvelope *weft_envelope_parse_stranger (GBytes           *frame,
                                            GError          **error) G_GNUC_WARN_UNUSED_RESULT;
void          weft_envelope_free           (WeftEnvelope     *self);

GBytes       *weft_envelope_write_hello    (const char       *hello) G_GNUC_WARN_UNUSED_RESULT;
GBytes       *weft_envelope_write_proof    (GBytes           *signature) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the other side will read a body that is text of ours. */
gboolean      weft_envelope_check_text     (const char       *body_text,
                                            GError          **error);
/* `body_text` is canonical, or NULL. */
GBytes       *weft_envelope_write_reply    (gint64            re,
                                            JsonNode         *body,
                                            const char       *body_text,
                                            GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes       *weft_envelope_write_error    (gint64            re,
                                            const GError     *error) G_GNUC_WARN_UNUSED_RESULT;
GBytes       *weft_envelope_write_number   (WeftEnvelopeKind  kind,
                                            gint64            number) G_GNUC_WARN_UNUSED_RESULT;
GBytes       *weft_envelope_write_bye      (const char       *reason) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftEnvelope, weft_envelope_free)

G_END_DECLS
