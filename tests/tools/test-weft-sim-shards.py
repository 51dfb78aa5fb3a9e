#!/usr/bin/python3
# test-weft-sim-shards.py
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-weft-sim-shards.py WEFT-SIM SOURCE-ROOT: seeds shared out by GNU parallel, as the page on sweeps says."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

WEFT_SIM, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
SCENARIO = ROOT / "data/scenarios/lossy-link.json"

print("1..1")
if shutil.which("parallel") is None:
    print("ok 1 /weft-sim/shards # SKIP there is no GNU parallel")
    sys.exit(0)

whole = subprocess.run([WEFT_SIM, "swarm", SCENARIO, "--seeds", "1..9", "--keep-going", "--quiet", "--json"],
                       capture_output=True, text=True, timeout=120)
with tempfile.TemporaryDirectory() as folder:
    command = f"{WEFT_SIM} swarm {SCENARIO} --seeds $(( {{}} * 3 + 1 ))..$(( {{}} * 3 + 3 )) --keep-going --quiet --json"
    subprocess.run(["parallel", "--jobs", "1", "--results", "reports", command], input="0\n1\n2\n", cwd=folder,
                   capture_output=True, text=True, timeout=120, check=True)
    reports = sorted(pathlib.Path(folder).glob("reports/1/*/stdout"))
    merged = subprocess.run([WEFT_SIM, "merge", "--json", *reports], capture_output=True, text=True, timeout=30)

is_same = len(reports) == 3 and json.loads(merged.stdout) == json.loads(whole.stdout)
print(f"{'ok' if is_same else 'not ok'} 1 /weft-sim/shards")
if not is_same:
    print(f"# expected {whole.stdout}# got {merged.stdout}{merged.stderr}")
sys.exit(0 if is_same else 1)
