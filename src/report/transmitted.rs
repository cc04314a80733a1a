//! Transmitter measurements, lane by lane.

use super::number::decimals;
use super::plain_table::{plain, text};
use crate::link::{LaneResult, LevelDrives};

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

/// Drives of the levels, a line for all lanes of equal ones; empty where none is adjusted.
pub(super) fn levels(lanes: &[LaneResult]) -> String {
    let mut groups: Vec<(&LevelDrives, Vec<String>)> = Vec::new();
    for lane in lanes.iter().filter(|lane| lane.levels.level_1_drive.is_some()) {
        let number = lane.lane.to_string();
        match groups.iter_mut().find(|(levels, _)| **levels == lane.levels) {
            Some((_, numbers)) => numbers.push(number),
            None => groups.push((&lane.levels, vec![number])),
        }
    }
    let line = |(levels, numbers): &(&LevelDrives, Vec<String>)| {
        let [low, high] =
            [levels.level_1_drive, levels.level_2_drive].map(|drive| decimals(drive, 3));
        let table = if levels.level_table.is_empty() { "" } else { ", table of three symbols" };
        let which = if numbers.len() == lanes.len() {
            String::new()
        } else {
            format!(" of lane {}", numbers.join(", "))
        };
        format!("transmit levels{which}: -1, {low}, {high}, 1{table}\n")
    };
    groups.iter().map(line).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_of_equal_levels_share_a_line() {
        let lane = |lane: usize, drives: Option<[f64; 2]>, level_table: Vec<f64>| LaneResult {
            lane,
            levels: LevelDrives {
                level_1_drive: drives.map(|[low, _]| low),
                level_2_drive: drives.map(|[_, high]| high),
                level_table,
            },
            ..LaneResult::default()
        };
        let bent = Some([-0.4126, 0.25]);
        let same: Vec<LaneResult> = (0..3).map(|number| lane(number, bent, vec![])).collect();
        assert_eq!(levels(&same), "transmit levels: -1, -0.413, 0.250, 1\n");
        let mixed = [lane(0, bent, vec![]), lane(1, None, vec![]), lane(2, bent, vec![0.5; 64])];
        assert_eq!(
            levels(&mixed),
            "transmit levels of lane 0: -1, -0.413, 0.250, 1\n\
             transmit levels of lane 2: -1, -0.413, 0.250, 1, table of three symbols\n"
        );
        assert_eq!(levels(&mixed[1..2]), "");
    }
}
