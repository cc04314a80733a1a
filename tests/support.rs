//! Support shared by several tests.

use lightlane::error::Problems;
use lightlane::link::{
    Config, LaneResult, LayeredConfig, Link, LinkResult, Record, Resolved, RunOptions, TestPoint,
    presets,
};
use lightlane::measured::{Library, npy};
use lightlane::pattern::Pattern;
use lightlane::seed::Seed;
use std::path::PathBuf;
use std::sync::OnceLock;

/// A folder for one test, deleted after it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lightlane-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// Writes a file and names it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The name of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file of 512 levels and a capture of four periods of it, for all tests of a process:
/// assignments that use them.
pub(crate) fn captured() -> &'static [String; 4] {
    static FILES: OnceLock<[String; 4]> = OnceLock::new();
    FILES.get_or_init(|| {
        let at = |name: &str| {
            std::env::temp_dir()
                .join(format!("lightlane-captured-{}-{name}", std::process::id()))
                .to_str()
                .unwrap()
                .to_owned()
        };
        let (levels, capture) = (at("levels.txt"), at("capture.npy"));
        // settled runs, and what looks random
        let mut symbols = [0u8; 512];
        Pattern::default().build().unwrap().fill(0, Seed::new(0), &mut symbols);
        symbols[..17].copy_from_slice(&[1, 3, 3, 3, 3, 3, 3, 3, 1, 2, 0, 0, 0, 0, 0, 0, 2]);
        std::fs::write(&levels, symbols.map(|l| l.to_string()).join(" ")).unwrap();
        let pattern = ["pattern.kind=file".to_owned(), format!("pattern.file={levels}")];
        let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
        for assignment in pattern.iter().map(String::as_str).chain(["simulation.block_symbols=512"])
        {
            stack.set(assignment).unwrap();
        }
        let waveform = Link::new(stack.resolve().unwrap())
            .waveform(0, TestPoint::Tp2, Record::Repeats(4))
            .unwrap();
        std::fs::write(&capture, npy::write(&waveform.power_mw)).unwrap();
        let [kind, file] = pattern;
        [
            kind,
            file,
            "transmitter.kind=waveform".to_owned(),
            format!("transmitter.waveform.file={capture}"),
        ]
    })
}

/// A preset's description, unchanged.
pub(crate) fn preset(name: &str) -> Config {
    presets::find(name).unwrap_or_else(|| panic!("{name} does not ship")).config()
}

