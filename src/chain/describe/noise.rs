//! Noise as data: node, law and spectral density.

use crate::math::monotone::Monotone;
use crate::seed::StreamKey;
use std::f64::consts::TAU;
use std::sync::Arc;

/// Law by which a noise acts on the signal at its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Added: x + n, density in the node's unit squared per Hz.
    Added,
    /// Shot noise of a current: density 2 q (x + I0); the density given is 2 q, A; I0 is the dark
    /// current.
    Shot {
        /// Current without light, A.
        dark_a: f64,
    },
    /// Relative to power: on a field x sqrt(1 + r), density of r in 1/Hz.
    Relative,
    /// Phase of a field by white frequency noise: density of the instantaneous frequency, Hz^2/Hz.
    Phase,
    /// Displacement of a hold's edges: density in s^2/Hz at the symbol rate.
    Timing,
    /// Dual-Dirac displacement of edges: early or late by a fixed amount, at random.
    TimingDualDirac,
    /// Displacement of even edges in one direction and of odd ones in the other: deterministic,
    /// present in every block.
    TimingEvenOdd,
}

/// One-sided density of a stationary noise.
#[derive(Clone, Debug, PartialEq)]
pub enum Density {
    /// The same at all frequencies.
    White(f64),
    /// a0 + a2 f^2, constant from a frequency on.
    Quadratic {
        /// At zero frequency.
        a0: f64,
        /// Growth, per Hz^2.
        a2: f64,
        /// Where the growth ends, Hz; infinite where it does not.
        grows_to_hz: f64,
    },
    /// Relaxation oscillation of a laser: floor + rise (1/tau^2 + w^2) / ((wr^2 - w^2)^2 + g^2
    /// w^2).
    Relaxation {
        /// Density far above the resonance.
        floor: f64,
        /// 16 pi times the Schawlow-Townes linewidth, Hz.
        rise_hz: f64,
        /// Carrier lifetime, s.
        lifetime_s: f64,
        /// Resonance, Hz.
        resonance_hz: f64,
        /// Damping, rad/s.
        damping_rad_per_s: f64,
    },
    /// By points: the logarithm of the density over frequency, Hz.
    Table(Arc<Monotone>),
}

impl Density {
    /// The density at `f_hz`.
    pub fn at(&self, f_hz: f64) -> f64 {
        match self {
            Density::Table(ln_density) => ln_density.at(f_hz.abs()).exp(),
            &Density::White(density) => density,
            &Density::Quadratic { a0, a2, grows_to_hz } => {
                a0 + a2 * f_hz.abs().min(grows_to_hz).powi(2)
            }
            &Density::Relaxation {
                floor,
                rise_hz,
                lifetime_s,
                resonance_hz,
                damping_rad_per_s,
            } => {
                let (w2, r2) = ((TAU * f_hz).powi(2), (TAU * resonance_hz).powi(2));
                floor
                    + rise_hz * (lifetime_s.powi(-2) + w2)
                        / ((r2 - w2).powi(2) + damping_rad_per_s.powi(2) * w2)
            }
        }
    }

    /// The density times a positive factor.
    pub(crate) fn times(&self, factor: f64) -> Density {
        match self {
            Density::White(density) => Density::White(density * factor),
            &Density::Quadratic { a0, a2, grows_to_hz } => {
                Density::Quadratic { a0: a0 * factor, a2: a2 * factor, grows_to_hz }
            }
            &Density::Relaxation {
                floor,
                rise_hz,
                lifetime_s,
                resonance_hz,
                damping_rad_per_s,
            } => Density::Relaxation {
                floor: floor * factor,
                rise_hz: rise_hz * factor,
                lifetime_s,
                resonance_hz,
                damping_rad_per_s,
            },
            Density::Table(ln_density) => Density::Table(Arc::new(ln_density.raised(factor.ln()))),
        }
    }

    /// The density of a white noise.
    pub(crate) fn white(&self) -> Option<f64> {
        match self {
            Density::White(density) => Some(*density),
            _ => None,
        }
    }
}

/// Identity of a source of noise or of an interferer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoiseId {
    /// Name in results and tables, such as `photodiode.shot` or `laser.eml0.rin`.
    pub name: String,
    /// Key of its random stream.
    pub stream: StreamKey,
    /// Its origin, where law and place do not determine it.
    pub origin: Option<NoiseOrigin>,
}

