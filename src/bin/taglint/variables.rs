//! Values for variables on the command line: a later one wins, be it a file or a value.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, builder::FalseyValueParser, parser::ValueSource};

/// What is said about Terraform configurations.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Terraform")]
struct Flags {
    /// A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`
    #[arg(long = "var", value_name = "NAME=VALUE", env = "TAGLINT_VAR", hide_env_values = true)]
    values: Vec<String>,
    /// A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated
    #[arg(long = "var-file", value_name = "FILE", env = "TAGLINT_VAR_FILE", hide_env_values = true)]
    files: Vec<PathBuf>,
    /// Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does
    #[arg(long, env = "TAGLINT_ENV_VARS", hide_env_values = true, value_parser = FalseyValueParser::new())]
    env_vars: bool,
}

/// What is said about Terraform configurations.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// Files and values, from the lowest rank to the highest.
    pub given: Vec<Flag>,
    /// Whether the environment of Terraform counts.
    pub env_vars: bool,
}

/// One flag that gives values.
#[derive(Debug, Clone)]
pub enum Flag {
    /// `--var`
    Value(String),
    /// `--var-file`
    File(PathBuf),
}

impl FromArgMatches for Variables {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let Flags { values, files, env_vars } = Flags::from_arg_matches(matches)?;
        // What the environment gives comes before what is written.
        let places = |id: &str| -> Vec<usize> {
            let written = matches.value_source(id) == Some(ValueSource::CommandLine);
            matches.indices_of(id).filter(|_| written).into_iter().flatten().map(|at| at + 1).collect()
        };
        let (value_places, file_places) = (places("values"), places("files"));
        let place = |places: &[usize], nth: usize| places.get(nth).copied().unwrap_or_default();
        let files = files.into_iter().enumerate().map(|(nth, file)| (place(&file_places, nth), Flag::File(file)));
        let values = values.into_iter().enumerate().map(|(nth, value)| (place(&value_places, nth), Flag::Value(value)));
        let mut given: Vec<(usize, Flag)> = files.chain(values).collect();
        given.sort_by_key(|(place, _)| *place);
        Ok(Self { given: given.into_iter().map(|(_, flag)| flag).collect(), env_vars })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Variables {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        variables: Variables,
    }

    #[test]
    fn flags_keep_their_order() {
        let line = Line::parse_from(["taglint", "--var", "a=1", "--var-file", "x", "--var=b=2", "--env-vars", "--var-file=y"]);
        let shown: Vec<String> = line.variables.given.iter().map(|flag| format!("{flag:?}")).collect();
        assert_eq!(shown, ["Value(\"a=1\")", "File(\"x\")", "Value(\"b=2\")", "File(\"y\")"]);
        assert!(line.variables.env_vars);
    }
}
