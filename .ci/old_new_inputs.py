"""Files that configurations read: networks, responses, curves, spectra and patterns, all computed
here, and captures that the base writes. Both programs read the same ones."""

import cmath
import math
import shutil
import subprocess

INPUTS = "../inputs"


def write(folder, channels=None):
    """All that needs no program; `channels` is a folder of real Touchstone files, or None."""
    folder.mkdir(parents=True, exist_ok=True)
    ghz = [0.05 * i for i in range(1201)]
    files = {
        "thru.s4p": lines(ghz, lambda f: trace(f, 0.14, 0.010, 0.9)),
        "board.s4p": lines(ghz, lambda f: trace(f, 0.06, 0.004, 0.4)),
        "fext.s4p": lines(ghz, lambda f: (0, 1j * f * 4e-5 * trace(f, 0.14, 0.010, 0.9)[1])),
        "next.s4p": lines(ghz, lambda f: (0, 2j * f * 1e-4 / (1 + 0.05j * f))),
        "pole.s2p": two_ports(
            [0.1 * i for i in range(1, 1101)], lambda f: 1 / (1 + 0.021j * f) ** 2
        ),
        "response.csv": response([0.25 * i for i in range(401)]),
        "transmission.csv": curve(
            100, ",", lambda v: (-0.05 * v, math.exp(-((0.05 * v / 2.6) ** 2.2)))
        ),
        "drive.csv": curve(60, ";", lambda x: (0.05 * x, 1.5 * math.tanh(0.05 * x / 2.0))),
        "light.csv": "mA,mW\n0,0\n12,0\n80,6.4\n120,9.1\n",
        "compression.csv": curve(60, ",", lambda x: (0.05 * x, math.tanh(0.4 * 0.05 * x))),
        "rin.csv": "GHz,dB/Hz\n0.1,-149\n5,-147\n18,-141\n30,-148\n60,-150\n",
        "noise.csv": curve(60, "\t", lambda f: (f, 13.0 + 0.004 * f * f)),
        "levels.txt": levels(4096),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    for path in sorted(channels.glob("*.s4p")) if channels else []:
        shutil.copy(path, folder / f"real_{path.name}")


def captures(binary, folder, environment):
    """Waveforms as an oscilloscope records them, by the base."""
    eml = ["800gbase-dr8", "--set", "lanes=1", "--symbols", "0"]
    prbs = ["--set", "pattern.kind=prbs13q", "--set", "simulation.block_symbols=8191"]
    levels = ["--set", "pattern.kind=file", "--set", f"pattern.file={folder}/levels.txt"]
    levels += ["--set", "simulation.block_symbols=4096"]
    for flags in [
        [*eml, *prbs, "--repeats", "8", "--export", f"tp2={folder}/scope.csv"],
        [*eml, *prbs, "--export", f"tp2={folder}/quiet.npy"],
        [
            "1.6tbase-dr8",
            *eml[1:],
            *prbs,
            "--set",
            "transmitter.kind=mzm",
            "--repeats",
            "4",
            "--export",
            f"tp3={folder}/far.npy",
        ],
        [*eml, *levels, "--repeats", "6", "--export", f"tp2={folder}/own.csv"],
    ]:
        subprocess.run(
            [binary, "run", *flags],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )


def trace(ghz, skin, dielectric, delay_ns):
    """Reflection and transmission of a line of 53 ohm in 50: Np of loss at 1 GHz each, delay."""
    gamma = skin * (1 + 1j) * math.sqrt(ghz) + dielectric * ghz + 2j * math.pi * ghz * delay_ns
    step = 3.0 / 103.0
    twice = step * step * cmath.exp(-2 * gamma)
    back = step * (1 - cmath.exp(-2 * gamma)) / (1 - twice)
    return back, (1 - step * step) * cmath.exp(-gamma) / (1 - twice)


def lines(ghz, of):
    """Two uncoupled lines alike, 1 to 2 and 3 to 4, as `.s4p`."""
    out = ["# GHz S RI R 50\n"]
    for f in ghz:
        back, through = of(f)
        rows = [
            [back, through, 0, 0],
            [through, back, 0, 0],
            [0, 0, back, through],
            [0, 0, through, back],
        ]
        texts = [" ".join(number(s) for s in row) for row in rows]
        out.append(f"{f:.4f} " + "\n  ".join(texts) + "\n")
    return "".join(out)


def two_ports(ghz, of):
    out = ["# GHz S RI R 50\n"]
    return "".join(out + [f"{f:.4f} 0 0 {number(of(f))} {number(of(f))} 0 0\n" for f in ghz])


def response(ghz):
    out = ["f (GHz),|S21| (dB),phase (deg)\n"]
    for f in ghz:
        h = 1 / (1 + 0.018j * f) ** 2
        out.append(f"{f},{20 * math.log10(abs(h))},{math.degrees(cmath.phase(h))}\n")
    return "".join(out)


def curve(count, separator, of):
    rows = [of(i) for i in range(count + 1)]
    return "".join(f"{x}{separator}{y}\n" for x, y in rows)


def levels(count):
    """PAM4 levels by a linear congruence."""
    state, out = 1, []
    for _ in range(count):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append(str(state >> 62))
    return "\n".join(out) + "\n"


def number(z):
    z = complex(z)
    return f"{z.real:.9e} {z.imag:.9e}"
