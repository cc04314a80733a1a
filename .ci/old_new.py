#!/usr/bin/env python3
"""The commit before the rebuild against this one: every number bit for bit, or speeds in turns.

    .ci/campaign old-new                       builds both and compares
    .ci/campaign old-new --old BIN --new BIN   with programs that are built already
    .ci/campaign old-new --only lpo --only fec the configurations whose names hold one of these
    .ci/campaign old-new-speed --turns 5       `lightlane bench` of both, in turns on one core

Names are mapped by src/link/layers/renamed.toml and src/table/renamed.toml, see renames.py. What
the base says is kept under target/campaign and used again as long as its program and the
configuration stay the same. Exit code 1: a difference, or fewer than 60 configurations.
"""

import argparse
import hashlib
import json
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import old_new_inputs
from old_new_cases import all_cases
from old_new_compare import Comparison, Number
from renames import Renames

BASE = "d8d18a9"
ROOT = Path(__file__).resolve().parent.parent
CONFIGURATIONS_MIN = 60
TIMEOUT_S = 300
SHOWN_PER_CONFIGURATION = 12
SPEED_RATIO_MIN = 0.97
# with one core the two threads of this work only measure the scheduler
NOT_TIMED = ["threads"]
# commands and flags that the rebuild renames: old -> new; (command, flag or its value) -> new
COMMANDS = {}
FLAGS = {}


class OldNames:
    """Names of the base, as the configurations have them."""

    def command(self, name):
        return name

    def flag(self, _command, text):
        return text

    def assignment(self, text):
        return text

    def toml(self, lines):
        return Renames(None).toml(lines)


class NewNames:
    def __init__(self, renames):
        self.renames = renames
        self.assignment, self.toml = renames.assignment, renames.toml

    def command(self, name):
        return COMMANDS.get(name, name)

    def flag(self, command, text):
        return FLAGS.get((command, text), text)


class Answer:
    """What a program said of a configuration."""

    def __init__(self, code, out, err, files):
        self.code, self.out, self.err, self.files = code, out, err, files


def main():
    options = arguments()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    old = options.old.resolve() if options.old else build_base(folder, options.base)
    new = options.new.resolve() if options.new else build_new()
    renames = Renames(None if options.no_renames else options.tables)
    if options.speed:
        return speed(old, new, renames, options)
    return compare(old, new, renames, options, folder)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--base", default=BASE, help="commit before the rebuild")
    parser.add_argument("--old", type=Path, help="its program, instead of building it")
    parser.add_argument("--new", type=Path, help="the program to compare, instead of building it")
    parser.add_argument("--tables", type=Path, default=ROOT, help="checkout whose renames are used")
    parser.add_argument(
        "--no-renames", action="store_true", help="both programs have the old names"
    )
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "target/campaign", help="for the base and its results"
    )
    parser.add_argument(
        "--channels", type=Path, help="folder of real .s4p files, used if it is there"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="configurations at a time")
    parser.add_argument("--only", action="append", help="part of names of configurations, of works")
    parser.add_argument("--fresh", action="store_true", help="runs the base again")
    parser.add_argument("--list", action="store_true", help="prints the commands of the base")
    parser.add_argument("--speed", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--turns", type=int, default=5, help="of each program, speed only")
    parser.add_argument("--seconds", type=float, default=0.7, help="for each work, speed only")
    parser.add_argument("--core", type=int, default=0, help="speed only")
    return parser.parse_args()


def build_base(folder, commit):
    """A separate clone of the commit, built once."""
    full = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--verify", f"{commit}^{{commit}}"],
        capture_output=True,
        text=True,
    )
    if full.returncode:
        sys.exit(f"the base {commit} is not in this repository: fetch its history, or give --old")
    place = folder / f"base-{full.stdout.strip()[:12]}"
    program = place / "target/release/lightlane"
    if program.is_file():
        return program
    if not (place / ".git").is_dir():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, place], check=True)
    subprocess.run(
        ["git", "-C", place, "checkout", "--quiet", "--detach", full.stdout.strip()], check=True
    )
    build(place, place / "target")
    return program


def build_new():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    build(ROOT, target)
    return target.resolve() / "release/lightlane"


def build(place, target):
    command = [
        "cargo",
        "build",
        "--release",
        "--locked",
        "--bin",
        "lightlane",
        "--target-dir",
        target,
    ]
    subprocess.run(command, cwd=place, check=True)


def environment():
    # one thread each: configurations run side by side, and results do not depend on threads
    return {**os.environ, "RAYON_NUM_THREADS": "1"}


