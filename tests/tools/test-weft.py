#!/usr/bin/python3
# test-weft.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-weft.py WEFT WEFT-NODE [STORY…]: what the client does on a real node, and what it says of bad input."""

import contextlib
import json
import os
import pathlib
import pty
import re
import signal
import stat
import subprocess
import sys
import tempfile
import traceback

WEFT, NODE = sys.argv[1:3]
NETWORK = "testing"
results = []
stories = []
ONLY = sys.argv[3:]


class Skip(Exception):
    """What a story needs is not there; the text says what."""


def story(path):
    def add(function):
        stories.append((path, function))
        return function
    return add


class Node:
    """A real node on a free port of the loopback interface."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.start()

    def start(self, port=0):
        self.process = subprocess.Popen(
            [NODE, "--data-dir", self.directory, "--network", NETWORK, "--listen", f"/ip4/127.0.0.1/tcp/{port}/ws"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.address = re.search(r"/ip4/127\.0\.0\.1/tcp/\d+/ws", line).group(0)

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def weft(self, *arguments, expect=0, input=None, network=NETWORK):
        run = subprocess.run([WEFT, "--node", self.address, "--network", network, *map(str, arguments)],
                             input=input, capture_output=True, text=True, timeout=60)
        if run.returncode != expect:
            raise AssertionError(f"weft {arguments}: expected exit code {expect}, got {run.returncode}\n"
                                 f"{run.stdout}{run.stderr}")
        return run

    def json(self, *arguments, **options):
        return json.loads(self.weft("--json", *arguments, **options).stdout)


@contextlib.contextmanager
def running_node():
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        node = Node(os.path.join(directory, "data"))
        try:
            yield node, pathlib.Path(directory)
        finally:
            node.stop()


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}\n got {actual!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"expected {part!r} in {text!r}")


def block(number, **attributes):
    return {"header": {"id": f"n/{number}", "type": "number", "collectionId": "n"}, **attributes}


def put(node, number, **attributes):
    return node.json("put", "-", input=json.dumps(block(number, **attributes)))


@story("/weft/put-get-history")
def put_get_history():
    with running_node() as (node, _):
        first = put(node, 1, a=1)
        equal((first["changed"], first["rev"]), (1, 1))
        equal(put(node, 1, a=1), {"changed": 0})
        equal(node.json("put", "--id", "n/1", "--set", "b=[1,2]", "--unset", "a")["rev"], 2)
        got = node.json("get", "n/1")["n/1"]
        equal(got["block"], block(1, b=[1, 2]))
        equal(got["state"]["latest"]["rev"], 2)
        equal(node.json("get", "--rev", 1, "n/1")["n/1"]["block"], block(1, a=1))
        equal(json.loads(node.weft("get", "n/1").stdout), block(1, b=[1, 2]))
        lines = [json.loads(line) for line in node.weft("--json", "history", "n/1").stdout.splitlines()]
        equal([line["rev"] for line in lines], [2, 1])
        equal(lines[0]["transform"], {"updates": [["b", None, None, [1, 2]], ["a", None, None]]})
        equal(lines[1]["actionId"], first["actionId"])
        equal(len(node.weft("history", "--max", 1, "n/1").stdout.splitlines()), 1)


@story("/weft/delete")
def delete():
    with running_node() as (node, _):
        put(node, 1, a=0)
        equal(node.json("delete", "n/1", "n/2")["changed"], 1)
        contains(node.weft("get", "n/1", expect=3).stderr, "there is no block “n/1”")
        equal(node.json("get", "--rev", 1, "n/1")["n/1"]["block"], block(1, a=0))
        equal(put(node, 1, a=False)["rev"], 3)
        equal(node.json("get", "n/1")["n/1"]["block"], block(1, a=False))


@story("/weft/pend-commit-cancel")
def pend_commit_cancel():
    with running_node() as (node, _):
        request = {"actionId": "x", "policy": "f",
                   "transforms": {"inserts": {"n/1": block(1)}, "updates": {}, "deletes": []}}
        equal(node.json("pend", "-", input=json.dumps(request))["success"], True)
        equal(node.json("get", "--pending", "x", "n/1")["n/1"]["block"], block(1))
        rival = dict(request, actionId="y")
        run = node.weft("--json", "pend", "-", input=json.dumps(rival), expect=4)
        equal(json.loads(run.stdout)["success"], False)
        contains(run.stderr, "action x is pending on block “n/1”")
        equal(node.json("commit", "x", "n/1", "--rev", 1), {"success": True})
        equal(node.json("commit", "x", "n/1", "--rev", 1), {"success": True})
        equal(node.json("cancel", "z", "n/1"), {})
        contains(node.weft("commit", "y", "n/1", "--rev", 2, expect=3).stderr, "y")


@story("/weft/stale")
def stale():
    with running_node() as (node, _):
        put(node, 1, a=1)
        request = {"actionId": "late", "policy": "c", "bases": {"n/1": 0},
                   "transforms": {"inserts": {"n/1": block(1)}, "updates": {}, "deletes": []}}
        run = node.weft("--json", "pend", "-", input=json.dumps(request), expect=4)
        answer = json.loads(run.stdout)
        equal(answer["staleAt"], {"blockId": "n/1", "rev": 1})
        equal(answer["missing"][0]["transforms"]["inserts"]["n/1"], block(1, a=1))


@story("/weft/put-competes")
def put_competes():
    """Many writers of one block: each reads, loses, and tries again; none is lost without a word."""
    with running_node() as (node, _):
        put(node, 1)
        command = [WEFT, "--node", node.address, "--network", NETWORK, "--json", "put", "--id", "n/1", "--set"]
        writers = [subprocess.Popen([*command, f"w{i}=1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for i in range(4)]
        done = [(w.communicate(timeout=60), w.returncode) for w in writers]
        revs = sorted(json.loads(output[0])["rev"] for output, code in done if code == 0)
        equal([code for _, code in done if code not in (0, 4)], [])
        equal(revs, list(range(2, 2 + len(revs))))


@story("/weft/edit-competes")
def edit_competes():
    """Many who edit the same block at once lose nothing of each other's."""
    with running_node() as (node, _):
        put(node, 1)
        command = [WEFT, "--node", node.address, "--network", NETWORK, "put", "--id", "n/1", "--set"]
        edits = {f"a{i}": i for i in range(12)}
        running = {name: subprocess.Popen([*command, f"{name}={value}"], stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL) for name, value in edits.items()}
        # One may have had bad luck eight times; then it says so.
        done = {name: process.wait(timeout=60) for name, process in running.items()}
        equal([code for code in done.values() if code not in (0, 4)], [])
        equal(node.json("get", "n/1")["n/1"]["block"],
              block(1, **{name: value for name, value in edits.items() if done[name] == 0}))


