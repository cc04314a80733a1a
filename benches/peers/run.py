#!/usr/bin/env python3
"""Lightlane beside its peers in Python: the same kind of work, in turn, on one thread of this machine.

    python3 benches/peers/run.py [--quick] [--lightlane PATH] [--only W1,W4]

The first run makes a virtual environment outside the repository and installs the peers into it by name. Each peer runs in a
process of its own that waits for its turn: peer, lightlane, peer, lightlane, ..; both figures are those of the fastest stretch
of some milliseconds, so that a busy machine disturbs both alike.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What the peers' libraries read to use one thread.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}

#: A turn does its work once: items done, and whether the result is right.
Turn = Callable[[], tuple[int, bool]]


@dataclass(frozen=True)
class Peer:
    """One peer doing one work, and the row of `lightlane bench` that it is held against."""

    work: str
    row: str
    name: str
    package: str
    needs: tuple[str, ...]
    prepare: Callable[[], Turn]
    unit: str


PEERS: list[Peer] = []


def peer(work: str, row: str, name: str, package: str, *needs: str, unit: str = "symbols") -> Callable:
    """Registers a function that prepares a peer's turn; `package` is whose version is told."""

    def register(prepare: Callable[[], Turn]) -> Callable[[], Turn]:
        PEERS.append(Peer(work, row, name, package, (package, *needs), prepare, unit))
        return prepare

    return register


# W1: PAM4 symbols, white noise, hard decisions, wrong bits. Levels -3 -1 1 3, sigma 1/3.

SIGMA = 1 / 3
BER = 1.0124e-3


def is_near(ber: float, bits: int) -> bool:
    """Within six deviations of the closed form, and three per cent for a peer's own normalisation of its power."""
    return abs(ber - BER) < 6 * (BER / bits) ** 0.5 + 0.03 * BER


@peer("W1", "inner_loop", "NumPy, float32, blocks of 2^14, SFC64", "numpy")
def w1_numpy() -> Turn:
    import numpy as np

    rng, block, blocks = np.random.Generator(np.random.SFC64(1)), 1 << 14, 4
    gray = np.array([0, 1, 3, 2], np.uint8)
    wrong = np.array([[int(a ^ b).bit_count() for b in gray] for a in gray], np.uint8).ravel()
    noise = np.empty(block, np.float32)

    def turn() -> tuple[int, bool]:
        errors = 0
        for _ in range(blocks):
            sent = rng.integers(0, 4, block, np.uint8)
            rng.standard_normal(dtype=np.float32, out=noise)
            np.multiply(noise, np.float32(SIGMA / 2), out=noise)
            np.add(noise, sent, out=noise)
            # levels 0 to 3: half a level up and cut off
            np.clip(noise + np.float32(0.5), 0, 3, out=noise)
            errors += int(wrong[4 * sent + noise.astype(np.uint8)].sum())
        return block * blocks, is_near(errors / (2 * block * blocks), 2 * block * blocks)

    return turn


@peer("W1", "inner_loop", "komm, PAMConstellation", "komm", "numpy")
def w1_komm() -> Turn:
    import komm
    import numpy as np

    rng, n = np.random.default_rng(1), 1 << 16
    pam, labels = komm.PAMConstellation(4), komm.ReflectedLabeling(2)

    def turn() -> tuple[int, bool]:
        bits = rng.integers(0, 2, 2 * n)
        sent = np.real(pam.indices_to_symbols(labels.bits_to_indices(bits)))
        decided = labels.indices_to_bits(pam.closest_indices(sent + rng.normal(0, SIGMA, n)))
        return n, is_near(float(np.mean(decided != bits)), 2 * n)

    return turn


