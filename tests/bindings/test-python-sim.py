#!/usr/bin/python3
# test-python-sim.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A simulated world as a Python program sees it: a write that meets a partition."""

import json
import sys
import unittest

import gi

gi.require_version("Json", "1.0")
gi.require_version("Weft", "1")
gi.require_version("WeftSim", "1")
from gi.repository import Json, Weft, WeftSim  # noqa: E402

SECOND = 1_000_000


class Town:
    """A node and a client in a world."""

    def __init__(self, seed):
        self.world = WeftSim.World.new(seed)
        self.network = WeftSim.Network.get(self.world)
        self.server = WeftSim.Node.new(self.world, "server", Weft.PeerRole.PEER)
        self.client = WeftSim.Node.new(self.world, "client", Weft.PeerRole.CLIENT)
        self.server.start(WeftSim.DiskFate.LOST)
        self.client.start(WeftSim.DiskFate.LOST)
        self.world.run_for(0)
        self.repo = self.client.make_repo(self.server)
        self.writer = Weft.Writer.new(self.repo, self.client.get_clock(), self.client.get_random())
        self.revisions = []

    def put(self, number):
        attributes = Json.from_string(json.dumps({"number": number})).get_object()
        block = Weft.Block.new("notes/1", "note", "notes", attributes)
        self.writer.put_async([block], None, self.done)

    def done(self, writer, result):
        _, _, made = writer.put_finish(result)
        self.revisions.append(made.get_rev())


def live(seed):
    town = Town(seed)
    town.put(1)
    town.world.run_for(SECOND)
    town.network.isolate(town.server.get_actor())
    town.put(2)
    town.world.run_for(3 * SECOND)
    during = list(town.revisions)
    town.network.heal()
    town.world.run_for(10 * SECOND)
    return during, town.revisions, town.world.get_hash()


class Simulation(unittest.TestCase):
    def test_partition(self):
        during, after, _ = live(1)
        self.assertEqual(during, [1])
        self.assertEqual(after, [1, 2])

    def test_same(self):
        self.assertEqual(live(2)[2], live(2)[2])
        self.assertNotEqual(live(2)[2], live(3)[2])

    def test_events(self):
        world = WeftSim.World.new(7)
        times = []
        world.schedule(1000, lambda *_: times.append(world.get_time()), None)
        world.run_until(2000)
        self.assertEqual(times, [1000])
        self.assertEqual(world.get_time(), 2000)

    def test_kill(self):
        town = Town(1)
        town.server.kill(WeftSim.Death.CRASH)
        self.assertFalse(town.server.is_up())
        self.assertEqual(town.world.get_counter("node-crashes"), 1)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    cases = [case for group in suite for case in group]
    print(f"1..{len(cases)}")
    failed = 0
    for number, case in enumerate(cases, 1):
        result = unittest.TestResult()
        case.run(result)
        problems = result.errors + result.failures
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} /python-sim/{case.id().partition('.')[2]}")
        for _, text in problems:
            print("\n".join("# " + line for line in text.splitlines()))
    sys.exit(1 if failed else 0)
