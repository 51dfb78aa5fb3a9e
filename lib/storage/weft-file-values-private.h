/* weft-file-values-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-scope-private.h"
#include "weft-file-shelf-private.h"

G_BEGIN_DECLS

/* The values that are in memory: those that are not durable yet, and of the others those that were
 * used last, as far as there is room. Most are written and never read: of these a few are kept, in
 * case somebody asks for what was just stored. */
typedef struct _WeftFileValues WeftFileValues;

WeftFileValues *weft_file_values_new    (WeftFileShelf   *shelf,
                                         gsize            bytes_max) G_GNUC_WARN_UNUSED_RESULT;
void            weft_file_values_free   (WeftFileValues  *self);
/* Gives an entry that is not durable its value, which stays until settle() or drop(). */
void            weft_file_values_set    (WeftFileValues  *self,
                                         WeftFileEntry   *entry,
                                         WeftStored      *stored);
/* From now on it can be read again, and so be forgotten. */
void            weft_file_values_settle (WeftFileValues  *self,
                                         WeftFileEntry   *entry);
void            weft_file_values_drop   (WeftFileValues  *self,
                                         WeftFileEntry   *entry);
/* The value of an entry of a scope, read if need be; good until the next call. */
WeftFileValue  *weft_file_values_get    (WeftFileValues  *self,
                                         WeftFileScope   *scope,
                                         WeftFileEntry   *entry,
                                         GError         **error);
/* Replaces a tape by what was read from it. */
void            weft_file_values_keep_typed (WeftFileValue        *value,
                                             const WeftStoredType *type,
                                             gpointer              typed);
/* Says that what an entry holds makes no sense. */
void            weft_file_values_set_corrupt (WeftFileValues  *self,
                                              WeftFileScope   *scope,
                                              WeftFileEntry   *entry,
                                              const char      *reason,
                                              GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileValues, weft_file_values_free)

G_END_DECLS
