/* weft-ballot-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-peer-id.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* (number, coordinator), ordered by number, then by the text of the peer id. All of number 0 are
 * one ballot: it belongs to nobody and needs no preparation. JSON: `[0]` or `[n,"peer id"]`. */
typedef struct _WeftBallot WeftBallot;

GType       weft_ballot_get_type    (void);
WeftBallot *weft_ballot_new_first   (void) G_GNUC_WARN_UNUSED_RESULT;
/* `number` is at least 1. */
WeftBallot *weft_ballot_new         (gint64              number,
                                     WeftPeerId         *peer_id) G_GNUC_WARN_UNUSED_RESULT;
/* The lowest ballot of `peer_id` above this one. */
WeftBallot *weft_ballot_new_above   (WeftBallot         *self,
                                     WeftPeerId         *peer_id) G_GNUC_WARN_UNUSED_RESULT;
gint64      weft_ballot_get_number  (WeftBallot         *self);
WeftPeerId *weft_ballot_get_peer_id (WeftBallot         *self); /* NULL for the first */
int         weft_ballot_compare     (WeftBallot         *a,
                                     WeftBallot         *b);
WeftBallot *weft_ballot_ref         (WeftBallot         *self);
void        weft_ballot_unref       (WeftBallot         *self);
WeftBallot *weft_ballot_read        (const WeftItem     *item,
                                     const WeftJsonPath *path,
                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WeftBallot *weft_ballot_from_json   (JsonNode           *json,
                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_ballot_to_json(). */
void        weft_ballot_append      (WeftBallot         *self,
                                     GString            *text);
JsonNode   *weft_ballot_to_json     (WeftBallot         *self) G_GNUC_WARN_UNUSED_RESULT;
char       *weft_ballot_to_string   (WeftBallot         *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean    weft_ballot_equal       (WeftBallot         *a,
                                     WeftBallot         *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBallot, weft_ballot_unref)

G_END_DECLS
