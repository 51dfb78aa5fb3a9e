/* weft-tool.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* What the process exits with; the manual page says the same. */
typedef enum
{
  WEFT_EXIT_OK = 0,
  WEFT_EXIT_FAILED = 1,
  WEFT_EXIT_USAGE = 2,
  WEFT_EXIT_NOT_FOUND = 3,
  WEFT_EXIT_STALE = 4,
  WEFT_EXIT_UNAVAILABLE = 5,
} WeftExit;

/* One run of the tool: what was asked for on the command line, and the connection once made. */
typedef struct
{
  char *node;
  char *network;
  char *key;
  gboolean json;
  gboolean quiet;

  const char *verb; /* (nullable): once it is known */
  WeftMultiaddr *address;
  WeftClock *clock;
  WeftRandom *random;
  WeftTransport *transport;
  WeftRemoteRepo *repo;
} WeftTool;

/* A result that is waited for on the main context, so that a verb reads from top to bottom. */
typedef struct
{
  GAsyncResult *result;
} WeftAwait;

void          weft_tool_clear         (WeftTool     *self);
WeftIdentity *weft_tool_get_identity  (WeftTool     *self,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads what says which node; what is wrong with it is wrong usage. */
gboolean      weft_tool_find_node     (WeftTool     *self,
                                       GError      **error);
gboolean      weft_tool_connect       (WeftTool     *self,
                                       GError      **error);
/* Asks {"name":{}} of the node's service; an object. */
JsonNode     *weft_tool_ask_node      (WeftTool     *self,
                                       const char   *name,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WeftExit      weft_tool_fail          (WeftTool     *self,
                                       GError       *error);
/* An argument that no node has to be asked about. Takes the error. */
WeftExit      weft_tool_refuse        (WeftTool     *self,
                                       GError       *error);
WeftExit      weft_tool_usage         (WeftTool     *self,
                                       const char   *format,
                                       ...) G_GNUC_PRINTF (2, 3);

void          weft_await_cb           (GObject      *source,
                                       GAsyncResult *result,
                                       gpointer      user_data);
GAsyncResult *weft_await              (WeftAwait    *await);
void          weft_await_clear        (WeftAwait    *await);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftAwait, weft_await_clear)

G_END_DECLS
