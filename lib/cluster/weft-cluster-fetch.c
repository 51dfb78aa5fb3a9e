/* weft-cluster-fetch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-fetch-private.h"

#include "weft-cluster-proof-private.h"
#include "weft-cluster-take-private.h"
#include "weft-cluster-record-private.h"
#include "weft-commit-request-private.h"
#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-pending-private.h"
#include "weft-parts-private.h"
#include "weft-protocol-private.h"
#include "weft-repo-message-private.h"
#include "weft-transport-private.h"

/* A long history comes in pages, the newest first, and is applied from the oldest on. When there
 * are so many, the newest are dropped and asked for again. */
#define PAGES_MAX 4
/* Who does not answer in this time is passed over as long as there are others: whoever waits for
 * what is fetched does not wait for ever (WEFT_LIMIT_REQUEST_WAIT_USEC). */
#define PATIENCE_USEC (WEFT_LIMIT_REPLY_USEC / 4)
/* How often one peer is asked for the block. */
#define ROUNDS_MAX 64

typedef struct
{
  WeftClusterMember *member;
  WeftClusterParts *parts;
  char *block_id;
  gint64 rev;
  /* (nullable) (element-type WeftCommitRequest): whose content is wanted */
  GPtrArray *commits;
  guint next_commit;
  gboolean is_decided;
  GPtrArray *peer_ids;
  guint next_peer;
  guint n_rounds;            /* with the peer that is asked */
  gint64 after_rev;          /* what was here when the last page was asked for */
  GPtrArray *pages;          /* (element-type WeftBlockArchive) (owned) */
  guint next_revision;       /* of the last page */
  WeftArchiveRevision *revision; /* (unowned) (nullable): of that page, is being taken over */
  WeftSettledFunc settled;
  gpointer user_data;
  GError *error;             /* (nullable): of the last peer */
  gboolean is_in_doubt;      /* a peer did not answer, so it may have it */
} Fetch;

static const WeftJsonPath root_path = { NULL };

static void ask_peer (Fetch *fetch);
static void ask_page (Fetch *fetch,
                      gint64 rev);
static void apply_next (Fetch *fetch);

static void
fetch_free (Fetch *fetch)
{
  g_clear_pointer (&fetch->pages, g_ptr_array_unref);
  g_clear_pointer (&fetch->peer_ids, g_ptr_array_unref);
  g_clear_pointer (&fetch->commits, g_ptr_array_unref);
  g_clear_error (&fetch->error);
  g_free (fetch->block_id);
  g_clear_object (&fetch->member);
  weft_cluster_parts_unref (fetch->parts);
  g_free (fetch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static void
settle (Fetch        *fetch,
        const GError *error)
{
  g_autoptr(Fetch) owned = fetch;

  weft_cluster_parts_count (fetch->parts, error == NULL ? "fetched" : "fetches-failed");
  fetch->settled (error, fetch->user_data);
}

static void
alarm_cb (gpointer user_data)
{
  Fetch *fetch = user_data;

  /* It may have come since. */
  if (fetch->commits != NULL && fetch->commits->len == 0)
    settle (fetch, NULL);
  else
    ask_peer (fetch);
}

/* This peer could not help: the next one may. */
static void
give_up_peer (Fetch  *fetch,
              GError *error)
{
  if (!g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND)
      && !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL))
    fetch->is_in_doubt = TRUE;
  g_clear_error (&fetch->error);
  fetch->error = error;
  fetch->next_peer++;
  fetch->n_rounds = 0;
  g_ptr_array_set_size (fetch->pages, 0);
  ask_peer (fetch);
}

static gboolean
has_others (Fetch *fetch)
{
  for (guint i = fetch->next_peer + 1; i < fetch->peer_ids->len; i++)
    if (!weft_peer_id_equal (g_ptr_array_index (fetch->peer_ids, i), fetch->parts->peer_id))
      return TRUE;

  return FALSE;
}

static void
request (Fetch         *fetch,
         JsonBuilder   *builder,
         WeftAnswerFunc replied)
{
  g_autofree char *protocol = weft_protocol_make_name (fetch->parts->prefix, "sync");
  g_autoptr(JsonNode) body = json_builder_get_root (builder);

  weft_transport_ask (fetch->parts->transport,
                      g_ptr_array_index (fetch->peer_ids, fetch->next_peer), protocol, body, NULL,
                      has_others (fetch) ? PATIENCE_USEC : 0, replied, fetch);
}

static WeftCommitRequest *
get_commit (Fetch *fetch)
{
  return g_ptr_array_index (fetch->commits, fetch->next_commit);
}

