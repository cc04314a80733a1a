//! `--plots DIR`: the figures of a run, and of a capture that was measured.

use super::figure_args::{FigureArgs, one};
use crate::error::{Error, Result};
use crate::link::{LinkResult, Node, Overview, Resolved, View, fec_bins};
use crate::measure::scope::Measured;
use crate::plot::{Figure, FigureFormat, ImageFormat, Target};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Symbols of each eye and of the histograms.
const SYMBOLS: u64 = 131_072;

/// `--plots`: a folder of figures.
#[derive(Args)]
pub(super) struct PlotsArgs {
    /// Also draws figures into this folder: of a run all lanes and the worst one, of a capture the
    /// TDECQ page and the bathtubs
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Kind of the figures' files
    #[arg(long, value_enum, value_name = "KIND", requires = "plots", default_value_t = Kind::Png)]
    plots_format: Kind,
    #[command(flatten)]
    figure: FigureArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Png,
    Svg,
}

/// A folder of figures that are drawn alike.
pub(super) struct PlotFolder {
    path: PathBuf,
    kind: ImageFormat,
    format: FigureFormat,
}

impl PlotsArgs {
    /// Makes the folder, before a long run rather than after it; `None` where none is asked for.
    pub(super) fn open(&self) -> Result<Option<PlotFolder>> {
        let Some(path) = &self.plots else {
            self.figure.refuse_without("--plots")?;
            return Ok(None);
        };
        if path.exists() && !path.is_dir() {
            let text = path.display().to_string();
            return Err(one(&text, "", "is a file; --plots takes a folder"));
        }
        let kind = match self.plots_format {
            Kind::Png => ImageFormat::Png,
            Kind::Svg => ImageFormat::Svg,
        };
        let format = self.figure.format()?;
        let file = format!("a figure's .{}", kind.ending());
        format.check(kind).map_err(|remedy| one(&file, "", &remedy))?;
        std::fs::create_dir_all(path).map_err(|source| Error::Io { path: path.clone(), source })?;
        Ok(Some(PlotFolder { path: path.clone(), kind, format }))
    }
}

impl PlotFolder {
    /// Draws the page of all lanes, and all figures of the worst one.
    pub(super) fn draw(&self, link: &Resolved, result: &LinkResult) -> Result<()> {
        self.save("overview", &Overview::new(link, result)?)?;
        let lane = result.port.worst_lane.unwrap_or(0);
        let mut view = View::new(link, lane)?;
        self.save("eye-tp2", &view.eye(Node::Tp2, SYMBOLS)?)?;
        self.save("eye-tp3", &view.eye(Node::Tp3, SYMBOLS)?)?;
        if result.lanes.iter().any(|l| l.lane == lane && l.not_evaluated.is_some()) {
            // the reason is in the results; there is nothing after the receiver to draw
            return Ok(());
        }
        self.save("eye-slicer", &view.eye(Node::Slicer, SYMBOLS)?)?;
        // the reason why there is no prediction is in the results as well
        if result
            .lanes
            .iter()
            .all(|l| l.lane != lane || l.ber_semi_analytic_not_evaluated.is_none())
        {
            self.save("waterfall", &view.waterfall()?)?;
        }
        self.save("histogram", &view.histogram(SYMBOLS)?)?;
        self.save("spectrum", &view.spectra()?)?;
        fec_bins(link, result).map_or(Ok(()), |bins| self.save("fec-bins", &bins))
    }

    /// Draws the TDECQ page, and bathtubs where there are any.
    pub(super) fn measured(&self, measured: &Measured) -> Result<()> {
        self.save("tdecq", &measured.page())?;
        measured.bathtubs().map_or(Ok(()), |bathtubs| self.save("bathtub", &bathtubs))
    }

    /// Draws a figure. A title that was given stands for the link's name, so that figures keep
    /// what each of them shows.
    fn save(&self, name: &str, figure: &impl Figure) -> Result<()> {
        let title = self.format.title.as_ref().map(|title| {
            let own = figure.title();
            let shown = own.rsplit_once(": ").map_or(own.as_str(), |(_, shown)| shown);
            format!("{title}: {shown}")
        });
        Target::new(self.at(name))?.write(figure, FigureFormat { title, ..self.format.clone() })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.{}", self.kind.ending()))
    }
}
