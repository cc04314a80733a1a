"""Configurations of the comparison, all in the names of the base commit."""

from dataclasses import dataclass, field

from old_new_inputs import INPUTS


@dataclass
class Case:
    """One command. `output` is json, toml, csv, jsonl or exit; `files` are exported ones."""

    name: str
    command: str
    source: str
    sets: list = field(default_factory=list)
    axes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    output: str = "json"
    files: list = field(default_factory=list)
    toml: dict = field(default_factory=dict)

    def arguments(self, names):
        """Of the program whose names these are."""
        axis = {"sweep": "--axis", "compare": "--vary"}.get(self.command)
        out = [names.command(self.command), *([self.source] if self.source else [])]
        out += [part for text in self.sets for part in ("--set", names.assignment(text))]
        out += [part for text in self.axes for part in (axis, names.assignment(text))]
        out += [names.flag(self.command, flag) for flag in self.flags]
        if self.output == "json":
            out.append("--json")
        if self.output in ("csv", "jsonl"):
            out += ["--out", f"table.{self.output}"]
        return out

    def axis_keys(self):
        return [text.partition("=")[0] for text in self.axes]


G8, T16, T162 = "800gbase-dr8", "1.6tbase-dr8", "1.6tbase-dr8-2"
ONE, TWO = "lanes=1", "lanes=2"
MZM = "transmitter.kind=mzm"
LPO, LRO, RETIMED = "module.kind=lpo", "module.kind=lro", "module.kind=retimed"
DFE, MLSE = "receiver.decision=dfe", "receiver.decision=mlse"
LMS = "receiver.ffe.adaptation=lms"
NARROW = "receiver.adc.bandwidth_ghz=30"
WEAK = "fibre.connector_loss_db=8"
MM, BB = "receiver.clock.recovery=mueller-muller", "receiver.clock.recovery=bang-bang"
REPLAY, RARE = "simulation.count=replay", "simulation.count=rare"
AT_LIMIT = "simulation.symbols_at_limit=65536"


def run(name, source, *sets, symbols="16k", flags=(), **more):
    return Case(name, "run", source, list(sets), flags=["--symbols", symbols, *flags], **more)


def all_cases(inputs):
    """Those whose inputs are there."""
    groups = [presets, transmitters, modules, decisions, clocks, counting, grids, codes, parts]
    groups += [measured, exports, tables, fec, others]
    return [case for group in groups for case in group()] + list(channels(inputs))


def presets():
    for preset in (G8, T16, T162):
        yield run(f"{preset} eml", preset, TWO)
        yield run(f"{preset} mzm", preset, TWO, MZM)
        yield Case(f"{preset} as written", "presets", preset, output="toml")
    yield run("800g, the whole port", G8, symbols="128k")
    yield run("1.6t mzm, the whole port with errors", T16, MZM, WEAK, symbols="64k")
    yield run("1.6t-2, the whole port with its inner code", T162, AT_LIMIT, symbols="128k")


def transmitters():
    yield run("stressed", G8, ONE, "transmitter.kind=stressed")
    yield run("waveform of text", G8, ONE, "transmitter.kind=waveform",
        f"transmitter.waveform.file={INPUTS}/scope.csv", "pattern.kind=prbs13q")
    yield run("waveform of an array, scaled, with RIN", G8, ONE, "transmitter.kind=waveform",
        f"transmitter.waveform.file={INPUTS}/quiet.npy", "pattern.kind=prbs13q",
        "transmitter.waveform.launch_power_dbm=1.5", "transmitter.waveform.rin_db_per_hz=-145")
    yield run("four lanes on one laser", G8, "lanes=4", MZM, WEAK)
    yield run("pairs of lanes on a laser, relaxation RIN", G8, "lanes=4", MZM,
        "transmitter.mzm.lanes_per_laser=2", "transmitter.mzm.laser.rin=relaxation")
    yield run("lumped modulator, quadratic noise", T16, ONE, MZM,
        "transmitter.mzm.electrode=low-pass", "transmitter.mzm.bandwidth_ghz=55",
        "receiver.tia.noise=quadratic")
    yield run("chirp over 5 km", T16, ONE, "fibre.length_km=5", "fibre.zero_dispersion_nm=1300")
    lanes = """
        preset = "800gbase-dr8"
        lanes = 3
        transmitter.kind = "eml"
        fibre.length_km = 1.0
        receiver.decision = "slicer"
        lane.1.fibre.connector_loss_db = 5.5
        lane.1.transmitter.eml.bandwidth_ghz = 30.0
        lane.2.transmitter.kind = "mzm"
        lane.2.receiver.tia.average_pa_per_rthz = 22.0
        simulation.symbols_at_limit = 65536
    """
    yield run("lanes that differ, from a file", "link.toml", toml={"link.toml": lanes})


