//! Transmitter measurements, lane by lane.

use super::number::decimals;
use super::plain_table::{plain, text};
use crate::link::LaneResult;

const HEADER: [&str; 10] = [
    "\nlane",
    "TECQ\ndB",
    "TDECQ\ndB",
    "TDECQ\n-10lg(Ceq) dB",
    "TP2\nRLM",
    "transition\n20-80 %, ps",
    "over- / under-\nshoot, %",
    "RIN_OMA, dB/Hz\nread / laser",
    "sensitivity\nOMA, dBm",
    "EECQ, dB\nTP1a / TP4",
];

/// A line for each lane; empty where no transmitter was measured.
pub(super) fn transmitted(lanes: &[LaneResult]) -> String {
    if lanes.iter().all(|lane| lane.tecq_db.is_none() && lane.rlm_tp2.is_none()) {
        return String::new();
    }
    let mut table = plain(&HEADER, &[]);
    for lane in lanes {
        table.add_row([
            lane.lane.to_string(),
            decimals(lane.tecq_db, 2),
            decimals(lane.tdecq_db, 2),
            decimals(lane.tdecq_minus_ceq_db, 2),
            decimals(lane.rlm_tp2, 3),
            decimals(lane.transition_time_ps, 1),
            format!(
                "{} / {}",
                decimals(lane.overshoot_percent, 1),
                decimals(lane.undershoot_percent, 1)
            ),
            format!(
                "{} / {}",
                decimals(lane.rin_oma_db_per_hz, 1),
                decimals(lane.rin_oma_intrinsic_db_per_hz, 1)
            ),
            decimals(lane.sensitivity_oma_dbm, 2),
            format!("{} / {}", decimals(lane.eecq_tp1a_db, 2), decimals(lane.eecq_tp4_db, 2)),
        ]);
    }
    text(&table)
}
