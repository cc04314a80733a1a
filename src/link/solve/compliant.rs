//! Loss margins with transmitters that just comply with the limits of the PMD.

use crate::chain::{PlanCache, WorkspacePool};
use crate::fibre::Corner;
use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::describe::module::ModuleKind;
use crate::link::result::compliant::{CompliantCase, CompliantMargin, CompliantTransmitter};
use crate::link::solve::kept_losses::{self, Receiver};
use crate::link::solve::lane::LaneSolution;
use crate::link::test_points::levels::settled;
use crate::link::test_points::stressed_source::calibrated;
use crate::link::test_points::transmitter::{measure, rin_oma_per_hz};
use crate::run_options::CancelToken;
use crate::transmitter::{AddedRin, Modulator, TransmitterKind};
use crate::units::{dbm_from_watt, power_ratio};
use std::sync::Arc;

/// Corners of every case.
const CORNERS: [Corner; 2] = [Corner::Min, Corner::Max];

/// The loss margins of a solved lane with two compliant transmitters, each at both corners and the
/// channel's largest loss:
///
/// - its own, its RIN_OMA raised to the limit, attenuated (or raised) to the least OMA that its
///   TECQ and TDECQ allow;
/// - the stressed receiver's source, its SECQ the largest TDECQ, its OMA the least for that. Its
///   Gaussian noise, a part of the SECQ, stands for the RIN.
///
/// Neighbouring lanes stay as described. The electrical segments keep their part of the limit.
pub(super) fn margins(
    described: &Lane,
    solution: &LaneSolution,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> CompliantMargin {
    let around = Receiver::of(described, solution);
    let mut bench = ComplianceBench { described, workspaces, cache, cancel };
    let mut cases = Vec::new();
    let mut missing = Vec::new();
    for found in [bench.own(&around), bench.stressed_source(&around)] {
        match found {
            Ok(found) => cases.extend(found),
            Err(because) => missing.push(because),
        }
    }
    let reason = (!missing.is_empty()).then(|| missing.join("; "));
    CompliantMargin::of(cases, reason)
}

/// A transmitter in the place of the described one.
struct Compliant {
    case: CompliantTransmitter,
    config: Config,
    modulator: Arc<dyn Modulator>,
    eye_closure_db: f64,
    oma_tp2_dbm: f64,
    /// Loss between its OMA at TP2 as built and the least one, dB.
    attenuation_db: f64,
}

/// A described lane whose transmitter is exchanged.
struct ComplianceBench<'a> {
    described: &'a Lane,
    workspaces: &'a WorkspacePool,
    cache: &'a mut PlanCache,
    cancel: &'a CancelToken,
}

type Cases = Result<Vec<CompliantCase>, String>;

