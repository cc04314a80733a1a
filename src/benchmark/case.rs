//! One measured task.

/// Operations of a normal number: half a logarithm, a root, a sine and a cosine, without its bits.
pub(super) const NORMAL_FLOPS: f64 = 40.0;

/// A task that is timed, as a user would start it.
pub struct Case {
    /// Name, as `lightlane bench` takes it.
    pub name: &'static str,
    /// Description in a few words.
    pub about: &'static str,
    /// Unit of the items counted.
    pub unit: &'static str,
    /// Items of one call.
    pub items: f64,
    /// Floating-point operations per item, where they are counted.
    pub flops: Option<f64>,
    /// Bytes per item that the first cache does not hold from one step to the next, where they are
    /// counted.
    pub bytes: Option<f64>,
    /// Prepares the task; each call of the returned function runs it once.
    pub begin: fn() -> Box<dyn FnMut()>,
}
