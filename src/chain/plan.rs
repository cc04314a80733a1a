//! A built chain: neighbouring responses fused, noises brought to the end of their section, nothing
//! left to decide.

use super::{
    Density, Interferer, Law, Noise, NoiseId, Shape, Step, Storage, Workshop, map::Erased,
};
use crate::math::fft;
use crate::seed::StreamKey;
use crate::signal::Grid;
use num_complex::Complex32;

/// What ends a chain: an analogue-to-digital converter whose full scale the training sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// 1 or 2.
    pub samples_per_symbol: usize,
    /// Effective number of bits: quantisation noise is FS^2 / 12 / 4^bits.
    pub effective_bits: f64,
    /// Random jitter of each sampling instant, s rms.
    pub jitter_s: f64,
}

/// Stream of the noise of the first section, which begins with symbols.
const SYMBOLS: StreamKey = StreamKey::fixed("symbols");
/// Jitter up to which its first order, slope times displacement, is enough, symbol periods rms.
const FIRST_ORDER_UI: f64 = 0.02;

impl Sampler {
    /// True when jitter is so large that its second order counts.
    pub(super) fn jitters_far(&self, grid: Grid) -> bool {
        self.jitter_s > FIRST_ORDER_UI * grid.symbol_s()
    }
}

/// An immutable chain, shared by threads and by both estimators.
pub struct Plan {
    pub(super) grid: Grid,
    /// Spectrum of a recording at the first section's end, in place of symbols.
    pub(super) recorded: Option<Vec<Complex32>>,
    /// Transmit taps at the symbol rate, main tap in the middle.
    pub(super) taps: Vec<f32>,
    /// c of the bent levels (x - c x^3) / (1 - c).
    pub(super) compression: f32,
    /// Noise and jitter of the converter that holds the symbols.
    pub(super) symbol_sources: Vec<SymbolSource>,
    /// From edge impulses to the end of the first section; empty when nothing displaces edges.
    pub(super) edge: Vec<Complex32>,
    pub(super) sections: Vec<Section>,
    /// The section in which light has become current; without light, the last.
    pub(super) detector: usize,
    pub(super) sampler: Sampler,
    /// The last section's merged noise at the sampler, per bin of the sampled block.
    pub(super) sampled_deviation: Vec<f32>,
    /// Angle by which the fibre turns a sideband at half the symbol rate.
    pub(super) sideband_angle: f64,
    /// How the receiver finds its phase; nothing in periodic mode.
    pub(super) clocking: Option<super::Clocking>,
    /// Transforms.
    pub(super) transforms: Transforms,
}

#[derive(Clone)]
pub(super) struct Transforms {
    pub(super) symbols: fft::RealFft,
    pub(super) samples: fft::RealFft,
    pub(super) field: fft::ComplexFft,
    pub(super) sampled: fft::RealFft,
}

impl Transforms {
    /// Scratch that each of them fits into.
    pub(super) fn scratch(&self) -> usize {
        [
            self.symbols.scratch(),
            self.samples.scratch(),
            self.sampled.scratch(),
            self.field.scratch(),
            1,
        ]
        .into_iter()
        .max()
        .unwrap_or(1)
    }
}

