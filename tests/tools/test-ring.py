#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs twelve real nodes that find each other through one, as processes on loopback. Speaks TAP.

Usage: test-ring.py PATH-OF-WEFT PATH-OF-WEFT-NODE
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile

from ring_nodes import PATIENCE, WEFT, Node, ask, environment, wait_until, weft

N_NODES = 12


def check_words(node, n_nodes):
    """People read how the ring is before all the rest."""
    words = weft("status", node=node).split("\n\n")[0].splitlines()
    assert words[0] == "ring: healthy: the neighbours are there", words
    assert words[1].startswith(f"  size: {n_nodes} nodes, counted"), words
    assert words[2].startswith(f"  peers: {n_nodes - 1} known, "), words
    assert words[3].startswith("  deciding: yes (connected): "), words
    assert len(words) == 4, words


def check_few(nodes):
    """Who may be the smaller part of a network says so, and why nothing is decided."""
    wait_until("the others are missed", lambda: ask("status", node=nodes[0])["ring"]["readiness"] == "degraded")
    words = weft("status", node=nodes[0]).split("\n\n")[0].splitlines()
    assert words[0].startswith("ring: degraded: "), words
    assert words[1].endswith(f"; at its largest {N_NODES}"), words
    assert words[3] == "  deciding: no (connected): Peers that are missing may be deciding elsewhere.", words


def has_converged(nodes):
    """Each knows each other one, and nobody else."""
    peers = {node.peer for node in nodes}
    for node in nodes:
        ring = ask("ring", node=node)
        if {peer["id"] for peer in ring["peers"]} != peers - {node.peer}:
            return False
        status = ask("status", node=node)["ring"]
        if status["readiness"] != "healthy" or status["size"] != len(nodes):
            return False
    return True


def converge(nodes, what):
    wait_until(what, lambda: has_converged(nodes))


def pick_block(node, members, strangers):
    """A block that all of the first keep, and none of the second."""
    for i in range(10000):
        keepers = weft("status", f"b{i}", "--json", node=node)
        if all(peer.peer in keepers for peer in members) and not any(peer.peer in keepers for peer in strangers):
            return f"b{i}"
    raise AssertionError("there is no such block")


def check_orphan(block, node):
    """Until the block has moved, it may be said that it cannot be told what it is, and nothing that is wrong."""
    result = subprocess.run([WEFT, "get", block, "--json", "--node", node.address], env=environment(), timeout=PATIENCE,
                            text=True, stdin=subprocess.DEVNULL, capture_output=True)
    if result.returncode == 0:
        assert json.loads(result.stdout)[block]["block"]["n"] == 1, result.stdout
    else:
        assert result.returncode == 5 and "unavailable" in result.stderr, (result.returncode, result.stderr)


def run(directory):
    nodes = []
    for i in range(N_NODES):
        nodes.append(Node(directory / f"node-{i}", nodes[0].address if nodes else None))
    try:
        converge(nodes, f"{N_NODES} nodes joined through one")
        check_words(nodes[3], N_NODES)
        block = pick_block(nodes[1], [], [nodes[4], nodes[8]])
        orphan = pick_block(nodes[1], [nodes[8]], [nodes[4]])
        weft("put", "--id", orphan, "--type", "t", "--collection", "c", "--set", "n=1", node=nodes[1])
        weft("put", "--id", block, "--type", "t", "--collection", "c", "--set", "n=1", node=nodes[1])
        for node in nodes:
            assert json.loads(weft("get", block, "--json", node=node))[block]["block"]["n"] == 1

        picture = weft("ring", node=nodes[2])
        assert "@" in picture and picture.count("neighbour") >= N_NODES - 1, picture
        svg = directory / "ring.svg"
        weft("ring", "--svg", svg, node=nodes[2])
        assert svg.read_text().count("<circle") == N_NODES + 1

        killed = nodes.pop(4)
        killed.end(signal.SIGKILL)
        converge(nodes, "one was killed")
        left = nodes.pop(7)
        left.end(signal.SIGTERM)
        converge(nodes, "one left")
        weft("put", "--id", block, "--set", "n=2", node=nodes[5])
        check_orphan(orphan, nodes[5])

        back = Node(killed.directory, nodes[3].address)
        assert back.peer == killed.peer
        assert back.address != killed.address
        nodes.append(back)
        converge(nodes, "one returned with another address")
        # Knows whom it knew, and needs nobody to begin at.
        nodes.append(Node(left.directory, None))
        converge(nodes, "one returned without a bootstrap")
        for node in nodes:
            assert json.loads(weft("get", block, "--json", node=node))[block]["block"]["n"] == 2
            assert json.loads(weft("get", orphan, "--json", node=node))[orphan]["block"]["n"] == 1

        edge = Node(directory / "edge", nodes[0].address, "--profile", "edge")
        try:
            weft("put", "--id", block, "--set", "n=3", node=edge)
            assert json.loads(weft("get", block, "--json", node=nodes[6]))[block]["block"]["n"] == 3
            assert has_converged(nodes), "an edge is not on the ring"
        finally:
            edge.end(signal.SIGTERM)
        while len(nodes) > N_NODES // 2:
            nodes.pop().end(signal.SIGKILL)
        check_few(nodes)
    finally:
        for node in nodes:
            if node.process.poll() is None:
                node.end(signal.SIGKILL)


def main():
    print("1..1")
    with tempfile.TemporaryDirectory(prefix="weft-ring-") as name:
        directory = pathlib.Path(name)
        try:
            run(directory)
        except Exception as error:
            for log in sorted(directory.glob("*.log")):
                for line in log.read_text().splitlines()[-5:]:
                    print(f"# {log.name}: {line}")
            print(f"# {type(error).__name__}: {error}")
            print("not ok 1 twelve nodes on a ring")
            return 1
    print("ok 1 twelve nodes on a ring")
    return 0


sys.exit(main())
