//! Reads what is to be checked: the only place that reads files.
