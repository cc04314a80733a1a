#!/usr/bin/env python3
"""How often the 95 % interval of a prediction holds the mean over all seeds.

Each link is predicted from many seeds, one lane, without counting. The mean of all predictions stands
for the true one: it is known to a fraction 1 / sqrt(seeds) of an interval's half width.
"""

import argparse
import csv
import math
import subprocess
import sys
import tempfile
from pathlib import Path

CTLE = [
    flag for at in ("host.rx", "module.input")
    for key, value in (("adapt", "false"), ("gain_db", "-14"), ("low_gain_db", "-2"))
    for flag in ("--set", f"{at}.ctle.{key}={value}")]
LINKS = {
    "800G EML": ["800gbase-dr8", "--set", "fibre.connector_loss_db=9"],
    "800G EML, few symbols": [
        "800gbase-dr8", "--set", "fibre.connector_loss_db=8", "--set", "simulation.block_symbols=1024"],
    "1.6T EML": ["1.6tbase-dr8", "--set", "fibre.connector_loss_db=6.5"],
    "1.6T MZM": ["1.6tbase-dr8", "--set", "transmitter.kind=mzm", "--set", "fibre.connector_loss_db=6"],
    # settings as found once: those of a search are taken as they are
    "800G LPO": [
        "800gbase-dr8", "--set", "module.kind=lpo", "--set", "host.channel.trace.loss_db=14",
        "--set", "fibre.connector_loss_db=5", "--set", "host.tx.adapt=false",
        "--set", "host.tx.ffe.taps=[0, 0.04, -0.16, 0.72, -0.08, 0, 0]", *CTLE],
    "800G DFE": [
        "800gbase-dr8", "--set", "fibre.connector_loss_db=9", "--set", "receiver.dsp.detector=dfe"],
}
# of 2000 seeds: three binomial deviations are 0.015
BOUNDS = (0.93, 0.97)


def predictions(lightlane: Path, link: list[str], seeds: int, table: Path) -> list[tuple[float, float, float]]:
    command = [str(lightlane), "sweep", *link, "--set", "lanes=1", "--symbols", "0",
               "--axis", f"simulation.seed=1:{seeds}:1", "--out", str(table)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with table.open(newline="") as rows:
        keys = ["ber_semi_analytic", "ber_semi_analytic_low", "ber_semi_analytic_high"]
        return [tuple(float(row[key]) for key in keys) for row in csv.DictReader(rows)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightlane", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--link", choices=LINKS, action="append")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in options.link or LINKS:
            found = predictions(options.lightlane, LINKS[name], options.seeds, Path(folder) / "seeds.csv")
            mean = sum(ber for ber, *_ in found) / len(found)
            share = sum(low <= mean <= high for _, low, high in found) / len(found)
            logs = [math.log(ber / mean) for ber, *_ in found]
            scatter = math.sqrt(sum(x * x for x in logs) / len(logs))
            good = BOUNDS[0] <= share <= BOUNDS[1]
            failed |= not good
            print(f"{name:<24} {mean:.3g}  scatter of the logarithm {scatter:.4f}  "
                  f"interval holds it in {share:.3f} of {len(found)}{'' if good else '  OUT OF BOUNDS'}",
                  flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
