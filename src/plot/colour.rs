//! Perceptually uniform colour maps of densities and heights.

/// Magma of N. Smith and S. van der Walt (matplotlib, CC0), from its light end, preceded by the
/// background colour: lightness falls monotonically.
const STOPS: [[f64; 3]; 11] = [
    [255.0, 255.0, 255.0],
    [252.0, 253.0, 191.0],
    [254.0, 201.0, 141.0],
    [253.0, 149.0, 103.0],
    [241.0, 96.0, 93.0],
    [205.0, 64.0, 113.0],
    [159.0, 47.0, 127.0],
    [114.0, 31.0, 129.0],
    [69.0, 16.0, 119.0],
    [24.0, 15.0, 62.0],
    [0.0, 0.0, 4.0],
];

/// Viridis of the same authors (CC0), without its darkest quarter, on which lines would be
/// invisible: lightness rises monotonically.
const HEIGHTS: [[f64; 3]; 7] = [
    [59.0, 82.0, 139.0],
    [44.0, 114.0, 142.0],
    [33.0, 145.0, 140.0],
    [40.0, 174.0, 128.0],
    [94.0, 201.0, 98.0],
    [173.0, 220.0, 48.0],
    [253.0, 231.0, 37.0],
];

/// Colour of a height from 0, the lowest, to 1.
pub(super) fn height(part: f64) -> [u8; 3] {
    between(&HEIGHTS, part)
}

/// Colour of a density from 0 (background) to 1.
pub(super) fn density(part: f64) -> [u8; 3] {
    between(&STOPS, part)
}

fn between(stops: &[[f64; 3]], part: f64) -> [u8; 3] {
    let at = part.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let i = (at as usize).min(stops.len() - 2);
    let t = at - i as f64;
    std::array::from_fn(|c| (stops[i][c] + t * (stops[i + 1][c] - stops[i][c])).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_paper_more_is_darker_and_higher_is_lighter() {
        assert_eq!(density(0.0), [255; 3]);
        let light = |colour: [u8; 3]| {
            colour.iter().zip([0.2126, 0.7152, 0.0722]).map(|(&c, w)| f64::from(c) * w).sum::<f64>()
        };
        for i in 0..100 {
            let (part, more) = (f64::from(i) / 100.0, f64::from(i + 1) / 100.0);
            assert!(
                light(density(part)) > light(density(more))
                    && light(height(part)) < light(height(more))
            );
        }
    }
}
