//! The command line.

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Args, CommandFactory, Parser, Subcommand, ValueEnum,
    builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser, styling::Styles},
};
use taglint::{config::FailOn, finding::Severity, project::load::Shard, report::Format};

use crate::variables::Variables;

/// Checks cloud resource tags and key policies before anything is applied
///
/// taglint reads Terraform code and request bodies, works out the tags that they would set, and reports where the cloud would refuse them.
/// It never uses the network and writes nothing that it was not asked to write.
#[derive(Debug, Parser)]
#[command(
    name = "taglint",
    version,
    styles = Styles::plain(),
    subcommand_required = true,
    arg_required_else_help = false,
    after_help = "Without a command, taglint checks: `taglint [PATHS]` is `taglint check [PATHS]`.\n\n\
        Exit codes: 0 nothing found, 1 findings, 2 could not run, 3 an input could not be read or parsed."
)]
pub struct Cli {
    #[command(flatten)]
    pub terminal: Terminal,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check files and directories
    ///
    /// A directory is walked, without what is hidden or ignored by `.gitignore`. A file is always checked, whatever its name; its module
    /// and the modules that call it are read for what it depends on.
    Check(Check),
    /// Show what resources really get: tags with those of the provider, and policies
    ///
    /// Each tag is shown with the way that its value took: the literal, then each step to the resource. What is not known has its reason.
    Effective(Effective),
    /// Evaluate an expression in the scope of a module, as `terraform console` does, without `init`
    Eval(Eval),
    /// Explain a rule: what it checks, why, and how to fix what it finds
    Explain(Explain),
    /// List all rules
    Rules(Rules),
    /// Show, describe or create the configuration
    #[command(subcommand)]
    Config(Config),
    /// Keep a file of known findings, which are not reported
    #[command(subcommand)]
    Baseline(Baseline),
    /// Merge the reports of several workers into one
    Merge(Merge),
    /// Print the manual page of taglint, or of one command
    Man {
        /// The command, like `baseline create`
        command: Vec<String>,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the version, and the dates of the facts
    Version {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: DataFormat,
    },
}

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Terminal")]
pub struct Terminal {
    /// When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, env = "TAGLINT_COLOR", hide_env_values = true)]
    pub color: Color,
    /// Print findings only: no summary, no warnings
    #[arg(short, long, global = true, env = "TAGLINT_QUIET", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,
    /// Tell which files were left out, and why
    #[arg(short, long, global = true, env = "TAGLINT_VERBOSE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub settings: Settings,

    /// Print all findings in this format
    #[arg(
        long, default_value_t, env = "TAGLINT_FORMAT", hide_env_values = true, value_parser = formats(), help_heading = "Output"
    )]
    pub format: Format,
    /// Write a format to standard output or, with `:PATH`, to a file; may be repeated, and goes before `--format`
    #[arg(
        short, long, value_name = "FORMAT[:PATH]", env = "TAGLINT_OUTPUT", hide_env_values = true, value_delimiter = ',',
        value_parser = Output::parse, help_heading = "Output"
    )]
    pub output: Vec<Output>,
    /// What SARIF calls this run, where a repository has several: one per job of a matrix
    #[arg(long, value_name = "NAME", env = "TAGLINT_SARIF_CATEGORY", hide_env_values = true, help_heading = "Output")]
    pub sarif_category: Option<String>,
    /// Say in SARIF of which repository and revision the tree is, as git knows them
    #[arg(long, env = "TAGLINT_SARIF_VCS", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub sarif_vcs: bool,
    /// Print at most so many findings; the others still count
    #[arg(long, value_name = "N", env = "TAGLINT_MAX_FINDINGS", hide_env_values = true, help_heading = "Output")]
    pub max_findings: Option<usize>,
    /// Print how many findings each rule has, in place of the findings
    #[arg(long, env = "TAGLINT_STATISTICS", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub statistics: bool,
    /// Show also what ignore comments, the configuration and the baseline leave out
    #[arg(long, env = "TAGLINT_SHOW_IGNORED", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub show_ignored: bool,
    /// List every value that is not known and kept something from being judged
    #[arg(long, env = "TAGLINT_SHOW_UNKNOWN", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub show_unknown: bool,

    /// Report as if there were no ignore comments, no exceptions in the configuration and no baseline
    #[arg(long, env = "TAGLINT_NO_IGNORES", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Rules")]
    pub no_ignores: bool,
    /// A file of known findings, which are not reported: see `taglint baseline`
    #[arg(long, value_name = "FILE", env = "TAGLINT_BASELINE", hide_env_values = true, help_heading = "Rules")]
    pub baseline: Option<PathBuf>,

    #[command(flatten)]
    pub mend: MendArgs,
    /// Report only what has changed since this revision of git: where a line or a value on its way to it was changed. All is analysed
    #[arg(long, value_name = "REV", env = "TAGLINT_CHANGED_SINCE", hide_env_values = true, help_heading = "Files")]
    pub changed_since: Option<String>,

    /// Exit with 0 in place of 1
    #[arg(long, env = "TAGLINT_EXIT_ZERO", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Outcome")]
    pub exit_zero: bool,
    /// Do not fail for what could not be read or parsed: exit as if the rest were all
    #[arg(long, env = "TAGLINT_ALLOW_INCOMPLETE", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Outcome")]
    pub allow_incomplete: bool,

    /// Show no progress bar; none is shown in CI, nor where standard error is no terminal
    #[arg(long, env = "TAGLINT_NO_PROGRESS", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Terminal")]
    pub no_progress: bool,
    /// How many threads to use; 0 for one per core
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = 0,
        env = "TAGLINT_THREADS",
        hide_env_values = true,
        help_heading = "Terminal"
    )]
    pub threads: usize,
}

