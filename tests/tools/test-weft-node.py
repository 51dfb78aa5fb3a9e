#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the real weft-node and checks what a person or a service manager sees of it. Speaks TAP.

Usage: test-weft-node.py PATH-OF-WEFT-NODE
"""

import contextlib
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading

NODE = sys.argv[1]
# A start includes making files on a disk that others use, too.
PATIENCE = 30
READY = re.compile(
    r"^weft-node ready: peer (12D3KooW\w{44}) listening on (\S+) network (\S+) storage (file|memory)( \S+)?$"
)
TESTS = []


class Skip(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k not in ("G_DEBUG", "NOTIFY_SOCKET", "G_MESSAGES_DEBUG")}
    env.update(LC_ALL="C.UTF-8", **more)
    return env


def run(*args, env=None):
    """Runs the node until it ends by itself."""
    return subprocess.run([NODE, *map(str, args)], env=env or environment(), timeout=PATIENCE, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)


def refused(code, message, *args, env=None):
    """The node has to end with this code, and say this on standard error and nothing on output."""
    result = run(*args, env=env)
    assert result.returncode == code, f"exit {result.returncode}: {result.stderr}"
    assert re.search(message, result.stderr), f"expected {message!r}, got {result.stderr!r}"
    assert result.stderr.startswith("weft-node: "), result.stderr
    assert result.stdout == "", result.stdout


class Node:
    """A node that runs, with its ready line read."""

    def __init__(self, *args, env=None):
        self.process = subprocess.Popen([NODE, *map(str, args)], env=env or environment(), text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        self.line = self.process.stdout.readline().rstrip("\n")
        timer.cancel()
        match = READY.match(self.line)
        if not match:
            self.process.kill()
            raise AssertionError(f"no ready line: {self.line!r} {self.process.stderr.read()!r}")
        self.peer, addresses, self.network, self.storage, self.data = match.groups()
        self.addresses = addresses.split(",")
        self.port = int(re.search(r"/tcp/(\d+)/", self.addresses[0]).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, number=signal.SIGTERM):
        """Ends it; returns what it said on standard error."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, f"exit {self.process.returncode}: {errors}"
        assert output == "", output
        return errors