@peer("W1", "inner_loop", "OptiCommPy, symbolSource to fastBERcalc", "OptiCommPy", "numba")
def w1_opticommpy() -> Turn:
    from optic.comm.metrics import fastBERcalc
    from optic.comm.sources import symbolSource
    from optic.dsp.core import gaussianNoise, pnorm
    from optic.utils import parameters

    n = 1 << 16
    source = parameters()
    source.nSymbols, source.M, source.constType = n, 4, "pam"

    def turn() -> tuple[int, bool]:
        sent = pnorm(symbolSource(source))
        # its symbols have unit power: 5 of ours
        ber, _, _ = fastBERcalc(sent + gaussianNoise(sent.shape, SIGMA**2 / 5), sent, 4, "pam")
        return n, is_near(float(ber[0]), 2 * n)

    return turn


@peer("W1", "inner_loop", "commkit, map_bits to demap_symbols_hard", "commkit", "numpy")
def w1_commkit() -> Turn:
    import numpy as np
    from commkit.mapping import Constellation, demap_symbols_hard, map_bits

    rng, n, pam = np.random.default_rng(1), 1 << 16, Constellation.pam(4)

    def turn() -> tuple[int, bool]:
        bits = rng.integers(0, 2, 2 * n, np.uint8)
        received = np.real(map_bits(bits, constellation=pam)) + rng.normal(0, SIGMA / 5**0.5, n)
        decided = np.asarray(demap_symbols_hard(received, constellation=pam)).ravel()
        return n, is_near(float(np.mean(decided != bits)), 2 * n)

    return turn


# W2: PAM4 over intensity modulation and direct detection, 53.125 GBd, 2 km.

SYMBOL_RATE = 53.125e9
FRAME = 1 << 13


def lms_loops() -> tuple[Callable, Callable]:
    """A T/2 equaliser in numba that moves its taps with every symbol, and one whose taps stay: decided levels 0 to 3."""
    import numba
    import numpy as np

    f32 = np.float32

    @numba.njit(fastmath=True)
    def decision(y):
        return min(max(np.int32(np.floor(y * f32(0.5) + f32(2))), 0), 3)

    @numba.njit(fastmath=True)
    def adapting(x, sent, taps, step, known, decided):
        for k in range(decided.size):
            window = x[2 * k : 2 * k + taps.size]
            y = f32(0)
            for j in range(taps.size):
                y += taps[j] * window[j]
            level = decision(y)
            decided[k] = level
            target = f32(2) * (sent[k] if known else level) - f32(3)
            gain = step * (target - y)
            for j in range(taps.size):
                taps[j] += gain * window[j]

    @numba.njit(fastmath=True)
    def frozen(x, taps, decided):
        for k in range(decided.size):
            y = f32(0)
            for j in range(taps.size):
                y += taps[j] * x[2 * k + j]
            decided[k] = decision(y)

    return adapting, frozen


