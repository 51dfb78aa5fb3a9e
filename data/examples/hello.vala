/* hello.vala
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

async void hello () throws Error {
  var clock = new Weft.SystemClock ();
  var repo = new Weft.StorageRepo (new Weft.MemoryStorage (), clock);
  var writer = new Weft.Writer (repo, clock, new Weft.SystemRandom ());
  var block = new Weft.Block ("greetings/1", "greeting", "greetings", null);
  Weft.ActionRev made;

  yield writer.put_async ({ block }, null, null, out made);
  stdout.printf ("revision %d\n", (int) made.get_rev ());
}

int main () {
  var loop = new MainLoop ();

  hello.begin ((source, result) => {
    try {
      hello.end (result);
    } catch (Error error) {
      stderr.printf ("%s\n", error.message);
    }
    loop.quit ();
  });
  loop.run ();

  return 0;
}
