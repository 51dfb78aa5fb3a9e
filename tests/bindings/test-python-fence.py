#!/usr/bin/python3
# test-python-fence.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The fence around a simulated world, for programs in Python: `weft-sim fence -- python3 test-python-fence.py`.

With the name of a deed as its argument it does that within an event.
"""

import concurrent.futures
import datetime
import logging
import os
import queue
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from random import choice, random as draw
from time import perf_counter, sleep

try:
    import gi

    gi.require_version("Weft", "1")
    gi.require_version("WeftSim", "1")
except (ImportError, ValueError) as problem:
    print(f"1..0 # SKIP {problem}")
    sys.exit(0)
from gi.repository import Gio, GLib, Weft, WeftSim  # noqa: E402

SECOND = 1_000_000
CLOCK, CHANCE, STAY = "ask the WeftClock", "ask the WeftRandom", "do it in the event"
ALARM, STREAM = "set an alarm", "draw from a stream of the world"

pool = concurrent.futures.ThreadPoolExecutor(1)
condition = threading.Condition()
thread = threading.Thread(target=print)


def wait():
    with condition:
        condition.wait(1)


# What a program in a world must not do, the function that is told, and what to do instead.
DEEDS = {
    "time": (time.time, "clock_gettime()", CLOCK),
    "monotonic": (lambda: time.monotonic(), "time.monotonic()", CLOCK),
    "perf-counter": (lambda: perf_counter(), "time.perf_counter()", CLOCK),
    "process-time": (time.process_time, "clock_gettime()", CLOCK),
    "datetime": (datetime.datetime.now, "clock_gettime()", CLOCK),
    "sleep": (lambda: time.sleep(0.001), "time.sleep()", ALARM),
    "sleep-by-name": (lambda: sleep(0.001), "time.sleep()", ALARM),
    "urandom": (lambda: os.urandom(8), "getrandom()", CHANCE),
    "secrets": (lambda: secrets.token_hex(8), "getrandom()", CHANCE),
    "uuid": (uuid.uuid4, "getrandom()", CHANCE),
    "generator": (random.Random, "getrandom()", CHANCE),
    "random": (lambda: random.random(), "random.random()", STREAM),
    "random-by-name": (lambda: draw(), "random.random()", STREAM),
    "choice": (lambda: random.choice("ab"), "random.getrandbits()", STREAM),
    "choice-by-name": (lambda: choice("ab"), "random.getrandbits()", STREAM),
    "uniform": (lambda: random.uniform(1, 2), "random.random()", STREAM),
    "thread": (lambda: threading.Thread(target=print).start(), "pthread_create()", STAY),
    "join": (lambda: thread.join(), "threading.Thread.join()", STAY),
    "pool": (lambda: pool.submit(print), "ThreadPoolExecutor.submit()", STAY),
    "condition": (wait, "threading.Condition.wait()", STAY),
    "queue": (lambda: queue.Queue().get(), "threading.Condition.wait()", STAY),
    "process": (lambda: subprocess.run(["true"]), "subprocess.Popen()", STAY),
    "fork": (lambda: os._exit(0) if os.fork() == 0 else None, "fork()", STAY),
    "socket": (socket.socket, "socket()", "use the WeftTransport"),
    "glib-clock": (GLib.get_monotonic_time, "g_get_monotonic_time()", CLOCK),
    "glib-chance": (lambda: GLib.random_int(), "g_random_int()", CHANCE),
    "glib-timeout": (lambda: GLib.timeout_add(5, print), "g_timeout_add_full()", ALARM),
    "gio-thread": (lambda: Gio.File.new_for_path("/").query_info_async("*", 0, 0, None, None),
                   "g_thread_pool_push()", STAY),
    "system-clock": (lambda: Weft.SystemClock.new().get_monotonic(), "g_get_monotonic_time()", CLOCK),
}


def deed_at_this_place(deed):
    deed()


def within_event(function):
    """What it returns when it is called within an event of a world."""
    world = WeftSim.World.new(1)
    answers = []
    world.schedule(5 * SECOND, lambda *_: answers.append(function()))
    world.run_for(6 * SECOND)
    return answers[0]


def breach(name, _, function, instead):
    run = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, timeout=60)
    assert run.returncode == -signal.SIGABRT, f"ended with {run.returncode}: {run.stdout}{run.stderr}"
    for text in (f"weft-sim: {function} was called within an event", f"Instead, {instead}",
                 "In Python, most recent call last:", "in deed_at_this_place\n    deed()"):
        assert text in run.stderr, f"expected {text!r} in {run.stderr}"
    assert "Traceback" not in run.stderr and "weft_sim_fence.py" not in run.stderr, run.stderr


def outside():
    """Before and after events everything may be done."""
    within_event(lambda: None)
    for name in ("time", "sleep", "urandom", "random", "choice", "thread", "process", "glib-clock", "glib-chance"):
        DEEDS[name][0]()
    random.seed(7)
    assert random.Random(7).choice(range(1000)) == choice(range(1000))


def seeded():
    """A generator of one's own, with a seed, is the same in every run."""
    assert within_event(lambda: random.Random(7).random()) == random.Random(7).random()


def stream():
    """A stream of the world is what to draw from."""
    world = WeftSim.World.new(3)
    drawn = []
    world.schedule(10, lambda *_: drawn.append(world.get_stream("mine").below(1000)))
    world.run_for(20)
    assert len(drawn) == 1


def log_messages():
    """Log messages have the time of the world, and end nothing."""
    made = within_event(lambda: logging.LogRecord("a", logging.INFO, "b", 1, "c", (), None).created)
    when = datetime.datetime.fromtimestamp(made, datetime.timezone.utc)
    assert when == datetime.datetime(2030, 1, 1, 0, 0, 5, tzinfo=datetime.timezone.utc), when


def locks():
    """A lock that nobody holds is taken, and what the interpreter asks for that is the time of the world."""
    def take():
        with threading.Lock(), threading.RLock(), condition:
            logging.getLogger("fence").warning("locks are taken")
            return queue.Queue().empty()

    assert within_event(take)


def other_thread():
    """A thread that runs beside the world takes the interpreter for a while, which is no matter."""
    ends = threading.Event()
    turns = []

    def spin():
        while not ends.is_set():
            turns.append(time.time())

    beside = threading.Thread(target=spin)
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    beside.start()
    within_event(lambda: sum(range(3_000_000)))
    ends.set()
    beside.join()
    sys.setswitchinterval(before)
    assert turns


def order():
    """Sets of texts have one order."""
    text = "print(list({'a', 'b', 'c', 'd', 'e', 'f'}))"
    assert len({subprocess.run([sys.executable, "-c", text], capture_output=True).stdout for _ in range(4)}) == 1


def main():
    cases = [(f"breach/{name}", lambda deed=(name, *deed): breach(*deed)) for name, deed in DEEDS.items()]
    cases += [(function.__name__, function)
              for function in (outside, seeded, stream, log_messages, locks, other_thread, order)]
    assert WeftSim.fence_is_installed(), "run me as “weft-sim fence -- python3 test-python-fence.py”"
    print(f"1..{len(cases)}")
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        try:
            function()
            print(f"ok {number} /python-fence/{name}", flush=True)
        except Exception as problem:
            failed += 1
            print(f"not ok {number} /python-fence/{name}")
            print("\n".join("# " + line for line in str(problem).splitlines()), flush=True)
    return 1 if failed else 0


if len(sys.argv) > 1:
    within_event(lambda: deed_at_this_place(DEEDS[sys.argv[1]][0]))
    sys.exit(0)
sys.exit(main())