pub(super) struct SymbolSource {
    pub(super) id: NoiseId,
    pub(super) kind: SymbolNoise,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum SymbolNoise {
    /// Added to each held symbol, rms in units of the full scale.
    Added(f32),
    /// Displacement of each edge, s rms.
    Timing(f32),
    /// Displacement of each edge by this or its opposite at random, s.
    TwoPoint(f32),
    /// Displacement of each even edge and, the other way, of each odd one, s; always there.
    EvenOdd(f32),
}

impl SymbolNoise {
    /// True for what displaces edges.
    fn displaces(self) -> bool {
        !matches!(self, SymbolNoise::Added(_))
    }
}

/// What stands between two maps: responses and noises.
pub(super) struct Section {
    /// The map that begins it; the first section begins with symbols.
    pub(super) map: Option<Box<dyn Erased>>,
    pub(super) storage: Storage,
    /// The factor, when the section is no more than that.
    pub(super) flat: Option<f32>,
    /// Fused response, divided by the block's samples (the first: by its symbols).
    pub(super) response: Vec<Complex32>,
    /// Noises that act on the samples at the section's start.
    pub(super) start: Vec<Noise>,
    /// Added noises, each brought to the section's end.
    pub(super) sources: Vec<Source>,
    /// All of them, merged; empty when there is none.
    pub(super) deviation: Vec<f32>,
    /// Interferers with their response to the section's end, scaled as `response`.
    pub(super) interferers: Vec<Leak>,
    /// Named nodes with the responses up to them.
    pub(super) probes: Vec<(&'static str, Vec<Shape>)>,
}

/// The last section's merged noise where part of it stands behind a gain: bin by bin of the grid,
/// and of the sampled block.
#[derive(Clone)]
pub(super) struct Gained {
    pub(super) wave: Vec<f32>,
    pub(super) sampled: Vec<f32>,
}

/// An interferer at its section's end.
pub(super) struct Leak {
    pub(super) id: NoiseId,
    pub(super) path: Vec<Complex32>,
    /// Its symbols in a block, and their transform.
    pub(super) symbols: usize,
    pub(super) transform: fft::RealFft,
    /// True behind a gain that makes up for lost light.
    pub(super) behind_gain: bool,
}

/// An added noise at its section's end: rms of the real (and of the imaginary) part of each bin.
pub(super) struct Source {
    pub(super) id: NoiseId,
    pub(super) deviation: Vec<f32>,
    /// True behind a gain that makes up for lost light.
    pub(super) behind_gain: bool,
}

impl Section {
    /// Key of the stream of its merged noise.
    pub(super) fn stream(&self) -> StreamKey {
        self.map.as_ref().map_or(SYMBOLS, |map| map.stream())
    }
}

/// A section while the chain is walked.
struct Draft {
    map: Option<Box<dyn Erased>>,
    storage: Storage,
    shapes: Vec<Shape>,
    noises: Vec<(usize, Noise)>,
    interferers: Vec<(usize, Interferer)>,
    probes: Vec<(&'static str, usize)>,
}

impl Draft {
    fn new(map: Option<Box<dyn Erased>>, storage: Storage) -> Self {
        Draft { map, storage, shapes: vec![], noises: vec![], interferers: vec![], probes: vec![] }
    }

    /// True for a noise that acts on the samples at the section's start: only factors may stand
    /// before it.
    fn at_start(&self, at: usize, noise: &Noise) -> bool {
        noise.law != Law::Added && self.shapes[..at].iter().all(|s| s.gain().is_some())
    }

