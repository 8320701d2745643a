//! `taglint.toml`: its types. Finding and reading the file is the binary's job.