@story("/weft/import-export")
def import_export():
    with running_node() as (node, directory):
        blocks = [block(f"{i:04}", value=i, text="é€😀" * (i % 3)) for i in range(1000)]
        source = directory / "in.jsonl"
        source.write_text("".join(json.dumps(b) + "\n" for b in blocks), encoding="utf-8")
        equal({k: v for k, v in node.json("import", source).items() if k != "seconds"},
              {"read": 1000, "present": 1000, "changed": 1000, "retries": 0})
        equal(node.json("import", source)["changed"], 0)
        target = directory / "out.jsonl"
        node.weft("export", target)
        got = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
        equal(got, blocks)
        target.chmod(0o640)
        node.weft("export", "--prefix", "n/000", target)
        equal(stat.S_IMODE(target.stat().st_mode), 0o640)
        equal(len(target.read_text(encoding="utf-8").splitlines()), 10)
        equal(len(node.weft("export", "/dev/stdout").stdout.splitlines()), 1000)
        contains(node.weft("export", directory, expect=1).stderr, f"writing {directory}: Is a directory")
        contains(node.weft("export", directory / "no" / "file", expect=1).stderr, "No such file or directory")
        equal(len(node.weft("export", "--prefix", "n/000", "--records").stdout.splitlines()), 10)
        array = directory / "in.json"
        array.write_text(json.dumps({"other": [1], "rows": [{"key": "a", "x": 0}, {"key": "b", "x": None}]}))
        node.weft("import", "--member", "rows", "--id-member", "key", "--id-prefix", "r/", "--type", "row",
                  "--collection", "r", array)
        equal(node.weft("export", "--collection", "r", "--records").stdout, '{"key":"a","x":0}\n{"key":"b","x":null}\n')


