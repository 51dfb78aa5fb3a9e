#!/usr/bin/python3
# test-timeline.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-timeline.py WEFT-SIM SOURCE-ROOT BUILD-DIRECTORY: opens the page that shows a run in a headless Chromium, as
people do: with the mouse and the keyboard. Screenshots stay in the build directory."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import browser

WEFT_SIM, ROOT, BUILD = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
LARGE = {"name": "large", "summary": "Five lanes and ten thousand events.", "duration": "60 s",
         "workload": {"clients": 4, "rate": 14, "keys": 6, "blocks": 2},
         "swarm": {"faults": ["kill", "pause", "lossy-link", "slow-disk", "clock-step"], "least": 6, "most": 8}}
stories, failures = [], 0


def story(path):
    def add(function):
        stories.append((path, function))
        return function
    return add


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


def true(condition, words):
    if not condition:
        raise AssertionError(words)


def draw(directory, scenario, seed):
    page = pathlib.Path(directory) / "run.html"
    subprocess.run([WEFT_SIM, "run", str(scenario), "--seed", str(seed), "--html", str(page)], check=True,
                   capture_output=True, timeout=100, env={**os.environ, "WEFT_SCENARIOS": str(ROOT / "data/scenarios")})
    return page


def click_message(page, which=".message"):
    """Clicks the middle of an arrow that is visible and not under another mark; says what it is."""
    place = page.evaluate(f"""(() => {{
      for (const mark of document.querySelectorAll("#picture .mark{which}:not(.many)")) {{
        const path = mark.querySelector(".hit"), length = path.getTotalLength();
        for (const share of [0.5, 0.3, 0.7, 0.15, 0.85]) {{
          const point = path.getPointAtLength(length * share).matrixTransform(path.getScreenCTM());
          if (document.elementFromPoint(point.x, point.y)?.closest(".mark") === mark)
            return {{ x: point.x, y: point.y, words: mark.querySelector("title").textContent }};
        }}
      }}
      return null;
    }})()""")
    true(place is not None, f"expected a message {which} to click on")
    page.click(place["x"], place["y"])
    return place["words"]


def counts(page):
    return page.evaluate("""({ marks: document.querySelectorAll("#picture .mark").length,
      messages: document.querySelectorAll("#picture .mark.message").length,
      cone: document.querySelectorAll("#picture .mark.message.in-cone").length,
      selected: document.querySelectorAll("#picture .mark.selected").length })""")


def details(page):
    return page.evaluate("document.getElementById('details').innerText")


@story("/timeline/failure")
def failure(page, directory):
    """A run that failed opens at its failure: the verdict, the reason, how to do it again, and what it is about."""
    page.open(draw(directory, "rolled-back-disk", 7).as_uri())
    equal(page.evaluate("document.getElementById('verdict').textContent"), "violation")
    reason = page.evaluate("document.getElementById('reason').textContent")
    true("item-" in reason and "revision" in reason, f"expected the reason, got {reason!r}")
    true(page.evaluate("document.getElementById('reproduce').textContent").startswith("weft-sim run rolled-back-disk --seed 7"),
         "expected the command that does it again")
    true("What is named" in details(page), f"expected what the failure is about, got {details(page)!r}")
    found = counts(page)
    true(0 < found["cone"] < found["messages"], f"expected some messages in the cone, got {found}")
    equal(page.evaluate("document.querySelectorAll('#picture .note.bad').length"), 1)
    equal(page.evaluate("document.querySelectorAll('#picture .state.down').length"), 1)
    equal(page.evaluate("performance.getEntriesByType('resource').length"), 0)
    page.screenshot(BUILD / "timeline-failure.png")


