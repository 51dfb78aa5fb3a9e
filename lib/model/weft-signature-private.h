/* weft-signature-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

#define WEFT_SIGNATURE_BYTES 64
/* So many texts make one tree. */
#define WEFT_SIGNATURE_TEXTS_MAX 65536
#define WEFT_SIGNATURE_STEPS_MAX 16

/* A signature on a text that may have been signed together with others: the leaf is a hash of the
 * text, the path leads from it to the root of a Merkle tree, and the root is what was signed.
 * JSON: `{"signature":base64url,"path"?:base64url}`. The path has 33 bytes for each step: 1 when
 * the sibling is on the right, else 0, and its hash. */
typedef struct _WeftSignature WeftSignature;

GType          weft_signature_get_type  (void);
/* `path` has 33 bytes for each step: the side, and the hash of the sibling. NULL is no step. */
WeftSignature *weft_signature_new       (GBytes             *signature,
                                         GBytes             *path) G_GNUC_WARN_UNUSED_RESULT;
/* Of WEFT_SIGNATURE_BYTES; of the signature alone. */
const guint8  *weft_signature_get_bytes (WeftSignature      *self);
/* Of the same bytes. */
gboolean       weft_signature_equal     (WeftSignature      *a,
                                         WeftSignature      *b);
/* The leaf of a text. */
void           weft_signature_hash_leaf (const char         *text,
                                         gsize               length,
                                         guint8              hash[WEFT_SHA256_BYTES]);
/* From a leaf to the root that was signed, if this is its path. */
void           weft_signature_climb     (WeftSignature      *self,
                                         guint8              hash[WEFT_SHA256_BYTES]);
/* The root that was signed, if this is the path of that text. */
void           weft_signature_compute_root (WeftSignature   *self,
                                            const char      *text,
                                            gsize            length,
                                            guint8           hash[WEFT_SHA256_BYTES]);
/* The signature and the path in one base64url; NULL when it is none. */
void           weft_signature_append_text (WeftSignature    *self,
                                           GString          *text);
WeftSignature *weft_signature_parse_text (const char        *text) G_GNUC_WARN_UNUSED_RESULT;
WeftSignature *weft_signature_ref       (WeftSignature      *self);
void           weft_signature_unref     (WeftSignature      *self);
WeftSignature *weft_signature_read      (const WeftItem     *item,
                                         const WeftJsonPath *path,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends its members to those of what is signed, each with a comma before it: `path`, where there
 * is one, and `signature`. */
void           weft_signature_append_path  (WeftSignature   *self,
                                            GString         *text);
void           weft_signature_append_bytes (WeftSignature   *self,
                                            GString         *text);

/* One tree over texts (element-type GBytes). weft_root_text_new() of the root is what is to be
 * signed; the returned paths are in the order of the texts (element-type GBytes). */
GPtrArray     *weft_signature_plan      (GPtrArray          *texts,
                                         GBytes            **root) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSignature, weft_signature_unref)

G_END_DECLS
