//! `--plots DIR`: the figures of a run, and of a capture that was measured.

use crate::error::{Error, Problem, Problems, Result};
use crate::link::{LinkResult, Node, Overview, Resolved, View};
use crate::measure::scope::Measured;
use crate::plot::{Figure, Size, save};
use std::path::{Path, PathBuf};

/// Symbols of each eye and of the histograms.
const SYMBOLS: u64 = 131_072;

/// A folder for figures.
pub(super) struct PlotFolder(PathBuf);

impl PlotFolder {
    /// Makes the folder, before a long run rather than after it.
    pub(super) fn open(folder: &Path) -> Result<PlotFolder> {
        let path = folder.to_owned();
        if path.exists() && !path.is_dir() {
            let remedy = "is a file; --plots takes a folder".to_owned();
            let mut problems = Problems::new();
            problems.push(Problem {
                place: None,
                path: folder.display().to_string(),
                value: String::new(),
                remedy,
            });
            return Err(Error::Input(problems));
        }
        std::fs::create_dir_all(&path)
            .map_err(|source| Error::Io { path: path.clone(), source })?;
        Ok(PlotFolder(path))
    }

    /// Draws the page of all lanes, and all figures of the worst one.
    pub(super) fn draw(&self, link: &Resolved, result: &LinkResult) -> Result<()> {
        self.save("overview.png", &Overview::new(link, result)?)?;
        let lane = result.port.worst_lane.unwrap_or(0);
        let mut view = View::new(link, lane)?;
        self.save("eye-tp2.png", &view.eye(Node::Tp2, SYMBOLS)?)?;
        self.save("eye-tp3.png", &view.eye(Node::Tp3, SYMBOLS)?)?;
        if result.lanes.iter().any(|l| l.lane == lane && l.not_evaluated.is_some()) {
            // the reason is in the results; there is nothing after the receiver to draw
            return Ok(());
        }
        self.save("eye-slicer.png", &view.eye(Node::Slicer, SYMBOLS)?)?;
        // the reason why there is no prediction is in the results as well
        if result
            .lanes
            .iter()
            .all(|l| l.lane != lane || l.ber_semi_analytic_not_evaluated.is_none())
        {
            self.save("waterfall.png", &view.waterfall()?)?;
        }
        self.save("histogram.png", &view.histogram(SYMBOLS)?)?;
        self.save("spectrum.png", &view.spectra()?)
    }

    /// Draws the TDECQ page, and bathtubs where there are any.
    pub(super) fn measured(&self, measured: &Measured) -> Result<()> {
        self.save("tdecq.png", &measured.page())?;
        measured.bathtubs().map_or(Ok(()), |bathtubs| self.save("bathtub.png", &bathtubs))
    }

    fn save(&self, name: &str, figure: &impl Figure) -> Result<()> {
        save(figure, self.0.join(name), Size::Slide)
    }
}
