//! Finds what is to be checked.
