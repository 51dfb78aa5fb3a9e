#!/usr/bin/python3
# test-python.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library as a Python program sees it, through introspection."""

import json
import sys
import unittest

import gi

gi.require_version("Json", "1.0")
gi.require_version("Weft", "1")
from gi.repository import GLib, Json, Weft  # noqa: E402


def wait(start, *arguments):
    """Calls an asynchronous function and runs the main loop until it has called back."""
    loop = GLib.MainLoop()
    results = []

    def done(_source, result):
        results.append(result)
        loop.quit()

    start(*arguments, None, done)
    loop.run()
    return results[0]


def block(number, **attributes):
    node = Json.from_string(json.dumps(attributes))
    return Weft.Block.new(f"n/{number}", "number", "n", node.get_object())


class Values(unittest.TestCase):
    def test_block(self):
        made = block(1, a=[1, 2], b=None)
        self.assertEqual(made.get_id(), "n/1")
        self.assertEqual(made.list_attributes(), ["a", "b"])
        self.assertEqual(made.to_string(),
                         '{"a":[1,2],"b":null,"header":{"collectionId":"n","id":"n/1","type":"number"}}')
        again = Weft.Block.from_json(made.to_json())
        self.assertTrue(Weft.Block.equal(made, again))

    def test_errors_name_the_member(self):
        with self.assertRaises(GLib.Error) as caught:
            Weft.Block.from_json(Json.from_string('{"header":{"id":5}}'))
        self.assertTrue(caught.exception.matches(Weft.error_quark(), Weft.Error.INVALID))
        self.assertIn("header.id", caught.exception.message)

    def test_apply(self):
        insert = Weft.Transform.new(block(1, a=[1]), None, False)
        ok, inserted = insert.apply(None)
        self.assertTrue(ok)
        splice = Weft.Operation.new_splice("a", -1, 1, Json.from_string("[7,8]").get_array())
        ok, changed = Weft.Transform.new(None, [splice], False).apply(inserted)
        self.assertIn('"a":[7,8]', changed.to_string())
        self.assertIn('"a":[1]', inserted.to_string())
        ok, gone = Weft.Transform.new(None, None, True).apply(changed)
        self.assertEqual((ok, gone), (True, None))

    def test_strict_json(self):
        node = Weft.json_parse(b'{"b":1.0,"a":[]}')
        self.assertEqual(Weft.json_to_string(node), '{"a":[],"b":1}')
        for text in ('{"a":1,"a":2}', "[1,]", '"\\u0000"', "9007199254740992"):
            with self.assertRaises(GLib.Error):
                Weft.json_parse(text.encode())

    def test_identity(self):
        identity = Weft.Identity.new_from_seed(GLib.Bytes.new(bytes(range(32))))
        peer_id = identity.get_peer_id()
        signature = identity.sign(GLib.Bytes.new(b"text"))
        self.assertTrue(peer_id.verify(GLib.Bytes.new(b"text"), signature))
        self.assertFalse(peer_id.verify(GLib.Bytes.new(b"test"), signature))
        verifier = Weft.Ed25519Verifier.new()
        self.assertTrue(verifier.verify(peer_id, b"text", signature.get_data()))
        self.assertFalse(verifier.verify(peer_id, b"test", signature.get_data()))
        self.assertEqual(verifier.get_n_checked(), 2)
        self.assertTrue(Weft.PeerId.equal(peer_id, Weft.PeerId.parse(peer_id.get_text())))
        address = Weft.Multiaddr.parse("/ip4/127.0.0.1/tcp/9338/ws")
        self.assertEqual((address.get_host(), address.get_port()), ("127.0.0.1", 9338))


