//! The actions and condition keys of one service.

use std::{cmp::Ordering, collections::BTreeMap};

use serde::Deserialize;

use super::{
    PolicyKind,
    conditions::Conditions,
    fits,
    keys::{Keys, Row},
};

/// What the policies of one service's resources may say.
#[derive(Debug)]
pub struct ServicePolicy {
    /// What its actions begin with: `kms`.
    pub prefix: Box<str>,
    /// Whose policies name its actions.
    pub(super) kind: Option<PolicyKind>,
    /// Its actions, sorted by name.
    pub actions: Box<[Action]>,
    /// Their places, sorted by name in lower case.
    by_name: Box<[(Box<str>, usize)]>,
    /// All of them.
    all: ActionSet,
    /// Its condition keys.
    pub(super) keys: Keys,
    /// Which actions carry the keys about tags in a request, by the documented name of the key.
    tag_keys: BTreeMap<Box<str>, ActionSet>,
    /// Keys that are documented for IAM policies only, and what is there instead.
    iam_policies_only: BTreeMap<Box<str>, Box<str>>,
    /// The usages that each key spec allows.
    specs: BTreeMap<Box<str>, Box<[Box<str>]>>,
}

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Reads.
    Read,
    /// Lists.
    List,
    /// Changes or uses.
    Write,
    /// Changes who has access.
    Permissions,
    /// Changes tags.
    Tagging,
}

/// One action.
#[derive(Debug, Deserialize)]
pub struct Action {
    /// Its name without the prefix: `Decrypt`.
    #[serde(skip)]
    pub name: Box<str>,
    /// What it does.
    pub access: Access,
    on: Option<Box<str>>,
    /// Shows how the resource is set up, not what it protects.
    #[serde(default)]
    pub metadata: bool,
    /// Whether another account may do it; `None` where the documents do not say.
    pub cross_account: Option<bool>,
    /// The key usages it needs; `None` for any.
    pub usages: Option<Box<[Box<str>]>>,
    /// The key specs it needs; `None` for any.
    pub specs: Option<Box<[Box<str>]>>,
    /// The origins of key material it needs; `None` for any.
    pub origins: Option<Box<[Box<str>]>>,
    /// Needs a multi-Region key.
    #[serde(default)]
    pub multi_region: bool,
    /// Also needs a permission on the alias, which only an IAM policy gives.
    #[serde(default)]
    pub alias: bool,
    /// Called by AWS alone.
    #[serde(default)]
    pub internal: bool,
    /// About the rotation of key material.
    #[serde(default)]
    pub rotation: bool,
}

impl Action {
    /// Whether the policy of a resource can allow it: its request reaches one.
    #[must_use]
    pub fn reaches_resource(&self) -> bool {
        self.on.is_none()
    }
}

/// Actions of one service, as a set of their places in [`ServicePolicy::actions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActionSet(u128);

impl ActionSet {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether all of these are among the others.
    #[must_use]
    pub fn is_subset(self, of: Self) -> bool {
        self.0 & !of.0 == 0
    }

    /// Those that both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that one of them has.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that the other does not have.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

#[derive(Deserialize)]
pub(super) struct File {
    prefix: Box<str>,
    actions: BTreeMap<Box<str>, Action>,
    keys: BTreeMap<Box<str>, Row>,
    tag_keys: BTreeMap<Box<str>, Vec<Box<str>>>,
    iam_policies_only: BTreeMap<Box<str>, Box<str>>,
    #[serde(default)]
    specs: BTreeMap<Box<str>, Spec>,
}

#[derive(Deserialize)]
struct Spec {
    usages: Box<[Box<str>]>,
}

impl ServicePolicy {
    pub(super) fn new(file: File, conditions: &Conditions) -> Self {
        let actions: Box<[Action]> = file.actions.into_iter().map(|(name, action)| Action { name, ..action }).collect();
        let set =
            |names: &[Box<str>]| actions.iter().enumerate().filter(|(_, action)| names.contains(&action.name)).fold(ActionSet(0), with);
        let keys = Keys::new(file.keys, conditions, |names| names.as_named().map(set));
        let tag_keys = file.tag_keys.into_iter().map(|(key, names)| (key, set(&names))).collect();
        let specs = file.specs.into_iter().map(|(spec, row)| (spec, row.usages)).collect();
        let mut by_name: Box<[(Box<str>, usize)]> =
            actions.iter().enumerate().map(|(at, action)| (action.name.to_ascii_lowercase().into(), at)).collect();
        by_name.sort();
        let all = actions.iter().enumerate().fold(ActionSet(0), with);
        Self {
            kind: PolicyKind::of_prefix(&file.prefix),
            prefix: file.prefix,
            by_name,
            all,
            actions,
            keys,
            tag_keys,
            iam_policies_only: file.iam_policies_only,
            specs,
        }
    }

