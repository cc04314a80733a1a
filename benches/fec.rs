//! Codewords per second of the outer code, blocks per second of the inner one, curves of the closed form.
//!
//! `cargo bench --bench fec`; one core: `taskset -c 0 cargo bench --bench fec`.

use divan::Bencher;
use divan::counter::ItemsCount;
use lightlane::fec::reed_solomon::{Code, ReedSolomon, Workspace};
use lightlane::seed::Seed;

fn main() {
    divan::main();
}

/// Codewords decoded one after another, so that no branch is learnt by heart.
const WORDS: usize = 64;

fn words(code: &ReedSolomon, errors: usize) -> Vec<Vec<u16>> {
    let mut rng = Seed::new(1).rng();
    (0..WORDS)
        .map(|_| {
            let mut word: Vec<u16> = (0..code.code().codeword_symbols).map(|_| rng.next_u64() as u16 & 1023).collect();
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

/// RS(544,514) with that many symbol errors; items are codewords. The copy of the received word is in the time.
#[divan::bench(args = [0, 1, 8, 15, 16])]
fn kp4_decode(bencher: Bencher, errors: usize) {
    let code = Code::KP4.build().expect("it is legal");
    let (received, mut work, mut word) = (words(&code, errors), Workspace::new(&code), vec![0; 544]);
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
    bencher.counter(ItemsCount::new(WORDS)).bench_local(|| words.iter_mut().for_each(|word| code.encode(word).expect("it fits")));
}
