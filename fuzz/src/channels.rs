//! Electrical channels: Touchstone files, by themselves and in a channel operating margin.

use super::common::{Scratch, noted, refused};
use lightlane::host::com::{ChannelOperatingMargin, ComChannel, Parameters};
use lightlane::host::{Inspection, MixedMode, Network, PortMap, PortSelection};
use lightlane::measured::Touchstone;

/// Touchstone files (`.s2p`, `.s4p`, `.ts`), with the number of ports taken from the text or given
/// by the name.
pub fn touchstone(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    [None, Some(1), Some(2), Some(3), Some(4), Some(8)]
        .map(|ports| network(text, ports))
        .contains(&true)
}

fn network(text: &str, ports: Option<usize>) -> bool {
    let file = match Touchstone::parse(text, ports) {
        Ok(file) => file,
        Err(message) => return refused(&message),
    };
    assert_eq!(file.lines().len(), file.f_hz().len());
    let network = Network::from(file);
    let quality = network.quality();
    assert!(quality.largest_singular_value.is_finite(), "{quality:?}");
    assert!((0.0..=100.0).contains(&quality.causality_percent), "{quality:?}");
    let _ = (
        quality.warnings(),
        PortMap::guess(&network),
        network.renormalised(&vec![75.0; network.ports()]),
    );
    let whole = network.completed().network;
    assert!(
        whole.f_hz()[0] == 0.0 && (0..whole.f_hz().len()).all(|k| whole.at(k, 1, 1).is_finite())
    );
    let Ok(mixed) = MixedMode::of(&whole, &"1-2/3-4".parse().expect("a port map")) else {
        return true;
    };
    let two = mixed.differential();
    if let Ok(transfer) = two.then(&two).and_then(|twice| twice.voltage_transfer(90.0, 110.0)) {
        let _ = (transfer.table(0), transfer.early_percent(), transfer.pulse(53.125e9));
    }
    true
}

/// Touchstone files as channels, of four ports or else of two: what `channel` says of them, and
/// their margin with every equaliser at one setting. The length of the file chooses the set of
/// parameters, and whether the port map is given or guessed: a margin takes long.
pub fn com(bytes: &[u8]) -> bool {
    let map: PortSelection = "1-2/3-4".parse().expect("a port map");
    let map = (bytes.len() & 1 == 0).then_some(&map);
    let set = one_setting(bytes.len() / 2);
    channel(&Scratch::new("s4p", bytes), map, &set)
        || channel(&Scratch::new("s2p", bytes), None, &set)
}

fn channel(file: &Scratch, map: Option<&PortSelection>, set: &Parameters) -> bool {
    match Inspection::open(file.path(), map, Some(set.symbol_rate_gbd)) {
        Ok(found) => {
            let figures = [found.dc_loss_db, found.near_return_loss_db, found.far_return_loss_db];
            assert!(figures.iter().all(|figure| figure.is_finite()), "{figures:?}");
            noted(&found.warnings);
        }
        Err(message) => _ = refused(&message),
    }
    let margin = ComChannel::open(file.path(), map).and_then(|channel| set.margin(&channel, &[]));
    match margin {
        Ok(margin) => evaluated(&margin),
        Err(message) => refused(&message),
    }
}

/// A set of parameters with the last value of each equaliser alone.
fn one_setting(number: usize) -> Parameters {
    let names: Vec<&str> = Parameters::names().collect();
    let mut set = Parameters::named(names[number % names.len()]).expect("it ships");
    set.transmitter.taps.iter_mut().for_each(|tap| (tap.from, tap.step) = (tap.to, 0.0));
    for gains in [&mut set.receiver.ctle.gain_db, &mut set.receiver.ctle.low_gain_db] {
        (gains.from, gains.step) = (gains.to, 0.0);
    }
    set
}

fn evaluated(margin: &ChannelOperatingMargin) -> bool {
    let amplitudes = [
        margin.signal_mv,
        margin.noise_mv,
        margin.isi_mv,
        margin.crosstalk_mv,
        margin.receiver_noise_mv,
        margin.transmitter_noise_mv,
        margin.random_jitter_mv,
        margin.dual_dirac_jitter_mv,
    ];
    assert!(amplitudes.iter().all(|mv| mv.is_finite() && *mv >= 0.0), "{margin:?}");
    let taps = [&margin.transmit_taps, &margin.receive_taps, &margin.dfe_taps];
    assert!(taps.into_iter().flatten().all(|tap| tap.is_finite()), "{margin:?}");
    assert!(margin.signal_mv > 0.0 && margin.nyquist_loss_db.is_finite(), "{margin:?}");
    let passes = margin.com_db.is_none_or(|db| db >= margin.com_min_db);
    assert_eq!(margin.passes, passes, "{margin:?}");
    // an eye that is open has a margin above 0 dB
    assert_eq!(margin.vec_db.is_some(), margin.com_db.is_none_or(|db| db > 0.0), "{margin:?}");
    noted(&margin.warnings);
    true
}
