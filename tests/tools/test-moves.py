#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs real nodes on a ring, as processes on loopback: those who keep a block leave for good, one after the other, and
the block moves on. Speaks TAP.

Usage: test-moves.py PATH-OF-WEFT PATH-OF-WEFT-NODE
"""

import pathlib
import signal
import sys
import tempfile

from ring_nodes import Node, ask, wait_until, weft

N_NODES = 8


def has_converged(nodes):
    peers = {node.peer for node in nodes}
    return all({peer["id"] for peer in ask("ring", node=node)["peers"]} == peers - {node.peer} for node in nodes)


def has_arrived(nodes, block):
    """Three nodes that are there say that they keep the block, and agree on who they are."""
    told = {node.peer: ask("status", block, node=node) for node in nodes}
    keepers = {peer for peer, status in told.items() if status["pinned"] and status["member"]}
    return len(keepers) == 3 and all(set(told[peer]["members"]) == keepers for peer in keepers)


def get_keepers(nodes, block):
    for node in nodes:
        status = ask("status", block, node=node)
        if status["pinned"] and status["member"]:
            return set(status["members"])
    raise AssertionError("nobody keeps it")


def expect_everywhere(nodes, block, n):
    for node in nodes:
        assert ask("get", block, node=node)[block]["block"]["n"] == n, node.directory


def run(directory):
    nodes = []
    for i in range(N_NODES):
        nodes.append(Node(directory / f"node-{i}", nodes[0].address if nodes else None))
    try:
        wait_until(f"{N_NODES} nodes joined", lambda: has_converged(nodes))
        weft("put", "--id", "b", "--type", "t", "--collection", "c", "--set", "n=1", node=nodes[1])
        wait_until("three keep the block", lambda: has_arrived(nodes, "b"))
        original = get_keepers(nodes, "b")

        gone = []
        for n, peer in enumerate(sorted(original), 2):
            node = next(node for node in nodes if node.peer == peer)
            nodes.remove(node)
            node.end(signal.SIGKILL)
            gone.append(node)
            wait_until(f"{n - 1} of the first three are gone, the block moved", lambda: has_arrived(nodes, "b"))
            expect_everywhere(nodes, "b", n - 1)
            weft("put", "--id", "b", "--set", f"n={n}", node=nodes[0])
            expect_everywhere(nodes, "b", n)
        assert not original & get_keepers(nodes, "b")
        moved = sum(ask("status", node=node)["cluster"]["moves"]["moved"] for node in nodes)
        assert moved >= 1, moved
        text = weft("status", "b", node=nodes[0])
        assert "kept by 3 peers" in text, text

        back = Node(gone[0].directory, nodes[0].address)
        nodes.append(back)
        assert back.peer == gone[0].peer
        wait_until("one is back", lambda: has_converged(nodes))
        expect_everywhere(nodes, "b", 4)
        wait_until("it keeps the block again", lambda: has_arrived(nodes, "b") and back.peer in get_keepers(nodes, "b"))
        weft("put", "--id", "b", "--set", "n=5", node=back)
        expect_everywhere(nodes, "b", 5)
    finally:
        for node in nodes:
            if node.process.poll() is None:
                node.end(signal.SIGKILL)


def main():
    print("1..1")
    with tempfile.TemporaryDirectory(prefix="weft-moves-") as name:
        directory = pathlib.Path(name)
        try:
            run(directory)
        except Exception as error:
            for log in sorted(directory.glob("*.log")):
                for line in log.read_text().splitlines()[-5:]:
                    print(f"# {log.name}: {line}")
            print(f"# {type(error).__name__}: {error}")
            print("not ok 1 blocks of those who leave")
            return 1
    print("ok 1 blocks of those who leave")
    return 0


sys.exit(main())
