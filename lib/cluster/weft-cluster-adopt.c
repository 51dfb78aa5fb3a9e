/* weft-cluster-adopt.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-adopt-private.h"

#include "weft-cluster-proof-private.h"
#include "weft-cluster-take-private.h"

typedef struct
{
  WeftClusterMember *member;
  WeftClusterParts *parts;
  WeftBlockArchive *archive;
  const char *block_id; /* of the archive */
  guint next;           /* of its revisions */
  WeftSettledFunc settled;
  gpointer user_data;
} Adoption;

static void
adoption_free (Adoption *adoption)
{
  g_clear_pointer (&adoption->archive, weft_block_archive_unref);
  g_clear_object (&adoption->member);
  weft_cluster_parts_unref (adoption->parts);
  g_free (adoption);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Adoption, adoption_free)

static void adopt_next (Adoption *adoption);

static void
settle (Adoption     *adoption,
        const GError *error)
{
  g_autoptr(Adoption) owned = adoption;

  weft_cluster_parts_count (adoption->parts, error == NULL ? "adopted" : "adoptions-failed");
  adoption->settled (error, adoption->user_data);
}

static void
taken_cb (gboolean      is_false,
          const GError *error,
          gpointer      user_data)
{
  Adoption *adoption = user_data;

  if (error != NULL)
    settle (adoption, error);
  else
    adopt_next (adoption);
}

static gboolean
keep (Adoption            *adoption,
      WeftArchiveRevision *revision,
      WeftPending         *content)
{
  return weft_storage_repo_put_pending (adoption->parts->repo, adoption->block_id,
                                        weft_archive_revision_get_action_id (revision), content,
                                        TRUE, NULL);
}

/* What the archive proves is kept as pending before anything is applied: an action on several
 * blocks needs what it does to the others, and where nobody else is there each archive brings it
 * for those that are written with it. */
static void
keep_contents (Adoption *adoption)
{
  GPtrArray *revisions = weft_block_archive_get_revisions (adoption->archive);
  gint64 latest_rev = weft_cluster_proof_read_latest (adoption->parts, adoption->block_id, NULL);
  g_autoptr(WeftClusterRecord) before = NULL;

  for (guint i = 0; latest_rev >= 0 && i < revisions->len; i++)
    {
      WeftArchiveRevision *revision = g_ptr_array_index (revisions, i);
      g_autoptr(WeftClusterRecord) certificate = NULL;
      g_autoptr(WeftPending) content = NULL;
      gboolean is_good;

      if (weft_archive_revision_get_rev (revision) <= latest_rev)
        continue;
      if (before != NULL)
        is_good = weft_cluster_proof_goes_on (adoption->parts, adoption->block_id, revision,
                                              before, &content, &certificate);
      else
        is_good = weft_cluster_proof_check (adoption->parts, adoption->block_id, revision,
                                            &content, &certificate, NULL) == WEFT_PROOF_GOOD;
      if (!is_good || !keep (adoption, revision, content))
        return;
      g_clear_pointer (&before, weft_cluster_record_unref);
      before = g_steal_pointer (&certificate);
    }
}

/* From the oldest on, what is not here yet. */
static void
adopt_next (Adoption *adoption)
{
  GPtrArray *revisions = weft_block_archive_get_revisions (adoption->archive);
  g_autoptr(GError) error = NULL;
  gint64 latest_rev
      = weft_cluster_proof_read_latest (adoption->parts, adoption->block_id, &error);

  while (error == NULL && adoption->next < revisions->len)
    {
      WeftArchiveRevision *revision = g_ptr_array_index (revisions, adoption->next++);

      if (weft_archive_revision_get_rev (revision) <= latest_rev)
        continue;
      weft_cluster_take_revision (adoption->member, adoption->parts, adoption->parts->peer_id,
                                  adoption->block_id, revision, taken_cb, adoption);
      return;
    }

  settle (adoption, error);
}

static void
alarm_cb (gpointer user_data)
{
  keep_contents (user_data);
  adopt_next (user_data);
}

void
weft_cluster_adopt (WeftClusterMember *member,
                    WeftClusterParts  *parts,
                    WeftBlockArchive  *archive,
                    WeftSettledFunc    settled,
                    gpointer           user_data)
{
  Adoption *adoption = g_new0 (Adoption, 1);

  adoption->member = g_object_ref (member);
  adoption->parts = weft_cluster_parts_ref (parts);
  adoption->archive = weft_block_archive_ref (archive);
  adoption->block_id = weft_block_archive_get_block_id (adoption->archive);
  adoption->settled = settled;
  adoption->user_data = user_data;
  weft_clock_add_alarm (parts->clock, weft_cluster_parts_get_now (parts), alarm_cb, adoption, NULL);
}
