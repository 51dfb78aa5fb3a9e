/* weft-record-core.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-record-core-private.h"

#include <string.h>

#include "weft-message-hash-private.h"
#include "weft-parts-private.h"
#include "weft-repo-message-private.h"
#include "weft-text-private.h"
#include "weft-thresholds.h"

/* What stands around a message, and more. */
#define TEXT_BYTES_BESIDES 192

static const char *const policy_names[] = { "superMajority", NULL };

static void
clear (WeftRecordCore *self)
{
  g_clear_pointer (&self->message, weft_repo_message_unref);
  g_clear_pointer (&self->message_hash, g_free);
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_ref_string_release);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->deciders_text, g_ref_string_release);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->leaves); i++)
    g_clear_pointer (&self->leaves[i], g_free);
}

WeftRecordCore *
weft_record_core_ref (WeftRecordCore *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
weft_record_core_unref (WeftRecordCore *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

static int
compare_slots (gconstpointer a,
               gconstpointer b)
{
  return weft_slot_compare (*(WeftSlot *const *) a, *(WeftSlot *const *) b);
}

/* One slot for each block, with a content that cannot be another one. */
static gboolean
take_commit (WeftRecordCore     *self,
             WeftCommitRequest  *commit,
             const WeftJsonPath *path,
             GError            **error)
{
  const char *const *block_ids = weft_commit_request_get_block_ids (commit);

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gint64 base = weft_commit_request_get_base (commit, block_ids[i]);

      if (base < 0 || weft_commit_request_get_digest (commit, block_ids[i]) == NULL)
        {
          weft_json_set_error (error, path, "expected a commit with base and digest of each block");
          return FALSE;
        }
      if (base >= weft_commit_request_get_rev (commit))
        {
          weft_json_set_error (error, path, "expected a commit above the base of each block");
          return FALSE;
        }
      g_ptr_array_add (self->slots, weft_slot_new (block_ids[i], base));
    }

  return TRUE;
}

/* Those of all its commits. */
static gboolean
take_slots (WeftRecordCore     *self,
            const WeftJsonPath *path,
            GError            **error)
{
  guint n_commits = weft_repo_message_get_n_commits (self->message);

  for (guint i = 0; i < n_commits; i++)
    if (!take_commit (self, weft_repo_message_get_commit_at (self->message, i), path, error))
      return FALSE;
  g_ptr_array_sort (self->slots, compare_slots);

  return TRUE;
}

static char *
make_membership (GPtrArray *peers)
{
  g_autofree char *membership = weft_message_hash_of_membership (peers);

  return g_ref_string_new (membership);
}

void
weft_record_core_append_policy (double   super_majority,
                                GString *text)
{
  char number[WEFT_JSON_NUMBER_CHARS_MAX];
  gsize length = weft_json_format_double (super_majority, number);

  weft_text_append (text, "{\"superMajority\":");
  weft_text_append_len (text, number, length);
  g_string_append_c (text, '}');
}

static char *
make_deciders_text (GPtrArray *peers,
                    double     super_majority)
{
  g_autoptr (GString) text = g_string_sized_new (512);

  weft_text_append (text, "\"peers\":");
  weft_cluster_peers_append (peers, text);
  weft_text_append (text, ",\"policy\":");
  weft_record_core_append_policy (super_majority, text);

  return g_ref_string_new_len (text->str, (gssize) text->len);
}

/* The message is written once, to be hashed and wherever the record goes. */
static void
take_text (WeftRecordCore *self,
           const WeftItem *message)
{
  gsize size = message != NULL ? message->source_length : 512;
  GString *text = g_string_sized_new (size + TEXT_BYTES_BESIDES);

  weft_text_append (text, "{\"membership\":\"");
  weft_text_append (text, self->membership);
  weft_text_append (text, "\",\"message\":");
  if (message != NULL)
    weft_item_append (message, text);
  else
    weft_repo_message_append (self->message, text);
  self->message_length = text->len - 1;
  weft_text_append (text, ",\"policy\":");
  weft_record_core_append_policy (self->super_majority, text);
  g_string_append_c (text, '}');
  self->message_hash = weft_message_hash_new (text->str, text->len);
  self->text = g_string_free (text, FALSE);
}

/* From its message, which came as `text` or was made here, and its peers all the rest follows. */
static gboolean
complete (WeftRecordCore     *self,
          const WeftItem     *text,
          const WeftJsonPath *path,
          GError            **error)
{
  const WeftJsonPath message_path = { path, "message", 0 };
  WeftRepoOperation operation = weft_repo_message_get_operation (self->message);

  if (operation == WEFT_REPO_OPERATION_GET || operation == WEFT_REPO_OPERATION_PUT)
    {
      weft_json_set_error (error, &message_path, "expected a pend, a cancel or a commit");
      return FALSE;
    }
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_unref);
  if (!take_slots (self, &message_path, error))
    return FALSE;
  take_text (self, text);
  self->promises_needed = weft_thresholds_get_promises (self->peers->len, self->super_majority);
  self->commits_needed = weft_thresholds_get_commits (self->peers->len);

  return TRUE;
}

