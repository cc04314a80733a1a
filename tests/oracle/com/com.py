"""COM of some channels by PyChOpMarg, with lightlane's parameters.

python com.py [FOLDER of c2m_il14_*.s4p] > com.json

The parameters are read from src/host/com/*.toml. The traces are made here, by the line equations, as host::PcbTrace does. Every case is
judged at lightlane's own settings (LIGHTLANE below: transmit taps beside the main one, g_DC, g_DC2), and at the best that PyChOpMarg's
FOM finds from there and from the idle equaliser, each setting swept in turn until none improves: a full search would take days.
"""

import contextlib
import functools
import io
import json
import os
import sys
import time
import tomllib
from importlib.metadata import version

import numpy as np
import pychopmarg.com
import skrf as rf
from pychopmarg.com import COM
from pychopmarg.common import OptMode
from pychopmarg.config.template import COMParams

# taps of cursors -3, -2, -1, 1; g_DC, g_DC2: what `lightlane com` chose
LIGHTLANE = {
    ("kr1-802.3ck", 8): ([0, 0.02, -0.14, 0], -8, -2),
    ("kr1-802.3ck", 20): ([0, 0.04, -0.18, 0], -13, -4),
    ("kr1-802.3ck", 14): ([0, 0.02, -0.14, 0], -10, -3),
    ("kr1-802.3dj", 12): ([0, 0, 0, 0], -9, -2),
    ("kr1-802.3dj", 18): ([0, 0, 0, 0], -1, -2.5),
    ("kr1-802.3ck", "files"): ([-0.02, 0.08, -0.24, 0], -2, -3),
}
# samples before the main one that PyChOpMarg's FOM of 93A counts as ISI; by itself it counts none without a receive FFE
BEFORE = 24
# PyChOpMarg takes the last sample at which (93A-25) holds within 1 mV, whatever the pulse; with 0 V it takes the one where it holds best
LOCATE = pychopmarg.com.loc_curs
EXACT = functools.partial(LOCATE, eps=0.0)

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = os.path.join(HERE, "..", "..", "..", "src", "host", "com")


def read(name):
    with open(os.path.join(SETS, name + ".toml"), "rb") as file:
        return tomllib.load(file)


def steps(s):
    count = int(round((s["to"] - s["from"]) / s["step"])) + 1
    return [s["from"] + s["step"] * i for i in range(count)]


def parameters(p, fstep_ghz):
    t, r, c = p["transmitter"], p["receiver"], p["receiver"]["ctle"]
    ends = [t["package"], r["package"]]
    ffe = r.get("ffe")
    n = (ffe["precursor_taps"], ffe["postcursor_taps"]) if ffe else (0, 0)
    largest = ffe["largest_tap"] if ffe else 1.0
    most = np.array([largest] * n[0] + [1.0] + [largest] * n[1])
    # c(-3), c(-2), c(-1), c(1), c(2), c(3)
    taps = {tap["cursor"]: tap for tap in t["taps"]}
    none = {"from": 0.0, "to": 0.0, "step": 0.0}
    grid = [taps.get(k, none) for k in (-3, -2, -1, 1, 2, 3)]
    used = [[k for k, c in enumerate(e["die_ff"]) if c > 0] for e in ends]
    return COMParams(
        fb=p["symbol_rate_gbd"], fstep=fstep_ghz, L=p["levels"], M=32, DER_0=p["detector_error_ratio"],
        T_r=t["rise_time_ps"] * 1e-3, RLM=t["level_mismatch_ratio"], A_v=t["victim_v"], A_fe=t["fext_v"], A_ne=t["next_v"], R_0=50,
        A_DD=t["dual_dirac_jitter_ui"], SNR_TX=t["snr_db"], eta_0=r["noise_v2_per_ghz"], sigma_Rj=t["random_jitter_ui"],
        f_z=c["zero_ghz"], f_p1=c["first_pole_ghz"], f_p2=c["second_pole_ghz"], f_LF=c["low_frequency_ghz"],
        g_DC=steps(c["gain_db"]), g_DC2=steps(c["low_gain_db"]),
        tx_taps_min=[g["from"] for g in grid], tx_taps_max=[g["to"] for g in grid], tx_taps_step=[g["step"] for g in grid],
        c0_min=t["main_tap_min"] - 1e-9, f_r=r["bandwidth_per_symbol_rate"],
        dfe_min=np.array(r["dfe"]["b_min"]), dfe_max=np.array(r["dfe"]["b_max"]),
        rx_taps_min=np.where(most == 1.0, 1.0, -most), rx_taps_max=most, dw=n[0],
        R_d=np.array([50.0]), C_d=[[e["die_ff"][k] * 1e-6 for k in u] for e, u in zip(ends, used)],
        L_s=[[e["die_ph"][k] * 1e-3 for k in u] for e, u in zip(ends, used)],
        C_b=[e["bump_ff"] * 1e-6 for e in ends], C_p=[e["ball_ff"] * 1e-6 for e in ends],
        z_c=[ends[0]["impedance_ohm"], ends[0]["second_impedance_ohm"]], z_p=[ends[0]["length_mm"], 1.8],
        zp_tx=[ends[0]["length_mm"], ends[0]["second_length_mm"]], # PyChOpMarg puts the receiver's lines in the order given from the ball on; mirrored, the second one stands at the ball
        zp_rx=[ends[1]["second_length_mm"], ends[1]["length_mm"]], z_c_rx=[ends[1]["second_impedance_ohm"], ends[1]["impedance_ohm"]],
        zp_next=[ends[0]["length_mm"], ends[0]["second_length_mm"]], zp_fext=[ends[0]["length_mm"], ends[0]["second_length_mm"]],
        gamma0=max(ends[0]["dc_neper_per_mm"], 1e-7), a1=ends[0]["skin_neper_per_mm"], a2=ends[0]["dielectric_neper_per_mm"],
        tau=ends[0]["delay_ns_per_mm"])


