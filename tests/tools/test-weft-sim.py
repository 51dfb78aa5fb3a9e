#!/usr/bin/python3
# test-weft-sim.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-weft-sim.py WEFT-SIM SOURCE-ROOT: runs scenarios, and reads what it says of them and of bad input."""

import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import traceback

WEFT_SIM, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
SCENARIOS = ROOT / "data/scenarios"
SMOKE_SEEDS = "1..2"
# Each verb, and how many options of its own it has.
VERBS = {"run": 6, "swarm": 5, "shrink": 5, "replay": 0, "explain": 4, "timeline": 5, "list": 0, "merge": 0,
         "fence": 0}
results = []
stories = []


def story(path):
    def add(function):
        stories.append((path, function))
        return function
    return add


def weft_sim(*arguments, expect=0, **options):
    run = subprocess.run([WEFT_SIM, *map(str, arguments)], capture_output=True, text=True, timeout=250,
                         env={**os.environ, "WEFT_SCENARIOS": str(SCENARIOS)}, **options)
    if run.returncode != expect:
        raise AssertionError(f"weft-sim {arguments}: expected exit code {expect}, got {run.returncode}\n"
                             f"{run.stdout}{run.stderr}")
    return run


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"expected {part!r} in {text!r}")


names = sorted(path.stem for path in SCENARIOS.glob("*.json") if path.name != "schema.json")


def scenario(**members):
    return {"name": "mine", "summary": "A story.", "duration": "3 s", **members}


def refused(document, message):
    """A scenario is refused with exactly this message, and with exit code 4."""
    text = document if isinstance(document, str) else json.dumps(document)
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "mine.json"
        path.write_text(text)
        equal(weft_sim("run", path, expect=4).stderr, f"weft-sim: {path}: {message}\n")


@story("/weft-sim/list")
def list_scenarios():
    """Each scenario is listed with its summary, under the name of its file."""
    lines = [json.loads(line) for line in weft_sim("--json", "list").stdout.splitlines()]
    equal([line["name"] for line in lines], names)
    if len(names) < 10 or not all(line["summary"].endswith(".") for line in lines):
        raise AssertionError(f"expected ten stories at least, each in a sentence, got {lines}")
    equal({line["name"] for line in lines if line["expect"] == "violation"},
          {"corrupted-link", "lost-disk", "lying-disk", "rolled-back-disk"})


@story("/weft-sim/heal")
def heal():
    """Every cluster is given 30 s, from when all is healed, until everything is decided, everywhere and usable."""
    scenarios = [json.loads((SCENARIOS / f"{name}.json").read_text()) for name in names]
    clusters = [scenario for scenario in scenarios if scenario.get("cluster")]
    equal({scenario["name"]: scenario["heal"] for scenario in clusters}, {scenario["name"]: "30 s" for scenario in clusters})
    sizes = [scenario.get("swarm", {}).get("nodes", [scenario["nodes"]]) for scenario in clusters]
    equal((min(map(min, sizes)), max(map(max, sizes))), (1, 10))


@story("/weft-sim/smoke")
def smoke():
    """Every scenario passes with the smoke seeds, each run done twice with equal hashes."""
    report = json.loads(weft_sim("--json", "swarm", *names, "--seeds", SMOKE_SEEDS, "--keep-going",
                                 "--check-determinism").stdout)
    equal(report["failures"], [])
    equal((report["runs"], report["passed"]), (2 * len(names), 2 * len(names)))
    equal(report["scenarios"], {name: 2 for name in names})
    if min(report["events"], report["operations"], report["simulatedUsec"]) < 1000:
        raise AssertionError(f"expected a lot to happen, got {report}")
    schema = json.loads((SCENARIOS / "schema.json").read_text())
    missing = set(schema["definitions"]["kind"]["enum"]) - set(report["faults"])
    equal(missing, set())


@story("/weft-sim/real-signatures")
def real_signatures():
    """Every scenario passes with real signatures too, which each 16th seed has by itself."""
    report = json.loads(weft_sim("--json", "swarm", *names, "--seeds", "16", "--keep-going").stdout)
    equal((report["failures"], report["passed"]), ([], len(names)))
    kinds = {}
    for arguments in (["--seed", 15], ["--seed", 16], ["--seed", 15, "--signatures", "real"]):
        run = json.loads(weft_sim("--json", "run", "calm", *arguments).stdout)
        kinds[run["hash"]] = run["signatures"]
    equal(list(kinds.values()), ["simulated", "real", "real"])
    contains(weft_sim("run", "calm", "--signatures", "none", expect=4).stderr,
             "expected “simulated” or “real” signatures, got “none”")
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "mine.json"
        path.write_text(json.dumps(scenario(signatures="real", expect="violation")))
        equal(json.loads(weft_sim("--json", "run", path, expect=1).stdout)["signatures"], "real")
        text = weft_sim("--json", "swarm", path, "--seeds", 3, "--signatures", "simulated", expect=1).stdout
        contains(text, f"weft-sim run {path} --seed 3 --signatures simulated ")
        path.write_text(text)
        contains(weft_sim("--json", "merge", path, expect=1).stdout, " --seed 3 --signatures simulated ")
    refused(scenario(signatures="forged"), "line 1: signatures: expected one of simulated, real, got “forged”")