/// What to change.
#[derive(Debug, Args)]
#[command(next_help_heading = "Fixes")]
pub struct MendArgs {
    /// Make the safe fixes, and report what is left
    #[arg(long, group = "mending", env = "TAGLINT_FIX", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub fix: bool,
    /// Make the safe fixes, and report nothing
    #[arg(long, group = "mending", conflicts_with = "fix", env = "TAGLINT_FIX_ONLY", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub fix_only: bool,
    /// Print what fixes would change, as a unified diff, and write nothing; exit with 1 if that is anything
    #[arg(
        long, group = "mending", conflicts_with_all = ["fix", "fix_only"], env = "TAGLINT_DIFF", hide_env_values = true,
        value_parser = FalseyValueParser::new()
    )]
    pub diff: bool,
    /// Make also fixes that may change what the code means
    #[arg(long, requires = "mending", env = "TAGLINT_UNSAFE_FIXES", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub unsafe_fixes: bool,
    /// Write an ignore comment for every finding, with a reason
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, conflicts_with_all = ["fix", "fix_only", "unsafe_fixes"], env = "TAGLINT_ADD_IGNORE", hide_env_values = true)]
    pub add_ignore: Option<Option<String>>,
    /// Exit with 1 where fixes were made and nothing is left
    #[arg(long, env = "TAGLINT_EXIT_NON_ZERO_ON_FIX", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub exit_non_zero_on_fix: bool,
}

/// What to look at.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub struct Input {
    /// Files and directories to check; `-` is standard input [default: .]
    #[arg(value_name = "PATHS", help_heading = "Arguments")]
    pub paths: Vec<PathBuf>,
    /// Check the files and directories that this file lists too, one on each line; `-` is standard input
    #[arg(long, value_name = "FILE", env = "TAGLINT_FILE_LIST", hide_env_values = true)]
    pub file_list: Option<PathBuf>,
    /// Check part I of N of the directories: N workers together report what one would
    #[arg(long, value_name = "I/N", env = "TAGLINT_SHARD", hide_env_values = true)]
    pub shard: Option<Shard>,
    /// The name of the file that standard input stands for
    #[arg(long, value_name = "FILE", env = "TAGLINT_STDIN_FILENAME", hide_env_values = true)]
    pub stdin_filename: Option<PathBuf>,
    /// The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path,
    /// else the working directory
    #[arg(long, value_name = "DIR", env = "TAGLINT_ROOT", hide_env_values = true)]
    pub root: Option<PathBuf>,
    /// A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth
    #[arg(long, value_name = "GLOB", env = "TAGLINT_EXCLUDE", hide_env_values = true)]
    pub exclude: Vec<String>,
    /// The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated
    #[arg(short, long, value_name = "FILE|SETTING", env = "TAGLINT_CONFIG", hide_env_values = true, help_heading = "Configuration")]
    pub config: Vec<String>,
    /// A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated
    #[arg(long, value_name = "FILE", env = "TAGLINT_POLICY", hide_env_values = true, help_heading = "Configuration")]
    pub policy: Vec<PathBuf>,
    /// Read no configuration file
    #[arg(long, env = "TAGLINT_ISOLATED", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Configuration")]
    pub isolated: bool,
    #[command(flatten)]
    pub variables: Variables,
}

