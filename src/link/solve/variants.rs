//! Solution of one lane with its variants: corners of dispersion, compliant transmitters.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::Result;
use crate::link::build::lane::Lane;
use crate::link::solve::lane::{SolvedLane, solve};
use crate::link::solve::{compliant, corners};
use crate::run_options::CancelToken;

/// Trains one lane, predicts its error ratio and searches its margins, with those of the variants
/// that its description asks for.
///
/// # Errors
///
/// A file that cannot be read any more.
pub(crate) fn solve_with_variants(
    lane: Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Result<SolvedLane> {
    let mut solved = solve(lane, workspaces, cache, cancel);
    let simulation = &solved.lane.config.simulation;
    if let Ok(solution) = &solved.solution {
        if simulation.corners {
            let worst = corners::worst(&solved.lane, solution, workspaces, cache, cancel)?;
            solved.worst_corner = Some(worst);
        }
        if simulation.worst_compliant {
            solved.compliant =
                compliant::margins(&solved.lane, solution, workspaces, cache, cancel);
        }
    }
    Ok(solved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problems;
    use crate::fibre::Corner;
    use crate::link::describe::config::Config;
    use crate::link::describe::presets;
    use crate::link::describe::tdecq::TestPattern;
    use crate::link::result::compliant::{CompliantCase, CompliantTransmitter};
    use crate::link::solve::margin::LossMargin;
    use crate::measured::Library;

    /// A lane of a preset; both corners are the fibre as described.
    fn described(name: &str) -> Config {
        let text = presets::find(name).unwrap().text;
        let mut c: Config = toml::from_str(text).unwrap();
        (c.lanes, c.spread.launch_power_db) = (1, 0.0);
        (c.tdecq.enabled, c.tdecq.pattern) = (true, TestPattern::Prbs13q);
        let (ranges, zero_nm) = (&mut c.fibre.ranges, c.fibre.zero_dispersion_nm);
        (ranges.wavelength_min_nm, ranges.wavelength_max_nm) = (1311.0, 1311.0);
        (ranges.zero_dispersion_min_nm, ranges.zero_dispersion_max_nm) = (zero_nm, zero_nm);
        c.simulation.worst_compliant = true;
        c
    }

    fn solved(c: &Config) -> SolvedLane {
        let cache = &mut PlanCache::default();
        let lane = Lane::build(c, 0, cache).unwrap();
        let workspaces = WorkspacePool::default();
        solve_with_variants(lane, &workspaces, cache, &CancelToken::default()).unwrap()
    }

    fn loss_margin_db(solved: &SolvedLane) -> f64 {
        match solved.solution.as_ref().ok().map(|solution| &solution.margins.loss) {
            Some(LossMargin::Found(db, _)) => *db,
            _ => panic!("no loss margin"),
        }
    }

    /// The margins of a transmitter at both corners.
    fn cases(solved: &SolvedLane, case: CompliantTransmitter) -> Vec<CompliantCase> {
        solved.compliant.cases.iter().copied().filter(|found| found.case == case).collect()
    }

    fn own_db(solved: &SolvedLane) -> f64 {
        cases(solved, CompliantTransmitter::Own)[0].loss_margin_db.unwrap()
    }

    /// A transmitter whose OMA is the law's, with RIN_OMA at its limit and the channel at its
    /// largest loss, has the loss margin of its link. With 0.7 dB less of OMA it has that of the
    /// link with 0.7 dB more of connectors. The search ends within 1e-3 dB.
    #[test]
    fn a_transmitter_at_its_limits_has_the_margin_of_its_link() {
        let mut c = described("800gbase-dr8");
        c.simulation.worst_compliant = false;
        // crosstalk of a single lane is that of its own received current, which more loss weakens
        c.receiver.crosstalk.lane_db = -300.0;
        let found = solved(&c);
        c.simulation.worst_compliant = true;
        let tx = found.tx.as_ref().unwrap();
        let eye_closure_db = tx.tecq_db.unwrap().max(tx.tdecq_db.unwrap());
        let least_dbm = found.tp2.unwrap().oma_dbm() - eye_closure_db;
        c.limits.oma_min_dbm = None;
        c.limits.oma_minus_tdecq_high_er_min_dbm = None;
        c.limits.oma_minus_tdecq_min_dbm = Some(least_dbm);
        c.limits.rin_oma_max_db_per_hz = tx.rin_oma_db_per_hz;
        c.limits.channel_loss_max_db = Some(c.fibre.loss_db());
        let at_limits = solved(&c);
        let margin_db = loss_margin_db(&at_limits);
        for (case, corner) in
            cases(&at_limits, CompliantTransmitter::Own).iter().zip([Corner::Min, Corner::Max])
        {
            assert_eq!(case.corner, corner);
            assert!((case.loss_margin_db.unwrap() - margin_db).abs() < 0.01, "{case:?}");
        }
        c.limits.oma_minus_tdecq_min_dbm = Some(least_dbm - 0.7);
        let attenuated_db = own_db(&solved(&c));
        assert!((attenuated_db - (margin_db - 0.7)).abs() < 0.01, "{attenuated_db}");
        c.limits.oma_minus_tdecq_min_dbm = Some(least_dbm);
        c.fibre.connector_loss_db += 0.7;
        c.limits.channel_loss_max_db = Some(c.fibre.loss_db());
        let longer = solved(&c);
        assert!((loss_margin_db(&longer) - attenuated_db).abs() < 0.01);
        assert!((own_db(&longer) - attenuated_db).abs() < 0.01);
    }

    /// The stressed source has the SECQ and the OMA of its limits; the smallest of the cases
    /// counts. A larger RIN closes the eye of the own transmitter, whose OMA follows the law.
    #[test]
    fn the_worst_of_both_transmitters_counts() {
        let mut c = described("800gbase-dr8");
        c.fibre.ranges = crate::fibre::DispersionRanges::default();
        let found = solved(&c);
        let source = cases(&found, CompliantTransmitter::StressedSource);
        assert!(source.iter().all(|case| (case.eye_closure_db - 3.4).abs() < 0.01), "{source:?}");
        // -1.9 dBm + 3.4 dB, from an extinction ratio of 5 dB on -2.2 dBm + 3.4 dB
        let high = c.transmitter.stressed.extinction_ratio_db >= 5.0;
        let least_dbm = if high { 1.2 } else { 1.5 };
        assert!(source.iter().all(|case| (case.oma_tp2_dbm - least_dbm).abs() < 1e-9));
        let all = found.compliant.cases.iter().map(|case| case.loss_margin_db.unwrap());
        assert_eq!(all.reduce(f64::min), found.compliant.compliant_loss_margin_db);

        // the law asks for as much more light as TDECQ is larger: the margin moves little
        c.limits.rin_oma_max_db_per_hz = Some(-133.0);
        let own = |solved: &SolvedLane| cases(solved, CompliantTransmitter::Own);
        for (quiet, loud) in own(&found).iter().zip(&own(&solved(&c))) {
            assert!(quiet.eye_closure_db + 0.2 < loud.eye_closure_db, "{quiet:?} {loud:?}");
            let more_db = loud.oma_tp2_dbm - quiet.oma_tp2_dbm;
            let closed_db = loud.eye_closure_db - quiet.eye_closure_db;
            assert!((more_db - closed_db).abs() < 1e-9, "{quiet:?} {loud:?}");
        }
    }

    #[test]
    fn a_link_without_limits_is_refused() {
        let said = |c: &Config| {
            let mut problems = Problems::new();
            c.check(&Library::default(), &mut problems);
            problems.finish().err().map(|error| error.to_string())
        };
        let mut c = Config::default();
        assert_eq!(said(&c), None);
        c.simulation.worst_compliant = true;
        let said = said(&c).unwrap();
        for key in [
            "oma_minus_tdecq_min_dbm",
            "tdecq_max_db",
            "rin_oma_max_db_per_hz",
            "channel_loss_max_db",
        ] {
            assert!(said.contains(&format!("limits.{key}")), "{said}");
        }
    }

    /// A corner's margin is that of the link with this corner, to the search's 1e-3 dB.
    #[test]
    fn the_worst_corner_is_the_worse_of_two_links() {
        let mut c = described("1.6tbase-dr8-2");
        c.fibre.ranges = crate::fibre::DispersionRanges::default();
        (c.simulation.worst_compliant, c.tdecq.enabled) = (false, false);
        let plain = [Corner::Min, Corner::Max].map(|corner| {
            c.fibre.corner = corner;
            loss_margin_db(&solved(&c))
        });
        (c.fibre.corner, c.simulation.corners) = (Corner::None, true);
        let found = solved(&c).worst_corner.unwrap();
        assert!((found.loss_margin_db.unwrap() - plain[0].min(plain[1])).abs() < 2e-3, "{plain:?}");
        let corner = if plain[0] < plain[1] { Corner::Min } else { Corner::Max };
        assert_eq!(found.corner, corner);
    }
}