    fn finish(
        self,
        grid: Grid,
        symbols_first: bool,
        sampled_last: bool,
        shop: &mut Workshop,
    ) -> Section {
        let both_sides = self.storage == Storage::Complex;
        let m = grid.samples() as f64;
        let scale = 1.0 / if self.map.is_none() && symbols_first { grid.symbols as f64 } else { m };
        let scaled = |mut response: Vec<Complex32>| {
            response.iter_mut().for_each(|h| *h *= scale as f32);
            response
        };
        let mut start = Vec::new();
        let mut sources = Vec::new();
        for (at, noise) in &self.noises {
            if self.at_start(*at, noise) {
                let on_light = matches!(noise.law, Law::Relative | Law::Phase);
                assert!(on_light == both_sides, "{} acts on the wrong quantity", noise.id.name);
                start.push(noise.clone());
                continue;
            }
            assert!(
                noise.law == Law::Added && !both_sides,
                "{} cannot act behind a response",
                noise.id.name
            );
            let after = shop.product(&self.shapes[*at..], grid, false);
            let deviation = after.iter().enumerate().map(|(k, h)| {
                let density = noise.density.at(k as f64 * grid.bin_hz());
                (density * grid.sample_rate_hz() / (4.0 * m)).sqrt() as f32 * h.norm()
            });
            sources.push(Source {
                id: noise.id.clone(),
                deviation: deviation.collect(),
                behind_gain: noise.behind_gain,
            });
        }
        let interferers = self.interferers.iter().map(|(at, i)| {
            let shapes: Vec<Shape> = i.path.iter().chain(&self.shapes[*at..]).cloned().collect();
            let mut path = shop.product(&shapes, grid, false);
            path.iter_mut().for_each(|h| *h *= 1.0 / grid.symbols as f32);
            let symbols = grid.symbols + i.extra_symbols;
            Leak {
                id: i.id.clone(),
                path,
                symbols,
                transform: shop.real(symbols),
                behind_gain: i.behind_gain,
            }
        });
        let interferers: Vec<_> = interferers.collect();
        let gains: Option<f64> = self.shapes.iter().map(Shape::gain).product();
        let idle =
            self.map.is_some() && sources.is_empty() && interferers.is_empty() && !sampled_last;
        let flat = gains.filter(|_| idle).map(|g| g as f32);
        let response = if flat.is_some() {
            Vec::new()
        } else {
            scaled(shop.product(&self.shapes, grid, both_sides))
        };
        let probes =
            self.probes.iter().map(|&(node, at)| (node, self.shapes[..at].to_vec())).collect();
        Section {
            map: self.map,
            storage: self.storage,
            flat,
            response,
            start,
            deviation: merged(&sources, 1.0),
            sources,
            interferers,
            probes,
        }
    }
}

/// Root of the summed squares, bin by bin, with this factor on what stands behind a gain.
pub(super) fn merged(sources: &[Source], gained: f32) -> Vec<f32> {
    let Some(first) = sources.first() else { return Vec::new() };
    let scale = |s: &Source| if s.behind_gain { gained } else { 1.0 };
    (0..first.deviation.len())
        .map(|k| sources.iter().map(|s| (scale(s) * s.deviation[k]).powi(2)).sum::<f32>().sqrt())
        .collect()
}

/// A merged deviation folded onto the bins of the sampled block.
pub(super) fn folded(deviation: &[f32], m: usize, n: usize) -> Vec<f32> {
    if deviation.is_empty() {
        return Vec::new();
    }
    let bin = |k: usize| deviation[if k <= m / 2 { k } else { m - k }].powi(2);
    (0..=n / 2).map(|k| (0..m / n).map(|j| bin(k + j * n)).sum::<f32>().sqrt()).collect()
}

impl Plan {
    pub(super) fn new(steps: Vec<Step>, sampler: Sampler, grid: Grid, shop: &mut Workshop) -> Plan {
        let mut taps = vec![1.0];
        let mut compression = 0.0;
        let mut recording: Option<Vec<f32>> = None;
        let mut symbol_sources = Vec::new();
        let mut drafts = vec![Draft::new(None, Storage::Real)];
        let mut detector = 0;
        for step in steps {
            let sections = drafts.len();
            let draft = drafts.last_mut().expect("never empty");
            match step {
                Step::Recorded(power) => recording = Some(power),
                Step::Taps(t) => taps = t,
                Step::Compression(c) => compression = c as f32,
                Step::Response(shape) => draft.shapes.push(shape),
                Step::Noise(noise)
                    if sections == 1 && draft.shapes.is_empty() && recording.is_none() =>
                {
                    symbol_sources.push(symbol_source(&noise, grid))
                }
                Step::Noise(noise) => draft.noises.push((draft.shapes.len(), noise)),
                Step::Interferer(interferer) => {
                    draft.interferers.push((draft.shapes.len(), interferer))
                }
                Step::Probe(node) => draft.probes.push((node, draft.shapes.len())),
                Step::Map(map, storage) => {
                    if draft.storage == Storage::Complex && storage == Storage::Real {
                        detector = sections;
                    }
                    drafts.push(Draft::new(Some(map), storage));
                }
            }
        }
        let timed = symbol_sources.iter().any(|s| s.kind.displaces());
        let edge = if timed {
            let mut shapes = vec![Shape::Edge(grid.symbol_s())];
            shapes
                .extend(drafts[0].shapes.iter().filter(|s| !matches!(s, Shape::Hold(_))).cloned());
            let mut edge = shop.product(&shapes, grid, false);
            edge.iter_mut().for_each(|h| *h *= 1.0 / grid.symbols as f32);
            edge
        } else {
            Vec::new()
        };
        let light = drafts.iter().filter(|d| d.storage == Storage::Complex);
        let sideband_angle = light
            .flat_map(|d| &d.shapes)
            .map(|s| s.sideband_angle(grid.symbol_rate_hz / 2.0))
            .sum();
        let last = drafts.len() - 1;
        let detector =
            if drafts.iter().any(|d| d.storage == Storage::Complex) { detector } else { last };
        let mut sections: Vec<Section> = drafts
            .into_iter()
            .enumerate()
            .map(|(i, d)| d.finish(grid, recording.is_none(), i == last, shop))
            .collect();
        let recorded = recording.map(|power| recorded(power, &sections[0], grid, shop));
        drop_quiet_phase(&mut sections, sideband_angle, grid);
        let (m, k) = (grid.samples(), grid.symbols * sampler.samples_per_symbol);
        assert!(m.is_multiple_of(k), "the sampler's rate divides the grid's");
        let sampled_deviation = folded(&sections[last].deviation, m, k);
        let transforms = Transforms {
            symbols: shop.real(grid.symbols),
            samples: shop.real(m),
            field: shop.complex(m),
            sampled: shop.real(k),
        };
        Plan {
            grid,
            recorded,
            taps: taps.iter().map(|&t| t as f32).collect(),
            compression,
            symbol_sources,
            edge,
            sections,
            detector,
            sampler,
            sampled_deviation,
            sideband_angle,
            clocking: None,
            transforms,
        }
    }

