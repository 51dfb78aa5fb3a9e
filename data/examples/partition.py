#!/usr/bin/python3
# partition.py
# SPDX-License-Identifier: LGPL-2.1-or-later

import random
import sys

import gi

gi.require_version("Weft", "1")
gi.require_version("WeftSim", "1")
from gi.repository import Weft, WeftSim

SECOND = 1_000_000


class Notes:
    """The application: notes that somebody types wait in an outbox until they are saved."""

    def __init__(self, writer, clock):
        self.writer, self.clock = writer, clock
        self.outbox, self.n_saved = [], 0

    def type(self, number):
        self.outbox.append(Weft.Block.new(f"note/{number}", "note", "notes", None))
        if len(self.outbox) == 1:
            self.send_first()

    def send_first(self, *_):
        self.writer.put_async(self.outbox[:1], None, self.saved)

    def saved(self, writer, result):
        try:
            writer.put_finish(result)
        except Exception:  # whatever it was: try again in a second
            self.clock.add_alarm(self.clock.get_monotonic() + SECOND, self.send_first)
            return
        self.n_saved += 1
        self.outbox.pop(0)
        if self.outbox:
            self.send_first()


def live(seed):
    """The test: a note every two seconds, and the node cannot be reached for some of them."""
    world = WeftSim.World.new(seed)
    network = WeftSim.Network.get(world)
    server = WeftSim.Node.new(world, "server", Weft.PeerRole.PEER)
    client = WeftSim.Node.new(world, "client", Weft.PeerRole.CLIENT)
    server.start(WeftSim.DiskFate.LOST)
    client.start(WeftSim.DiskFate.LOST)
    world.run_for(0)
    repo = client.make_repo(server)
    notes = Notes(Weft.Writer.new(repo, client.get_clock(), client.get_random()), client.get_clock())

    for i in range(12):
        world.run_for(SECOND + world.get_stream("typing").below(SECOND))
        if i == 3:
            network.isolate(server.get_actor())
        if i == 9:
            # Nothing claims to be saved that is not, and typing goes on.
            assert notes.n_saved == 3 and len(notes.outbox) == 6
            network.heal()
        notes.type(i)
    print(f"seed {seed}: {len(notes.outbox)} notes wait after the last was typed")

    # Nothing was lost, and nothing waits for ever.
    world.run_for(120 * SECOND)
    assert not notes.outbox, f"{len(notes.outbox)} notes still wait"
    assert len(server.get_storage().list_blocks(None, 100)) == 12


for seed in map(int, sys.argv[1:]) if sys.argv[1:] else random.sample(range(1 << 32), 20):
    live(seed)