@story("/weft/export-cut-short")
def export_cut_short():
    """A file that is there is a whole export, whatever happens to the node or the client."""
    with running_node() as (node, directory):
        source = directory / "in.jsonl"
        source.write_text("".join(json.dumps(block(f"{i:05}", text="x" * 1000)) + "\n" for i in range(8000)))
        node.weft("import", source)
        target = directory / "out.jsonl"

        def cut(process):
            """Breaks off an export as soon as a part of it is written."""
            export = subprocess.Popen([WEFT, "--node", node.address, "--network", NETWORK, "--quiet", "export",
                                       target], stderr=subprocess.DEVNULL)
            while export.poll() is None and not any(p.stat().st_size for p in directory.glob("out.jsonl?*")):
                pass
            (process or export).kill()
            return export.wait(timeout=30)

        equal(cut(None), -signal.SIGKILL)
        equal(target.exists(), False)
        target.write_text("old")
        equal(cut(node.process), 5)
        equal(target.read_text(), "old")


@story("/weft/import-truncated")
def import_truncated():
    with running_node() as (node, directory):
        source = directory / "cut.jsonl"
        text = "".join(json.dumps(block(f"{i:03}")) + "\n" for i in range(300))
        source.write_text(text + '{"header":{"id":"n/cut"')
        run = node.weft("import", source, expect=1)
        contains(run.stderr, "line 301: the file ends within the record that begins here")
        equal(len(node.weft("export").stdout.splitlines()), 300)
        source.write_text(text + json.dumps(block("last")))
        equal({k: v for k, v in node.json("import", source).items() if k != "seconds"},
              {"read": 301, "present": 301, "changed": 1, "retries": 0})


@story("/weft/import-bad-record")
def import_bad_record():
    with running_node() as (node, directory):
        source = directory / "bad.jsonl"
        source.write_text(json.dumps(block(1)) + "\n" + json.dumps({"header": {"id": 5}}) + "\n")
        contains(node.weft("import", source, expect=1).stderr, "line 2: header.id: expected a string")
        equal(node.json("get", "n/1")["n/1"]["block"], block(1))
        contains(node.weft("import", directory / "none", expect=1).stderr, "none")
        contains(node.weft("import", "--id-member", "x", source, expect=2).stderr, "--type and --collection")


@story("/weft/oversize-block")
def oversize_block():
    with running_node() as (node, directory):
        source = directory / "big.json"
        source.write_text(json.dumps(block(1, text="x" * (1024 * 1024))))
        contains(node.weft("put", source, expect=1).stderr, "1048576")
        node.weft("get", "n/1", expect=3)
        frame = len(json.dumps(block(1, text=""), separators=(",", ":")))
        source.write_text(json.dumps(block(1, text="x" * (1024 * 1024 - frame))))
        equal(node.json("put", source)["changed"], 1)


