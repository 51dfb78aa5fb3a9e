/* weft-sim-tale.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-trace-file.h"

G_BEGIN_DECLS

/* A line of a trace. */
typedef struct
{
  JsonNode *node;
  JsonObject *object;   /* of the node */
  const char *record;   /* such as "send" */
  gint64 at_usec;
  guint64 during;       /* the event in which it was written, or which it is; 0 for none */
} WeftSimTaleLine;

typedef struct
{
  guint64 number;
  guint actor;
  gboolean is_start;    /* a client began something: causes before are another story */
  GArray *causes;       /* (element-type guint64) */
  GArray *effects;      /* (element-type guint64) */
  gboolean is_in_cone;
} WeftSimTaleEvent;

typedef struct
{
  guint64 number;
  const WeftSimTaleLine *send;
  const WeftSimTaleLine *fate;    /* its receive or lose; NULL when it was under way at the end */
  const WeftSimTaleLine *stall;   /* the first, if it was held up */
} WeftSimTaleMessage;

typedef struct
{
  guint64 number;
  const WeftSimTaleLine *begin;
  const WeftSimTaleLine *end;     /* NULL when it never ended */
} WeftSimTaleOperation;

/* What a trace tells, held together. */
typedef struct
{
  char *path;
  char *build;
  WeftSimScenario *scenario;
  guint64 seed;
  gboolean is_cut;
  GArray *lines;              /* (element-type WeftSimTaleLine) */
  GPtrArray *actors;          /* (element-type utf8), their names by number */
  GPtrArray *peers;           /* (element-type utf8), their peer ids by number, or NULL */
  GHashTable *events;         /* (element-type guint64 WeftSimTaleEvent) */
  GHashTable *messages;       /* (element-type guint64 WeftSimTaleMessage) */
  GHashTable *operations;     /* (element-type guint64 WeftSimTaleOperation) */
  const WeftSimTaleLine *violation; /* the first */
  const WeftSimTaleLine *verdict;
  GPtrArray *failure_blocks;  /* (element-type utf8), that the reason names */
  GArray *failure_operations; /* (element-type guint64), likewise */
} WeftSimTale;

WeftSimTale *weft_sim_tale_read           (const char   *path,
                                           GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void         weft_sim_tale_free           (WeftSimTale  *self);
/* Why it failed; NULL when it did not, or when nothing was said. */
const char  *weft_sim_tale_get_reason     (WeftSimTale  *self);
const char  *weft_sim_tale_name_actor     (WeftSimTale  *self,
                                           guint64       actor);
/* A text with the names of actors instead of their peer ids. */
char        *weft_sim_tale_name_peers     (WeftSimTale  *self,
                                           const char   *text) G_GNUC_WARN_UNUSED_RESULT;
WeftSimTaleMessage *
             weft_sim_tale_get_message    (WeftSimTale  *self,
                                           const WeftSimTaleLine *line);
WeftSimTaleOperation *
             weft_sim_tale_get_operation  (WeftSimTale  *self,
                                           const WeftSimTaleLine *line);
/* Members of a line, with what stands for one that is not there. */
const char  *weft_sim_tale_line_get_text  (const WeftSimTaleLine *line,
                                           const char   *name);
gint64       weft_sim_tale_line_get_number (const WeftSimTaleLine *line,
                                            const char  *name);
gboolean     weft_sim_tale_line_has_block (const WeftSimTaleLine *line,
                                           const char   *block);
gboolean     weft_sim_tale_line_is        (const WeftSimTaleLine *line,
                                           const char   *record);

/* Takes everything that led to an event, and everything that came of it, into the cone. */
gboolean     weft_sim_tale_add_cone       (WeftSimTale  *self,
                                           guint64       event);
/* The same of whatever the failure is about. */
gboolean     weft_sim_tale_add_failure_cone (WeftSimTale *self);
gboolean     weft_sim_tale_is_in_cone     (WeftSimTale  *self,
                                           const WeftSimTaleLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimTale, weft_sim_tale_free)

G_END_DECLS
