/* weft-cluster-record.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-internal-private.h"

#include "weft-boxed-private.h"
#include "weft-commit-request-private.h"

/**
 * WeftClusterRecord:
 *
 * An operation on its way through a cluster: the message, the peers that have to agree, and their
 * votes.
 *
 * The members of a cluster agree on what the hash of the message is of: the operation, who decides,
 * and how many of them it takes. See [the page on consensus](consensus.html).
 *
 * Since: 0.1
 */

static void
clear (WeftClusterRecord *self)
{
  weft_cluster_record_clear (self);
}

/**
 * weft_cluster_record_ref:
 * @self: a record
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_cluster_record_unref:
 * @self: (transfer full): a record
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_cluster_record_to_string:
 * @self: a record
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_cluster_record_to_json:
 * @self: a record
 *
 * Writes the value as `{"version":2,"messageHash","message","peers":{id:{"addrs":[…]}},
 * "membership","policy":{"superMajority"},"ballot","justification"?:{id:Prepared},
 * "promises"?:{id:Vote},"commits"?:{id:Vote}}`.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
/**
 * weft_cluster_record_equal:
 * @a: a record
 * @b: another one
 *
 * Compares two values by their canonical JSON, votes included.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftClusterRecord, weft_cluster_record, clear)

/**
 * weft_cluster_record_new:
 * @message: a pend, a cancel, or a commit that has base and digest of each of its blocks
 * @peers: (element-type WeftClusterPeer): who decides, 1 to 64, each once
 * @super_majority: the part of them that has to promise, 0 to 1
 * @error: return location for a [error@Weft.Error]
 *
 * Creates a record that nobody has voted on, at the first ballot.
 *
 * Returns: (transfer full): the record, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftClusterRecord *
weft_cluster_record_new (WeftRepoMessage *message,
                         GPtrArray       *peers,
                         double           super_majority,
                         GError         **error)
{
  g_autoptr (WeftBallot) ballot = NULL;
  g_autoptr (WeftRecordCore) core = NULL;

  g_return_val_if_fail (message != NULL, NULL);
  g_return_val_if_fail (peers != NULL, NULL);
  g_return_val_if_fail (super_majority >= 0, NULL);
  g_return_val_if_fail (super_majority <= 1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  core = weft_record_core_new (message, peers, super_majority, NULL, error);
  if (core == NULL)
    return NULL;
  ballot = weft_ballot_new_first ();

  return weft_cluster_record_new_blank (core, ballot);
}

/**
 * weft_cluster_record_get_message:
 * @self: a record
 *
 * Gets what the members agree on.
 *
 * Returns: (transfer none): the message
 *
 * Since: 0.1
 */
WeftRepoMessage *
weft_cluster_record_get_message (WeftClusterRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->core->message;
}

/**
 * weft_cluster_record_get_message_hash:
 * @self: a record
 *
 * Gets the name of what the members agree on: the SHA-256 of the message, the membership and the
 * policy.
 *
 * Returns: (transfer none): the hash in multibase base58btc
 *
 * Since: 0.1
 */
const char *
weft_cluster_record_get_message_hash (WeftClusterRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->core->message_hash;
}

/**
 * weft_cluster_record_get_membership:
 * @self: a record
 *
 * Gets the SHA-256 of the sorted list of the peers. Their addresses are no part of it.
 *
 * Returns: (transfer none): the hash in base64url
 *
 * Since: 0.1
 */
const char *
weft_cluster_record_get_membership (WeftClusterRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->core->membership;
}

const char *
weft_cluster_record_get_pin (WeftClusterRecord *self)
{
  WeftCommitRequest *commit = weft_repo_message_get_commit (self->core->message);
  const char *target = commit != NULL ? weft_commit_request_get_membership (commit) : NULL;

  return target != NULL ? target : self->core->membership;
}

/**
 * weft_cluster_record_get_super_majority:
 * @self: a record
 *
 * Gets the part of the peers that has to promise.
 *
 * Returns: the part, 0 to 1
 *
 * Since: 0.1
 */
double
weft_cluster_record_get_super_majority (WeftClusterRecord *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->core->super_majority;
}

/**
 * weft_cluster_record_get_peers:
 * @self: a record
 *
 * Gets who decides.
 *
 * Returns: (transfer none) (element-type WeftClusterPeer): the peers, sorted by peer id
 *
 * Since: 0.1
 */
GPtrArray *
weft_cluster_record_get_peers (WeftClusterRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->core->peers;
}

/**
 * weft_cluster_record_has_peer:
 * @self: a record
 * @peer_id: (type Weft.PeerId): a peer id
 *
 * Tells whether a peer is one of those who decide.
 *
 * Returns: whether it is
 *
 * Since: 0.1
 */
gboolean
weft_cluster_record_has_peer (WeftClusterRecord *self,
                              WeftPeerId        *peer_id)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);

  return weft_cluster_record_find_peer (self, peer_id) >= 0;
}

/**
 * weft_cluster_record_from_json:
 * @json: `{"version":2,"messageHash","message","peers":{id:{"addrs":[…]}},"membership",
 *   "policy":{"superMajority"},"ballot","justification"?:{id:Prepared},"promises"?:{id:Vote},
 *   "commits"?:{id:Vote}}`
 * @error: return location for a [error@Weft.Error]
 *
 * Reads a record. There are no members but these, the hashes are right, and who votes is one of the
 * peers; whether the signatures are right is not looked at. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, with
 *   %WEFT_ERROR_REFUSED for another version, or with %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftClusterRecord *
weft_cluster_record_from_json (JsonNode *json,
                               GError  **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);

  return tape != NULL ? weft_cluster_record_read (weft_tape_get_root (tape), NULL, error) : NULL;
}
