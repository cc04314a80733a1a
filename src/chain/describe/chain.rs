//! A chain under construction.

use super::coupling::{Coupling, LaneSymbols};
use super::interferer::Interferer;
use super::map::Map;
use super::map::{Erased, Typed};
use super::noise::Noise;
use super::reflections::Reflections;
use super::shape::Shape;
use super::sub_converters::SubConverters;
use crate::seed::Seed;
use crate::signal::{Field, Grid, Quantity, Symbol, Volt, Watt};
use num_complex::Complex64;
use std::any::TypeId;
use std::marker::PhantomData;

pub(crate) enum Step {
    Recorded(Vec<f32>),
    Drives(Box<[f64; LEVEL_CONTEXTS]>),
    Taps(Vec<f64>),
    Compression(f64),
    Interleaved(SubConverters),
    Response(Shape),
    /// A noise, and true if it acts on optical power or on a field.
    Noise(Noise, bool),
    Map(Box<dyn Erased>, Storage),
    Interferer(Interferer),
    Reflections(Reflections),
    Coupled(CoupledLight),
    /// A response of the power that is detected next.
    Detected(Shape),
    Probe(&'static str),
}

/// Light of other lanes that reaches a lane's detector.
pub struct CoupledLight {
    /// Factor on the lane's own field, where fields are coupled.
    pub own: Complex64,
    /// Random streams of the lane's own noises; blocks with others are those of its training.
    pub streams: Seed,
    /// The other lanes, each with its light at the detector of the lane.
    pub lanes: Vec<(Chain<Field>, Coupling, LaneSymbols)>,
}

/// Number of contexts of a level: the one before, itself, the one after.
pub const LEVEL_CONTEXTS: usize = 64;

/// Index of three levels in a table of drives.
pub const fn level_context(before: usize, level: usize, after: usize) -> usize {
    16 * before + 4 * level + after
}

/// Type of the samples after a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Real,
    Complex,
}

/// A chain under construction, whose output at this point is a quantity `Q`.
pub struct Chain<Q: Quantity> {
    pub(crate) steps: Vec<Step>,
    quantity: PhantomData<fn() -> Q>,
}

impl Chain<Symbol> {
    /// A chain that begins with PAM4 symbols of full scale -1 .. 1.
    pub fn symbols() -> Self {
        Chain { steps: Vec::new(), quantity: PhantomData }
    }

    /// Gives every three levels the drive of [`level_context`] in place of equal steps of -1 .. 1.
    pub fn drives(self, drives: [f64; LEVEL_CONTEXTS]) -> Self {
        self.push(Step::Drives(Box::new(drives)))
    }

    /// Filters the symbols at the symbol rate; the middle tap is the main one.
    pub fn taps(self, taps: &[f64]) -> Self {
        self.push(Step::Taps(taps.to_vec()))
    }

    /// Compresses the levels: x becomes (x - c x^3) / (1 - c), which keeps the outer levels.
    pub fn compressed(self, c: f64) -> Self {
        self.push(Step::Compression(c))
    }

    /// Has sub-converters hold the symbols, which take turns.
    pub fn interleaved(self, converters: SubConverters) -> Self {
        self.push(Step::Interleaved(converters))
    }

    /// Holds each symbol for its period: from symbols to volts of full scale -1 .. 1 V.
    pub fn hold(self, grid: Grid) -> Chain<Volt> {
        self.push(Step::Response(Shape::Hold(grid.symbol_s())))
    }
}

impl Chain<Watt> {
    /// A chain that begins with recorded power over one block; the levels given to a workspace must
    /// be those of the recording.
    pub fn recorded(power_w: Vec<f32>) -> Self {
        Chain { steps: vec![Step::Recorded(power_w)], quantity: PhantomData }
    }
}

impl<Q: Quantity> Chain<Q> {
    /// A response from this quantity to one of the same sample type.
    pub fn response<R: Quantity<Sample = Q::Sample>>(self, shape: Shape) -> Chain<R> {
        self.push(Step::Response(shape))
    }

    /// A map.
    pub fn map<R: Quantity>(self, map: impl Map<Q, R>) -> Chain<R> {
        let storage = if size_of::<R::Sample>() == size_of::<f32>() {
            Storage::Real
        } else {
            Storage::Complex
        };
        self.push(Step::Map(Box::new(Typed::<_, Q, R>(map, PhantomData)), storage))
    }

    /// A noise at this node.
    pub fn noise(self, noise: Noise) -> Self {
        let q = TypeId::of::<Q>();
        let on_light = q == TypeId::of::<Watt>() || q == TypeId::of::<Field>();
        self.push(Step::Noise(noise, on_light))
    }

    /// Names this node for side branches.
    pub fn probe(self, node: &'static str) -> Self {
        self.push(Step::Probe(node))
    }

    fn push<R: Quantity>(mut self, step: Step) -> Chain<R> {
        self.steps.push(step);
        Chain { steps: self.steps, quantity: PhantomData }
    }
}

impl<Q: Quantity<Sample = f32>> Chain<Q> {
    /// Crosstalk of another lane's symbols into this node.
    pub fn interferer(self, interferer: Interferer) -> Self {
        self.push(Step::Interferer(interferer))
    }
}

impl Chain<Field> {
    /// Reflected light interferes with the field.
    pub fn reflected(self, reflections: Reflections) -> Self {
        self.push(Step::Reflections(reflections))
    }

    /// The power that is detected passes a response, before any noise of the detector.
    pub fn detected_through(self, shape: Shape) -> Self {
        self.push(Step::Detected(shape))
    }

    /// Light of other lanes joins the field, after all that follows in this section.
    pub fn coupled(self, light: CoupledLight) -> Self {
        self.push(Step::Coupled(light))
    }

    /// Phase that this chain's dispersion has added to a sideband at `f_hz` since the last map.
    pub fn dispersion_phase(&self, f_hz: f64) -> f64 {
        let since_map = self.steps.iter().rev().take_while(|s| !matches!(s, Step::Map(..)));
        since_map
            .map(|s| if let Step::Response(shape) = s { shape.dispersion_phase(f_hz) } else { 0.0 })
            .sum()
    }
}