def trace(loss_db, at_ghz, skin_percent, delay_ps, ohm, last_ghz, step_ghz):
    """A uniform line between 100 ohm, as host::PcbTrace without packages."""
    f = np.arange(round(last_ghz / step_ghz) + 1) * step_ghz * 1e9
    np10, s = loss_db * np.log(10) / 20, skin_percent / 100
    skin, dielectric = np10 * s / np.sqrt(at_ghz * 1e9), np10 * (1 - s) / (at_ghz * 1e9)
    log = np.log(np.maximum(f, 1.0) / 1e9)
    gamma = skin * np.sqrt(f) * (1 + 1j) + dielectric * f * (1 - 2j / np.pi * log) + 2j * np.pi * f * delay_ps * 1e-12
    r, e = (ohm - 100) / (ohm + 100), np.exp(-gamma)
    s11, s21 = r * (1 - e * e) / (1 - r * r * e * e), e * (1 - r * r) / (1 - r * r * e * e)
    return rf.Network(f=f, f_unit="hz", s=np.array([[s11, s21], [s21, s11]]).transpose(2, 0, 1), z0=100)


def uphill(com, score, start):
    """The best place on the grid of (transmit taps.., gain, low gain) from a start: each setting swept in turn until none improves."""
    counts = list(com._tx_grid_lens) + [len(com.com_params.g_DC), len(com.com_params.g_DC2)]
    known = {}

    def at(place):
        if place not in known:
            known[place] = score(place)
        return known[place]

    place = tuple(start)
    while True:
        before = place
        for i in [len(counts) - 2, len(counts) - 1, *range(len(counts) - 2)]:
            place = max((place[:i] + (k,) + place[i + 1:] for k in range(counts[i])), key=at)
        if place == before:
            return place, at(place), len(known)


