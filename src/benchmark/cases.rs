//! All cases, by name.

use super::case::{Case, NORMAL_FLOPS};
use super::{chains, codes};
use crate::dsp::awgn;
use crate::math::normals;
use crate::pattern::Pattern;
use crate::seed::Seed;
use std::hint::black_box;

/// All cases.
pub fn all() -> Vec<Case> {
    let case = |name, about, unit, items, begin| Case {
        name,
        about,
        unit,
        items,
        flops: None,
        bytes: None,
        begin,
    };
    let mut cases = vec![
        Case {
            flops: Some(NORMAL_FLOPS + 6.0),
            bytes: Some(4.0),
            ..case("inner_loop", "PAM4, white noise, slicer, count", "symbols", 8192.0, inner_loop)
        },
        Case {
            flops: Some(NORMAL_FLOPS),
            bytes: Some(4.0),
            ..case("normals", "standard normal numbers", "numbers", 16_384.0, normal_numbers)
        },
        case("pattern", "PRBS31Q", "symbols", 8192.0, pattern),
    ];
    cases.extend(chains::cases());
    cases.extend(codes::cases());
    cases
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