def modules():
    for name, kind in (("retimed", RETIMED), ("lro", LRO), ("lpo", LPO)):
        yield run(f"800g {name}", G8, TWO, kind)
        yield run(f"1.6t mzm {name}", T16, ONE, MZM, kind)
    yield run("retimed, dual-Dirac and even-odd jitter", G8, ONE, RETIMED,
        "host.tx.two_point_jitter_fs=300", "host.tx.even_odd_jitter_fs=400",
        "module.tx.two_point_jitter_fs=200")
    yield run("lpo, dual-Dirac and even-odd jitter", G8, ONE, LPO,
        "host.tx.two_point_jitter_fs=300", "host.tx.even_odd_jitter_fs=400")
    yield run("lpo of a noisy host", G8, ONE, LPO, "host.tx.sndr_db=22")
    yield run("lro, feedback in the host", G8, ONE, LRO, "host.rx.decision=dfe",
        "host.rx.dfe.taps=2", AT_LIMIT)
    yield run("retimed, its hosts by sequences and feedback", G8, ONE, RETIMED,
        "host.rx.decision=mlse", "module.rx.decision=dfe", AT_LIMIT)
    yield run("retimed, settings as written", G8, ONE, RETIMED, "host.tx.adapt=false",
        "host.tx.ffe.taps=[0.0,0.02,-0.12,0.8,-0.04,0.0,0.0]", "module.rx.ctle.adapt=false",
        "module.rx.ctle.gain_db=-4", "host.rx.ffe.adaptation=lms")
    yield run("lpo, channels of files with crosstalk", G8, ONE, LPO, "host.channel.kind=files",
        f'host.channel.files=["{INPUTS}/board.s4p","{INPUTS}/board.s4p"]',
        "host.channel.ports=1-2/3-4", "host.channel.with_packages=true",
        f'host.channel.fext_files=["{INPUTS}/fext.s4p"]', "host.channel.fext_ports=1-2/3-4",
        f'host.channel.next_files=["{INPUTS}/next.s4p"]', "host.channel.next_ports=1-2/3-4")
    yield run("retimed, another channel back", G8, ONE, RETIMED,
        "host.channel_back.trace.loss_db=16", "host.channel_back.next_db=-44",
        "host.channel.fext_db=-40", "host.channel.kind=thru")
    yield run("lpo, clock of the host", G8, ONE, LPO, "host.rx.clock.recovery=mueller-muller",
        AT_LIMIT, WEAK)
    yield run("retimed, three clocks", G8, ONE, RETIMED, MM, "host.rx.clock.recovery=bang-bang",
        "module.rx.clock.recovery=mueller-muller", "module.rx.clock.offset_ppm=-60", AT_LIMIT)


def decisions():
    yield run("feedback of one tap", T16, ONE, NARROW, DFE)
    yield run("feedback of three taps, limited", T16, ONE, NARROW, DFE, "receiver.dfe.taps=3",
        "receiver.dfe.limit=0.4", AT_LIMIT)
    yield run("sequences, 4 states", T16, ONE, NARROW, MLSE, AT_LIMIT)
    yield run("sequences, 16 states, mzm", T16, ONE, MZM, NARROW, MLSE, "receiver.mlse.memory=2",
        AT_LIMIT)
    yield run("LMS", G8, TWO, LMS)
    yield run("LMS with feedback, T/2", T16, ONE, LMS, DFE, NARROW,
        "receiver.adc.samples_per_symbol=2", AT_LIMIT)
    short = ["receiver.ffe.taps=5", "receiver.ffe.precursors=2"]
    yield run("five taps", G8, ONE, *short)
    yield run("fixed taps", G8, ONE, *short, "receiver.ffe.frozen=[0.02,-0.2,1.5,-0.17,0.03]")
    yield run("fixed feedback", T16, ONE, NARROW, DFE, "receiver.dfe.frozen=[0.35]", AT_LIMIT)
    yield run("fixed response of sequences", T16, ONE, NARROW, MLSE, "receiver.mlse.frozen=[0.4]",
        AT_LIMIT)
    yield run("T/2 taps", T16, ONE, MZM, "receiver.adc.samples_per_symbol=2",
        "receiver.ffe.taps=31", "receiver.ffe.precursors=15")


