/* weft-vote-text-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ballot-private.h"
#include "weft-cluster-record-private.h"
#include "weft-prepared-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_PURPOSE_PROMISE, /* weft/promise/1 */
  WEFT_PURPOSE_COMMIT,  /* weft/commit/1 */
} WeftPurpose;

/* Whether `signature` of `signer` is on `text`, which is what weft_root_text_new() makes: the bytes
 * that were signed. Both last as long as the call. Pure: the same question has the same answer. */
typedef gboolean (*WeftVerifyFunc) (gpointer    data,
                                    WeftPeerId *signer,
                                    GBytes     *text,
                                    GBytes     *signature);

typedef struct _WeftVerifyCache WeftVerifyCache;

/* How a machine checks signatures. */
typedef struct
{
  const char *network;
  WeftVerifyFunc verify;
  gpointer data;
  WeftVerifyCache *cache; /* or NULL; of weft-verify-cache-private.h */
} WeftVerify;

/* The only place where the text of a vote or of an answer to a prepare is put together. */
GBytes  *weft_vote_text_new           (WeftPurpose         purpose,
                                       const char         *network,
                                       WeftClusterRecord  *record,
                                       WeftVote           *vote) G_GNUC_WARN_UNUSED_RESULT;
GBytes  *weft_prepared_text_new       (const char         *network,
                                       WeftPrepared       *prepared) G_GNUC_WARN_UNUSED_RESULT;
/* The text that is signed for a root of weft_signature_plan(), and for a single vote too: it is a
 * tree of one leaf. */
GBytes  *weft_root_text_new           (GBytes             *root) G_GNUC_WARN_UNUSED_RESULT;

gboolean weft_vote_check              (WeftVote           *vote,
                                       WeftPurpose         purpose,
                                       WeftClusterRecord  *record,
                                       WeftPeerId         *signer,
                                       const WeftVerify   *verify);
/* The prepared, and the promises of every lock in it, which are locks of the same peers. That the
 * signer is one of them is for the caller to see. */
gboolean weft_prepared_check          (WeftPrepared       *prepared,
                                       WeftPeerId         *signer,
                                       const WeftVerify   *verify);
/* S valid approvals of this ballot; M valid approved commits; both stop checking at enough. */
gboolean weft_record_check_promises   (WeftClusterRecord  *record,
                                       const WeftVerify   *verify);
gboolean weft_record_check_commits    (WeftClusterRecord  *record,
                                       const WeftVerify   *verify);
/* S valid answers for this ballot that cover each slot; in each slot, a highest lock, if there is
 * any, is on this message. The first ballot needs none. Answers that are not valid do not count. */
gboolean weft_record_check_justification (WeftClusterRecord *record,
                                          const WeftVerify  *verify);

G_END_DECLS
