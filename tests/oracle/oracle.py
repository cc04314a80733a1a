#!/usr/bin/env python3
"""Independent NumPy/SciPy oracle for six PAM4 IM/DD links.

Written from prose definitions alone (as in docs/devices.md and docs/physics.md 1, 3, 6); no
code is shared with the simulator it judges.  16 samples per symbol, recursive time-domain
filters, linear (not periodic) records, edges dropped, no semi-analytic step: every noise is
a random sample path and every bit error is counted.

    oracle.py                 all links  -> oracle.json next to this file
    oracle.py --links 1 3     some links, printed only
    oracle.py --check         self checks, printed only
    oracle.py --scan 1 9 14   SNR/BER of link 1 against channel loss from 9 to 14 dB
    oracle.py --sps 32        other number of samples per symbol, printed only
"""
import argparse, json, os, platform, sys, time
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import scipy
from scipy import signal, fft, linalg, special, stats

QE, CL = 1.602176634e-19, 299792458.0
LEV = np.array([-1.0, -1 / 3, 1 / 3, 1.0])
GRAY = np.array([0b00, 0b01, 0b11, 0b10])
POP = np.array([0, 1, 1, 2])
CHUNK, GUARD, NTAP, NPH = 131072, 256, 21, 64
TRAIN_CHUNKS, SCORE_CHUNKS = 2, 16
SOURCES = ("dac", "tx_jitter", "driver", "rin", "shot", "thermal", "rx_jitter", "adc")

# ------------------------------------------------------------------ links
EML53 = dict(
    symbol_rate_bd=53.125e9, modulator="eml",
    tx_ffe_taps=[-0.05, 0.90, -0.05], dac_enob_bits=5.3, dac_bandwidth_hz=40e9,
    dac_bessel_order=4, tx_jitter_s=180e-15,
    driver_bandwidth_hz=45e9, driver_bessel_order=2, driver_swing_vpp=1.5,
    driver_saturation_vpp=3.0, driver_noise_v_per_rthz=25e-9,
    modulator_bandwidth_hz=38e9, modulator_bessel_order=2,
    eml_facet_power_dbm=8.1, eml_coupling_loss_db=3.0, eml_v0_v=2.26, eml_exponent_a=2.41,
    eml_bias_v=-1.8, eml_alpha_a0=1.2, eml_alpha_a1_per_v=0.8,
    rin_db_per_hz=-146.0,
    fibre_length_km=0.5, wavelength_nm=1310.0, zero_dispersion_wavelength_nm=1310.0,
    dispersion_slope_s0_ps_per_nm2_km=0.092,
    channel_loss_db=11.0, rx_coupling_loss_db=1.0,
    pd_responsivity_a_per_w=0.85, pd_dark_current_a=10e-9, pd_bandwidth_hz=40e9, pd_bessel_order=1,
    tia_noise_avg_a_per_rthz=16e-12, tia_bandwidth_hz=36e9, tia_bessel_order=4,
    adc_bandwidth_hz=35e9, adc_bessel_order=4, adc_enob_bits=5.0, rx_jitter_s=180e-15,
    rx_ffe_taps_count=NTAP)


def derive(base, drop=(), **kw):
    d = {k: v for k, v in base.items() if k not in drop}
    d.update(kw)
    return d


EMLKEYS = [k for k in EML53 if k.startswith("eml_")]
R106 = dict(symbol_rate_bd=106.25e9, dac_enob_bits=5.2, dac_bandwidth_hz=60e9,
            driver_bandwidth_hz=62e9, pd_bandwidth_hz=62e9, tia_noise_avg_a_per_rthz=16.5e-12,
            tia_bandwidth_hz=58e9, adc_bandwidth_hz=56e9, tx_jitter_s=90e-15, rx_jitter_s=90e-15)
MZM53 = derive(EML53, EMLKEYS, modulator="mzm", mzm_input_power_dbm=3.45, mzm_vpi_v=6.0,
               driver_swing_vpp=2.5, driver_saturation_vpp=6.0, modulator_bandwidth_hz=36e9,
               rin_db_per_hz=-148.0, fibre_length_km=2.0, wavelength_nm=1317.5,
               zero_dispersion_wavelength_nm=1300.0)
EML106 = derive(EML53, eml_facet_power_dbm=9.1, modulator_bandwidth_hz=65e9, rin_db_per_hz=-149.0, **R106)
MZM106 = derive(MZM53, mzm_input_power_dbm=5.0, modulator_bandwidth_hz=50e9, rin_db_per_hz=-150.0,
                wavelength_nm=1304.5, zero_dispersion_wavelength_nm=1324.0, **R106)