@story("/timeline/message")
def message(page, directory):
    """A click on a message shows its details, and what led to it and came of it; another click elsewhere ends that."""
    page.open(draw(directory, "lossy-link", 7).as_uri())
    equal(page.evaluate("document.getElementById('verdict').textContent"), "pass")
    page.evaluate("show(8.0e6, 8.6e6)")
    page.settle()
    words = click_message(page, ".request")
    true(details(page).startswith(words), f"expected details of {words!r}, got {details(page)!r}")
    for part in ("from\tclient-", "to\tnode-0", "sent\t", "envelope\trequest", "protocol\t/db-p2p/", "What came of it"):
        true(part in details(page), f"expected {part!r} in {details(page)!r}")
    found = counts(page)
    equal(found["selected"], 1)
    true(1 < found["cone"] < found["messages"], f"expected a cone of more than the message, got {found}")
    # Its reply is in the cone, and nothing of another client is.
    lanes = page.evaluate("[...new Set(state.marks.filter(mark => mark.kind === 'message' && "
                          "mark.classes.includes('in-cone')).flatMap(mark => [mark.items[0].fromLane, "
                          "mark.items[0].toLane]))].length")
    equal(lanes, 2)
    page.screenshot(BUILD / "timeline-message.png")
    page.key("c")
    only = counts(page)
    equal(only["messages"], only["cone"])
    page.key("c")
    page.key("Escape")
    equal(counts(page)["selected"], 0)
    equal(counts(page)["cone"], 0)


@story("/timeline/lost-message")
def lost_message(page, directory):
    """A message that never came is marked, and says why."""
    page.open(draw(directory, "reset-flood", 3).as_uri())
    page.evaluate("(() => { const lost = trace.items.find(item => item.fate === 'lost' && item.layer === 'messages');"
                  " show(lost.from - 4000, lost.from + 8000); })()")
    page.settle()
    words = click_message(page, ".lost")
    true(words in details(page) and "because\t" in details(page), f"expected why, got {details(page)!r}")


@story("/timeline/operation")
def operation(page, directory):
    """A click on what a client does shows its outcome, its parts and its messages."""
    page.open(draw(directory, "calm", 1).as_uri())
    page.evaluate("(() => { const put = trace.items.find(item => item.verb === 'put' && item.outcome === 'success');"
                  " show(put.from - 20000, put.to + 20000); })()")
    page.settle()
    box = page.evaluate("(() => { const mark = [...document.querySelectorAll('#picture .operation:not(.part)')]"
                        ".find(one => one.textContent.startsWith('put')); const box = mark.querySelector('rect')"
                        ".getBoundingClientRect(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; })()")
    page.click(box["x"], box["y"])
    for part in ("put item-", "outcome\tsuccess", "result\trev ", "Its parts", "get item-",
                 "request repo put", "reply repo put"):
        true(part in details(page), f"expected {part!r} in {details(page)!r}")


@story("/timeline/keyboard")
def keyboard(page, directory):
    """All can be done without a mouse: zoom, move, select, search."""
    page.open(draw(directory, "crash-before-sync", 2).as_uri())
    span = "state.view.to - state.view.from"
    before = page.evaluate(span)
    page.key("+")
    true(page.evaluate(span) < before, "expected + to zoom in")
    at = page.evaluate("state.view.from")
    page.key("ArrowRight")
    true(page.evaluate("state.view.from") > at, "expected the right arrow to move on")
    page.key("n")
    first = page.evaluate("state.selected.from")
    page.key("n")
    true(page.evaluate("state.selected.from") >= first, "expected n to select the next")
    page.key("p")
    equal(page.evaluate("state.selected.from"), first)
    page.key("0")
    equal(page.evaluate(span), before)
    page.key("/")
    for letter in "put item-1":
        page.key(letter)
    found = page.evaluate("state.matches.length")
    true(found > 0 and f"{found} found" in page.evaluate("document.getElementById('matches').textContent"),
         "expected to find puts of item-1")
    page.key("Enter")
    true("item-1" in details(page), f"expected the first of them, got {details(page)!r}")
    equal(page.evaluate("document.getElementById('details').getAttribute('aria-live')"), "polite")