    /// The grid of its blocks.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// True when the sampler's jitter is so large that its second order counts.
    pub fn jitters_far(&self) -> bool {
        self.sampler.jitters_far(self.grid)
    }

    /// Every interferer of every section.
    pub(super) fn leaks(&self) -> impl Iterator<Item = &Leak> {
        self.sections.iter().flat_map(|section| &section.interferers)
    }

    /// Samples that the sampler takes in a block.
    pub(super) fn sampled(&self) -> usize {
        self.grid.symbols * self.sampler.samples_per_symbol
    }

    /// The last section's noise at the sampler when the light is attenuated, where that changes it.
    pub(super) fn gained_deviation(&self, attenuation: f32) -> Option<Gained> {
        let sources = &self.end().sources;
        let changes = attenuation != 1.0 && sources.iter().any(|s| s.behind_gain);
        changes.then(|| {
            let wave = merged(sources, attenuation);
            Gained { sampled: folded(&wave, self.grid.samples(), self.sampled()), wave }
        })
    }

    /// The last section.
    pub(super) fn end(&self) -> &Section {
        &self.sections[self.sections.len() - 1]
    }

    /// True when nothing behind the detector is nonlinear: loss then only scales the current.
    pub(super) fn linear_receiver(&self) -> bool {
        self.detector + 1 == self.sections.len()
    }

    /// True when the fibre turns sidebands so far that intensity no longer passes it unchanged (0.5
    /// dB at half the symbol rate for a chirp of one).
    pub(super) fn dispersive(&self) -> bool {
        let angle = self.sideband_angle.abs();
        let worst = crate::units::db_from_amplitude_ratio(angle.cos() - angle.sin());
        worst.is_nan() || worst <= -0.5
    }
}

/// A recording's spectrum through the first section.
fn recorded(
    mut power: Vec<f32>,
    head: &Section,
    grid: Grid,
    shop: &mut Workshop,
) -> Vec<Complex32> {
    assert_eq!(power.len(), grid.samples(), "a recording is as long as the block");
    let fft = shop.real(grid.samples());
    let mut spectrum = vec![Complex32::default(); grid.bins()];
    fft.forward(&mut power, &mut spectrum, &mut vec![Complex32::default(); fft.scratch()]);
    super::block::multiply(&mut spectrum, &head.response);
    spectrum
}

/// A noise at the symbols themselves: its density holds up to half the symbol rate.
fn symbol_source(noise: &Noise, grid: Grid) -> SymbolSource {
    let rms = (noise.density.at(0.0) * grid.symbol_rate_hz / 2.0).sqrt() as f32;
    let kind = match noise.law {
        Law::Added => SymbolNoise::Added(rms),
        Law::Timing => SymbolNoise::Timing(rms),
        Law::TimingTwoPoint => SymbolNoise::TwoPoint(rms),
        Law::TimingEvenOdd => SymbolNoise::EvenOdd(rms),
        _ => panic!("{} cannot act on symbols", noise.id.name),
    };
    SymbolSource { id: noise.id.clone(), kind }
}

/// Drops laser phase noise that dispersion turns into less relative intensity noise than -165 dB/Hz
/// at half the symbol rate: 2 sin(angle) phi, phi of density (frequency density) / f^2. Detection
/// alone does not see phase.
fn drop_quiet_phase(sections: &mut [Section], sideband_angle: f64, grid: Grid) {
    let f = grid.symbol_rate_hz / 2.0;
    for section in sections {
        section.start.retain(|noise| {
            let Density::White(density) = noise.density else { return true };
            noise.law != Law::Phase
                || 4.0 * sideband_angle.sin().powi(2) * density / (f * f)
                    > crate::units::power_ratio(-165.0)
        });
    }
}
