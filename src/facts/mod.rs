//! What is true of providers and services: the typed view of `rules/`, and of what a user lays over it.

pub mod requests;
pub mod tags;
pub mod terraform;