@story("/timeline/mouse")
def mouse(page, directory):
    """The wheel zooms where it points, and dragging moves."""
    page.open(draw(directory, "calm", 1).as_uri())
    box = page.evaluate("(() => { const box = document.getElementById('picture').getBoundingClientRect();"
                        " return { x: box.x, y: box.y, width: box.width, height: box.height }; })()")
    x, y = box["x"] + box["width"] * 0.75, box["y"] + 40
    time_there = f"scene.time({x} - {box['x']})"
    before, span = page.evaluate(time_there), page.evaluate("state.view.to - state.view.from")
    for _ in range(4):
        page.wheel(x, y, -200)
    now = page.evaluate("state.view.to - state.view.from")
    true(now < span / 3, f"expected to zoom in, from {span} to {now}")
    true(abs(page.evaluate(time_there) - before) < now / 50, "expected the time under the pointer to stay there")
    start = page.evaluate("state.view.from")
    page.drag(x, y, x - 300, y)
    true(page.evaluate("state.view.from") > start, "expected dragging to the left to move on")


@story("/timeline/large")
def large(page, directory):
    """Ten thousand events over five lanes stay readable and quick: what is dense is merged."""
    scenario = pathlib.Path(directory) / "large.json"
    scenario.write_text(json.dumps(LARGE))
    begun = time.monotonic()
    page.open(draw(directory, scenario, 5).as_uri())
    opened = time.monotonic() - begun
    events, lanes = page.evaluate("trace.events.size"), page.evaluate("scene.lanes.size")
    true(events >= 10000 and lanes == 5, f"expected 10,000 events over 5 lanes, got {events} over {lanes}")
    found = counts(page)
    true(found["marks"] < 1500, f"expected dense marks to be merged, got {found}")
    took = page.evaluate("(() => { const begun = performance.now(); for (let i = 0; i < 5; i++) { zoom(0.8); draw(); }"
                         " return (performance.now() - begun) / 5; })()")
    print(f"# {events} events: opened in {opened:.1f} s, {found['marks']} marks, drawn in {took:.0f} ms")
    true(took < 1000, f"expected a drawing in less than a second, took {took} ms")
    page.evaluate("show(whole.from, whole.to)")
    page.settle()
    page.screenshot(BUILD / "timeline-large.png")
    page.evaluate("show(trace.end * 0.4, trace.end * 0.4 + 600000)")
    page.settle()
    page.screenshot(BUILD / "timeline-large-near.png")


@story("/timeline/narrow-and-dark")
def narrow(page, directory):
    """On a narrow screen nothing sticks out; what is dark by preference can be made light."""
    page.open(draw(directory, "rolled-back-disk", 7).as_uri())
    page.resize(480, 900)
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    page.settle()
    true(page.evaluate("document.documentElement.scrollWidth") <= 480, "expected nothing wider than the screen")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.screenshot(BUILD / "timeline-narrow.png")
    page.evaluate("document.getElementById('theme').click()")
    true(page.evaluate("getComputedStyle(document.body).backgroundColor") != dark, "expected other colours")
    page.call("Emulation.setEmulatedMedia", features=[])
    page.resize(1400, 900)


def main():
    global failures
    path = browser.find()
    if path is None:
        print("1..0 # SKIP there is no Chromium to open pages in")
        return 0
    with tempfile.TemporaryDirectory(prefix="weft-test-", ignore_cleanup_errors=True) as directory:
        try:
            page = browser.Browser(path, f"{directory}/profile")
        except (RuntimeError, OSError) as error:
            print(f"1..0 # SKIP Chromium does not start here: {error}")
            return 0
        for number, (name, function) in enumerate(stories, 1):
            try:
                function(page, directory)
                equal(page.errors, [])
                print(f"ok {number} {name}", flush=True)
            except Exception:
                failures += 1
                page.errors.clear()
                print(f"not ok {number} {name}")
                print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
        page.close()
    print(f"1..{len(stories)}")
    return 1 if failures else 0


sys.exit(main())