/// Physical origin of a noise: what an engineer would improve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseOrigin {
    /// The receiver's amplifier.
    Thermal,
    /// Shot noise of the photodiode.
    Shot,
    /// Intensity and phase of the laser.
    Laser,
    /// Quantisation of DAC and ADC.
    Converter,
    /// The modulator's driver.
    Driver,
    /// Jitter of any clock.
    Jitter,
    /// SerDes and channel of a host or of a module's electrical side.
    Host,
    /// Light reflected twice, beating with the signal.
    Reflections,
    /// All noises of other lanes whose light reaches the detector.
    CoupledLanes,
}

impl NoiseOrigin {
    /// Origin by law and place, of a noise whose device does not state it.
    pub(crate) fn of(law: Law, place: NoisePlace) -> NoiseOrigin {
        match (law, place) {
            (Law::Shot { .. }, _) => NoiseOrigin::Shot,
            (Law::Relative | Law::Phase, _) | (Law::Added, NoisePlace::OnLight) => {
                NoiseOrigin::Laser
            }
            (Law::Timing | Law::TimingDualDirac | Law::TimingEvenOdd, _) => NoiseOrigin::Jitter,
            (Law::Added, NoisePlace::Sampler) => NoiseOrigin::Converter,
            (Law::Added, NoisePlace::BeforeModulator) => NoiseOrigin::Driver,
            (Law::Added, NoisePlace::Electrical) => NoiseOrigin::Host,
            (Law::Added, NoisePlace::AfterDetector) => NoiseOrigin::Thermal,
        }
    }
}

impl NoiseId {
    /// A source whose name is its stream's key.
    pub fn new(name: &str) -> Self {
        NoiseId { name: name.to_owned(), stream: StreamKey::of(name.to_owned()), origin: None }
    }

    /// The source with another displayed name and the same stream.
    #[must_use]
    pub fn shown_as(self, name: &str) -> Self {
        NoiseId { name: name.to_owned(), ..self }
    }
}

impl<T: AsRef<str> + ?Sized> From<&T> for NoiseId {
    fn from(name: &T) -> Self {
        NoiseId::new(name.as_ref())
    }
}

/// Place of a noise in a plan. The plan determines it, not the device: the noise of a host's
/// transmitter is before the modulator in LPO, and electrical in a retimed module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoisePlace {
    /// Before the modulator.
    BeforeModulator,
    /// On optical power or on the field.
    OnLight,
    /// At or after the detector.
    AfterDetector,
    /// In an electrical chain.
    Electrical,
    /// In the analogue-to-digital converter.
    Sampler,
}

/// Class of a noise, on which warnings, limits of the estimators and tables depend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseClass {
    /// Its place.
    pub place: NoisePlace,
    /// Its law.
    pub law: Law,
    /// Its origin.
    pub origin: NoiseOrigin,
}

impl NoiseClass {
    /// True if the modulator's curvature acts on it.
    #[must_use]
    pub fn bent_by_modulator(&self) -> bool {
        self.place == NoisePlace::BeforeModulator
    }

    /// True if its distribution is bounded.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        matches!(self.law, Law::TimingDualDirac)
    }

    /// True for random jitter of the sampling instants.
    #[must_use]
    pub fn is_sampling_jitter(&self) -> bool {
        self.place == NoisePlace::Sampler && matches!(self.law, Law::Timing)
    }
}

/// A noise of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseSource {
    /// Identity.
    pub id: NoiseId,
    /// Kind.
    pub class: NoiseClass,
}

/// A source of noise at a node of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// Identity.
    pub id: NoiseId,
    /// Its law.
    pub law: Law,
    /// One-sided density.
    pub density: Density,
    /// True after the AGC, which compensates lost optical power: referred to the received signal,
    /// the noise is smaller by that gain. True, too, where the noise grows with the signal by
    /// itself.
    pub after_agc: bool,
    /// True when other lanes share the same draw, as for a laser that feeds several.
    pub shared: bool,
}

impl Noise {
    /// A noise of one lane.
    pub fn new(id: impl Into<NoiseId>, law: Law, density: Density) -> Self {
        Noise { id: id.into(), law, density, after_agc: false, shared: false }
    }

    /// The noise, of this origin.
    #[must_use]
    pub(crate) fn of(mut self, origin: NoiseOrigin) -> Self {
        self.id.origin = Some(origin);
        self
    }

    /// The noise, added after the AGC.
    pub fn after_agc(self) -> Self {
        Noise { after_agc: true, ..self }
    }

    /// The noise, whose rms is in proportion to the received power.
    pub(crate) fn with_signal(self) -> Self {
        self.after_agc()
    }

    /// A noise shared by several lanes, with the stream of its owner.
    pub fn shared(id: impl Into<NoiseId>, law: Law, density: Density) -> Self {
        Noise { shared: true, ..Noise::new(id, law, density) }
    }
}