@contextlib.contextmanager
def connect(port, path):
    """A connection that asked to become a WebSocket, and the answer to that."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: weft.v1\r\n\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                break
            answer += piece
        yield connection, answer


def upgrade(port, path):
    """The status of an HTTP upgrade to a WebSocket."""
    with connect(port, path) as (connection, answer):
        return int(answer.split()[1]) if answer else None


@test
def help_and_version(directory):
    result = run("--help")
    assert result.returncode == 0
    for word in ("Examples:", "--data-dir", "--listen", "SIGUSR1", "Exit codes:"):
        assert word in result.stdout, word
    result = run("--version")
    assert result.returncode == 0
    assert re.match(r"^weft-node \d+\.\d+\.\d+\n$", result.stdout), result.stdout


@test
def manual_page_knows_all(directory):
    """Each option of --help is in the manual page, and no other."""
    page = pathlib.Path(__file__).resolve().parents[2] / "data" / "docs" / "man" / "weft-node.1.rst"
    options = set(re.findall(r"--[a-z][a-z-]*", run("--help").stdout.split("Examples:")[0]))
    described = set(re.findall(r"^(?:-\w(?: [A-Z]+)?, )?(--[a-z][a-z-]*)(?:=[A-Z]+)?$", page.read_text(), re.M))
    assert options == described, options ^ described


@test
def completion_knows_all(directory):
    """The completion knows each option of --help, and no other, and the words that some take."""
    script = pathlib.Path(__file__).resolve().parents[2] / "data" / "weft-node.bash"

    def complete(*words):
        command = (f'source {script}; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; '
                   f'_weft_node weft-node {words[-1]} {words[-2]}; printf "%s\\n" "${{COMPREPLY[@]}}"')
        return set(subprocess.run(["bash", "-c", command], check=True, capture_output=True, text=True).stdout.split())

    assert complete("weft-node", "--") == set(re.findall(r"--[a-z][a-z-]*", run("--help").stdout.split("Examples:")[0]))
    assert complete("weft-node", "--storage", "m") == {"memory"}
    assert complete("weft-node", "--log-level", "=", "w") == {"warning"}


@test
def usage_errors(directory):
    refused(2, "Unknown option --nonsense", "--nonsense")
    refused(2, "unexpected argument “start”", "start")
    refused(2, "--storage: expected the storage to be file or memory, got “disk”", "--storage", "disk", "-d", directory)
    refused(2, "--log-level: expected error, .*did you mean “debug”", "--log-level", "debgu", "-d", directory)
    refused(2, "--listen: expected an address such as", "--listen", "9000", "-d", directory)
    refused(2, "--listen: .*memory", "--listen", "/memory/1", "-d", directory)
    refused(2, "--listen: expected an IP address to listen on, got “localhost:0”", "--listen", "localhost:0", "-d",
            directory)
    refused(2, "expected an address that others can dial", "--listen", "0.0.0.0:0", "--profile", "core", "-d", directory)
    refused(2, "--data-dir: expected a folder", "-d", "")
    refused(2, "--network: expected letters", "--network", "a b", "-d", directory)
    refused(2, "expected only one of", "--init", "--version")
    assert not any(directory.iterdir()), "a usage error left something behind"


@test
def config_errors(directory):
    config = directory / "conf"
    config.write_text("[node]\nnetwrok=x\n")
    refused(2, r"conf: line 2: unknown key “netwrok”; did you mean “network”\?", "-d", directory / "data", "-c", config)
    config.write_text("[nodes]\n")
    refused(2, r"conf: line 1: unknown group “nodes”; did you mean “node”\?", "-d", directory / "data", "-c", config)
    config.write_bytes(b"\x00\xff\x17")
    refused(2, "conf: expected text in UTF-8", "-d", directory / "data", "-c", config)
    config.write_bytes(b"#" * (64 * 1024 + 1))
    refused(2, "conf: expected a configuration of at most 65536 bytes, got 65537", "-d", directory / "data", "-c", config)
    refused(2, "reading the configuration: .*absent", "-d", directory / "data", "-c", directory / "absent")
    assert not (directory / "data").exists(), "a bad configuration made a data directory"


@test
def config_is_used(directory):
    """The file in the data directory is read, and the command line counts more."""
    (directory / "weft-node.conf").write_text(
        "[node]\nnetwork=stars\nlisten=127.0.0.1:0;127.0.0.1:0\nstorage=memory\n")
    with Node("-d", directory, "--network", "moons") as node:
        assert node.network == "moons", node.line
        assert node.storage == "memory" and node.data is None, node.line
        assert len(node.addresses) == 2, node.line
        node.end()


@test
def init_and_peer_id(directory):
    """The identity is made once, for its owner alone, and told while the node runs."""
    data = directory / "new" / "data"
    refused(1, "identity", "-d", data, "--print-peer-id")
    made = run("-d", data, "--init")
    assert made.returncode == 0, made.stderr
    assert re.match(r"^12D3KooW\w{44}\n$", made.stdout), made.stdout
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "identity").stat().st_mode) == 0o600
    assert run("-d", data, "--init").stdout == made.stdout
    with Node("-d", data, "-l", "127.0.0.1:0") as node:
        assert node.peer == made.stdout.strip()
        assert run("-d", data, "--print-peer-id").stdout == made.stdout
        node.end()


@test
def ready_line(directory):
    with Node("-d", directory, "-l", "127.0.0.1:0", "-n", "stars") as node:
        assert re.match(r"^/ip4/127\.0\.0\.1/tcp/[1-9]\d*/ws$", node.addresses[0]), node.line
        assert (node.network, node.storage, node.data) == ("stars", "file", f" {directory}"), node.line
        assert upgrade(node.port, "/weft/stars") == 101
        node.end()


@test
def wrong_network(directory):
    with Node("-d", directory, "-l", "127.0.0.1:0", "-n", "stars") as node:
        assert upgrade(node.port, "/weft/moons") != 101
        assert upgrade(node.port, "/weft/stars") == 101
        node.end()


@test
def tls(directory):
    with Node("-d", directory, "-l", "127.0.0.1:0", "--tls") as node:
        assert re.match(r"^/ip4/127\.0\.0\.1/tcp/\d+/wss$", node.addresses[0]), node.line
        node.end()


@test
def ends_on_each_signal(directory):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with Node("-d", directory, "-l", "127.0.0.1:0") as node:
            assert "ending" in node.end(number)


@test
def says_goodbye(directory):
    """Who is connected when the node ends gets a close frame, and is not just cut off."""
    with Node("-d", directory, "-l", "127.0.0.1:0") as node:
        with connect(node.port, "/weft/main") as (connection, answer):
            assert answer.startswith(b"HTTP/1.1 101 "), answer
            node.process.send_signal(signal.SIGTERM)
            received = b""
            while piece := connection.recv(4096):
                received += piece
        assert b"\x88" in received, received
        assert b"the node stops" in received, received
        node.process.communicate(timeout=PATIENCE)
        assert node.process.returncode == 0


@test
def restart_keeps_data(directory):
    with Node("-d", directory, "-l", "127.0.0.1:0") as node:
        peer = node.peer
        node.end()
    assert (directory / "storage").is_dir()
    before = sorted(str(path) for path in directory.rglob("*"))
    with Node("-d", directory, "-l", "127.0.0.1:0") as node:
        assert node.peer == peer
        node.process.kill()
        node.process.wait()
    with Node("-d", directory, "-l", "127.0.0.1:0") as node:
        assert node.peer == peer, "the identity changed after a crash"
        node.end()
    assert set(before) <= {str(path) for path in directory.rglob("*")}


@test
def busy_port(directory):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused(1, rf"listening on /ip4/127\.0\.0\.1/tcp/{port}/ws: ", "-d", directory, "-l", f"127.0.0.1:{port}")
    # Nothing is left that would keep the next one from starting.
    with Node("-d", directory, "-l", f"127.0.0.1:{port}") as node:
        node.end()


@test
def second_node(directory):
    with Node("-d", directory, "-l", "127.0.0.1:0") as node:
        refused(1, f"another node with pid {node.process.pid} uses this data directory", "-d", directory, "-l",
                "127.0.0.1:0")
        node.end()


@test
def data_directory_is_a_file(directory):
    path = directory / "file"
    path.write_text("")
    refused(1, f"data directory {path}: Not a directory", "-d", path)
    refused(1, f"data directory {path}/below: Not a directory", "-d", path / "below")


@test
def unreadable_data_directory(directory):
    if os.geteuid() == 0:
        raise Skip("root may read everything")
    path = directory / "closed"
    path.mkdir(0o000)
    refused(1, f"data directory {path}: Permission denied", "-d", path)


@test
def broken_keys(directory):
    """A key that is no key is an error that names it, and is left as it is."""
    path = directory / "identity"
    for content in (b"", b"no key at all\n", b"\xff" * 200, b"x" * 5000):
        path.write_bytes(content)
        path.chmod(0o600)
        refused(1, re.escape(str(path)), "-d", directory, "-l", "127.0.0.1:0")
        assert path.read_bytes() == content


@test
def foreign_key(directory):
    """A key of another kind is refused: ECDSA, in PEM as ours."""
    path = directory / "identity"
    path.write_text(
        "-----BEGIN PRIVATE KEY-----\n"
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n"
        "OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n"
        "1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n"
        "-----END PRIVATE KEY-----\n")
    path.chmod(0o600)
    refused(1, re.escape(str(path)), "-d", directory, "-l", "127.0.0.1:0")


@test
def damaged_storage(directory):
    """A storage that is not ours is left alone."""
    (directory / "storage").write_text("a file where a directory should be")
    refused(1, "storage", "-d", directory, "-l", "127.0.0.1:0")
    assert (directory / "storage").read_text() == "a file where a directory should be"


@test
def log_level_at_run_time(directory):
    with Node("-d", directory, "-l", "127.0.0.1:0", "--log-level", "info") as node:
        for level in ("debug", "error", "warning"):
            node.process.send_signal(signal.SIGUSR1)
            line = node.process.stderr.readline()
            while "the log level is now" not in line:
                assert line, "it ended"
                line = node.process.stderr.readline()
            assert line == f"weft-node: the log level is now {level}\n", line
        assert "ending" not in node.end(), "a message was logged at the level warning"


def receive(address):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(address)
    server.settimeout(PATIENCE)
    return server


@test
def notifies_service_manager(directory):
    abstract = f"weft-test-{os.getpid()}"
    for name, address in (
        (str(directory / "notify"), str(directory / "notify")),
        ("@" + abstract, "\0" + abstract),
    ):
        with receive(address) as server, Node("-d", directory, "-l", "127.0.0.1:0",
                                              env=environment(NOTIFY_SOCKET=name)) as node:
            assert re.match(r"^READY=1\nSTATUS=serving network main at /ip4/127\.0\.0\.1/tcp/\d+/ws$",
                            server.recv(4096).decode()), name
            node.process.send_signal(signal.SIGTERM)
            assert server.recv(4096).decode().startswith("STOPPING=1\n"), name
            node.process.communicate(timeout=PATIENCE)
            assert node.process.returncode == 0


@test
def notify_socket_is_bad(directory):
    """A service manager that cannot be told is no reason not to serve."""
    for name in ("relative", str(directory / "absent"), "@" + "x" * 200):
        with Node("-d", directory, "-l", "127.0.0.1:0", env=environment(NOTIFY_SOCKET=name)) as node:
            assert "NOTIFY_SOCKET" in node.end(), name


@test
def output_is_closed(directory):
    """Nobody reads the ready line: the node serves all the same."""
    reader, writer = os.pipe()
    os.close(reader)
    notify = str(directory / "notify")
    with receive(notify) as server:
        process = subprocess.Popen([NODE, "-d", directory, "-l", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                                   stdout=writer, stderr=subprocess.DEVNULL, env=environment(NOTIFY_SOCKET=notify))
        os.close(writer)
        with contextlib.closing(server):
            assert server.recv(4096).startswith(b"READY=1")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def main():
    print(f"1..{len(TESTS)}")
    failures = 0
    for number, function in enumerate(TESTS, 1):
        name = function.__name__.replace("_", "-")
        with tempfile.TemporaryDirectory(prefix="weft-node-") as directory:
            try:
                function(pathlib.Path(directory))
                print(f"ok {number} {name}", flush=True)
            except Skip as reason:
                print(f"ok {number} {name} # SKIP {reason}", flush=True)
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                failures += 1
                print(f"not ok {number} {name}", flush=True)
                print("\n".join(f"# {line}" for line in str(error).splitlines()), flush=True)
            finally:
                with contextlib.suppress(OSError):
                    os.chmod(os.path.join(directory, "closed"), 0o700)
    return 1 if failures else 0


sys.exit(main())
