/* members.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "members.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static Members *
members_new (const char *parent,
             const char *kind,
             guint       n_members)
{
  Members *self = g_new0 (Members, 1);
  g_autofree char *template = g_strdup_printf ("bench-%s-XXXXXX", kind);

  self->folder = g_build_filename (parent, template, NULL);
  if (!g_mkdtemp (self->folder))
    g_error ("cannot make a folder in %s: %s", parent, g_strerror (errno));
  self->n_members = n_members;
  self->processes = g_new0 (GSubprocess *, n_members);
  self->ports = g_new0 (guint16, 2 * n_members);
  self->ids = g_new0 (char *, n_members + 1);

  return self;
}

/* Ports that are free now. They are bound together, so that all differ. */
static void
find_ports (guint16 *ports,
            guint    n_ports)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_ports; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
      g_autoptr (GSocketAddress) bound = NULL;
      GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, &error);

      g_ptr_array_add (sockets, socket);
      if (!g_socket_bind (socket, wanted, FALSE, &error))
        g_error ("no free port: %s", error->message);
      bound = g_socket_get_local_address (socket, NULL);
      ports[i] = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    }
}

static GSubprocess *
spawn (Members            *self,
       const char         *log_name,
       const char * const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *log = g_build_filename (self->folder, log_name, NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  if (!process)
    g_error ("cannot start %s: %s", argv[0], error->message);

  return process;
}

static void
wait_for_port (Members *self,
               guint    index)
{
  for (guint tries = 0; tries < 400; tries++)
    {
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      g_autoptr (GSocketConnection) connection
          = g_socket_client_connect_to_host (client, "127.0.0.1", self->ports[index], NULL, NULL);

      if (connection)
        return;
      if (!g_subprocess_get_identifier (self->processes[index]))
        break;
      g_usleep (50000);
    }
  g_error ("member %u did not start; see its log in %s", index, self->folder);
}

static char *
init_weft (const char *program,
           const char *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--init", "--data-dir",
                          data, NULL);
  char *id = NULL;

  if (!process || !g_subprocess_communicate_utf8 (process, NULL, NULL, &id, NULL, &error)
      || !g_subprocess_get_successful (process))
    g_error ("%s --init failed: %s", program, error ? error->message : "see above");

  return g_strstrip (id);
}

Members *
members_start_weft (const char *program,
                    const char *parent,
                    guint       n_members)
{
  Members *self = members_new (parent, "weft", n_members);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);

  find_ports (self->ports, n_members);
  for (guint i = 0; i < n_members; i++)
    {
      g_ptr_array_add (folders, g_strdup_printf ("%s/node-%u", self->folder, i));
      self->ids[i] = init_weft (program, g_ptr_array_index (folders, i));
    }
  for (guint i = 0; i < n_members; i++)
    {
      g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *log = g_strdup_printf ("node-%u.log", i);

      g_ptr_array_add (argv, g_strdup (program));
      g_ptr_array_add (argv, g_strdup_printf ("--data-dir=%s",
                                              (char *) g_ptr_array_index (folders, i)));
      g_ptr_array_add (argv, g_strdup_printf ("--listen=127.0.0.1:%u", self->ports[i]));
      g_ptr_array_add (argv, g_strdup ("--network=bench"));
      for (guint j = 0; j < n_members; j++)
        {
          if (j != i)
            g_ptr_array_add (argv, g_strdup_printf ("--peer=/ip4/127.0.0.1/tcp/%u/ws/p2p/%s",
                                                    self->ports[j], self->ids[j]));
        }
      g_ptr_array_add (argv, NULL);
      self->processes[i] = spawn (self, log, (const char *const *) argv->pdata);
    }
  for (guint i = 0; i < n_members; i++)
    wait_for_port (self, i);

  return self;
}

Members *
members_start_etcd (const char *program,
                    const char *parent,
                    guint       n_members)
{
  Members *self = members_new (parent, "etcd", n_members);
  g_autoptr (GString) cluster = g_string_new (NULL);

  find_ports (self->ports, 2 * n_members);
  for (guint i = 0; i < n_members; i++)
    g_string_append_printf (cluster, "%sm%u=http://127.0.0.1:%u", i > 0 ? "," : "", i,
                            self->ports[n_members + i]);
  for (guint i = 0; i < n_members; i++)
    {
      g_autofree char *name = g_strdup_printf ("m%u", i);
      g_autofree char *log = g_strdup_printf ("m%u.log", i);
      g_autofree char *data = g_strdup_printf ("%s/m%u", self->folder, i);
      g_autofree char *client = g_strdup_printf ("http://127.0.0.1:%u", self->ports[i]);
      g_autofree char *peer = g_strdup_printf ("http://127.0.0.1:%u", self->ports[n_members + i]);
      const char *argv[] = {
        program, "--name", name, "--data-dir", data, "--listen-client-urls", client,
        "--advertise-client-urls", client, "--listen-peer-urls", peer,
        "--initial-advertise-peer-urls", peer, "--initial-cluster", cluster->str,
        "--initial-cluster-state", "new", "--log-level", "error", "--logger", "zap", NULL,
      };

      self->processes[i] = spawn (self, log, argv);
    }
  for (guint i = 0; i < n_members; i++)
    wait_for_port (self, i);

  return self;
}

double
members_cpu_time (Members *self)
{
  double ticks = 0;

  for (guint i = 0; i < self->n_members; i++)
    {
      const char *pid = g_subprocess_get_identifier (self->processes[i]);
      g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid ? pid : "0");
      g_autofree char *text = NULL;
      g_auto (GStrv) fields = NULL;
      const char *rest;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      /* After the name, which may hold anything, come state and numbers: user time is the 12th. */
      rest = strrchr (text, ')');
      fields = g_strsplit (rest ? rest + 2 : "", " ", -1);
      if (g_strv_length (fields) > 12)
        ticks += g_ascii_strtod (fields[11], NULL) + g_ascii_strtod (fields[12], NULL);
    }

  return ticks / sysconf (_SC_CLK_TCK);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        remove_folder (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

void
members_free (Members *self)
{
  for (guint i = 0; i < self->n_members; i++)
    g_subprocess_send_signal (self->processes[i], SIGTERM);
  for (guint i = 0; i < self->n_members; i++)
    {
      g_subprocess_wait (self->processes[i], NULL, NULL);
      g_object_unref (self->processes[i]);
    }
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->processes);
  g_free (self->ports);
  g_strfreev (self->ids);
  g_free (self);
}
