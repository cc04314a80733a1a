//! Codewords per second of the outer code, blocks per second of the inner one, curves of the closed
//! form.
//!
//! `cargo bench --bench fec`; one core: `taskset -c 0 cargo bench --bench fec`.

use divan::Bencher;
use divan::counter::ItemsCount;
use lightlane::fec::inner::{self, BLOCK_SYMBOLS, Chase, PAYLOAD_SYMBOLS, Soft};
use lightlane::fec::reed_solomon::{Code, DecoderWorkspace, ReedSolomon};
use lightlane::fec::{Coding, FecReceiver, FecSender, tail};
use lightlane::math::gaussian::pam4_half_eye_from_ber;
use lightlane::seed::Seed;

fn main() {
    divan::main();
}

/// Codewords decoded one after another, so that branch prediction does not learn them.
const WORDS: usize = 64;

fn words(code: &ReedSolomon, errors: usize) -> Vec<Vec<u16>> {
    let mut rng = Seed::new(1).rng();
    (0..WORDS)
        .map(|_| {
            let mut word: Vec<u16> =
                (0..code.code().codeword_symbols).map(|_| rng.next_u64() as u16 & 1023).collect();
            code.encode(&mut word).expect("it fits");
            let mut wrong = Vec::new();
            while wrong.len() < errors {
                let position = (rng.next_u64() % word.len() as u64) as usize;
                if !wrong.contains(&position) {
                    wrong.push(position);
                    word[position] ^= 1 + (rng.next_u64() % 1023) as u16;
                }
            }
            word
        })
        .collect()
}

/// RS(544,514) with that many symbol errors; items are codewords. The time includes the copy of the
/// received word.
#[divan::bench(args = [0, 1, 8, 15, 16])]
fn kp4_decode(bencher: Bencher, errors: usize) {
    let code = Code::KP4.build().expect("it is legal");
    let (received, mut work, mut word) =
        (words(&code, errors), DecoderWorkspace::new(code.code()), vec![0; 544]);
    bencher.counter(ItemsCount::new(WORDS)).bench_local(|| {
        for received in &received {
            word.copy_from_slice(received);
            divan::black_box(code.decode(&mut word, &[], &mut work)).expect("it fits");
        }
    });
}

/// RS(544,514): parity of a message; items are codewords.
#[divan::bench]
fn kp4_encode(bencher: Bencher) {
    let code = Code::KP4.build().expect("it is legal");
    let mut words = words(&code, 0);
    bencher
        .counter(ItemsCount::new(WORDS))
        .bench_local(|| words.iter_mut().for_each(|word| code.encode(word).expect("it fits")));
}

/// The inner code at 4.85e-3 with that many least reliable positions; items are bits of payload.
#[divan::bench(args = [0, 3, 6])]
fn inner_decode(bencher: Bencher, positions: usize) {
    let sigma = (0.5 / pam4_half_eye_from_ber(4.85e-3)) as f32;
    let soft = Soft::new([0.0, 1.0, 2.0, 3.0], [sigma; 4]).expect("they rise");
    let chase = Chase::new(positions).expect("they are few");
    let mut rng = Seed::new(1).rng();
    let blocks: Vec<[f32; BLOCK_SYMBOLS]> = (0..1000)
        .map(|_| {
            let mut levels: [u8; BLOCK_SYMBOLS] =
                std::array::from_fn(|_| (rng.next_u64() >> 62) as u8);
            inner::encode(&mut levels);
            levels.map(|level| f32::from(level) + sigma * rng.normal() as f32)
        })
        .collect();
    let mut payload = [0; PAYLOAD_SYMBOLS];
    bencher.counter(ItemsCount::new(2 * PAYLOAD_SYMBOLS * blocks.len())).bench_local(|| {
        for received in &blocks {
            divan::black_box(chase.decode(&soft, received, &mut payload));
        }
    });
}

/// The closed form at a hundred ratios; items are points.
#[divan::bench]
fn closed_form(bencher: Bencher) {
    let ratios: Vec<f64> = (0..100).map(|i| 10f64.powf(-6.0 + 0.04 * f64::from(i))).collect();
    bencher.counter(ItemsCount::new(ratios.len())).bench_local(|| {
        ratios
            .iter()
            .map(|&ber| {
                tail::random_errors(&Code::KP4, ber).expect("a ratio").ln_codeword_error_ratio
            })
            .sum::<f64>()
    });
}

/// A port's codewords encoded, dealt to its lanes and collected again; items are PAM4 symbols of
/// all lanes.
#[divan::bench]
fn deal_and_gather(bencher: Bencher) {
    let layout = Coding::named("800gbase-df").expect("it ships").build().expect("it builds");
    let sender = FecSender::new(&layout, Seed::new(1));
    let mut receiver = FecReceiver::new(&layout);
    let mut levels = vec![0; 8192];
    let mut first = 0;
    bencher.counter(ItemsCount::new(8 * levels.len())).bench_local(|| {
        for lane in 0..8 {
            sender.fill(lane, first, &mut levels);
            receiver.push(lane, &levels);
        }
        first += 8192;
        while receiver.take(|set, words| {
            divan::black_box((set, words));
        }) {}
    });
}

/// Setup of a run's coding: tables of the code, the layout, memory for codewords; items are ports.
#[divan::bench]
fn port_built(bencher: Bencher) {
    let coding = Coding::named("800gbase-df").expect("it ships");
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let layout = divan::black_box(&coding).build().expect("it builds");
        FecSender::new(&layout, Seed::new(1))
    });
}
