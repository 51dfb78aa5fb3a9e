# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real nodes on a ring, as processes on loopback, for the tests that are called with the paths of weft and weft-node."""

import json
import os
import re
import subprocess
import sys
import threading
import time

WEFT, NODE = sys.argv[1:3]
# A machine that has much else to do needs many times what it takes.
PATIENCE = 120
READY = re.compile(r"^weft-node ready: peer (12D3KooW\w{44}) listening on (\S+) ")


def environment():
    env = {k: v for k, v in os.environ.items() if k not in ("G_DEBUG", "NOTIFY_SOCKET", "G_MESSAGES_DEBUG")}
    env.update(LC_ALL="C.UTF-8")
    return env


class Node:
    """A node on the ring, with its ready line read."""

    def __init__(self, directory, bootstrap, *more):
        self.directory = directory
        begin = ["--bootstrap", bootstrap] if bootstrap else ["--profile", "core"]
        self.process = subprocess.Popen(
            [NODE, "--data-dir", directory, "--listen", "127.0.0.1:0", "--replication", "3", "--minimum-cluster", "2",
             *begin, *more],
            env=environment(), text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(f"{directory}.log", "a"))
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        match = READY.match(line)
        assert match, f"no ready line: {line!r}"
        self.peer, self.address = match.groups()

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()


def weft(*args, node, check=True):
    result = subprocess.run([WEFT, *map(str, args), "--node", node.address], env=environment(), timeout=PATIENCE,
                            text=True, stdin=subprocess.DEVNULL, capture_output=True)
    assert not check or result.returncode == 0, f"weft {args}: exit {result.returncode}: {result.stderr}"
    return result.stdout


def ask(*args, node):
    return json.loads(weft(*args, "--json", node=node))


def wait_until(what, check):
    begin = time.monotonic()
    while not check():
        assert time.monotonic() - begin < PATIENCE, f"{what}: not in {PATIENCE} s"
        time.sleep(0.2)
    print(f"# {what}: {time.monotonic() - begin:.1f} s", flush=True)
