//! Error correction over the lanes of a link.

use crate::support::{preset, run};
use lightlane::chain::PlanCache;
use lightlane::fec::{Decoding, FecReceiver, FecSender};
use lightlane::link::{Config, FecResult, Lane, LaneResult, RunOptions};
use lightlane::pattern::{PatternKind, unprecode};
use lightlane::seed::Seed;

/// The 800G preset with `loss_db` more loss, lanes alike, `symbols` of each.
fn lossy(loss_db: f64, symbols: u64) -> Config {
    let mut config = preset("800gbase-dr8");
    config.fibre.length_km = 0.0;
    config.fibre.connector_loss_db += loss_db;
    config.spread.launch_power_db = 0.0;
    config.simulation.block_symbols = 1360;
    config.simulation.symbols = symbols;
    config.simulation.symbols_at_limit = 0;
    config
}

fn port(config: &Config) -> (FecResult, Vec<LaneResult>, u64) {
    let result = run(config);
    (result.port.fec.expect("all lanes are there"), result.lanes, result.port.errors)
}

/// The symbols of a link's lanes, reassembled, are the port's codewords: no errors, the layout's
/// own inverse.
#[test]
fn what_eight_lanes_send_is_codewords() {
    for precoder in [false, true] {
        let mut config = preset("800gbase-dr8");
        config.pattern.precoder = precoder;
        config.simulation.block_symbols = 1000;
        let layout = config.fec.chosen().unwrap().build().unwrap();
        let code = layout.coding().outer.build().unwrap();
        let sender = FecSender::new(&layout, Seed::new(config.simulation.seed));
        let mut receiver = FecReceiver::new(&layout);
        for number in 0..8 {
            let lane = Lane::build(&config, number, &mut PlanCache::default()).expect("it builds");
            for mut levels in lane.blocks(5, false) {
                if precoder {
                    unprecode(&mut levels, 0); // each block is precoded from a level of 0
                }
                receiver.push(number, &levels);
            }
        }
        let mut sets = 0;
        while receiver.take(|set, words| {
            sender.set(set, |sent| assert_eq!(sent, words));
            for word in words.chunks_exact(544) {
                let mut again = word.to_vec();
                code.encode(&mut again).unwrap();
                assert_eq!(again, word, "set {set} is no codewords");
            }
        }) {
            sets += 1;
        }
        assert_eq!(sets, 5000 / 1360);
    }
}

/// `docs/physics.md` section 4, through the whole link at a bit error ratio of 1e-11: a seam
/// between blocks that made one error a block would show thousands.
#[test]
fn blocks_of_any_length_give_no_error_with_the_precoder_on() {
    for block in [1000, 1360, 8192] {
        let mut config = lossy(0.0, 40_000);
        config.pattern.precoder = true;
        config.simulation.block_symbols = block;
        let (fec, lanes, errors) = port(&config);
        assert_eq!(
            (errors, fec.pre_fec_ber, fec.uncorrectable, fec.miscorrected),
            (0, None, 0, 0),
            "blocks of {block}"
        );
        assert!(fec.codewords >= 4 * 29 && fec.fec_bins[0] == fec.codewords, "{fec:?}");
        assert!(lanes.iter().all(|lane| lane.fec_bins[0] == lane.test_blocks));
    }
}

/// At 2.3e-3 a fifth of the codewords cannot be corrected. Decoder and genie agree to the last
/// count; a test pattern's errors fall where they fall, and their balance is the same.
#[test]
fn a_decoder_and_a_genie_see_the_same() {
    let mut config = lossy(8.1, 40 * 1360);
    for kind in [PatternKind::Payload, PatternKind::Prbs31q] {
        config.pattern.kind = kind;
        config.fec.decoding = Decoding::BitTrue;
        let (decoded, decoded_lanes, errors) = port(&config);
        config.fec.decoding = Decoding::Genie;
        let (counted, counted_lanes, _) = port(&config);
        assert_eq!(decoded.miscorrected, 0);
        let reported = |fec: &FecResult| {
            (
                fec.fec_bins.clone(),
                fec.corrected_bits,
                fec.uncorrectable,
                fec.post_fec_ber,
                fec.frame_loss_ratio,
            )
        };
        assert_eq!(reported(&decoded), reported(&counted), "{kind:?}");
        let of_lane = |lane: &LaneResult| {
            (lane.fec_bins.clone(), lane.corrected_bits, lane.uncorrectable_blocks)
        };
        assert!(decoded_lanes.iter().map(of_lane).eq(counted_lanes.iter().map(of_lane)));
        assert_eq!(decoded.codewords, 4 * 40);
        assert!(decoded.uncorrectable > 10 && decoded.corrected_bits > 500, "{decoded:?}");
        // whole sets: every counted bit is a codeword's, and every wrong one is corrected or left
        let bits = 160 * 5440;
        assert_eq!(decoded.pre_fec_ber, Some(errors as f64 / f64::from(bits)));
        let left = (decoded.post_fec_ber.unwrap() * f64::from(bits)).round() as u64;
        assert_eq!(decoded.corrected_bits + left, errors);
        assert_eq!(decoded.fec_bins[16], decoded.uncorrectable);
        let lost = decoded.frame_loss_ratio.unwrap();
        assert!(lost >= decoded.codeword_error_ratio.unwrap() && lost <= 1.0, "{lost}");
    }
}

