#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    lightlane_fuzz::chase(bytes);
});
