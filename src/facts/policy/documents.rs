//! What each service takes as a policy document.

use std::{collections::BTreeMap, sync::OnceLock};

use regex::Regex;
use serde::Deserialize;

use super::{super::read, text};
use crate::facts::tags::ServiceId;

/// Whose policy a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyKind {
    /// The policy of a KMS key.
    Key,
    /// The resource policy of a secret.
    Secret,
}

/// What one service takes as the policy of a resource.
#[derive(Debug, Deserialize)]
pub struct Document {
    kind: PolicyKind,
    service: Box<str>,
    files: Box<[Box<str>]>,
    /// The service, for messages.
    pub by: Box<str>,
    /// The longest document.
    pub size: Size,
    characters: Option<Box<str>>,
    /// The characters that a document may have, in words.
    pub characters_are: Option<Box<str>>,
    /// What the service answers to other characters.
    pub characters_refused_with: Option<Box<str>>,
    /// What the service answers to a document with a wrong structure.
    pub malformed: Box<str>,
    sid: Option<Box<str>>,
    /// What a `Sid` may have, in words.
    pub sid_is: Option<Box<str>>,
    /// The only name under which a policy can be set.
    pub name: Box<str>,
    /// What the service answers to other names.
    pub name_refused_with: Box<str>,
    /// `*` is the one way to name the resource.
    #[serde(default)]
    pub any_resource: bool,
    #[serde(skip)]
    ready: OnceLock<Ready>,
}

/// What is made of the patterns once.
#[derive(Debug)]
struct Ready {
    characters: Option<Regex>,
    /// Which characters of ASCII are allowed, so that nearly no text needs a pattern.
    ascii: [bool; 128],
    sid: Option<Regex>,
}

/// The longest document.
#[derive(Debug, Deserialize)]
pub struct Size {
    /// How long.
    pub max: usize,
    /// Of what.
    pub unit: SizeUnit,
    /// What the service answers to longer ones.
    pub refused_with: Option<Box<str>>,
}

/// What a size counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SizeUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode code points.
    Characters,
}

#[derive(Debug, Deserialize)]
pub(super) struct Documents {
    /// The versions of the policy language, the current one first.
    pub versions: Box<[Box<str>]>,
    documents: BTreeMap<Box<str>, Document>,
}

static BUILTIN: OnceLock<Documents> = OnceLock::new();

impl Documents {
    /// Read apart from the other facts, which are larger: whether a file is a policy at all is asked of every JSON file.
    pub fn builtin() -> &'static Self {
        BUILTIN.get_or_init(|| read(serde_json::from_str(text("documents"))))
    }

    /// The prefixes of the services whose policies are judged.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(|prefix| &**prefix)
    }

    /// What a service takes, by the prefix of its actions.
    pub fn of(&self, prefix: &str) -> Option<&Document> {
        self.documents.get(prefix)
    }

    /// The kind that the name of a file tells.
    pub fn of_file(&self, name: &str) -> Option<PolicyKind> {
        let is_in = |document: &&Document| document.files.iter().any(|word| name.contains(&**word));
        self.documents.values().find(is_in).map(|document| document.kind)
    }

    pub fn of_kind(&self, kind: PolicyKind) -> Option<(&str, &Document)> {
        self.documents.iter().find(|(_, document)| document.kind == kind).map(|(prefix, document)| (&**prefix, document))
    }
}

impl PolicyKind {
    /// All of them.
    pub const ALL: [PolicyKind; 2] = [PolicyKind::Key, PolicyKind::Secret];

    /// The service that judges such policies.
    #[must_use]
    pub fn service(self) -> ServiceId {
        ServiceId(Documents::builtin().of_kind(self).map_or("", |(_, document)| &*document.service).into())
    }

    /// The kind of policy that resources of a service have.
    #[must_use]
    pub fn of_service(service: &ServiceId) -> Option<Self> {
        Documents::builtin().documents.values().find(|document| *document.service == *service.0).map(|document| document.kind)
    }

    /// The kind of policy that names actions with this prefix.
    #[must_use]
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        Documents::builtin().of(prefix).map(|document| document.kind)
    }

    /// What the service's actions begin with, without the colon.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        Documents::builtin().of_kind(self).map_or("", |(prefix, _)| prefix)
    }

    /// What messages call it: `key policy`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            PolicyKind::Key => "key policy",
            PolicyKind::Secret => "secret policy",
        }
    }

    /// What it protects: `key`.
    #[must_use]
    pub fn resource(self) -> &'static str {
        match self {
            PolicyKind::Key => "key",
            PolicyKind::Secret => "secret",
        }
    }
}

impl Document {
    fn ready(&self) -> &Ready {
        // A test compiles every pattern.
        let compile = |pattern: &Option<Box<str>>| pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok());
        self.ready.get_or_init(|| {
            let (characters, sid) = (compile(&self.characters), compile(&self.sid));
            let is_allowed = |byte: usize| takes(characters.as_ref(), char::from(byte as u8));
            Ready { ascii: std::array::from_fn(is_allowed), characters, sid }
        })
    }

    /// The first character that the service refuses, and its offset.
    #[must_use]
    pub fn first_refused(&self, text: &str) -> Option<(usize, char)> {
        let Ready { characters, ascii, .. } = self.ready();
        if text.bytes().all(|byte| ascii.get(usize::from(byte)).is_some_and(|allowed| *allowed)) {
            return None;
        }
        text.char_indices().find(|(_, character)| !takes(characters.as_ref(), *character))
    }

    /// Whether the service takes this `Sid`.
    #[must_use]
    pub fn takes_sid(&self, sid: &str) -> bool {
        self.ready().sid.as_ref().is_none_or(|allowed| allowed.is_match(sid))
    }
}

/// Whether a pattern for one character, if there is any, allows this one.
fn takes(characters: Option<&Regex>, character: char) -> bool {
    character.is_ascii_graphic() || characters.is_none_or(|allowed| allowed.is_match(character.encode_utf8(&mut [0; 4])))
}

impl SizeUnit {
    /// How long a text is.
    #[must_use]
    pub fn measure(self, text: &str) -> usize {
        match self {
            SizeUnit::Bytes => text.len(),
            SizeUnit::Characters => text.chars().count(),
        }
    }

    /// `bytes`
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SizeUnit::Bytes => "bytes",
            SizeUnit::Characters => "characters",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;

    #[test]
    fn a_key_policy_is_latin_1() {
        let document = Facts::builtin().policy().document("kms").expect("it is there");
        assert_eq!(document.first_refused("Schlüssel\tÿ\n"), None);
        assert_eq!(document.first_refused("a → b"), Some((2, '→')));
        assert_eq!(document.first_refused("a\u{7}"), Some((1, '\u{7}')));
        assert!(document.takes_sid("Allow use, of the key!"));
        let secret = Facts::builtin().policy().document("secretsmanager").expect("it is there");
        assert!(secret.takes_sid("AllowApp1") && !secret.takes_sid("Allow app") && secret.first_refused("→").is_none());
    }
}
