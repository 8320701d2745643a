//! A page about the tags that resources will have: who has the required ones, which values there are, and what is not known.

mod html;
mod spelling;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use super::place::Places;
use crate::{
    analysis::Subjects,
    config::TagSchema,
    facts::Facts,
    mask::Masker,
    source::{ColumnUnit, Sources, Span},
    subject::{Subject, SubjectKind, Tag, TagRole, TagValue},
};

/// The tags of all resources that were looked at.
#[derive(Debug, Default)]
pub struct TagPage {
    /// By file and line.
    pub resources: Vec<Resource>,
    /// The keys that some resource must have, in the order of the configuration.
    pub required: Vec<String>,
}

/// A resource and its tags.
#[derive(Debug)]
pub struct Resource {
    /// `module.a.aws_kms_key.k["eu"]`
    pub address: String,
    /// `aws_kms_key`
    pub ty: String,
    /// Where its block begins.
    pub place: Place,
    /// In the order in which they are written, those of the provider first.
    pub tags: Vec<EffectiveTag>,
    /// Why there may be more tags than these, or other ones.
    pub open: Option<&'static str>,
    /// The keys that it must have, and whether it has them.
    pub required: BTreeMap<String, Has>,
}

/// Whether a resource has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Has {
    /// It has.
    Yes,
    /// It has not.
    No,
    /// More tags may join when the plan is applied.
    Unknown,
}

/// A tag.
#[derive(Debug)]
pub struct EffectiveTag {
    /// The key; what is not known of it is `…`.
    pub key: String,
    /// The value.
    pub value: Shown,
}

/// A value as it may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Characters; secrets are covered.
    Text(String),
    /// Terraform hides it.
    Sensitive,
    /// `null`: the provider drops the tag.
    Null,
    /// Not known, and why.
    Unknown(&'static str),
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the tree.
    pub path: String,
    /// From 1.
    pub line: u32,
}

impl TagPage {
    /// The tags of the resources among `subjects`, against what the organisation asks.
    #[must_use]
    pub fn new(subjects: &Subjects, schema: &TagSchema, facts: &Facts, sources: &Sources) -> Self {
        let reader = Reader { schema, sources, places: Places::new(sources), masker: Masker::embedded() };
        let mut resources: Vec<Resource> = subjects.subjects.iter().filter_map(|subject| reader.resource(subject)).collect();
        let known: BTreeSet<String> = resources.iter().map(|resource| resource.address.clone()).collect();
        for unknown in &subjects.unknowns {
            let address = unknown.address.to_string();
            let ty = type_of(&address);
            let tagged = facts.resource_type(ty).is_some_and(|ty| !ty.tags.is_empty());
            if tagged && !known.contains(&address) {
                resources.push(reader.unknown(&address, ty, unknown.span, unknown.reason));
            }
        }
        resources.sort_by(|a, b| (&a.place, &a.address).cmp(&(&b.place, &b.address)));
        resources.dedup_by(|a, b| a.address == b.address && a.place.path == b.place.path);
        let has = |key: &String| resources.iter().any(|resource| resource.required.contains_key(key));
        let mut required: Vec<String> = schema.keys().map(str::to_owned).collect();
        required.dedup();
        required.retain(has);
        Self { resources, required }
    }

    /// Takes in what another page has.
    pub fn join(&mut self, other: Self) {
        self.resources.extend(other.resources);
        for key in other.required {
            if !self.required.contains(&key) {
                self.required.push(key);
            }
        }
    }

    /// The same, with the resources alone whose address is one of these, or begins with one. With none, all.
    #[must_use]
    pub fn of(mut self, addresses: &[String]) -> Self {
        let inside =
            |known: &str, address: &str| known.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        self.resources.retain(|resource| addresses.is_empty() || addresses.iter().any(|address| inside(&resource.address, address)));
        self
    }

