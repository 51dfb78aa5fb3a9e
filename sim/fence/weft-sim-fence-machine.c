/* weft-sim-fence-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <netdb.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "weft-sim-fence-gate-private.h"

#define INSTEAD_TALK "use the WeftTransport of the node"
#define INSTEAD_ASK "ask before the world runs, because another machine would answer otherwise"

WEFT_SIM_FENCE_FORBID (int, socket, (int domain, int type, int protocol), (domain, type, protocol),
                       INSTEAD_TALK)
WEFT_SIM_FENCE_FORBID (int, socketpair, (int domain, int type, int protocol, int fds[2]),
                       (domain, type, protocol, fds), INSTEAD_TALK)
WEFT_SIM_FENCE_FORBID (int, connect, (int fd, const struct sockaddr *address, socklen_t length),
                       (fd, address, length), INSTEAD_TALK)
WEFT_SIM_FENCE_FORBID (int, bind, (int fd, const struct sockaddr *address, socklen_t length),
                       (fd, address, length), INSTEAD_TALK)
WEFT_SIM_FENCE_FORBID (int, listen, (int fd, int backlog), (fd, backlog), INSTEAD_TALK)
WEFT_SIM_FENCE_FORBID (int, accept,
                       (int fd, struct sockaddr *restrict address, socklen_t *restrict length),
                       (fd, address, length), INSTEAD_TALK)
WEFT_SIM_FENCE_FORBID (int, getaddrinfo,
                       (const char *restrict name, const char *restrict service,
                        const struct addrinfo *restrict hints, struct addrinfo **restrict found),
                       (name, service, hints, found), INSTEAD_TALK)

WEFT_SIM_FENCE_FORBID (guint, g_get_num_processors, (void), (), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, sysinfo, (struct sysinfo *info), (info), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, uname, (struct utsname *info), (info), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, gethostname, (char *name, size_t length), (name, length), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, getrusage, (__rusage_who_t who, struct rusage *usage), (who, usage),
                       INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, statvfs, (const char *restrict path, struct statvfs *restrict info),
                       (path, info), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, statvfs64,
                       (const char *restrict path, struct statvfs64 *restrict info),
                       (path, info), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, fstatvfs, (int fd, struct statvfs *info), (fd, info), INSTEAD_ASK)
WEFT_SIM_FENCE_FORBID (int, fstatvfs64, (int fd, struct statvfs64 *info), (fd, info), INSTEAD_ASK)

/* The size of a page stays as it is while the process lives; memory and processors come and go. */
WEFT_SIM_FENCE_GATE long
sysconf (int name)
{
  static long (*real) (int);

  if (weft_sim_fence_is_closed ()
      && (name == _SC_PHYS_PAGES || name == _SC_AVPHYS_PAGES || name == _SC_NPROCESSORS_CONF
          || name == _SC_NPROCESSORS_ONLN))
    weft_sim_fence_breach ("sysconf", INSTEAD_ASK);
  if (real == NULL)
    real = weft_sim_fence_find ("sysconf");

  return real (name);
}