/// With the precoder a wrong decision is two wrong symbols: twice the bit errors, and at a seam the
/// second one lies in the next block. The counted ratio leaves that one out: one error in a block's
/// length of them.
#[test]
fn a_precoded_seam_carries_its_error_into_the_next_block() {
    let mut config = lossy(7.25, 40 * 1360);
    config.pattern.precoder = true;
    config.simulation.block_symbols = 340;
    let (fec, _, errors) = port(&config);
    let bits = 160.0 * 5440.0;
    let of_words = fec.pre_fec_ber.unwrap() * bits;
    let seams = 8.0 * 160.0;
    // each seam's decision is wrong as often as any other: its ratio is half of the wrong symbols
    // over the symbols
    let expected = of_words / bits * 2.0 / 2.0 * seams;
    let more = of_words - errors as f64;
    assert!(
        (more - expected).abs() < 5.0 * expected.sqrt() + 1.0,
        "{more} more errors, {expected} expected"
    );
}

/// A lane's own codewords, at a ratio where they can be counted: its histogram has the mean that
/// its bit errors make, and the closed form lies within what the histogram extrapolates. Bits a
/// symbol: 1 + (9/2) ber wrong of ten, so the mean is exact to the share of symbols with two.
#[test]
fn a_lane_alone_tells_of_its_own_errors() {
    let mut config = lossy(6.75, 400 * 1360);
    config.lanes = 1;
    config.fec.added_ber = 0.0;
    let result = run(&config);
    assert!(result.port.fec.is_none(), "one lane is no port");
    let lane = &result.lanes[0];
    assert_eq!(lane.test_blocks, 400 * 1360 / (8 * 1360) * 4);
    let histogram = &lane.fec_bins;
    let wrong: f64 =
        histogram.iter().enumerate().map(|(wrong, &count)| wrong as f64 * count as f64).sum();
    let errors = lane.errors as f64;
    assert!(wrong <= errors && wrong > 0.93 * errors, "{wrong} wrong symbols, {errors} wrong bits");
    let extrapolated = lane.block_error_ratio_extrapolated_low.unwrap()
        ..=lane.block_error_ratio_extrapolated_high.unwrap();
    let closed = lane.codeword_error_ratio_analytic.unwrap();
    // the two know the bit error ratio to a tenth each at some hundred errors; sixteen errors in a
    // word make that a factor of five
    assert!(
        extrapolated.contains(&closed)
            || extrapolated.contains(&(closed * 5.0))
            || extrapolated.contains(&(closed / 5.0)),
        "{extrapolated:?} {closed:e}"
    );
    config.fec.added_ber = 2e-4;
    let with = &run(&config).lanes[0];
    assert!(with.block_error_ratio_extrapolated > lane.block_error_ratio_extrapolated);
    assert_eq!(with.fec_bins, *histogram);
}

/// 1.6T with the inner code after an equaliser that enhances noise, on one lane at 4.85e-3 before
/// the code.
fn inner(interleaved_blocks: usize, positions: usize) -> LaneResult {
    let mut config = preset("1.6tbase-dr8-2");
    config.lanes = 1;
    config.spread.launch_power_db = 0.0;
    config.fibre.length_km = 0.0;
    config.fibre.connector_loss_db = 8.09;
    config.simulation.symbols = 1 << 20;
    config.simulation.symbols_at_limit = 0;
    let mut custom = config.fec.chosen().unwrap();
    custom.inner.as_mut().unwrap().interleaved_blocks = interleaved_blocks;
    config.fec.coding = "custom".to_owned();
    config.fec.custom = Some(custom);
    config.fec.inner_positions = Some(positions);
    run(&config).lanes.remove(0)
}

