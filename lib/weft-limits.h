/* weft-limits.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <glib.h>

G_BEGIN_DECLS

/* Every limit that a peer, a file or a caller can run into, with its reason. Each has a test
 * at it and one past it. Sizes are bytes, durations are microseconds. */

/**
 * WEFT_LIMIT_CONTROL_BYTES_MAX:
 *
 * Enough for any record or routing table; a larger control message is an attack or a bug.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_CONTROL_BYTES_MAX (1024 * 1024)
/**
 * WEFT_LIMIT_MESSAGE_BYTES_MAX:
 *
 * Carries the 256 blocks of one request when they have a usual size, or eight of the largest.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_MESSAGE_BYTES_MAX (8 * 1024 * 1024)
/**
 * WEFT_LIMIT_JSON_DEPTH_MAX:
 *
 * Deeper JSON serves nobody, and every level costs stack in consumers that recurse.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_JSON_DEPTH_MAX 64
/**
 * WEFT_LIMIT_JSON_NODES_MAX:
 *
 * A node of a parsed document costs about 100 bytes: caps what 8 MiB of "[0,0,…" can cost.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_JSON_NODES_MAX (1024 * 1024)
/**
 * WEFT_LIMIT_INTEGER_MAX:
 *
 * The largest integer a JSON number carries exactly everywhere, 2^53 - 1.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_INTEGER_MAX G_GINT64_CONSTANT (9007199254740991)
/**
 * WEFT_LIMIT_BLOCK_BYTES_MAX:
 *
 * One block in canonical JSON. Blocks are small; large content is many blocks.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_BLOCK_BYTES_MAX (1024 * 1024)
/**
 * WEFT_LIMIT_BLOCK_DEPTH_MAX:
 *
 * Leaves 16 levels for whatever is around a block: requests, archives, records, envelopes.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_BLOCK_DEPTH_MAX 48
/**
 * WEFT_LIMIT_BLOCK_ID_BYTES_MAX:
 *
 * An id must fit a key of any storage engine together with its prefix (LMDB: 511 bytes).
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_BLOCK_ID_BYTES_MAX 256
/**
 * WEFT_LIMIT_ACTION_ID_BYTES_MAX:
 *
 * An id must fit a key of any storage engine together with its prefix (LMDB: 511 bytes).
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_ACTION_ID_BYTES_MAX 128
/**
 * WEFT_LIMIT_NAME_BYTES_MAX:
 *
 * Attribute names, types and network names are words, not content.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_NAME_BYTES_MAX 256
/**
 * WEFT_LIMIT_ADDRESS_BYTES_MAX:
 *
 * The longest host name, a port, a peer id and the words between take 340 bytes.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_ADDRESS_BYTES_MAX 512
/**
 * WEFT_LIMIT_KEY_FILE_BYTES_MAX:
 *
 * A key file has 119 bytes; people may add lines around the key.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_KEY_FILE_BYTES_MAX 4096
/**
 * WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX:
 *
 * Bounds the work, and the locks, of one request.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX 256
/**
 * WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX:
 *
 * Rivals for one block; each can cost a block of storage.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX 64
/**
 * WEFT_LIMIT_MISSING_ACTIONS_MAX:
 *
 * How many missed or pending actions one stale answer tells of: enough to catch up in a few.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_MISSING_ACTIONS_MAX 64
/**
 * WEFT_LIMIT_PENDING_GRACE_USEC:
 *
 * How long after its expiration a pending action is kept: a decision may still be on its way.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PENDING_GRACE_USEC (30 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_RECORD_PEERS_MAX:
 *
 * Clusters have about ten members; 64 leaves room and bounds the signatures to check.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_RECORD_PEERS_MAX 64
/**
 * WEFT_LIMIT_PEER_ADDRESSES_MAX:
 *
 * A host has a few interfaces; more addresses only make dialling slow.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PEER_ADDRESSES_MAX 8
/**
 * WEFT_LIMIT_CLUSTER_REQUESTS_MAX:
 *
 * Requests between two members that share a message: enough for one sync and one signature to cost
 * next to nothing for each, few enough that the last does not wait long for the first.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_CLUSTER_REQUESTS_MAX 64
/**
 * WEFT_LIMIT_GROUP_MAX:
 *
 * Commits that are decided together: enough for a vote to cost next to nothing for each, few enough
 * that not many have to begin again when one of them comes too late.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_GROUP_MAX 16
/**
 * WEFT_LIMIT_PEND_BLOCKS_MAX:
 *
 * Blocks of the pends that one member asks another for together: few enough to compare each with
 * each.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PEND_BLOCKS_MAX 64
/**
 * WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX:
 *
 * Keeps a fast peer from filling our queues: past it the request is answered at once. Enough for a
 * hundred callers behind one connection to share rounds; their bytes have a limit of their own.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX 256
/**
 * WEFT_LIMIT_PEER_QUEUED_BYTES_MAX:
 *
 * Two of the largest messages: what one slow reader may hold of our memory.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PEER_QUEUED_BYTES_MAX (16 * 1024 * 1024)
/**
 * WEFT_LIMIT_CONNECTIONS_MAX:
 *
 * Connections at once, in total and from one address.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_CONNECTIONS_MAX 256
/**
 * WEFT_LIMIT_CONNECTIONS_PER_ADDRESS_MAX:
 *
 * Connections at once, in total and from one address.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_CONNECTIONS_PER_ADDRESS_MAX 64
/**
 * WEFT_LIMIT_HANDSHAKES_MAX:
 *
 * Connections that have not proved who they are.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_HANDSHAKES_MAX 32
/**
 * WEFT_LIMIT_TLS_HANDSHAKES_MAX:
 *
 * GIO runs each TLS handshake in a thread of a pool of ten that everything shares.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_TLS_HANDSHAKES_MAX 6
/**
 * WEFT_LIMIT_HANDSHAKE_BYTES_MAX:
 *
 * The first two messages, from somebody nobody knows yet; a hello is below 2 KiB.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_HANDSHAKE_BYTES_MAX (16 * 1024)
/**
 * WEFT_LIMIT_PROTOCOLS_MAX:
 *
 * A node serves a handful of protocols, each in a few versions.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PROTOCOLS_MAX 64
/**
 * WEFT_LIMIT_HANDSHAKE_USEC:
 *
 * From accepting a connection to its proof.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_HANDSHAKE_USEC (10 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_DIAL_USEC:
 *
 * From accepting a connection to its proof.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_DIAL_USEC (3 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_REPLY_USEC:
 *
 * From accepting a connection to its proof.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_REPLY_USEC (10 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_READ_BUDGET_BYTES:
 *
 * How much one connection may read before the others have their turn.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_READ_BUDGET_BYTES (64 * 1024)
/**
 * WEFT_LIMIT_CONTROL_FRAMES_PER_SECOND:
 *
 * Pings, pongs and closes a connection may send per second; an honest peer sends one in many.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_CONTROL_FRAMES_PER_SECOND 16
/**
 * WEFT_LIMIT_HTTP_HEAD_BYTES_MAX:
 *
 * The upgrade request; browsers send about 1 KiB.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_HTTP_HEAD_BYTES_MAX (16 * 1024)
/**
 * WEFT_LIMIT_PING_USEC:
 *
 * A quiet connection is asked for a sign of life, and given up after this many unanswered.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PING_USEC (15 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_PINGS_MISSED_MAX:
 *
 * A quiet connection is asked for a sign of life, and given up after this many unanswered.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PINGS_MISSED_MAX 3
/**
 * WEFT_LIMIT_UNANSWERED_USEC:
 *
 * A peer may be slow to reply; one that still owes a reply so long after its deadline never
 * will.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_UNANSWERED_USEC (45 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_PINGS_PER_SECOND:
 *
 * Each ping makes us write a pong; an honest peer sends one in WEFT_LIMIT_PING_USEC.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_PINGS_PER_SECOND 16
/**
 * WEFT_LIMIT_ERROR_TEXT_BYTES_MAX:
 *
 * The text of an error reply is for a person to read.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_ERROR_TEXT_BYTES_MAX 1024
/**
 * WEFT_LIMIT_OBJECTION_BYTES_MAX:
 *
 * What a validator says travels with a vote, which has to stay small; the rest is cut off.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_OBJECTION_BYTES_MAX 256
/**
 * WEFT_LIMIT_DRAIN_USEC:
 *
 * A node that stops waits so long for the answers it owes; what takes longer is not coming.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_DRAIN_USEC (5 * G_TIME_SPAN_SECOND)
/**
 * WEFT_LIMIT_LIST_BLOCKS_MAX:
 *
 * Ids in one answer: with the longest ids, a quarter of a control message.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_LIST_BLOCKS_MAX 1000
/**
 * WEFT_LIMIT_RECENT_COMMITS_MAX:
 *
 * What a person looks at; a history is read from the blocks.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_RECENT_COMMITS_MAX 256
/**
 * WEFT_LIMIT_EXPIRATION_MSEC_MAX:
 *
 * How far ahead a record may expire: until then its slots are held when whoever proposed it is
 * gone. Ten minutes are plenty for a commit, and for clocks that differ.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_EXPIRATION_MSEC_MAX (10 * 60 * 1000)
/**
 * WEFT_LIMIT_OPEN_SLOTS_MAX:
 *
 * Slots in which a node is bound to something that is not decided yet: thousands of commits at
 * once, and a bound to what strangers can make it remember.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_OPEN_SLOTS_MAX 65536
/**
 * WEFT_LIMIT_BALLOT_STEP_MAX:
 *
 * How far above the last ballot here the next may be. A coordinator goes up by a million at most
 * where somebody names a ballot, and a member may have missed thousands of those; but a single
 * prepare of the highest number there is would end a slot for ever.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_BALLOT_STEP_MAX (G_GINT64_CONSTANT (1) << 32)
/**
 * WEFT_LIMIT_REQUESTS_WAITING_MAX:
 *
 * Requests that wait until a missing block was fetched; past it they are rejected at once.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_REQUESTS_WAITING_MAX 1024
/**
 * WEFT_LIMIT_REQUEST_WAITS_MAX:
 *
 * How often one request waits: for the base, for the pending, and once for what came meanwhile.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_REQUEST_WAITS_MAX 4
/**
 * WEFT_LIMIT_REQUEST_WAIT_USEC:
 *
 * How long a request waits for blocks: an answer that comes after WEFT_LIMIT_REPLY_USEC is lost.
 *
 * Since: 0.1
 */
#define WEFT_LIMIT_REQUEST_WAIT_USEC (4 * G_TIME_SPAN_SECOND)

G_END_DECLS
