//! Whatever the bytes: an answer in words, and networks that survive what is done to them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lightlane::host::{MixedMode, Network, PortMap};
use lightlane::measured::Touchstone;

fuzz_target!(|data: (u8, &str)| {
    let (ports, text) = data;
    let Ok(file) = Touchstone::parse(text, Some(usize::from(ports % 16)).filter(|&ports| ports > 0)) else { return };
    let network = Network::from(file);
    let _ = (network.quality().warnings(), PortMap::guess(&network), network.renormalised(&vec![75.0; network.ports()]));
    let whole = network.completed().network;
    let Ok(mixed) = MixedMode::of(&whole, &"1-2/3-4".parse().expect("a map")) else { return };
    let two = mixed.differential();
    if let Ok(transfer) = two.then(&two).and_then(|twice| twice.voltage_transfer(90.0, 110.0)) {
        let _ = (transfer.table(0), transfer.early_percent(), transfer.pulse(53.125e9));
    }
});
