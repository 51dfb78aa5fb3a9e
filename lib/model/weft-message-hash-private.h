/* weft-message-hash-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What a cluster agrees on is named by a hash: multibase base58btc (a leading `z`) of SHA-256. */

/* Of the canonical text of {"membership","message","policy"}. */
char    *weft_message_hash_new           (const char         *text,
                                          gsize               length)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean weft_message_hash_is_valid      (const char         *text);
gboolean weft_message_hash_check         (const char         *text,
                                          const WeftJsonPath *path,
                                          GError            **error);
/* Sorted peers (element-type WeftClusterPeer): base64url SHA-256 of the canonical list of their
 * ids. */
char    *weft_message_hash_of_membership (GPtrArray          *peers) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
