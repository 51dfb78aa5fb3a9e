/* weft-storage-repo-validate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What an application has to say to a commit, before this node has a part in it. */

#include "config.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-storage-repo-private.h"

gboolean
weft_storage_repo_validates (WeftStorageRepo *self)
{
  return self->validate_commit != NULL;
}

WeftBlockChange *
weft_storage_repo_make_change (WeftStorageRepo    *self,
                               const char         *block_id,
                               WeftBlockMetadata  *metadata,
                               WeftPending        *pending,
                               GError            **error)
{
  g_auto (WeftMaterialized) latest = { NULL };

  if (!weft_versioned_materialize (self->versioned, block_id, metadata, 0, &latest, error))
    return NULL;

  return weft_block_change_new (block_id, latest.rev, latest.block,
                                weft_pending_get_transform (pending), error);
}

gboolean
weft_storage_repo_validate_commit (WeftStorageRepo   *self,
                                   WeftCommitRequest *request,
                                   GPtrArray         *changes,
                                   GError           **error)
{
  g_autofree char *objection = NULL;
  g_autofree char *text = NULL;

  if (self->validate_commit == NULL || changes->len == 0)
    return TRUE;
  objection = self->validate_commit (self, request, changes, self->validate_commit_data);
  if (objection == NULL)
    return TRUE;

  /* It travels, and what is too long would not. */
  if (strlen (objection) > WEFT_LIMIT_OBJECTION_BYTES_MAX)
    objection[WEFT_LIMIT_OBJECTION_BYTES_MAX] = '\0';
  text = g_utf8_make_valid (objection, -1);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED, "%s", text);
  return FALSE;
}

/**
 * weft_storage_repo_set_commit_validator:
 * @self: a repo
 * @validate: (nullable) (scope notified) (closure user_data) (destroy destroy): what judges
 *   commits, or %NULL to let all pass
 * @user_data: data for @validate
 * @destroy: (nullable): called on @user_data once @validate is not used any more
 *
 * Sets what is asked before something becomes a revision: by a repo on its own before it commits,
 * by a member of a cluster before it votes. What it says against it is the answer, with
 * %WEFT_ERROR_REFUSED; in a cluster when so many members object that too few are left to promise.
 *
 * All members of a cluster have to judge alike. What a super-majority promised is not judged again
 * by a member that comes later, and what was decided not at all.
 *
 * Since: 0.1
 */
void
weft_storage_repo_set_commit_validator (WeftStorageRepo       *self,
                                        WeftValidateCommitFunc validate,
                                        gpointer               user_data,
                                        GDestroyNotify         destroy)
{
  g_return_if_fail (WEFT_IS_STORAGE_REPO (self));

  if (self->validate_commit_destroy != NULL)
    self->validate_commit_destroy (self->validate_commit_data);
  self->validate_commit = validate;
  self->validate_commit_data = user_data;
  self->validate_commit_destroy = destroy;
}
