/* weft-members-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"

G_BEGIN_DECLS

/* The canonical text of an object is written member after member, in canonical order. Each begins
 * with a comma; closing the object, which began at `start`, makes a brace of the first one. A name
 * that is given here is of letters only. */
void weft_members_append_name    (GString    *text,
                                  const char *name);
void weft_members_append_string  (GString    *text,
                                  const char *name,
                                  const char *value);
void weft_members_append_integer (GString    *text,
                                  const char *name,
                                  gint64      value);
void weft_members_close          (GString    *text,
                                  gsize       start);

/* A member of a map: the name is whatever it is. */
typedef struct
{
  const char *name;
  gpointer value;
} WeftMember;

typedef void (*WeftMemberFunc) (gpointer  value,
                                GString  *text);

/* As most maps have no more, their members need no memory of their own. */
#define WEFT_MEMBERS_ON_STACK 8

/* Appends a map whose members come in any order. */
void weft_members_append_map     (GString        *text,
                                  WeftMember     *members,
                                  guint           n_members,
                                  WeftMemberFunc  append);

G_END_DECLS
