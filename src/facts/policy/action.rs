//! What a string in `Action` says.

use super::{ActionSet, PolicyFacts, ServicePolicy, nearest, service::Action};

/// What a string in `Action` or `NotAction` says, in the policy of one service.
#[derive(Debug, Clone, PartialEq)]
pub enum WrittenAction<'a> {
    /// `*`.
    Everything,
    /// One action.
    One(&'a Action),
    /// A pattern that fits some actions.
    Pattern(ActionSet),
    /// A pattern that fits none.
    NothingFits,
    /// No action has this name. The nearest, with the prefix; or the pattern for actions that begin with it.
    NoSuchAction {
        /// With the prefix.
        near: Option<String>,
    },
    /// Another service's action.
    OtherService {
        /// As it is written.
        prefix: &'a str,
    },
    /// No service has this prefix.
    NoSuchService {
        /// The same action with the service's own prefix, where that is near.
        near: Option<String>,
    },
    /// `*` or `?` before the colon.
    PatternOfServices,
    /// No prefix and colon before the name. What it means, where that is clear.
    NoPrefix {
        /// With the prefix.
        meant: Option<String>,
    },
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Mistyped names that are this near are thought to be meant.
const NEAR: usize = 3;

impl PolicyFacts {
    /// Reads a string of `Action` in a policy of `service`.
    #[must_use]
    pub fn action<'a>(&self, service: &'a ServicePolicy, written: &'a str) -> WrittenAction<'a> {
        if written == "*" {
            return WrittenAction::Everything;
        }
        let Some((prefix, name)) = written.split_once(':').filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty()) else {
            return WrittenAction::NoPrefix { meant: meant(service, written) };
        };
        if prefix.contains(['*', '?']) {
            return WrittenAction::PatternOfServices;
        }
        if !prefix.eq_ignore_ascii_case(&service.prefix) {
            if self.is_prefix(prefix) {
                return WrittenAction::OtherService { prefix };
            }
            let near = strsim::damerau_levenshtein(&prefix.to_ascii_lowercase(), &service.prefix) <= 2;
            return WrittenAction::NoSuchService { near: near.then(|| format!("{}:{name}", service.prefix)) };
        }
        if name.contains(['*', '?']) {
            let fitting = service.fitting(name);
            return if fitting.is_empty() { WrittenAction::NothingFits } else { WrittenAction::Pattern(fitting) };
        }
        match service.action(name) {
            Some(action) => WrittenAction::One(action),
            None => WrittenAction::NoSuchAction { near: near(service, name) },
        }
    }
}

/// What a string of `Action` covers: all that most rules ask of it. What else may have been meant is not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Covered {
    /// The actions that it fits.
    pub set: ActionSet,
    is_name: bool,
}

impl Covered {
    /// The action that it is the name of; `None` for patterns, and for what is no action of the service.
    #[must_use]
    pub fn named(self, service: &ServicePolicy) -> Option<&Action> {
        if self.is_name { service.of(self.set).next() } else { None }
    }
}

impl ServicePolicy {
    /// What a string of `Action` covers in the policy of this service.
    #[must_use]
    pub fn covered(&self, written: &str) -> Covered {
        if written == "*" {
            return Covered { set: self.all(), is_name: false };
        }
        let own = written.split_at_checked(self.prefix.len()).filter(|(prefix, _)| prefix.eq_ignore_ascii_case(&self.prefix));
        let Some(name) = own.and_then(|(_, rest)| rest.strip_prefix(':')) else { return Covered::default() };
        if name.bytes().any(|byte| matches!(byte, b'*' | b'?')) {
            return Covered { set: self.fitting(name), is_name: false };
        }
        let set = self.only(name);
        Covered { set, is_name: !set.is_empty() }
    }
}

/// The action that a mistyped name means.
fn near(service: &ServicePolicy, name: &str) -> Option<String> {
    let beginning = format!("{name}*");
    // An operation whose permissions have longer names, as `ReEncrypt` has.
    let longer = service.of(service.fitting(&beginning)).count() > 1;
    let name = if longer { beginning } else { nearest(name, service.actions.iter().map(|action| &*action.name), NEAR)?.to_owned() };
    Some(format!("{}:{name}", service.prefix))
}

/// `Decrypt`, `kms=Decrypt` and `kms.Decrypt` mean `kms:Decrypt`.
fn meant(service: &ServicePolicy, written: &str) -> Option<String> {
    let rest = written.get(service.prefix.len()..).unwrap_or_default();
    let begins = written.get(..service.prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&service.prefix));
    let name = if begins { rest.trim_start_matches(['=', '.', ':', ' ', '/']) } else { written };
    let known = !service.fitting(name).is_empty();
    known.then(|| format!("{}:{name}", service.prefix))
}
