#!/usr/bin/env python3
"""Predicted against counted bit error ratio of every kind of receiver, at three ratios.

The loss of the connectors is bisected until the prediction is within a tenth of 1e-3, 1e-4 and 1e-5;
then so many symbols are counted that 4000 errors are expected.
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

LANE = ["--set", "lanes=1", "--set", "simulation.symbols_at_limit=0"]
LINKS = {
    "800G EML": ["800gbase-dr8"],
    "800G MZM": ["800gbase-dr8", "--set", "transmitter.kind=mzm"],
    "1.6T EML": ["1.6tbase-dr8"],
    "DFE": ["800gbase-dr8", "--set", "receiver.dsp.detector=dfe"],
    "clock": ["800gbase-dr8", "--set", "receiver.dsp.clock.recovery=mueller-muller"],
    "limiting": [
        "800gbase-dr8", "--set", "receiver.tia.limiting=tanh", "--set", "receiver.tia.overload_ma_pp=0.4"],
    "dual-Dirac": [
        "1.6tbase-dr8", "--set", "module.kind=lpo", "--set", "host.tx.dual_dirac_jitter_fs=300"],
    "MLSE": ["800gbase-dr8", "--set", "receiver.dsp.detector=mlse"],
}
RATIOS = (1e-3, 1e-4, 1e-5)
ERRORS = 4000
# the sum over error events is bounded on one side: below a symbol error ratio of 1e-3 within 20 %
BOUNDS = {"MLSE": math.log(1.2)}


def lane(lightlane: Path, link: list[str], loss_db: float, symbols: int) -> dict:
    command = [str(lightlane), "run", *link, *LANE, "--set", f"fibre.connector_loss_db={loss_db}",
               "--symbols", str(symbols), "--json"]
    found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if found.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}:\n{found.stderr}")
    return json.loads(found.stdout)["lanes"][0]


def at_ratio(lightlane: Path, link: list[str], wanted: float) -> float | None:
    """Loss at which this ratio is predicted, dB."""
    low, high = 0.0, 16.0
    for _ in range(14):
        middle = 0.5 * (low + high)
        ber = lane(lightlane, link, middle, 0)["ber_semi_analytic"]
        if ber is not None and abs(math.log(ber / wanted)) < 0.1:
            return middle
        if ber is not None and ber < wanted:
            low = middle
        else:
            high = middle
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightlane", type=Path, required=True)
    parser.add_argument("--link", choices=LINKS, action="append")
    parser.add_argument("--least", type=float, default=min(RATIOS), help="least ratio that is counted")
    options = parser.parse_args()
    failed = False
    for name in options.link or LINKS:
        for wanted in (ratio for ratio in RATIOS if ratio >= options.least):
            loss_db = at_ratio(options.lightlane, LINKS[name], wanted)
            if loss_db is None:
                print(f"{name:<12} {wanted:.0e}  no loss has this prediction", flush=True)
                continue
            symbols = math.ceil(ERRORS / (2 * wanted) * 1.15)
            found = lane(options.lightlane, LINKS[name], loss_db, symbols)
            predicted, counted = found["ber_semi_analytic"], found["ber_counted"]
            ratio = math.log(predicted / counted)
            half = 0.5 * math.log(found["ber_counted_high"] / found["ber_counted_low"])
            # outside by more than the count's own interval
            good = abs(ratio) <= BOUNDS.get(name, 0.05) + half
            failed |= not good
            print(f"{name:<12} {wanted:.0e}  predicted {predicted:.4g}  counted {counted:.4g} "
                  f"+- {100 * half:.1f} %  ln ratio {ratio:+.3f}{'' if good else '  OUT OF BOUNDS'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
