#!/usr/bin/env python3
"""Ends sweeps at random times and checks what stays.

Ctrl-C (SIGINT) must leave exit code 3 and whole rows, SIGKILL whole rows and at most one that is cut
short; in both cases the rows are those of a sweep that was not ended, bit for bit and in order, and no
other file stays in the folder.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SWEEP = [
    "sweep", "800gbase-dr8", "--set", "lanes=1", "--set", "simulation.block_symbols=1024",
    "--axis", "fibre.length_km=0:4:0.1", "--axis", "transmitter.kind=eml,mzm", "--symbols", "16384",
]


def start(lightlane: Path, table: str, folder: Path) -> subprocess.Popen:
    command = [str(lightlane), *SWEEP, "--out", table]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def problems(how: signal.Signals, code: int, folder: Path, table: str, whole: bytes) -> list[str]:
    found = []
    files = sorted(file.name for file in folder.iterdir())
    if files not in ([table], []):
        found.append(f"files {files}")
    kept = (folder / table).read_bytes() if table in files else b""
    rows = kept[: kept.rfind(b"\n") + 1]
    if how == signal.SIGINT:
        # a signal before the handler stands ends the program at once, one after the last row comes too late
        if code not in (3, 0, -signal.SIGINT):
            found.append(f"exit code {code}")
        if code == -signal.SIGINT and kept.count(b"\n") > 1:
            found.append("ended without a word though rows were written")
        if code == 0 and kept != whole:
            found.append("exit code 0, and rows are missing")
        if rows != kept:
            found.append(f"a row cut short: {kept[len(rows):][:60]!r}")
    elif code not in (-signal.SIGKILL, 0):
        found.append(f"exit code {code}")
    if not whole.startswith(kept):
        found.append("rows differ from those of a whole sweep")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lightlane", type=Path, required=True, metavar="PATH", help="the program")
    parser.add_argument("--rounds", type=int, default=200, help="sweeps to end (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random times (%(default)s)")
    options = parser.parse_args()
    lightlane = options.lightlane.resolve()
    draw = random.Random(options.seed)
    whole, seconds, bad, early = {}, {}, 0, 0
    for table in ("a.csv", "a.jsonl"):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            child = start(lightlane, table, Path(folder))
            words = child.communicate()[1]
            if child.returncode != 0:
                print(words, file=sys.stderr)
                return 1
            seconds[table] = time.monotonic() - begun
            whole[table] = (Path(folder) / table).read_bytes()
            print(f"{table}: {whole[table].count(bytes([10]))} lines in {seconds[table]:.1f} s")
    for at in range(options.rounds):
        table = draw.choice(sorted(whole))
        how = draw.choice([signal.SIGINT, signal.SIGKILL])
        wait = draw.uniform(0.0, seconds[table])
        with tempfile.TemporaryDirectory() as folder:
            child = start(lightlane, table, Path(folder))
            time.sleep(wait)
            child.send_signal(how)
            child.communicate()
            early += child.returncode != 0
            for problem in problems(how, child.returncode, Path(folder), table, whole[table]):
                bad += 1
                print(f"round {at}: {how.name} at {wait:.2f} s, {table}: {problem}")
    print(f"{options.rounds} sweeps, {early} ended early, {bad} problems")
    if early == 0:
        print("kills: nothing compared: every sweep was done before its signal")
    return int(bad > 0 or early == 0)


if __name__ == "__main__":
    sys.exit(main())
