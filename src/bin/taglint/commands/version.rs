//! `taglint version`

use std::fmt::Write;

use miette::Result;
use serde_json::json;
use taglint::facts::Facts;

use crate::{Exit, args::DataFormat, print};

pub fn run(format: DataFormat) -> Result<Exit> {
    let version = env!("CARGO_PKG_VERSION");
    let facts = Facts::builtin().versions();
    match format {
        DataFormat::Json => print(&format!("{:#}\n", json!({ "version": version, "facts": facts }))),
        DataFormat::Human => {
            let mut text = format!("taglint {version}\n");
            for (file, date) in facts {
                writeln!(text, "  {date}  {file}").expect("a string takes all");
            }
            print(&text)
        }
    }
}