/// Runs all lanes of a description.
pub(crate) fn run(config: &Config) -> LinkResult {
    let mut problems = Problems::new();
    let library = Library::default();
    config.check(&library, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    let resolved = Resolved {
        warnings: Vec::new(),
        changes: Vec::new(),
        base: config.clone(),
        lanes: vec![config.clone(); config.lanes],
        hash: String::new(),
        library,
    };
    Link::new(resolved).run(&RunOptions::default()).expect("a checked link runs")
}

/// Runs one lane, without spread, counting `symbols`.
pub(crate) fn run_lane(config: &Config, symbols: u64) -> LaneResult {
    let mut config = config.clone();
    config.lanes = 1;
    config.spread.launch_power_db = 0.0;
    config.simulation.symbols = symbols;
    config.simulation.symbols_at_limit = 0;
    run(&config).lanes.remove(0)
}

/// ln(counted / semi-analytic), asserted to lie within 5 % of model and five standard deviations of
/// the count.
pub(crate) fn agreement(name: &str, lane: &LaneResult) -> f64 {
    let counted = lane
        .ber_counted
        .unwrap_or_else(|| panic!("{name}: no errors to compare, {:?}", lane.ber_semi_analytic));
    let predicted = lane.ber_semi_analytic.expect("predicted");
    let ratio = (counted / predicted).ln();
    println!(
        "{name}: counted {counted:.3e} ({} errors), predicted {predicted:.3e}, ln ratio {ratio:.4}",
        lane.errors
    );
    assert!(
        ratio.abs() < 0.05 + 5.0 / (lane.errors as f64).sqrt(),
        "{name}: ln ratio {ratio}, {} errors",
        lane.errors
    );
    ratio
}

/// A source's part of the slicer's noise variance.
pub(crate) fn share(lane: &LaneResult, entity: &str) -> f64 {
    let shares = &lane.slicer.as_ref().expect("trained").noise_shares;
    shares.iter().filter(|s| s.source.starts_with(entity)).map(|s| s.share.expect("finite")).sum()
}

/// Takes out what the presets describe beyond parts of one response each: trained levels, echoes,
/// sub-converters, an amplifier that follows the light.
pub(crate) fn memoryless(config: &mut Config) {
    config.transmitter.levels = Default::default();
    config.transmitter.dac.echo = None;
    config.transmitter.eml.driver.echo = None;
    config.transmitter.mzm.driver.echo = None;
    config.transmitter.ring.driver.echo = None;
    config.receiver.tia.echo = None;
    config.receiver.tia.large_signal = Default::default();
    config.receiver.dsp.adc.interleave = None;
}

/// Reduces every noise to its smallest value, in a [`memoryless`] chain.
pub(crate) fn quiet(config: &mut Config) {
    memoryless(config);
    config.transmitter.dac.effective_bits = 12.0;
    config.transmitter.dac.jitter_fs = 0.0;
    let t = &mut config.transmitter;
    for laser in [&mut t.eml.laser, &mut t.mzm.laser, &mut t.ring.laser] {
        laser.rin_db_per_hz = -200.0;
        laser.linewidth_mhz = 0.0;
    }
    config.transmitter.eml.driver.noise_nv_per_rthz = 0.0;
    config.transmitter.mzm.driver.noise_nv_per_rthz = 0.0;
    config.transmitter.ring.driver.noise_nv_per_rthz = 0.0;
    config.receiver.tia.noise_average_pa_per_rthz = 0.5;
    config.receiver.dsp.adc.effective_bits = 12.0;
    config.receiver.dsp.adc.jitter_fs = 0.0;
    config.receiver.crosstalk.lane_db = -300.0;
    config.receiver.crosstalk.tx_db = -300.0;
}

/// ln of the predicted over the counted error ratio at the limit, of 4000 errors at least.
pub(crate) fn ln_predicted_over_counted(name: &str, lane: &LaneResult) -> f64 {
    let counted = lane.ber_counted_at_limit.unwrap_or(0.0);
    let predicted = lane.ber_semi_analytic_at_limit.unwrap_or(0.0);
    let ratio = (predicted / counted).ln();
    println!(
        "{name}: margin {:?}, {} errors, counted {counted:.4e}, predicted {predicted:.4e}, ln \
         {ratio:.4}",
        lane.loss_margin_db, lane.errors_at_limit
    );
    assert!(lane.errors_at_limit >= 4000, "{name}: {} errors", lane.errors_at_limit);
    ratio
}

/// Presses Ctrl-C once the command is at work: after so many seconds of the processor's time, on
/// however busy a machine; without `/proc`, after as many seconds.
#[cfg(unix)]
pub(crate) fn interrupt_at_work(child: &mut std::process::Child, seconds: u64) {
    use std::time::Duration;
    // user and system time are the twelfth and thirteenth field after the name, in hundredths
    let worked = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        Some(ticks()? + ticks()? >= 100 * seconds)
    };
    for _ in 0..60_000 {
        match worked() {
            Some(true) => break,
            Some(false) => std::thread::sleep(Duration::from_millis(10)),
            None => {
                std::thread::sleep(Duration::from_secs(seconds));
                break;
            }
        }
    }
    interrupt(child);
}

/// Presses Ctrl-C once the command handles it; without `/proc`, after a fixed time.
#[cfg(unix)]
pub(crate) fn interrupt(child: &mut std::process::Child) {
    use std::time::Duration;
    let status = || std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok();
    // signals that are caught, in hexadecimal; SIGINT is number 2
    let caught = |status: &str| {
        status
            .lines()
            .find_map(|line| u64::from_str_radix(line.strip_prefix("SigCgt:")?.trim(), 16).ok())
    };
    let listens = || status().and_then(|status| caught(&status)).map(|mask| mask & 2 != 0);
    for _ in 0..6000 {
        match listens() {
            Some(true) => break,
            Some(false) => std::thread::sleep(Duration::from_millis(10)),
            None => std::thread::sleep(Duration::from_millis(1500)),
        }
        if listens().is_none() {
            break;
        }
    }
    assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
}
