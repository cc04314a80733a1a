"""Two unlike lossy lines in cascade by scikit-rf.

Prints one JSON object: decibels and degrees of S at three frequencies. See ../README.md for versions and how to run it.
"""

import json

import numpy as np
import skrf as rf

LINES = [
    {"loss_db": 8.0, "loss_at_ghz": 26.5625, "skin_percent": 50.0, "delay_ps": 600.0, "impedance_ohm": 92.0},
    {"loss_db": 6.0, "loss_at_ghz": 26.5625, "skin_percent": 70.0, "delay_ps": 350.0, "impedance_ohm": 108.0},
]
AT_GHZ = [5.0, 26.5625, 50.0]


def line(frequency, t):
    """A uniform line of this propagation constant and impedance, between 100 ohm."""
    f = frequency.f
    neper, skin = t["loss_db"] * np.log(10) / 20, t["skin_percent"] / 100
    at = t["loss_at_ghz"] * 1e9
    gamma = (
        neper * skin * np.sqrt(f / at) * (1 + 1j)
        + neper * (1 - skin) * f / at * (1 - 2j / np.pi * np.log(f / 1e9))
        + 2j * np.pi * f * t["delay_ps"] * 1e-12)
    medium = rf.media.DefinedGammaZ0(frequency, z0_port=100, z0=t["impedance_ohm"], gamma=gamma)
    return medium.line(1, "m")


def main():
    frequency = rf.Frequency.from_f(np.array(AT_GHZ) * 1e9, unit="Hz")
    both = line(frequency, LINES[0]) ** line(frequency, LINES[1])
    at_85 = both.copy()
    at_85.renormalize(85)
    rows = [
        {"ghz": ghz, "s21_db": float(both.s_db[k, 1, 0]), "s21_deg": float(both.s_deg[k, 1, 0]), "s11_db": float(both.s_db[k, 0, 0]),
         "s11_85_ohm_db": float(at_85.s_db[k, 0, 0]), "s21_85_ohm_db": float(at_85.s_db[k, 1, 0])}
        for k, ghz in enumerate(AT_GHZ)]
    print(json.dumps({"made_by": "python lines.py > lines.json", "scikit_rf": rf.__version__, "lines": LINES, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
