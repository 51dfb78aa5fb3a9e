#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A backup of what three real nodes decided, and what a node takes over from one. Speaks TAP.

Usage: test-restore.py PATH-OF-WEFT PATH-OF-WEFT-NODE
"""

import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

spec = importlib.util.spec_from_file_location("cluster", pathlib.Path(__file__).parent / "test-cluster.py")
common = importlib.util.module_from_spec(spec)
spec.loader.exec_module(common)

BLOCKS = 6
# More than one archive of the first block.
CHANGES = 70


def restore(cluster, n, path, *options):
    """What the tool says, and how it exits."""
    run = subprocess.run([common.WEFT, "--node", cluster.address(n), "--network", cluster.network, "restore", "--json",
                          *options, path], env=common.ENVIRONMENT, timeout=common.PATIENCE, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True)
    return run.returncode, json.loads(run.stdout) if run.stdout else None, run.stderr


def begin(cluster, changes=3):
    """Some history on three nodes, of which a backup is made. What is undecided is nothing."""
    for n in range(3):
        cluster.start(n)
    cluster.wait("all are connected", lambda: cluster.weft(0, "put", "--id", "x/0", "--type", "t",
                                                           "--collection", "x", "--set", "n=1"))
    for block in range(1, BLOCKS):
        cluster.weft(block % 3, "put", "--id", f"x/{block}", "--type", "t", "--collection", "x", "--set", "n=0")
    for change in range(2, changes + 1):
        cluster.weft(0, "put", "--id", "x/0", "--set", f"n={change}")
    cluster.weft(1, "delete", "x/5")
    for n in range(3):
        cluster.wait(f"node {n} has told all it knows", lambda n=n: cluster.is_settled(n))
    backup = f"{cluster.directory}/backup.jsonl"
    cluster.weft(0, "export", "--quiet", "--archives", backup)
    return backup


def lose_disk(cluster, n):
    """All but who it is."""
    for path in pathlib.Path(f"{cluster.directory}/{n}").iterdir():
        if path.name != "identity":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def everything(cluster, n):
    """All that a node itself has, its history included: nobody else need be there."""
    return cluster.weft(n, "export", "--quiet", "--archives")


def lines(path):
    return pathlib.Path(path).read_text(encoding="utf-8").splitlines(keepends=True)


def test_one_lost_its_disk(cluster):
    """One of three takes over from a backup what it lost, while nobody else is there, and goes on with them."""
    backup = begin(cluster, CHANGES)
    before = "".join(lines(backup))
    for n in range(3):
        cluster.kill(n)
    lose_disk(cluster, 2)
    cluster.start(2)
    assert everything(cluster, 2) == "", "it has something"

    code, told, complaints = restore(cluster, 2, backup)
    assert code == 0 and not told["refused"] and not complaints, (told, complaints)
    assert told["blocks"] == BLOCKS and told["archives"] == BLOCKS + 1, told
    assert told["revisions"] == CHANGES + BLOCKS, told
    assert everything(cluster, 2) == before
    first = json.loads(cluster.weft(2, "get", "--json", "--local", "--rev", "2", "x/0"))["x/0"]
    assert first["block"]["n"] == 2, first
    # Once more changes nothing.
    code, told, _ = restore(cluster, 2, backup)
    assert code == 0 and told["revisions"] == 0 and told["archives"] == BLOCKS + 1, told

    cluster.start(0)
    cluster.start(1)
    cluster.wait("they decide together", lambda: cluster.weft(2, "put", "--id", "x/0", "--set", "n=1000"))
    for n in range(3):
        cluster.wait(f"node {n} has told all it knows", lambda n=n: cluster.is_settled(n))
        assert not cluster.status(n)["liars"], cluster.status(n)
    exports = cluster.exports()
    assert exports[0] and exports[0] == exports[1] == exports[2], exports


def test_all_lost_their_disks(cluster):
    """Three that lost all but their keys have from a backup what they had, proofs included."""
    backup = begin(cluster)
    before = "".join(lines(backup))
    for n in range(3):
        cluster.kill(n)
        lose_disk(cluster, n)
    for n in range(3):
        cluster.start(n)
        code, told, complaints = restore(cluster, n, backup)
        assert code == 0 and told["blocks"] == BLOCKS, (told, complaints)
        assert everything(cluster, n) == before, f"node {n}"
    cluster.wait("they decide together", lambda: cluster.weft(1, "put", "--id", "x/1", "--set", "n=1000"))
    cluster.wait("all have it", lambda: len(set(cluster.exports())) == 1)


def test_actions_of_several_blocks(cluster):
    """Actions on several blocks are restored where nobody else is there, however far apart these are in the backup."""
    begin(cluster)
    source = f"{cluster.directory}/pair.json"

    def block(name, n):
        return json.dumps({"header": {"id": name, "type": "t", "collectionId": "x"}, "n": n})

    for n in range(5):
        pathlib.Path(source).write_text(f"[{block('a/1', n)},{block('z/1', n)}]")
        cluster.weft(n % 3, "put", source)
    pathlib.Path(source).write_text("".join(block(f"m/{n}", n) + "\n" for n in range(150)))
    cluster.weft(1, "import", "--quiet", source)
    for n in range(3):
        cluster.wait(f"node {n} has told all it knows", lambda n=n: cluster.is_settled(n))
    backup = f"{cluster.directory}/pairs.jsonl"
    cluster.weft(0, "export", "--quiet", "--archives", backup)
    before = "".join(lines(backup))
    for n in range(3):
        cluster.kill(n)
    lose_disk(cluster, 2)
    cluster.start(2)
    code, told, complaints = restore(cluster, 2, backup)
    assert code == 0 and not told["refused"], (told, complaints)
    assert everything(cluster, 2) == before


def test_bad_backups(cluster):
    """What does not prove what it tells is refused by name, and the rest is taken over."""
    backup = begin(cluster)
    cluster.kill(0)
    cluster.kill(1)
    lines_good = lines(backup)
    path = f"{cluster.directory}/bad.jsonl"
    cluster.kill(2)

    def attempt(bad_lines, expected_line, expected_code, expected_text, block="x/0"):
        lose_disk(cluster, 2)
        cluster.start(2)
        pathlib.Path(path).write_text("".join(bad_lines), encoding="utf-8")
        code, told, complaints = restore(cluster, 2, path)
        assert code == 1, (code, told, complaints)
        assert len(told["refused"]) == 1, told
        (refused,) = told["refused"]
        assert refused["line"] == expected_line and refused.get("blockId", block) == block, refused
        assert refused["code"] == expected_code and expected_text in refused["message"], refused
        assert f"line {expected_line}: " in complaints and expected_text in complaints, complaints
        has = [json.loads(line)["blockId"] for line in everything(cluster, 2).splitlines()]
        cluster.kill(2)
        return told, has

    rest = [f"x/{block}" for block in range(1, BLOCKS)]
    first = json.loads(lines_good[0])

    def changed(change):
        archive = json.loads(lines_good[0])
        change(archive["revisions"])
        return [json.dumps(archive) + "\n", *lines_good[1:]]

    def forget(revisions):
        del revisions["1"]["certificate"]

    def swap(revisions):
        revisions["1"]["certificate"] = first["revisions"]["2"]["certificate"]

    def forge(revisions):
        revisions["1"]["action"]["transform"]["insert"]["n"] = 7

    def cut(revisions):
        del revisions["1"]

    for change, code, text in ((forget, "protocol", "revision 1 came without a certificate"),
                               (swap, "protocol", "does not prove revision 1 of it in the network three"),
                               (forge, "protocol", "does not prove revision 1 of it in the network three"),
                               (cut, "exhausted", "expected what comes after revision 0, got revision 2 after 1")):
        told, has = attempt(changed(change), 1, code, text)
        assert has == rest and told["archives"] == BLOCKS - 1, (change.__name__, has, told)

    # It ends within the third line.
    told, has = attempt([*lines_good[:2], lines_good[2][:-40]], 3, "invalid", "the file ends within the record")
    assert has == ["x/0", "x/1"], has
    # A record that is none, between others.
    told, has = attempt([lines_good[0], '{"blockId":"x/9","revisions":{"one":{}},"range":[1]}\n', lines_good[1]], 2,
                        "invalid", "expected a positive integer", "x/9")
    assert has == ["x/0", "x/1"], has


def test_other_network(cluster):
    """A backup of another network proves nothing here, though it is of the same peers."""
    backup = begin(cluster)
    for n in range(3):
        cluster.kill(n)
        lose_disk(cluster, n)
    moved = lines(backup)
    cluster.network = "four"
    cluster.start(2)
    pathlib.Path(backup).write_text(moved[0] + moved[-1], encoding="utf-8")
    code, told, complaints = restore(cluster, 2, backup)
    assert code == 1 and told["archives"] == 0 and len(told["refused"]) == 2, (told, complaints)
    for refused in told["refused"]:
        assert refused["code"] == "protocol" and "in the network four" in refused["message"], refused
    assert everything(cluster, 2) == "", "something was stored"


def test_alone(cluster):
    """A node on its own takes over what goes with what it has, and no other history."""
    backup = begin(cluster)
    for n in range(3):
        cluster.kill(n)
    lose_disk(cluster, 2)
    cluster.start(2, peers=())
    code, told, complaints = restore(cluster, 2, backup)
    assert code == 0 and told["revisions"] == 3 + BLOCKS, (told, complaints)
    cluster.weft(2, "put", "--id", "x/0", "--set", "n=99")
    code, told, _ = restore(cluster, 2, backup)
    assert code == 1 and [refused["blockId"] for refused in told["refused"]] == ["x/0"], told
    assert common.value(cluster.weft(2, "get", "--json", "x/0")) == 99


if __name__ == "__main__":
    sys.exit(common.run([test_one_lost_its_disk, test_all_lost_their_disks, test_actions_of_several_blocks,
                         test_bad_backups, test_other_network, test_alone]))
