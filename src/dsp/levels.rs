//! Levels of PAM4.

/// The levels of PAM4 at full scale -1 .. 1.
pub const LEVELS: [f32; 4] = [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0];