    /// The same, with one key alone.
    #[must_use]
    pub fn with_key(mut self, key: &str) -> Self {
        self.required.retain(|known| known == key);
        for resource in &mut self.resources {
            resource.tags.retain(|tag| tag.key == key);
            resource.required.retain(|known, _| known == key);
        }
        self
    }

    /// Writes the page.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        html::write(self, out)
    }
}

/// The type in an address: the last word but one that is no index.
fn type_of(address: &str) -> &str {
    let plain = address
        .split('[')
        .next_back()
        .filter(|_| !address.ends_with(']'))
        .map_or_else(|| address.rsplit_once('[').map_or(address, |(resource, _)| resource), |_| address);
    let mut words = plain.rsplit('.');
    words.next();
    words.next().unwrap_or_default()
}

struct Reader<'a> {
    schema: &'a TagSchema,
    sources: &'a Sources,
    places: Places<'a>,
    masker: &'static Masker,
}

impl Reader<'_> {
    fn place(&self, span: Span) -> Place {
        let at = self.places.position(span.source, span.start, ColumnUnit::Chars);
        Place { path: self.sources.get(span.source).path().to_owned(), line: at.line }
    }

    fn resource(&self, subject: &Subject) -> Option<Resource> {
        let SubjectKind::Tags(set) = &subject.kind else { return None };
        let holder = set.holder.as_ref().filter(|_| set.role == TagRole::Own)?;
        let place = self.place(holder.header);
        let open = crate::subject::tags::first_unknown(set).map(|(_, reason)| reason);
        let sure = set.open.is_none() && set.tags.iter().all(|tag| tag.key.is_known());
        let specs = self.schema.at(&place.path).filter(|spec| spec.is_required_for(&holder.ty));
        let required = specs.map(|spec| {
            let has = |tag: &Tag| tag.key.known() == Some(&spec.key) && !matches!(tag.value, TagValue::Null(_));
            let has = match (set.tags.iter().any(has), sure) {
                (true, _) => Has::Yes,
                (false, true) => Has::No,
                (false, false) => Has::Unknown,
            };
            (spec.key.clone(), has)
        });
        let required = required.collect();
        let tags = set.tags.iter().map(|tag| self.tag(tag)).collect();
        Some(Resource { address: subject.address.to_string(), ty: holder.ty.to_string(), place, tags, open, required })
    }

    /// A resource of whose tags nothing is known.
    fn unknown(&self, address: &str, ty: &str, span: Span, reason: &'static str) -> Resource {
        let place = self.place(span);
        let specs = self.schema.at(&place.path).filter(|spec| spec.is_required_for(ty));
        let required = specs.map(|spec| (spec.key.clone(), Has::Unknown)).collect();
        Resource { address: address.to_owned(), ty: ty.to_owned(), place, tags: Vec::new(), open: Some(reason), required }
    }

    fn tag(&self, tag: &Tag) -> EffectiveTag {
        let key = tag.key.shown();
        let value = match &tag.value {
            TagValue::Text { sensitive: true, .. } => Shown::Sensitive,
            TagValue::Text { text, .. } => match text.known() {
                Some(value) => Shown::Text(self.masker.mask_named(&key, value).into_owned()),
                None => Shown::Unknown(text.first_unknown().map_or("", |(_, reason)| reason)),
            },
            TagValue::Null(_) => Shown::Null,
            TagValue::Absent => Shown::Text(String::new()),
            TagValue::Unknown(value) => Shown::Unknown(value.why_unknown().map_or("", crate::value::Unknown::reason)),
        };
        EffectiveTag { key: self.masker.mask(&key).into_owned(), value }
    }
}

#[cfg(test)]
mod tests {
    use super::type_of;

    #[test]
    fn an_address_has_a_type() {
        for (address, ty) in [
            ("aws_kms_key.k", "aws_kms_key"),
            ("module.a[\"x.y\"].aws_kms_key.k[\"a.b\"]", "aws_kms_key"),
            ("module.a.aws_kms_key.k[0]", "aws_kms_key"),
            ("k", ""),
        ] {
            assert_eq!(type_of(address), ty, "{address}");
        }
    }
}