static void
take_deciders (WeftRecordCore *self,
               WeftRecordCore *known)
{
  self->peers = g_ptr_array_ref (known->peers);
  self->membership = g_ref_string_acquire (known->membership);
  self->super_majority = known->super_majority;
  self->deciders_text = g_ref_string_acquire (known->deciders_text);
}

/* The peers may come in any order: who is near a block is named first. */
static gboolean
has_deciders (WeftRecordCore *self,
              GPtrArray      *peers,
              double          super_majority)
{
  if (self->peers->len != peers->len || self->super_majority != super_majority)
    return FALSE;
  for (guint i = 0; i < peers->len; i++)
    if (!g_ptr_array_find (self->peers, g_ptr_array_index (peers, i), NULL)
        || !g_ptr_array_find (peers, g_ptr_array_index (self->peers, i), NULL))
      return FALSE;

  return TRUE;
}

WeftRecordCore *
weft_record_core_new (WeftRepoMessage *message,
                      GPtrArray       *peers,
                      double           super_majority,
                      WeftRecordCore  *known,
                      GError         **error)
{
  g_autoptr (WeftRecordCore) self = g_atomic_rc_box_new0 (WeftRecordCore);

  self->message = weft_repo_message_ref (message);
  if (known != NULL && has_deciders (known, peers, super_majority))
    {
      take_deciders (self, known);
      return complete (self, NULL, NULL, error) ? g_steal_pointer (&self) : NULL;
    }

  self->super_majority = super_majority;
  self->peers = weft_cluster_peers_copy (peers, error);
  if (self->peers == NULL)
    return NULL;
  self->membership = make_membership (self->peers);
  self->deciders_text = make_deciders_text (self->peers, super_majority);
  if (!complete (self, NULL, NULL, error))
    return NULL;

  return g_steal_pointer (&self);
}

static gboolean
read_policy (const WeftItem     *object,
             double             *super_majority,
             const WeftJsonPath *path,
             GError            **error)
{
  const WeftJsonPath policy_path = { path, "policy", 0 };
  const WeftJsonPath here = { &policy_path, "superMajority", 0 };
  const WeftItem *member = weft_item_require_member (object, "policy", path, error);
  const WeftItem *policy;

  if (member == NULL)
    return FALSE;
  policy = weft_item_get_object (member, &policy_path, error);
  if (policy == NULL || !weft_item_check_members (policy, policy_names, &policy_path, error))
    return FALSE;
  member = weft_item_require_member (policy, "superMajority", &policy_path, error);
  if (member == NULL)
    return FALSE;
  *super_majority = member->kind == WEFT_ITEM_INTEGER ? (double) member->integer
                    : member->kind == WEFT_ITEM_REAL  ? member->real
                                                      : -1;
  if (*super_majority >= 0 && *super_majority <= 1)
    return TRUE;

  weft_json_set_error (error, &here, "expected a number from 0 to 1");
  return FALSE;
}

