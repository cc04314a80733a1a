//! Eyes, histograms, spectra, waterfalls and waveforms of one lane.

pub(super) mod eye;
pub(super) mod fec_bins;
pub(super) mod histogram;
pub(super) mod link_name;
pub(super) mod overview;
pub(super) mod spectra;
pub(super) mod view;
pub(super) mod waterfall;
pub(super) mod waveform;
