/* weft-tape-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"

G_BEGIN_DECLS

/* A document that was read, as one piece of memory: its values one after the other, each container
 * before what is in it. No object is made of a value that is looked at once. A tape does not
 * change; any thread may hold a reference and read. */
typedef struct _WeftTape WeftTape;

typedef enum
{
  WEFT_ITEM_NULL,
  WEFT_ITEM_BOOLEAN,
  WEFT_ITEM_INTEGER,
  WEFT_ITEM_REAL,
  WEFT_ITEM_STRING,
  WEFT_ITEM_ARRAY,
  WEFT_ITEM_OBJECT,
} WeftItemKind;

/* A value of a tape, which it lasts as long as. `length` of a string is in bytes; of a container
 * it is how many values are in it. */
typedef struct _WeftItem WeftItem;
struct _WeftItem
{
  const char *name; /* of a member, ending with a NUL; NULL for any other value */
  union
  {
    gboolean boolean;
    gint64 integer;
    double real;
    const char *string; /* ending with a NUL, which is in no string */
    /* Of an object with many members: how far behind it they are, in canonical order. NULL for
     * any other container. */
    const guint32 *order;
  };
  const char *source; /* where its text begins, which is followed by more */
  guint32 source_length;
  guint32 length;
  guint32 span; /* how many items it takes, itself counted */
  WeftItemKind kind : 8;
  guint is_canonical : 1; /* whether its text is canonical as it is */
  guint is_sorted : 1;    /* whether the members of an object come in canonical order */
};

/* Strict as weft_json_parse(), and with the same errors. */
WeftTape       *weft_tape_read          (GBytes                *text,
                                         const WeftJsonLimits  *limits,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of text that is copied. `limits` may be NULL for those of weft_json_parse(). */
WeftTape       *weft_tape_read_text     (const char            *text,
                                         gsize                  length,
                                         const WeftJsonLimits  *limits,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of text that was written here, however large it is: it is valid. */
WeftTape       *weft_tape_read_own      (const char            *text,
                                         gsize                  length) G_GNUC_WARN_UNUSED_RESULT;
/* Of a tree, which may come from anybody: validated, with the errors of weft_json_validate(). */
WeftTape       *weft_tape_new_from_node (JsonNode              *node,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
WeftTape       *weft_tape_ref           (WeftTape              *self);
void            weft_tape_unref         (WeftTape              *self);
const WeftItem *weft_tape_get_root      (WeftTape              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftTape, weft_tape_unref)

/* The values of a container, in the order of the text: NULL behind the last one. */
static inline const WeftItem *
weft_item_first (const WeftItem *container)
{
  return container->length > 0 ? container + 1 : NULL;
}

static inline const WeftItem *
weft_item_next (const WeftItem *container,
                const WeftItem *item)
{
  const WeftItem *next = item + item->span;

  return next < container + container->span ? next : NULL;
}

/* (nullable): the member with this name. Takes steps as the logarithm of how many there are. */
const WeftItem *weft_item_find          (const WeftItem        *object,
                                         const char            *name);
/* (nullable): the members of an object in canonical order, which only those that are not
 * `is_sorted` have to be asked for: an array of `length`. */
const WeftItem **weft_item_sort         (const WeftItem        *object) G_GNUC_WARN_UNUSED_RESULT;
/* A tree of its own, sealed. */
JsonNode       *weft_item_to_node       (const WeftItem        *item) G_GNUC_WARN_UNUSED_RESULT;
/* The same before it is sealed, to be put into another. */
JsonNode       *weft_item_make_node     (const WeftItem        *item) G_GNUC_WARN_UNUSED_RESULT;
/* Appends its canonical text: as it came, where that is canonical. */
void            weft_item_append        (const WeftItem        *item,
                                         GString               *text);
/* The same as a GRefString. */
char           *weft_item_to_text       (const WeftItem        *item) G_GNUC_WARN_UNUSED_RESULT;
/* Whether both have the same canonical text. */
gboolean        weft_item_equal         (const WeftItem        *a,
                                         const WeftItem        *b);

/* Typed access. All set WEFT_ERROR_INVALID with the path in front. What they return belongs to the
 * tape. "optional" returns TRUE with the default when the member is absent; null is a wrong one. */
const WeftItem *weft_item_get_object       (const WeftItem      *item,
                                            const WeftJsonPath  *path,
                                            GError             **error);
const WeftItem *weft_item_get_array        (const WeftItem      *item,
                                            const WeftJsonPath  *path,
                                            GError             **error);
const char     *weft_item_get_string       (const WeftItem      *item,
                                            const WeftJsonPath  *path,
                                            GError             **error);
gboolean        weft_item_get_integer      (const WeftItem      *item,
                                            const WeftJsonPath  *path,
                                            gint64               min,
                                            gint64               max,
                                            gint64              *value,
                                            GError             **error);
/* The member, or NULL with an error (required) or without (optional). */
const WeftItem *weft_item_require_member   (const WeftItem      *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            GError             **error);
const char     *weft_item_require_string   (const WeftItem      *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            GError             **error);
gboolean        weft_item_optional_string  (const WeftItem      *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            const char         **value,
                                            GError             **error);
gboolean        weft_item_require_integer  (const WeftItem      *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            gint64               min,
                                            gint64               max,
                                            gint64              *value,
                                            GError             **error);
gboolean        weft_item_optional_integer (const WeftItem      *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            gint64               min,
                                            gint64               max,
                                            gint64               fallback,
                                            gint64              *value,
                                            GError             **error);
/* That there are no members but these, up to a NULL: what is signed, kept and passed on is what was
 * understood. */
gboolean        weft_item_check_members    (const WeftItem      *object,
                                            const char *const   *names,
                                            const WeftJsonPath  *path,
                                            GError             **error);
gboolean        weft_item_optional_boolean (const WeftItem      *object,
                                            const char          *name,
                                            const WeftJsonPath  *path,
                                            gboolean             fallback,
                                            gboolean            *value,
                                            GError             **error);

G_END_DECLS