/* The content that a commit is about: an action may be pending for another revision, as it was put
 * again, or was behind others in a chain that did not come about. It is the same change. NULL when
 * it is another one. */
static WeftPending *
make_content (WeftPending       *pending,
              WeftCommitRequest *commit,
              const char        *block_id)
{
  const char *digest = weft_commit_request_get_digest (commit, block_id);
  gint64 base = weft_commit_request_get_base (commit, block_id);
  g_autoptr(WeftPending) content = weft_pending_ref (pending);

  if (weft_pending_get_base (pending) != base && base >= 0)
    {
      weft_pending_unref (content);
      content = weft_pending_new (weft_pending_get_transform (pending), base,
                                  weft_pending_get_expiration (pending));
    }

  return g_strcmp0 (digest, weft_pending_get_digest (content)) == 0
           ? g_steal_pointer (&content) : NULL;
}

static WeftPending *
read_content (Fetch           *fetch,
              const WeftItem  *body,
              GError         **error)
{
  const WeftJsonPath path = { &root_path, "content" };
  g_autoptr(WeftPending) pending = NULL;
  WeftPending *content;
  const WeftItem *member = weft_item_require_member (body, "content", &root_path, error);
  const WeftItem *object = member != NULL ? weft_item_get_object (member, &path, error) : NULL;

  member = object != NULL ? weft_item_require_member (object, fetch->block_id, &path, error) : NULL;
  pending = member != NULL ? weft_pending_read (member, NULL, error) : NULL;
  if (pending == NULL)
    return NULL;

  content = make_content (pending, get_commit (fetch), fetch->block_id);
  if (content != NULL)
    return content;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
               "block %s: the content of action %s is another one", fetch->block_id,
               weft_commit_request_get_action_id (get_commit (fetch)));
  return NULL;
}

static void ask_content (Fetch *fetch);

static void
content_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  Fetch *fetch = user_data;
  g_autoptr(WeftPending) pending = NULL;
  GError *local_error = error != NULL ? g_error_copy (error) : NULL;

  if (error == NULL)
    pending = read_content (fetch, body, &local_error);
  if (pending != NULL
      && !weft_storage_repo_put_pending (fetch->parts->repo, fetch->block_id,
                                         weft_commit_request_get_action_id (get_commit (fetch)),
                                         pending, fetch->is_decided, &local_error))
    g_clear_pointer (&pending, weft_pending_unref);

  if (pending == NULL)
    give_up_peer (fetch, local_error);
  else if (++fetch->next_commit == fetch->commits->len)
    settle (fetch, NULL);
  else
    ask_content (fetch);
}

static void
ask_content (Fetch *fetch)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "content");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "actionId");
  json_builder_add_string_value (builder, weft_commit_request_get_action_id (get_commit (fetch)));
  json_builder_set_member_name (builder, "blockIds");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, fetch->block_id);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  request (fetch, builder, content_cb);
}

/* Nothing that an honest peer could have been given: it checks what it keeps. */
static void
report (Fetch               *fetch,
        WeftArchiveRevision *revision)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr(JsonNode) proof = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "blockId");
  json_builder_add_string_value (builder, fetch->block_id);
  json_builder_set_member_name (builder, "rev");
  json_builder_add_int_value (builder, weft_archive_revision_get_rev (revision));
  json_builder_set_member_name (builder, "actionId");
  json_builder_add_string_value (builder, weft_archive_revision_get_action_id (revision));
  json_builder_set_member_name (builder, "certificate");
  json_builder_add_value (builder,
                          json_node_ref (weft_archive_revision_get_certificate (revision)));
  json_builder_end_object (builder);
  proof = json_builder_get_root (builder);

  weft_cluster_parts_report (fetch->parts, g_ptr_array_index (fetch->peer_ids, fetch->next_peer),
                             "false-proof", proof);
}

static void
taken_cb (gboolean      is_false,
          const GError *error,
          gpointer      user_data)
{
  Fetch *fetch = user_data;

  if (is_false)
    report (fetch, fetch->revision);
  if (error != NULL)
    give_up_peer (fetch, g_error_copy (error));
  else
    apply_next (fetch);
}

