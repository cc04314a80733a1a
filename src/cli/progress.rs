//! Progress of a run: a bar on a terminal, a line now and then in a log.

use super::output;
use crate::report;
use crate::run_options::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Intervals of progress on a terminal, and in a log.
const ON_TERMINAL: Duration = Duration::from_millis(100);
const IN_LOG: Duration = Duration::from_secs(30);
/// Steps of the bar.
const BAR_STEPS: u64 = 1000;

/// Shows progress until it is dropped, from a thread of its own: a long step is no silence.
pub(super) struct ProgressDisplay {
    latest: Arc<Mutex<Option<Progress>>>,
    /// Dropped to end the thread.
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressDisplay {
    /// Shows progress from now on, under this name; nothing with `--quiet`.
    pub(super) fn new(name: &str) -> ProgressDisplay {
        let latest = Arc::new(Mutex::new(None));
        let (end, ended) = channel();
        let thread = (!output::is_quiet()).then(|| {
            let (latest, name) = (latest.clone(), output::plain(name).into_owned());
            std::thread::spawn(move || {
                let read = || *latest.lock().expect("no holder panics");
                if std::io::stderr().is_terminal() {
                    show(&mut OnTerminal::new(name), ON_TERMINAL, &ended, read);
                } else {
                    show(&mut InLog(name), IN_LOG, &ended, read);
                }
            })
        });
        ProgressDisplay { latest, end: Some(end), thread }
    }

    /// Takes progress, from any thread.
    pub(super) fn report(&self, progress: Progress) {
        let mut latest = self.latest.lock().expect("no holder panics");
        // threads may overtake each other
        if latest.is_none_or(|latest| latest.share() <= progress.share()) {
            *latest = Some(progress);
        }
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a display that failed fails nothing else
        }
    }
}

/// Where progress is shown.
trait Screen {
    fn show(&mut self, progress: Progress, text: &str);
    fn clear(&mut self) {}
}

struct OnTerminal(ProgressBar);

impl OnTerminal {
    fn new(name: String) -> OnTerminal {
        let bar = ProgressBar::new(BAR_STEPS);
        if let Ok(style) = ProgressStyle::with_template("{prefix}: [{bar:20}] {wide_msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        OnTerminal(bar.with_prefix(name))
    }
}

impl Screen for OnTerminal {
    fn show(&mut self, progress: Progress, text: &str) {
        self.0.set_position((progress.share() * BAR_STEPS as f64) as u64);
        self.0.set_message(text.to_owned());
        self.0.tick();
    }

    fn clear(&mut self) {
        self.0.finish_and_clear();
    }
}

struct InLog(String);

impl Screen for InLog {
    fn show(&mut self, _: Progress, text: &str) {
        output::note(&format!("{}: {text}", self.0));
    }
}

/// Shows the latest progress at every interval, until the end.
fn show(
    screen: &mut dyn Screen,
    interval: Duration,
    ended: &std::sync::mpsc::Receiver<()>,
    latest: impl Fn() -> Option<Progress>,
) {
    let (begun, mut meter) = (Instant::now(), RateMeter::default());
    while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
        let Some(progress) = latest() else { continue };
        let elapsed = begun.elapsed();
        let rate = meter.per_second(elapsed, progress.done);
        screen.show(progress, &report::progress(progress, rate, elapsed.as_secs_f64()));
    }
    screen.clear();
}

/// Rate of the work lately: the last quarter of the time, at least [`RateMeter::LATELY`].
#[derive(Default)]
struct RateMeter {
    /// Times and work done, from the beginning of the window.
    seen: VecDeque<(Duration, f64)>,
}

impl RateMeter {
    /// Shortest window.
    const LATELY: Duration = Duration::from_secs(10);
    /// Readings of a window.
    const READINGS: u32 = 64;

    /// Takes the work done and returns its rate; `None` before any was done.
    fn per_second(&mut self, now: Duration, done: f64) -> Option<f64> {
        let window = (now / 4).max(Self::LATELY);
        let from = now.saturating_sub(window);
        while self.seen.len() > 1 && self.seen[1].0 <= from {
            self.seen.pop_front();
        }
        let (then, before) = self.seen.front().copied().unwrap_or_default();
        let newest = self.seen.back().map_or(Duration::ZERO, |(time, _)| *time);
        if now >= newest + window / Self::READINGS {
            if self.seen.is_empty() {
                self.seen.push_back((Duration::ZERO, 0.0));
            }
            self.seen.push_back((now, done));
        }
        let rate = (done - before) / (now - then).as_secs_f64();
        Some(rate).filter(|rate| rate.is_finite() && *rate > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(work: impl Fn(f64) -> f64, seconds: u64) -> Vec<Option<f64>> {
        let mut meter = RateMeter::default();
        (1..=seconds).map(|at| meter.per_second(Duration::from_secs(at), work(at as f64))).collect()
    }

    #[test]
    fn a_steady_rate_is_found_from_the_beginning() {
        for rate in rates(|at| 5.0 * at, 1000) {
            assert!((rate.unwrap() - 5.0).abs() < 1e-9, "{rate:?}");
        }
    }

    /// From 100 s on the work is ten times as fast; at 200 s the last 50 s are all that counts.
    #[test]
    fn the_rate_follows_a_change() {
        let found = rates(|at| if at < 100.0 { at } else { 100.0 + 10.0 * (at - 100.0) }, 200);
        assert!((found[98].unwrap() - 1.0).abs() < 1e-9, "{:?}", found[98]);
        assert!((found[199].unwrap() - 10.0).abs() < 1e-9, "{:?}", found[199]);
    }

    #[test]
    fn nothing_done_has_no_rate() {
        assert!(rates(|_| 0.0, 50).iter().all(Option::is_none));
    }

    #[test]
    fn the_latest_progress_is_the_farthest() {
        use crate::run_options::WorkUnit;
        let display = ProgressDisplay { latest: Arc::default(), end: None, thread: None };
        let at = |done| Progress { done, total: 4.0, unit: WorkUnit::Rows };
        [1.0, 3.0, 2.0].into_iter().for_each(|done| display.report(at(done)));
        assert_eq!(*display.latest.lock().unwrap(), Some(at(3.0)));
    }
}