LINKS = [
    ("1_eml_53gbd_500m", derive(EML53, channel_loss_db=11.25)),
    ("2_mzm_53gbd_2km", derive(MZM53, channel_loss_db=10.5)),
    ("3_eml_106gbd_500m", derive(EML106, channel_loss_db=9.5)),
    ("4_mzm_106gbd_2km", derive(MZM106, channel_loss_db=9.0)),
    ("5_eml_106gbd_10km", derive(EML106, fibre_length_km=10.0, wavelength_nm=1295.0, channel_loss_db=7.5)),
    ("6_mzm_53gbd_b2b_rin", derive(MZM53, fibre_length_km=0.0, driver_swing_vpp=1.6,
                                   rin_db_per_hz=-138.0, channel_loss_db=6.0)),
]


# ------------------------------------------------------------------ filters
# Time is in symbols: frequency f Hz -> f / Rb, dt = 1 / sps.
COMP = np.array([-1 / 12, 7 / 6, -1 / 12])   # undoes the sinc^2 of the linear interpolation


def analog_bessel(order, bw_norm):
    return signal.bessel(order, 2 * np.pi * bw_norm, analog=True, norm="mag", output="ba")


class Foh:
    """H(s) driven by the straight-line interpolation of the samples: exact state-space
    (first-order-hold) discretisation run as an IIR by lfilter, after a symmetric 3-tap
    FIR that removes the interpolation's sinc^2 droop to 4th order."""

    def __init__(self, num, den, dt):
        A, B, C, D = signal.tf2ss(num, den)
        Ad, Bd, Cd, Dd, _ = signal.cont2discrete((A, B, C, D), dt, method="foh")
        n, d = signal.ss2tf(Ad, Bd, Cd, Dd)
        self.b, self.a = n[0], d

    def __call__(self, x):
        pre = COMP[1] * x
        pre[1:] += COMP[0] * x[:-1]
        pre[:-1] += COMP[2] * x[1:]
        return signal.lfilter(self.b, self.a, pre)

    def response(self, w_per_sample):
        _, h = signal.freqz(self.b, self.a, worN=w_per_sample)
        return h * (COMP[1] + 2 * COMP[0] * np.cos(w_per_sample))


class Staircase:
    """H(s) driven by a staircase plus impulses at the sampling instants: both exact
    (zero-order hold and impulse response e^{At}B of the same state space)."""

    def __init__(self, num, den, dt):
        A, B, C, D = signal.tf2ss(num, den)
        Ad, Bd, Cd, Dd, _ = signal.cont2discrete((A, B, C, D), dt, method="zoh")
        n, self.a = signal.ss2tf(Ad, Bd, Cd, Dd)
        self.b = n[0]
        n, a2 = signal.ss2tf(Ad, Ad @ B, C, C @ B)
        assert np.allclose(a2, self.a)
        self.bi = n[0]

    def __call__(self, held, impulse_area=None):
        y = signal.lfilter(self.b, self.a, held)
        if impulse_area is not None:
            y += signal.lfilter(self.bi, self.a, impulse_area)
        return y


def interp_kernel(frac, half=16, beta=11.0):
    """Weights (and their slope per sample) giving y(n + frac) from y[n-half+1 .. n+half]."""
    k = np.arange(-half + 1, half + 1)

    def ker(u):
        return np.sinc(u) * np.i0(beta * np.sqrt(np.clip(1 - (u / half) ** 2, 0, 1))) / np.i0(beta)
    u = frac - k
    e = 1e-4
    return ker(u), (ker(u + e) - ker(u - e)) / (2 * e)


def dispersion_ps_nm_km(p):
    l, l0 = p["wavelength_nm"], p["zero_dispersion_wavelength_nm"]
    return p["dispersion_slope_s0_ps_per_nm2_km"] / 4 * (l - l0 ** 4 / l ** 3)


def fibre(E, p, fs):
    if p["fibre_length_km"] == 0:
        return E
    DL = dispersion_ps_nm_km(p) * p["fibre_length_km"] * 1e-12 / 1e-9      # s/m
    if DL == 0:
        return E
    n = len(E)
    m = fft.next_fast_len(n + 8192)                                        # zero padded: linear
    f = fft.fftfreq(m, 1 / fs)
    H = np.exp(1j * np.pi * (p["wavelength_nm"] * 1e-9) ** 2 * DL * f ** 2 / CL)
    return fft.ifft(fft.fft(E, m) * H)[:n]


