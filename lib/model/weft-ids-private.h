/* weft-ids-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ids.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

#define WEFT_REV_MAX WEFT_LIMIT_INTEGER_MAX

typedef gboolean (*WeftIdCheck) (const char          *id,
                                 const WeftJsonPath  *path,
                                 GError             **error);

/* Each sets WEFT_ERROR_INVALID with the path in front. */
gboolean    weft_ids_check_block   (const char          *id,
                                    const WeftJsonPath  *path,
                                    GError             **error);
gboolean    weft_ids_check_action  (const char          *id,
                                    const WeftJsonPath  *path,
                                    GError             **error);
gboolean    weft_ids_check_name    (const char          *name,
                                    const WeftJsonPath  *path,
                                    GError             **error);
gboolean    weft_ids_check_rev     (gint64               rev,
                                    gint64               min,
                                    const WeftJsonPath  *path,
                                    GError             **error);
/* Of an action on a block, for a table of these. */
guint       weft_ids_hash_action   (const char          *block_id,
                                    const char          *action_id);
/* Whether it is 1 to 64 small letters and hyphens, as a reason that programs look at. */
gboolean    weft_ids_is_word       (const char          *text);
/* How many blocks one request may touch; past it the error is WEFT_ERROR_TOO_LARGE. */
gboolean    weft_ids_check_count   (gsize                count,
                                    const WeftJsonPath  *path,
                                    GError             **error);
/* A member that has to be there and be an id; owned by the tape. */
const char *weft_ids_read_block    (const WeftItem      *object,
                                    const char          *name,
                                    const WeftJsonPath  *path,
                                    GError             **error);
const char *weft_ids_read_action   (const WeftItem      *object,
                                    const char          *name,
                                    const WeftJsonPath  *path,
                                    GError             **error);
/* The ids of the blocks of one request: 1 to 256 of them, each kept once, in the order given. */
char      **weft_ids_dup_request   (const char * const  *ids,
                                    const WeftJsonPath  *path,
                                    GError             **error) G_GNUC_WARN_UNUSED_RESULT;
char      **weft_ids_read_request  (const WeftItem      *object,
                                    const char          *name,
                                    const WeftJsonPath  *path,
                                    GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without copies: they last as long as the tape. */
const char **weft_ids_borrow_request (const WeftItem      *object,
                                      const char          *name,
                                      const WeftJsonPath  *path,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* Any number of ids as given; an absent member is an empty list. */
char      **weft_ids_read_list     (const WeftItem      *object,
                                    const char          *name,
                                    WeftIdCheck          check,
                                    const WeftJsonPath  *path,
                                    GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of an array. */
void        weft_ids_append        (const char * const  *ids,
                                    GString             *text);
/* A GCompareFunc over pointers to strings, by bytes. */
int         weft_ids_compare       (gconstpointer        a,
                                    gconstpointer        b);

G_END_DECLS
