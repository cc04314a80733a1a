//! One measured task.

/// Operations per normal number: half a logarithm, a root, a sine and a cosine, without the random
/// bits.
pub(super) const NORMAL_FLOPS: f64 = 40.0;

/// A task that is timed, as a user would start it.
pub struct Case {
    /// Name on the command line of `lightlane bench`.
    pub name: &'static str,
    /// Description in a few words.
    pub about: &'static str,
    /// Unit of the items counted.
    pub unit: &'static str,
    /// Items of one call.
    pub items: f64,
    /// Floating-point operations per item, where they are counted.
    pub flops: Option<f64>,
    /// Bytes per item that move beyond the first-level cache, where they are counted.
    pub bytes: Option<f64>,
    /// Prepares the task; each call of the returned function runs it once.
    pub begin: fn() -> Box<dyn FnMut()>,
}
