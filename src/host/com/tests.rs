//! What a margin must be by closed form.
use super::*;
use super::search::*;
use super::settings::*;

#[test]
fn debug() {
    let set = Parameters::named("kr1-802.3ck").unwrap();
    let channel = Channel::open("/work/shared/data/channels/c2m_il14_thru.s4p", None).unwrap();
    let scene = Scene::new(&set, &channel, &[]).unwrap();
    println!("rows {} ahead {}", scene.victim.rows, scene.victim.ahead());
    for gain_db in [0.0, -5.0, -10.0, -20.0] { for low_gain_db in [0.0, -3.0, -6.0] {
        let mix = Mix::new(&set, gain_db, low_gain_db);
        let sending = scene.settings.plain();
        let mut h = vec![0.0; 20 * 32];
        mixed(&window(&scene.victim, &scene.settings, &sending, scene.victim.ahead() - 3, 20), &mix, &mut h);
        let k = main_sample(&h[..6 * 32], Some((-0.85, 0.85))).unwrap();
        let choice = Choice { fom_db: 0.0, sending, gains: Gains { gain_db, low_gain_db }, row: scene.victim.ahead() - 3 + k / 32, phase: k % 32, receive_taps: vec![1.0] };
        let m = scene.judged(&choice);
        println!("{gain_db} {low_gain_db}: k {k} peak {} {:?} isi {} sig {} com {} {:?}", peak(&h[..192], 2), (0..20).map(|i| (h[(k % 32) + 32 * i] * 1e4).round() / 10.0).collect::<Vec<_>>(), m.isi_mv, m.signal_mv, m.com_db, m.dfe_taps);
    }}
}
