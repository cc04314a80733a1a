"""Two answers to one configuration, number by number."""

import csv
import io
import json
import math
import re
import struct
import tomllib

MISSING = object()
# last step of the path to an array's length
LENGTH = "#"
# keys that may differ; each with its reason
EXEMPT = {
    "schema": "counts the rebuild",
    "version": "of the program",
    "config_hash": "a digest over names of keys",
}
# texts for people: there or not there is compared, their words are not
WORDS = re.compile(r"(refusal|^warnings|^notes|^found|^what|^title)$")
WORDS_IN = {("spec", "name"): "label of a limit"}
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")


class Number(str):
    """A number as it was written."""


class Comparison:
    def __init__(self, renames):
        self.renames = renames
        self.numbers = self.samples = self.differences = 0
        self.new_only, self.reworded, self.more_words = set(), set(), set()

    def of(self, case, old, new):
        """Differences of one configuration, in words."""
        found = []
        if old.code not in (0, 1):
            found.append(f"the base fails with {old.code}: {words(old.err)}")
        elif old.code != new.code:
            found.append(f"exit code: {old.code} -> {new.code} {words(new.err)}")
        else:
            self.parts(case, old, new, found)
        self.differences += len(found)
        return found

    def parts(self, case, old, new, found):
        self.numbers += 1  # the exit code
        axes = case.axis_keys()
        if case.output == "json":
            self.documents(document(old.out), document(new.out), axes, found)
        elif case.output == "toml":
            self.configs(old.out, new.out, found)
        elif case.output in ("csv", "jsonl"):
            rows = csv_rows if case.output == "csv" else json_rows
            texts = [answer.files.get(f"table.{case.output}") for answer in (old, new)]
            if None in texts:
                found.append(f"no table.{case.output}")
            else:
                self.documents(rows(texts[0]), rows(texts[1]), axes, found)
        for name in case.files:
            self.bytes(name, old.files.get(name), new.files.get(name), found)

    def documents(self, old, new, axes, found):
        seen = set()
        for path, value in leaves(old):
            name = path[-1] if path else ""
            if name in EXEMPT:
                seen.add(self.renames.path(path))
                continue
            at = self.renames.path(path)
            seen.add(at)
            other = look(new, at)
            if is_words(path):
                self.words(path, value, other, found)
            elif other is MISSING:
                found.append(
                    f"{dotted(path)}: {shown(value)} -> missing, looked for as {dotted(at)}"
                )
            elif isinstance(value, str) and not isinstance(value, Number):
                self.text(path, at, value, other, axes, found)
            else:
                self.numbers += 1
                if type(value) is not type(other) or value != other:
                    found.append(f"{dotted(path)}: {shown(value)} -> {shown(other)}")
        self.news(new, seen)

    def text(self, path, at, old, new, axes, found):
        self.numbers += 1
        key, new_key = str(path[-1]), str(at[-1])
        if key in axes:
            good = {self.renames.value(self.renames.key(key), old)}
        else:
            named = next((step for step in reversed(at) if isinstance(step, str)), "")
            good = self.renames.text(named or new_key, old)
        if new not in good:
            found.append(f"{dotted(path)}: {shown(old)} -> {shown(new)}")

    def words(self, path, old, new, found):
        """Texts for people: none may be lost; their numbers are worth a look where they differ."""
        if isinstance(old, list):
            count = len(new) if isinstance(new, list) else -1
            if count < len(old):
                found.append(f"{dotted(path)}: {old} -> {shown(new)}")
            elif count > len(old):
                self.more_words.update(
                    f"{general(path)}: {text}" for text in new[len(old) - count :]
                )
            pairs = list(zip(old, new)) if count >= len(old) else []
        else:
            self.numbers += 1
            if new is MISSING or (old is None) != (new is None):
                found.append(f"{dotted(path)}: {shown(old)} -> {shown(new)}")
            pairs = [(old, new)] if isinstance(old, str) and isinstance(new, str) else []
        for before, after in pairs:
            numbers = [
                sorted(match[0] for match in NUMBER.finditer(text)) for text in (before, after)
            ]
            if numbers[0] != numbers[1]:
                self.reworded.add(f"{general(path)}: {before} -> {after}")

    def configs(self, old, new, found):
        """Two config files: every key and value of the old one under its new name."""
        old, new = (
            dict(flat(tomllib.loads(text.decode(), parse_float=Number))) for text in (old, new)
        )
        seen = set()
        for key, value in old.items():
            at = self.renames.key(key)
            seen.add(at)
            if isinstance(value, str) and not isinstance(value, Number):
                value = self.renames.value(at, value)
            self.numbers += len(value) if isinstance(value, list) else 1
            if at not in new:
                found.append(f"{key}: {shown(value)} -> missing, looked for as {at}")
            elif new[at] != value:
                found.append(f"{key}: {shown(value)} -> {shown(new[at])}")
        self.new_only.update(f"config {key}" for key in new if key not in seen)

    def bytes(self, name, old, new, found):
        if old is None or new is None:
            found.append(
                f"{name}: not written by {'the base' if old is None else 'the new program'}"
            )
        elif name.endswith(".npy"):
            header = old[10 : 10 + struct.unpack("<H", old[8:10])[0]].decode()
            count = math.prod(int(n) for n in re.findall(r"\d+", header.split("'shape':")[1]))
            self.numbers += count
            self.samples += count
            if old != new:
                found.append(f"{name}: {unequal(old, new)}")
        else:
            before = self.numbers
            rows = []
            self.documents(csv_rows(old), csv_rows(new), [], rows)
            found += [f"{name}: {line}" for line in rows]
            self.samples += self.numbers - before

    def news(self, new, seen):
        """Collects what only the new answer has, by the shortest path that says so."""
        known = {path[:count] for path in seen for count in range(len(path) + 1)}

        def walk(value, path):
            if path not in known:
                self.new_only.add(general(path))
            elif isinstance(value, dict):
                for key, inner in value.items():
                    walk(inner, (*path, key))
            elif isinstance(value, list) and path not in seen:
                for at, inner in enumerate(value):
                    walk(inner, (*path, at))

        walk(new, ())

    def remarks(self):
        """What is no difference, but worth a look."""
        print("exempt: " + "; ".join(f"{key}, {reason}" for key, reason in EXEMPT.items()))
        for title, lines in [
            ("new only", self.new_only),
            ("more words", self.more_words),
            ("other numbers in words", self.reworded),
        ]:
            if title == "new only":
                print(f"{title}: " + (", ".join(sorted(lines)) or "none"))
                continue
            for line in sorted(lines):
                print(f"{title}: {line}")


