#!/usr/bin/env python3
"""Licences and duplicate versions of all dependencies, those of tests and of other systems too.

Every licence must be permissive, by one choice at least where the crate offers several; a crate in
several versions is listed only.
"""

import collections
import json
import re
import subprocess
import sys

PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause",
    "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
}


def permissive(expression: str) -> bool:
    """Whether an SPDX expression can be met by permissive licences; `/` is an old `OR`."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    at = 0

    def word() -> str:
        return words[at] if at < len(words) else ""

    def take() -> str:
        nonlocal at
        at += 1
        return words[at - 1]

    def either() -> bool:
        good = both()
        while word() == "OR":
            take()
            good = both() or good
        return good

    def both() -> bool:
        good = one()
        while word() == "AND":
            take()
            good = one() and good
        return good

    def one() -> bool:
        if word() in ("", ")", "OR", "AND", "WITH"):
            raise ValueError(expression)
        if take() == "(":
            good = either()
            if word() != ")":
                raise ValueError(expression)
            take()
            return good
        licence = words[at - 1]
        if word() == "WITH":
            licence = f"{licence} {take()} {take()}"
        return licence in PERMISSIVE

    good = either()
    if at != len(words):
        raise ValueError(expression)
    return good


def main() -> int:
    command = ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    crates = collections.defaultdict(list)
    versions = collections.defaultdict(list)
    for package in metadata["packages"]:
        name = f"{package['name']} {package['version']}"
        crates[package["license"] or "none named"].append(name)
        versions[package["name"]].append(package["version"])
    print(f"licences of {len(metadata['packages'])} crates:")
    refused = False
    for licence, names in sorted(crates.items(), key=lambda item: (-len(item[1]), item[0])):
        try:
            good = licence != "none named" and permissive(licence)
        except (ValueError, IndexError):
            good = False
        refused |= not good
        print(f"  {len(names):4}  {licence}" + ("" if good else f"  NOT PERMISSIVE: {', '.join(names)}"))
    several = {name: sorted(found) for name, found in versions.items() if len(found) > 1}
    print(f"crates in several versions: {len(several)}")
    for name, found in sorted(several.items()):
        print(f"        {name}: {', '.join(found)}")
    return int(refused)


if __name__ == "__main__":
    sys.exit(main())
