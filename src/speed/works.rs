//! The works, by name.

use super::{chains, codes};
use crate::dsp::awgn;
use crate::math::normals;
use crate::pattern::Pattern;
use crate::seed::Seed;
use std::hint::black_box;

/// One kind of work.
pub struct Work {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// Items of a call.
    pub items: f64,
    /// Floating-point operations an item, where they are counted.
    pub flops: Option<f64>,
    /// Bytes an item that the first cache does not hold from one step to the next, likewise.
    pub bytes: Option<f64>,
    /// Prepares it; what comes back does it once.
    pub begin: fn() -> Box<dyn FnMut()>,
}

/// Operations of a normal number: half a logarithm, a root, a sine and a cosine, without its bits.
pub(super) const NORMAL_FLOPS: f64 = 40.0;

/// All of them.
pub fn all() -> Vec<Work> {
    let work = |name, what, unit, items, begin| Work {
        name,
        what,
        unit,
        items,
        flops: None,
        bytes: None,
        begin,
    };
    let mut works = vec![
        Work {
            flops: Some(NORMAL_FLOPS + 6.0),
            bytes: Some(4.0),
            ..work("inner_loop", "PAM4, white noise, slicer, count", "symbols", 8192.0, inner_loop)
        },
        Work {
            flops: Some(NORMAL_FLOPS),
            bytes: Some(4.0),
            ..work("normals", "standard normal numbers", "numbers", 16_384.0, normal_numbers)
        },
        work("pattern", "PRBS31Q", "symbols", 8192.0, pattern),
    ];
    works.extend(chains::works());
    works.extend(codes::works());
    works
}

fn inner_loop() -> Box<dyn FnMut()> {
    let mut block = 0;
    Box::new(move || {
        block += 1;
        black_box(awgn::count(Seed::new(block), 4, 0.11));
    })
}

fn normal_numbers() -> Box<dyn FnMut()> {
    let (mut rng, mut out) = (Seed::new(1).rng(), vec![0f32; 16_384]);
    Box::new(move || {
        normals::fill(&mut rng, &mut out);
        black_box(&out);
    })
}

fn pattern() -> Box<dyn FnMut()> {
    let source = Pattern::default().build().expect("a computed pattern builds");
    let (mut levels, mut block) = (vec![0u8; 8192], 0);
    Box::new(move || {
        block += 1;
        source.fill(block * 8192, Seed::new(1), &mut levels);
        black_box(&levels);
    })
}