def numpy_link(samples_per_symbol: int, adapts: bool) -> Turn:
    """Cyclic frames in single precision: raised-root-cosine pulse, MZM, dispersion, square law, shot and thermal noise, low-pass, 21 T/2 taps."""
    import numpy as np
    from scipy import fft

    adapting, frozen = lms_loops()
    f32, rng = np.float32, np.random.Generator(np.random.SFC64(1))
    s, n = samples_per_symbol, FRAME * samples_per_symbol
    rate, frames = samples_per_symbol * SYMBOL_RATE, 2
    charge, boltzmann, light = 1.602e-19, 1.381e-23, 2.998e8

    f = np.abs(fft.rfftfreq(n, 1 / rate)) / SYMBOL_RATE
    edge = np.clip((f - 0.4) / 0.2, 0, 1)
    pulse = (s * np.cos(np.pi / 2 * edge)).astype(f32)
    low_pass = np.exp(-np.log(2) / 2 * (f / 0.6) ** 2).astype(f32)
    omega, wavelength = 2 * np.pi * fft.fftfreq(n, 1 / rate), light / 193.1e12
    beta2 = -17e-6 * wavelength**2 / (2 * np.pi * light)
    fibre = (10 ** (-0.35 * 2 / 20) * np.exp(0.5j * beta2 * 2e3 * omega**2)).astype(np.complex64)

    field_peak = f32((2 * 10**-1.3 * 1e-3) ** 0.5)
    shot, thermal = f32(charge * rate), f32(4 * boltzmann * 298 / 50 * rate / 2)
    gray = np.array([0, 1, 3, 2], np.uint8)
    wrong = np.array([[int(a ^ b).bit_count() for b in gray] for a in gray], np.uint8).ravel()
    taps, decided = np.zeros(21, f32), np.empty(FRAME, np.uint8)
    taps[10] = 1

    def frame(known: bool, moves: bool) -> int:
        sent = rng.integers(0, 4, FRAME, np.uint8)
        drive = np.zeros(n, f32)
        drive[::s] = sent
        drive[::s] *= 2
        drive[::s] -= 3
        drive = fft.irfft(fft.rfft(drive) * pulse, n)
        drive *= f32(-0.12)
        drive += f32(np.pi / 4)
        field = np.cos(drive, out=drive)
        field *= field_peak
        spectrum = fft.fft(field)
        spectrum *= fibre
        arrived = fft.ifft(spectrum, overwrite_x=True)
        current = np.square(arrived.real)
        current += np.square(arrived.imag)
        # shot and thermal noise are white where they arise: one number stands for both
        sigma = np.sqrt(current * shot + thermal)
        sigma *= rng.standard_normal(n, f32)
        current += sigma
        current = fft.irfft(fft.rfft(current) * low_pass, n)
        sampled = current[:: s // 2]
        sampled = sampled - sampled.mean()
        sampled *= f32(5**0.5) / sampled.std()
        padded = np.concatenate((sampled[-10:], sampled, sampled[:10]))
        if moves:
            adapting(padded, sent, taps, f32(1e-3), known, decided)
        else:
            frozen(padded, taps, decided)
        return int(wrong[4 * sent + decided].sum())

    for _ in range(12):
        frame(known=True, moves=True)

    def turn() -> tuple[int, bool]:
        errors = sum(frame(known=False, moves=adapts) for _ in range(frames))
        return FRAME * frames, errors < 0.01 * 2 * FRAME * frames

    return turn


for rate in (4, 2):
    for adapts, how in ((True, "LMS every symbol"), (False, "taps frozen")):
        label = f"NumPy, float32 frames, numba taps, {rate} samples, {how}"
        prepare = lambda rate=rate, adapts=adapts: numpy_link(rate, adapts)
        peer("W2", f"chain_{rate}sps", label, "scipy", "numpy", "numba")(prepare)


def opticommpy_link(samples_per_symbol: int) -> Turn:
    """Its own models: transmitter with MZM, linear fibre, photodiode with noise and low-pass, resampling, FFE, BER."""
    from optic.comm.metrics import fastBERcalc
    from optic.dsp.core import pnorm, resample
    from optic.dsp.equalization import ffe
    from optic.models.channels import linearFiberChannel
    from optic.models.devices import photodiode
    from optic.models.tx import pamTransmitter
    from optic.utils import parameters

    n, rate = 1 << 15, samples_per_symbol * SYMBOL_RATE

    def made(**values: object) -> object:
        made = parameters()
        vars(made).update(values)
        return made

    sender = dict(M=4, Rs=SYMBOL_RATE, SpS=samples_per_symbol, nBits=2 * n, pulseType="rrc", nFilterTaps=64 * samples_per_symbol)
    sender |= dict(pulseRollOff=0.2, power=-13, mzmScale=0.25, mzmER=20)
    equaliser = dict(nTaps=21, mu=2e-3, nTrain=n // 8, SpS=2, M=4, trainingMode="fulltime")

    def turn() -> tuple[int, bool]:
        field, sent = pamTransmitter(made(**sender))
        field = linearFiberChannel(field, made(L=2, alpha=0.35, D=17, Fc=193.1e12, Fs=rate))
        current = photodiode(field, made(ideal=False, B=0.8 * SYMBOL_RATE, Fs=rate, RL=50))
        if samples_per_symbol != 2:
            current = resample(current, made(inFs=rate, outFs=2 * SYMBOL_RATE))
        equalised, _, _ = ffe(pnorm(current - current.mean()), sent, made(**equaliser))
        kept = slice(n // 8, min(len(equalised), len(sent)) - 1000)
        ber, _, _ = fastBERcalc(pnorm(equalised)[kept], sent[kept], 4, "pam")
        return n, float(ber[0]) < 0.1

    return turn


for rate in (4, 2):
    label = f"OptiCommPy, {rate} samples, LMS every symbol"
    peer("W2", f"chain_{rate}sps", label, "OptiCommPy", "numba")(lambda rate=rate: opticommpy_link(rate))


@peer("W2", "lms_lanes", "numba loop, float32, LMS of 21 T/2 taps alone", "numba", "numpy")
def w2_lms() -> Turn:
    import numpy as np

    adapting, _ = lms_loops()
    rng, n = np.random.default_rng(1), 1 << 16
    sent = rng.integers(0, 4, n, np.uint8)
    x = np.repeat(2 * sent.astype(np.float32) - 3, 2)
    x = np.convolve(x, [0.1, 0.3, 0.4, 0.2], "full")[: 2 * n] + 0.1 * rng.standard_normal(2 * n)
    x = np.concatenate((np.zeros(10), x, np.zeros(11))).astype(np.float32)
    taps, decided = np.zeros(21, np.float32), np.empty(n, np.uint8)
    taps[11] = 1
    adapting(x, sent, taps, np.float32(1e-3), True, decided)

    def turn() -> tuple[int, bool]:
        adapting(x, sent, taps, np.float32(1e-3), False, decided)
        return n, bool(np.mean(decided != sent) < 0.05)

    return turn


# W4: RS(544,514) over GF(2^10), x^10 + x^3 + 1: decoding of words with 0, 8 and 15 wrong symbols.


def galois_decoder(errors: int) -> Turn:
    import galois
    import numpy as np

    field = galois.GF(2**10, irreducible_poly="x^10 + x^3 + 1")
    code, rng, words = galois.ReedSolomon(1023, 993, field=field), np.random.default_rng(1), 20
    message = field(rng.integers(0, 1024, (words, 514)))
    received = np.array(code.encode(message))
    for word in received:
        word[rng.choice(544, errors, replace=False)] ^= rng.integers(1, 1024, errors, word.dtype)
    received = field(received)
    return lambda: (words, bool(np.array_equal(code.decode(received), message)))


def reedsolo_decoder(errors: int) -> Turn:
    import random

    import reedsolo

    code, rng, words = reedsolo.RSCodec(30, nsize=544, c_exp=10, prim=0x409), random.Random(1), 1
    messages = [[rng.randrange(1024) for _ in range(514)] for _ in range(words)]
    received = [list(code.encode(message)) for message in messages]
    for word in received:
        for position in rng.sample(range(544), errors):
            word[position] ^= rng.randrange(1, 1024)
    return lambda: (words, all(list(code.decode(word)[0]) == message for word, message in zip(received, messages)))


for errors in (0, 8, 15):
    for package, decoder in (("galois", galois_decoder), ("reedsolo", reedsolo_decoder)):
        label, prepare = f"{package}, {errors} wrong", lambda errors=errors, decoder=decoder: decoder(errors)
        peer("W4", f"rs_decode_{errors}", label, package, unit="codewords")(prepare)


# W5: an eye's density, 64 columns of two symbols by 400 rows, as many points as samples.

COLUMNS, ROWS = 512, 400


def waveform(length: int):
    """Columns and values of an eye."""
    import numpy as np

    rng = np.random.default_rng(1)
    levels = np.repeat(rng.integers(0, 4, length // (COLUMNS // 2) + 2), COLUMNS // 2)[:length]
    smooth = np.convolve(levels, np.hanning(COLUMNS // 2) / np.hanning(COLUMNS // 2).sum(), "same")
    value = np.clip(smooth / 3 * 0.8 + 0.1 + 0.01 * rng.standard_normal(length), 0, 0.999)
    return np.arange(length) % COLUMNS, value


@peer("W5", "eye_density", "NumPy, float32, bincount of a made index", "numpy", unit="samples")
def w5_bincount() -> Turn:
    import numpy as np

    n = 1 << 19
    column, value = waveform(n)
    column, value = (column * ROWS).astype(np.int32), value.astype(np.float32)

    def turn() -> tuple[int, bool]:
        row = np.clip((value * np.float32(ROWS)).astype(np.int32), 0, ROWS - 1)
        row += column
        return n, int(np.bincount(row, minlength=COLUMNS * ROWS).sum()) == n

    return turn


@peer("W5", "eye_density", "fast_histogram, histogram2d", "fast-histogram", "numpy", unit="samples")
def w5_fast_histogram() -> Turn:
    from fast_histogram import histogram2d

    n = 1 << 19
    column, value = waveform(n)
    column, reach = column.astype(float), ((0, COLUMNS), (0, 1))
    return lambda: (n, int(histogram2d(column, value, bins=(COLUMNS, ROWS), range=reach).sum()) == n)


# The peer's side: a process that prepares, says which version it is, and takes a turn whenever it is told to.


def serve(index: int) -> None:
    from importlib.metadata import version

    chosen = PEERS[index]
    turn = chosen.prepare()
    turn()
    # what a library prints is not for the other side
    answers, sys.stdout = sys.stdout, sys.stderr
    print(version(chosen.package), file=answers, flush=True)
    for line in sys.stdin:
        end, best, right, takes = time.perf_counter() + float(line), 0.0, True, 0
        while takes < 2 or time.perf_counter() < end:
            begun = time.perf_counter()
            items, good = turn()
            best, right, takes = max(best, items / (time.perf_counter() - begun)), right and good, takes + 1
        print(json.dumps([best, right]), file=answers, flush=True)


# Our side.


def pinned(command: list[str]) -> list[str]:
    """On one core where the system can say so."""
    core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") else command


class Lightlane:
    """`lightlane bench --json`, or a file that it printed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = "figures from a file" if path.suffix == ".json" else self._version()

    def _version(self) -> str:
        return subprocess.run([self.path, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def per_second(self, row: str, seconds: float) -> float | None:
        if self.path.suffix == ".json":
            text = self.path.read_text()
        else:
            command = pinned([str(self.path), "bench", "--json", "--seconds", str(seconds), "--only", row])
            made = subprocess.run(command, capture_output=True, text=True)
            if made.returncode != 0:
                return None
            text = made.stdout
        bench = json.loads(text)
        if bench.get("unoptimised"):
            raise SystemExit(f"{self.path} was built without optimisation: cargo build --release")
        return next((found["per_second"] for found in bench["rows"] if found["name"] == row), None)


def found_lightlane(given: Path | None) -> Lightlane:
    built = [ROOT / "target" / profile / "lightlane" for profile in ("release", "dist")]
    there = max((path for path in built if path.exists()), key=lambda path: path.stat().st_mtime, default=None)
    on_path = shutil.which("lightlane")
    path = given or there or (Path(on_path) if on_path else None)
    if path is None or not path.exists():
        raise SystemExit(f"{path or 'lightlane'}: not found; cargo build --release makes it, --lightlane PATH names it")
    return Lightlane(path)


def environment(folder: Path, packages: list[str]) -> tuple[Path, dict[str, str]]:
    """The Python of a virtual environment that holds the packages, and why some of them are not in it."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"making {folder} with Python {platform.python_version()}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-q"]
    missing = {}
    for package in packages:
        if subprocess.run([*pip, "show", package], capture_output=True).returncode == 0:
            continue
        print(f"installing {package}", file=sys.stderr)
        done = subprocess.run([*pip, "install", package], capture_output=True, text=True)
        if done.returncode != 0:
            missing[package] = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
    return python, missing


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    peer: Peer
    version: str
    theirs: float
    ours: float | None

    def cells(self) -> Iterator[str]:
        yield self.peer.work
        yield f"{self.peer.name} ({self.peer.package} {self.version})"
        yield f"{scaled(self.theirs)} {self.peer.unit}/s"
        yield f"{self.peer.row} {scaled(self.ours)}" if self.ours else f"{self.peer.row}: none"
        ratio = self.ours / self.theirs if self.ours else None
        yield "-" if ratio is None else f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def scaled(x: float) -> str:
    factor, prefix = next(((f, p) for f, p in ((1e9, " G"), (1e6, " M"), (1e3, " k")) if x >= f), (1, ""))
    x /= factor
    return f"{x:.{2 if x < 10 else 1 if x < 100 else 0}f}{prefix}"


def beside(index: int, python: Path, lightlane: Lightlane, turns: int, seconds: float) -> Line:
    """One peer and lightlane in turn."""
    command = pinned([str(python), str(Path(__file__).resolve()), "--serve", str(index)])
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD
    )
    assert process.stdin and process.stdout and process.stderr
    try:
        version = process.stdout.readline().strip()
        if not version:
            raise RuntimeError((process.stderr.read().strip().splitlines() or ["ended without a word"])[-1])
        theirs, ours = 0.0, []
        for _ in range(turns):
            print(seconds, file=process.stdin, flush=True)
            best, right = json.loads(process.stdout.readline())
            if not right:
                raise RuntimeError("its result is wrong")
            theirs = max(theirs, best)
            ours.append(lightlane.per_second(PEERS[index].row, seconds))
        return Line(PEERS[index], version, theirs, max((x for x in ours if x), default=None))
    finally:
        process.stdin.close()
        process.terminate()
        process.wait()


def table(lines: list[Line]) -> str:
    head = ("work", "peer", "its figure", "lightlane", "times")
    rows = [head, tuple("-" * len(cell) for cell in head), *(tuple(line.cells()) for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows)


def processor() -> str:
    try:
        names = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def main() -> None:
    works = sorted({peer.work for peer in PEERS})
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short turn each, to see whether everything runs")
    parser.add_argument("--lightlane", type=Path, metavar="PATH", help="the program, or a file that `lightlane bench --json` printed")
    parser.add_argument("--only", default=",".join(works), metavar="W1,..", help=f"which of {', '.join(works)}")
    parser.add_argument("--folder", type=Path, default=cache / "lightlane-peers", help="where the virtual environment stands (%(default)s)")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        return serve(options.serve)
    wanted = options.only.upper().split(",")
    if unknown := [work for work in wanted if work not in works]:
        parser.error(f"--only {','.join(unknown)}: must be of {', '.join(works)}")
    lightlane = found_lightlane(options.lightlane)
    chosen = [(i, peer) for i, peer in enumerate(PEERS) if peer.work in wanted]
    python, missing = environment(options.folder, list(dict.fromkeys(name for _, peer in chosen for name in peer.needs)))
    lines, problems = [], [f"not installed: {package}: {why}" for package, why in missing.items()]
    turns, seconds = (1, 0.2) if options.quick else (5, 1.0)
    for index, peer in chosen:
        if any(package in missing for package in peer.needs):
            continue
        print(f"{peer.work}: {peer.name}", file=sys.stderr)
        try:
            lines.append(beside(index, python, lightlane, turns, seconds))
        except (RuntimeError, BrokenPipeError, ValueError) as problem:
            problems.append(f"not measured: {peer.name}: {problem}")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{datetime.date.today()}, {processor()}, {platform.system()} {platform.machine()}, one thread{load}; {lightlane.version}\n")
    print(table(lines))
    print("".join(f"\n{problem}" for problem in problems))


if __name__ == "__main__":
    main()
