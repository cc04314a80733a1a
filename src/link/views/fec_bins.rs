//! FEC bins of a run as a figure.

use crate::chart::Curves;
use crate::fec::{SymbolErrorHistogram, bins_chart};
use crate::link::layers::layered::Resolved;
use crate::link::result::figures::LinkResult;
use crate::link::views::link_name::link_name;

/// Symbol errors per codeword of a run: those of the whole port, or else of its worst lane; `None`
/// where no codeword was counted.
pub fn fec_bins(link: &Resolved, result: &LinkResult) -> Option<Curves> {
    let code = link.base.fec.chosen()?.outer;
    let of = |name: String, bins: &[u64]| {
        let histogram = SymbolErrorHistogram::of_bins(&code, bins)?;
        (histogram.codewords() > 0).then_some((name, histogram))
    };
    let ports = [("port", &result.port.fec), ("port at the limit", &result.port.fec_at_limit)];
    let port = |(name, port): (&str, &Option<_>)| {
        let port: &crate::link::result::port::FecResult = port.as_ref()?;
        of(name.to_owned(), &port.fec_bins)
    };
    let mut series: Vec<_> = ports.into_iter().filter_map(port).collect();
    if series.is_empty() {
        let worst = result.port.worst_lane.unwrap_or(0);
        let lane = result.lanes.iter().find(|lane| lane.lane == worst)?;
        series.extend(of(format!("lane {worst}"), &lane.fec_bins));
    }
    (!series.is_empty()).then(|| bins_chart(&link_name(link, &[]), &series))
}
