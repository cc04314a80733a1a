//! The line about clock recovery.

use super::number::decimals;
use crate::link::LaneResult;

/// Worst clock over all lanes; empty in periodic mode.
pub(super) fn clock(lanes: &[LaneResult]) -> String {
    // of every segment, if there are several
    let each = lanes.iter().flat_map(|lane| match lane.segments.len() {
        0 | 1 => vec![lane.clone()],
        _ => lane
            .segments
            .iter()
            .map(|segment| LaneResult { clock: segment.clock.clone(), ..LaneResult::default() })
            .collect(),
    });
    let lanes: &[LaneResult] = &each.collect::<Vec<_>>();
    let clocks = || lanes.iter().map(|lane| &lane.clock);
    let most =
        |of: &dyn Fn(&LaneResult) -> Option<f64>| lanes.iter().filter_map(of).reduce(f64::max);
    let Some(error_ui) = most(&|lane| lane.clock.phase_error_rms_ui) else { return String::new() };
    let error = format!("phase error {} UI rms", decimals(Some(error_ui), 4));
    let slips: u64 =
        clocks().filter_map(|clock| Some(clock.slips_forward? + clock.slips_backward?)).sum();
    let slips = if slips == 1 { "1 slip".to_owned() } else { format!("{slips} slips") };
    let recovered = || clocks().filter_map(|clock| clock.locked);
    if recovered().next().is_none() {
        return format!("clock: ideal, {error}, {slips}\n");
    }
    let locked = if recovered().all(|locked| locked) { "locked" } else { "NOT LOCKED" };
    let range = |of: &dyn Fn(&LaneResult) -> Option<f64>, places| {
        let (low, high) = (
            decimals(lanes.iter().filter_map(of).reduce(f64::min), places),
            decimals(most(of), places),
        );
        if low == high { low } else { format!("{low} to {high}") }
    };
    let (offset, bandwidth) =
        (range(&|lane| lane.clock.offset_ppm, 1), range(&|lane| lane.clock.bandwidth_mhz, 2));
    format!(
        "clock: {locked}, {error}, offset found {offset} ppm, {slips}, bandwidth {bandwidth} MHz\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::link::ClockResult;

    #[test]
    fn the_worst_of_all_clocks_is_told() {
        assert_eq!(clock(&[sample::lane(0)]), "");
        let found = |locked, offset_ppm, error_ui| LaneResult {
            clock: ClockResult {
                locked,
                phase_error_rms_ui: Some(error_ui),
                phase_error_predicted_rms_ui: None,
                offset_ppm,
                slips_forward: Some(1),
                slips_backward: Some(0),
                bandwidth_mhz: locked.map(|_| 4.0),
            },
            ..sample::lane(0)
        };
        let locked = found(Some(true), Some(99.96), 0.0123);
        let text = clock(&[locked.clone(), found(Some(true), Some(101.0), 0.01)]);
        assert_eq!(
            text,
            "clock: locked, phase error 0.0123 UI rms, offset found 100.0 to 101.0 ppm, 2 slips, bandwidth 4.00 MHz\n"
        );
        assert!(
            clock(&[locked, found(Some(false), Some(-5000.0), 0.28)])
                .starts_with("clock: NOT LOCKED, phase error 0.2800 UI rms")
        );
        assert_eq!(
            clock(&[found(None, None, 0.0)]),
            "clock: ideal, phase error 0.0000 UI rms, 1 slip\n"
        );
    }
}
