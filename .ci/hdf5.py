"""Files of HDF5 and MATLAB 7.3, exchanged with h5py: what lightlane writes is read by it, and what
it writes as instruments and MATLAB do is measured as the capture it was made from.

    hdf5.py --lightlane BIN
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

PRESET = "800gbase-dr8"
RATE_GBD = "53.125"


def of(lightlane, folder, *arguments):
    """What a command prints, run in a folder."""
    done = subprocess.run([lightlane, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def written(folder):
    """The exported files agree with each other; samples and their spacing."""
    with h5py.File(folder / "tp2.h5") as file:
        power, spacing_s = file["power_mw"][:], float(file["power_mw"].attrs["XInc"])
    with h5py.File(folder / "tp2.mat") as file:
        assert file.userblock_size == 512
        assert (folder / "tp2.mat").read_bytes().startswith(b"MATLAB 7.3 MAT-file")
        assert np.array_equal(file["power_mw"][:].ravel(), power)
    columns = np.load(folder / "tp2.npy")
    power_of_npy = columns if columns.ndim == 1 else columns[:, -1]
    assert np.allclose(power_of_npy, power, rtol=1e-6)
    return power.astype(float), spacing_s


def foreign(folder, power, spacing_s):
    """Files as others write them, of the same samples."""
    step = 1e-5
    counts = np.round((power - 1.0) / step).astype("<i4")
    with h5py.File(folder / "scaled.h5", "w", userblock_size=512) as file:
        channel = file.create_group("Waveforms/Channel 1")
        scale = dict(XInc=spacing_s, XOrg=-1e-9, YInc=step * 1e-3, YOrg=1e-3, NumPoints=len(counts))
        channel.attrs.update(scale)
        channel.attrs["XUnits"], channel.attrs["YUnits"] = np.bytes_("Second"), np.bytes_("Watt")
        channel.create_dataset("Channel 1Data", data=counts, chunks=(1000,), compression="gzip", shuffle=True)
    with h5py.File(folder / "newer.h5", "w", libver=("v112", "v112")) as file:
        file.create_dataset("power_mw", data=power.astype(">f8"), chunks=(777,), compression="gzip")
        file.create_dataset("time_ps", data=np.arange(len(power)) * spacing_s * 1e12)
    with h5py.File(folder / "row.mat", "w", userblock_size=512) as file:
        file.create_dataset("power_mw", data=power.reshape(1, -1))
        file.create_dataset("time_ps", data=(np.arange(len(power)) * spacing_s * 1e12).reshape(1, -1))
        for name in file:
            file[name].attrs["MATLAB_class"] = np.bytes_("double")
    return ["scaled.h5", "newer.h5", "row.mat"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightlane", type=Path, required=True)
    lightlane = parser.parse_args().lightlane.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        exports = [word for name in ["tp2.h5", "tp2.mat", "tp2.npy"] for word in ("--export", name)]
        of(lightlane, folder, "run", PRESET, "--symbols", "0", "--set", "pattern.kind=prbs13q", *exports)
        power, spacing_s = written(folder)

        def read(name):
            return json.loads(of(lightlane, folder, "measure", name, "--symbol-rate-gbd", RATE_GBD, "--json"))

        ours = read("tp2.h5")
        for name in foreign(folder, power, spacing_s):
            theirs = read(name)
            # counts of 1e-5 mW are steps of 1e-5 of the OMA: TDECQ and OMA move by far less than 0.001 dB
            for figure in ["tdecq_db", "oma_dbm", "er_db"]:
                gap = abs(theirs[figure] - ours[figure])
                assert gap < 1e-3, f"{name}: {figure} {theirs[figure]} and {ours[figure]}"
            print(f"{name}: TDECQ {theirs['tdecq_db']:.3f} dB, OMA {theirs['oma_dbm']:.3f} dBm as ours")


if __name__ == "__main__":
    main()