class Repo(unittest.TestCase):
    def setUp(self):
        self.clock = Weft.SystemClock.new()
        self.repo = Weft.StorageRepo.new(Weft.MemoryStorage.new(), self.clock)
        self.commits = []
        self.repo.connect("committed", lambda _repo, *commit: self.commits.append(commit))

    def read(self, *arguments):
        result = wait(self.repo.get_async, Weft.BlockGets.new(*arguments))
        return self.repo.get_finish(result)

    def test_pend_commit_get(self):
        transforms = Weft.Transforms.new_for_blocks([block(1, a=1)])
        pend = Weft.PendRequest.new("first", 0, transforms, None, Weft.PendPolicy.FAIL)
        pended = self.repo.pend_finish(wait(self.repo.pend_async, pend))
        self.assertTrue(pended.is_success())
        commit = Weft.CommitRequest.new("first", ["n/1"], 1)
        committed = self.repo.commit_finish(wait(self.repo.commit_async, commit))
        self.assertTrue(committed.is_success())
        self.assertEqual(self.commits, [("n", ["n/1"], "first", 1)])
        found = self.read(["n/1", "n/2"], None)
        self.assertEqual(found.lookup("n/1").get_latest().get_rev(), 1)
        self.assertEqual(found.lookup("n/1").get_block().get_id(), "n/1")
        self.assertIsNone(found.lookup("n/2").get_block())

    def test_put(self):
        transforms = Weft.Transforms.new_for_blocks([block(1, a=1)])
        put = Weft.PendRequest.new("first", 0, transforms, None, Weft.PendPolicy.CONTINUE)
        for _ in range(2):
            made = self.repo.put_finish(wait(self.repo.put_async, put))
            self.assertTrue(made.is_success())
            self.assertEqual(made.get_rev(), 1)
        self.assertEqual(self.commits, [("n", ["n/1"], "first", 1)])
        late = Weft.PendRequest.new("second", 0, transforms, None, Weft.PendPolicy.CONTINUE)
        stale = self.repo.put_finish(wait(self.repo.put_async, late))
        self.assertFalse(stale.is_success())
        self.assertEqual(stale.get_failure().get_stale_rev(), 1)

    def test_commit_validator(self):
        judged = []

        def validate(_repo, request, changes):
            change = changes[0]
            judged.append((request.get_action_id(), change.get_block_id(), change.get_base_rev(),
                           change.get_base() is None, change.get_result().to_string()))
            return None if '"a":1' in judged[-1][-1] else "expected one"

        self.repo.set_commit_validator(validate)
        for action, value, reason in (("good", 1, None), ("bad", 2, "expected one")):
            transforms = Weft.Transforms.new_for_blocks([block(value, a=value)])
            pend = Weft.PendRequest.new(action, 0, transforms, None, Weft.PendPolicy.FAIL)
            self.repo.pend_finish(wait(self.repo.pend_async, pend))
            commit = Weft.CommitRequest.new(action, [f"n/{value}"], 1)
            result = wait(self.repo.commit_async, commit)
            if reason is None:
                self.assertTrue(self.repo.commit_finish(result).is_success())
                continue
            with self.assertRaises(GLib.Error) as caught:
                self.repo.commit_finish(result)
            self.assertTrue(caught.exception.matches(Weft.error_quark(), Weft.Error.REFUSED))
            self.assertEqual(caught.exception.message, reason)
        self.assertEqual([entry[:4] for entry in judged],
                         [("good", "n/1", 0, True), ("bad", "n/2", 0, True)])

    def test_writer(self):
        writer = Weft.Writer.new(self.repo, self.clock, Weft.SystemRandom.new())
        for rev, value in ((1, 0), (2, False)):
            _, n_changed, made = writer.put_finish(wait(writer.put_async, [block(1, a=value)]))
            self.assertEqual((n_changed, made.get_rev()), (1, rev))
        _, n_changed, made = writer.delete_finish(wait(writer.delete_async, ["n/1"]))
        self.assertEqual((n_changed, made.get_rev()), (1, 3))
        context = Weft.ActionContext.new([], 2, None)
        self.assertIn('"a":false', self.read(["n/1"], context).lookup("n/1").get_block().to_string())
        self.assertIsNone(self.read(["n/1"], None).lookup("n/1").get_block())

    def test_writer_edit(self):
        writer = Weft.Writer.new(self.repo, self.clock, Weft.SystemRandom.new())
        wait(writer.put_async, [block(1, a=0)])

        def edit(_writer, block_id, current, delta):
            return block(1, a=current.get_attribute("a").get_int() + delta)

        _, n_changed, made = writer.edit_finish(wait(writer.edit_async, "n/1", edit, (5,)))
        self.assertEqual((n_changed, made.get_rev()), (1, 2))
        self.assertIn('"a":5', self.read(["n/1"], None).lookup("n/1").get_block().to_string())

        def refuse(_writer, _block_id, _current):
            raise GLib.Error.new_literal(Weft.error_quark(), "not today", Weft.Error.REFUSED)

        with self.assertRaises(GLib.Error) as caught:
            writer.edit_finish(wait(writer.edit_async, "n/1", refuse, ()))
        self.assertEqual(caught.exception.message, "not today")


class Node(unittest.TestCase):
    """A node and a client in one process."""

    def setUp(self):
        self.clock = Weft.SystemClock.new()
        self.random = Weft.SystemRandom.new()

    def transport(self, role):
        return Weft.LoopbackTransport.new(Weft.Identity.new(self.random), "test", role, self.clock, self.random)

    def test_node(self):
        node = Weft.Node.new(self.transport(Weft.PeerRole.PEER), Weft.MemoryStorage.new(), ["/memory/0"])
        states, commits = [], []
        node.connect("notify::state", lambda node, _: states.append(node.props.state.value_nick))
        node.connect("committed", lambda _, commit: commits.append((commit.props.block_ids, commit.props.rev)))
        self.assertTrue(node.start_finish(wait(node.start_async)))
        # The list is gone at the end of the line; what was in it is not.
        address = node.list_addresses()[0]

        repo = Weft.RemoteRepo.new(self.transport(Weft.PeerRole.CLIENT), address)
        writer = Weft.Writer.new(repo, self.clock, self.random)
        writer.put_finish(wait(writer.put_async, [block(1, a=1)]))
        ids, has_more = repo.list_blocks_finish(wait(repo.list_blocks_async, None, 0))
        self.assertEqual((ids, has_more), (["n/1"], False))
        archive = repo.read_archive_finish(wait(repo.read_archive_async, "n/1", 0, 0, False))
        self.assertIsNotNone(archive.lookup(1))
        self.assertIsNone(repo.read_archive_finish(wait(repo.read_archive_async, "n/2", 0, 0, False)))
        status = repo.get_status_finish(wait(repo.get_status_async)).get_object()
        self.assertEqual(status.get_string_member("peerId"), node.props.identity.get_peer_id().to_string())
        self.assertEqual(commits, [(["n/1"], 1)])
        self.assertEqual([commit.props.rev for commit in node.props.recent_commits], [1])
        self.assertEqual([peer.props.role for peer in node.props.peers], [Weft.PeerRole.CLIENT])

        self.assertTrue(node.stop_finish(wait(node.stop_async)))
        self.assertEqual(states, ["starting", "running", "stopping", "stopped"])
        self.assertEqual(len(node.props.peers), 0)


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
        print(f"{'not ok' if problems else 'ok'} {number} /python/{case.id().partition('.')[2]}")
        for _, text in problems:
            print("\n".join("# " + line for line in text.splitlines()))
    sys.exit(1 if failed else 0)
