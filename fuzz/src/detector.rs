//! The sequence detector against every sequence of a few symbols.

use super::common::Numbers;
use lightlane::dsp::mlse::{Mlse, PartialResponse, RUN, SoftMlse};

/// Levels of the symbols.
const LEVELS: [f32; 4] = [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0];
/// Most symbols whose sequences are all compared, those before the first sample included.
const COMPARED_MAX: usize = 6;
/// Most symbols of a block.
const SYMBOLS_MAX: usize = 4096;

/// Samples after a short response, detected at once, in pieces and as a periodic block.
///
/// The first bytes are the response, the variances, the depth and the length of a piece; then each
/// byte is a symbol, in two bits, and a deviation of its sample.
pub fn mlse(bytes: &[u8]) -> bool {
    let mut numbers = Numbers::new(bytes);
    let kind = numbers.byte();
    let taps = [0, 1].map(|_| 2.0 * numbers.fraction());
    let taps = &taps[..1 + usize::from(kind & 1)];
    let variances = [0, 1, 2, 3].map(|_| match kind & 6 {
        0 => 0.01,
        2 => 0.001 + numbers.fraction().abs(),
        _ => 10f32.powi(i32::from(numbers.byte() as i8) / 32),
    });
    let (depth, piece) = (4 + numbers.below(253), 1 + usize::from(numbers.byte()));
    let noise = if kind & 8 == 0 { numbers.fraction().abs() } else { 0.0 };
    let rest = &numbers.rest()[..numbers.rest().len().min(SYMBOLS_MAX)];
    let sent: Vec<u8> = rest.iter().map(|byte| byte & 3).collect();
    let off = |byte: u8| noise * (f32::from(byte >> 2) - 31.5) / 31.5;
    let at =
        |n: usize, lag: usize| LEVELS[usize::from(sent[(n + sent.len() * lag - lag) % sent.len()])];
    let y: Vec<f32> = (0..sent.len())
        .map(|n| {
            let echoes = taps.iter().zip(1..).map(|(tap, lag)| tap * at(n, lag));
            at(n, 0) + echoes.sum::<f32>() + off(rest[n])
        })
        .collect();
    let response = PartialResponse::new(taps).with_variances(variances);
    let (hard, soft) =
        (detected(&response, depth, piece, &y), penalties(&response, depth, piece, &y));
    agree(&hard, &soft);
    if sent.len() + taps.len() <= COMPARED_MAX && !sent.is_empty() {
        compare(&response, &y, &hard, &soft);
    }
    let mut decided = vec![9; sent.len()];
    Mlse::new(&response, depth).detect_periodic(&y, &sent, &mut decided);
    assert!(decided.iter().all(|&symbol| symbol < 4));
    // without noise the way that was sent costs nothing, and any other something
    if noise == 0.0 && variances == [variances[0]; 4] && variances[0] < 1.0 {
        assert_eq!(decided, sent);
    }
    !sent.is_empty()
}

/// Decisions at once, and the same in pieces.
fn detected(response: &PartialResponse, depth: usize, piece: usize, y: &[f32]) -> Vec<u8> {
    let mut mlse = Mlse::new(response, depth);
    let mut pass = |piece: usize| {
        let mut decided = vec![9; y.len() + depth + RUN];
        let mut given = 0;
        for y in y.chunks(piece) {
            let ready = mlse.ready(y.len());
            assert_eq!(mlse.detect(y, &mut decided[given..]), ready);
            given += ready;
        }
        given += mlse.finish(&mut decided[given..]);
        decided.truncate(given);
        decided
    };
    let (whole, pieces) = (pass(y.len().max(1)), pass(piece));
    assert_eq!(whole, pieces);
    assert!(whole.len() == y.len() && whole.iter().all(|&symbol| symbol < 4));
    whole
}

/// Penalties at once, and the same in pieces.
fn penalties(response: &PartialResponse, depth: usize, piece: usize, y: &[f32]) -> Vec<[f32; 4]> {
    let mut mlse = SoftMlse::new(response, depth);
    let mut pass = |piece: usize| {
        let mut given = Vec::new();
        let mut out = vec![[0.0; 4]; y.len() + depth + RUN];
        for y in y.chunks(piece) {
            let ready = mlse.detect(y, &mut out);
            given.extend_from_slice(&out[..ready]);
        }
        let left = mlse.finish(&mut out);
        given.extend_from_slice(&out[..left]);
        given
    };
    let (whole, pieces) = (pass(y.len().max(1)), pass(piece));
    assert_eq!(whole, pieces);
    assert_eq!(whole.len(), y.len());
    for penalties in &whole {
        assert!(penalties.iter().all(|p| p.is_finite() && *p >= 0.0), "{penalties:?}");
        assert!(penalties.contains(&0.0), "{penalties:?}");
    }
    whole
}

/// The decision is the level without a penalty, where it is the only one.
fn agree(hard: &[u8], soft: &[[f32; 4]]) {
    for (n, (&symbol, penalties)) in hard.iter().zip(soft).enumerate() {
        let largest = penalties.iter().fold(1.0, |a: f32, &b| a.max(b));
        assert!(penalties[usize::from(symbol)] <= 1e-3 * largest, "{n}: {symbol} of {penalties:?}");
    }
}

/// Compares with the metrics of all sequences.
fn compare(response: &PartialResponse, y: &[f32], hard: &[u8], soft: &[[f32; 4]]) {
    let memory = response.postcursors().len();
    let count = y.len() + memory;
    let symbol = |sequence: usize, n: usize| sequence >> (2 * n) & 3;
    let metric = |sequence: usize| -> f64 {
        let level = |n: usize| f64::from(response.levels()[symbol(sequence, n)]);
        let one = |n: usize| {
            let echoes = response.postcursors().iter().zip(1..);
            let echoes = echoes.map(|(tap, lag)| f64::from(*tap) * level(n + memory - lag));
            let variance = f64::from(response.variances()[symbol(sequence, n + memory)]);
            let error = f64::from(y[n]) - level(n + memory) - echoes.sum::<f64>();
            error * error / (2.0 * variance) + variance.ln() / 2.0
        };
        (0..y.len()).map(one).sum()
    };
    let mut least = vec![[f64::INFINITY; 4]; y.len()];
    let (mut best, mut decided) = (f64::INFINITY, f64::INFINITY);
    for sequence in 0..1 << (2 * count) {
        let metric = metric(sequence);
        best = best.min(metric);
        for (n, least) in least.iter_mut().enumerate() {
            let least = &mut least[symbol(sequence, n + memory)];
            *least = least.min(metric);
        }
        if (0..y.len()).all(|n| symbol(sequence, n + memory) == usize::from(hard[n])) {
            decided = decided.min(metric);
        }
    }
    let largest = least.iter().flatten().fold(1.0, |a: f64, &b| a.max(b.abs()));
    let rounding = 1e-4 * largest;
    assert!(decided <= best + rounding, "{hard:?}: {decided}, the best is {best}");
    for (n, (least, soft)) in least.iter().zip(soft).enumerate() {
        for (least, soft) in least.iter().zip(soft) {
            let expected = least - best;
            assert!((expected - f64::from(*soft)).abs() <= rounding, "{n}: {soft}, {expected}");
        }
    }
}
