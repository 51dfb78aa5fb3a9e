#!/usr/bin/python3
# hello.py
# SPDX-License-Identifier: LGPL-2.1-or-later

import gi

gi.require_version("Weft", "1")
from gi.repository import GLib, Weft

loop = GLib.MainLoop()
clock = Weft.SystemClock.new()
repo = Weft.StorageRepo.new(Weft.MemoryStorage.new(), clock)
writer = Weft.Writer.new(repo, clock, Weft.SystemRandom.new())


def put_done(writer, result):
    _, n_changed, made = writer.put_finish(result)
    print("revision", made.get_rev())
    loop.quit()


writer.put_async([Weft.Block.new("greetings/1", "greeting", "greetings", None)], None, put_done)
loop.run()
