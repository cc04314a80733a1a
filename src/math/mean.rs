//! Means of long blocks in single precision.

/// Mean of a function of the samples, summed in runs.
pub(crate) fn mean_of(x: &[f32], f: impl Fn(f32) -> f32) -> f64 {
    let run = |run: &[f32]| {
        let mut strands = [0f32; 16];
        let (chunks, rest) = run.as_chunks::<16>();
        chunks.iter().for_each(|x| strands.iter_mut().zip(x).for_each(|(s, x)| *s += f(*x)));
        strands.iter().map(|&s| f64::from(s)).sum::<f64>()
            + rest.iter().map(|&x| f64::from(f(x))).sum::<f64>()
    };
    x.chunks(1024).map(run).sum::<f64>() / x.len() as f64
}