/* From the oldest page on, what is not here yet. */
static void
apply_next (Fetch *fetch)
{
  g_autoptr(GError) error = NULL;
  gint64 latest_rev = weft_cluster_proof_read_latest (fetch->parts, fetch->block_id, &error);

  if (weft_cluster_member_is_closed (fetch->member))
    {
      g_clear_error (&error);
      g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                           "this node leaves its clusters");
    }
  /* Others can not help with that. */
  if (error != NULL)
    {
      settle (fetch, error);
      return;
    }

  while (fetch->pages->len > 0)
    {
      WeftBlockArchive *page = g_ptr_array_index (fetch->pages, fetch->pages->len - 1);
      GPtrArray *revisions = weft_block_archive_get_revisions (page);

      while (fetch->next_revision < revisions->len)
        {
          WeftArchiveRevision *revision
              = g_ptr_array_index (revisions, fetch->next_revision++);

          if (weft_archive_revision_get_rev (revision) > latest_rev)
            {
              fetch->revision = revision;
              weft_cluster_take_revision (fetch->member, fetch->parts,
                                          g_ptr_array_index (fetch->peer_ids, fetch->next_peer),
                                          fetch->block_id, revision, taken_cb, fetch);
              return;
            }
        }
      g_ptr_array_remove_index (fetch->pages, fetch->pages->len - 1);
      fetch->next_revision = 0;
    }

  if (latest_rev >= fetch->rev)
    settle (fetch, NULL);
  else
    ask_page (fetch, 0);
}

static WeftBlockArchive *
read_archive (Fetch           *fetch,
              const WeftItem  *body,
              GError         **error)
{
  const WeftItem *member = weft_item_find (body, "archive");
  g_autoptr(WeftBlockArchive) archive = NULL;

  if (member != NULL)
    archive = weft_block_archive_read (member, NULL, error);
  else
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                 "block %s: the peer has no revision after %" G_GINT64_FORMAT, fetch->block_id,
                 fetch->after_rev);
  if (archive == NULL)
    return NULL;

  if (g_str_equal (weft_block_archive_get_block_id (archive), fetch->block_id)
      && weft_block_archive_get_revisions (archive)->len > 0)
    return g_steal_pointer (&archive);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
               "expected revisions of block %s, got an archive of %s with %u", fetch->block_id,
               weft_block_archive_get_block_id (archive),
               weft_block_archive_get_revisions (archive)->len);
  return NULL;
}

static void
page_cb (WeftTransport  *transport,
         const WeftItem *body,
         const GError   *error,
         gpointer        user_data)
{
  Fetch *fetch = user_data;
  g_autoptr(WeftBlockArchive) page = NULL;
  GError *local_error = error != NULL ? g_error_copy (error) : NULL;
  WeftArchiveRevision *first;
  gint64 latest_rev = -1;

  if (error == NULL)
    page = read_archive (fetch, body, &local_error);
  if (local_error == NULL)
    latest_rev = weft_cluster_proof_read_latest (fetch->parts, fetch->block_id, &local_error);
  if (local_error != NULL)
    {
      give_up_peer (fetch, local_error);
      return;
    }

  first = g_ptr_array_index (weft_block_archive_get_revisions (page), 0);
  if (fetch->pages->len == PAGES_MAX)
    g_ptr_array_remove_index (fetch->pages, 0);
  g_ptr_array_add (fetch->pages, weft_block_archive_ref (page));
  fetch->next_revision = 0;
  if (weft_block_archive_get_range_start (page) > latest_rev + 1
      && weft_archive_revision_get_rev (first) > 1)
    ask_page (fetch, weft_archive_revision_get_rev (first) - 1);
  else
    apply_next (fetch);
}

static void
ask_page (Fetch *fetch,
          gint64 rev)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  GError *error = NULL;

  fetch->after_rev = weft_cluster_proof_read_latest (fetch->parts, fetch->block_id, &error);
  if (error == NULL && ++fetch->n_rounds > ROUNDS_MAX)
    g_set_error (&error, WEFT_ERROR, WEFT_ERROR_EXHAUSTED,
                 "block %s: the history does not come to an end", fetch->block_id);
  if (error != NULL)
    {
      give_up_peer (fetch, error);
      return;
    }

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "blockId");
  json_builder_add_string_value (builder, fetch->block_id);
  json_builder_set_member_name (builder, "after");
  json_builder_add_int_value (builder, fetch->after_rev);
  if (rev > 0)
    {
      json_builder_set_member_name (builder, "rev");
      json_builder_add_int_value (builder, rev);
    }
  json_builder_end_object (builder);

  request (fetch, builder, page_cb);
}

