//! Which provider configuration a resource has, and the tags that it adds.

use std::{collections::BTreeMap, rc::Rc};

use super::{eval::EntryList, instance::Instance};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    project::module::{Layered, Named, Resource},
    source::Span,
    syntax::{
        Kind,
        view::{Expr, Form},
    },
    text::Text,
    value::{Data, Entry, Open, Shadow, Unknown, Value},
};

/// What a provider configuration does to tags.
#[derive(Debug, Clone, Default)]
pub(super) struct ProviderTags {
    /// The tags of `default_tags`.
    pub default: Option<Value>,
    /// Keys that `ignore_tags` takes out.
    pub ignored: Vec<String>,
    /// What keys begin with that `ignore_tags` takes out.
    pub ignored_prefixes: Vec<String>,
}

impl ProviderTags {
    /// What the blocks of a provider say; `argument` has the argument of a block.
    pub fn read(argument: impl Fn(&str, &str) -> Option<Value>) -> Self {
        let words = |name: &str| match argument("ignore_tags", name).map(|value| value.data) {
            Some(Data::Sequence(words)) => words.iter().filter_map(|word| Some(word.to_text()?.known()?.to_owned())).collect(),
            _ => Vec::new(),
        };
        Self {
            default: argument("default_tags", "tags").filter(|tags| !matches!(tags.data, Data::Null)),
            ignored: words("keys"),
            ignored_prefixes: words("key_prefixes"),
        }
    }
}

/// Why nothing is known of a provider.
const NOT_FOLLOWED: Unknown = Unknown::Unsupported("provider that is not followed");

/// A provider's name in a module, and its alias.
type Reference = (String, Option<String>);

/// What became of the search for a configuration.
enum Configuration<'p> {
    Block(Rc<Instance<'p>>, &'p Named<'p>),
    /// No block is written.
    Implicit,
    /// It is passed in a way that is not followed.
    Elsewhere,
}

impl<'p> Instance<'p> {
    /// The tags of a resource once its provider has added its own; `None` where neither has any.
    pub(super) fn with_default_tags(self: &Rc<Self>, resource: &Resource<'p>, own: Option<Value>, over: Option<Value>) -> Option<Value> {
        let provider = self.provider_tags(resource);
        let default = over.or_else(|| provider.default.clone());
        let ambient = &self.run.inputs.ambient_default_tags;
        match own {
            None => merged(&provider, default.as_ref(), ambient, None, resource.header),
            Some(own) if matches!(own.data, Data::OneOf(_)) => Some(own.map_alternatives(|own| {
                merged(&provider, default.as_ref(), ambient, Some(own), resource.header).unwrap_or_else(|| own.clone())
            })),
            Some(own) => merged(&provider, default.as_ref(), ambient, Some(&own), resource.header),
        }
    }

    /// What the provider configuration of a block has for an argument, or for blocks of that name.
    pub(super) fn provider_argument(self: &Rc<Self>, resource: &Resource<'p>, name: &str) -> Option<Value> {
        match self.find_provider(&provider_of(&resource.ty, &resource.body)) {
            Configuration::Block(instance, block) => instance.plain_scope().argument(&block.body, name),
            Configuration::Implicit => None,
            Configuration::Elsewhere => Some(Value::unknown(NOT_FOLLOWED, Origin::at(resource.header))),
        }
    }

    fn provider_tags(self: &Rc<Self>, resource: &Resource<'p>) -> Rc<ProviderTags> {
        match self.find_provider(&provider_of(&resource.ty, &resource.body)) {
            Configuration::Block(instance, block) => {
                let key = (Rc::clone(&instance.prefix), block.header);
                if let Some(known) = self.run.known_provider(&key) {
                    return known;
                }
                let tags = Rc::new(instance.tags_of(block));
                self.run.keep_provider(key, Rc::clone(&tags));
                tags
            }
            Configuration::Implicit => Rc::default(),
            Configuration::Elsewhere => {
                let place = resource.body.argument("provider").map_or(resource.header, Expr::span);
                Rc::new(ProviderTags { default: Some(Value::unknown(NOT_FOLLOWED, Origin::at(place))), ..ProviderTags::default() })
            }
        }
    }