impl ComplianceBench<'_> {
    /// The description's own transmitter.
    fn own(&mut self, around: &Receiver<'_>) -> Cases {
        let config = self.described.config.clone();
        let modulator = self.at_rin_limit()?;
        let lane = self.lane(config.clone(), &modulator)?;
        let tx = measure(&lane, self.workspaces, self.cache);
        let (Some(tecq_db), Some(tdecq_db)) = (tx.tecq_db, tx.tdecq_db) else {
            return Err(tx.not_evaluated.join("; "));
        };
        let eye_closure_db = tecq_db.max(tdecq_db);
        let (tp2, _) = settled(&lane, self.workspaces, self.cache);
        let tp2 = tp2.ok_or("no settled runs: OMA was not measured")?;
        let least = config.limits.least_oma_dbm(tp2.extinction_ratio_db(), eye_closure_db);
        let oma_tp2_dbm = least.ok_or("no limit of OMA less TDECQ")?;
        let attenuation_db = tp2.oma_dbm() - oma_tp2_dbm;
        let case = CompliantTransmitter::Own;
        let own =
            Compliant { case, config, modulator, eye_closure_db, oma_tp2_dbm, attenuation_db };
        self.at_corners(&own, around)
    }

    /// The stressed receiver's source.
    fn stressed_source(&mut self, around: &Receiver<'_>) -> Cases {
        let limits = &self.described.config.limits;
        let eye_closure_db = limits.tdecq_max_db.ok_or("no largest TDECQ")?;
        let er_db = self.described.config.transmitter.stressed.extinction_ratio_db;
        let oma_tp2_dbm =
            limits.least_oma_dbm(er_db, eye_closure_db).ok_or("no limit of OMA less TDECQ")?;
        let mut config = self.with_stressed_source(oma_tp2_dbm);
        // SECQ has nothing to do with the receiver and its neighbours, and optics alone have no
        // settings to search: lanes that differ in them share one calibration
        let receiver = Config::default().receiver;
        let alone = Config { receiver, neighbours: Vec::new(), ..config.clone() };
        let library = &self.described.library;
        let source = library
            .derived(&(alone.clone(), eye_closure_db.to_bits()), &[], || {
                calibrated(alone, eye_closure_db, library.clone(), self.cancel)
            })
            .map_err(|error| error.to_string())?;
        config.transmitter.stressed.bandwidth_ghz = source.bandwidth_ghz;
        config.transmitter.stressed.noise_percent = source.noise_percent;
        config.module.kind = match self.described.config.module.kind {
            ModuleKind::Optics | ModuleKind::Retimed => ModuleKind::Optics,
            // the optical segment ends in the host
            ModuleKind::Lro | ModuleKind::Lpo => ModuleKind::Lro,
        };
        if let Some(limit_ber) = around.limit_ber {
            (config.limits.pmd_ber, config.limits.link_ber) = (limit_ber, limit_ber);
        }
        let modulator = Arc::new(config.transmitter.stressed.clone());
        let stressed = Compliant {
            case: CompliantTransmitter::StressedSource,
            config,
            modulator,
            eye_closure_db: source.secq_db,
            oma_tp2_dbm,
            attenuation_db: 0.0,
        };
        let alone =
            Receiver { electrical: Vec::new(), limit_ber: around.limit_ber, refused: false };
        self.at_corners(&stressed, &alone)
    }

    /// Margins of a transmitter at both corners and the channel's largest loss.
    fn at_corners(&mut self, transmitter: &Compliant, around: &Receiver<'_>) -> Cases {
        let Config { fibre, limits, .. } = &self.described.config;
        let largest_db = limits.channel_loss_max_db.ok_or("no largest loss of the channel")?;
        let present_db = transmitter.attenuation_db + largest_db - fibre.loss_db();
        let case = |corner| {
            let mut config = transmitter.config.clone();
            config.fibre.corner = corner;
            let lane = self.lane(config, &transmitter.modulator)?;
            let kept = kept_losses::find(&lane, around, self.workspaces, self.cancel);
            let margin_db = kept.map(|kept| kept.margin_db(present_db));
            Ok(CompliantCase {
                case: transmitter.case,
                corner,
                eye_closure_db: transmitter.eye_closure_db,
                oma_tp2_dbm: transmitter.oma_tp2_dbm,
                loss_margin_db: margin_db.filter(|db| db.is_finite()),
            })
        };
        CORNERS.into_iter().map(case).collect()
    }

    /// The described modulator with as much white RIN added as brings RIN_OMA to its limit; as it
    /// is where it is there already, and where it is a recording.
    fn at_rin_limit(&mut self) -> Result<Arc<dyn Modulator>, String> {
        let described = self.described;
        let limit = described.config.limits.rin_oma_max_db_per_hz.ok_or("no limit of RIN_OMA")?;
        let limit = power_ratio(limit);
        let modulator = &described.modulator;
        if modulator.recording().is_some() {
            return Ok(modulator.clone());
        }
        let present = rin_oma_per_hz(described, self.workspaces, self.cache)?;
        if present >= limit {
            return Ok(modulator.clone());
        }
        // RIN_OMA is a straight line in the added RIN
        let with = |per_hz: f64| -> Arc<dyn Modulator> {
            Arc::new(AddedRin { modulator: modulator.clone(), rin_per_hz: per_hz })
        };
        let tried = self.lane(described.config.clone(), &with(limit))?;
        let rise = rin_oma_per_hz(&tried, self.workspaces, self.cache)? - present;
        Ok(with(limit * (limit - present) / rise))
    }

    /// The description with the stressed source, of this OMA at TP2, without fibre spread. All
    /// other transmitters of the module stay, with their crosstalk.
    fn with_stressed_source(&self, oma_dbm: f64) -> Config {
        let described = self.described;
        let mut config = described.config.clone();
        let own_w = described.config.settled_oma_w(&*described.modulator);
        config.receiver.crosstalk.tx_oma_dbm.get_or_insert(dbm_from_watt(own_w));
        let alone = Arc::new(Config { neighbours: Vec::new(), ..described.config.clone() });
        let near = [described.number.checked_sub(1), Some(described.number + 1)];
        for number in near.into_iter().flatten() {
            if config.neighbours.iter().all(|(known, _)| *known != number) {
                config.neighbours.push((number, alone.clone()));
            }
        }
        config.module.kind = ModuleKind::Optics;
        config.transmitter.kind = TransmitterKind::Stressed;
        config.transmitter.stressed.oma_dbm = oma_dbm;
        config.transmitter.stressed.wavelength_nm = described.modulator.wavelength_nm();
        config.spread.launch_power_db = 0.0;
        config
    }

    /// The described lane with another description and modulator, its settings as found.
    fn lane(&mut self, config: Config, modulator: &Arc<dyn Modulator>) -> Result<Lane, String> {
        let described = self.described;
        Lane::settled(
            config,
            described.number,
            modulator.clone(),
            described.files.clone(),
            &described.library,
            described.sender.clone(),
            self.cache,
        )
        .map_err(|error| error.to_string())
    }
}
