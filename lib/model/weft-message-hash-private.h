/* weft-message-hash-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"

G_BEGIN_DECLS

/* What a cluster agrees on is named by a hash: multibase base58btc (a leading `z`) of SHA-256. */

/* `beginning` are the members `membership` and `message` of what is hashed, as
 * weft_message_hash_begin() writes them. */
char    *weft_message_hash_new           (GString            *beginning,
                                          double              super_majority)
    G_GNUC_WARN_UNUSED_RESULT;
void     weft_message_hash_begin         (GString            *text,
                                          JsonNode           *message,
                                          const char         *membership);
gboolean weft_message_hash_is_valid      (const char         *text);
gboolean weft_message_hash_check         (const char         *text,
                                          const WeftJsonPath *path,
                                          GError            **error);
/* Sorted peers (element-type WeftClusterPeer): base64url SHA-256 of the canonical list of their
 * ids. */
char    *weft_message_hash_of_membership (GPtrArray          *peers) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
