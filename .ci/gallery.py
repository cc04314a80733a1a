"""The pictures of the README: drawn again by `make`, held to this commit by `check`.

Every example prints what the README says of its picture as a line `answer: ..`. plots/answers.json
keeps these lines of full and of quick runs. `check` runs the examples quickly: where a quick answer
is not the recorded one, results have moved and the pictures are old. The README must have every
full answer, and its first block must be what the command prints.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "plots" / "answers.json"
README = ROOT / "README.md"
# pictures of commands: file of `run --plots` and file of the README
OF_RUN = {"eye-slicer.png": "800g-eml-eye-slicer.png", "waterfall.png": "800g-eml-waterfall.png"}
FIRST = "$ cargo run --release -- run "


def said(command):
    """What a command prints."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def answer_of(text):
    """The answer among what an example prints, if it has one."""
    found = re.findall(r"^answer: (.*)$", text, re.MULTILINE)
    return found[-1] if found else None


def examples():
    return [path.stem for path in sorted((ROOT / "examples").glob("*.rs"))]


def rows():
    """Rows of the gallery by the name of their example."""
    lines = README.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"\| `(\d\d_\w+)`: ", line) for line in lines)
    return {match[1]: line for match, line in zip(found, lines) if match}


def map_command():
    """The command of the last row, without its file."""
    command = re.search(r"^\| `lightlane (sweep .*?) --plot \S+`", README.read_text(encoding="utf-8"), re.MULTILINE)
    return command[1].split()


def first_block():
    """Command and lines of the README's first block."""
    text = README.read_text(encoding="utf-8")
    start = text.index(FIRST)
    command, _, block = text[start : text.index("```", start)].partition("\n")
    return command[len(FIRST) :].split(), block.rstrip().splitlines()


def check(binaries, lightlane):
    problems = []
    record, gallery = json.loads(RECORD.read_text(encoding="utf-8")), rows()
    for name in examples():
        answer = answer_of(said([binaries / name, "--quick"]))
        print(f"{name}: {answer or 'ran'}")
        if answer is None:
            continue
        known = record.get(name, {})
        if answer != known.get("quick"):
            problems.append(f"{name} --quick: {answer}\n  recorded: {known.get('quick')}")
        if known.get("full") is None or known["full"] not in gallery.get(name, ""):
            problems.append(f"README, {name}: does not say: {known.get('full')}")
    arguments, block = first_block()
    printed = said([lightlane, "run", *arguments]).rstrip().splitlines()
    if printed != block:
        wrong = [line for line in printed if line not in block]
        problems.append("README, first block: the command prints\n  " + "\n  ".join(wrong))
    if problems:
        print("\n".join(problems))
        sys.exit("pictures or README are old: .ci/campaign gallery draws and writes them again")


def make(binaries, lightlane):
    old = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    record, text = {}, README.read_text(encoding="utf-8")
    for name in examples():
        full, quick = (answer_of(said([binaries / name, *more])) for more in ([], ["--quick"]))
        if full is None:
            continue
        record[name] = {"full": full, "quick": quick}
        print(f"{name}: {full}", flush=True)
        before = old.get(name, {}).get("full")
        if full not in text:
            if before is None or before not in text:
                print(f"  not in the README; write it there by hand")
            else:
                text = text.replace(before, full)
    with tempfile.TemporaryDirectory() as folder:
        said([lightlane, "run", "800gbase-dr8", "--plots", folder])
        for drawn, kept in OF_RUN.items():
            shutil.copyfile(Path(folder) / drawn, ROOT / "plots" / kept)
    said([lightlane, *map_command(), "--plot", ROOT / "plots" / "1.6t-eml-margin-map.png"])
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    README.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["check", "make"])
    parser.add_argument("--examples", type=Path, required=True, help="folder of the built examples")
    parser.add_argument("--lightlane", type=Path, required=True, help="the built program")
    arguments = parser.parse_args()
    mode = check if arguments.mode == "check" else make
    mode(arguments.examples.resolve(), arguments.lightlane.resolve())


if __name__ == "__main__":
    main()
