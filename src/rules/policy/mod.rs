//! Policies of keys and secrets.

pub mod lockout_bypass_flag;
pub mod policy_name;

use super::request::report as request_report;