    /// Every action.
    #[must_use]
    pub fn all(&self) -> ActionSet {
        self.all
    }

    /// An action by its name without the prefix, letter case aside.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.place(name).and_then(|at| self.actions.get(at))
    }

    /// The action of this name alone, letter case aside; nothing where there is none.
    #[must_use]
    pub fn only(&self, name: &str) -> ActionSet {
        self.place(name).map_or(ActionSet(0), |at| with(ActionSet(0), (at, ())))
    }

    fn place(&self, name: &str) -> Option<usize> {
        // Nearly all are written as they are documented.
        self.actions.binary_search_by(|action| (*action.name).cmp(name)).ok().or_else(|| {
            let found = self.by_name.binary_search_by(|(known, _)| compare(known, name)).ok()?;
            self.by_name.get(found).map(|(_, at)| *at)
        })
    }

    /// The actions that a pattern without the prefix fits.
    #[must_use]
    pub fn fitting(&self, pattern: &str) -> ActionSet {
        match pattern.strip_suffix('*') {
            Some("") => self.all,
            // Nearly all patterns are a beginning.
            Some(begin) if !begin.contains(['*', '?']) => {
                let first = self.by_name.partition_point(|(known, _)| compare(known, begin).is_lt());
                let begins = |known: &str| known.get(..begin.len()).is_some_and(|own| own.eq_ignore_ascii_case(begin));
                self.by_name[first..].iter().take_while(|(known, _)| begins(known)).map(|(_, at)| (*at, ())).fold(ActionSet(0), with)
            }
            _ => self.where_is(|action| fits(pattern, &action.name)),
        }
    }

    /// The actions that have a property.
    pub fn where_is(&self, is: impl Fn(&Action) -> bool) -> ActionSet {
        self.actions.iter().enumerate().filter(|(_, action)| is(action)).fold(ActionSet(0), with)
    }

    /// The actions of a set.
    pub fn of(&self, set: ActionSet) -> impl Iterator<Item = &Action> {
        let mut rest = set.0;
        std::iter::from_fn(move || {
            let at = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            self.actions.get(at)
        })
    }

    /// The actions whose requests carry a key about tags, by the documented name of the key; `None` for other keys.
    #[must_use]
    pub fn carrying(&self, tag_key: &str) -> Option<ActionSet> {
        self.tag_keys.get(tag_key).copied()
    }

    /// What to use instead of a key that is documented for IAM policies only, by the documented names.
    #[must_use]
    pub fn instead_of(&self, key: &str) -> Option<&str> {
        self.iam_policies_only.get(key).map(|instead| &**instead)
    }

    /// The usages that a key spec allows.
    #[must_use]
    pub fn usages_of(&self, spec: &str) -> Option<&[Box<str>]> {
        self.specs.get(spec).map(|usages| &**usages)
    }
}

/// The order of a name in lower case and one in any letter case.
pub(super) fn compare(known: &str, name: &str) -> Ordering {
    known.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

fn with<T>(set: ActionSet, (at, _): (usize, T)) -> ActionSet {
    // The schema allows no more actions than the set has places.
    ActionSet(set.0 | 1_u128.checked_shl(at as u32).unwrap_or(0))
}
