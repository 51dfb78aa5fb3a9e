/* weft-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-daemon.h"
#include "weft-node-directory.h"
#include "weft-node-options.h"
#include "weft-standard.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#define EXIT_USAGE 2

static gboolean
print_peer_id (WeftIdentity *identity)
{
  if (identity == NULL)
    return FALSE;

  g_print ("%s\n", weft_peer_id_get_text (weft_identity_get_peer_id (identity)));
  return TRUE;
}

static gboolean
init (const char  *data_dir,
      GError     **error)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftNodeDirectory) directory = NULL;
  g_autoptr(WeftIdentity) identity = NULL;

  directory = weft_node_directory_open (data_dir, error);
  if (directory == NULL)
    return FALSE;
  identity = weft_node_directory_ensure_identity (directory, random, error);

  return print_peer_id (identity);
}

static gboolean
act (WeftNodeOptions  *options,
     GError          **error)
{
  g_autoptr(WeftIdentity) identity = NULL;

  switch (options->action)
    {
    case WEFT_NODE_PRINT_VERSION:
      g_print ("weft-node %s\n", PACKAGE_VERSION);
      return TRUE;

    case WEFT_NODE_PRINT_PEER_ID:
      identity = weft_node_directory_peek_identity (options->data_dir, error);
      return print_peer_id (identity);

    case WEFT_NODE_INIT:
      return init (options->data_dir, error);

    case WEFT_NODE_RUN:
      return weft_node_daemon_run (options->data_dir, options->settings, error);

    default:
      g_assert_not_reached ();
    }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(WeftNodeOptions) options = NULL;
  g_autoptr(GError) error = NULL;

  weft_standard_begin ();
  /* TLS 1.3 or nothing; GnuTLS reads this when TLS is first used. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:-VERS-ALL:+VERS-TLS1.3", TRUE);
  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  /* Nothing we make is for other users. */
  umask (077);
  weft_log_install (WEFT_LOG_MESSAGE);

  options = weft_node_options_parse (&argc, &argv, &error);
  if (options == NULL)
    {
      g_printerr ("weft-node: %s\n", error->message);
      g_printerr ("Try “weft-node --help”.\n");
      return EXIT_USAGE;
    }

  weft_log_set_level (options->settings->log_level);
  if (act (options, &error))
    {
      /* Whoever started a node may have stopped listening once it was ready. */
      gboolean is_told = options->action == WEFT_NODE_RUN || weft_standard_end ("weft-node");

      return is_told ? EXIT_SUCCESS : EXIT_FAILURE;
    }

  g_printerr ("weft-node: %s\n", error->message);
  return EXIT_FAILURE;
}
