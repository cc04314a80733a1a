//! Metrics of the points of a curve: its columns.

use super::point::CurvePoint;
use crate::table::{Header, Metric, Row, TakenAt, Unit};

/// A metric of a point.
pub type PointMetric = Metric<CurvePoint>;

/// Metrics in the order of the fields of [`CurvePoint`].
pub static POINT_METRICS: &[PointMetric] = &[
    PointMetric::new(
        "pre_fec_ber",
        "pre-FEC BER",
        Unit::Ratio,
        TakenAt::Fec,
        "Bit error ratio at the slicer, as requested.",
        |l| l.pre_fec_ber.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "inner_ber_counted",
        "counted BER after the inner code",
        Unit::Ratio,
        TakenAt::InnerCode,
        "Counted bit error ratio after the inner decoder; only with an inner code.",
        |l| l.inner.and_then(|inner| inner.inner_ber_counted).into(),
    )
    .error_ratio(),
    PointMetric::new(
        "inner_symbol_error_ratio_counted",
        "symbol error ratio after inner code, counted",
        Unit::Ratio,
        TakenAt::InnerCode,
        "Counted share of wrong symbols of the outer code after the inner decoder; only with an \
         inner code.",
        |l| l.inner.and_then(|inner| inner.inner_symbol_error_ratio_counted).into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_analytic",
        "codeword error ratio, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "Share of codewords that are not corrected, for independent errors.",
        |l| l.codeword_error_ratio_analytic.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_counted",
        "codeword error ratio, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "The same counted; absent if every codeword was corrected.",
        |l| l.codeword_error_ratio_counted.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_low",
        "codeword error ratio, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.codeword_error_ratio_low.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_high",
        "codeword error ratio, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.codeword_error_ratio_high.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_extrapolated",
        "codeword error ratio, extrapolated",
        Unit::Ratio,
        TakenAt::Fec,
        "The same extrapolated from the counted FEC bins; absent if more than a tenth \
         is uncorrected.",
        |l| l.codeword_error_ratio_extrapolated.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_extrapolated_low",
        "codeword error ratio, extrapolated, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.codeword_error_ratio_extrapolated_low.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codeword_error_ratio_extrapolated_high",
        "codeword error ratio, extrapolated, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.codeword_error_ratio_extrapolated_high.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "post_fec_ber_analytic",
        "post-FEC BER, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "Bit error ratio after the outer code, for independent errors.",
        |l| l.post_fec_ber_analytic.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "post_fec_ber_counted",
        "post-FEC BER, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "The same counted.",
        |l| l.post_fec_ber_counted.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "frame_loss_ratio_analytic",
        "frame loss ratio, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "Share of lost frames of 64 octets, for independent errors.",
        |l| l.frame_loss_ratio_analytic.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "pre_fec_ber_counted",
        "pre-FEC BER, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "Bit error ratio at the slicer, as counted.",
        |l| l.pre_fec_ber_counted.into(),
    )
    .error_ratio(),
    PointMetric::new(
        "codewords",
        "codewords",
        Unit::Count,
        TakenAt::Fec,
        "Codewords counted.",
        |l| l.codewords.into(),
    ),
    PointMetric::new(
        "uncorrectable",
        "uncorrectable codewords",
        Unit::Count,
        TakenAt::Fec,
        "Codewords that the decoder gave up.",
        |l| l.uncorrectable.into(),
    )
    .lower(),
    PointMetric::new(
        "miscorrected",
        "miscorrected codewords",
        Unit::Count,
        TakenAt::Fec,
        "Codewords that the decoder changed to others.",
        |l| l.miscorrected.into(),
    )
    .lower(),
];

impl CurvePoint {
    /// Its metrics: those that a curve with or without an inner code has.
    fn metrics(&self) -> impl Iterator<Item = &'static PointMetric> {
        let has_inner = self.inner.is_some();
        let has = move |m: &&PointMetric| has_inner || m.taken_at != TakenAt::InnerCode;
        POINT_METRICS.iter().filter(has)
    }

    /// Columns of a table of such points.
    pub fn header(&self) -> Header {
        Header::of(self.metrics().map(|metric| metric.name))
    }

    /// Row of a table.
    pub fn row(&self) -> Row {
        Row { at: Vec::new(), cells: self.metrics().map(|m| (m.value)(self)).collect() }
    }
}
