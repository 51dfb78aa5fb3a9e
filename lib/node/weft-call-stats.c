/* weft-call-stats.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-call-stats-private.h"

struct _WeftCallStats
{
  guint ref_count;

  guint64 served[WEFT_CALL_KINDS];
  guint64 errors[WEFT_CALL_CODES];
  guint64 dropped;
  guint open;

  WeftCallIdleFunc idle; /* NULL for nobody */
  gpointer idle_data;
};

static const char *const kind_names[] = {
  [WEFT_CALL_GET] = "get",
  [WEFT_CALL_PEND] = "pend",
  [WEFT_CALL_CANCEL] = "cancel",
  [WEFT_CALL_COMMIT] = "commit",
  [WEFT_CALL_PUT] = "put",
  [WEFT_CALL_ARCHIVE] = "archive",
  [WEFT_CALL_RESTORE] = "restore",
  [WEFT_CALL_CONTENT] = "content",
  [WEFT_CALL_LIST] = "list",
  [WEFT_CALL_VOUCH] = "vouch",
  [WEFT_CALL_CLUSTER] = "cluster",
  [WEFT_CALL_STATUS] = "status",
  [WEFT_CALL_PEERS] = "peers",
  [WEFT_CALL_EXPLAIN] = "explain",
  [WEFT_CALL_RING] = "ring",
  [WEFT_CALL_OTHER] = "other",
};

G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == WEFT_CALL_KINDS);

WeftCallStats *
weft_call_stats_new (void)
{
  WeftCallStats *self = g_new0 (WeftCallStats, 1);

  self->ref_count = 1;

  return self;
}

WeftCallStats *
weft_call_stats_ref (WeftCallStats *self)
{
  g_assert (self->ref_count > 0);

  self->ref_count++;

  return self;
}

void
weft_call_stats_unref (WeftCallStats *self)
{
  g_assert (self->ref_count > 0);

  if (--self->ref_count > 0)
    return;

  g_assert (self->open == 0);
  g_free (self);
}

void
weft_call_stats_begin (WeftCallStats *self)
{
  self->open++;
}

/* Counts an answered call; an error that is not of our domain counts as `failed`, which is also
 * how it travels. */
void
weft_call_stats_end (WeftCallStats *self,
                     WeftCallKind   kind,
                     const GError  *error)
{
  g_assert (self->open > 0);
  g_assert (kind < WEFT_CALL_KINDS);

  self->served[kind]++;
  if (error != NULL)
    {
      WeftError code = error->domain == WEFT_ERROR ? (WeftError) error->code : WEFT_ERROR_FAILED;

      g_assert ((guint) code < WEFT_CALL_CODES);
      self->errors[code]++;
    }

  self->open--;
  if (self->open == 0 && self->idle != NULL)
    self->idle (self->idle_data);
}

/* Counts a one-way message, which no service here takes. */
void
weft_call_stats_drop (WeftCallStats *self)
{
  self->dropped++;
}

guint
weft_call_stats_get_open (WeftCallStats *self)
{
  return self->open;
}

void
weft_call_stats_watch_idle (WeftCallStats    *self,
                            WeftCallIdleFunc  idle,
                            gpointer          user_data)
{
  self->idle = idle;
  self->idle_data = user_data;
}

JsonNode *
weft_call_stats_to_json (WeftCallStats *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);

  json_builder_set_member_name (builder, "served");
  json_builder_begin_object (builder);
  for (guint i = 0; i < WEFT_CALL_KINDS; i++)
    {
      json_builder_set_member_name (builder, kind_names[i]);
      json_builder_add_int_value (builder, self->served[i]);
    }
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "errors");
  json_builder_begin_object (builder);
  for (guint i = 0; i < WEFT_CALL_CODES; i++)
    if (self->errors[i] > 0)
      {
        json_builder_set_member_name (builder, weft_error_to_name (i));
        json_builder_add_int_value (builder, self->errors[i]);
      }
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "open");
  json_builder_add_int_value (builder, self->open);
  json_builder_set_member_name (builder, "dropped");
  json_builder_add_int_value (builder, self->dropped);

  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

const char *
weft_call_kind_to_name (WeftCallKind kind)
{
  g_assert (kind < WEFT_CALL_KINDS);

  return kind_names[kind];
}