GPtrArray *
weft_record_core_read_deciders (const WeftItem     *object,
                                char              **membership,
                                double             *super_majority,
                                const WeftJsonPath *path,
                                GError            **error)
{
  const WeftJsonPath here = { path, "membership", 0 };
  g_autoptr (GPtrArray) peers = weft_cluster_peers_read (object, path, error);
  g_autofree char *expected = NULL;
  const char *claimed;

  if (peers == NULL)
    return NULL;
  claimed = weft_item_require_string (object, "membership", path, error);
  if (claimed == NULL)
    return NULL;
  expected = weft_message_hash_of_membership (peers);
  if (!g_str_equal (claimed, expected))
    {
      weft_json_set_error (error, &here, "expected the hash of the peers, %s", expected);
      return NULL;
    }
  if (!read_policy (object, super_majority, path, error))
    return NULL;
  *membership = g_ref_string_new (expected);

  return g_steal_pointer (&peers);
}

WeftRecordCore *
weft_record_core_new_peers (WeftRecordCore *self)
{
  WeftRecordCore *copy = g_atomic_rc_box_new0 (WeftRecordCore);

  take_deciders (copy, self);

  return copy;
}

/* The members `peers`, `membership` and `policy`. */
static gboolean
read_deciders (WeftRecordCore     *self,
               const WeftItem     *object,
               WeftRecordCore     *known,
               const WeftJsonPath *path,
               GError            **error)
{
  if (known != NULL && weft_item_find (object, "peers") == NULL
      && weft_item_find (object, "policy") == NULL)
    {
      take_deciders (self, known);
      return TRUE;
    }

  self->peers = weft_record_core_read_deciders (object, &self->membership, &self->super_majority,
                                                path, error);
  if (self->peers == NULL)
    return FALSE;
  self->deciders_text = make_deciders_text (self->peers, self->super_majority);

  return TRUE;
}

WeftRecordCore *
weft_record_core_read (const WeftItem     *object,
                       WeftRecordCore     *known,
                       const WeftJsonPath *path,
                       GError            **error)
{
  const WeftJsonPath message_path = { path, "message", 0 };
  const WeftJsonPath hash_path = { path, "messageHash", 0 };
  g_autoptr (WeftRecordCore) self = g_atomic_rc_box_new0 (WeftRecordCore);
  const char *claimed = weft_item_require_string (object, "messageHash", path, error);
  const WeftItem *message;

  if (claimed == NULL)
    return NULL;
  message = weft_item_require_member (object, "message", path, error);
  if (message == NULL)
    return NULL;
  self->message = weft_repo_message_read (message, &message_path, error);
  if (self->message == NULL)
    return NULL;
  if (!read_deciders (self, object, known, path, error) || !complete (self, message, path, error))
    return NULL;
  if (!g_str_equal (claimed, self->message_hash))
    {
      weft_json_set_error (error, &hash_path, "expected the hash of the message, %s",
                           self->message_hash);
      return NULL;
    }

  return g_steal_pointer (&self);
}

const guint8 *
weft_record_core_get_leaf (WeftRecordCore *self,
                           guint           purpose,
                           const char     *network)
{
  const WeftRecordLeaf *leaf = g_atomic_pointer_get (&self->leaves[purpose]);

  return leaf != NULL && g_str_equal (leaf->network, network) ? leaf->hash : NULL;
}

void
weft_record_core_set_leaf (WeftRecordCore *self,
                           guint           purpose,
                           const char     *network,
                           const guint8    hash[WEFT_SHA256_BYTES])
{
  gsize size = strlen (network) + 1;
  WeftRecordLeaf *leaf = g_malloc (sizeof *leaf + size);

  memcpy (leaf->hash, hash, sizeof leaf->hash);
  memcpy (leaf->network, network, size);
  if (!g_atomic_pointer_compare_and_exchange (&self->leaves[purpose], NULL, leaf))
    g_free (leaf);
}

void
weft_record_core_append_message (WeftRecordCore *self,
                                 GString        *text)
{
  weft_text_append_len (text, self->text + 1, self->message_length);
}

void
weft_record_core_append (WeftRecordCore *self,
                         GString        *text)
{
  weft_record_core_append_message (self, text);
  weft_text_append (text, ",\"messageHash\":\"");
  weft_text_append (text, self->message_hash);
  weft_text_append (text, "\",");
  weft_text_append_len (text, self->deciders_text,
                        g_ref_string_length (self->deciders_text));
}
