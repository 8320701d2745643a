//! A bar on standard error for runs that take longer than a second, where a person looks on.

use std::{
    env,
    io::{self, IsTerminal},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use taglint::project::load::Progress;

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the bar is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A bar that is there until it is dropped.
pub struct Bar {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// What was done so far.
    pub progress: Arc<Progress>,
}

impl Bar {
    /// Starts the clock. In a pipe, in CI, and where nobody wants to see it, nothing is ever drawn.
    pub fn start(wanted: bool) -> Self {
        let progress = Arc::new(Progress::default());
        let over = Arc::new(AtomicBool::new(false));
        let is_seen =
            wanted && io::stderr().is_terminal() && env::var_os("CI").is_none() && env::var_os("TERM").is_none_or(|term| term != "dumb");
        let thread = is_seen.then(|| {
            let (over, progress) = (over.clone(), progress.clone());
            thread::spawn(move || draw(&over, &progress))
        });
        Self { over, thread, progress }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            drop(thread.join());
        }
    }
}

fn draw(over: &AtomicBool, progress: &Progress) {
    let start = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    while !over.load(Ordering::Relaxed) {
        thread::park_timeout(TICK);
        if start.elapsed() < PATIENCE || over.load(Ordering::Relaxed) {
            continue;
        }
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:30} {pos}/{len} files") {
                bar.set_style(style);
            }
            bar
        });
        let (read, wanted) = progress.files();
        bar.set_message(if read < wanted { "reading" } else { "checking" });
        bar.set_length(wanted);
        bar.set_position(read);
        bar.tick();
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}
