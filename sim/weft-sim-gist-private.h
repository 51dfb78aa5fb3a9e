/* weft-sim-gist-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* What a request is about. */
typedef struct
{
  char *service;     /* "repo" of /db-p2p/repo/1.0.0 */
  char *verb;        /* "commit" */
  GPtrArray *blocks; /* (element-type utf8) */
  char *action;
  gint64 rev;        /* -1 when none is named */
  char *words;       /* of several requests in one; NULL when the above says all */
} WeftSimGist;

WeftSimGist *weft_sim_gist_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void         weft_sim_gist_free        (WeftSimGist       *self);
/* Finds blocks, an action and a revision, wherever they are. */
void         weft_sim_gist_gather      (WeftSimGist       *self,
                                        JsonNode          *node,
                                        guint              depth);
void         weft_sim_gist_add_blocks  (WeftSimGist       *self,
                                        JsonNode          *node);
const char  *weft_sim_gist_find_verb   (JsonObject        *body);
void         weft_sim_gist_tell_blocks (const WeftSimGist *self,
                                        GString           *words);
void         weft_sim_gist_tell_action (const WeftSimGist *self,
                                        GString           *words);
void         weft_sim_gist_tell_rev    (const WeftSimGist *self,
                                        JsonObject        *line,
                                        GString           *words);

/* Of all kinds of requests, in weft-sim-gist-kinds: what one is about, */
WeftSimGist *weft_sim_gist_read        (const char        *protocol,
                                        JsonNode          *body) G_GNUC_WARN_UNUSED_RESULT;
/* that in a line and in words, */
void         weft_sim_gist_tell        (const WeftSimGist *self,
                                        JsonObject        *line,
                                        GString           *words);
/* and its answer. */
void         weft_sim_gist_tell_answer (const WeftSimGist *asked,
                                        JsonNode          *body,
                                        JsonObject        *line,
                                        GString           *words);

/* Of what others wrote: NULL or the fallback where it is missing or of another kind. */
const char  *weft_sim_json_text        (JsonNode          *node);
gint64       weft_sim_json_integer     (JsonNode          *node,
                                        gint64             fallback);
const char  *weft_sim_json_get_text    (JsonObject        *object,
                                        const char        *name);
gint64       weft_sim_json_get_integer (JsonObject        *object,
                                        const char        *name,
                                        gint64             fallback);
JsonObject  *weft_sim_json_object      (JsonObject        *object,
                                        const char        *name);
JsonArray   *weft_sim_json_array       (JsonObject        *object,
                                        const char        *name);
JsonObject  *weft_sim_json_element     (JsonArray         *array,
                                        guint              position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimGist, weft_sim_gist_free)

G_END_DECLS