# ------------------------------------------------------------------ chain
class Link:
    def __init__(self, p, sps=16):
        self.p, self.sps = p, sps
        Rb = self.Rb = p["symbol_rate_bd"]
        self.fs, dt = Rb * sps, 1 / sps

        def bes(key):
            return analog_bessel(p[key + "_bessel_order"], p[key + "_bandwidth_hz"] / Rb)
        self.analog = {k: bes(k) for k in ("dac", "driver", "modulator", "pd", "tia", "adc")}
        self.dac = Staircase(*self.analog["dac"], dt)
        self.drv, self.mod, self.pd, self.tia, self.adc = (
            Foh(*self.analog[k], dt) for k in ("driver", "modulator", "pd", "tia", "adc"))
        # thermal noise a0 + a2 f^2 = |sqrt(a0) + j f sqrt(a2)|^2, times the TIA: (1 + s/2pi B) H_tia(s)
        num, den = self.analog["tia"]
        self.tia_noise = Foh(np.polymul([Rb / (2 * np.pi * p["tia_bandwidth_hz"]), 1.0], num), den, dt)
        self.a0 = 0.75 * p["tia_noise_avg_a_per_rthz"] ** 2
        c = np.array(p["tx_ffe_taps"], float)
        self.ffe = c / np.abs(c).sum()
        self.gain_rx = 10 ** (-(p["channel_loss_db"] + p["rx_coupling_loss_db"]) / 10)

    # static maps
    def volts(self, x):
        p = self.p
        vs = p["driver_saturation_vpp"] / 2
        return vs * np.tanh(p["driver_swing_vpp"] / 2 * x / vs)

    def light(self, v):
        """modulator voltage -> (power W, optical phase rad or None) at TP2"""
        p = self.p
        if p["modulator"] == "mzm":
            P0 = 1e-3 * 10 ** (p["mzm_input_power_dbm"] / 10)
            return P0 / 2 * (1 + np.sin(np.pi * v / p["mzm_vpi_v"])), None
        a, V0 = p["eml_exponent_a"], p["eml_v0_v"]
        u = np.maximum(-(p["eml_bias_v"] + v), 0.0)           # |V| for V <= 0, T = 1 above
        L = (u / V0) ** a                                      # -ln T
        P0 = 1e-3 * 10 ** ((p["eml_facet_power_dbm"] - p["eml_coupling_loss_db"]) / 10)
        # phi = 1/2 int (a0 - a1 u) dlnT, dlnT = -a u^(a-1)/V0^a du
        phi = -0.5 * (p["eml_alpha_a0"] * L - p["eml_alpha_a1_per_v"] * a / (a + 1) * u * L)
        return P0 * np.exp(-L), phi

    def static(self):
        x = LEV * self.ffe.sum()
        P, _ = self.light(self.volts(x))
        return P

    # waveform at the ADC's input for one chunk
    def tx_drive(self, lev, seeds, on):
        p, sps = self.p, self.sps
        rng = {s: np.random.Generator(np.random.PCG64(q)) for s, q in seeds.items()}
        x = np.convolve(lev, self.ffe)[1:1 + len(lev)]         # centre tap on the symbol itself
        if "dac" in on:
            x = x + rng["dac"].normal(0, np.sqrt(4 / 12) / 2 ** p["dac_enob_bits"], len(x))
        imp = None
        if "tx_jitter" in on:
            d = rng["tx_jitter"].normal(0, p["tx_jitter_s"] * self.Rb, len(x))
            imp = np.zeros(len(x) * sps)
            imp[sps::sps] = (x[:-1] - x[1:]) * d[1:]
        return self.volts(self.drv(self.dac(np.repeat(x, sps), imp))), rng

    def tp2(self, lev, seeds, on):
        v, rng = self.tx_drive(lev, seeds, on)
        p = self.p
        if "driver" in on:
            v = v + rng["driver"].normal(0, p["driver_noise_v_per_rthz"] * np.sqrt(self.fs / 2), len(v))
        P, phi = self.light(self.mod(v))
        if "rin" in on:
            s = np.sqrt(10 ** (p["rin_db_per_hz"] / 10) * self.fs / 2)
            P = P * np.maximum(1 + rng["rin"].normal(0, s, len(P)), 0)
        return P, phi, rng

    def wave(self, lev, seeds, on=SOURCES):
        p = self.p
        P, phi, rng = self.tp2(lev, seeds, on)
        if p["fibre_length_km"] and dispersion_ps_nm_km(p):
            E = np.sqrt(P).astype(complex) if phi is None else np.sqrt(P) * np.exp(1j * phi)
            E = fibre(E, p, self.fs)
            P = E.real ** 2 + E.imag ** 2
        i = p["pd_responsivity_a_per_w"] * self.gain_rx * P + p["pd_dark_current_a"]
        if "shot" in on:
            i = i + rng["shot"].standard_normal(len(i)) * np.sqrt(2 * QE * i * self.fs / 2)
        y = self.tia(self.pd(i))
        if "thermal" in on:
            y += self.tia_noise(rng["thermal"].normal(0, np.sqrt(self.a0 * self.fs / 2), len(y)))
        return self.adc(y)

    # sampling: values at (k + phase/64) UI after symbol k's leading DAC edge
    def sample(self, y, phase, jit=None):
        sps = self.sps
        pos = phase * sps / NPH
        off, frac = int(np.floor(pos)), pos - np.floor(pos)
        w, dw = interp_kernel(frac)
        h = len(w) // 2
        n = len(y) // sps - 2 * GUARD
        s0 = GUARD * sps + off
        out = np.zeros(n)
        slope = np.zeros(n) if jit is not None else None
        for j in range(len(w)):
            col = y[s0 - h + 1 + j:][:n * sps:sps]
            out += w[j] * col
            if jit is not None:
                slope += dw[j] * col
        if jit is not None:
            out += slope * sps * jit                           # jit in UI
        return out


