/* weft-repo-asker.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* Requests and answers as text, so that a test reads like a transcript: JSON with ' for ". An error
 * is told as its name, "error not-found". */

/* A request that was made and may have been answered. */
typedef struct _WeftAsked WeftAsked;

WeftAsked *weft_ask                (WeftRepo   *repo,
                                    const char *operation) G_GNUC_WARN_UNUSED_RESULT;
WeftAsked *weft_ask_until          (WeftRepo   *repo,
                                    const char *operation,
                                    gint64      expiration_msec) G_GNUC_WARN_UNUSED_RESULT;
gboolean   weft_asked_is_done      (WeftAsked  *self);
/* Waits for the answer and takes over the request. */
char      *weft_asked_finish       (WeftAsked  *self) G_GNUC_WARN_UNUSED_RESULT;
void       weft_asked_expect       (WeftAsked  *self,
                                    const char *expected);
/* Asks, waits and compares; returns nothing because nothing else is right. */
void       weft_expect             (WeftRepo   *repo,
                                    const char *operation,
                                    const char *expected);
/* Canonical text of JSON with ' for "; what is no JSON stays as it is. */
char      *weft_canonical          (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Writes down what a repo emits: "c [b1,b2] a1@3; …". */
typedef struct _WeftListener WeftListener;

WeftListener *weft_listener_new    (WeftRepo     *repo) G_GNUC_WARN_UNUSED_RESULT;
void          weft_listener_free   (WeftListener *self);
/* What was heard since the last time. */
void          weft_listener_expect (WeftListener *self,
                                    const char   *expected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftListener, weft_listener_free)

/* A block of collection `c` with one attribute; operations that set or append to it. */
#define BLOCK(id, n) "{'header':{'id':'" id "','type':'t','collectionId':'c'},'n':" n "}"
#define SET(n)       "[['n',null,null," n "]]"
#define INSERT(id, n) "'transforms':{'inserts':{'" id "':" BLOCK (id, n) "}}"
#define UPDATE(id, n) "'transforms':{'updates':{'" id "':" SET (n) "}}"
#define DELETE(id)    "'transforms':{'deletes':['" id "']}"

#define PEND(action, rest)       "{'pend':{'actionId':'" action "','policy':'c'," rest "}}"
#define PEND_POLICY(action, policy, rest) \
  "{'pend':{'actionId':'" action "','policy':'" policy "'," rest "}}"
#define PUT(action, rest)        "{'put':{'actionId':'" action "','policy':'c'," rest "}}"
#define PUT_POLICY(action, policy, rest) \
  "{'put':{'actionId':'" action "','policy':'" policy "'," rest "}}"
#define COMMIT(action, ids, rev) \
  "{'commit':{'actionId':'" action "','blockIds':[" ids "],'tailId':'b','rev':" rev "}}"
#define CANCEL(action, ids) \
  "{'cancel':{'actionRef':{'actionId':'" action "','blockIds':[" ids "]}}}"
#define GET(ids)                 "{'get':{'blockIds':[" ids "]}}"
#define GET_WITH(ids, context)   "{'get':{'blockIds':[" ids "],'context':" context "}}"
#define GET_AT(ids, rev)         GET_WITH (ids, "{'committed':[],'rev':" rev "}")

#define PENDED(ids)              "{'success':true,'pending':[],'blockIds':[" ids "]}"
#define DONE                     "{'success':true}"
#define MADE(rev)                "{'success':true,'rev':" rev "}"
/* The answer to a get of one block: found, deleted or never there. */
#define FOUND(id, n, rev, latest) \
  "{'" id "':{'block':" BLOCK (id, n) ",'materializedRev':" rev ",'state':{'latest':" latest "}}}"
#define DELETED(id, rev, latest) \
  "{'" id "':{'materializedRev':" rev ",'state':{'latest':" latest "}}}"
#define ABSENT(id)               "{'" id "':{'state':{}}}"
#define REV(action, rev)         "{'actionId':'" action "','rev':" rev "}"

/* Commits an action on one block, in two requests that must succeed. */
#define LAND(repo, action, id, rev, rest)                                    \
  G_STMT_START                                                               \
    {                                                                        \
      weft_expect ((repo), PEND (action, rest), PENDED ("'" id "'"));        \
      weft_expect ((repo), COMMIT (action, "'" id "'", rev), DONE);          \
    }                                                                        \
  G_STMT_END

G_END_DECLS
