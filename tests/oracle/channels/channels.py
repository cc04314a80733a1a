#!/usr/bin/env python3
"""Mixed-mode scattering of four real channels by scikit-rf, as an oracle for our own reader.

    python3 -m venv v && v/bin/pip install scikit-rf==2.2.0 && v/bin/python channels.py FOLDER > channels.json

FOLDER holds the four .s4p files. Ports 1-2 and 3-4 are the through paths, so the pairs are (1, 3) and (2, 4).
Every complex number is written as [real, imaginary] with 17 digits.
"""
import hashlib, json, pathlib, re, sys
import numpy as np
import skrf

FILES = ["c2m_il14_thru.s4p", "c2m_il14_fext1.s4p", "c2m_il14_next1.s4p", "kr_example2_thru.s4p"]
# 0 Hz, one bin, Nyquist of 53.125 GBd nearby, middle and end
POINTS_HZ = [0.0, 10e6, 1e9, 5e9, 13.28e9, 26.56e9, 39.99e9]

folder = pathlib.Path(sys.argv[1])
result = {
    "made_by": "python channels.py FOLDER > channels.json",
    "scikit_rf": skrf.__version__,
    "numpy": np.__version__,
    "ports": "1-2/3-4",
    "channels": [],
}
pair = lambda x: [float(x.real), float(x.imag)]
for file in FILES:
    network = skrf.Network(str(folder / file))
    raw = network.s
    # scikit-rf pairs ports 0 and 1, and 2 and 3: near +, near -, far +, far -; out come D1, D2, C1, C2
    mixed = network.subnetwork([0, 2, 1, 3])
    mixed.se2gmm(p=2)
    renormalised = network.copy()
    renormalised.renormalize([42.5, 50.0, 60.0, 75.0])
    points = []
    for f in POINTS_HZ:
        k = int(np.argmin(np.abs(mixed.f - f)))
        if abs(mixed.f[k] - f) > 1e6:
            continue
        m = mixed.s[k]
        points.append({
            "f_hz": float(mixed.f[k]),
            "s21": pair(raw[k, 1, 0]),
            "sdd11": pair(m[0, 0]),
            "sdd21": pair(m[1, 0]),
            "sdd22": pair(m[1, 1]),
            "scd21": pair(m[3, 0]),
            "renormalised_s43": pair(renormalised.s[k, 3, 2]),
        })
    singular = np.linalg.svd(raw, compute_uv=False)[:, 0]
    asymmetry = np.abs(raw - raw.transpose(0, 2, 1)).max(axis=(1, 2))
    # IEEE 370's turning: clockwise area of each element's path over all of it
    d = np.diff(raw, axis=0)
    r = d[1:].real * d[:-1].imag - d[1:].imag * d[:-1].real
    clockwise, whole = np.maximum(r, 0).sum(axis=0), np.abs(r).sum(axis=0)
    # the differential two-port twice in cascade
    two = skrf.Network(f=mixed.f, f_unit="hz", s=mixed.s[:, :2, :2], z0=100.0)
    twice = two ** two
    result["channels"].append({
        "file": file,
        "sha256": hashlib.sha256((folder / file).read_bytes()).hexdigest(),
        "frequencies": len(mixed.f),
        "z0_mixed": [float(z) for z in mixed.z0[0].real],
        "largest_singular_value": float(singular.max()),
        "largest_singular_value_hz": float(mixed.f[int(singular.argmax())]),
        "largest_asymmetry": float(asymmetry.max()),
        "causality_percent": float(100 * clockwise.sum() / whole.sum()),
        "least_causality_percent": float(100 * (clockwise / whole).min()),
        "points": points,
        "twice_sdd21": [[float(mixed.f[k]), *pair(twice.s[k, 1, 0])] for k in (0, 100, 1000, 2000)],
    })
text = json.dumps(result, indent=1)
# a complex number in one line
print(re.sub(r"\[\s+([-\d.e+]+(?:,\s+[-\d.e+]+)*)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text))
