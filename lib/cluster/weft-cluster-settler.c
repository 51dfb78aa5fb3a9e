/* weft-cluster-settler.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-settler-private.h"

#include "weft-cluster-fetch-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-cluster-proof-private.h"
#include "weft-ids-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-transport-private.h"

/* How often it is looked whether somebody came or went, before and after the first round. */
#define FIRST_USEC (100 * G_TIME_SPAN_MILLISECOND)
#define LOOK_USEC (2 * G_TIME_SPAN_SECOND)
/* So many neighbours are asked, one after the other; each shows so many blocks at a time. */
#define NEIGHBOURS_MAX 32
#define PAGE_BLOCKS 256
#define PAGES_MAX 1024
#define REPLY_USEC (WEFT_LIMIT_REPLY_USEC / 4)

struct _WeftClusterSettler
{
  guint ref_count;
  WeftCoordinatorRepo *repo; /* (unowned): it closes this before it goes */
  WeftClusterParts *parts;
  GPtrArray *neighbours;     /* (nullable): who were there the last time */
  GPtrArray *asked;          /* (nullable): of a round under way, or the last one */
  guint next_peer;           /* of those */
  guint n_pages;             /* that it has shown */
  char *after;               /* (nullable): the last block that it looked at for us */
  GQueue lacking;            /* (element-type utf8) (owned): what it has and we do not */
  gboolean is_asking;
  guint64 alarm_id;          /* 0 when none is set */
  gboolean is_closed;
};

static const WeftJsonPath root_path = { NULL };

static void go_on (WeftClusterSettler *self);

static WeftPeerId *
get_peer (WeftClusterSettler *self)
{
  return weft_cluster_peer_get_peer_id (g_ptr_array_index (self->asked, self->next_peer));
}

static void
next_peer (WeftClusterSettler *self)
{
  self->next_peer++;
  self->n_pages = 0;
  g_clear_pointer (&self->after, g_free);
}

/* TRUE while the peer has more to show. */
static gboolean
read_page (WeftClusterSettler *self,
           const WeftItem     *body)
{
  const WeftItem *ids = weft_item_find (body, "blockIds");
  const WeftItem *item = NULL;
  const char *after = NULL;
  gboolean more = FALSE;

  if (!weft_item_optional_boolean (body, "more", &root_path, FALSE, &more, NULL)
      || !weft_item_optional_string (body, "after", &root_path, &after, NULL))
    return FALSE;
  if (ids != NULL && ids->kind == WEFT_ITEM_ARRAY)
    item = weft_item_first (ids);
  for (guint i = 0; item != NULL && i < PAGE_BLOCKS; i++, item = weft_item_next (ids, item))
    {
      const char *id = weft_item_get_string (item, &root_path, NULL);

      if (id != NULL && weft_ids_check_block (id, &root_path, NULL)
          && weft_cluster_proof_read_latest (self->parts, id, NULL) == 0)
        g_queue_push_tail (&self->lacking, g_strdup (id));
    }

  /* Who does not get on shows the same for ever. */
  if (!more || after == NULL || !weft_ids_check_block (after, &root_path, NULL)
      || (self->after != NULL && strcmp (after, self->after) <= 0) || ++self->n_pages == PAGES_MAX)
    return FALSE;
  g_free (self->after);
  self->after = g_strdup (after);

  return TRUE;
}

static void
page_cb (WeftTransport  *transport,
         const WeftItem *body,
         const GError   *error,
         gpointer        user_data)
{
  WeftClusterSettler *self = user_data;

  if (!self->is_closed && (body == NULL || !read_page (self, body)))
    self->n_pages = PAGES_MAX;
  go_on (self);
  weft_cluster_settler_unref (self);
}

static void
ask_page (WeftClusterSettler *self)
{
  g_autofree char *protocol = weft_protocol_make_name (self->parts->prefix, "sync");
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr(JsonNode) body = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "list");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "keeper");
  json_builder_add_string_value (builder, weft_peer_id_get_text (self->parts->peer_id));
  json_builder_set_member_name (builder, "limit");
  json_builder_add_int_value (builder, PAGE_BLOCKS);
  if (self->after != NULL)
    {
      json_builder_set_member_name (builder, "after");
      json_builder_add_string_value (builder, self->after);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);

  self->ref_count++;
  weft_transport_ask (self->parts->transport, get_peer (self), protocol, body, NULL, REPLY_USEC,
                      page_cb, self);
}