def clocks():
    quick = [ONE, AT_LIMIT]
    yield run("stream mode", G8, *quick, WEAK, "simulation.stream=true")
    yield run("stream mode over dispersion", T16, *quick, "simulation.stream=true",
        "fibre.length_km=4", "simulation.block_symbols=4096", "simulation.guard_symbols=256")
    yield run("Mueller-Muller with an offset", G8, *quick, WEAK, MM,
        "receiver.clock.offset_ppm=100")
    yield run("bang-bang with sinusoidal jitter", G8, *quick, WEAK, BB,
        "receiver.clock.sinusoidal_ui=0.15", "receiver.clock.sinusoidal_mhz=4")
    yield run("AC coupling", G8, *quick, WEAK, "receiver.clock.ac_coupling_khz=100")
    yield run("clock, feedback", T16, *quick, NARROW, DFE, MM)
    yield run("clock, sequences, T/2", T16, *quick, NARROW, MLSE, BB,
        "receiver.clock.bandwidth_mhz=8", "receiver.adc.samples_per_symbol=2")
    yield run("a clock that loses its lock", G8, *quick, MM, "receiver.clock.sinusoidal_ui=2",
        "receiver.clock.sinusoidal_mhz=30")


def counting():
    yield run("replay", G8, TWO, REPLAY, WEAK, symbols="1M")
    yield run("replay, feedback", T16, ONE, NARROW, REPLAY, DFE, WEAK, AT_LIMIT, symbols="256k")
    yield run("replay, sequences, mzm", T16, ONE, MZM, NARROW, REPLAY, MLSE, WEAK, AT_LIMIT,
        symbols="256k")
    yield run("replay, lpo", G8, ONE, LPO, REPLAY, WEAK, symbols="256k")
    yield run("replay, retimed", G8, ONE, RETIMED, REPLAY, symbols="256k")
    yield run("replay that is refused", G8, ONE, REPLAY, "simulation.stream=true", AT_LIMIT)
    yield run("rare", G8, TWO, RARE, symbols="64k")
    yield run("rare, feedback", T16, ONE, NARROW, RARE, DFE, AT_LIMIT, symbols="64k")
    yield run("rare, mzm, T/2", T16, ONE, MZM, RARE, "receiver.adc.samples_per_symbol=2",
        symbols="64k")


def grids():
    yield run("2 samples a symbol, another seed", G8, TWO, "simulation.samples_per_symbol=2",
        flags=["--seed", "7"])
    yield run("8 samples a symbol", T16, ONE, MZM, "simulation.samples_per_symbol=8", WEAK)
    yield run("16 samples a symbol, blocks of 4096", T16, ONE, "simulation.samples_per_symbol=16",
        "simulation.block_symbols=4096")
    yield run("much crosstalk", G8, ONE, "receiver.crosstalk.lane_db=-30",
        "receiver.crosstalk.tx_db=-34")
    yield run("no crosstalk, shot noise", G8, ONE, MZM, "receiver.crosstalk.lane_db=-300",
        "receiver.crosstalk.tx_db=-300", "receiver.tia.average_pa_per_rthz=2")
    yield run("little light", G8, ONE, "fibre.connector_loss_db=40")
    yield run("a limit out of reach", G8, ONE, "transmitter.eml.laser.rin_db_per_hz=-128")


def codes():
    custom = [
        "fec.coding=own",
        "fec.own.outer.codeword_symbols=528",
        "fec.own.codewords=2",
        "fec.own.pcs_lanes=16",
    ]
    yield run("precoder, bursts of feedback", T16, NARROW, DFE, WEAK, "pattern.precoder=true",
        AT_LIMIT, symbols="32k")
    yield run("inner code by hard decisions", T162, "fec.inner_positions=0", WEAK, AT_LIMIT,
        symbols="64k")
    yield run("genie", T16, WEAK, "fec.decoding=genie", AT_LIMIT, symbols="64k")
    yield run("a custom coding", G8, *custom, WEAK, AT_LIMIT, symbols="64k")
    yield run("no coding, prbs31q", G8, TWO, "fec.coding=none", "pattern.kind=prbs31q", WEAK)
    yield run("random", G8, ONE, "pattern.kind=random", WEAK)
    yield run("levels of a file", G8, ONE, "pattern.kind=file", f"pattern.file={INPUTS}/levels.txt",
        "simulation.block_symbols=4096")


