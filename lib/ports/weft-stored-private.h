/* weft-stored-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"

G_BEGIN_DECLS

/* What is stored under one name, in the form in which it came: as a value, as JSON, as a tape or as
 * canonical text. The other forms are made when somebody asks for them, and most never are. It does
 * not change; any thread may hold a reference and ask. */
typedef struct _WeftStored WeftStored;

/* A type of values. What is read gives one type at most. */
typedef struct
{
  gpointer (*ref) (gpointer value);
  void (*unref) (gpointer value);
  void (*append) (gpointer value, GString *text); /* its canonical text */
  gpointer (*read) (const WeftItem     *item,
                    const WeftJsonPath *path,
                    GError            **error);
} WeftStoredType;

extern const WeftStoredType weft_stored_metadata;
extern const WeftStoredType weft_stored_pending;
extern const WeftStoredType weft_stored_block;

/* `json` is valid and sealed. */
WeftStored *weft_stored_new       (JsonNode             *json) G_GNUC_WARN_UNUSED_RESULT;
WeftStored *weft_stored_new_value (const WeftStoredType *type,
                                   gpointer              value) G_GNUC_WARN_UNUSED_RESULT;
/* `text` is canonical JSON, a GRefString. */
WeftStored *weft_stored_new_text  (char                 *text) G_GNUC_WARN_UNUSED_RESULT;
WeftStored *weft_stored_new_tape  (WeftTape             *tape) G_GNUC_WARN_UNUSED_RESULT;
WeftStored *weft_stored_ref       (WeftStored           *self);
void        weft_stored_unref     (WeftStored           *self);
/* Whether it is the JSON null. */
gboolean    weft_stored_is_null   (WeftStored           *self);
/* (transfer none), sealed. */
JsonNode   *weft_stored_get_json  (WeftStored           *self);
/* (transfer full) */
WeftTape   *weft_stored_get_tape  (WeftStored           *self) G_GNUC_WARN_UNUSED_RESULT;
/* Whether it came as one. */
gboolean    weft_stored_is_tape   (WeftStored           *self);
/* (transfer full); NULL with the error of read(). */
gpointer    weft_stored_get_value (WeftStored           *self,
                                   const WeftStoredType *type,
                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Appends its canonical text. */
void        weft_stored_append    (WeftStored           *self,
                                   GString              *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftStored, weft_stored_unref)

G_END_DECLS
