#!/usr/bin/python3
# test-weft-docs.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-weft-docs.py WEFT SOURCE-ROOT: the manual page and the completion know every verb and option, and the tests
that the page on consensus names are there."""

import pathlib
import re
import subprocess
import sys

WEFT, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
COMMON = {"--help", "--node", "--network", "--key", "--json", "--quiet", "--help-all", "--version"}
results = []


def check(name, problem):
    results.append(not problem)
    print(f"{'not ok' if problem else 'ok'} {len(results)} {name}" + (f"\n# {problem}" if problem else ""))


def helped(*arguments):
    run = subprocess.run([WEFT, *arguments], capture_output=True, text=True, timeout=30)
    if run.returncode != 0:
        sys.exit(f"weft {' '.join(arguments)} exits with {run.returncode}: {run.stderr}")
    return run.stdout


def options_of(text):
    return set(re.findall(r"^\s+(?:-\w, )?(--[a-z-]+)", text, re.M)) - COMMON


verbs = re.findall(r"^  ([a-z]+)\s{2,}", helped("--help").split("Verbs:")[1].split("Options")[0], re.M)
manual = (ROOT / "data/docs/man/weft.1.rst").read_text(encoding="utf-8")
manual_verbs = manual.split("VERBS\n")[1].split("EXIT STATUS")[0]
completion = (ROOT / "data/weft.bash").read_text(encoding="utf-8")

check("/docs/verbs/some", "" if len(verbs) >= 12 else f"expected at least 12 verbs, got {verbs}")
in_manual = re.findall(r"^\*\*([a-z]+)\*\*|^\*\*([a-z]+) --", manual_verbs, re.M)
in_manual = sorted({a or b for a, b in in_manual})
check("/docs/verbs/manual", "" if in_manual == sorted(verbs) else f"manual has {in_manual}, weft has {sorted(verbs)}")
in_completion = sorted(re.search(r'verbs="([a-z ]+)"', completion).group(1).split())
check("/docs/verbs/completion", "" if in_completion == sorted(verbs) else f"completion has {in_completion}")

for verb in verbs:
    options = options_of(helped(verb, "--help"))
    paragraph = re.search(rf"^\*\*{verb}(?:\*\*| --)(.*?)(?=^\*\*[a-z]+|\Z)", manual_verbs, re.M | re.S)
    missing = {o for o in options if not paragraph or o not in paragraph.group(0)}
    check(f"/docs/options/{verb}/manual", f"the manual does not tell of {sorted(missing)}" if missing else "")
    completed = set(re.search(rf'\[{verb}\]="([a-z -]*)"', completion).group(1).split())
    check(f"/docs/options/{verb}/completion",
          "" if completed == options else f"completion has {sorted(completed)}, weft has {sorted(options)}")

# What the page on consensus says that tests tell of each rule is told by a test.
told = set(re.findall(r'"(/[a-z/-]+)"', "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*/*.c"))))
rows = re.findall(r"^\| ([1-9]) \| (`/.*`) \|$", (ROOT / "data/docs/consensus.md").read_text(encoding="utf-8"), re.M)
check("/docs/rules/all", "" if [row[0] for row in rows] == list("12345678") else f"the table has the rules {rows}")
for rule, tests in rows:
    missing = set(re.findall(r"`([^`]+)`", tests)) - told
    check(f"/docs/rules/{rule}", f"there are no tests {sorted(missing)}" if missing else "")

print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
