#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three real nodes that keep blocks together: one is killed, and comes back. Speaks TAP.

Usage: test-cluster.py PATH-OF-WEFT PATH-OF-WEFT-NODE
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

WEFT, NODE = sys.argv[1:3]
# What is waited for, on a machine that does other things, too.
PATIENCE = 60
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("G_DEBUG", "NOTIFY_SOCKET", "G_MESSAGES_DEBUG")}
ENVIRONMENT["LC_ALL"] = "C.UTF-8"


class Cluster:
    def __init__(self, directory, size):
        self.directory = directory
        self.network = "three"
        # The nodes have to know each other's addresses before any of them runs.
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(size)]
        self.ports = [s.getsockname()[1] for s in sockets]
        for each in sockets:
            each.close()
        self.ids = [self.output(NODE, "--init", "--data-dir", f"{directory}/{n}").strip() for n in range(size)]
        self.nodes = [None] * size

    @staticmethod
    def output(*arguments):
        return subprocess.run(arguments, env=ENVIRONMENT, timeout=PATIENCE, text=True, check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout

    def address(self, n):
        return f"/ip4/127.0.0.1/tcp/{self.ports[n]}/ws"

    def start(self, n, peers=None):
        """With those it is told of, which are all others unless said otherwise."""
        others = [other for other in range(len(self.ids)) if other != n] if peers is None else peers
        peers = []
        for other, peer_id in enumerate(self.ids):
            if other in others:
                peers += ["--peer", f"{self.address(other)}/p2p/{peer_id}"]
        with open(f"{self.directory}/{n}.log", "a") as log:
            process = subprocess.Popen(
                [NODE, "--data-dir", f"{self.directory}/{n}", "--network", self.network, "--listen", self.address(n),
                 *peers], env=ENVIRONMENT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        self.nodes[n] = process
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        line = process.stdout.readline()
        timer.cancel()
        assert line.startswith("weft-node ready: "), f"node {n} said {line!r}"

    def kill(self, n):
        self.nodes[n].kill()
        self.nodes[n].communicate()
        self.nodes[n] = None

    def end(self):
        for n, process in enumerate(self.nodes):
            if process is not None:
                self.kill(n)

    def weft(self, n, *arguments):
        return self.output(WEFT, "--node", self.address(n), "--network", self.network, *arguments)

    def wait(self, what, check):
        """Until it is so; the nodes tell each other in the background."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if check():
                    return
            except subprocess.CalledProcessError:
                pass
            assert time.monotonic() < end, f"still not so: {what}"
            time.sleep(0.1)

    def status(self, n):
        return json.loads(self.weft(n, "status", "--json"))["cluster"]

    def is_settled(self, n):
        status = self.status(n)
        return not status["open"] and not status["running"] and not status["undelivered"]

    def exports(self):
        return [self.weft(n, "export", "--quiet") for n in range(len(self.ids)) if self.nodes[n]]


def value(text):
    """Of the one block that was asked for; None when it is not there."""
    (found,) = json.loads(text).values()
    return found.get("block", {}).get("n")


def test_one_is_killed(cluster):
    """What was committed while a node was dead it has when it is back, and all have the same."""
    for n in range(3):
        cluster.start(n)
    cluster.wait("all are connected", lambda: cluster.weft(0, "put", "--id", "x/1", "--type", "t",
                                                           "--collection", "x", "--set", "n=1"))
    for n in range(3):
        assert value(cluster.weft(n, "get", "--json", "x/1")) == 1, f"node {n}"

    cluster.kill(2)
    cluster.weft(0, "put", "--id", "x/1", "--set", "n=2")
    cluster.weft(1, "put", "--id", "x/2", "--type", "t", "--collection", "x", "--set", "n=5")
    for n in range(2):
        assert value(cluster.weft(n, "get", "--json", "x/1")) == 2, f"node {n}"

    cluster.start(2)
    cluster.wait("node 2 has caught up",
                 lambda: value(cluster.weft(2, "get", "--json", "--local", "x/1")) == 2
                 and value(cluster.weft(2, "get", "--json", "--local", "x/2")) == 5)
    cluster.weft(2, "put", "--id", "x/1", "--set", "n=3")
    for n in range(3):
        cluster.wait(f"node {n} has told all it knows", lambda n=n: cluster.is_settled(n))
    exports = cluster.exports()
    assert exports[0] and exports[0] == exports[1] == exports[2], exports
    for n in range(3):
        assert not cluster.status(n)["liars"], cluster.status(n)


def test_all_are_killed(cluster):
    """What was committed is there after all nodes were killed."""
    for n in range(3):
        cluster.start(n)
    cluster.wait("all are connected", lambda: cluster.weft(0, "put", "--id", "x/1", "--type", "t",
                                                           "--collection", "x", "--set", "n=1"))
    for n in range(3):
        cluster.kill(n)
    for n in range(3):
        cluster.start(n)
    for n in range(3):
        cluster.wait(f"node {n} can ask the others", lambda n=n: value(cluster.weft(n, "get", "--json", "x/1")) == 1)


def test_explained(cluster):
    """What became of a change is told in words, by those who signed; what is in doubt is told with its age."""
    for n in range(3):
        cluster.start(n)
    cluster.wait("all are connected", lambda: cluster.weft(0, "put", "--id", "x/1", "--type", "t",
                                                           "--collection", "x", "--set", "n=1"))
    action = json.loads(cluster.weft(0, "put", "--json", "--id", "x/1", "--set", "n=2"))["actionId"]
    cluster.wait("all members know of it", lambda: cluster.is_settled(0))
    words = cluster.weft(0, "explain", action)
    assert f" commit of action {action} as revision 2: decided\n" in words, words
    assert words.count("  approved\n") == 3 and "commit after" in words, words
    (proposal,) = json.loads(cluster.weft(0, "explain", "--json", action))["proposals"]
    assert len(proposal["record"]["commits"]) >= 2 and set(proposal["record"]["peers"]) == set(cluster.ids), proposal

    words = cluster.weft(0, "status", "x/1")
    assert f"latest here: revision 2 by action {action}\n" in words and "nothing is in doubt here\n" in words, words
    assert all(f"  {peer_id}" in words for peer_id in cluster.ids), words
    assert words.count("  signed for the latest revision\n") >= 2, words

    file = f"{cluster.directory}/late.json"
    with open(file, "w") as late:
        json.dump({"actionId": "late", "transforms": {"deletes": ["x/1"]}, "policy": "c"}, late)
    cluster.weft(0, "pend", file)
    # Alone it votes, and then it cannot know what the others did.
    cluster.kill(1)
    cluster.kill(2)
    commit = [WEFT, "--node", cluster.address(0), "--network", "three", "commit", "late", "x/1", "--rev", "3"]
    refused = subprocess.run(commit, env=ENVIRONMENT, timeout=PATIENCE, stdin=subprocess.DEVNULL, capture_output=True)
    assert refused.returncode in (1, 5), refused
    words = cluster.weft(0, "status", "x/1")
    assert re.search(r"^in doubt: what follows revision 2, voted for here for \d+\.\d s$", words, re.M), words
    words = cluster.weft(0, "explain", "late")
    assert re.search(r" commit of action late as revision 3: unavailable: .*the peer is not connected", words), words


def test_import_waits(cluster):
    """An import goes on when enough of a cluster are there again; without patience it says why not."""
    for n in range(3):
        cluster.start(n)
    cluster.wait("all are connected", lambda: cluster.weft(0, "put", "--id", "x/1", "--type", "t",
                                                           "--collection", "x", "--set", "n=1"))
    source = f"{cluster.directory}/in.jsonl"
    with open(source, "w") as file:
        for n in range(300):
            file.write(json.dumps({"header": {"id": f"i/{n}", "type": "t", "collectionId": "i"}, "n": n}) + "\n")
    for n in (1, 2):
        cluster.kill(n)
    arguments = [WEFT, "--node", cluster.address(0), "--network", "three", "import", source]
    refused = subprocess.run(arguments + ["--patience", "0"], env=ENVIRONMENT, timeout=PATIENCE, text=True,
                             stdin=subprocess.DEVNULL, capture_output=True)
    assert refused.returncode == 5 and "lines 1 to" in refused.stderr, refused
    wrong = subprocess.run(arguments + ["--patience", "-1"], env=ENVIRONMENT, timeout=PATIENCE, text=True,
                           stdin=subprocess.DEVNULL, capture_output=True)
    assert wrong.returncode == 2, wrong

    patient = subprocess.Popen(arguments + ["--json", "--patience", str(PATIENCE)], env=ENVIRONMENT, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        line = patient.stderr.readline()
        assert "trying again for 60 s" in line, line
        cluster.start(1)
        output, errors = patient.communicate(timeout=2 * PATIENCE)
    finally:
        patient.kill()
    assert patient.returncode == 0, errors
    summary = json.loads(output)
    assert summary["present"] == 300 and summary["retries"] > 0, summary


def run(tests):
    failed = 0
    print(f"1..{len(tests)}")
    for number, function in enumerate(tests, 1):
        with tempfile.TemporaryDirectory(prefix="weft-cluster-") as directory:
            cluster = Cluster(directory, 3)
            try:
                function(cluster)
                print(f"ok {number} {function.__name__} - {function.__doc__}", flush=True)
            except (AssertionError, KeyError, subprocess.SubprocessError) as error:
                failed += 1
                print(f"not ok {number} {function.__name__}: {error!r}", flush=True)
                for n in range(3):
                    with open(f"{directory}/{n}.log") as log:
                        print("".join(f"# {n}: {line}" for line in log.readlines()[-20:]), flush=True)
            finally:
                cluster.end()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run([test_one_is_killed, test_all_are_killed, test_explained, test_import_waits]))