def compare(old, new, renames, options, folder):
    begun = time.monotonic()
    identity = digest(old.read_bytes())
    store = folder / f"answers-{identity}"
    if options.fresh:
        shutil.rmtree(store, ignore_errors=True)
    inputs = folder / f"inputs-{identity}"
    shutil.rmtree(inputs, ignore_errors=True)
    channels = options.channels if options.channels and options.channels.is_dir() else None
    old_new_inputs.write(inputs, channels)
    old_new_inputs.captures(old, inputs, environment())
    digests = {path.name: digest(path.read_bytes()) for path in sorted(inputs.iterdir())}
    cases = [case for case in all_cases(inputs) if chosen(case.name, options.only)]
    if options.list:
        for case in cases:
            print(f"{case.name}: lightlane {' '.join(case.arguments(OldNames()))}")
        return 0
    comparison, lock = Comparison(renames), threading.Lock()
    with tempfile.TemporaryDirectory(prefix="old-new-") as scratch:
        scratch = Path(scratch)
        (scratch / "inputs").symlink_to(inputs, target_is_directory=True)

        def one(numbered):
            number, case = numbered
            before = answer_of_base(case, old, scratch / f"{number}-old", store, digests)
            after = ask(new, case, NewNames(renames), scratch / f"{number}-new")
            with lock:
                report(case, comparison, comparison.of(case, before, after))

        with ThreadPoolExecutor(max(options.jobs, 1)) as pool:
            list(pool.map(one, enumerate(cases)))
    comparison.remarks()
    print(f"{time.monotonic() - begun:.0f} s; {comparison.samples} of the numbers are of waveforms")
    few = len(cases) < CONFIGURATIONS_MIN
    if few:
        print(f"fewer than {CONFIGURATIONS_MIN} configurations: that is no proof")
    print(
        f"{len(cases)} configurations, {comparison.numbers} numbers compared, "
        f"{comparison.differences} differences"
    )
    return 1 if few or comparison.differences else 0


def chosen(name, only):
    return not only or any(part in name for part in only)


def report(case, comparison, found):
    if not found:
        return
    print(f"{case.name}: lightlane {' '.join(case.arguments(OldNames()))}")
    for line in found[:SHOWN_PER_CONFIGURATION]:
        print(f"    {line}")
    if len(found) > SHOWN_PER_CONFIGURATION:
        print(f"    and {len(found) - SHOWN_PER_CONFIGURATION} more")
    sys.stdout.flush()


def digest(data):
    return hashlib.sha256(data).hexdigest()[:24]


def answer_of_base(case, program, folder, store, digests):
    """From the store if it was asked before, with the same inputs."""
    asked = repr(case)
    asked += str([text for name, text in digests.items() if name in asked])
    kept = store / (digest(asked.encode()) + ".pickle")
    if kept.is_file():
        code, out, err, files = pickle.loads(kept.read_bytes())
        return Answer(code, out, err, files)
    answer = ask(program, case, OldNames(), folder)
    store.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    part.write_bytes(pickle.dumps((answer.code, answer.out, answer.err, answer.files)))
    part.replace(kept)
    return answer


def ask(program, case, names, folder):
    """Runs a configuration in a separate folder, and takes what it printed and wrote."""
    folder.mkdir()
    for name, text in case.toml.items():
        (folder / name).write_text(names.toml(text))
    try:
        done = subprocess.run(
            [program, *case.arguments(names)],
            cwd=folder,
            env=environment(),
            capture_output=True,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return Answer("timeout", b"", b"", {})
    written = [path for path in folder.iterdir() if path.name not in case.toml]
    files = {path.name: path.read_bytes() for path in written}
    shutil.rmtree(folder)
    return Answer(done.returncode, done.stdout, done.stderr, files)


def speed(old, new, renames, options):
    """Medians of `lightlane bench`, in turns; the order of the two changes from turn to turn."""
    if not shutil.which("taskset"):
        sys.exit("needs taskset")
    rates = {"old": {}, "new": {}}
    works = [
        name
        for name in bench(old, options, ["--seconds", "0.001"])
        if name not in NOT_TIMED and chosen(name, options.only)
    ]
    seconds = ["--seconds", str(options.seconds)]
    for turn in range(options.turns):
        for side in ("old", "new") if turn % 2 == 0 else ("new", "old"):
            print(f"turn {turn + 1} of {options.turns}: {side}", file=sys.stderr)
            wanted = [new_work(renames, name) if side == "new" else name for name in works]
            program = new if side == "new" else old
            for name, rate in bench(
                program, options, [*seconds, "--only", *wanted], renames
            ).items():
                rates[side].setdefault(name, []).append(rate)
    slow, missing = [], []
    print(f"{'work':28} {'old, 1/s':>12} {'new, 1/s':>12} {'ratio':>7}")
    for name in works:
        after = rates["new"].get(new_work(renames, name))
        if not after:
            missing.append(name)
            continue
        before, after = statistics.median(rates["old"][name]), statistics.median(after)
        ratio = after / before
        is_slow = ratio < SPEED_RATIO_MIN
        slow += [name] * is_slow
        print(f"{name:28} {before:12.4g} {after:12.4g} {ratio:7.3f}{'  below' if is_slow else ''}")
    for name in missing:
        print(f"{name}: missing in the new program")
    print(
        f"{len(works)} works, medians of {options.turns} turns, {len(slow)} below {SPEED_RATIO_MIN}"
    )
    return 1 if slow or missing or not works else 0


def new_work(renames, name):
    """A work of the bench is a name or a value of the tables."""
    return sorted(renames.text("name", name), key=lambda text: text == name)[0]


def bench(program, options, flags, renames=None):
    """Rates by name of work: the fastest stretch of each."""
    command = ["taskset", "-c", str(options.core), program, "bench", "--json", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    rows, rates = json.loads(done.stdout), {}
    rename = renames.name if renames else lambda name: name
    rows = rows.get("rows") or rows[rename("rows")]
    for row in rows:
        rates[row["name"]] = row.get("per_second") or row[rename("per_second")]
    return rates


if __name__ == "__main__":
    sys.exit(main())
