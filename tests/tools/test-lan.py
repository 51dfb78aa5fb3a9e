#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nodes find each other through an Avahi daemon of their own, on loopback. Speaks TAP. It is skipped where no such
daemon can be run: that needs root, and no other one on the machine.

Usage: test-lan.py PATH-OF-WEFT PATH-OF-WEFT-NODE
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

WEFT, NODE = sys.argv[1:3]
PATIENCE = 90

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={0}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
<allow user="*"/></policy></busconfig>
"""
DAEMON = """[server]
host-name=weft-test
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
enable-dbus=yes
disallow-other-stacks=no
[publish]
publish-hinfo=no
publish-workstation=no
"""


class Skip(Exception):
    """Why it cannot be run here."""


def environment(directory):
    env = {k: v for k, v in os.environ.items() if k not in ("G_DEBUG", "NOTIFY_SOCKET", "G_MESSAGES_DEBUG")}
    env.update(LC_ALL="C.UTF-8", DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={directory}/bus")
    return env


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait(what, is_so):
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < PATIENCE, f"{what}: not in {PATIENCE} s"
        time.sleep(0.1)
    print(f"# {what}: {time.monotonic() - begin:.1f} s", flush=True)


def start_daemons(directory, processes):
    daemon = shutil.which("avahi-daemon") or shutil.which("avahi-daemon", path="/usr/sbin")
    if daemon is None or shutil.which("dbus-daemon") is None:
        raise Skip("no avahi-daemon or no dbus-daemon")
    if os.getuid() != 0:
        raise Skip("the Avahi daemon wants root")
    (directory / "bus.conf").write_text(BUS.format(directory))
    (directory / "avahi.conf").write_text(DAEMON)
    log = open(directory / "daemons.log", "w")
    processes.append(subprocess.Popen(["dbus-daemon", f"--config-file={directory}/bus.conf", "--nofork", "--nopidfile"],
                                      stdout=log, stderr=log))
    wait("a message bus", (directory / "bus").exists)
    avahi = subprocess.Popen([daemon, "--no-drop-root", "--no-chroot", "--no-rlimits", "--file",
                              f"{directory}/avahi.conf"], env=environment(directory), stdout=log, stderr=log)
    processes.append(avahi)
    begin = time.monotonic()
    while "Server startup complete" not in (directory / "daemons.log").read_text():
        if avahi.poll() is not None or time.monotonic() - begin > 20:
            raise Skip("the Avahi daemon does not run: " + (directory / "daemons.log").read_text()[-300:].replace("\n", " "))
        time.sleep(0.1)


class Node:
    def __init__(self, directory, name, network, *more):
        self.env = environment(directory)
        self.log = directory / f"{name}.log"
        (directory / name).mkdir(mode=0o700)
        (directory / name / "weft-node.conf").write_text("[node]\nlan=true\n")
        self.process = subprocess.Popen(
            [NODE, "--data-dir", directory / name, "--listen", "127.0.0.1:0", "--network", network,
             "--replication", "3", "--minimum-cluster", "1", *more], env=self.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(self.log, "w"))
        words = self.process.stdout.readline().split()
        assert words[:2] == ["weft-node", "ready:"], words
        self.network, self.peer, self.address = network, words[3], words[6]

    def status(self):
        out = subprocess.run([WEFT, "status", "--json", "--node", self.address, "--network", self.network], env=self.env,
                             text=True, capture_output=True, timeout=PATIENCE, check=True).stdout
        return json.loads(out)["ring"]


def run(directory, processes):
    start_daemons(directory, processes)
    nodes = [Node(directory, "a", "stars"), Node(directory, "b", "moons"), Node(directory, "c", "stars"),
             Node(directory, "d", "stars", "--no-lan", "--profile", "core")]
    processes.extend(node.process for node in nodes)
    a, b, c, d = nodes
    wait("two of one network found each other", lambda: a.status()["known"] == 1 and c.status()["known"] == 1)
    assert [c.peer in address for address in a.status()["bootstrap"]] == [True], a.status()
    assert b.status()["known"] == 0, "a node of another network was found"
    # Who was told where to begin hears of others, and does not begin there.
    e = Node(directory, "e", "stars", "--bootstrap", "127.0.0.1:1")
    processes.append(e.process)
    wait("who was told another address heard of them", lambda: "found on the local network" in e.log.read_text())
    assert d.process.poll() is None and d.status()["known"] == 0, "a node that was told not to look was found"
    assert "found on the local network" not in d.log.read_text()


def main():
    print("1..1", flush=True)
    processes = []
    with tempfile.TemporaryDirectory() as name:
        try:
            run(pathlib.Path(name), processes)
            print("ok 1 - nodes find each other on the local network")
        except Skip as reason:
            print(f"ok 1 - nodes find each other on the local network # SKIP {reason}")
        except Exception:
            for path in sorted(pathlib.Path(name).glob("*.log")):
                for line in path.read_text().splitlines()[-30:]:
                    print(f"# {path.name}: {line}")
            print("not ok 1 - nodes find each other on the local network")
            raise
        finally:
            for process in reversed(processes):
                end(process)


main()
