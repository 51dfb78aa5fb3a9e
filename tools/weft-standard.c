/* weft-standard.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-standard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* Where one of them is closed, the next file or socket gets its number, and what is printed ends up
 * in there: in the log of a storage, say. */
void
weft_standard_begin (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF)
      {
        /* The lowest number that is free is this one. Writing to it is an error, as it was. */
        int opened = open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);

        g_assert (opened == fd);
      }
}

/* g_print() drops what cannot be written. On a full disk a program that then says nothing claims
 * that there is less than there is. */
gboolean
weft_standard_end (const char *program)
{
  struct pollfd reader = { .fd = STDOUT_FILENO };

  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;

  /* Whoever reads a pipe may have had enough, and need not be told. */
  if (poll (&reader, 1, 0) != 1 || (reader.revents & POLLERR) == 0)
    g_printerr ("%s: not all of the output could be written\n", program);

  return FALSE;
}
