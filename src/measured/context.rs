//! Context for building a component.

use super::library::Library;
use super::response::Response;
use super::series::SeriesKind;
use crate::chain::{PlanCache, Shape};
use crate::math::monotone::Monotone;
use crate::seed::Seed;
use crate::sheet::Temperature;
use crate::signal::Grid;
use std::fmt;
use std::sync::Arc;

/// Grid, files and caches for building a component.
pub struct BuildContext<'a> {
    /// Grid of the blocks.
    pub grid: Grid,
    /// Number of the lane, from 0; it also determines which parts are shared.
    pub lane: usize,
    /// Random streams of the lane, for parts that differ from lane to lane.
    pub lane_seed: Seed,
    /// Temperature of the modules.
    pub temperature: Temperature,
    /// Files, read once.
    pub library: &'a Library,
    /// Transforms and evaluated responses, kept between builds.
    pub cache: &'a mut PlanCache,
}

/// A file that was read when its description was checked but can no longer be read.
#[derive(Clone, Debug, PartialEq)]
pub struct FileError {
    /// The file, as named.
    pub file: String,
    /// Reason, and how to correct it.
    pub remedy: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.remedy)
    }
}

impl std::error::Error for FileError {}

impl BuildContext<'_> {
    /// A measured response, or the model's if no file is given.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub fn response(
        &self,
        response: &Response,
        model: impl FnOnce() -> Shape,
    ) -> Result<Shape, FileError> {
        if response.file.is_empty() {
            return Ok(model());
        }
        match self.library.response(&response.recipe()) {
            Ok((_, read)) => Ok(Shape::Table(read.table.clone())),
            Err(remedy) => Err(FileError { file: response.file.clone(), remedy }),
        }
    }

    /// A measured curve or spectrum, where a file is named.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub fn curve(&self, file: &str, kind: SeriesKind) -> Result<Option<Arc<Monotone>>, FileError> {
        if file.is_empty() {
            return Ok(None);
        }
        self.needed_curve(file, kind).map(Some)
    }

    /// A measured curve or spectrum that the description asks for.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub fn needed_curve(&self, file: &str, kind: SeriesKind) -> Result<Arc<Monotone>, FileError> {
        let made = self.library.series(file, kind);
        made.map(|(_, curve)| curve).map_err(|remedy| FileError { file: file.to_owned(), remedy })
    }
}
