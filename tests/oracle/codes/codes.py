"""Error-correcting codes and Gaussian tails by independent programs: galois, reedsolo, SciPy.

Prints one JSON object. See ../README.md for versions and how to run it.
"""

import json
from importlib.metadata import version

import galois
import numpy as np
import reedsolo
from scipy import integrate, optimize, signal, stats


def message(count):
    """Ten-bit symbols that look like nothing: a Weyl sequence."""
    return [(617 * k + 29) % 1024 for k in range(count)]


def weighted(values):
    """Sum of the values times 1, 2, ..: another order or value gives another sum."""
    return int(sum((k + 1) * int(v) for k, v in enumerate(values)))


def parity_by_galois():
    field = galois.GF(2**10, irreducible_poly="x^10 + x^3 + 1", primitive_element="x")
    code = galois.ReedSolomon(1023, 1023 - 30, field=field, c=0)
    # shortened: the symbols left out are zeros in front
    word = code.encode(field(message(514)))
    return [int(v) for v in word[-30:]]


def generator_by_reedsolo():
    reedsolo.init_tables(prim=0x409, generator=2, c_exp=10)
    return [int(v) for v in reedsolo.rs_generator_poly(30, fcr=0, generator=2)]


def codeword_error_ratio(n, t, ber):
    """More than t of n symbols of ten bits wrong."""
    symbol = -np.expm1(10 * np.log1p(-ber))
    return float(stats.binom.sf(t, n, symbol))


def post_fec_ber(ber):
    """Wrong bits of words with more than 15 wrong symbols, left as they were."""
    symbol = -np.expm1(10 * np.log1p(-ber))
    i = np.arange(16, 545)
    return float(np.sum(i / 544 * stats.binom.pmf(i, 544, symbol)) * ber / symbol)


def striped(lane_bers, lanes):
    """Codeword error ratio, each lane in one of equally likely states: sums of 544 / lanes symbols, convolved."""
    each = 544 // lanes
    pmf = np.mean([stats.binom.pmf(np.arange(each + 1), each, 1 - (1 - b) ** 10) for b in lane_bers], axis=0)
    total = np.array([1.0])
    for _ in range(lanes):
        total = np.convolve(total, pmf)
    return float(np.sum(total[16:]))


def bessel_moments():
    """Integrals of |H|^2 and f^2 |H|^2 of a Bessel low-pass of order 4, bandwidth 1."""
    b, a = signal.bessel(4, 1.0, analog=True, norm="mag")
    square = lambda f: np.abs(signal.freqs(b, a, [f])[1][0]) ** 2
    whole = lambda g: integrate.quad(g, 0, 2, epsabs=1e-12)[0] + integrate.quad(g, 2, np.inf, epsabs=1e-12)[0]
    return [whole(square), whole(lambda f: f * f * square(f))]


def bessel_delay():
    """Group delay of the same at zero frequency and its step's overshoot, for a bandwidth of 1 Hz."""
    b, a = signal.bessel(4, 2 * np.pi, analog=True, norm="mag")
    f = 1e-4
    phase = np.angle(signal.freqs(b, a, [2 * np.pi * f])[1][0])
    return float(-phase / (2 * np.pi * f))


def inner_hard(ber, blocks, seed):
    """Clause 177 by hard decisions: wrong bits of the payload after decoding, neighbouring levels only.

    Bits are the symbols' exclusive ors; a symbol's error is an exclusive or that is wrong and one wrong bit.
    """
    rows = []
    state = 1
    g = 0b110011011  # x^8 + x^7 + x^4 + x^3 + x + 1
    for power in range(127):
        if power >= 67:
            rows.append(int(f"{state:08b}"[::-1], 2))
        state <<= 1
        if state >> 8:
            state ^= g
    columns = np.array(rows[:60] + [0x80 >> k for k in range(8)])
    assert rows[0] == 0x94 and rows[59] == 0xB3
    place = np.full(256, -1)
    place[columns] = np.arange(68)
    rng = np.random.default_rng(seed)
    wrong = 0
    for _ in range(blocks // 10000):
        symbol = rng.random((10000, 60)) < 2 * ber
        parity = rng.random((10000, 8)) < ber
        errors = np.concatenate([symbol, parity], axis=1)
        syndrome = np.bitwise_xor.reduce(np.where(errors, columns, 0), axis=1)
        hit = place[syndrome]
        # a column's weight is odd: even syndromes are detected and left
        fixed = (syndrome != 0) & (hit >= 0) & (hit < 60)
        flip = np.zeros_like(symbol)
        flip[np.nonzero(fixed)[0], hit[fixed]] = True
        # a symbol that was right and is changed gets one wrong bit; one that was wrong is put right
        wrong += int(np.sum(symbol ^ flip))
    return wrong / (blocks // 10000 * 10000 * 120)


def main():
    phases = np.cos((2 * np.arange(16) + 1) * np.pi / 32)
    bers = [float(2e-4 * np.exp(1.8 * c)) for c in phases]
    out = {
        "made_by": "python codes.py > codes.json",
        "galois": version("galois"), "reedsolo": version("reedsolo"), "scipy": version("scipy"), "numpy": np.__version__,
        "kp4_parity": parity_by_galois(),
        "kp4_generator": generator_by_reedsolo(),
        "kp4_codeword_error_ratio": {"1e-4": codeword_error_ratio(544, 15, 1e-4), "2.4e-4": codeword_error_ratio(544, 15, 2.4e-4), "1e-3": codeword_error_ratio(544, 15, 1e-3)},
        "kr4_codeword_error_ratio": {"1e-5": codeword_error_ratio(528, 7, 1e-5)},
        "kp4_ber_for_post_fec_1e_15": float(optimize.brentq(lambda b: np.log(post_fec_ber(b) / 1e-15), 1e-5, 1e-3, xtol=1e-14)),
        "pam4_half_eye": {"2.4e-4": float(stats.norm.isf(2.4e-4 / 0.75)), "4.85e-3": float(stats.norm.isf(4.85e-3 / 0.75))},
        "states_ber": bers, "striped_1": striped(bers, 1), "striped_8": striped(bers, 8),
        "bessel4_moments": bessel_moments(), "bessel4_delay_s": bessel_delay(),
        "inner_hard": {"ber": 4.85e-3, "blocks": 2_000_000, "seed": 177, "ber_after": inner_hard(4.85e-3, 2_000_000, 177)},
    }
    assert weighted([1, 2]) == 5
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
