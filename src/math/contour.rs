//! Lines of equal height through a grid: marching squares.

use ndarray::ArrayView2;
use std::collections::BTreeMap;

/// A side of a cell: the node at its lower end, and whether it runs along x.
type CellEdge = (usize, usize, bool);

/// The lines on which heights over a grid are `level`, each a row of points; a closed one ends
/// where it begins.
///
/// `heights[[i, j]]` stands at `x[i]`, `y[j]`. Along a side of a cell heights are taken as
/// straight, and a cell without one of its heights (NaN) has no line. Where two opposite corners
/// lie above and two below, the mean of the four says which two belong together.
///
/// ```text
/// |z - level| <= max |d2 z / d x2| h^2 / 8     at every point of a line, sides h long
/// ```
///
/// # Panics
///
/// Sides that do not fit the grid.
///
/// # Reference
///
/// W. E. Lorensen, H. E. Cline, *Marching cubes*, SIGGRAPH 1987, in two dimensions; C. Maple,
/// *Geometric design and space planning using the marching squares and marching cube algorithms*,
/// GMAG 2003, for the saddle.
pub fn contour(
    x: &[f64],
    y: &[f64],
    heights: ArrayView2<'_, f64>,
    level: f64,
) -> Vec<Vec<(f64, f64)>> {
    assert_eq!(heights.dim(), (x.len(), y.len()), "a height for every node");
    let place = |&(i, j, along_x): &CellEdge| {
        let (k, l) = if along_x { (i + 1, j) } else { (i, j + 1) };
        let (from, to) = (heights[[i, j]], heights[[k, l]]);
        let t = (level - from) / (to - from);
        (x[i] + t * (x[k] - x[i]), y[j] + t * (y[l] - y[j]))
    };
    chains(links(heights, level)).iter().map(|chain| chain.iter().map(place).collect()).collect()
}

/// Links between crossed sides: one or two for each.
fn links(heights: ArrayView2<'_, f64>, level: f64) -> BTreeMap<CellEdge, Vec<CellEdge>> {
    let mut links: BTreeMap<CellEdge, Vec<CellEdge>> = BTreeMap::new();
    let mut link = |a: CellEdge, b: CellEdge| {
        links.entry(a).or_default().push(b);
        links.entry(b).or_default().push(a);
    };
    let (columns, rows) = heights.dim();
    for (i, j) in (1..columns).flat_map(|i| (1..rows).map(move |j| (i - 1, j - 1))) {
        let corners =
            [heights[[i, j]], heights[[i + 1, j]], heights[[i + 1, j + 1]], heights[[i, j + 1]]];
        let mean = corners.iter().sum::<f64>() / 4.0;
        if !mean.is_finite() {
            continue;
        }
        // round the cell: side n from corner n to the next
        let sides = [(i, j, true), (i + 1, j, false), (i, j + 1, true), (i, j, false)];
        let above = corners.map(|z| z >= level);
        let crossed: Vec<usize> = (0..4).filter(|&n| above[n] != above[(n + 1) % 4]).collect();
        match crossed[..] {
            [a, b] => link(sides[a], sides[b]),
            // the corners that are not as the middle are cut off
            [_, _, _, _] if (mean >= level) == above[0] => {
                link(sides[0], sides[1]);
                link(sides[2], sides[3]);
            }
            [_, _, _, _] => {
                link(sides[3], sides[0]);
                link(sides[1], sides[2]);
            }
            _ => {}
        }
    }
    links
}

