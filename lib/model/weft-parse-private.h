/* weft-parse-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-action-rev.h"
#include "weft-json-private.h"
#include "weft-repo-message.h"

G_BEGIN_DECLS

/* from_json() of the values that are parts of trees: their errors name the whole path. */
WeftActionRev   *weft_action_rev_parse   (JsonNode            *json,
                                          const WeftJsonPath  *path,
                                          GError             **error);
WeftRepoMessage *weft_repo_message_parse (JsonNode            *json,
                                          const WeftJsonPath  *path,
                                          GError             **error);

G_END_DECLS
