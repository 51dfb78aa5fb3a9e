#!/usr/bin/gjs
// hello.js
// SPDX-License-Identifier: LGPL-2.1-or-later

imports.gi.versions.Weft = '1';
const { Gio, GLib, Weft } = imports.gi;

Gio._promisify(Weft.Writer.prototype, 'put_async', 'put_finish');

const loop = new GLib.MainLoop(null, false);
const clock = Weft.SystemClock.new();
const repo = Weft.StorageRepo.new(Weft.MemoryStorage.new(), clock);
const writer = Weft.Writer.new(repo, clock, Weft.SystemRandom.new());

async function hello() {
  const block = Weft.Block.new('greetings/1', 'greeting', 'greetings', null);
  const [, made] = await writer.put_async([block], null);

  print(`revision ${made.get_rev()}`);
}

hello().catch(logError).finally(() => loop.quit());
loop.run();