def parts():
    yield run("measured responses", G8, ONE, f"receiver.tia.response.file={INPUTS}/pole.s2p",
        f"transmitter.eml.response.file={INPUTS}/response.csv",
        "transmitter.eml.response.convention=power",
        f"transmitter.dac.response.file={INPUTS}/pole.s2p")
    yield run("measured curves and spectra", G8, ONE,
        f"transmitter.eml.curve.file={INPUTS}/transmission.csv",
        "transmitter.eml.curve.unit=linear",
        f"transmitter.eml.driver.curve.file={INPUTS}/drive.csv", "transmitter.eml.laser.rin=table",
        f"transmitter.eml.laser.rin_file={INPUTS}/rin.csv", "receiver.tia.noise=table",
        f"receiver.tia.noise_file={INPUTS}/noise.csv")
    yield run("a measured laser, compression", G8, ONE,
        f"transmitter.eml.laser.curve.file={INPUTS}/light.csv", "transmitter.eml.laser.bias_ma=90",
        "receiver.tia.limiting=curve", f"receiver.tia.curve.file={INPUTS}/compression.csv")
    yield run("overload", G8, ONE, MZM, "receiver.tia.limiting=tanh",
        "receiver.tia.overload_ma_pp=2.5", "receiver.tia.family=butterworth",
        "receiver.tia.peaking_db=1")


def measured():
    prbs = "tdecq.pattern=prbs13q"
    yield run("TDECQ of two lanes", G8, TWO, prbs, flags=["--tdecq"])
    yield run("TDECQ mzm", T16, ONE, MZM, prbs, flags=["--tdecq"])
    yield run("verdicts of the PMD, ssprq", T16, ONE, flags=["--spec"])
    yield run("verdicts of the PMD, mzm, 113 GBd", T162, ONE, MZM, prbs, flags=["--spec"])
    yield run("TDECQ and EECQ, lpo", G8, ONE, LPO, prbs, "tdecq.reference=100g-lpo",
        flags=["--tdecq"])
    yield Case("stressed receiver", "srs", G8, [ONE], flags=["--symbols", "16k"])
    yield Case("stressed receiver, 1.6t, feedback", "srs", T16, [ONE, DFE, NARROW, AT_LIMIT],
        flags=["--symbols", "16k", "--secq-db", "3.0", "--oma-dbm", "-0.5"])
    for name, file, flags in [
        ("text", "scope.csv", ["--symbol-rate-gbd", "53.125"]),
        (
            "an array, rate from its pattern",
            "quiet.npy",
            ["--symbol-rate-gbd", "53.125", "--pattern", "prbs13q", "--unit", "mw", "--average"],
        ),
        (
            "TP3 at 106 GBd",
            "far.npy",
            ["--symbol-rate-gbd", "106.25", "--instrument-noise-uw", "5"],
        ),
        (
            "levels of a file, reference of LPO",
            "own.csv",
            [
                "--symbol-rate-gbd",
                "53.125",
                "--reference",
                "100g-lpo",
                "--pattern",
                f"{INPUTS}/levels.txt",
                "--receiver",
                "none",
            ],
        ),
    ]:
        yield Case(f"measure {name}", "measure", f"{INPUTS}/{file}", flags=flags)


def exports():
    yield run("export without noise", G8, ONE, symbols="0",
        flags=["--export", "tp2.npy", "--export", "tp3=far.csv"], files=["tp2.npy", "far.csv"])
    yield run("export with noise", T16, TWO, MZM, "pattern.kind=prbs13q",
        "simulation.block_symbols=8191", symbols="0",
        flags=["--lane", "1", "--repeats", "3", "--export", "tp3.npy", "--export", "tp2.csv"],
        files=["tp3.npy", "tp2.csv"])


