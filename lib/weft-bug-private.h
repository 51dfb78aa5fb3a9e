/* weft-bug-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bugs that a test build can have. A simulation that finds nothing says little as long as nobody
 * knows what it would have found; so tests/sim/hunt-bugs runs scenarios with each of these and
 * tells how soon a checker notices, and what it says. tests/sim/README.md says how to add one.
 *
 * Elsewhere WEFT_BUG() is FALSE for the compiler, and there is no trace of any of this. */
#define WEFT_BUGS(X) \
  X (COMMIT_NOT_DURABLE, "a commit is acknowledged before it is durable") \
  X (READ_NOT_DURABLE, "a read answers what is not durable yet") \
  X (OLDEST_BATCH_AWAITED, "of several batches in flight, an answer waits for the oldest") \
  X (FAILED_BATCH_ACKNOWLEDGED, "a commit whose batch failed is acknowledged") \
  X (FAILED_BATCH_READ, "a read answers what a failed batch took back") \
  X (LATEST_IGNORED, "a commit goes over a revision that came in between") \
  X (BASE_IGNORED, "a commit looks at its revision, not at its base") \
  X (OTHER_BASES_IGNORED, "a commit compares the base of its first block only") \
  X (OTHER_BLOCKS_DROPPED, "a commit applies its first block only") \
  X (COMMIT_IN_PARTS, "a commit of several blocks is several batches") \
  X (RETRY_NOT_RECOGNISED, "a commit that was done is refused as stale when asked for again") \
  X (DELETE_DROPPED, "a delete leaves the block as it was") \
  X (CACHE_NOT_RENEWED, "a commit leaves the block before it in the cache") \
  X (LABEL_AHEAD, "a read answers an older block with the latest revision") \
  X (ARCHIVE_WITH_HOLE, "an archive leaves out a revision") \
  X (GET_NOT_ANSWERED, "a read of several blocks is never answered") \
  X (LINK_END_IS_FAILURE, "a request that was sent when its link ended is told to have failed") \
  X (TIMEOUT_IS_FAILURE, "a request that was not answered in time is told to have failed") \
  X (CREDIT_KEPT, "a receiver gives no credit back") \
  X (SILENCE_BELIEVED, "a link over which nothing comes any more is kept") \
  X (FAILED_PEND_ACKNOWLEDGED, "a pend whose batch failed is acknowledged") \
  X (RESTART_FORGETS, "what is pending is forgotten when the node starts") \
  X (EXPIRY_EARLY, "what is pending expires before its time") \
  X (CANCEL_DROPS_OTHERS, "a cancel drops what others have pending, too") \
  X (CANCEL_CLEARS_BLOCK, "a cancel of what is not pending forgets the block") \
  X (PAST_LABELLED_LATEST, "a read of an old revision is labelled with the latest") \
  X (CHAIN_WITH_HOLE, "a block is rebuilt without one of the changes") \
  X (UNKNOWN_IS_SUCCESS, "a writer that is not told takes it for success") \
  X (BASES_FORGOTTEN, "a writer does not say which revisions it has read") \
  X (VOTE_FORGOTTEN, "a member forgets its votes when it starts") \
  X (LOCK_FORGOTTEN, "a member forgets its locks when it starts") \
  X (PREPARED_FORGOTTEN, "a member forgets what it prepared when it starts") \
  X (VOTE_TWICE, "a member votes for rivals at one ballot") \
  X (VOTE_NOT_RAISED, "a vote does not keep a member from lower ballots") \
  X (LOCK_BELOW, "a member locks below the ballot that it prepared") \
  X (LOCK_NOT_TOLD, "an answer to a prepare does not tell of the lock") \
  X (LOCK_IGNORED, "a recovery looks at no locks, and members accept that") \
  X (PREPARE_NOT_KEPT, "a member does not remember a higher prepare") \
  X (PROMISES_TOO_FEW, "one promise less is enough") \
  X (COMMITS_TOO_FEW, "one commit less is enough") \
  X (RELEASED_IN_TIME, "a member lets go what it holds when its time is over") \
  X (SENT_BEFORE_SYNC, "an answer leaves before what it rests on is durable") \
  X (APPLIED_EARLY, "a member applies with one commit less than a certificate has") \
  X (CONTENT_IGNORED, "a member votes for and applies another content than is meant") \
  X (MEMBER_BASE_IGNORED, "a member votes on another base than it has") \
  X (PROMISES_TOO_MANY, "one promise more is needed") \
  X (COMMITS_TOO_MANY, "one commit more is needed") \
  X (STRANGERS_ADMITTED, "strangers are admitted, and their votes count") \
  X (VOTES_UNCHECKED, "a vote counts whoever signed it") \
  X (STATEMENTS_UNCHECKED, "an answer to a prepare counts whoever signed it") \
  X (JUSTIFICATION_IGNORED, "a member votes at any ballot without a justification") \
  X (LOCK_UNPROVEN, "a member locks whatever it is asked to lock") \
  X (CERTIFICATE_UNPROVEN, "a member applies what nobody has committed") \
  X (VOTE_BELOW, "a member votes below the ballot that it prepared") \
  X (LOCK_DROPPED, "a member lets go of its lock when it votes at a higher ballot") \
  X (RELEASED_IN_PART, "what lost one of its slots stays locked in others") \
  X (EXPIRED_TAKEN, "a member votes for what has expired") \
  X (READ_TOO_FEW, "a read is content with one answer less") \
  X (READ_LOCKS_IGNORED, "a read does not ask what became of a lock") \
  X (PIN_IGNORED, "a member goes by its view, not by the history of the block") \
  X (TARGET_UNCHECKED, "a member moves blocks to whomever") \
  X (PIN_STALE_READ, "a read is content with those who kept the block before") \
  X (PROPOSAL_PIN_IGNORED, "a coordinator believes locks and certificates of any peers") \
  X (UNSETTLED_TELLS, "a member that knows nothing yet says that there is no block") \
  X (CHAIN_CONTENT, "what a follower changes is judged on the latest of its block") \
  X (CHAIN_GAP, "a follower is voted for without what comes before it") \
  X (CHAIN_IN_PART, "of a chain that was decided the first commit is applied, and told as all") \
  X (GROUP_IN_PART, "a member votes for a group when its first commit is pending") \
  X (GROUP_MIXED, "what becomes of the blocks of a group is of its first commit") \
  X (PREPARED_IMPLIED, "what was prepared above a vote on many slots is not stored") \
  X (CARRIED_BELIEVED, "content that comes with a record is taken for what the record means") \
  X (DOUBT_FORGOTTEN, "what may be decided together with others is tried alone as if it were new") \
  X (PROCESS_REMEMBERED, "what a node says depends on what the process did before")

typedef enum
{
#define WEFT_BUG_MEMBER(name, words) WEFT_BUG_##name,
  WEFT_BUGS (WEFT_BUG_MEMBER)
#undef WEFT_BUG_MEMBER
  WEFT_N_BUGS
} WeftBug;

#ifdef WEFT_SEEDED_BUGS
#define WEFT_BUG(name) (weft_bug_is_on (WEFT_BUG_##name))
/* Whether it is the one that is on. */
gboolean    weft_bug_is_on     (WeftBug bug);
/* Turns one on and all others off; WEFT_N_BUGS turns all off. */
void        weft_bug_turn_on   (WeftBug bug);
/* How often the place was passed since it was turned on. */
guint64     weft_bug_get_n     (void);
const char *weft_bug_get_name  (WeftBug bug);
const char *weft_bug_get_words (WeftBug bug);
#else
#define WEFT_BUG(name) (FALSE && WEFT_BUG_##name >= 0)
#endif

G_END_DECLS
