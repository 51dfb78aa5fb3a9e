/* weft-sim-place-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* A document that is being read. The first error stays, and what is read after it does not
 * count: whoever reads looks once, at the end. */
typedef struct
{
  const char *text;
  GError *error;
} WeftSimReader;

typedef struct _WeftSimPlace WeftSimPlace;

/* A value in the document, or a member that is not there. */
struct _WeftSimPlace
{
  WeftSimReader *reader;
  const WeftSimPlace *parent;
  const char *name; /* as a member; NULL as an element */
  guint index;
  JsonNode *node;   /* NULL when there is nothing */
};

/* From low to high, both included; equal when nothing is to be drawn. */
typedef struct
{
  gint64 low;
  gint64 high;
} WeftSimSpan;

typedef struct
{
  double low;
  double high;
} WeftSimRange;

WeftSimPlace weft_sim_place_root          (WeftSimReader       *reader,
                                           JsonNode            *node);
WeftSimPlace weft_sim_place_member        (const WeftSimPlace  *self,
                                           const char          *name);
WeftSimPlace weft_sim_place_element       (const WeftSimPlace  *self,
                                           guint                index);
void         weft_sim_place_set_error     (const WeftSimPlace  *self,
                                           const char          *format,
                                           ...) G_GNUC_PRINTF (2, 3);
/* Whether it is an object of these members, of which any may be missing. */
gboolean     weft_sim_place_is_object     (const WeftSimPlace  *self,
                                           const char * const  *names);
guint        weft_sim_place_get_length    (const WeftSimPlace  *self);
void         weft_sim_place_require       (const WeftSimPlace  *self,
                                           const char          *name);

/* Of a member; the fallback when there is none. */
const char  *weft_sim_place_get_string    (const WeftSimPlace  *self,
                                           const char          *name);
guint        weft_sim_place_get_choice    (const WeftSimPlace  *self,
                                           const char          *name,
                                           const char * const  *choices,
                                           guint                fallback);
guint        weft_sim_place_read_choice   (const WeftSimPlace  *self,
                                           const char * const  *choices,
                                           guint                fallback);
gboolean     weft_sim_place_get_boolean   (const WeftSimPlace  *self,
                                           const char          *name,
                                           gboolean             fallback);
gint64       weft_sim_place_get_integer   (const WeftSimPlace  *self,
                                           const char          *name,
                                           gint64               min,
                                           gint64               max,
                                           gint64               fallback);
double       weft_sim_place_get_number    (const WeftSimPlace  *self,
                                           const char          *name,
                                           double               min,
                                           double               max,
                                           double               fallback);
/* A number, or two from between which something is drawn. */
WeftSimRange weft_sim_place_get_range     (const WeftSimPlace  *self,
                                           const char          *name,
                                           double               min,
                                           double               max,
                                           WeftSimRange         fallback);
/* The same of integers. */
WeftSimSpan  weft_sim_place_get_integers  (const WeftSimPlace  *self,
                                           const char          *name,
                                           gint64               min,
                                           gint64               max,
                                           WeftSimSpan          fallback);
/* In microseconds. */
gint64       weft_sim_place_get_duration  (const WeftSimPlace  *self,
                                           const char          *name,
                                           gint64               min_usec,
                                           gint64               max_usec,
                                           gint64               fallback_usec);
WeftSimSpan  weft_sim_place_get_durations (const WeftSimPlace  *self,
                                           const char          *name,
                                           gint64               min_usec,
                                           gint64               max_usec,
                                           gint64               fallback_usec);
char        *weft_sim_format_duration     (gint64               usec);

G_END_DECLS
