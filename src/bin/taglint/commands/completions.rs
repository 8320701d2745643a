//! `taglint completions`

use clap::CommandFactory;
use clap_complete::Generator;
use miette::Result;

use crate::{
    Exit,
    args::{Cli, Shell},
    print,
};

pub fn run(shell: Shell) -> Result<Exit> {
    use clap_complete::Shell as Known;
    print(&match shell {
        Shell::Bash => script(Known::Bash),
        Shell::Zsh => script(Known::Zsh),
        Shell::Fish => script(Known::Fish),
        Shell::Elvish => script(Known::Elvish),
        Shell::Powershell => script(Known::PowerShell),
        Shell::Nushell => script(clap_complete_nushell::Nushell),
    })
}

fn script(generator: impl Generator) -> String {
    let mut script = Vec::new();
    clap_complete::generate(generator, &mut Cli::command(), "taglint", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