/// Which configuration to evaluate.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub struct Place {
    /// The directory of the module; without it, the working directory
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// The tree: nothing outside it is read
    #[arg(long, value_name = "DIR", env = "TAGLINT_ROOT", hide_env_values = true)]
    pub root: Option<PathBuf>,
    /// The configuration file, in place of the nearest `taglint.toml`; or one setting. May be repeated
    #[arg(short, long, value_name = "FILE|SETTING", env = "TAGLINT_CONFIG", hide_env_values = true, help_heading = "Configuration")]
    pub config: Vec<String>,
    /// Read no configuration file
    #[arg(long, env = "TAGLINT_ISOLATED", hide_env_values = true, value_parser = FalseyValueParser::new(), help_heading = "Configuration")]
    pub isolated: bool,
    #[command(flatten)]
    pub variables: Variables,
}

impl Place {
    /// The directory of the module.
    pub fn directory(&self) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| PathBuf::from("."))
    }

    /// As the input of a check.
    pub fn input(&self) -> Input {
        Input {
            paths: vec![self.directory()],
            file_list: None,
            shard: None,
            stdin_filename: None,
            root: self.root.clone(),
            exclude: Vec::new(),
            config: self.config.clone(),
            policy: Vec::new(),
            isolated: self.isolated,
            variables: self.variables.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub struct Effective {
    /// Resources and modules to show; without the key of an instance, all of its instances. A plan in JSON is shown in place of a configuration
    #[arg(value_name = "ADDRESS|PLAN")]
    pub addresses: Vec<String>,
    /// Show this tag only
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// How to print it. `html` is a page to look at: how many resources have the required tags, which values there are, what is not known
    #[arg(long, value_enum, default_value_t)]
    pub format: PageOrDataFormat,
    /// A tag that every resource must have, for the page. May be repeated; `[[tags]]` in `taglint.toml` can say more
    #[arg(long, value_name = "KEY", value_delimiter = ',', env = "TAGLINT_REQUIRE_TAG", hide_env_values = true)]
    pub require_tag: Vec<String>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
pub struct Eval {
    /// The expression. Its value is printed as JSON, or the word `unknown`
    #[arg(value_name = "EXPR", required_unless_present = "stdin")]
    pub expression: Option<String>,
    /// Read one expression a line from standard input; print `{"value":…}`, `{"unknown":"reason"}` or `{"error":"…"}` for each
    #[arg(long, conflicts_with = "expression")]
    pub stdin: bool,
    #[command(flatten)]
    pub place: Place,
}

/// Settings that the configuration has too.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub struct Settings {
    /// Run these rules or groups only, or `all`, whatever the configuration selects and ignores
    #[arg(long, value_name = "RULE", value_delimiter = ',', env = "TAGLINT_SELECT", hide_env_values = true)]
    pub select: Vec<String>,
    /// Do not run these rules or groups, nor those that the configuration ignores
    #[arg(long, value_name = "RULE", value_delimiter = ',', env = "TAGLINT_IGNORE", hide_env_values = true)]
    pub ignore: Vec<String>,
    /// A tag that every resource must have. May be repeated; `[[tags]]` in `taglint.toml` can say more
    #[arg(long, value_name = "KEY", value_delimiter = ',', env = "TAGLINT_REQUIRE_TAG", hide_env_values = true)]
    pub require_tag: Vec<String>,
    /// Report ignore comments that give no reason
    #[arg(long, env = "TAGLINT_REQUIRE_IGNORE_REASON", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub require_ignore_reason: bool,
    /// The least severity that makes the run fail [default: warning]
    #[arg(long, value_name = "SEVERITY", value_enum, env = "TAGLINT_FAIL_ON", hide_env_values = true, help_heading = "Outcome")]
    pub fail_on: Option<FailOnName>,
    /// The least severity that people are shown [default: warning]
    #[arg(long, value_name = "SEVERITY", value_enum, env = "TAGLINT_MIN_SEVERITY", hide_env_values = true, help_heading = "Output")]
    pub min_severity: Option<SeverityName>,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The rule, or an operation such as `kms:TagResource`
    #[arg(required_unless_present = "all")]
    pub rule: Option<String>,
    /// All rules
    #[arg(long, conflicts_with = "rule")]
    pub all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub format: PageFormat,
}

#[derive(Debug, Args)]
pub struct Rules {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Show every setting and where its value comes from
    Show {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        settings: Settings,
    },
    /// Print the JSON Schema of `taglint.toml`
    Schema,
    /// List the files that would be checked
    Files {
        #[command(flatten)]
        input: Input,
    },
    /// Create a `taglint.toml` to start from
    Init,
}

#[derive(Debug, Subcommand)]
pub enum Baseline {
    /// Write a baseline of all findings
    Create(BaselineInput),
    /// Add what is not in the baseline yet
    Update(BaselineInput),
    /// Drop what no finding has any more
    Prune(BaselineInput),
}

#[derive(Debug, Args)]
pub struct BaselineInput {
    #[command(flatten)]
    pub input: Input,
    /// The baseline [default: the one of the configuration, else `taglint-baseline.json` at the root of the tree]
    #[arg(long, value_name = "FILE", env = "TAGLINT_BASELINE", hide_env_values = true)]
    pub baseline: Option<PathBuf>,
    /// Why the findings are left as they are
    #[arg(long, value_name = "TEXT", env = "TAGLINT_REASON", hide_env_values = true)]
    pub reason: Option<String>,
}

#[derive(Debug, Args)]
pub struct Merge {
    /// Reports of one format: json, jsonl or sarif
    #[arg(required = true, value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Exit with 0 in place of 1
    #[arg(long, env = "TAGLINT_EXIT_ZERO", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub exit_zero: bool,
}

/// One `-o`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub format: Format,
    /// `None` for standard output.
    pub path: Option<PathBuf>,
}

impl Output {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once(':').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = name.parse::<Format>().map_err(|error| error.to_string())?;
        match path {
            Some("") => Err(format!("there is no path after `{name}:`; leave the colon out for standard output")),
            Some("-") | None => Ok(Self { format, path: None }),
            Some(path) => Ok(Self { format, path: Some(path.into()) }),
        }
    }
}