def seeds_for(seed, stream, chunk):
    return {s: np.random.SeedSequence([seed, stream, chunk, n]) for n, s in enumerate(("data",) + SOURCES)}


def run_chunk(link, seed, stream, chunk, on=SOURCES, nsym=CHUNK):
    sd = seeds_for(seed, stream, chunk)
    a = np.random.Generator(np.random.PCG64(sd.pop("data"))).integers(0, 4, nsym)
    y = link.wave(LEV[a], sd, on)
    n = nsym - 2 * GUARD
    # the sampling jitter and quantisation draws belong to the (chunk, source) stream as well
    jit = (np.random.Generator(np.random.PCG64(sd["rx_jitter"])).normal(0, link.p["rx_jitter_s"] * link.Rb, n)
           if "rx_jitter" in on else None)
    qn = np.random.Generator(np.random.PCG64(sd["adc"])).standard_normal(n) if "adc" in on else None
    return a[GUARD:-GUARD], y, jit, qn


def adc(link, raw, mean, q, qn):
    r = np.clip(raw - mean, -q, q)
    if qn is not None:
        r = r + qn * (2 * q / np.sqrt(12) / 2 ** link.p["adc_enob_bits"])
    return r


def regress(r, d):
    """Rows k: r[k + d + 10 - j], j = 0..20, for the k where all exist; returns (rows, k0, k1)."""
    h = NTAP // 2
    k0 = max(0, h - d)
    k1 = min(len(r), len(r) - h - d)
    W = np.lib.stride_tricks.sliding_window_view(r, NTAP)      # W[m] = r[m .. m+20]
    return W[k0 + d - h:k1 + d - h][:, ::-1], k0, k1


def search(link, chunk0):
    """best (phase, delay) by MMSE over 64 phases and all main-tap positions"""
    a, y, jit, qn = chunk0
    x = LEV[a]
    n = len(x)
    F = fft.rfft(x, 2 * n)
    h = NTAP // 2
    best = None
    curve = []
    for ph in range(NPH):
        raw = link.sample(y, ph, jit)
        mu = raw.mean()
        q = np.quantile(np.abs(raw - mu), 0.9999)
        r = adc(link, raw, mu, q, qn)
        r = r - r.mean()
        G = fft.rfft(r, 2 * n)
        ac = fft.irfft(np.abs(G) ** 2)[:NTAP] / n
        cc = fft.irfft(G * np.conj(F)) / n                     # cc[m] = E x_k r_{k+m}
        Rm = linalg.cho_factor(linalg.toeplitz(ac))
        cur = None
        for d in range(-12, 25):
            pv = cc[(d + h - np.arange(NTAP)) % (2 * n)]
            mm = np.var(x) - pv @ linalg.cho_solve(Rm, pv)
            if cur is None or mm < cur[0]:
                cur = (mm, ph, d)
        curve.append(cur[0])
        if best is None or cur < best:
            best = cur
    return best, curve


def train(link, chunks, ph, d):
    raws = [link.sample(c[1], ph, c[2]) for c in chunks]
    allr = np.concatenate(raws)
    mu = allr.mean()
    q = np.quantile(np.abs(allr - mu), 0.9999)
    M = np.zeros((NTAP + 1, NTAP + 1))
    v = np.zeros(NTAP + 1)
    for c, raw in zip(chunks, raws):
        X, k0, k1 = regress(adc(link, raw, mu, q, c[3]) / q, d)
        X = np.hstack([X, np.ones((len(X), 1))])
        M += X.T @ X
        v += X.T @ LEV[c[0][k0:k1]]
    w = linalg.solve(M, v, assume_a="pos")
    return dict(phase=ph, d=d, mean=mu, q=q, w=w)


def equalise(link, eq, a, y, jit, qn):
    X, k0, k1 = regress(adc(link, link.sample(y, eq["phase"], jit), eq["mean"], eq["q"], qn) / eq["q"], eq["d"])
    return a[k0:k1], X @ eq["w"][:NTAP] + eq["w"][NTAP]


def metrics(parts):
    a = np.concatenate([p[0] for p in parts])
    z = np.concatenate([p[1] for p in parts])
    m = np.array([z[a == l].mean() for l in range(4)])
    s = np.array([z[a == l].std() for l in range(4)])
    pa = np.bincount(a, minlength=4) / len(a)
    num = (pa * (m - pa @ m) ** 2).sum()

    def snr(aa, zz):
        return 10 * np.log10(num / np.mean((zz - m[aa]) ** 2))
    t = (m[:-1] * s[1:] + m[1:] * s[:-1]) / (s[:-1] + s[1:])
    b = np.searchsorted(t, z)
    err = int(POP[GRAY[a] ^ GRAY[b]].sum())
    per = np.array([snr(*p) for p in parts])
    # BER the Gaussian with these four means and sigmas would give: plausibility only
    q = special.ndtr
    g = sum(q(-(t[i] - m[i]) / s[i]) + q(-(m[i + 1] - t[i]) / s[i + 1]) for i in range(3)) / 8
    return dict(snr_db=snr(a, z), snr_standard_error_db=float(per.std(ddof=1) / np.sqrt(len(per))) if len(per) > 1 else None,
                errors=err, symbol_errors=int((a != b).sum()), bits=2 * len(a), ber=err / (2 * len(a)),
                ber_gaussian=float(g), level_means=m, level_sigmas=s, thresholds=t, num=num)


