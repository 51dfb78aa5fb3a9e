/* weft-notify.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Tells a service manager how the service is, by the protocol of sd_notify(3): one datagram to
 * the socket that NOTIFY_SOCKET names. That is all there is to it, so no library is linked. */

#include "config.h"

#include "weft-notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <weft.h>

static gboolean
fill_address (const char          *socket_name,
              struct sockaddr_un  *address,
              socklen_t           *address_length,
              GError             **error)
{
  gsize length = strlen (socket_name);

  if (socket_name[0] != '/' && socket_name[0] != '@')
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected NOTIFY_SOCKET to start with / or @, got “%s”", socket_name);
      return FALSE;
    }
  if (length >= sizeof address->sun_path)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected NOTIFY_SOCKET to have at most %zu bytes, got %" G_GSIZE_FORMAT,
                   sizeof address->sun_path - 1, length);
      return FALSE;
    }

  memset (address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy (address->sun_path, socket_name, length);
  /* An abstract name is written with an @ and starts with a zero byte; its length is exact, while
   * that of a path may count the terminator. */
  if (socket_name[0] == '@')
    address->sun_path[0] = '\0';
  *address_length = offsetof (struct sockaddr_un, sun_path) + length;

  return TRUE;
}

/* Sends `state`, such as "READY=1\nSTATUS=serving", to a socket. */
gboolean
weft_notify_send (const char  *socket_name,
                  const char  *state,
                  GError     **error)
{
  struct sockaddr_un address;
  socklen_t address_length;
  ssize_t sent;
  int saved_errno;
  int fd;

  g_return_val_if_fail (socket_name != NULL, FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  if (!fill_address (socket_name, &address, &address_length, error))
    return FALSE;

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "making a socket: %s", g_strerror (errno));
      return FALSE;
    }

  sent = sendto (fd, state, strlen (state), MSG_NOSIGNAL,
                 (const struct sockaddr *) &address, address_length);
  saved_errno = errno;
  close (fd);
  if (sent < 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED,
                   "writing to NOTIFY_SOCKET “%s”: %s", socket_name, g_strerror (saved_errno));
      return FALSE;
    }

  return TRUE;
}
