/* count.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* count [ADDRESS]: counts one up in a block of a node, whoever else does so at the same time. */

#include <weft-websocket.h>
#include <weft.h>

typedef struct
{
  GMainLoop *loop;
  int count;
  int code;
} Program;

/* Called again when somebody else was first, with what they wrote. */
static WeftBlock *
count_up (WeftWriter *writer, const char *block_id, WeftBlock *current, gpointer user_data,
          GError **error)
{
  Program *program = user_data;
  g_autoptr(JsonObject) attributes = json_object_new ();
  JsonNode *count = current != NULL ? weft_block_get_attribute (current, "count") : NULL;

  program->count = count != NULL ? (int) json_node_get_int (count) + 1 : 1;
  json_object_set_int_member (attributes, "count", program->count);

  return weft_block_new (block_id, "counter", "counters", attributes, error);
}

static void
edited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr(GError) error = NULL;

  if (weft_writer_edit_finish (WEFT_WRITER (source), result, NULL, NULL, &error))
    g_print ("count %d\n", program->count);
  else
    {
      g_printerr ("%s\n", error->message);
      program->code = 1;
    }
  g_main_loop_quit (program->loop);
}

int
main (int argc, char **argv)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autoptr(WeftTransport) transport = NULL;
  g_autoptr(WeftRemoteRepo) repo = NULL;
  g_autoptr(WeftWriter) writer = NULL;
  g_autoptr(GError) error = NULL;
  Program program = { .loop = loop };

  weft_websocket_transport_register ();
  address = weft_multiaddr_parse (argc > 1 ? argv[1] : "/ip4/127.0.0.1/tcp/9338/ws", &error);
  if (address != NULL)
    transport = weft_transport_new_for_address (address, identity, "main", WEFT_PEER_ROLE_CLIENT,
                                                clock, random, &error);
  if (transport == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  repo = weft_remote_repo_new (transport, address);
  writer = weft_writer_new (WEFT_REPO (repo), clock, random);
  weft_writer_edit_async (writer, "counters/1", count_up, &program, NULL, NULL, edited_cb,
                          &program);
  g_main_loop_run (loop);
  weft_transport_close (transport);

  return program.code;
}
