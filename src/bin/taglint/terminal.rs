//! Colours and width.

use std::{
    env,
    io::{self, IsTerminal},
};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::args::Color;

/// Whether to colour what goes to a stream.
pub fn colors(choice: Color, stream: &impl IsTerminal) -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        Color::Auto if set("FORCE_COLOR") || set("CLICOLOR_FORCE") => true,
        Color::Auto if env::var_os("CLICOLOR").is_some_and(|value| value == "0") => false,
        Color::Auto if env::var_os("TERM").is_some_and(|value| value == "dumb") => false,
        Color::Auto => stream.is_terminal(),
    }
}

/// Whether standard output can show more than ASCII. A file or pipe can.
pub fn unicode() -> bool {
    if !io::stdout().is_terminal() {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| env::var(name).ok()).find(|value| !value.is_empty());
    let is_utf8 = locale.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"));
    is_utf8 && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The columns of the terminal; 100 where there is none.
pub fn width() -> usize {
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.filter(|columns| *columns >= 40).unwrap_or(100)
}

/// An error as people see it.
pub fn render(error: &dyn Diagnostic, choice: Color) -> String {
    let theme = if colors(choice, &io::stderr()) { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width()).with_links(false);
    if handler.render_report(&mut text, error).is_err() {
        text = error.to_string();
    }
    text
}