def document(text):
    """JSON with its numbers as written."""
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=Number)


def json_rows(text):
    return [document(line) for line in text.splitlines()]


def csv_rows(text):
    """Rows by column: empty cells as null, numbers as written."""
    rows = csv.DictReader(io.StringIO(text.decode()))
    return [{name: cell(value) for name, value in row.items()} for row in rows]


def cell(text):
    if not text:
        return None
    return Number(text) if NUMBER.fullmatch(text) else text


def leaves(value, path=()):
    """Paths and values; of an array its length too, of texts for people all at once."""
    if isinstance(value, dict):
        if not value:
            yield path, value
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        if is_words(path):
            yield path, value
            return
        yield (*path, LENGTH), Number(len(value))
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, value


def look(value, path):
    for at, step in enumerate(path):
        if isinstance(value, list) and step == LENGTH and at == len(path) - 1:
            return Number(len(value))
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return MISSING
    return value


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def is_words(path):
    names = [step for step in path if isinstance(step, str)]
    return bool(names) and (bool(WORDS.search(names[-1])) or tuple(names[-2:]) in WORDS_IN)


def dotted(path):
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(
        "."
    )


def general(path):
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def shown(value):
    return (
        "missing"
        if value is MISSING
        else json.dumps(value) if not isinstance(value, Number) else value
    )


def words(text):
    return text.decode(errors="replace").strip()[:600]


def unequal(old, new):
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    return f"{len(old)} -> {len(new)} bytes, the first other one at {at}"