def run(p, channels, fstep_ghz, chosen):
    params = parameters(p, fstep_ghz)
    com = COM(params, channels)
    pychopmarg.com.loc_curs = EXACT
    ffe = "ffe" in p["receiver"]
    com.opt_mode = OptMode.MMSE if ffe else OptMode.PRZF
    numbers = {ixs: n for n, ixs in enumerate(com._tx_grid_ixs) if ixs is not None}

    def evaluate(place):
        tx_ix = numbers.get(place[:-2])
        if tx_ix is None:
            return -1000.0
        hctf = com.calc_Hctf(params.g_DC[place[-2]], params.g_DC2[place[-1]])
        try:
            return float(com.calc_fom(tx_ix, hctf, rx_taps=None if ffe else com.null_rx_ffe, n_pre=None if ffe else BEFORE))
        except ValueError:
            return -1000.0

    def judged(place):
        fom = evaluate(place)
        com.tx_ix, com.gDC, com.gDC2 = numbers[place[:-2]], params.g_DC[place[-2]], params.g_DC2[place[-1]]
        taps = np.asarray(com.fom_rslts["rx_taps"], dtype=float)
        com.rx_taps = taps / taps[params.dw] if ffe else com.null_rx_ffe
        a_s, a_ni, _ = com.calc_noise(cursor_ix=com.fom_rslts["cursor_ix"])
        r = com.com_rslts
        mv = lambda key: float(r[key]) * 1e3
        return {
            "com_db": float(20 * np.log10(a_s / a_ni)), "fom_db": fom, "signal_mv": float(a_s) * 1e3, "noise_mv": float(a_ni) * 1e3,
            "isi_mv": mv("sigma_ISI"), "crosstalk_mv": mv("sigma_XT"), "receiver_noise_mv": mv("sigma_N"),
            "transmitter_noise_mv": mv("sigma_Tx"), "random_jitter_mv": mv("sigma_J"),
            "transmit_taps": [round(float(x), 9) for x in com._tx_combs[com.tx_ix][:4]], "ctle_gain_db": com.gDC, "ctle_low_gain_db": com.gDC2,
            "receive_taps": [float(x) for x in com.rx_taps] if ffe else [], "dfe_taps": [float(x) for x in r["dfe_taps"]],
        }

    taps, gain, low = chosen
    place = [int(np.argmin(np.abs(lo + st * np.arange(n) - tap)))
             for lo, st, n, tap in zip(params.tx_taps_min, params.tx_taps_step, com._tx_grid_lens, [*taps, 0, 0])]
    place += [int(np.argmin(np.abs(np.array(grid) - value))) for grid, value in ((params.g_DC, gain), (params.g_DC2, low))]
    zero = [int(np.argmin(np.abs(lo + st * np.arange(n)))) for lo, st, n in zip(params.tx_taps_min, params.tx_taps_step, com._tx_grid_lens)]
    quarter = [len(params.g_DC) // 4, len(params.g_DC2) // 2]
    found = [uphill(com, evaluate, start) for start in (place, zero + quarter)]
    best = max(found, key=lambda one: one[1])[0]
    at, better = judged(tuple(place)), judged(best)
    pychopmarg.com.loc_curs = LOCATE
    within_1_mv = judged(tuple(place))["com_db"]
    return {"at": at, "found": better, "at_within_1_mv_com_db": within_1_mv, "foms": sum(count for *_, count in found)}


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    cases = []
    for name, ohm, loss_db, delay_ps in [("kr1_802_3ck", 100, 8, 1000), ("kr1_802_3ck", 100, 20, 1000), ("kr1_802_3ck", 92, 14, 1500)]:
        cases.append((name, {"loss_db": loss_db, "loss_at_ghz": 26.5625, "skin_percent": 50, "delay_ps": delay_ps, "impedance_ohm": ohm}))
    for ohm, loss_db in [(100, 12), (95, 18)]:
        cases.append(("kr1_802_3dj", {"loss_db": loss_db, "loss_at_ghz": 53.125, "skin_percent": 50, "delay_ps": 1000, "impedance_ohm": ohm}))
    out = {"made_by": "python com.py FOLDER > com.json", "PyChOpMarg": version("PyChOpMarg"), "scikit_rf": rf.__version__, "cases": []}
    for name, t in cases:
        begin = time.time()
        p, step_ghz = read(name), 0.025
        line = trace(t["loss_db"], t["loss_at_ghz"], t["skin_percent"], t["delay_ps"], t["impedance_ohm"], p["symbol_rate_gbd"] * 1.25, step_ghz)
        with contextlib.redirect_stdout(io.StringIO()):
            found = run(p, {"THRU": [line], "FEXT": [], "NEXT": []}, step_ghz, LIGHTLANE[p["name"], t["loss_db"]])
        out["cases"].append({"set": p["name"], "trace": t, "last_ghz": p["symbol_rate_gbd"] * 1.25, "step_ghz": step_ghz, **found})
        print(name, t, round(found["at"]["com_db"], 3), round(found["found"]["com_db"], 3), found["foms"], f"{time.time() - begin:.0f} s", file=sys.stderr)
    if folder:
        for files in [[], ["fext1"], ["next1"], ["fext1", "next1"]]:
            begin = time.time()
            path = lambda end: os.path.join(folder, f"c2m_il14_{end}.s4p")
            of = lambda kind: [path(end) for end in files if end.startswith(kind)]
            p = read("kr1_802_3ck")
            with contextlib.redirect_stdout(io.StringIO()):
                found = run(p, {"THRU": [path("thru")], "FEXT": of("fext"), "NEXT": of("next")}, 0.01, LIGHTLANE[p["name"], "files"])
            out["cases"].append({"set": p["name"], "files": ["thru", *files], **found})
            print(files, round(found["at"]["com_db"], 3), round(found["found"]["com_db"], 3), found["foms"], f"{time.time() - begin:.0f} s", file=sys.stderr)
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