def solve(link, seed, on=SOURCES, train_chunks=TRAIN_CHUNKS):
    tr = [run_chunk(link, seed, 0, c, on) for c in range(train_chunks)]
    (mm, ph, d), curve = search(link, tr[0])
    eq = train(link, tr, ph, d)
    eq["mmse"], eq["curve"] = mm, curve
    return eq


def score(link, eq, seed, on=SOURCES, chunks=SCORE_CHUNKS, stream=1):
    return metrics([equalise(link, eq, *run_chunk(link, seed, stream, c, on)) for c in range(chunks)])


def shares(link, eq, seed):
    """one source at a time through the final sampler and taps: variance it adds at the slicer"""
    _, z0 = equalise(link, eq, *run_chunk(link, seed, 2, 0, ()))
    out = {}
    for s in SOURCES:
        _, z = equalise(link, eq, *run_chunk(link, seed, 2, 0, (s,)))
        out[s] = float(np.var(z - z0))
    return out


def dbm(w):
    return 10 * np.log10(w / 1e-3)


def full(name, p, seed, sps=16, chunks=SCORE_CHUNKS, extra=True):
    t0 = time.time()
    link = Link(p, sps)
    eq = solve(link, seed)
    m = score(link, eq, seed, chunks=chunks)
    P = link.static()
    lo, hi = stats.beta.ppf([0.025, 0.975], [m["errors"], m["errors"] + 1],
                            [m["bits"] - m["errors"] + 1, m["bits"] - m["errors"]])
    w = eq["w"][:NTAP]
    main = int(np.argmax(np.abs(w)))
    out = dict(
        name=name, parameters=dict(p, fibre_dispersion_ps_per_nm_km=dispersion_ps_nm_km(p)),
        snr_db=m["snr_db"], ber=m["ber"], errors=m["errors"], bits=m["bits"],
        phase_ui=eq["phase"] / NPH, oma_tp2_dbm=dbm(P[3] - P[0]), er_tp2_db=10 * np.log10(P[3] / P[0]),
        snr_standard_error_db=m["snr_standard_error_db"], ber_interval_95=[lo, hi], symbol_errors=m["symbol_errors"],
        ber_gaussian_from_level_means_and_sigmas=m["ber_gaussian"],
        main_tap_index=main, main_tap_delay_ui=eq["d"] + NTAP // 2 - main + eq["phase"] / NPH,
        settled_powers_tp2_w=list(P), average_of_settled_powers_tp2_dbm=dbm(P.mean()),
        level_means=list(m["level_means"]), level_sigmas=list(m["level_sigmas"]),
        adc_full_scale_a=2 * eq["q"], rx_ffe_taps_for_y_over_q=list(w), rx_ffe_offset=eq["w"][NTAP],
        mmse_over_phase_best_db=10 * np.log10(np.var(LEV) / eq["mmse"]),
        phase_interval_ui_within_0p02_db=[k / NPH for k, c in enumerate(eq["curve"]) if c < eq["mmse"] * 10 ** 0.002])
    if extra:
        sh = shares(link, eq, seed)
        eq0 = solve(link, seed, (), 1)
        eq0["q"] *= 2        # noiseless: no clip, so only intersymbol interference and nonlinearity remain
        eq0["w"][:NTAP] *= 2
        m0 = score(link, eq0, seed, (), 2)
        z = metrics([equalise(link, eq, *run_chunk(link, seed, 2, 0, ()))])
        out.update(
            snr_noiseless_retrained_db=m0["snr_db"],
            snr_noiseless_same_taps_db=z["snr_db"],
            slicer_variance_by_source={k: v for k, v in sh.items()},
            snr_one_source_alone_db={k: 10 * np.log10(m["num"] / v) for k, v in sh.items()},
            snr_recomposed_from_sources_db=10 * np.log10(
                m["num"] / (sum(sh.values()) + m["num"] / 10 ** (z["snr_db"] / 10))))
    out["seconds"] = round(time.time() - t0, 1)
    return out