/// The formats by name, for help and completions.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name())).try_map(|name| name.parse::<Format>())
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DataFormat {
    #[default]
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PageOrDataFormat {
    #[default]
    Human,
    Json,
    Html,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    #[default]
    Human,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Elvish,
    Powershell,
    Nushell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOnName {
    /// Errors only
    Error,
    /// Errors and warnings
    Warning,
    /// Nothing
    Never,
}

impl From<FailOnName> for FailOn {
    fn from(name: FailOnName) -> Self {
        match name {
            FailOnName::Error => FailOn::Error,
            FailOnName::Warning => FailOn::Warning,
            FailOnName::Never => FailOn::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeverityName {
    Error,
    Warning,
    Info,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Error => Severity::Error,
            SeverityName::Warning => Severity::Warning,
            SeverityName::Info => Severity::Info,
        }
    }
}

/// The arguments, with `check` put in where no command is named.
pub fn with_command(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = Cli::command();
    let mut at = 1;
    while let Some(argument) = arguments.get(at).and_then(|argument| argument.to_str()) {
        match argument {
            "-h" | "--help" | "-V" | "--version" | "help" => return arguments,
            "--color" => at += 2,
            "-q" | "-v" | "-qv" | "-vq" | "--quiet" | "--verbose" => at += 1,
            _ if argument.starts_with("--color=") => at += 1,
            _ if command.find_subcommand(argument).is_some() => return arguments,
            _ => break,
        }
    }
    arguments.insert(at.min(arguments.len()), "check".into());
    arguments
}
