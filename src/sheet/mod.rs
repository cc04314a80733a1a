//! What a description says of its parts besides their values, as data: impairments with the ideal
//! in place of each, and manufacturing tolerances of keys.

mod assignment;
mod impairment;
mod part;
mod temperature;
mod tolerance;

pub use assignment::Assignment;
pub use impairment::{Impairment, Impairments, Inseparable};
pub use part::Part;
pub use temperature::Temperature;
pub use tolerance::{Deviation, Law, Tolerance};
