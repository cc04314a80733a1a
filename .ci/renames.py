"""Names before the rebuild and after it, from the two tables that the program refuses old names by.

`src/link/layers/renamed.toml`, config keys and their values:

    [keys]      # dotted keys or whole subtrees; the longest one that fits is taken, once
    "receiver.decision" = "receiver.dsp.detector"
    [values]    # new key -> { old value = new value }
    "simulation.count" = { chain = "whole-chain" }

`src/table/renamed.toml`, JSON keys, columns and figures:

    [names]     # old name -> new name, wherever it stands
    "margin_db" = "loss_margin_db"
    [moved]     # JSON paths in old names -> the path in new names; arrays are []
    "lanes[].slicer.decider" = "lanes[].detector"
    [values]    # new JSON key -> { old text = new text }
    "counted_by" = { chain = "whole-chain" }

A path of `[moved]` fits at the root or below any other table or array, so it serves `run`,
`compare` and `srs` alike. A table that is not there renames nothing.
"""

import re
import tomllib
from pathlib import Path

LAYERS = "src/link/layers/renamed.toml"
TABLE = "src/table/renamed.toml"


class Renames:
    def __init__(self, root):
        """Tables of a checkout; with None nothing is renamed."""
        layers, table = ({}, {}) if root is None else (read(root, LAYERS), read(root, TABLE))
        self.keys = texts(layers, "keys")
        self.key_values = dict(layers.get("values", {}))
        self.names = texts(table, "names")
        self.texts = dict(table.get("values", {}))
        self.moved = [(steps(old), steps(new)) for old, new in texts(table, "moved").items()]
        self.moved.sort(key=lambda pair: -len(pair[0]))
        for old, new in self.moved:
            if old.count("[]") != new.count("[]"):
                raise SystemExit(f"{TABLE}: moved {old} -> {new}: unlike numbers of arrays")

    def key(self, old):
        """A config key, with `lane.N.` before it or not."""
        lane = re.match(r"lane\.\d+\.", old)
        prefix, rest = (lane[0], old[lane.end() :]) if lane else ("", old)
        parts = rest.split(".")
        for count in range(len(parts), 0, -1):
            new = self.keys.get(".".join(parts[:count]))
            if new is not None:
                return prefix + ".".join([new, *parts[count:]])
        if parts[0] == "targets":  # a target's key is the name of its metric
            return prefix + ".".join(["targets", *map(self.name, parts[1:])])
        return old

    def value(self, new_key, old):
        """The text of a config value, by its key's new name."""
        key = re.sub(r"^lane\.\d+\.", "", new_key)
        known = self.key_values.get(key)
        return known.get(old, old) if isinstance(known, dict) else old

    def assignment(self, text):
        """`KEY=VALUE` or `KEY=V1,V2`, as flags have it."""
        key, _, values = text.partition("=")
        new = self.key(key)
        if not values.startswith("["):
            values = ",".join(self.value(new, value) for value in values.split(","))
        return f"{new}={values}"

    def toml(self, lines):
        """Lines `key = value` of a config file without headers of tables."""
        out = []
        for line in lines.strip().splitlines():
            key, _, value = line.strip().partition(" = ")
            new = self.key(key)
            if value.startswith('"'):
                value = '"' + self.value(new, value.strip('"')) + '"'
            out.append(f"{new} = {value}\n")
        return "".join(out)

    def name(self, old):
        """One JSON key or column; a dotted one is a config key."""
        return self.names.get(old) or (self.key(old) if "." in old else old)

    def path(self, old):
        """A path of names and places in arrays, in the new output."""
        kinds = tuple("[]" if isinstance(step, int) else step for step in old)
        for pattern, target in self.moved:
            for at in range(len(old) - len(pattern) + 1):
                if kinds[at : at + len(pattern)] != pattern:
                    continue
                end = at + len(pattern)
                places = iter([step for step in old[at:end] if isinstance(step, int)])
                moved = tuple(next(places) if step == "[]" else step for step in target)
                return self.each(old[:at]) + moved + self.each(old[end:])
        return self.each(old)

    def each(self, path):
        return tuple(step if isinstance(step, int) else self.name(step) for step in path)

    def text(self, new_key, old):
        """All texts that may stand for an old one at a new JSON key."""
        known = self.texts.get(new_key)
        if isinstance(known, dict) and old in known:
            return {known[old]}
        if "." in new_key:
            return {self.value(new_key, old)}
        return {old, self.name(old)}


def read(root, name):
    path = Path(root, name)
    return tomllib.loads(path.read_text()) if path.is_file() else {}


def texts(table, name):
    return {key: value for key, value in table.get(name, {}).items() if isinstance(value, str)}


def steps(path):
    """`lanes[].slicer` as ("lanes", "[]", "slicer")."""
    return tuple(step for step in path.replace("[]", ".[]").split(".") if step)