def tables():
    none, few = ["--symbols", "0"], ["--symbols", "8k"]
    yield Case("sweep of numbers", "sweep", G8, [TWO],
        ["fibre.length_km=0:4:1", "receiver.tia.average_pa_per_rthz=12,24"], none, "csv")
    yield Case("sweep of transmitters, logarithmic", "sweep", T16, [ONE],
        ["transmitter.kind=eml,mzm", "limits.pmd_ber=1e-6:1e-3:3log"], none, "jsonl")
    yield Case("sweep of decisions", "sweep", T16, [ONE, NARROW, AT_LIMIT, WEAK],
        ["receiver.decision=slicer,dfe,mlse"], few, "csv")
    yield Case("sweep of modules", "sweep", G8, [ONE],
        ["module.kind=optics,retimed,lro,lpo", "host.tx.swing_vppd=0.7,0.8"], none, "jsonl")
    yield Case("sweep of counting", "sweep", G8, [ONE, AT_LIMIT, WEAK],
        ["simulation.count=chain,replay,rare"], ["--symbols", "64k"], "csv")
    yield Case("sweep of jitter", "sweep", G8, [ONE, AT_LIMIT, WEAK, MM],
        ["receiver.clock.sinusoidal_ui=0.05:0.25:2lin"], few, "csv")
    yield Case("sweep of a lane, TDECQ", "sweep", G8,
        [TWO, "tdecq.enabled=true", "tdecq.pattern=prbs13q"],
        ["lane.1.transmitter.eml.bandwidth_ghz=26,38"], none, "jsonl")
    yield Case("compare transmitters and decisions", "compare", T16, [TWO, NARROW, AT_LIMIT],
        ["transmitter.kind=eml,mzm", "receiver.decision=slicer,dfe"], few)
    yield Case("compare modules", "compare", G8, [TWO], ["module.kind=optics,retimed,lro,lpo"],
        none)
    yield Case("compare seeds", "compare", G8, [ONE, WEAK], ["simulation.seed=1:3:1"], few)


def fec():
    def curve(name, *flags, output="json"):
        return Case(f"fec {name}", "fec", "", flags=list(flags), output=output)

    yield curve("random", "--code", "kp4", "--ber", "1e-3:4e-3:4", "--codewords", "50k")
    yield curve("feedback, csv", "--ber", "1e-3:4e-3:3", "--burst", "dfe:1", "--codewords", "20k",
        output="csv")
    yield curve("feedback, precoder", "--ber", "2e-3:6e-3:3", "--burst", "dfe:0.7", "--precoder",
        "--coding", "1.6tbase-dr8", "--codewords", "20k")
    yield curve("Gilbert-Elliott, not interleaved", "--ber", "5e-4:4e-3:3", "--burst", "ge:20:0.3",
        "--no-interleave", "--codewords", "20k", "--seed", "3")
    yield curve("inner code, soft", "--code", "kp4+inner", "--ber", "5e-3:1.2e-2:3", "--codewords",
        "4k")
    yield curve("inner code, hard, jsonl", "--code", "kp4+inner", "--ber", "2e-3:6e-3:3", "--hard",
        "--codewords", "8k", output="jsonl")
    yield curve("kr4, in closed form", "--code", "kr4", "--ber", "1e-9:1e-4:6", "--codewords", "0")


def channels(inputs):
    def channel(name, file, *flags):
        return Case(f"channel {name}", "channel", f"{INPUTS}/{file}", flags=list(flags))

    def com(name, file, *flags):
        return Case(f"com {name}", "com", f"{INPUTS}/{file}", flags=list(flags))

    ports = ["--ports", "1-2/3-4"]
    leaks = ["--fext", f"{INPUTS}/fext.s4p", "--next", f"{INPUTS}/next.s4p"]
    yield channel("thru", "thru.s4p", "--symbol-rate-gbd", "53.125")
    yield channel("next, ports given", "next.s4p", *ports, "--symbol-rate-gbd", "106.25")
    yield channel("two ports", "pole.s2p", "--symbol-rate-gbd", "53.125")
    yield com("thru", "thru.s4p")
    yield com("with aggressors", "thru.s4p", *ports, *leaks)
    yield com("106 GBd, a draft", "board.s4p", *ports, *leaks, "--parameters", "kr1-802.3dj")
    for path in sorted(inputs.glob("real_*thru.s4p")):
        yield channel(path.name, path.name, *ports, "--symbol-rate-gbd", "106.25")
        stem = path.name.removesuffix("thru.s4p")
        near = [
            flag
            for side in ("fext", "next")
            for leak in sorted(inputs.glob(f"{stem}{side}*"))
            for flag in (f"--{side}", f"{INPUTS}/{leak.name}")
        ]
        yield com(path.name, path.name, *ports, *near)


def others():
    good = """
        preset = "800gbase-dr8"
        lanes = 1
        targets.margin_db = [4.0, 8.0]
        targets.ber_semi_analytic = [0.0, 1e-7]
        targets.frame_loss_ratio_closed = [0.0, 1e-9]
    """
    yield Case("check that is kept", "check", "link.toml", output="exit", toml={"link.toml": good})
    missed = good.replace("4.0, 8.0", "7.5, 8.0")
    yield Case("check that is missed", "check", "link.toml", output="exit",
        toml={"link.toml": missed})