static void
fetched_cb (const GError *error,
            gpointer      user_data)
{
  WeftClusterSettler *self = user_data;

  weft_cluster_parts_count (self->parts, error == NULL ? "settled-blocks" : "settling-failed");
  go_on (self);
  weft_cluster_settler_unref (self);
}

/* What it showed, from it, one after the other. */
static void
fetch (WeftClusterSettler *self)
{
  g_autofree char *block_id = g_queue_pop_head (&self->lacking);
  g_autoptr(GPtrArray) peer_ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);

  g_ptr_array_add (peer_ids, weft_peer_id_ref (get_peer (self)));
  self->ref_count++;
  weft_cluster_fetch_revisions (self->repo->member, self->parts, block_id, 1, peer_ids, fetched_cb,
                                self);
}

static void
end (WeftClusterSettler *self)
{
  self->is_asking = FALSE;
  weft_cluster_parts_count (self->parts, "settled");
  self->parts->is_settled = TRUE;
}

static void
go_on (WeftClusterSettler *self)
{
  if (self->is_closed)
    return;

  if (!g_queue_is_empty (&self->lacking))
    {
      fetch (self);
      return;
    }
  if (self->n_pages == PAGES_MAX)
    next_peer (self);
  if (self->next_peer < MIN (self->asked->len, NEIGHBOURS_MAX))
    ask_page (self);
  else
    end (self);
}

static void
begin (WeftClusterSettler *self,
       GPtrArray          *neighbours)
{
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  self->asked = g_ptr_array_ref (neighbours);
  self->next_peer = 0;
  self->n_pages = 0;
  g_clear_pointer (&self->after, g_free);
  self->is_asking = TRUE;
  go_on (self);
}

/* At first at once; then when nobody came or went since the last look, but did before. */
static void
look (WeftClusterSettler *self)
{
  g_autoptr(GPtrArray) neighbours = weft_key_network_list_peers (self->repo->key_network);
  gboolean is_quiet
      = self->neighbours != NULL && weft_cluster_pin_equal (self->neighbours, neighbours);

  if (!self->is_asking && neighbours->len > 0
      && (!self->parts->is_settled
          || (is_quiet && !weft_cluster_pin_equal (self->asked, neighbours))))
    begin (self, neighbours);
  g_clear_pointer (&self->neighbours, g_ptr_array_unref);
  self->neighbours = g_steal_pointer (&neighbours);
}

static void
alarm_cb (gpointer user_data)
{
  WeftClusterSettler *self = user_data;
  WeftClock *clock = self->parts->clock;

  self->alarm_id = 0;
  look (self);
  self->alarm_id = weft_clock_add_alarm (
    clock,
    weft_cluster_parts_get_now (self->parts) + (self->parts->is_settled ? LOOK_USEC : FIRST_USEC),
    alarm_cb, self, NULL);
}

WeftClusterSettler *
weft_cluster_settler_new (WeftCoordinatorRepo *repo)
{
  WeftClusterSettler *self = g_new0 (WeftClusterSettler, 1);

  self->ref_count = 1;
  self->repo = repo;
  self->parts = weft_cluster_parts_ref (repo->parts);
  g_queue_init (&self->lacking);
  self->alarm_id = weft_clock_add_alarm (self->parts->clock,
                                         weft_cluster_parts_get_now (self->parts), alarm_cb, self,
                                         NULL);

  return self;
}

void
weft_cluster_settler_close (WeftClusterSettler *self)
{
  if (self->is_closed)
    return;

  self->is_closed = TRUE;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->alarm_id = 0;
}

void
weft_cluster_settler_unref (WeftClusterSettler *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->alarm_id == 0);
  g_queue_clear_full (&self->lacking, g_free);
  g_clear_pointer (&self->neighbours, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_free (self->after);
  weft_cluster_parts_unref (self->parts);
  g_free (self);
}