# ------------------------------------------------------------------ self checks
def check():
    ok = True

    def say(name, good, txt):
        nonlocal ok
        ok &= bool(good)
        print(("ok   " if good else "FAIL ") + name + ": " + txt)

    for name, p in LINKS[:1] + LINKS[2:3]:
        link = Link(p)
        f = np.linspace(1e-4, 0.75, 400)                      # to 1.5 x Nyquist, in units of Rb
        w = 2 * np.pi * f / link.sps
        for k, flt in (("driver", link.drv), ("modulator", link.mod), ("pd", link.pd), ("tia", link.tia), ("adc", link.adc)):
            _, ha = signal.freqs(*link.analog[k], worN=2 * np.pi * f)
            r = flt.response(w) / ha
            e, ph = np.abs(20 * np.log10(np.abs(r))).max(), np.abs(np.angle(r)).max()
            fb = p[k + "_bandwidth_hz"] / link.Rb
            h3 = 20 * np.log10(np.abs(flt.response(np.array([2 * np.pi * fb / link.sps]))[0]))
            say(f"{name} {k} IIR vs analog", e < 0.02 and abs(h3 + 3.0103) < 0.01,
                f"max {e:.5f} dB, {ph:.1e} rad to 1.5 Nyquist; at B {h3:.4f} dB")
        # DAC: one held symbol, spectrum of the sampled pulse against sinc x Bessel
        x = np.zeros(400)
        x[100] = 1
        y = link.dac(np.repeat(x, link.sps))
        t = (np.arange(len(y)) - 100 * link.sps) / link.sps
        num = np.array([(y * np.exp(-2j * np.pi * ff * t)).sum() / link.sps for ff in f[::8]])
        _, ha = signal.freqs(*link.analog["dac"], worN=2 * np.pi * f[::8])
        ref = np.sinc(f[::8]) * np.exp(-1j * np.pi * f[::8]) * ha
        e = np.abs(20 * np.log10(np.abs(num / ref))).max()
        say(f"{name} DAC pulse vs sinc*Bessel4", e < 0.02, f"max {e:.5f} dB, phase {np.abs(np.angle(num/ref)).max():.1e} rad")
        # tx jitter impulse against the displaced pulse edge of a fine step response
        dlt = 0.01
        st = np.zeros(64); st[20:] = 1
        hld = np.repeat(st, link.sps)
        imp = np.zeros_like(hld); imp[20 * link.sps] = -dlt
        y1 = link.dac(hld, imp)
        T = np.arange(0, 20, 1 / link.sps)
        _, ys = signal.step(link.analog["dac"], T=np.arange(0, 20, 1e-3))
        yr = np.interp(T - dlt, np.arange(0, 20, 1e-3), ys, left=0)
        e = np.abs(y1[20 * link.sps:][:len(T)] - yr).max() / dlt
        say(f"{name} jitter impulse vs displaced edge (0.01 UI)", e < 0.1, f"max error {e:.4f} of the shift per UI")
        # thermal variance at the ADC against the integral
        y = link.adc(link.tia_noise(np.random.default_rng(5).normal(0, np.sqrt(link.a0 * link.fs / 2), 8_000_000)))[4000:]
        ff = np.linspace(0, 20, 400001)
        _, h1 = signal.freqs(*link.analog["tia"], worN=2 * np.pi * ff)
        _, h2 = signal.freqs(*link.analog["adc"], worN=2 * np.pi * ff)
        S = link.a0 * (1 + (ff * link.Rb / p["tia_bandwidth_hz"]) ** 2) * np.abs(h1 * h2) ** 2
        ana = np.trapezoid(S, ff) * link.Rb
        say(f"{name} thermal variance", abs(y.var() / ana - 1) < 0.01,
            f"rms {y.std()*1e6:.4f} uA, integral {np.sqrt(ana)*1e6:.4f} uA, ratio of variances {y.var()/ana:.5f}")
        # the definition of the average density: sqrt(int_0^B S / B)
        fb = np.linspace(0, 1, 100001)
        av = np.sqrt(np.trapezoid(link.a0 * (1 + fb ** 2), fb))
        say(f"{name} average density", abs(av / p["tia_noise_avg_a_per_rthz"] - 1) < 1e-6, f"{av*1e12:.4f} pA/rtHz")
        # shot noise at constant light through diode, TIA, ADC
        i0 = 5e-4
        rng = np.random.default_rng(6)
        y = link.adc(link.tia(link.pd(i0 + rng.standard_normal(6_000_000) * np.sqrt(QE * i0 * link.fs))))[4000:]
        _, h0 = signal.freqs(*link.analog["pd"], worN=2 * np.pi * ff)
        ana = 2 * QE * i0 * np.trapezoid(np.abs(h0 * h1 * h2) ** 2, ff) * link.Rb
        say(f"{name} shot variance", abs(y.var() / ana - 1) < 0.01, f"ratio {y.var()/ana:.5f}; mean {y.mean()/i0:.6f}")
        # settled levels through the whole transmitter
        lev = np.repeat(LEV, 64)
        P, _, _ = link.tp2(lev, seeds_for(1, 9, 0), ())
        Pe = P.reshape(4, -1)[:, 32 * link.sps]
        e = np.abs(Pe / link.static() - 1).max()
        say(f"{name} settled powers dynamic vs static", e < 1e-6, f"max rel {e:.1e}")
    # EML phase against numerical integration, sign of alpha
    link = Link(LINKS[0][1])
    v = np.linspace(-0.75, 0.75, 20001)
    P, phi = link.light(v)
    u = -(link.p["eml_bias_v"] + v)
    al = 1.2 - 0.8 * u
    num = np.concatenate([[0], np.cumsum(0.5 * (al[1:] + al[:-1]) / 2 * np.diff(np.log(P)))])
    e = np.abs(num - (phi - phi[0])).max()
    say("EML phase vs numerical integral", e < 1e-6, f"max {e:.1e} rad")
    # fibre: small-signal IM response with chirp
    Rb, sps = 106.25e9, 16
    fs, n = Rb * sps, 1 << 15
    for l, l0, L in ((1317.5, 1300, 10), (1304.5, 1324, 10), (1295, 1310, 10)):
        p = dict(wavelength_nm=l, zero_dispersion_wavelength_nm=l0, fibre_length_km=L, dispersion_slope_s0_ps_per_nm2_km=0.092)
        DL = dispersion_ps_nm_km(p) * L
        for al in (0.0, 0.5, -0.5):
            f0 = 53.125e9
            t = np.arange(n) / fs
            Pm = 1 + 1e-4 * np.cos(2 * np.pi * f0 * t)
            E = np.sqrt(Pm) * np.exp(1j * al / 2 * np.log(Pm))
            Q = np.abs(fibre(E, p, fs)) ** 2
            sl = slice(4096, n - 4096)
            win = np.hanning(n - 8192)
            ref = np.exp(-2j * np.pi * f0 * t[sl]) * win
            g = np.abs((Q[sl] - 1) @ ref / ((Pm[sl] - 1) @ ref))
            th = np.sqrt(1 + al ** 2) * abs(np.cos(np.pi * (l * 1e-9) ** 2 * DL * 1e-3 * f0 ** 2 / CL + np.arctan(al)))
            say(f"fibre {l}/{l0}/{L} km alpha {al}", abs(g - th) < 1e-3, f"D*L {DL:.2f} ps/nm, |H| {20*np.log10(g):.3f} dB, formula {20*np.log10(th):.3f} dB")
    # interpolation and slope
    link = Link(LINKS[0][1])
    t = np.arange(2048 * 16) / 16
    worst = ws = 0
    for f0 in (0.1, 0.35, 0.8, 1.2):
        y = np.cos(2 * np.pi * f0 * t)
        for ph in (0, 1, 2, 3, 37, 63):
            k = np.arange(GUARD, 2048 - GUARD) + ph / 64
            r0 = link.sample(y, ph)
            sl = (link.sample(y, ph, np.full(len(k), 1e-3)) - r0) / 1e-3
            worst = max(worst, np.abs(r0 - np.cos(2 * np.pi * f0 * k)).max())
            ws = max(ws, np.abs(sl + 2 * np.pi * f0 * np.sin(2 * np.pi * f0 * k)).max() / (2 * np.pi * f0))
    say("interpolation, slope to 1.2 Rb", worst < 1e-4 and ws < 1e-3, f"{worst:.1e}, {ws:.1e}")
    # noiseless waveform of every link against a periodic frequency-domain evaluation of the same definition
    for name, p in LINKS:
        link = Link(p)
        n = 8192
        a = LEV[np.random.default_rng(11).integers(0, 4, n)]
        y1 = link.wave(a, seeds_for(1, 8, 0), ())
        f = fft.fftfreq(n * 16, 1 / 16)                        # in units of Rb

        def H(k):
            h = signal.freqs(*link.analog[k], worN=2 * np.pi * np.abs(f))[1]
            return np.where(f < 0, np.conj(h), h)
        x = np.real(fft.ifft(fft.fft(a) * fft.fft(np.r_[link.ffe[1:], np.zeros(n - 3), link.ffe[0]])))
        comb = np.zeros(n * 16)
        comb[::16] = 16 * x
        v = link.volts(np.real(fft.ifft(fft.fft(comb) * np.sinc(f) * np.exp(-1j * np.pi * f) * H("dac") * H("driver"))))
        P, phi = link.light(np.real(fft.ifft(fft.fft(v) * H("modulator"))))
        E = np.sqrt(P) * np.exp(1j * (0 if phi is None else phi))
        b2L = -dispersion_ps_nm_km(p) * 1e-6 * (p["wavelength_nm"] * 1e-9) ** 2 / (2 * np.pi * CL) * p["fibre_length_km"] * 1e3
        E = fft.ifft(fft.fft(E) * np.exp(-0.5j * b2L * (2 * np.pi * f * link.Rb) ** 2))
        i = 0.85 * link.gain_rx * np.abs(E) ** 2 + 1e-8
        y2 = np.real(fft.ifft(fft.fft(i) * H("pd") * H("tia") * H("adc")))
        c = slice(GUARD * 16, -GUARD * 16)
        r = 10 * np.log10(np.mean((y1[c] - y2[c]) ** 2) / np.var(y2[c]))
        say(f"{name} noiseless record vs Fourier", r < -50, f"{r:.1f} dB")
    # thermal and quantisation variance at the slicer through the taps of oracle.json, in closed form
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.json")
    if os.path.exists(path):
        for r, (name, p) in zip(json.load(open(path))["links"], LINKS):
            link = Link(p)
            w = np.array(r["rx_ffe_taps_for_y_over_q"]) / (r["adc_full_scale_a"] / 2)
            f = np.linspace(0, 20, 400001)
            h = signal.freqs(*link.analog["tia"], worN=2 * np.pi * f)[1] * signal.freqs(*link.analog["adc"], worN=2 * np.pi * f)[1]
            W = sum(c * np.exp(-2j * np.pi * f * k) for k, c in enumerate(w))
            S = link.a0 * (1 + (f * link.Rb / p["tia_bandwidth_hz"]) ** 2)
            th = np.trapezoid(S * np.abs(h * W) ** 2, f) * link.Rb
            qv = (w ** 2).sum() * r["adc_full_scale_a"] ** 2 / 12 / 4 ** p["adc_enob_bits"]
            s = r["slicer_variance_by_source"]
            say(f"{name} thermal, adc at the slicer vs closed form", abs(s["thermal"] / th - 1) < 0.02 and abs(s["adc"] / qv - 1) < 0.02,
                f"ratios {s['thermal']/th:.4f} {s['adc']/qv:.4f}")
    # counting: PAM4 in white noise against 0.75 Q(sqrt(snr/5))
    rng = np.random.default_rng(3)
    a = rng.integers(0, 4, 2_000_000)
    for snr in (15.0, 17.0):
        z = LEV[a] + rng.normal(0, np.sqrt(np.mean(LEV ** 2) / 10 ** (snr / 10)), len(a))
        m = metrics([(a, z)])
        th = 0.75 * special.ndtr(-np.sqrt(10 ** (m["snr_db"] / 10) / 5))
        say(f"counting at {snr} dB", abs(m["ber"] / th - 1) < 0.05, f"snr {m['snr_db']:.3f} ber {m['ber']:.3e} theory {th:.3e}")
    print("ALL OK" if ok else "SOME FAILED")
    return ok


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--links", type=int, nargs="*")
    ap.add_argument("--check", action="store_true")
    ap.add_argument("--scan", type=float, nargs=3)
    ap.add_argument("--sps", type=int, default=16)
    ap.add_argument("--seed", type=int, default=20240)
    ap.add_argument("--chunks", type=int, default=SCORE_CHUNKS)
    ap.add_argument("--brief", action="store_true")
    A = ap.parse_args()
    if A.check:
        sys.exit(0 if check() else 1)
    if A.scan:
        name, p = LINKS[int(A.scan[0]) - 1]
        for loss in np.linspace(A.scan[1], A.scan[2], 4):
            link = Link(derive(p, channel_loss_db=float(loss)), A.sps)
            eq = solve(link, A.seed, train_chunks=1)
            m = score(link, eq, A.seed, chunks=2)
            print(f"{name} loss {loss:.2f} snr {m['snr_db']:.3f} ber {m['ber']:.3e} phase {eq['phase']/NPH:.3f}", flush=True)
        return
    whole = not A.links and A.sps == 16 and A.chunks == SCORE_CHUNKS
    out = []
    t0 = time.time()
    for n, (name, p) in enumerate(LINKS, 1):
        if A.links and n not in A.links:
            continue
        r = full(name, p, A.seed + n, A.sps, A.chunks, not A.brief)
        out.append(r)
        print(f"{name}: loss {p['channel_loss_db']} dB snr {r['snr_db']:.3f} +- {r['snr_standard_error_db']:.3f} dB ber {r['ber']:.4e} "
              f"[{r['ber_interval_95'][0]:.3e},{r['ber_interval_95'][1]:.3e}] gauss {r['ber_gaussian_from_level_means_and_sigmas']:.3e} "
              f"errors {r['errors']} bits {r['bits']} phase {r['phase_ui']:.4f} OMA {r['oma_tp2_dbm']:.3f} ER {r['er_tp2_db']:.3f} {r['seconds']} s", flush=True)
        if not A.brief:
            print("    noiseless %.2f dB; alone: " % r["snr_noiseless_retrained_db"] +
                  " ".join(f"{k} {v:.2f}" for k, v in r["snr_one_source_alone_db"].items()) +
                  f"; recomposed {r['snr_recomposed_from_sources_db']:.3f}", flush=True)
    if whole:
        doc = dict(script="oracle.py", command="python3 oracle.py", seed=A.seed,
                   versions=dict(python=platform.python_version(), numpy=np.__version__, scipy=scipy.__version__),
                   samples_per_symbol=A.sps, training_symbols=TRAIN_CHUNKS * (CHUNK - 2 * GUARD), links=out)
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.json")
        with open(path, "w") as fh:
            json.dump(doc, fh, indent=1, default=float)
            fh.write("\n")
        print("wrote", path, f"{time.time()-t0:.0f} s")


if __name__ == "__main__":
    main()
