#!/usr/bin/python3
# count.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""count.py [ADDRESS]: counts one up in a block of a node, whoever else does so at the same time."""

import sys

import gi

gi.require_version("Json", "1.0")
gi.require_version("Weft", "1")
gi.require_version("WeftWebsocket", "1")
from gi.repository import GLib, Json, Weft, WeftWebsocket

WeftWebsocket.Transport.register()
address = Weft.Multiaddr.parse(sys.argv[1] if len(sys.argv) > 1 else "/ip4/127.0.0.1/tcp/9338/ws")
clock = Weft.SystemClock.new()
random = Weft.SystemRandom.new()
transport = Weft.Transport.new_for_address(address, Weft.Identity.new(random), "main", Weft.PeerRole.CLIENT,
                                           clock, random)
writer = Weft.Writer.new(Weft.RemoteRepo.new(transport, address), clock, random)
loop = GLib.MainLoop()
counts = []


def count_up(_writer, block_id, current):
    """Called again when somebody else was first, with what they wrote."""
    count = current.get_attribute("count").get_int() + 1 if current else 1
    counts.append(count)
    return Weft.Block.new(block_id, "counter", "counters", Json.from_string(f'{{"count":{count}}}').get_object())


def edited(_writer, result):
    try:
        writer.edit_finish(result)
        print("count", counts[-1])
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
    loop.quit()


writer.edit_async("counters/1", count_up, (), None, edited)
loop.run()
transport.close()