/// The equaliser makes neighbours' noise alike (correlation -0.5 at one symbol): soft decisions,
/// which take it for independent, pay for that where neighbours share a block, and no more when
/// eight blocks take turns. In white noise 4.85e-3 become 2.2e-4 to 2.7e-4 (`docs/physics.md`
/// section 4), hard decisions 2.2e-3.
#[test]
fn blocks_in_turn_undo_what_the_equaliser_did_to_the_noise() {
    let [alone, in_turn, hard] =
        [(1, 6), (8, 6), (8, 0)].map(|(turns, positions)| inner(turns, positions));
    let pre_inner = in_turn.ber_counted.unwrap();
    let [alone, in_turn, hard] = [alone, in_turn, hard].map(|lane| lane.ber_inner_counted.unwrap());
    println!(
        "{pre_inner:.3e} before the inner code: alone {alone:.3e}, in turn {in_turn:.3e}, hard {hard:.3e}"
    );
    assert!((4.3e-3..5.4e-3).contains(&pre_inner), "{pre_inner:e}");
    assert!(alone > 1.5 * in_turn, "{alone:e} {in_turn:e}");
    // some 120 bits' worth of blocks with four wrong bits each: 1e6 symbols know it to 10 %
    let expected = 2.45e-4 * (pre_inner / 4.85e-3).powi(3);
    assert!((in_turn / expected).ln().abs() < 0.5, "{in_turn:e} {expected:e}");
    assert!(hard > 5.0 * in_turn, "{hard:e}");
}

/// The description with flags on top, or its problems.
fn resolved(flags: &[&str]) -> Result<lightlane::link::Resolved, String> {
    let mut stack = lightlane::link::LayeredConfig::open("1.6tbase-dr8-2").expect("it ships");
    flags
        .iter()
        .try_for_each(|flag| stack.set(flag))
        .and_then(|()| stack.resolve())
        .map_err(|error| error.to_string())
}

#[test]
fn a_coding_of_ones_own_is_read_key_by_key_and_refused_in_one_line_each() {
    let custom = "fec.coding=custom";
    let fec = resolved(&[
        custom,
        "fec.custom.inner.interleaved_blocks=2",
        "fec.custom.inner.interleaver.delay_turns=7",
        "fec.custom.mux=symbol",
    ]);
    let coding = fec.unwrap().base.fec.chosen().unwrap();
    let inner = coding.inner.unwrap();
    assert_eq!(
        (
            inner.interleaved_blocks,
            inner.interleaver.delay_turns,
            inner.interleaver.branches,
            coding.codewords
        ),
        (2, 7, 3, 4)
    );
    let shorter = resolved(&[
        custom,
        "fec.custom.outer.codeword_symbols=528",
        "fec.custom.codewords=2",
        "fec.custom.pcs_lanes=16",
    ])
    .unwrap();
    assert_eq!(
        shorter.base.fec.chosen().unwrap().build().unwrap().set_symbols(),
        2 * 528 * 10 / 16
    );
    for (flags, expected) in [
        (vec![custom], "fec.coding = custom: needs the table fec.custom"),
        (vec!["fec.custom.codewords=4"], "fec.custom.lanes: has no effect"),
        (
            vec![custom, "fec.custom.codewords=3"],
            "fec.custom.codewords = 3: must be a multiple of 2, the flows",
        ),
        (vec![custom, "fec.custom.outer.field_polynomial=5"], "fec.custom.outer"),
        (vec![custom, "fec.custom.outer.message_symbols=600"], "fec.custom.outer"),
        (
            vec![custom, "fec.custom.inner.interleaver.branches=0"],
            "fec.custom.inner.interleaver.branches = 0: must be from 1 to 64",
        ),
        (
            vec![custom, "fec.custom.inner.interleaved_blocks=5"],
            "simulation.block_symbols = 8192: must be a multiple of 320",
        ),
        (vec![custom, "fec.custom.inner.decoder.positions=17"], "fec.custom.inner.decoder"),
        (
            vec![custom, "fec.custom.mux=byte"],
            "fec.custom.mux = \"byte\": must be \"bit\" or \"symbol\"",
        ),
        (vec![custom, "fec.custom.muxx=bit"], "fec.custom.muxx: unknown key, did you mean mux?"),
        (vec!["fec.coding=kp4"], "fec.coding = kp4: is not a coding"),
        (
            vec!["fec.coding=none", "fec.inner_positions=3"],
            "fec.inner_positions = 3: must be left out",
        ),
        (vec!["fec.frame_octets=8"], "fec.frame_octets = 8: must be from 64"),
        (vec!["lane.3.fec.frame_octets=100"], "fec: applies to all lanes"),
        (
            vec!["lanes=4", "targets.uncorrectable=[0,0]"],
            "targets.uncorrectable = [0, 0]: needs a coding and all of its lanes",
        ),
    ] {
        let said = resolved(&flags).map(|_| ()).expect_err(expected);
        assert!(said.contains(expected) && said.lines().count() <= 2, "{flags:?}: {said}");
    }
}