    /// In the module itself, else what its caller passes or has.
    fn find_provider(self: &Rc<Self>, (name, alias): &Reference) -> Configuration<'p> {
        if let Some(provider) = self.module.providers.find((name, alias.as_deref().unwrap_or_default())) {
            return Configuration::Block(Rc::clone(self), &provider.block);
        }
        let Some(caller) = &self.caller else {
            let is_implicit = alias.is_none() && !self.module.passed_providers.contains(&**name);
            return if is_implicit { Configuration::Implicit } else { Configuration::Elsewhere };
        };
        let passed = caller.call.body.argument("providers").map(|expr| expr.children()).unwrap_or_default();
        for item in passed {
            if let [key, value] = *item.children()
                && reference(key).as_ref() == Some(&(name.clone(), alias.clone()))
            {
                return match reference(value) {
                    Some(outer) => caller.instance.find_provider(&outer),
                    None => Configuration::Elsewhere,
                };
            }
        }
        match alias {
            None => caller.instance.find_provider(&(name.clone(), None)),
            Some(_) => Configuration::Elsewhere,
        }
    }

    fn tags_of(self: &Rc<Self>, block: &'p Named<'p>) -> ProviderTags {
        let scope = self.plain_scope();
        let (tags, met) = self.run.watch(|| {
            let first = |name: &str, member: &str| {
                let value = scope.argument(&block.body, name)?;
                let value = match &value.data {
                    Data::Sequence(blocks) => blocks.first()?.clone(),
                    _ => value,
                };
                value.member(member)
            };
            ProviderTags::read(first)
        });
        self.run.keep_where(self.certain, met);
        tags
    }

    /// The tags that the provider of a data source adds to resources.
    pub(super) fn default_tags_of(self: &Rc<Self>, block: &Resource<'p>) -> Option<Value> {
        self.with_default_tags(block, None, None)
    }
}

/// The provider that a block names, else the one that its type begins with.
fn provider_of(ty: &str, body: &Layered<'_>) -> Reference {
    let named = body.argument("provider").and_then(reference);
    named.unwrap_or_else(|| (ty.split('_').next().unwrap_or(ty).to_owned(), None))
}

/// `aws`, `aws.west`, and the same in quotes.
fn reference(expr: Expr<'_>) -> Option<Reference> {
    let text = match (expr.form, expr.kind()) {
        (Form::Json, _) | (Form::Native, Kind::String) => expr.plain_string()?,
        (Form::Native, _) => expr.raw().chars().filter(|character| !character.is_whitespace()).collect(),
    };
    let text = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).unwrap_or(&text);
    match text.split_once('.') {
        Some((name, alias)) => Some((name.to_owned(), Some(alias.to_owned()))),
        None => Some((text.to_owned(), None)),
    }
}

/// The resource's own tags over the provider's, without those that are ignored.
pub(super) fn merged(
    provider: &ProviderTags,
    default: Option<&Value>,
    ambient: &BTreeMap<String, String>,
    own: Option<&Value>,
    here: Span,
) -> Option<Value> {
    let is_empty = |value: Option<&Value>| value.is_none_or(|value| matches!(value.data, Data::Null));
    if is_empty(default) && ambient.is_empty() && provider.ignored.is_empty() && provider.ignored_prefixes.is_empty() {
        return own.cloned();
    }
    if is_empty(default) && ambient.is_empty() && own.is_none() {
        return None;
    }
    let mut list = EntryList::default();
    for (key, value) in ambient {
        let text = |text: &str| Text::derived(text, Origin::at(here)).through(HopKind::DefaultTags, here);
        list.insert(text(key), Value::string(text(value)), Shadow::Merged);
    }
    let mut sensitive = false;
    for (value, is_default) in [(default, true), (own, false)] {
        let Some(value) = value else { continue };
        sensitive |= value.sensitive;
        match &value.data {
            Data::Null => {}
            Data::Entries { entries, open } => {
                if let Some(open) = open {
                    list.open(*open);
                }
                for entry in entries.iter() {
                    let entry = if is_default { entry.through(HopKind::DefaultTags, here) } else { entry.clone() };
                    add(&mut list, provider, entry);
                }
            }
            Data::Unknown(why) => list.open(Open { why: *why, span: value.origin.span }),
            Data::OneOf(_) => {
                let why = Unknown::Unsupported("conditional on an unknown value");
                list.open(Open { why, span: value.origin.span });
            }
            // No map of tags: what the resource says stays what it is.
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => return own.cloned(),
        }
    }
    let origin = own.or(default).map_or_else(|| Origin::at(here), HasOrigin::origin);
    let mut value = list.finish(origin);
    value.sensitive = sensitive;
    Some(value)
}

fn add(list: &mut EntryList, provider: &ProviderTags, entry: Entry) {
    let Some(key) = entry.key.known() else {
        return if entry.shadowed.is_none() { list.add(Value::string(entry.key), entry.value) } else { list.keep_shadowed(entry) };
    };
    let is_ignored = provider.ignored.iter().any(|ignored| ignored == key)
        || provider.ignored_prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()));
    // A tag without a value is left out, and the provider's own of that key stays.
    let is_left_out = matches!(entry.value.data, Data::Null) && list.has(key);
    if entry.shadowed.is_some() {
        list.keep_shadowed(entry);
    } else if is_ignored || is_left_out {
        list.keep_shadowed(Entry { shadowed: Some(Shadow::Merged), ..entry });
    } else {
        list.join(entry, Shadow::Merged);
    }
}
