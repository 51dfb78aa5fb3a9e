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

/* Enough for any record or routing table; a larger control message is an attack or a bug. */
#define WEFT_LIMIT_CONTROL_BYTES_MAX (1024 * 1024)
/* Carries the 256 blocks of one request when they have a usual size, or eight of the largest. */
#define WEFT_LIMIT_MESSAGE_BYTES_MAX (8 * 1024 * 1024)
/* Deeper JSON serves nobody, and every level costs stack in consumers that recurse. */
#define WEFT_LIMIT_JSON_DEPTH_MAX 64
/* A node of a parsed document costs about 100 bytes: caps what 8 MiB of "[0,0,…" can cost. */
#define WEFT_LIMIT_JSON_NODES_MAX (1024 * 1024)
/* The largest integer a JSON number carries exactly everywhere, 2^53 - 1. */
#define WEFT_LIMIT_INTEGER_MAX G_GINT64_CONSTANT (9007199254740991)
/* One block in canonical JSON. Blocks are small; large content is many blocks. */
#define WEFT_LIMIT_BLOCK_BYTES_MAX (1024 * 1024)
/* Leaves 16 levels for whatever is around a block: requests, archives, records, envelopes. */
#define WEFT_LIMIT_BLOCK_DEPTH_MAX 48
/* An id must fit a key of any storage engine together with its prefix (LMDB: 511 bytes). */
#define WEFT_LIMIT_BLOCK_ID_BYTES_MAX 256
#define WEFT_LIMIT_ACTION_ID_BYTES_MAX 128
/* Attribute names, types and network names are words, not content. */
#define WEFT_LIMIT_NAME_BYTES_MAX 256
/* The longest host name, a port, a peer id and the words between take 340 bytes. */
#define WEFT_LIMIT_ADDRESS_BYTES_MAX 512
/* A key file has 119 bytes; people may add lines around the key. */
#define WEFT_LIMIT_KEY_FILE_BYTES_MAX 4096
/* Bounds the work, and the locks, of one request. */
#define WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX 256
/* Rivals for one block; each can cost a block of storage. */
#define WEFT_LIMIT_PENDINGS_PER_BLOCK_MAX 64
/* How many missed or pending actions one stale answer tells of: enough to catch up in a few. */
#define WEFT_LIMIT_MISSING_ACTIONS_MAX 64
/* How long after its expiration a pending action is kept: a decision may still be on its way. */
#define WEFT_LIMIT_PENDING_GRACE_USEC (30 * G_TIME_SPAN_SECOND)
/* Clusters have about ten members; 64 leaves room and bounds the signatures to check. */
#define WEFT_LIMIT_RECORD_PEERS_MAX 64
/* A host has a few interfaces; more addresses only make dialling slow. */
#define WEFT_LIMIT_PEER_ADDRESSES_MAX 8
/* Keeps a fast peer from filling our queues: past it the request is answered at once. */
#define WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX 64
/* Two of the largest messages: what one slow reader may hold of our memory. */
#define WEFT_LIMIT_PEER_QUEUED_BYTES_MAX (16 * 1024 * 1024)
/* Connections at once, in total and from one address. */
#define WEFT_LIMIT_CONNECTIONS_MAX 256
#define WEFT_LIMIT_CONNECTIONS_PER_ADDRESS_MAX 64
/* Connections that have not proved who they are. */
#define WEFT_LIMIT_HANDSHAKES_MAX 32
/* GIO runs each TLS handshake in a thread of a pool of ten that everything shares. */
#define WEFT_LIMIT_TLS_HANDSHAKES_MAX 6
/* The first two messages, from somebody nobody knows yet; a hello is below 2 KiB. */
#define WEFT_LIMIT_HANDSHAKE_BYTES_MAX (16 * 1024)
/* A node serves a handful of protocols, each in a few versions. */
#define WEFT_LIMIT_PROTOCOLS_MAX 64
/* From accepting a connection to its proof. */
#define WEFT_LIMIT_HANDSHAKE_USEC (10 * G_TIME_SPAN_SECOND)
#define WEFT_LIMIT_DIAL_USEC (3 * G_TIME_SPAN_SECOND)
#define WEFT_LIMIT_REPLY_USEC (10 * G_TIME_SPAN_SECOND)
/* How much one connection may read before the others have their turn. */
#define WEFT_LIMIT_READ_BUDGET_BYTES (64 * 1024)
/* Pings, pongs and closes a connection may send per second; an honest peer sends one in many. */
#define WEFT_LIMIT_CONTROL_FRAMES_PER_SECOND 16
/* The upgrade request; browsers send about 1 KiB. */
#define WEFT_LIMIT_HTTP_HEAD_BYTES_MAX (16 * 1024)
/* A quiet connection is asked for a sign of life, and given up after this many unanswered. */
#define WEFT_LIMIT_PING_USEC (15 * G_TIME_SPAN_SECOND)
#define WEFT_LIMIT_PINGS_MISSED_MAX 3
/* A peer may be slow to reply; one that still owes a reply so long after its deadline never will. */
#define WEFT_LIMIT_UNANSWERED_USEC (45 * G_TIME_SPAN_SECOND)
/* Each ping makes us write a pong; an honest peer sends one in WEFT_LIMIT_PING_USEC. */
#define WEFT_LIMIT_PINGS_PER_SECOND 16
/* The text of an error reply is for a person to read. */
#define WEFT_LIMIT_ERROR_TEXT_BYTES_MAX 1024
/* A node that stops waits so long for the answers it owes; what takes longer is not coming. */
#define WEFT_LIMIT_DRAIN_USEC (5 * G_TIME_SPAN_SECOND)
/* Ids in one answer: with the longest ids, a quarter of a control message. */
#define WEFT_LIMIT_LIST_BLOCKS_MAX 1000
/* What a person looks at; a history is read from the blocks. */
#define WEFT_LIMIT_RECENT_COMMITS_MAX 256

G_END_DECLS