static void
ask_peer (Fetch *fetch)
{
  while (fetch->next_peer < fetch->peer_ids->len
         && weft_peer_id_equal (g_ptr_array_index (fetch->peer_ids, fetch->next_peer),
                                fetch->parts->peer_id))
    fetch->next_peer++;

  if (fetch->next_peer == fetch->peer_ids->len || weft_cluster_member_is_closed (fetch->member))
    {
      g_autoptr(GError) error
          = g_error_new (WEFT_ERROR,
                         fetch->is_in_doubt ? WEFT_ERROR_UNAVAILABLE : WEFT_ERROR_NOT_FOUND,
                         "block %s: no other member could bring what is missing here%s%s",
                         fetch->block_id, fetch->error != NULL ? ": " : "",
                         fetch->error != NULL ? fetch->error->message : "");

      settle (fetch, error);
    }
  else if (fetch->commits != NULL)
    ask_content (fetch);
  else
    ask_page (fetch, 0);
}

static Fetch *
fetch_new (WeftClusterMember *member,
           WeftClusterParts  *parts,
           const char        *block_id,
           GPtrArray         *peer_ids,
           WeftSettledFunc    settled,
           gpointer           user_data)
{
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->member = g_object_ref (member);
  fetch->parts = weft_cluster_parts_ref (parts);
  fetch->block_id = g_strdup (block_id);
  fetch->peer_ids = g_ptr_array_ref (peer_ids);
  fetch->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_archive_unref);
  fetch->settled = settled;
  fetch->user_data = user_data;
  /* Without anybody to ask it ends at once, and not within the call. */
  weft_clock_add_alarm (parts->clock, weft_cluster_parts_get_now (parts), alarm_cb, fetch, NULL);

  return fetch;
}

void
weft_cluster_fetch_revisions (WeftClusterMember *member,
                              WeftClusterParts  *parts,
                              const char        *block_id,
                              gint64             rev,
                              GPtrArray         *peer_ids,
                              WeftSettledFunc    settled,
                              gpointer           user_data)
{
  Fetch *fetch = fetch_new (member, parts, block_id, peer_ids, settled, user_data);

  fetch->rev = rev;
}

/* Whether the content of a commit is here. What votes and locks hold for another revision is the
 * same change, and is made for that one again if it is asked for. */
static gboolean
has_content (WeftClusterParts  *parts,
             WeftCommitRequest *commit,
             const char        *block_id)
{
  const char *action_id = weft_commit_request_get_action_id (commit);
  g_autoptr(WeftPending) stored
      = weft_storage_repo_read_content (parts->repo, block_id, action_id, NULL);
  g_autoptr(WeftPending) content
      = stored != NULL ? make_content (stored, commit, block_id) : NULL;

  return content != NULL
         && weft_storage_repo_put_pending (parts->repo, block_id, action_id, content, TRUE, NULL);
}

/* (element-type WeftCommitRequest): of those that change the block. */
static GPtrArray *
list_lacking (WeftClusterParts  *parts,
              WeftClusterRecord *record,
              const char        *block_id)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (record);
  GPtrArray *commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);

  for (guint i = 0; i < weft_repo_message_get_n_commits (message); i++)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit_at (message, i);

      if (weft_commit_request_has_block (commit, block_id)
          && !has_content (parts, commit, block_id))
        g_ptr_array_add (commits, weft_commit_request_ref (commit));
    }

  return commits;
}

void
weft_cluster_fetch_content (WeftClusterMember *member,
                            WeftClusterParts  *parts,
                            const char        *block_id,
                            WeftClusterRecord *record,
                            GPtrArray         *peer_ids,
                            WeftSettledFunc    settled,
                            gpointer           user_data)
{
  Fetch *fetch = fetch_new (member, parts, block_id, peer_ids, settled, user_data);

  fetch->commits = list_lacking (parts, record, block_id);
  fetch->is_decided = weft_cluster_record_get_n_commits (record)
                      >= weft_cluster_record_get_commits_needed (record);
}

static void
add_peers (GPtrArray         *peer_ids,
           WeftClusterRecord *record,
           GPtrArray         *peers,
           gboolean           have_voted)
{
  for (guint i = 0; i < peers->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));
      gboolean has_voted = record != NULL && i < weft_cluster_record_get_n_peers (record)
                           && (weft_cluster_record_get_commit (record, i) != NULL
                               || weft_cluster_record_get_promise (record, i) != NULL);

      if (has_voted == have_voted)
        g_ptr_array_add (peer_ids, weft_peer_id_ref (peer_id));
    }
}

GPtrArray *
weft_cluster_fetch_list_peers (WeftClusterRecord *record,
                               GPtrArray         *peers)
{
  GPtrArray *peer_ids = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);

  add_peers (peer_ids, record, peers, TRUE);
  add_peers (peer_ids, record, peers, FALSE);

  return peer_ids;
}