@story("/weft/bad-input")
def bad_input():
    with running_node() as (node, directory):
        contains(node.weft("put", "-", input="{", expect=1).stderr, "-: ")
        contains(node.weft("put", "-", input='{"header":{"id":"n/1","id":"n/2"}}', expect=1).stderr, "id")
        contains(node.weft("put", "-", input="[]", expect=1).stderr, "expected a block, got none")
        contains(node.weft("put", "--id", "n/9", "--set", "a=1", expect=3).stderr, "--type and --collection")
        contains(node.weft("put", "--id", "n/9", "--type", "t", "--collection", "c", "--set", "a", expect=2).stderr,
                 "expected --set NAME=VALUE, got “a”")
        contains(node.weft("put", "--id", "n/9", "--set", "=1", expect=2).stderr, "expected --set NAME=VALUE, got “=1”")
        equal(node.weft("put", "-", input="{}", expect=1).stderr, "weft: -: header: expected a value, got nothing\n")
        equal(node.weft("put", "-", input=json.dumps([block(1, a=1), block(1, a=2)]), expect=1).stderr,
              "weft: -: [1]: block “n/1” is there a second time\n")
        contains(node.weft("gett", "n/1", expect=2).stderr, "did you mean “get”?")
        contains(node.weft("get", expect=2).stderr, "“weft get” needs ID…")
        contains(node.weft("status", "n/1", "now", expect=2).stderr, "“now” is too many")
        contains(node.weft("status", "n/1", expect=3).stderr, "is in no cluster")
        contains(node.weft("explain", "a1", expect=3).stderr, "is in no cluster")
        contains(node.weft("get", "--local", "--quorum", "n/1", expect=2).stderr, "only one of --local and --quorum")
        contains(node.weft("get", "--rev", "x", "n/1", expect=2).stderr, "x")
        contains(node.weft("get", "x" * 257, expect=2).stderr, "256")
        contains(node.weft("get", "--rev", -1, "n/1", expect=2).stderr, "expected --rev to be at least 0, got -1")
        contains(node.weft("commit", "--rev", -1, "a", "n/1", expect=2).stderr, "rev")
        contains(node.weft("cancel", "a", "", expect=2).stderr, "1 to 256 bytes")
        contains(node.weft("bootstrap", "add", "nowhere", expect=2).stderr, "got “nowhere”")
        equal(node.weft("zzzz", expect=2).stderr, "weft: there is no verb “zzzz”\nTry “weft --help”.\n")
        equal(json.loads(node.weft("--json", "get", "", expect=2).stdout)["error"]["code"], "invalid")
        contains(node.weft("peers", network="no such", expect=2).stderr, "--network: expected letters")
        contains(node.weft("--nonsense", expect=2).stderr, "--nonsense")
        equal(json.loads(node.weft("--json", "put", "-", input="{", expect=1).stdout)["error"]["code"], "invalid")
        put(node, 1)
        contains(node.weft("put", "-", input=json.dumps(dict(block(1), header=dict(block(1)["header"], type="t2"))),
                           expect=1).stderr, "the type of a block cannot change")


@story("/weft/output-lost")
def output_lost():
    """Who cannot write what it has to say does not claim to have done so."""
    def get(redirection):
        return subprocess.run(["sh", "-c", f'"$@" {redirection}', "sh", WEFT, "--node", node.address, "--network",
                               NETWORK, "get", "n/1"], capture_output=True, text=True, timeout=60)

    with running_node() as (node, _):
        put(node, 1, text="x" * 100000)
        for redirection in ("> /dev/full", ">&-"):
            run = get(redirection)
            equal((run.returncode, run.stderr), (1, "weft: not all of the output could be written\n"))
        equal(get("| true").stderr, "")
        equal(get("2>&-").returncode, 0)


@story("/weft/input-kinds")
def input_kinds():
    """What is read may be a pipe, and is no folder."""
    with running_node() as (node, directory):
        equal(node.json("put", "/dev/stdin", input=json.dumps(block(1)))["changed"], 1)
        contains(node.weft("put", directory, expect=1).stderr, "to be a file, got a folder")
        contains(node.weft("put", directory / "none", expect=1).stderr, "none: No such file or directory")
        for verb in ("import", "restore"):
            contains(node.weft(verb, directory, expect=1).stderr, "to be a file, got a folder")
        contains(node.weft("watch", "--interval", "nan", "n/1", expect=2).stderr, "got nan")


@story("/weft/wrong-network")
def wrong_network():
    with running_node() as (node, _):
        equal(node.weft("status", network="elsewhere", expect=5).stderr,
              f"weft: {node.address}: cannot be reached: expected a node of this network, got the answer "
              '"HTTP/1.1 404 Not Found"\n')


@story("/weft/host-and-port")
def host_and_port():
    with running_node() as (node, _):
        multiaddr = node.address
        node.address = "127.0.0.1:" + re.search(r"/tcp/(\d+)/", multiaddr).group(1)
        node.weft("status")
        node.address = "nowhere"
        contains(node.weft("status", expect=2).stderr, "weft: --node: expected an address such as")
        contains(node.weft("status", expect=2).stderr, "or 127.0.0.1:9338, got “nowhere”\nTry “weft status --help”.\n")
        node.address = multiaddr


@story("/weft/unreachable")
def unreachable():
    with running_node() as (node, _):
        node.stop()
        run = node.weft("get", "n/1", expect=5)
        contains(run.stderr, node.address)