@story("/weft-sim/same-run")
def same_run():
    """One scenario and seed is one run, in whichever process; another seed is another."""
    first = json.loads(weft_sim("--json", "run", "lossy-link", "--seed", 7).stdout)
    again = json.loads(weft_sim("--json", "run", SCENARIOS / "lossy-link.json", "--seed", 7).stdout)
    other = json.loads(weft_sim("--json", "run", "lossy-link", "--seed", 8).stdout)
    # Nodes of a cluster are watched for what they decide; those that know nothing of each other are not.
    equal("revisions-decided" in other["counters"], False)
    cluster = json.loads(weft_sim("--json", "run", "cluster-calm", "--seed", 7).stdout)
    equal(cluster["counters"]["revisions-decided"] > 50, True)
    equal(again, first)
    if other["hash"] == first["hash"]:
        raise AssertionError("expected another hash with another seed")


@story("/weft-sim/violation-is-seen")
def violation():
    """Without being told to expect it, a disk that is rolled back is a violation; its line reproduces it."""
    document = json.loads((SCENARIOS / "rolled-back-disk.json").read_text())
    del document["expect"]
    with tempfile.TemporaryDirectory(prefix="weft test ") as directory:
        path = pathlib.Path(directory) / "rolled back.json"
        path.write_text(json.dumps(document))
        run = weft_sim("swarm", path, "--seeds", "3..9", "--jobs", 1, expect=1)
        contains(run.stderr, "violation: ")
        line = re.search(r"^  reproduce: weft-sim (.*)$", run.stderr, re.M).group(1)
        arguments = shlex.split(line, comments=True)
        equal(arguments, ["run", str(path), "--seed", "3"])
        again = weft_sim(*arguments, expect=1)
        equal(again.stderr, run.stderr)


@story("/weft-sim/fork-is-seen")
def fork():
    """When most members lose their disks at once a revision is decided anew, and that is seen as it happens."""
    lost = [{"fault": "kill", "at": "6500 ms", "for": "1 s", "node": node, "disk": "lost"} for node in (0, 1)]
    document = scenario(nodes=3, cluster=True, duration="20 s", workload={"clients": 3, "keys": 2, "timeout": "2 s"},
                        timeline=[{"fault": "kill", "at": "6 s", "for": "10 s", "node": 2}, *lost])
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "mine.json"
        path.write_text(json.dumps(document))
        report = json.loads(weft_sim("--json", "run", path, "--seed", 1, expect=1).stdout)
        found = re.fullmatch(r"at ([0-9.]+) s node-\d has action \S+ as revision \d+ of block “item-\d”, and node-\d had \S+",
                             report["reason"])
        equal((report["verdict"], found is not None and 7 < float(found.group(1)) < 20), ("violation", True))


@story("/weft-sim/violation-is-missed")
def missed():
    """A violation that is expected and does not come is a failure."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "mine.json"
        path.write_text(json.dumps(scenario(expect="violation")))
        contains(weft_sim("run", path, expect=1).stderr, "a violation was expected, and there was none")


@story("/weft-sim/crash")
def crash():
    """A run that ends its process is a failure with its seed, and the other runs go on."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "endless.json"
        path.write_text(json.dumps(scenario(duration="24 h")))
        run = weft_sim("--json", "swarm", path, "calm", "--seeds", "5..6", "--jobs", 1, "--keep-going", expect=1,
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (2, 2)))
        report = json.loads(run.stdout)
        equal((report["runs"], report["passed"], report["violations"]), (4, 2, 2))
        equal([(failure["verdict"], failure["seed"]) for failure in report["failures"]], [("crash", 5), ("crash", 6)])
        contains(report["failures"][0]["reason"], "the process was ended by signal")
        contains(run.stderr, f"reproduce: weft-sim run {path} --seed 5 ")