/// Lanes that do not carry the port's codewords: the port is not evaluated, with the reason, and
/// the lanes' own figures stay.
#[test]
fn a_lane_of_another_pattern_leaves_the_port_without_codewords() {
    let quick = [
        "lane.3.pattern.kind=prbs31q",
        "fibre.length_km=0",
        "simulation.symbols=8192",
        "simulation.symbols_at_limit=0",
    ];
    for (coding, lane_3_is_told) in
        [("fec.coding=1.6tbase-dr8", true), ("fec.coding=1.6tbase-dr8-2", false)]
    {
        let resolved = resolved(&[&quick[..], &[coding]].concat()).unwrap();
        let configs = resolved.lanes.clone();
        let result = lightlane::link::Link::new(resolved).run(&RunOptions::default()).unwrap();
        assert!(
            result.port.fec.is_none()
                && result
                    .port
                    .fec_not_evaluated
                    .as_ref()
                    .unwrap()
                    .contains("lane 3 has another pattern")
        );
        assert!(result.lanes[0].codeword_error_ratio_analytic.is_some());
        assert_eq!(result.lanes[3].codeword_error_ratio_analytic.is_some(), lane_3_is_told);
        // a lane alone has the same result as among the others
        let alone = lightlane::link::Link::run_lane(
            &configs[3],
            3,
            &lightlane::measured::Library::default(),
            &mut PlanCache::default(),
            &lightlane::chain::WorkspacePool::default(),
            &RunOptions::default(),
        );
        assert_eq!(alone.unwrap().ber_semi_analytic, result.lanes[3].ber_semi_analytic);
    }
}

/// No error after the inner code: the reported ratio is that of hard decisions, an upper bound for
/// soft ones, and never absent.
#[test]
fn a_healthy_link_with_an_inner_code_is_told_by_hard_decisions() {
    let mut config = preset("1.6tbase-dr8-2");
    config.lanes = 1;
    config.fibre.length_km = 0.0;
    config.simulation.symbols = 8192;
    config.simulation.symbols_at_limit = 0;
    let lane = run(&config).lanes.remove(0);
    assert_eq!((lane.ber_inner_counted, lane.test_blocks), (None, 0));
    let closed = lane.codeword_error_ratio_analytic.unwrap();
    assert!(closed > 0.0 && closed < 1e-60, "{closed:e}");
}

/// Below the limit before the inner code: with soft decisions the predicted codewords keep their
/// limit, that of the outer code after the inner one, and the lane passes; with hard decisions
/// they miss it, and the lane fails by its codewords alone.
#[test]
fn codewords_after_an_inner_code_have_their_limit() {
    let lane = |positions: usize| {
        let mut config = preset("1.6tbase-dr8-2");
        config.lanes = 1;
        config.spread.launch_power_db = 0.0;
        config.fibre.length_km = 0.0;
        config.fibre.connector_loss_db = 7.5;
        config.simulation.symbols = 8192;
        config.simulation.symbols_at_limit = 0;
        config.fec.inner_positions = Some(positions);
        run(&config).lanes.remove(0)
    };
    let [soft, hard] = [6, 0].map(lane);
    let limit = soft.codeword_error_ratio_limit.unwrap();
    let ber = soft.ber_semi_analytic.unwrap();
    assert!((1e-3..4.85e-3).contains(&ber), "{ber:e}");
    assert!((1e-13..1e-12).contains(&limit), "{limit:e}");
    assert!(soft.codeword_error_ratio_predicted.unwrap() < limit);
    assert_eq!((soft.passes, soft.reason), (Some(true), None));
    assert_eq!(hard.codeword_error_ratio_limit, Some(limit));
    assert!(hard.codeword_error_ratio_predicted.unwrap() > limit);
    assert_eq!(hard.passes, Some(false));
    assert!(hard.reason.unwrap().starts_with("codeword error ratio of "));
}