@story("/weft/node-gone-in-the-middle")
def node_gone():
    with running_node() as (node, directory):
        source = directory / "in.jsonl"
        source.write_text("".join(json.dumps(block(f"{i:05}", text="x" * 500)) + "\n" for i in range(4000)))
        importing = subprocess.Popen([WEFT, "--node", node.address, "--network", NETWORK, "import", source],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # Kill the node once it has taken something.
        while importing.poll() is None:
            run = subprocess.run([WEFT, "--node", node.address, "--network", NETWORK, "get", "n/00000"],
                                 capture_output=True, timeout=60)
            if run.returncode == 0:
                break
        port = int(re.search(r"/tcp/(\d+)/", node.address).group(1))
        node.stop(signal.SIGKILL)
        output, errors = importing.communicate(timeout=60)
        if importing.returncode != 0:
            contains(output, "stopped: ")
        present = int(re.search(r"(\d+) records are there", output).group(1))
        node.start(port)
        kept = len(node.weft("--quiet", "export", "--prefix", "n/").stdout.splitlines())
        if kept < present:
            raise AssertionError(f"{present} were acknowledged, {kept} are there")
        equal(node.json("import", source)["present"], 4000)
        equal(len(node.weft("--quiet", "export").stdout.splitlines()), 4000)


@story("/weft/watch")
def watch():
    with running_node() as (node, _):
        put(node, 1, a=1)
        watching = subprocess.Popen([WEFT, "--node", node.address, "--network", NETWORK, "--json", "watch",
                                     "--interval", "0.1", "--max", "2", "n/1"], stdout=subprocess.PIPE, text=True)
        equal(json.loads(watching.stdout.readline()), {"blockId": "n/1", "rev": 1, "block": block(1, a=1)})
        put(node, 1, a=2)
        equal(json.loads(watching.stdout.readline()), {"blockId": "n/1", "rev": 2, "block": block(1, a=2)})
        equal(watching.wait(timeout=20), 0)
        watching.stdout.close()


@story("/weft/id")
def key_files():
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = os.path.join(directory, "key")

        def weft(*arguments, expect=0):
            run = subprocess.run([WEFT, *arguments], capture_output=True, text=True, timeout=30)
            equal(run.returncode, expect)
            return run

        made = weft("id", "--create", path).stdout
        equal(made[:8], "12D3KooW")
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        equal(weft("id", path).stdout, made)
        contains(weft("id", "--create", path, expect=1).stderr, path)
        equal(weft("id", path).stdout, made)
        if weft("id", "--create", "--force", path).stdout == made:
            raise AssertionError("--force kept the old key")
        with running_node() as (node, _):
            peers = node.json("--key", path, "peers")
            contains([peer["id"] for peer in peers], weft("id", path).stdout.strip())
        pathlib.Path(path).write_text("nonsense")
        contains(weft("id", path, expect=1).stderr, path)


@story("/weft/status")
def status():
    with running_node() as (node, _):
        put(node, 1)
        answer = node.json("status")
        equal(answer["network"], NETWORK)
        equal(answer["peerId"][:8], "12D3KooW")
        equal(json.loads(node.weft("status").stdout)["peerId"], answer["peerId"])


@story("/weft/progress")
def progress():
    """On a terminal, a long import tells how far it is; the line is gone at the end."""
    with running_node() as (node, directory):
        source = directory / "in.jsonl"
        source.write_text("".join(json.dumps(block(f"{i:05}", text="x" * 200)) + "\n" for i in range(4000)))
        try:
            main, terminal = pty.openpty()
        except OSError as error:
            raise Skip(f"no terminal to be had: {error.strerror}") from error
        with subprocess.Popen([WEFT, "--node", node.address, "--network", NETWORK, "import", source],
                              stdout=subprocess.DEVNULL, stderr=terminal) as run:
            os.close(terminal)
            shown = b""
            with contextlib.suppress(OSError):
                while part := os.read(main, 4096):
                    shown += part
        os.close(main)
        text = shown.decode()
        if not re.search(r"\d+ records \(\d+ %\), \d+/s", text):
            raise AssertionError(f"expected a progress line, got {text!r}")
        equal(text[-4:], "\r\033[K")


stories = [story for story in stories if not ONLY or story[0] in ONLY]
for number, (path, function) in enumerate(stories, 1):
    try:
        function()
        print(f"ok {number} {path}", flush=True)
    except Skip as reason:
        print(f"ok {number} {path} # SKIP {reason}", flush=True)
    except Exception:
        results.append(path)
        print(f"not ok {number} {path}")
        print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
print(f"1..{len(stories)}")
sys.exit(1 if results else 0)