@story("/weft-sim/undecided")
def undecided():
    """What does not work again in time is undecided, and says what did not."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "mine.json"
        path.write_text(json.dumps(scenario(heal="1 ms")))
        contains(weft_sim("run", path, expect=2).stderr, "within 1 ms after all was healed")


@story("/weft-sim/merge")
def merge():
    """Reports of parts, merged, are the report of the whole; a failure stays one."""
    whole = json.loads(weft_sim("--json", "swarm", "calm", "reset-flood", "--seeds", "1..4").stdout)
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        parts = []
        for number, arguments in enumerate((("swarm", "calm", "reset-flood", "--seeds", "1..3"),
                                            ("run", "calm", "--seed", 4), ("run", "reset-flood", "--seed", 4))):
            parts.append(pathlib.Path(directory) / f"{number}.json")
            parts[-1].write_text(weft_sim("--json", *arguments).stdout)
        equal(json.loads(weft_sim("--json", "merge", *parts).stdout), whole)
        path = pathlib.Path(directory) / "mine.json"
        path.write_text(json.dumps(scenario(heal="1 ms")))
        parts[0].write_text(weft_sim("--json", "swarm", path, "--seeds", "1..2", "-k", expect=2).stdout)
        merged = json.loads(weft_sim("--json", "merge", *parts, expect=2).stdout)
        equal((merged["runs"], merged["passed"], merged["undecided"]), (4, 2, 2))
        equal(merged["failures"][0]["seed"], 1)
        parts[0].write_text(parts[2].read_text().replace('"asExpected":true', '"asExpected":false')
                            .replace('"verdict":"pass"', '"verdict":"non-determinism","reason":"two runs differ"'))
        merged = json.loads(weft_sim("--json", "merge", *parts, expect=3).stdout)
        equal((merged["runs"], merged["passed"], merged["nonDeterministic"]), (3, 2, 1))
        parts[0].write_text("[]")
        contains(weft_sim("merge", *parts, expect=4).stderr, "expected a report")


@story("/weft-sim/trace")
def trace():
    """A trace is a line of JSON for each event, and does not change the run."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        traced = json.loads(weft_sim("--json", "run", "stalled-node", "--trace", path).stdout)
        equal(traced, json.loads(weft_sim("--json", "run", "stalled-node").stdout))
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        equal(sum(line["record"] == "event" for line in lines), traced["events"])
        faults = [line for line in lines if line.get("note") == "fault"]
        equal([line["text"] for line in faults], ["pause"] * traced["faults"]["pause"])
        contains(weft_sim("run", "calm", "--trace", f"{directory}/none/trace", expect=4).stderr, "none/trace")


@story("/weft-sim/trace-is-whole")
def whole_trace():
    """A trace is the same bytes each time, is sealed, and what it refers to is in it."""
    text = weft_sim("run", "lossy-link", "--seed", 3, "--trace", "-").stdout
    equal(weft_sim("run", "lossy-link", "--seed", 3, "--trace", "-").stdout, text)
    lines = [line for line in text.splitlines() if line.startswith("{")]
    records = [json.loads(line) for line in lines]
    equal([json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for record in records], lines)
    header, verdict = records[0], records[-1]
    equal((header["record"], header["format"], header["seed"]), ("header", 1, 3))
    equal(header["scenario"], json.loads((SCENARIOS / "lossy-link.json").read_text()))
    equal((verdict["record"], verdict["verdict"], verdict["violations"]), ("verdict", "pass", 0))
    equal(verdict["sha256"], hashlib.sha256("".join(line + "\n" for line in lines[:-1]).encode()).hexdigest())
    events, messages, operations = {0}, {}, {}
    for record in records[1:-1]:
        if record["record"] == "event":
            equal(record.get("cause", 0) in events, True)
            events.add(record["event"])
        equal(record.get("during", 0) in events, True)
        if record["record"] == "send":
            messages[record["message"]] = record
        elif record["record"] in ("receive", "lose"):
            equal(messages.pop(record["message"])["at"] <= record["at"], True)
        elif record["record"] == "begin":
            equal(record.get("within", 0) in (0, *operations), True)
            operations[record["operation"]] = record
        elif record["record"] == "end":
            begun = operations.pop(record["operation"])
            equal(set(record.get("revisions", ())) <= set(begun.get("blocks", ())), True)
    equal(operations, {})
    faults = [record["fault"] for record in records if record["record"] == "fault"]
    equal(faults, [record["fault"] for record in records if record["record"] == "heal"])
    contains(next(record["about"] for record in records if record["record"] == "fault"), "lossy-link 40.0 % at node-0")
    sent = [record for record in records if record["record"] == "send"]
    equal({"hello", "proof", "request", "reply"} <= {record["envelope"] for record in sent}, True)
    equal([record["about"] for record in sent if record["envelope"] == "unknown"], [])
    equal(any(record.get("losses") for record in sent), True)