/// Follows links from side to side, lines with ends first.
fn chains(mut links: BTreeMap<CellEdge, Vec<CellEdge>>) -> Vec<Vec<CellEdge>> {
    let ends: Vec<CellEdge> =
        links.iter().filter(|(_, next)| next.len() == 1).map(|(side, _)| *side).collect();
    let all: Vec<CellEdge> = links.keys().copied().collect();
    let mut chains = Vec::new();
    for start in ends.into_iter().chain(all) {
        let mut chain = vec![start];
        let mut at = start;
        while let Some(next) = links.get_mut(&at).and_then(Vec::pop) {
            // the reverse direction is skipped
            if let Some(back) = links.get_mut(&next) {
                back.iter().position(|side| *side == at).map(|found| back.swap_remove(found));
            }
            chain.push(next);
            at = next;
        }
        if chain.len() > 1 {
            chains.push(chain);
        }
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn nodes(count: usize) -> Vec<f64> {
        (0..count).map(|i| 3.0 * i as f64 / (count - 1) as f64 - 1.5).collect()
    }

    fn grid(nodes: &[f64], z: impl Fn(f64, f64) -> f64) -> Array2<f64> {
        Array2::from_shape_fn((nodes.len(), nodes.len()), |(i, j)| z(nodes[i], nodes[j]))
    }

    /// z = x^2 + y^2 has a second derivative of 2 along every side, so |x^2 + y^2 - 1| <= h^2 / 4
    /// at every point. The polygon's circumference is short of 2 pi r by (step / r)^2 / 24 of it,
    /// with steps up to h sqrt 2: less than h^2 / 6 in all.
    #[test]
    fn the_contour_of_a_paraboloid_is_a_circle() {
        for count in [16, 31, 100] {
            let nodes = nodes(count);
            let h = nodes[1] - nodes[0];
            let lines = contour(&nodes, &nodes, grid(&nodes, |x, y| x * x + y * y).view(), 1.0);
            assert_eq!(lines.len(), 1);
            let circle = &lines[0];
            assert_eq!(circle.first(), circle.last(), "closed");
            for (x, y) in circle {
                assert!((x * x + y * y - 1.0).abs() <= h * h / 4.0 + 1e-12, "{x} {y}");
            }
            let length: f64 =
                circle.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum();
            assert!(
                (length / std::f64::consts::TAU - 1.0).abs() < h * h / 3.0,
                "{length} of {count}"
            );
        }
    }

    /// Straight heights have straight lines, to rounding; x of uneven steps changes nothing.
    #[test]
    fn the_contour_of_a_plane_is_one_straight_line_from_rim_to_rim() {
        let (x, y) = ([0.0, 0.1, 0.5, 2.0], [0.0, 1.0, 3.0]);
        let z = Array2::from_shape_fn((4, 3), |(i, j)| 2.0 * x[i] + y[j]);
        let lines = contour(&x, &y, z.view(), 2.5);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|(x, y)| (2.0 * x + y - 2.5).abs() < 1e-12));
        let mut ends = [lines[0][0], lines[0][lines[0].len() - 1]];
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(
            (ends[0].0, ends[0].1) == (0.0, 2.5)
                && (ends[1].0 - 1.25).abs() < 1e-12
                && ends[1].1 == 0.0,
            "{ends:?}"
        );
    }

    /// x y = c is a hyperbola; at its saddle the corners of one sign are joined as the mean says,
    /// and no line crosses another.
    #[test]
    fn a_saddle_is_cut_as_its_middle_says() {
        let side = [-1.0, 1.0];
        for (level, cut_off) in [(0.1, 1.0), (-0.1, -1.0)] {
            let lines = contour(&side, &side, grid(&side, |x, y| x * y).view(), level);
            assert_eq!(lines.len(), 2);
            // below the middle's height the corners that lie higher are alone, and the other way
            // round
            for line in lines {
                let (x, y) = ((line[0].0 + line[1].0) / 2.0, (line[0].1 + line[1].1) / 2.0);
                assert!(x * y * cut_off > 0.0, "{level}: {line:?}");
            }
        }
    }

    #[test]
    fn a_hole_ends_lines_and_a_flat_or_empty_grid_has_none() {
        let nodes = nodes(21);
        let mut z = grid(&nodes, |x, _| x);
        z[[10, 10]] = f64::NAN;
        let lines = contour(&nodes, &nodes, z.view(), 0.07);
        assert_eq!(lines.len(), 2, "the hole cuts the line in two");
        assert!(
            lines
                .iter()
                .flatten()
                .all(|(x, y)| (x - 0.07).abs() < 1e-12 && y.abs() >= nodes[11] - 1e-12)
        );
        for flat in [1.0, f64::NAN] {
            assert!(contour(&nodes, &nodes, grid(&nodes, |_, _| flat).view(), 0.5).is_empty());
        }
        assert!(contour(&[], &[], Array2::zeros((0, 0)).view(), 0.5).is_empty());
        assert!(contour(&[1.0], &[1.0], Array2::zeros((1, 1)).view(), 0.0).is_empty());
    }
}
