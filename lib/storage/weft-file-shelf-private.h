/* weft-file-shelf-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-item-private.h"
#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* The segments of the log as the owner's thread sees them: what in them still counts, and reading
 * one item of one. */
typedef struct _WeftFileShelf WeftFileShelf;

WeftFileShelf *weft_file_shelf_new         (WeftFileLayer      *layer) G_GNUC_WARN_UNUSED_RESULT;
void           weft_file_shelf_free        (WeftFileShelf      *self);
/* A segment has so many bytes more, which nobody counts on yet. */
void           weft_file_shelf_note_used   (WeftFileShelf      *self,
                                            guint32             segment,
                                            gsize               bytes);
/* So many bytes of a segment count from now on, or do not if it is negative. */
void           weft_file_shelf_note_live   (WeftFileShelf      *self,
                                            guint32             segment,
                                            gssize              bytes);
void           weft_file_shelf_drop        (WeftFileShelf      *self,
                                            guint32             segment);
/* Of all segments but the newest, which is still written. */
guint64        weft_file_shelf_get_used    (WeftFileShelf      *self);
guint64        weft_file_shelf_get_live    (WeftFileShelf      *self);
guint64        weft_file_shelf_get_live_of (WeftFileShelf      *self,
                                            guint32             segment);
/* The oldest, unless it is the newest, or 0. */
guint32        weft_file_shelf_get_oldest  (WeftFileShelf      *self);
/* Reads the bytes of an item into `*bytes`, and what they are into `item`, which points there. An
 * error of the device is UNAVAILABLE; that it is not there, or not an item, is CORRUPT. The text
 * may be damaged. */
gboolean       weft_file_shelf_read        (WeftFileShelf      *self,
                                            guint32             segment,
                                            guint32             offset,
                                            guint32             length,
                                            GBytes            **bytes,
                                            WeftFileItem       *item,
                                            GError            **error);
/* Reads bytes of a segment, whatever they are; NULL when that fails. */
GBytes        *weft_file_shelf_read_part   (WeftFileShelf      *self,
                                            guint32             segment,
                                            guint64             offset,
                                            gsize               length) G_GNUC_WARN_UNUSED_RESULT;
WeftFileLayer *weft_file_shelf_get_layer   (WeftFileShelf      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileShelf, weft_file_shelf_free)

G_END_DECLS