@story("/weft-sim/replay")
def replay():
    """A run that is done again equals its trace, also one that fails; another program is found out."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        for name in ("crash-before-sync", "rolled-back-disk"):
            weft_sim("run", name, "--seed", 2, "--trace", path)
            contains(weft_sim("replay", path).stdout, f"equal: {name} with seed 2, ")
            equal(json.loads(weft_sim("--json", "replay", path).stdout)["equal"], True)
        lines = path.read_text().splitlines()

        def seal(changed):
            verdict = json.loads(changed[-1])
            verdict["sha256"] = hashlib.sha256("".join(line + "\n" for line in changed[:-1]).encode()).hexdigest()
            last = json.dumps(verdict, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            path.write_text("".join(line + "\n" for line in [*changed[:-1], last]))

        # As a program writes it that does something else at line 101.
        seal([*lines[:100], lines[100].replace('"at":', '"at":1'), *lines[101:]])
        run = weft_sim("replay", path, expect=3)
        contains(run.stderr, "weft-sim: line 101 differs:\n  trace: {")
        contains(run.stderr, f"  again: {lines[100]}\n")
        equal("build" in run.stderr, False)
        seal([lines[0].replace('"build":"', '"build":"older-'), *lines[1:]])
        run = weft_sim("replay", path)
        contains(run.stderr, "the trace was written by build older-")
        seal([*lines[:50], *lines[51:]])
        equal(json.loads(weft_sim("--json", "replay", path, expect=3).stdout)["line"], 51)


@story("/weft-sim/bad-trace")
def bad_trace():
    """What is no whole trace is refused, and it is said why."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        weft_sim("run", "calm", "--trace", path)
        text = path.read_text()

        def refused_trace(changed, message):
            path.write_text(changed)
            contains(weft_sim("replay", path, expect=4).stderr, f"weft-sim: {path}: {message}")

        refused_trace("", "expected a trace of weft-sim, got something else")
        refused_trace("hello\n", "expected a trace of weft-sim, got something else")
        refused_trace('{"record":"header"}\n', "expected a trace of weft-sim, got something else")
        refused_trace(text.replace('"format":1', '"format":2', 1), "line 1: expected a trace of format 1, got 2")
        refused_trace(text[:-1], "the trace ends before its verdict")
        refused_trace(text[:len(text) // 2], "the trace ends before its verdict")
        refused_trace(text.replace('"seed":1', '"seed":2', 1), "the trace was changed after it was written")
        refused_trace(text.replace('"at":', '"at":9', 1), "the trace was changed after it was written")
        refused_trace(text.replace('"duration":"', '"duration":"x', 1), "line 1: scenario: line 1: duration: ")
        contains(weft_sim("replay", f"{directory}/none", expect=4).stderr, "none")


@story("/weft-sim/explain-lying-disk")
def explain_lying_disk():
    """A disk that lied is told of where the power goes, and what was acknowledged before is what the check misses."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        weft_sim("run", "lying-disk", "--seed", 7, "--trace", path)
        text = weft_sim("explain", path).stdout
        for part in ("fault: lying-disk at node-0, until ", "fault: kill at node-0, which is without power, until ",
                     "node-0: kill, power", "node-0: disk, had not written what it said", "A CHECK FAILS: "):
            contains(text, part)


@story("/weft-sim/explain")
def explain():
    """A failure is told from the operations that its reason names up to the check that failed, with its faults."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        weft_sim("run", "rolled-back-disk", "--seed", 7, "--trace", path)
        text = weft_sim("explain", path).stdout
        block = re.search(r"block “(item-\d)”", text).group(1)
        for part in ("rolled-back-disk, seed 7, build ", f" {block} as revision ", "fault: kill at node-0, its disk is rolled back, until ",
                     "node-0: start, disk rolled back", "A CHECK FAILS: ", "the run ends: violation"):
            contains(text, part)
        times = [float(time) for time in re.findall(r"^ +([0-9.]+) s  ", text, re.M)]
        equal(times, sorted(times))
        equal(weft_sim("explain", path, "--failure").stdout, text)
        told = json.loads(weft_sim("--json", "explain", path).stdout)
        equal([line["text"] for line in told["lines"]], re.findall(r"^ +[0-9.]+ s  (.*)$", text, re.M))
        equal((told["scenario"], told["seed"], told["verdict"]), ("rolled-back-disk", 7, "violation"))

        # All of the block is more than what the failure is about, and one action is less.
        whole = weft_sim("explain", path, "--block", block).stdout
        equal(whole.count(f"to put {block}") > text.count(f"to put {block}") > 0, True)
        action = re.search(rf"asks to put {block} as revision \d+, action (\w+)", text).group(1)
        story = weft_sim("explain", path, "--action", action).stdout
        equal(set(re.findall(r"action ([\w-]+)", story)), {action})
        contains(story, f"asks to put {block}")
        client = weft_sim("explain", path, "--client", 1).stdout
        contains(client, "client-1 asks node-0 for a connection: connected")
        equal("client-2" in re.sub("A CHECK.*", "", client), False)


@story("/weft-sim/explain-messages")
def explain_messages():
    """What happens to messages is told: lost and sent again, held up, late, and never there."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        text = ""
        for name in ("lossy-link", "one-way-partition", "reset-flood"):
            weft_sim("run", name, "--seed", 3, "--trace", path)
            text += "".join(weft_sim("explain", path, "--client", client).stdout for client in range(3))
        for part in ("; it is lost on its way and sent again, ", " is held up: nothing gets through",
                     " s after it was sent", " never comes: the connection was reset", "fault: partition around node-0, only what goes ",
                     "and nobody knows whether it happened"):
            contains(text, part)
        contains(text, "node-0: gave up after 3 attempts: no reply came")
        equal("12D3Koo" in text, False)
        path.write_text(path.read_text()[:20000])
        contains(weft_sim("explain", path, "--client", 1).stdout, "The trace ends before its verdict")
        contains(weft_sim("timeline", path, "--mermaid", "-").stderr, "the trace ends before its verdict")


@story("/weft-sim/bad-explain")
def bad_explain():
    """What is not in a trace cannot be explained."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        weft_sim("run", "calm", "--trace", path)
        contains(weft_sim("explain", path, expect=4).stderr, "this run did not fail")
        contains(weft_sim("explain", path, "--block", "item-11", expect=4).stderr, "did you mean “item-1”?")
        contains(weft_sim("explain", path, "--action", "!", expect=4).stderr, "no action in this trace begins with “!”")
        contains(weft_sim("explain", path, "--client", "9", expect=4).stderr, "there is no “client-9” in this trace")
        contains(weft_sim("timeline", path, expect=4).stderr, "needs --html FILE or --mermaid FILE")
        for option, value, message in (("--cone", "x", "the number of an event"), ("--cone", "failure", "no failure"),
                                       ("--cone", "999999999", "there is no event 999999999"),
                                       ("--from", "noon", "expected a time such as 8.25 or 250ms, got “noon”")):
            contains(weft_sim("timeline", path, "--mermaid", "-", option, value, expect=4).stderr, message)
        contains(weft_sim("timeline", path, "--mermaid", "-", "--from", 2, "--to", "1 s", expect=4).stderr, "before --to")
        contains(weft_sim("run", "calm", "--html", f"{directory}/none/page", expect=4).stderr, "none/page")


@story("/weft-sim/mermaid")
def mermaid():
    """A diagram is of what a failure is about, or of a bounded part, and says what it leaves out."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path = pathlib.Path(directory) / "trace"
        arrow = re.compile(r"^  (a\d+)--?(?:>>|x)(a\d+): \d+\.\d{6} s \S", re.M)
        text = weft_sim("run", "calm", "--trace", path, "--mermaid", "-").stdout.split("1 runs")[0]
        equal(text.splitlines()[0], "sequenceDiagram")
        equal(len(arrow.findall(text)), 200)
        contains(text, "messages before this are left out")
        named = set(re.findall(r"^  participant (a\d+) as (?:node|client)-\d$", text, re.M))
        equal({name for pair in arrow.findall(text) for name in pair} <= named, True)
        part = weft_sim("timeline", path, "--mermaid", "-", "--from", 1, "--to", "1500ms").stdout
        times = [float(time) for time in re.findall(r": (\d+\.\d{6}) s ", part)]
        equal((min(times) >= 1, max(times) <= 1.5, len(times) > 5), (True, True, True))

        text = weft_sim("run", "rolled-back-disk", "--seed", 7, "--trace", path, "--mermaid", "-").stdout
        contains(text, "%% only what led to it and what came of it")
        equal(0 < len(arrow.findall(text)) < 100, True)
        equal(weft_sim("timeline", path, "--mermaid", "-").stdout, text.split("1 runs")[0])


@story("/weft-sim/page")
def page():
    """A page needs nothing from anywhere, and what a scenario says cannot break out of it."""
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path, trace = pathlib.Path(directory) / "mine.json", pathlib.Path(directory) / "trace"
        path.write_text(json.dumps(scenario(summary="</script><script>alert(1)</script>&<b>.")))
        text = weft_sim("run", path, "--html", "-", "--trace", trace).stdout
        equal(text.count("</script>"), 2)
        equal(re.findall(r"(?:src|href)=|https?://|url\(|@import", text.replace("url(#hatch)", "")), [])
        embedded = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S).group(1))
        equal(embedded["records"], [json.loads(line) for line in trace.read_text().splitlines()])
        equal(embedded["about"]["reproduce"].split(" # ")[0].strip(), f"weft-sim run {path} --seed 1")
        event = next(record["event"] for record in embedded["records"] if record.get("kind") == "workload")
        text = weft_sim("timeline", trace, "--html", "-", "--cone", event).stdout
        part = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S).group(1))
        contains(part["about"]["leftOut"], f"of the {len(embedded['records'])} lines")
        equal(1 < sum(record["record"] == "send" for record in part["records"]) < 12, True)


@story("/weft-sim/bad-scenario")
def bad_scenario():
    """What is wrong with a scenario is named by line and member."""
    refused({"name": "x"}, "line 1: summary: expected a value, got nothing")
    refused([], "line 1: expected an object, got an array")
    refused(scenario(name="Not good"), "line 1: name: expected from 1 to 64 of a-z, 0-9 and -, got “Not good”")
    refused(scenario(duratoin="1 s"), "line 1: duratoin: there is no such member; did you mean “duration”?")
    refused(scenario(duration=3), 'line 1: duration: expected a duration such as "250ms", got a number')
    refused(scenario(duration="3"), "line 1: duration: expected a number and us, ms, s, min or h, got “3”")
    refused(scenario(nodes=513), "line 1: nodes: expected an integer from 1 to 512, got 513")
    refused(scenario(cluster="yes"),
            "line 1: cluster: expected true, false or an object with “replication”")
    refused(scenario(cluster={"minimum": 1}), "line 1: cluster.replication: expected a value, got nothing")
    refused(scenario(nodes=3, cluster={"replication": 4}),
            "line 1: cluster.replication: expected an integer from 1 to 3, got 4")
    ring = {"replication": 2, "peers": "found"}
    refused(scenario(nodes=3, cluster={"replication": 2, "edges": True}),
            "line 1: cluster: expected “peers” to be “found” where clients have edges")
    refused(scenario(nodes=3, cluster=ring | {"edges": "yes"}),
            "line 1: cluster.edges: expected true or false, got a string")
    refused(scenario(churn=[{"session": "10 min"}]),
            "line 1: churn: expected a cluster where nodes come and go")
    refused(scenario(nodes=3, cluster=ring, churn=[{"away": "1 s"}]),
            "line 1: churn[0].session: expected a value, got nothing")
    refused(scenario(nodes=3, cluster=ring, churn=[{"session": "10 min", "away": "for ever"}]),
            "line 1: churn[0].away: expected a number and us, ms, s, min or h, got “for ever”")
    refused(scenario(nodes=3, cluster=ring, churn=[{"session": "10 min", "away": "for good"}]),
            "line 1: churn[0]: expected “edges” in the cluster where nodes go for good")
    refused(scenario(nodes=3, cluster=ring, churn=[{"cluster": 0}]),
            "line 1: churn[0].every: expected a value, got nothing")
    refused(scenario(nodes=3, cluster=ring, churn=[{"session": "10 min", "spare": 4}]),
            "line 1: churn[0].spare: expected an integer from 0 to 3, got 4")
    refused(scenario(nodes=3, cluster=True, placement="hashed"),
            "line 1: cluster: expected either a cluster or a placement")
    refused(scenario(nodes=4, dishonest={"by": "twins"}),
            "line 1: dishonest: expected a cluster of four or more, of which one may lie")
    refused(scenario(nodes=3, cluster=True, dishonest={"by": "twins"}),
            "line 1: dishonest: expected a cluster of four or more, of which one may lie")
    refused(scenario(nodes=7, cluster=True, dishonest={"by": "twins", "nodes": 2}),
            "line 1: dishonest.nodes: expected an integer from 1 to 1, got 2")
    refused(scenario(nodes=8, cluster=True, dishonest={"nodes": 2}),
            "line 1: dishonest.by: expected a value, got nothing")
    refused(scenario(placement="hash"),
            "line 1: placement: expected one of in-turn, hashed, got “hash”; did you mean “hashed”?")
    refused(scenario(workload={"rate": "fast"}),
            "line 1: workload.rate: expected a number from 0.001 to 10000, got a string")
    refused(scenario(workload={"mix": {"read": 0}}), "line 1: workload.mix: expected one share above 0 at least")
    refused(scenario(link={"delay": {"shape": "unifrom"}}),
            "line 1: link.delay.shape: expected one of constant, uniform, exponential, log-normal, pareto, "
            "got “unifrom”; did you mean “uniform”?")
    def hitting(node, nodes):
        return scenario(nodes=nodes, timeline=[{"fault": "pause", "at": "1 s", "node": node}])
    refused(hitting(3, 3), "line 1: timeline[0].node: expected an integer from 0 to 2, got 3")
    refused(hitting("node-3", 3), "line 1: timeline[0].node: expected a node from 0 to 2, got 3")
    refused(hitting("minority", 2), "line 1: timeline[0].node: a minority is there with 3 nodes or more, got 2")
    refused(hitting("eech", 3), "line 1: timeline[0].node: expected one of any, each, majority, minority, "
            "got “eech”; did you mean “each”?")
    def breaking(fault, nodes=3, **members):
        return scenario(nodes=nodes, timeline=[{"fault": fault, "at": "1 s", **members}])
    at = "line 1: timeline[0]."
    refused(breaking("partition", shape="ring"), at + "shape: this shape takes 4 nodes or more, got 3")
    refused(breaking("partition", shape="split", sizes=[2, 2]),
            at + "sizes: expected two numbers above 0 that add up to 3")
    refused(breaking("partition", shape="partial", sizes=[1, 2]), at + "sizes: only a split and a bridge have sizes")
    refused(breaking("partition", shape="bridge", node=1), at + "node: each seed draws who is where in this shape")
    refused(breaking("partition", shape="bridge", cut="in"), at + "cut: this shape is the same both ways")
    refused(breaking("slow-link", to="client-4"), at + "to: expected a client from 0 to 3, got 4")
    refused(breaking("slow-link", node=1, to="clients"),
            at + "node: ways are those of a node, or from and to somebody, not both")
    refused(breaking("slow-link", filter="reply"), at + "filter: expected a service, a verb and an envelope such as "
            "repo/commit/reply, with * for any, got “reply”")
    refused(breaking("slow-link", queue=1), at + "queue: there is no such member")
    refused(scenario(swarm={"nodes": [3, 2]}), "line 1: swarm.nodes[1]: expected no less than what is before it")
    refused(scenario(swarm={"keys": 0}), "line 1: swarm.keys: expected a number from 1 to 256, got 0")
    refused(scenario(swarm={"clients": [1, 2.5]}), "line 1: swarm.clients: expected integers")
    refused(scenario(nodes=3, swarm={"nodes": [2, 3]}, timeline=[{"fault": "kill", "at": "1 s", "node": 2}]),
            "line 1: timeline[0].node: expected an integer from 0 to 1, got 2")
    refused(scenario(swarm={"faults": []}), "line 1: swarm.faults: expected one kind of fault at least")
    refused('{"name": "x", "name": "y"}', "line 1, column 15: expected each member name once, got name again")
    refused("{", "line 1, column 2: expected a member name in quotation marks, got the end of the text")


@story("/weft-sim/bad-fault")
def bad_fault():
    """In a timeline as people write it, the line is that of the member."""
    def timeline(fault):
        return ('{\n  "name": "mine", "summary": "A story.",\n  "duration": "3 s",\n  "timeline": [\n'
                '    {"fault": "kill", "at": "1 s"},\n'
                f"    {fault}\n  ]\n}}\n")

    refused(timeline('{"fault": "kil", "at": "1 s"}'),
            "line 6: timeline[1].fault: expected one of kill, pause, clock-step, clock-drift, partition, reset, "
            "half-open, slow-link, lossy-link, corrupt-link, narrow-link, "
            "breaking-link, repeating-link, dropping-link, full-disk, slow-disk, stalled-disk, failing-disk, "
            "bit-rot, read-error, lying-disk, got “kil”; did you mean “kill”?")
    refused(timeline('{"fault": "pause",\n     "at": 2}'),
            'line 7: timeline[1].at: expected a duration such as "250ms", got a number')
    refused(timeline('{"fault": "pause", "at": "4 s"}'),
            "line 6: timeline[1].at: expected a time within the duration of 3 s")
    refused(timeline('{"fault": "pause", "at": ["2 s", "1 s"]}'),
            "line 6: timeline[1].at[1]: expected no less than what is before it")
    refused(timeline('{"fault": "pause", "at": "1 s", "disk": "lost"}'),
            "line 6: timeline[1].disk: there is no such member")
    refused(timeline('{"fault": "kill", "at": "1 s", "times": 3}'),
            "line 6: timeline[1].every: expected a value, got nothing")
    refused(timeline('{"fault": "bit-rot", "at": "1 s", "records": 0}'),
            "line 6: timeline[1].records: expected an integer from 1 to 1000000, got 0")
    refused(timeline('{"fault": "read-error", "at": "1 s", "records": 1}'),
            "line 6: timeline[1].records: there is no such member")
    refused(timeline('{"fault": "lossy-link", "at": "1 s", "chance": 2}'),
            "line 6: timeline[1].chance: expected a number from 0 to 1, got 2")


@story("/weft-sim/shrink")
def shrink():
    """A failure is told with nothing that it does not need; the same each time, and it fails."""
    story = scenario(duration="12 s", heal="10 s", workload={"clients": 3, "keys": 3, "rate": 10},
                     timeline=[{"fault": "slow-link", "at": "1 s"}, {"fault": "pause", "at": "2 s", "every": "3 s", "times": 3},
                               {"fault": "kill", "at": "8 s", "for": "500 ms", "disk": "lost"}])
    with tempfile.TemporaryDirectory(prefix="weft-test-") as directory:
        path, small = pathlib.Path(directory) / "mine.json", pathlib.Path(directory) / "small.json"
        path.write_text(json.dumps(story))
        said = weft_sim("shrink", path, "--seed", 1, "--output", small, "--quiet").stdout
        contains(said, f"weft-sim run {small} --seed ")
        found = json.loads(small.read_text())
        equal([(fault["fault"], fault["disk"]) for fault in found["timeline"]], [("kill", "lost")])
        equal((found["workload"]["clients"], found["workload"]["keys"]), (1, 1))
        weft_sim("run", small, "--seed", said.split()[-1], expect=1)
        again = json.loads(weft_sim("--json", "shrink", path, "--seed", 1).stdout)
        equal((again["scenario"], again["isDone"]), (found, True))
        equal(again["seed"], int(said.split()[-1]))
        few = json.loads(weft_sim("--json", "shrink", path, "--seed", 1, "--runs", 3).stdout)
        equal((few["runs"], few["isDone"]), (3, False))
    contains(weft_sim("shrink", "calm", "--seed", 1, "--json", expect=4).stderr, "expected a run that fails")
    contains(weft_sim("shrink", "calm", expect=4).stderr, "needs --seed")
    contains(weft_sim("shrink", "calm", "--seed", "1..2", "--json", expect=4).stderr, "expected one seed")
    contains(weft_sim("shrink", "calm", "--seed", 1, "--json", "--runs", 0, expect=4).stderr, "expected 1 to")


@story("/weft-sim/bad-usage")
def bad_usage():
    """Wrong usage has exit code 4 and a word of help."""
    contains(weft_sim("run", "lossi-link", expect=4).stderr, "did you mean “lossy-link”?")
    contains(weft_sim("run", "zzzz", expect=4).stderr, "there is no scenario “zzzz”; “weft-sim list” tells")
    contains(weft_sim("rum", expect=4).stderr, "did you mean “run”?")
    contains(weft_sim("run", expect=4).stderr, "“weft-sim run” needs SCENARIO")
    contains(weft_sim("run", "calm", "--seed", "x", expect=4).stderr, "expected a seed")
    contains(weft_sim("run", "calm", "--seed", "1..2", expect=4).stderr, "expected one seed")
    contains(weft_sim("swarm", "calm", "--seeds", "9..1", expect=4).stderr, "got “9..1”")
    contains(weft_sim("swarm", "calm", "--jobs", "-1", expect=4).stderr, "jobs")
    contains(weft_sim("--nonsense", expect=4).stderr, "--nonsense")
    contains(weft_sim("run", "/nowhere.json", expect=4).stderr, "/nowhere.json")


@story("/weft-sim/docs")
def docs():
    """The manual page and the completion know every verb and option, and the page of scenarios all members."""
    manual = (ROOT / "data/docs/man/weft-sim.1.rst").read_text().split("VERBS\n")[1].split("EXIT STATUS")[0]
    completion = (ROOT / "data/weft-sim.bash").read_text()
    equal(re.search(r'verbs="([a-z ]+)"', completion).group(1).split(), list(VERBS))
    for verb, n_options in VERBS.items():
        options = set(re.findall(r"^\s+(?:-\w, )?(--[a-z-]+)", weft_sim(verb, "--help").stdout, re.M))
        options -= {"--help", "--json", "--quiet"}
        equal(len(options), n_options)
        paragraph = re.search(rf"^\*\*{verb}\*\*(.*?)(?=^\*\*[a-z]+|\Z)", manual, re.M | re.S).group(1)
        equal({option for option in options if option not in paragraph}, set())
        equal(set(re.search(rf'\[{verb}\]="([a-z -]*)"', completion).group(1).split()), options)
    page = (ROOT / "data/docs/scenarios.md").read_text()
    schema = json.loads((SCENARIOS / "schema.json").read_text())
    for word in (*schema["properties"], *schema["properties"]["workload"]["properties"],
                 *(word for way in schema["definitions"]["churn"]["oneOf"] for word in way["properties"]),
                 *schema["definitions"]["fault"]["properties"], *schema["definitions"]["kind"]["enum"]):
        if word != "$schema" and not re.search(rf"`([a-z]+\.)?{word}`", page):
            raise AssertionError(f"scenarios.md does not tell of {word}")


for number, (path, function) in enumerate(stories, 1):
    try:
        function()
        print(f"ok {number} {path}", flush=True)
    except Exception:
        results.append(path)
        print(f"not ok {number} {path}")
        print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
print(f"1..{len(stories)}")
sys.exit(1 if results else 0)
