# weft_sim_fence.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python does by itself, without a function of the system that the fence could stand before.

The fence runs this when a program turns to the worlds of WeftSim for the first time.
"""

import ctypes
import functools
import logging
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

_library = ctypes.PyDLL(None)
_library.weft_sim_fence_get_calendar_time.restype = ctypes.c_int64
_is_up = _library.weft_sim_fence_is_up

_DRAW = "draw from a stream of the world, or from a random.Random to which you gave a seed"
_STAY = "do it in the event, or in another event of the world"
_CLOCK = "ask the WeftClock of the node"
_ALARM = "set an alarm of the WeftClock of the node"


def _check(name, instead):
    if _is_up():
        _library.weft_sim_fence_breach(name.encode(), instead.encode())


def _guard(owner, name, words, instead):
    real = getattr(owner, name)

    @functools.wraps(real)
    def gate(*args, **kwargs):
        _check(words, instead)
        return real(*args, **kwargs)

    setattr(owner, name, gate)
    return real, gate


class _Chance(random.Random):
    """The generator behind the functions of the module: they all end up in one of these two."""

    def random(self):
        _check("random.random", _DRAW)
        return super().random()

    def getrandbits(self, n_bits):
        _check("random.getrandbits", _DRAW)
        return super().getrandbits(n_bits)


class _LogTime:
    """Like messages of GLib, those of the logging module have the time of the world."""

    def __getattr__(self, name):
        return getattr(time, name)

    def time_ns(self):
        return _library.weft_sim_fence_get_calendar_time() * 1000 if _is_up() else time.time_ns()

    def time(self):
        return self.time_ns() / 1e9


def _replace(pairs):
    """Whoever said `from time import sleep` before has the function that was there then."""
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None) or {}
        for name, value in list(names.items()):
            for real, gate in pairs:
                if value is real:
                    names[name] = gate


def _put_up():
    drawn, bits = random.random, random.getrandbits
    random._inst.__class__ = _Chance
    random.random, random.getrandbits = random._inst.random, random._inst.getrandbits
    logging.time = _LogTime()
    clocks = [_guard(time, name, f"time.{name}", _CLOCK)
              for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")]
    slept = _guard(time, "sleep", "time.sleep", _ALARM)
    _guard(threading.Condition, "wait", "threading.Condition.wait", _STAY)
    _guard(threading.Thread, "join", "threading.Thread.join", _STAY)
    _guard(ThreadPoolExecutor, "submit", "ThreadPoolExecutor.submit", _STAY)
    _guard(subprocess.Popen, "__init__", "subprocess.Popen", _STAY)
    _replace([(drawn, random.random), (bits, random.getrandbits), slept, *clocks])


_put_up()
