#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the house rules that a machine can check. Prints FILE:LINE: problem."""

import pathlib
import re
import sys

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
SOURCE_DIRS = ("lib", "transports", "sim", "tools", "tests", "data")

# Outside the adapters, nothing may reach for the real world.
WORLD = re.compile(
    r"\b(g_get_(monotonic|real)_time|g_date_time_new_now\w*|g_random_\w+|g_rand_new\b|g_uuid_string_random"
    r"|g_(idle|timeout)_add\w*|g_timeout_source_new\w*|g_task_\w+|g_thread_\w+|gnutls_rnd"
    r"|g_main_context_\w+|g_usleep|time|rand|random|getenv|g_getenv)\s*\("
)
# Iteration order of a hash table depends on the address space layout.
ORDER = re.compile(r"\bg_hash_table_(iter_init|foreach\w*|get_keys\w*|get_values\w*)\s*\(")
PURE_DIRS = ("lib/json/", "lib/model/", "lib/wire/", "lib/core/", "lib/ring/", "sim/")
# Programs in a simulated world complete their calls in a main context, so one file runs it between
# two events; and GTask compares microseconds, so that file sees to it that they differ.
IMPURE_FILES = ("sim/weft-sim-context.c",)
# The fence names what it keeps programs from.
IMPURE_DIRS = ("sim/fence/",)

# A folder may include its own headers and those of the folders named here.
BASE = {"lib", "lib/json"}
LAYERS = {
    "lib": {"lib"},
    "lib/json": {"lib"},
    "lib/model": BASE,
    "lib/wire": BASE | {"lib/model"},
    "lib/ports": BASE | {"lib/model"},
    "lib/core": BASE | {"lib/model", "lib/wire"},
    "lib/ring": BASE | {"lib/model", "lib/wire", "lib/core"},
    "lib/storage": BASE | {"lib/model", "lib/ports"},
    "lib/repo": BASE | {"lib/model", "lib/wire", "lib/ports", "lib/storage"},
    "lib/cluster": BASE | {"lib/model", "lib/wire", "lib/ports", "lib/core", "lib/storage", "lib/repo"},
    "lib/link": BASE | {"lib/model", "lib/wire", "lib/ports", "lib/core"},
    "lib/overlay": BASE | {"lib/model", "lib/wire", "lib/ports", "lib/core", "lib/ring", "lib/link"},
    "lib/node": BASE | {"lib/model", "lib/wire", "lib/ports", "lib/core", "lib/storage", "lib/repo", "lib/cluster", "lib/link", "lib/overlay"},
}
PUBLIC_ONLY = ("transports/", "sim/")


def includes(root, path, lines, homes):
    name = str(path.relative_to(root))
    folder = str(path.parent.relative_to(root))
    for number, line in enumerate(lines, 1):
        match = re.match(r'#include "([^"]+)"', line)
        if not match:
            continue
        header = match.group(1)
        home = homes.get(header)
        if folder in LAYERS and home and home != folder and home not in LAYERS[folder] and name != "lib/weft.h":
            yield number, f"{folder} must not include {header} of {home}: includes point one way"
        if name.startswith(PUBLIC_ONLY) and home and home.startswith("lib"):
            yield number, f"{header} is included by itself: transports and simulations use only <weft.h>"


def problems(root, path, homes):
    name = str(path.relative_to(root))
    lines = path.read_text(encoding="utf-8").split("\n")
    if len(lines) - 1 > FILE_LINES_MAX:
        yield len(lines) - 1, f"more than {FILE_LINES_MAX} lines"
    if not any("SPDX-License-Identifier" in line for line in lines[:6]):
        yield 1, "no SPDX-License-Identifier in the first lines"
    if not lines[0].startswith(f"/* {path.name}"):
        yield 1, f"the first line does not name the file: /* {path.name}"
    pure = name.startswith(PURE_DIRS) and name not in IMPURE_FILES and not name.startswith(IMPURE_DIRS)
    start = None
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"wider than {COLUMNS_MAX} columns"
        if "\t" in line or line != line.rstrip():
            yield number, "tab or trailing space"
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start - 1 > FUNCTION_LINES_MAX:
                yield start, f"function longer than {FUNCTION_LINES_MAX} lines"
            start = None
        code = line.split("/*")[0].split(" * ")[0]
        if pure and (match := WORLD.search(code)):
            yield number, f"{match.group(1)} reaches the real world; take it from an event or a port"
        if pure and (match := ORDER.search(code)):
            yield number, f"{match.group(0)[:-1].strip()} has no stable order; keep a sorted array or a GSequence"
        if re.search(r"\b(FIXME|XXX|HACK|TODO|dbg)\b", line):
            yield number, "leftover marker"
    yield from includes(root, path, lines, homes)


def folder_problems(root, folder):
    """Each folder has a README of a line per file; the README names every file and no other."""
    files = {p.name for p in folder.iterdir() if p.is_file() and p.name not in ("README.md", "meson.build")}
    if not files:
        return
    readme = folder / "README.md"
    name = folder.relative_to(root)
    if not readme.exists():
        yield name, 1, "no README.md in this folder"
        return
    text = readme.read_text(encoding="utf-8")
    for file in sorted(files):
        pair = re.sub(r"\.(c|cc|h)$", "", file)
        if f"`{file}`" not in text and f"`{pair}`" not in text:
            yield name / "README.md", 1, f"does not name {file}"
    for named in re.findall(r"^- `([\w.+-]+)`", text, re.M):
        if not (folder / named).exists() and not list(folder.glob(named + ".*")):
            yield name / "README.md", 1, f"names {named}, which does not exist"


def link_problems(root, path):
    """A relative link in a page leads somewhere; the reference turns pages into .html."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", line):
            source = re.sub(r"\.html$", ".md", target)
            if not (path.parent / source).exists():
                yield number, f"links to {target}, which does not exist"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = 0
    homes = {p.name: str(p.parent.relative_to(root)) for p in (root / "lib").rglob("*.h")}
    for folder in SOURCE_DIRS:
        for path in sorted((root / folder).rglob("*.[ch]")):
            for number, problem in problems(root, path, homes):
                print(f"{path.relative_to(root)}:{number}: {problem}")
                found += 1
        for path in sorted(p for p in (root / folder).rglob("*") if p.is_dir()):
            if "node_modules" in path.parts or "__pycache__" in path.parts or "corpus" in path.parts:
                continue
            for name, number, problem in folder_problems(root, path):
                print(f"{name}:{number}: {problem}")
                found += 1
    for path in sorted(root.glob("*.md")) + sorted((root / "data/docs").glob("*.md")):
        for number, problem in link_problems(root, path):
            print(f"{path.relative_to(root)}:{number}: {problem}")
            found += 1
    return 1 if found else 0


sys.exit(main())
